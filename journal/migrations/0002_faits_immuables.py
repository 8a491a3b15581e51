"""La base elle-même refuse qu'un fait change : une histoire qu'on peut réécrire ne prouve rien."""

from django.db import migrations

COLONNES = "type, objet_type, objet_id, acteur_id, acteur, donnees, cree_le"

POSER = {
    "sqlite": [
        f"""
        CREATE TRIGGER journal_fait_immuable BEFORE UPDATE OF id, {COLONNES} ON journal_evenement
        BEGIN SELECT RAISE(ABORT, 'Un fait du journal ne se modifie pas.'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION journal_refuser() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'Un fait du journal ne se modifie pas et ne se supprime pas.'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        f"""
        CREATE TRIGGER journal_fait_immuable BEFORE UPDATE OF id, {COLONNES} ON journal_evenement
        FOR EACH ROW EXECUTE FUNCTION journal_refuser()
        """,
        # Sur SQLite, la suppression reste ouverte : la base de test s'y vide par DELETE.
        """
        CREATE TRIGGER journal_fait_indelebile BEFORE DELETE ON journal_evenement
        FOR EACH ROW EXECUTE FUNCTION journal_refuser()
        """,
    ],
}
OTER = {
    "sqlite": ["DROP TRIGGER IF EXISTS journal_fait_immuable"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS journal_fait_immuable ON journal_evenement",
        "DROP TRIGGER IF EXISTS journal_fait_indelebile ON journal_evenement",
        "DROP FUNCTION IF EXISTS journal_refuser()",
    ],
}


def poser(apps, schema_editor):
    for ordre in POSER.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(ordre)


def oter(apps, schema_editor):
    for ordre in OTER.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(ordre)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(poser, oter)]
