"""What earlier events tell moves to its own table, and gets its commitment."""

from django.db import migrations


def move(apps, schema_editor):
    from isthmus.apps.core import guards
    from isthmus.apps.core.adapters import sealed_content

    guards.remove(schema_editor.connection)  # they are put back when all migrations are done
    AuditEvent = apps.get_model("core", "AuditEvent")
    AuditPayload = apps.get_model("core", "AuditPayload")
    for event in AuditEvent.objects.filter(commitment="").order_by("pk").iterator(chunk_size=500):
        content, salt, event.commitment = sealed_content({"detail": event.detail} if event.detail else {})
        AuditPayload.objects.create(event=event, salt=salt, content=content)
        event.save(update_fields=["commitment"])


class Migration(migrations.Migration):
    dependencies = [("core", "0002_ledger")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop, elidable=True)]
