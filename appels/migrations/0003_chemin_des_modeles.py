import appels.models.demandes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appels', '0002_reglages_de_l_appel'),
    ]

    operations = [
        migrations.AlterField(
            model_name='piecedemandee',
            name='modele',
            field=models.FileField(blank=True, upload_to=appels.models.demandes.chemin_de_modele, verbose_name='modèle à remplir'),
        ),
    ]
