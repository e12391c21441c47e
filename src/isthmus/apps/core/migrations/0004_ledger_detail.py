from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0003_ledger_payloads")]
    operations = [migrations.RemoveField(model_name="auditevent", name="detail")]
