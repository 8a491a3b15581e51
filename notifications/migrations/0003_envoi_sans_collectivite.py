import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comptes", "0003_invitations_et_preavis"), ("notifications", "0002_envoi_collectivite")]

    operations = [
        migrations.AlterField(
            model_name="envoi",
            name="collectivite",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="envois",
                to="comptes.collectivite",
            ),
        ),
    ]
