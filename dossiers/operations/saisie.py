"""Commencer un dossier, le remplir section par section, le supprimer tant qu'il est en brouillon."""

from functools import reduce
from operator import itemgetter, or_
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, IntegerField, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone

from appels.models import Appel, ObjectifOperationnel
from dossiers import budget
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etapes import SECTION_DE
from dossiers.models import Cible, Dossier, Financement, LigneBudget
from dossiers.operations.refus import OperationRefusee


class Autre(NamedTuple):
    """Ce que quelqu'un d'autre a écrit dans un champ depuis qu'on l'a lu."""

    lisible: str
    valeurs: list
    par: str
    le: str


class Ecriture(NamedTuple):
    """Le sort d'une saisie : ce qui est entré, ce qui est refusé, ce qu'un autre a changé entre-temps.

    `conflits` : les champs touchés des deux côtés ; `recus` : ceux que l'autre seul a changés.
    """

    dossier: Dossier
    ecrits: list
    erreurs: dict
    conflits: dict
    recus: dict


def ouvrir_a_l_ecriture(dossier, par):
    """Verrouille le dossier (connu par sa clé ou par son numéro) s'il est à la personne et s'écrit encore.

    Une seule requête vérifie l'appartenance et prend le verrou : l'enregistrement d'un champ n'en fait que huit.
    """
    cle = {"pk": dossier.pk} if dossier.pk else {"numero": dossier.numero}
    verrouille = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("appel", "organisme")
        .filter(organisme__membres__utilisateur=par, **cle)
        .first()
    )
    if verrouille is None:
        raise TransitionInterdite("Seuls les membres de l’organisme modifient ce dossier.")
    if not verrouille.est_modifiable:
        raise OperationRefusee(f"Le dossier est « {verrouille.get_etat_display().lower()} » : il ne se modifie plus.")
    return verrouille


def noter_ecriture(dossier, section, noms, par):
    """Date l'écriture de ces champs : qui a lu la section avant saura ce qui a changé depuis. Ne sauve rien."""
    etat = dossier.ecritures.setdefault(section, {"v": 0, "champs": {}})
    etat["v"] += 1
    for nom in noms:
        etat["champs"][nom] = [etat["v"], str(par), timezone.now().isoformat(), par.pk]
    dossier.version += 1
    return etat["v"]


def _sauver(dossier, *champs):
    dossier.save(update_fields=[*champs, "ecritures", "version", "modifie_le"])
    return dossier


@transaction.atomic
def dater_ecriture(dossier):
    """Une pièce jointe n'écrase aucun texte : elle ne périme pas la saisie d'une collègue."""
    dossier.save(update_fields=["modifie_le"])
    return dossier


@transaction.atomic
def enregistrer_section(
    dossier, formulaire, envoyees, *, par, lecture, noms=None, garder=(), ouvrir=ouvrir_a_l_ecriture
):
    """Fond une saisie dans une section, champ par champ, et rend une Ecriture.

    `formulaire` : une classe de section (dossiers/forms) ; `envoyees` : les données brutes ; `lecture` : ce que la
    personne avait sous les yeux (version de la section, empreinte de chaque champ) ; `noms` : les seuls champs
    envoyés (tous sinon) ; `garder` : ceux dont elle maintient sa valeur après avoir lu celle de l'autre ; `ouvrir` :
    ce qui verrouille l'écrit s'il est à la personne (un pré-projet se fond comme un dossier).

    Un champ qu'elle n'a pas touché garde ce qu'un autre y a mis ; un champ touché des deux côtés n'est pas écrasé :
    il est rendu en conflit. Un champ refusé n'empêche pas les autres d'entrer.
    """
    dossier = ouvrir(dossier, par)
    ecrits = dossier.ecritures.get(formulaire.section, {}).get("champs", {})
    recents = {nom for nom, (version, *_) in ecrits.items() if version > lecture.version}
    lu = formulaire(dossier=dossier, noms=None if noms is None else {*noms, *recents})
    # Un champ de texte que l'envoi ne porte pas du tout n'a pas été vidé : il n'était pas sur la page.
    voulus = [
        nom
        for nom in lu.saisis
        if (noms is None or nom in noms) and not lu.fields[nom].widget.value_omitted_from_data(envoyees, {}, nom)
    ]
    changes = [nom for nom in voulus if lu.differe(nom, envoyees) and lu.touche(nom, envoyees, lecture)]
    ailleurs = {
        nom
        for nom in lu.fields
        if nom in ecrits and (lu.change_depuis(nom, lecture) if nom in lecture.champs else nom in recents)
    }
    # Sa propre écriture, dont la réponse s'est perdue en route, ne se met pas en travers de la suivante.
    d_une_autre = {nom for nom in ailleurs if ecrits[nom][3] != par.pk}
    conflits = {nom: _autre(lu, ecrits[nom], nom) for nom in changes if nom in d_une_autre and nom not in garder}
    recus = {nom: _autre(lu, ecrits[nom], nom) for nom in ailleurs if nom not in changes}
    form, valides, erreurs = _valider(lu, envoyees, set(changes) - conflits.keys())
    if not valides:
        return Ecriture(dossier, [], erreurs, conflits, recus)
    sauves = form.ecrire(dossier, valides)
    noter_ecriture(dossier, formulaire.section, valides, par)
    return Ecriture(_sauver(dossier, *sauves), valides, erreurs, conflits, recus)


def _autre(lu, ecriture, nom):
    _, qui, quand, _ = ecriture
    return Autre(lu.lisible(nom), lu.stockees().getlist(nom), qui, quand)


def _valider(lu, envoyees, voulus):
    """Le formulaire où entrent les champs valables de `voulus`, leurs noms, et les erreurs des autres."""
    erreurs, restants = {}, set(voulus)
    while True:
        form = type(lu)(lu.fondre(envoyees, restants), dossier=lu.dossier, noms=lu.noms)
        if form.is_valid():
            return form, [nom for nom in form.saisis if nom in restants], erreurs
        fautifs = restants & form.errors.keys()
        erreurs |= {nom: list(liste) for nom, liste in form.errors.items() if nom in fautifs}
        if not fautifs:
            # L'ensemble ne tient pas sans qu'un champ envoyé soit en cause : mieux vaut ne rien écrire que l'abîmer.
            ensemble = [message for liste in form.errors.values() for message in liste]
            return form, [], erreurs | ({"__all__": ensemble} if restants else {})
        restants -= fautifs


@transaction.atomic
def enregistrer(dossier, *, par, **champs):
    """Enregistre des champs de texte, de dates ou de public, déjà nettoyés."""
    if inconnus := champs.keys() - SECTION_DE.keys():
        raise ValueError(f"Ces champs ne se saisissent pas : {', '.join(sorted(inconnus))}.")
    dossier = ouvrir_a_l_ecriture(dossier, par)
    par_section = {}
    for champ, valeur in champs.items():
        setattr(dossier, champ, valeur)
        par_section.setdefault(SECTION_DE[champ], []).append(champ)
    for section, noms in par_section.items():
        noter_ecriture(dossier, section, noms, par)
    return _sauver(dossier, *champs)


def objectifs_proposes(appel):
    """Les objectifs retenus par l'appel ; à défaut, tous ceux de sa convention."""
    retenus = Appel.objectifs.through.objects.filter(appel=appel)
    return ObjectifOperationnel.objects.filter(
        Q(pk__in=retenus.values("objectifoperationnel")) | ~Exists(retenus),
        strategique__enjeu__convention=appel.convention_id,
    )


class QuartierOffert(NamedTuple):
    """Ce qu'il faut d'un quartier pour le proposer, sans le relire."""

    ordre: int
    nom: str
    pk: int
    code_qpv: str
    population: int | None


class Choix(NamedTuple):
    """Ce que l'appel propose et ce que le dossier vise, par clés (objectif, quartier), et les quartiers en cause."""

    proposes: list
    vises: list
    quartiers: list


def lire_choix(dossier):
    """Le choix offert et le choix fait, en une requête, gardés sur le dossier le temps d'un enregistrement.

    On vise un objectif là où la convention le retient ; celui qu'elle ne situe nulle part vaut dans tous ses quartiers.
    """
    if "_choix" not in dossier.__dict__:
        sans_rang = Cast(Value(None), IntegerField())
        proposes = objectifs_proposes(dossier.appel).order_by()
        situes = proposes.filter(quartiers__isnull=False).values_list("pk", sans_rang, *_colonnes("quartiers"))
        partout = proposes.filter(quartiers=None, strategique__enjeu__convention__quartiers__isnull=False).values_list(
            "pk", sans_rang, *_colonnes("strategique__enjeu__convention__quartiers")
        )
        cibles = dossier.cibles.order_by().values_list("objectif", "ordre", *_colonnes("quartier"))
        lignes = [(o, rang, QuartierOffert(*q)) for o, rang, *q in situes.union(partout, cibles, all=True)]
        vises = sorted((rang, o, q.pk) for o, rang, q in lignes if rang is not None)
        dossier._choix = Choix(
            proposes=[(o, q.pk) for o, rang, q in lignes if rang is None],
            vises=[(o, q) for _, o, q in vises],
            quartiers=sorted({q for _, _, q in lignes}, key=itemgetter(0, 1, 2)),
        )
    return dossier._choix


def _colonnes(quartier):
    return [f"{quartier}__{champ}" for champ in QuartierOffert._fields]


@transaction.atomic
def viser(dossier, couples, *, par):
    """Remplace les cibles par ces couples (objectif, quartier), dans l'ordre ; le premier est principal."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    cles = list(dict.fromkeys((objectif.pk, quartier.pk) for objectif, quartier in couples))
    if not set(lire_choix(dossier).proposes).issuperset(cles):
        raise OperationRefusee("Choisissez des objectifs et des quartiers proposés par cet appel à projets.")
    poser_cibles(dossier, cles)
    noter_ecriture(dossier, "objectifs", ["cibles", "principal"], par)
    return _sauver(dossier)


def viser_couples(dossier, couples):
    """Pose les cibles d'un dossier déjà verrouillé et d'un choix déjà vérifié."""
    poser_cibles(dossier, list(dict.fromkeys((objectif.pk, quartier.pk) for objectif, quartier in couples)))


@transaction.atomic(savepoint=False)
def poser_cibles(dossier, cles):
    """Pose les cibles, par clés (objectif, quartier), la principale d'abord."""
    choix = lire_choix(dossier)
    if retirees := [Q(objectif=o, quartier=q) for o, q in choix.vises if (o, q) not in cles]:
        dossier.cibles.filter(reduce(or_, retirees)).delete()
    # Retirer une cible ne change pas le rang des autres : rien à récrire.
    if cles != [cle for cle in choix.vises if cle in cles]:
        Cible.objects.bulk_create(
            [Cible(dossier=dossier, objectif_id=o, quartier_id=q, ordre=rang) for rang, (o, q) in enumerate(cles)],
            update_conflicts=True,
            unique_fields=["dossier", "objectif", "quartier"],
            update_fields=["ordre"],
        )
    dossier._choix = choix._replace(vises=list(cles))


@transaction.atomic
def chiffrer(dossier, lignes, demandes, *, par):
    """Remplace le budget. `lignes` : des LigneBudget sans dossier ; `demandes` : {financeur: montant}."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    connus = set(dossier.appel.financeurs.values_list("pk", flat=True))
    if any(financeur.pk not in connus for financeur in demandes):
        raise OperationRefusee("Ce financeur ne participe pas à cet appel à projets.")
    rangs = {}
    for ligne in lignes:
        if not ligne.rang:
            ligne.rang = rangs.get((ligne.sens, ligne.compte), 0)
        rangs[ligne.sens, ligne.compte] = ligne.rang + 1
    ecrire_budget(dossier, lignes, demandes)
    noter_ecriture(dossier, "budget", (), par)
    return _sauver(dossier)


@transaction.atomic(savepoint=False)
def ecrire_budget(dossier, lignes, demandes):
    """Pose le budget d'un dossier déjà verrouillé ; les règles de forme valent pour toutes les entrées."""
    if any(ligne.compte not in budget.COMPTES[ligne.sens] for ligne in lignes):
        raise OperationRefusee("Un compte de ce budget n’existe pas dans le plan de l’appel à projets.")
    if any(montant < 0 for montant in (*(ligne.montant for ligne in lignes), *demandes.values())):
        raise OperationRefusee("Un montant du budget est négatif.")
    dossier.lignes_budget.all().delete()
    for ligne in lignes:
        ligne.dossier = dossier
    LigneBudget.objects.bulk_create(lignes)
    dossier.financements.all().delete()
    Financement.objects.bulk_create(
        Financement(dossier=dossier, financeur=financeur, montant_demande=montant)
        for financeur, montant in demandes.items()
        if montant
    )
