import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comptes", "0001_initial"), ("notifications", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="envoi",
            name="collectivite",
            field=models.ForeignKey(
                default=0,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="envois",
                to="comptes.collectivite",
            ),
            preserve_default=False,
        ),
    ]
