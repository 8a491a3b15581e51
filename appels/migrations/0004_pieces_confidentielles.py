"""Les relevés bancaires et pièces d'identité déjà demandés deviennent confidentiels : leur libellé ne suffit plus."""

from django.db import migrations

LIBELLES = r"bancaire|(^|[^a-z])(rib|iban|bic)([^a-z]|$)|(carte|pi[eè]ce)s? d.identit|passeport"


def declarer(apps, schema_editor):
    pieces = apps.get_model("appels", "PieceDemandee").objects.filter(libelle__iregex=LIBELLES)
    pieces.update(confidentielle=True)


class Migration(migrations.Migration):
    dependencies = [("appels", "0003_chemin_des_modeles")]
    operations = [migrations.RunPython(declarer, migrations.RunPython.noop)]
