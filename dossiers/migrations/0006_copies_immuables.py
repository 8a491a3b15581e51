"""La base elle-même refuse qu'une copie déposée change : ce qu'on peut réécrire ne prouve rien."""

from django.db import migrations

VALEURS = "id, dossier_id, rang, donnees, sha256_donnees, cree_le"
PDF = "fichier, sha256, produite_le"

POSER = {
    "sqlite": [
        f"""
        CREATE TRIGGER dossiers_copie_immuable BEFORE UPDATE OF {VALEURS} ON dossiers_copiedeposee
        BEGIN SELECT RAISE(ABORT, 'Une copie déposée ne se modifie pas.'); END
        """,
        f"""
        CREATE TRIGGER dossiers_copie_produite BEFORE UPDATE OF {PDF} ON dossiers_copiedeposee
        WHEN OLD.produite_le IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'Le PDF d’une copie déposée ne se remplace pas.'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION dossiers_refuser_copie() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'Une copie déposée ne se modifie pas et ne se supprime pas.'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        f"""
        CREATE TRIGGER dossiers_copie_immuable BEFORE UPDATE OF {VALEURS} ON dossiers_copiedeposee
        FOR EACH ROW EXECUTE FUNCTION dossiers_refuser_copie()
        """,
        f"""
        CREATE TRIGGER dossiers_copie_produite BEFORE UPDATE OF {PDF} ON dossiers_copiedeposee
        FOR EACH ROW WHEN (OLD.produite_le IS NOT NULL) EXECUTE FUNCTION dossiers_refuser_copie()
        """,
        # Sur SQLite, la suppression reste ouverte : la base de test s'y vide par DELETE.
        """
        CREATE TRIGGER dossiers_copie_indelebile BEFORE DELETE ON dossiers_copiedeposee
        FOR EACH ROW EXECUTE FUNCTION dossiers_refuser_copie()
        """,
    ],
}
OTER = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS dossiers_copie_immuable",
        "DROP TRIGGER IF EXISTS dossiers_copie_produite",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS dossiers_copie_immuable ON dossiers_copiedeposee",
        "DROP TRIGGER IF EXISTS dossiers_copie_produite ON dossiers_copiedeposee",
        "DROP TRIGGER IF EXISTS dossiers_copie_indelebile ON dossiers_copiedeposee",
        "DROP FUNCTION IF EXISTS dossiers_refuser_copie()",
    ],
}


def poser(apps, schema_editor):
    for ordre in POSER.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(ordre)


def oter(apps, schema_editor):
    for ordre in OTER.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(ordre)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0005_echanges")]

    operations = [migrations.RunPython(poser, oter)]
