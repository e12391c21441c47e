import django.db.models.deletion
import isthmus.apps.core.dates
import isthmus.apps.surveys.models.rosters
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0003_instrument_drafts'),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('who', models.CharField(choices=[('leaders', 'A leader'), ('staff', 'A member of staff'), ('governors', 'A governor or trustee'), ('parents', 'A parent or carer'), ('pupils', 'A pupil'), ('partners', 'A partner from outside the schools')], max_length=10)),
                ('again', models.BooleanField(default=False)),
                ('begun_on', models.DateField(default=isthmus.apps.core.dates.today)),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='surveys.waveschool')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('who__in', ['leaders', 'staff', 'governors', 'parents', 'pupils', 'partners'])), name='paper_batch_who_known'), models.UniqueConstraint(fields=('school', 'who'), name='paper_batch_one_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='PaperSheet',
            fields=[
                ('id', models.BigIntegerField(default=isthmus.apps.surveys.models.rosters.drawn_number, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('ballot', models.BigIntegerField(default=isthmus.apps.surveys.models.rosters.drawn_number)),
                ('codes', models.BinaryField()),
                ('comments', models.JSONField(default=dict)),
                ('checked', models.BooleanField(default=False)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='surveys.paperbatch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'number'), name='paper_sheet_once')],
            },
        ),
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_school', models.BooleanField(default=False)),
                ('sent', models.BooleanField(default=False)),
                ('reminders', models.PositiveSmallIntegerField(default=0)),
                ('reminded_on', models.DateField(null=True)),
                ('school', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='roster', to='surveys.waveschool')),
            ],
        ),
        migrations.CreateModel(
            name='Invited',
            fields=[
                ('id', models.BigIntegerField(default=isthmus.apps.surveys.models.rosters.drawn_number, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('who', models.CharField(choices=[('leaders', 'A leader'), ('staff', 'A member of staff'), ('governors', 'A governor or trustee'), ('parents', 'A parent or carer'), ('pupils', 'A pupil'), ('partners', 'A partner from outside the schools')], max_length=10)),
                ('stratum', models.CharField(blank=True, max_length=60, verbose_name='what else they were drawn within')),
                ('drawn', models.BooleanField(default=True, verbose_name='whether they are asked, where a sample is')),
                ('mark', models.CharField(max_length=64, null=True, unique=True)),
                ('answered', models.BooleanField(default=False)),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invited', to='surveys.waveschool')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('school', 'email'), name='invited_once_a_school'), models.CheckConstraint(condition=models.Q(('who__in', ['leaders', 'staff', 'governors', 'parents', 'pupils', 'partners'])), name='invited_who_known'), models.CheckConstraint(condition=models.Q(('answered', False), ('mark__isnull', False), _connector='OR'), name='invited_before_answering')],
            },
        ),
    ]
