"""Le formulaire d'une page : les mêmes sections que le formulaire complet, réduites à l'essentiel."""

from dossiers import budget
from dossiers.forms import ActionForm, ObjectifsForm, PublicForm, ResultatsForm

# Ce que la page montre de chaque section, dans l'ordre ; le reste du dossier ne bouge pas quand on l'enregistre.
SECTIONS = {
    "action": (ActionForm, ("intitule", "description")),
    "objectifs": (ObjectifsForm, ("cibles", "principal")),
    "public": (PublicForm, ("public", "nb_beneficiaires", "part_qpv", "debut", "fin")),
    "resultats": (ResultatsForm, ("resultats_attendus",)),
}
CHARGES = ("60", "61", "62", "64")
PRODUITS = ("PRO",)


def lignes_de_budget(form):
    """Les demandes aux financeurs, puis les six lignes de la page (et chaque autre subvention déjà saisie)."""
    courantes = [ligne for colonne in form.colonnes for ligne in colonne["courantes"] if not ligne.rang]
    return {
        "demandes": form.demandes_saisies,
        "charges": [ligne for ligne in courantes if ligne.sens == "C" and ligne.compte in CHARGES],
        "produits": [ligne for ligne in courantes if ligne.sens == "P" and ligne.compte in PRODUITS]
        + [ligne for ligne, cachee in form.subventions_saisies if not cachee],
    }


def noms_du_budget(form):
    return {champ.html_name for groupe in lignes_de_budget(form).values() for ligne in groupe for champ in ligne.champs}


def hors_page(lignes):
    """Les lignes chiffrées dans le formulaire complet, que la page ne montre pas ; elles comptent dans les totaux."""
    montrees = {*(("C", compte) for compte in CHARGES), *(("P", compte) for compte in PRODUITS)}
    return [
        ligne
        for ligne in lignes
        if ligne.montant
        and ligne.compte != budget.SUBVENTIONS
        and ((ligne.sens, ligne.compte) not in montrees or ligne.rang)
    ]
