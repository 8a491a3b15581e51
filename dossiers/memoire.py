"""Ce que l'on sait de l'an passé quand un dossier renouvelle une action : lu pour les pages, jamais écrit ici."""

from typing import NamedTuple

from django.db.models import CharField, DecimalField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat

from appels.models import Appel
from dossiers.comparaison import CHIFFRES_DU_PUBLIC, differences, lignes
from dossiers.models import Dossier, Financement, IndicateurAction, LigneBudget, Realisation
from dossiers.operations import RENOUVELABLES

PROPOSES_MAX = 6


class Memoire(NamedTuple):
    ancien: Dossier
    differences: list
    lignes: list
    reserves: list


def _complet(pk):
    return Dossier.objects.avec_contenu().prefetch_related("indicateurs", "realisations").get(pk=pk)


def _fermes_a(utilisateur):
    return Dossier.objects.filter(deports__utilisateur=utilisateur).exclude(organisme__in=utilisateur.ids_organismes)


def an_passe_ferme_a(utilisateur):
    """À annoter sur des dossiers, sous le nom `an_passe_ferme` : `taire_l_an_passe` n'aura plus rien à demander."""
    return Exists(_fermes_a(utilisateur).filter(pk=OuterRef("renouvelle")))


def taire_l_an_passe(dossier, utilisateur):
    """Qui s'est déporté du dossier de l'an passé ne le relit pas à travers celui-ci ; le porteur garde sa mémoire.

    Rend le dossier, pour la lecture seule.
    """
    if dossier.renouvelle_id is None:
        return dossier
    ferme = dossier.__dict__.get("an_passe_ferme")
    if ferme is None:
        ferme = _fermes_a(utilisateur).filter(pk=dossier.renouvelle_id).exists()
    if ferme:
        dossier.renouvelle = None
    return dossier


def memoire(dossier):
    """L'an passé face à cette année ; None, sans une requête, quand le dossier ne renouvelle rien."""
    if dossier.renouvelle_id is None:
        return None
    if "_memoire" not in dossier.__dict__:
        dossier._memoire = _relire(dossier)
    return dossier._memoire


def _relire(dossier):
    ancien = _complet(dossier.renouvelle_id)
    # Ce qui est accordé ne se dit qu'une fois notifié. Les décisions appartiennent à la programmation, plus haut.
    accordes = {d.financeur_id: d.montant for d in ancien.decisions.all()} if ancien.notifie_le else {}
    return Memoire(
        ancien,
        differences(ancien, dossier),
        lignes(ancien, dossier, accordes),
        list(dossier.reserves_reprises.all()),
    )


def prevus_et_declares(dossier, noms):
    """{clé: ce qui en est déclaré} pour celles de ces clés qui furent prévues l'an passé ; lu d'un coup, et une fois.

    De quoi enregistrer un chiffre sans relire les deux dossiers.
    """
    lus = dossier.__dict__.setdefault("_chiffres_lus", {})
    if not lus.keys() >= set(noms):
        prevus, declares = _lire_les_chiffres(dossier.renouvelle_id, noms)
        if publics := sorted(set(noms) & set(CHIFFRES_DU_PUBLIC)):
            valeurs = Dossier.objects.filter(pk=dossier.renouvelle_id).values(*publics).first() or {}
            prevus |= {nom for nom, valeur in valeurs.items() if valeur is not None}
        lus.update({nom: (nom in prevus, declares.get(nom)) for nom in noms})
    return {nom: lus[nom][1] for nom in noms if lus[nom][0]}


def _lire_les_chiffres(ancien, noms):
    texte = CharField()
    rien = Cast(Value(None), DecimalField(max_digits=12, decimal_places=2))
    comptes = LigneBudget.objects.annotate(nom=Concat("sens", Value(":"), "compte", output_field=texte), lu=rien)
    demandes = Financement.objects.annotate(
        nom=Concat(Value("F:"), Cast("financeur", texte), output_field=texte), lu=rien
    )
    indicateurs = IndicateurAction.objects.filter(cible__isnull=False).annotate(
        nom=Concat(Value("I:"), Cast("pk", texte), output_field=texte), lu=rien
    )
    declares = Realisation.objects.annotate(nom=Cast("cle", texte), lu=F("valeur"))
    premiers, *autres = [
        objets.filter(dossier=ancien, nom__in=noms).order_by().values_list("nom", "lu")
        for objets in (comptes, demandes, indicateurs, declares)
    ]
    lignes = list(premiers.union(*autres))
    return {nom for nom, lu in lignes if lu is None}, {nom: lu for nom, lu in lignes if lu is not None}


def a_renouveler(utilisateur, appel):
    """Les actions d'avant que ses organismes peuvent reconduire dans cet appel, pas encore reprises."""
    return (
        Dossier.objects.ecrits_par(utilisateur)
        .filter(etat__in=RENOUVELABLES, appel__collectivite=appel.collectivite_id, appel__annee__lt=appel.annee)
        .exclude(renouvellements__appel=appel)
        .select_related("appel", "organisme")
        .order_by("-appel__annee", "-pk")[:PROPOSES_MAX]
    )


def appels_pour(dossier):
    """Les appels ouverts où cette action peut être reconduite."""
    return (
        Appel.objects.ouverts()
        .filter(collectivite=dossier.appel.collectivite_id)
        .exclude(pk=dossier.appel_id)
        .order_by("cloture_le", "pk")
    )
