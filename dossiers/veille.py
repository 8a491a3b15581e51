"""Ce que la veille de quartier donne à lire : à côté d'un dossier, dans le portrait d'un quartier, et ses suites."""

from typing import NamedTuple

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When, Window
from django.db.models.functions import RowNumber

from comptes.models import Role
from dossiers.historique import Fait
from dossiers.models import Cible, Dossier, Signalement
from journal.models import Evenement

DU_DOSSIER, DE_L_OBJECTIF, DU_QUARTIER = range(3)
A_COTE_MAX = 12
DU_QUARTIER_MAX = 3
PORTRAIT_MAX = 3

# Une forme et un mot à côté de chaque couleur.
TONS = {
    Signalement.Etat.RECU: ("att", "○"),
    Signalement.Etat.TRANSMIS: ("info", "◐"),
    Signalement.Etat.REPONDU: ("ok", "✓"),
    Signalement.Etat.SANS_SUITE: ("neu", "●"),
}


def statut(signalement):
    """(ton, forme, mot)"""
    return (*TONS[signalement.etat], signalement.get_etat_display())


class ACote(NamedTuple):
    """`proches` : du même dossier, ou du même quartier et du même objectif ; `quartier` : le reste, replié."""

    proches: list
    quartier: list

    def __bool__(self):
        return bool(self.proches or self.quartier)


def signalements_pour(dossier, utilisateur):
    """Ce que les habitants ont signalé, retenu par le service, à lire à côté de ce dossier ; en une requête."""
    cibles = Cible.objects.filter(dossier=dossier).order_by()
    lus = (
        Signalement.objects.visibles_par(utilisateur)
        .filter(
            # Qui s'est déporté du dossier n'apprend pas, par ce chemin, ce qui l'entoure.
            Exists(Dossier.objects.filter(pk=dossier.pk).exclude(deports__utilisateur=utilisateur)),
            Q(dossier=dossier) | Q(quartier__in=cibles.values("quartier")),
            retenu=True,
            collectivite=dossier.appel.collectivite_id,
        )
        .annotate(
            rang=Case(
                When(dossier=dossier, then=Value(DU_DOSSIER)),
                When(
                    Exists(cibles.filter(quartier=OuterRef("quartier"), objectif=OuterRef("objectif"))),
                    then=Value(DE_L_OBJECTIF),
                ),
                default=Value(DU_QUARTIER),
                output_field=IntegerField(),
            )
        )
        .select_related("quartier", "conseil")
        .defer("quartier__contour")
        .order_by("rang", "-signale_le", "-pk")[:A_COTE_MAX]
    )
    lus = list(lus)
    return ACote([s for s in lus if s.rang < DU_QUARTIER], [s for s in lus if s.rang == DU_QUARTIER][:DU_QUARTIER_MAX])


class Voix(NamedTuple):
    """Un signalement dans le portrait d'un quartier : ni auteur, ni conseil, ni photo."""

    sujet: str
    lieu: str
    texte: str
    jour: object


def voix_des_quartiers(quartiers):
    """{quartier: les derniers signalements que le service a retenus}, en une requête."""
    sujets = dict(Signalement.Sujet.choices)
    lignes = (
        Signalement.objects.filter(quartier__in=list(quartiers), retenu=True)
        .annotate(
            rang=Window(RowNumber(), partition_by=F("quartier"), order_by=[F("signale_le").desc(), F("pk").desc()])
        )
        .filter(rang__lte=PORTRAIT_MAX)
        .order_by("quartier_id", "rang")
        .values_list("quartier_id", "sujet", "lieu", "texte", "signale_le")
    )
    voix = {}
    for quartier, sujet, *reste in lignes:
        voix.setdefault(quartier, []).append(Voix(sujets[sujet], *reste))
    return voix


PHRASES_DU_SIGNALEMENT = {
    "signalement.signaler": "Signalé",
    "signalement.retenir": "Retenu pour les évaluateurs",
    "signalement.ne_plus_retenir": "N’est plus montré aux évaluateurs",
    "signalement.rattacher": "Rattachement modifié",
    "signalement.repondre": "Réponse envoyée",
    "signalement.transmettre": "Transmis",
    "signalement.classer": "Classé sans suite",
    "signalement.reprendre": "Repris par le service",
    "signalement.effacer": "Effacé, le délai de conservation étant passé",
}
# Le tri que fait le service ne regarde que lui.
INTERNES = {"signalement.retenir", "signalement.ne_plus_retenir", "signalement.rattacher"}


def suite_du_signalement(signalement, *, interne):
    """(les faits du plus ancien au plus récent, la clé du dernier) ; hors du service, aucun nom d'agent."""
    evenements = list(Evenement.objects.de(signalement).filter(type__in=PHRASES_DU_SIGNALEMENT))
    faits = []
    for evenement in evenements:
        if evenement.type in INTERNES and not interne:
            continue
        de_l_auteur = evenement.type == "signalement.signaler"
        qui = evenement.acteur if interne else "" if de_l_auteur else "Service Politique de la Ville"
        faits.append(Fait(evenement.cree_le, PHRASES_DU_SIGNALEMENT[evenement.type], qui))
    return faits, evenements[-1].pk if evenements else 0


def conduit(signalement, utilisateur):
    return signalement.collectivite_id in utilisateur.ids_collectivites(Role.AGENT)


def est_des_siens(signalement, utilisateur):
    """L'auteur, ou un membre du conseil qui a signalé."""
    return signalement.auteur_id == utilisateur.pk or signalement.conseil_id in utilisateur.ids_partenaires(
        Role.CITOYEN
    )
