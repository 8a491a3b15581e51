from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comptes", "0002_fiche_complete")]

    operations = [
        migrations.AddField(
            model_name="documentpermanent",
            name="expiration_annoncee_le",
            field=models.DateTimeField(blank=True, null=True),
        ),
        # Aucune invitation n'existe encore : une graine vide ne donnerait de toute façon pas l'empreinte attendue.
        migrations.AddField(
            model_name="invitation",
            name="graine",
            field=models.CharField(default="", max_length=32),
            preserve_default=False,
        ),
    ]
