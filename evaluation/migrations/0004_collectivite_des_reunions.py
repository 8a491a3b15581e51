"""Chaque réunion reçoit la collectivité de son appel ; à part de la suivante, que PostgreSQL exige dans une autre."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def remplir(apps, schema_editor):
    Appel = apps.get_model("appels", "Appel")
    apps.get_model("evaluation", "Reunion").objects.filter(collectivite=None).update(
        collectivite_id=Subquery(Appel.objects.filter(pk=OuterRef("appel_id")).values("collectivite_id")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0003_reunion_entiere")]

    operations = [migrations.RunPython(remplir, migrations.RunPython.noop)]
