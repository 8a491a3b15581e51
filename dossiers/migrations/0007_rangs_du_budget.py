"""Une rangée par ligne et par compte : ce qu'il faut pour que deux personnes écrivent le budget sans s'écraser."""

from django.db import migrations, models


def renumeroter(modele, groupe, champ, ordre):
    """Donne à chaque ligne d'un groupe, dans un dossier, son rang : 0, 1, 2…"""
    courant, rang, deplacees = None, 0, []
    for ligne in modele.objects.order_by("dossier_id", *groupe, *ordre).iterator():
        cle = (ligne.dossier_id, *(getattr(ligne, nom) for nom in groupe))
        courant, rang = cle, rang + 1 if cle == courant else 0
        if getattr(ligne, champ) != rang:
            setattr(ligne, champ, rang)
            deplacees.append(ligne)
    modele.objects.bulk_update(deplacees, [champ], batch_size=500)


def numeroter(apps, schema_editor):
    """Les lignes d'avant ont toutes le rang 0 : on les range dans l'ordre où elles se lisaient."""
    ligne = apps.get_model("dossiers", "LigneBudget")
    renumeroter(ligne, ("sens", "compte"), "rang", ("rang", "ordre", "pk"))
    renumeroter(apps.get_model("dossiers", "HeuresBenevoles"), (), "ordre", ("ordre", "pk"))


class Migration(migrations.Migration):
    # PostgreSQL refuse de poser la contrainte tant que des lignes attendent d'être vérifiées dans la transaction.
    atomic = False

    dependencies = [("dossiers", "0006_copies_immuables")]

    operations = [
        migrations.RunPython(numeroter, migrations.RunPython.noop),
        migrations.AlterModelOptions(name="lignebudget", options={"ordering": ["sens", "compte", "rang"]}),
        migrations.RemoveField(model_name="lignebudget", name="ordre"),
        migrations.AddConstraint(
            model_name="lignebudget",
            constraint=models.UniqueConstraint(
                fields=["dossier", "sens", "compte", "rang"], name="ligne_budget_rang_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="heuresbenevoles",
            constraint=models.UniqueConstraint(fields=["dossier", "ordre"], name="heures_benevoles_rang_unique"),
        ),
    ]
