import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('register', '0005_areas_of_every_kind'),
        ('surveys', '0002_meetings_and_actions'),
    ]

    operations = [
        migrations.CreateModel(
            name='InstrumentDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instrument_drafts', to='register.area')),
                ('title', models.CharField(max_length=150)),
                ('content', models.JSONField()),
                ('step', models.PositiveIntegerField(default=0)),
                ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='surveys.instrument')),
                ('token', models.UUIDField(default=uuid.uuid4)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['title', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'token'), name='instrument_draft_once'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='instrument_draft_named')],
            },
        ),
    ]
