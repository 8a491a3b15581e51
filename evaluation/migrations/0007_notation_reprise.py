from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0006_convocation_et_suites'),
    ]

    operations = [
        migrations.AddField(
            model_name='evaluation',
            name='brouillon',
            field=models.JSONField(blank=True, default=None, null=True),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='ecritures',
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name='écritures'),
        ),
        migrations.AddField(
            model_name='versionevaluation',
            name='apres_lecture',
            field=models.BooleanField(default=False, verbose_name='modifiée après lecture des autres notes'),
        ),
    ]
