import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0004_collectivite_des_reunions")]

    operations = [
        migrations.AlterField(
            model_name="reunion",
            name="collectivite",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reunions",
                to="comptes.collectivite",
                verbose_name="collectivité",
            ),
        ),
    ]
