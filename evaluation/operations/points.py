"""Les points d'une réunion sans dossiers : les préparer, les ordonner, consigner ce qui s'y décide, les solder."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from evaluation import suites
from evaluation.models import PointOrdreDuJour
from evaluation.operations.communs import OperationRefusee, ouverte, verrouiller_reunion
from journal.publication import publier

PREPARATION = ("titre", "preparation", "minutes")
COMPTE_RENDU = ("echanges", "decision", "responsable", "echeance")


def _sans_dossiers(reunion, par):
    reunion = verrouiller_reunion(reunion, par)
    if reunion.est_thematique:
        raise OperationRefusee("L’ordre du jour d’une réunion thématique se fait de dossiers.")
    return reunion


def _relire(reunion, point):
    point = reunion.points.filter(pk=point.pk).first()
    if point is None:
        raise OperationRefusee("Ce point n’est plus à l’ordre du jour.")
    return point


def _titre(titre):
    if not titre.strip():
        raise OperationRefusee("Donnez un titre à ce point.")
    return titre.strip()


def _dernier_rang(reunion):
    return reunion.points.aggregate(dernier=Max("rang"))["dernier"] or 0


@transaction.atomic
def ajouter_point(reunion, *, par, titre, preparation="", minutes=None):
    reunion = ouverte(_sans_dossiers(reunion, par))
    point = PointOrdreDuJour.objects.create(
        reunion=reunion,
        rang=_dernier_rang(reunion) + 1,
        titre=_titre(titre),
        preparation=preparation.strip(),
        minutes=minutes,
    )
    publier("reunion.ajouter_point", reunion, par=par, point_id=point.pk, titre=point.titre)
    return point


def empreinte(point):
    """Ce que la personne a sous les yeux : deux secrétaires ne s'effacent pas l'une l'autre."""
    return [str(getattr(point, champ) or "") for champ in (*PREPARATION, *COMPTE_RENDU)]


@transaction.atomic
def modifier_point(point, *, par, vu=None, **champs):
    """Change la préparation, ou consigne ce qui s'est dit et décidé. `vu` : l'empreinte de ce qui était affiché."""
    reunion = ouverte(_sans_dossiers(point.reunion, par))
    point = _relire(reunion, point)
    if vu is not None and vu != empreinte(point):
        raise OperationRefusee(
            "Une autre personne vient de changer ce point : rien n’est écrasé. Comparez, puis enregistrez de nouveau."
        )
    if "titre" in champs:
        champs["titre"] = _titre(champs["titre"])
    change = [champ for champ, valeur in champs.items() if getattr(point, champ) != valeur]
    if not change:
        return point
    for champ in change:
        setattr(point, champ, champs[champ])
    point.save(update_fields=change)
    verbe = "reunion.consigner_point" if set(change) & set(COMPTE_RENDU) else "reunion.modifier_point"
    publier(verbe, reunion, par=par, point_id=point.pk, titre=point.titre, champs=change)
    return point


@transaction.atomic
def deplacer_point(point, *, par, vers):
    """Change le rang d'un point (1 : le premier) ; les autres se décalent."""
    reunion = ouverte(_sans_dossiers(point.reunion, par))
    point = _relire(reunion, point)
    points = [autre for autre in reunion.points.order_by("rang", "pk") if autre.pk != point.pk]
    points.insert(max(0, min(vers - 1, len(points))), point)
    _renumeroter(points)
    publier("reunion.deplacer_point", reunion, par=par, point_id=point.pk, titre=point.titre, rang=point.rang)
    return point


def _renumeroter(points):
    for rang, point in enumerate(points, 1):
        point.rang = rang
    PointOrdreDuJour.objects.bulk_update(points, ["rang"])


@transaction.atomic
def retirer_point(point, *, par):
    reunion = ouverte(_sans_dossiers(point.reunion, par))
    point = _relire(reunion, point)
    if point.est_traite:
        raise OperationRefusee("Ce point a été traité en séance : il reste au compte rendu.")
    publier("reunion.retirer_point", reunion, par=par, titre=point.titre, preparation=point.preparation)
    point.delete()
    _renumeroter(list(reunion.points.order_by("rang", "pk")))


@transaction.atomic
def solder_point(point, solde, *, par):
    """La suite est faite, ou ne l'est plus ; se dit encore après la clôture."""
    reunion = _sans_dossiers(point.reunion, par)
    point = _relire(reunion, point)
    if bool(point.solde_le) == solde:
        return point
    point.solde_le = timezone.now() if solde else None
    point.save(update_fields=["solde_le"])
    fait = "reunion.solder_point" if solde else "reunion.rouvrir_point"
    publier(fait, reunion, par=par, point_id=point.pk, titre=point.titre)
    return point


@transaction.atomic
def reprendre_points(reunion, *, par):
    """Met à l'ordre du jour ce que la réunion précédente a laissé à faire ; deux clics ne le reprennent qu'une fois."""
    reunion = ouverte(_sans_dossiers(reunion, par))
    anciens = list(suites.a_reprendre(reunion))
    if not anciens:
        raise OperationRefusee("La réunion précédente n’a laissé aucun point à reprendre.")
    rang = _dernier_rang(reunion)
    PointOrdreDuJour.objects.bulk_create(
        PointOrdreDuJour(
            reunion=reunion, rang=rang + n, titre=ancien.titre, preparation=_rappel(ancien), minutes=ancien.minutes,
            repris_de=ancien,
        )
        for n, ancien in enumerate(anciens, 1)
    )  # fmt: skip
    publier("reunion.reprendre_points", reunion, par=par, depuis=anciens[0].reunion_id, nombre=len(anciens))
    return len(anciens)


def _rappel(ancien):
    """Ce qui s'était dit, pour que chacun s'en souvienne en arrivant."""
    quand = timezone.localtime(ancien.reunion.debut)
    lignes = [f"Repris de la réunion du {quand:%d/%m/%Y}."]
    if ancien.decision:
        lignes.append(f"Décidé alors : {ancien.decision}")
    if ancien.responsable:
        lignes.append(f"Confié à : {ancien.responsable}")
    if ancien.echeance:
        lignes.append(f"Pour le : {ancien.echeance:%d/%m/%Y}")
    if not ancien.decision and ancien.preparation:
        lignes.append(ancien.preparation)
    return "\n".join(lignes)
