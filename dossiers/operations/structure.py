"""Le budget annuel de la structure : partagé par tous ses dossiers, fondu champ par champ, jamais écrasé."""

from django.db import transaction
from django.utils import timezone

from dossiers import budget
from dossiers.models import BudgetStructure, LigneStructure
from dossiers.operations.refus import OperationRefusee
from dossiers.operations.saisie import Autre, Ecriture, ouvrir_a_l_ecriture

AUTRE = "Une autre personne de votre organisme"


def budget_de_l_exercice(dossier):
    """Le budget de la structure pour l'exercice de l'appel, enregistré ou encore vide."""
    cle = {"organisme": dossier.organisme, "annee": dossier.appel.annee}
    return BudgetStructure.objects.filter(**cle).first() or BudgetStructure(**cle)


def budget_precedent(dossier):
    """Le dernier budget saisi pour un exercice d'avant ; None s'il n'y en a pas."""
    return (
        BudgetStructure.objects.filter(organisme=dossier.organisme, annee__lt=dossier.appel.annee, lignes__isnull=False)
        .distinct()
        .first()
    )


@transaction.atomic
def enregistrer_structure(dossier, formulaire, envoyees, *, par, lecture, noms=None, garder=frozenset()):
    """Enregistre ces champs (tous si `noms` est vide) du budget de la structure, pour l'exercice de l'appel.

    `version` du budget : si elle a bougé depuis la lecture, un champ changé des deux côtés est rendu en conflit.
    """
    dossier = ouvrir_a_l_ecriture(dossier, par)
    exercice = _verrouiller(dossier)
    lu = formulaire(dossier=dossier, exercice=exercice)
    voulus = [nom for nom in lu.saisis if noms is None or nom in noms]
    changes = [nom for nom in voulus if lu.differe(nom, envoyees) and lu.touche(nom, envoyees, lecture)]
    perimee = exercice.version != lecture.version
    ailleurs = {nom for nom in lu.saisis if perimee and nom in lecture.champs and lu.change_depuis(nom, lecture)}
    conflits = {nom: _de_l_autre(lu, exercice, nom) for nom in changes if nom in ailleurs and nom not in garder}
    recus = {nom: _de_l_autre(lu, exercice, nom) for nom in ailleurs if nom not in changes}
    voulus = {nom for nom in changes if nom not in conflits}
    form = formulaire(lu.fondre(envoyees, voulus), dossier=dossier, exercice=exercice)
    erreurs = {}
    if not form.is_valid():
        erreurs = {nom: list(liste) for nom, liste in form.errors.items() if nom in voulus}
        form = formulaire(lu.fondre(envoyees, voulus - erreurs.keys()), dossier=dossier, exercice=exercice)
        form.is_valid()
    valides = [nom for nom in lu.saisis if nom in voulus and nom not in erreurs and nom not in form.errors]
    if valides:
        _poser(exercice, form, valides, par)
    return Ecriture(dossier, valides, erreurs, conflits, recus)


@transaction.atomic
def chiffrer_structure(dossier, montants, *, par):
    """Remplace le budget de la structure pour l'exercice de l'appel. `montants` : {(sens, compte): montant}."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    if any(compte not in budget.COMPTES[sens] or montant < 0 for (sens, compte), montant in montants.items()):
        raise OperationRefusee("Le budget de la structure a des comptes du plan, et des montants positifs.")
    exercice = _verrouiller(dossier)
    exercice.lignes.all().delete()
    LigneStructure.objects.bulk_create(
        LigneStructure(budget=exercice, sens=sens, compte=compte, montant=montant)
        for (sens, compte), montant in montants.items()
        if montant
    )
    exercice.ecritures = {nom: [str(par), timezone.now().isoformat()] for nom in (f"{s}{c}" for s, c in montants)}
    _dater(exercice)
    return exercice


@transaction.atomic
def reprendre_structure(dossier, *, par):
    """Remplit les lignes encore vides avec celles du dernier exercice saisi ; rend combien de lignes sont reprises."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    precedent = budget_precedent(dossier)
    if precedent is None:
        return 0
    exercice = _verrouiller(dossier)
    presentes = {(ligne.sens, ligne.compte) for ligne in exercice.lignes.all()}
    reprises = [
        LigneStructure(budget=exercice, sens=ligne.sens, compte=ligne.compte, montant=ligne.montant)
        for ligne in precedent.lignes.all()
        if (ligne.sens, ligne.compte) not in presentes
    ]
    LigneStructure.objects.bulk_create(reprises)
    if reprises:
        instant = timezone.now().isoformat()
        exercice.ecritures |= {f"{ligne.sens}{ligne.compte}": [str(par), instant] for ligne in reprises}
        _dater(exercice)
    return len(reprises)


def _verrouiller(dossier):
    """Le budget de l'exercice, ouvert au besoin ; deux dossiers du même organisme s'y succèdent."""
    cle = {"organisme": dossier.organisme, "annee": dossier.appel.annee}
    BudgetStructure.objects.get_or_create(**cle)
    return BudgetStructure.objects.select_for_update().get(**cle)


def _poser(exercice, form, noms, par):
    lignes = {form.ligne_de(nom): form.cleaned_data[nom] for nom in noms if form.ligne_de(nom)}
    if pleines := {cle: montant for cle, montant in lignes.items() if montant}:
        LigneStructure.objects.bulk_create(
            [LigneStructure(budget=exercice, sens=s, compte=c, montant=m) for (s, c), m in pleines.items()],
            update_conflicts=True,
            unique_fields=["budget", "sens", "compte"],
            update_fields=["montant"],
        )
    for sens, compte in lignes.keys() - pleines.keys():
        exercice.lignes.filter(sens=sens, compte=compte).delete()
    for nom in ("debut", "fin"):
        if nom in noms:
            setattr(exercice, nom, form.cleaned_data[nom])
    # Qui a écrit cette ligne : la personne qui l'écrira en même temps saura à qui parler.
    exercice.ecritures |= {nom: [str(par), timezone.now().isoformat()] for nom in noms}
    _dater(exercice)


def _dater(exercice):
    exercice.version += 1
    exercice.save(update_fields=["debut", "fin", "version", "modifie_le", "ecritures"])


def _de_l_autre(lu, exercice, nom):
    qui, quand = exercice.ecritures.get(nom, (AUTRE, (exercice.modifie_le or timezone.now()).isoformat()))
    return Autre(lu.lisible(nom), lu.stockees().getlist(nom), qui, quand)
