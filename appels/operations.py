"""Les verbes de l'appel à projets : préparer, régler, publier. Chacun est atomique et laisse un fait."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from appels.grille import GRILLE_PAR_DEFAUT, PIECES_PAR_DEFAUT, POIDS_ATTENDU
from appels.models import Appel, CritereEvaluation, Financeur, ObjectifOperationnel, PieceDemandee
from comptes.models import Role
from journal.publication import publier

CHAMPS = {
    "annee",
    "code",
    "intitule",
    "presentation",
    "ouvre_le",
    "cloture_le",
    "periode_reunions",
    "periode_decision",
    "montant_min",
    "montant_max",
    "taux_max_public",
    "benevolat_dans_assiette",
}
# Le code entre dans le numéro des dossiers : il ne change plus dès qu'il y en a un.
CHAMPS_GELES = {"annee", "code"}
SLUG_MAX = 80


class OperationRefusee(Exception):
    """Un refus expliqué à la personne, en français ; rien n'a changé."""


class PublicationImpossible(OperationRefusee):
    """`manques` : (ce qui manque, nom de la route où le réparer)."""

    def __init__(self, manques):
        super().__init__("L’appel à projets n’est pas prêt à être publié.")
        self.manques = list(manques)


@transaction.atomic
def creer_appel(convention, *, par, **champs):
    """Un appel en préparation, avec les objectifs de la convention, la grille et les pièces proposées d'office."""
    collectivite = convention.collectivite
    _autoriser(collectivite.pk, par)
    appel = Appel(collectivite=collectivite, convention=convention)
    _ecrire(appel, champs)
    appel.slug = _slug_libre(appel.intitule)
    appel.full_clean()
    appel.save()
    appel.objectifs.set(ObjectifOperationnel.objects.filter(strategique__enjeu__convention=convention))
    CritereEvaluation.objects.bulk_create(
        CritereEvaluation(appel=appel, ordre=rang, **critere) for rang, critere in enumerate(GRILLE_PAR_DEFAUT)
    )
    PieceDemandee.objects.bulk_create(
        PieceDemandee(appel=appel, ordre=rang, **piece) for rang, piece in enumerate(PIECES_PAR_DEFAUT)
    )
    publier("appel.creer", appel, par=par, intitule=appel.intitule)
    return appel


@transaction.atomic
def modifier_appel(appel, *, par, **champs):
    appel = _verrouiller(appel, par)
    avant = {nom: getattr(appel, nom) for nom in champs}
    _ecrire(appel, champs)
    changes = sorted(nom for nom, valeur in avant.items() if getattr(appel, nom) != valeur)
    if not changes:
        return appel
    if CHAMPS_GELES.intersection(changes) and appel.dossiers.exists():
        raise OperationRefusee(
            "Des dossiers sont déjà ouverts : l’année et le code figurent dans leur numéro et ne changent plus."
        )
    if appel.publie_le and (manques := _dates_incoherentes(appel)):
        raise OperationRefusee(manques[0][0])
    appel.full_clean()
    appel.save(update_fields=changes)
    publier(
        "appel.modifier",
        appel,
        par=par,
        champs={nom: [_lisible(avant[nom]), _lisible(getattr(appel, nom))] for nom in changes},
    )
    return appel


@transaction.atomic
def fixer_financeurs(appel, financeurs, *, par, nouveau=None):
    """Les financeurs de l'appel ; `nouveau` (nom, sigle) en ajoute un à la collectivité."""
    appel = _verrouiller(appel, par)
    choisis = list(Financeur.objects.filter(collectivite=appel.collectivite_id, pk__in=[f.pk for f in financeurs]))
    if len(choisis) != len(set(financeurs)):
        raise OperationRefusee("Un financeur choisi n’appartient pas à votre collectivité.")
    if nouveau:
        financeur = Financeur(
            collectivite=appel.collectivite, ordre=appel.collectivite.financeurs.count() + 1, **nouveau
        )
        financeur.full_clean()
        financeur.save()
        choisis.append(financeur)
    avant = set(appel.financeurs.all())
    for retire in avant - set(choisis):
        if retire.financements.filter(dossier__appel=appel).exists() or retire.enveloppes.filter(appel=appel).exists():
            raise OperationRefusee(
                f"« {retire} » reste dans l’appel : des dossiers lui demandent une aide, ou une enveloppe est inscrite."
            )
    if avant != set(choisis):
        appel.financeurs.set(choisis)
        publier("appel.fixer_financeurs", appel, par=par, financeurs=sorted(f.sigle for f in choisis))
    return appel


@transaction.atomic
def fixer_objectifs(appel, objectifs, *, par):
    appel = _verrouiller(appel, par)
    retenus = list(
        ObjectifOperationnel.objects.filter(
            strategique__enjeu__convention=appel.convention_id, pk__in=[o.pk for o in objectifs]
        )
    )
    if len(retenus) != len(set(objectifs)):
        raise OperationRefusee("Un objectif choisi n’appartient pas à la convention de l’appel.")
    if not retenus:
        raise OperationRefusee("Retenez au moins un objectif.")
    for retire in set(appel.objectifs.all()) - set(retenus):
        if retire.cibles.filter(dossier__appel=appel).exists():
            raise OperationRefusee(f"« {retire} » reste dans l’appel : des dossiers y répondent.")
    if set(appel.objectifs.all()) != set(retenus):
        appel.objectifs.set(retenus)
        publier("appel.fixer_objectifs", appel, par=par, objectifs=sorted(o.code for o in retenus))
    return appel


def grille_gelee(appel):
    """Dès qu'une note existe, changer la grille changerait le sens des notes déjà données."""
    return appel.criteres.filter(notes__isnull=False).exists()


@transaction.atomic
def fixer_grille(appel, criteres, *, par):
    """Remplace la grille. `criteres` : [{id?, libelle, aide, poids, niveaux}] dans l'ordre voulu."""
    appel = _verrouiller(appel, par)
    if grille_gelee(appel):
        raise OperationRefusee("Des notes ont déjà été données : la grille ne change plus.")
    return _fixer_lignes(appel, appel.criteres, criteres, "appel.fixer_grille", par)


@transaction.atomic
def fixer_pieces(appel, pieces, *, par):
    """Remplace la liste des pièces. `pieces` : [{id?, libelle, aide, obligation}] dans l'ordre voulu."""
    appel = _verrouiller(appel, par)
    gardees = {piece["id"] for piece in pieces if piece.get("id")}
    for retiree in appel.pieces_demandees.exclude(pk__in=gardees):
        if retiree.pieces.exists():
            raise OperationRefusee(f"« {retiree} » ne peut plus être retirée : des dossiers l’ont déjà fournie.")
    return _fixer_lignes(appel, appel.pieces_demandees, pieces, "appel.fixer_pieces", par)


def manques_pour_publier(appel):
    """Ce qui empêche de publier : [(phrase, nom de la route où le réparer)]."""
    manques = _dates_incoherentes(appel)
    if appel.cloture_le <= timezone.now():
        manques.append(("La clôture est déjà passée.", "appels-modifier"))
    if not appel.financeurs.exists():
        manques.append(("Aucun financeur n’est choisi.", "appels-financeurs"))
    if not appel.objectifs.exists():
        manques.append(("Aucun objectif n’est retenu.", "appels-objectifs"))
    if not total_des_poids(appel):
        manques.append(("La grille d’évaluation est vide.", "appels-grille"))
    return manques


def avertissements(appel):
    """Ce qui étonne sans empêcher : [(phrase, nom de la route)]."""
    rendus = []
    if (total := total_des_poids(appel)) and total != POIDS_ATTENDU:
        rendus.append(
            (
                f"Les poids de la grille font {total} et non {POIDS_ATTENDU} : les notes restent sur 100.",
                "appels-grille",
            )
        )
    if not appel.pieces_demandees.exists():
        rendus.append(("Aucune pièce n’est demandée.", "appels-pieces"))
    if (appel.cloture_le - appel.ouvre_le).days < 21:
        rendus.append(("Le dépôt dure moins de trois semaines.", "appels-modifier"))
    return rendus


def total_des_poids(appel):
    return sum(appel.criteres.values_list("poids", flat=True))


@transaction.atomic
def publier_appel(appel, *, par):
    """Rend l'appel visible de tous ; le dépôt s'ouvre à la date prévue. Lève PublicationImpossible."""
    appel = _verrouiller(appel, par)
    if appel.publie_le:
        return appel
    if manques := manques_pour_publier(appel):
        raise PublicationImpossible(manques)
    appel.publie_le = timezone.now()
    appel.save(update_fields=["publie_le"])
    publier(
        "appel.publier",
        appel,
        par=par,
        ouvre_le=appel.ouvre_le.isoformat(),
        cloture_le=appel.cloture_le.isoformat(),
    )
    return appel


@transaction.atomic
def depublier_appel(appel, *, par):
    """Ramène l'appel en préparation, tant que personne n'a ouvert de dossier."""
    appel = _verrouiller(appel, par)
    if not appel.publie_le:
        return appel
    if appel.dossiers.exists():
        raise OperationRefusee("Des dossiers sont déjà ouverts : l’appel reste publié.")
    appel.publie_le = None
    appel.save(update_fields=["publie_le"])
    publier("appel.depublier", appel, par=par)
    return appel


def _autoriser(collectivite_id, par):
    if collectivite_id not in par.ids_collectivites(Role.AGENT):
        raise OperationRefusee("Seul un agent de la collectivité prépare ses appels à projets.")


def _verrouiller(appel, par):
    """L'appel tel qu'il est maintenant, réservé à cette transaction."""
    _autoriser(appel.collectivite_id, par)
    return Appel.objects.select_for_update(of=("self",)).select_related("collectivite").get(pk=appel.pk)


def _ecrire(appel, champs):
    if inconnus := champs.keys() - CHAMPS:
        raise TypeError(f"Champs inconnus : {', '.join(sorted(inconnus))}")
    for nom, valeur in champs.items():
        setattr(appel, nom, valeur)


def _dates_incoherentes(appel):
    if appel.cloture_le <= appel.ouvre_le:
        return [("La clôture vient avant l’ouverture du dépôt.", "appels-modifier")]
    return []


def _fixer_lignes(appel, relation, lignes, fait, par):
    """Met la liste à l'identique de `lignes` : retire, change, ajoute, ordonne."""
    libelles = [ligne["libelle"].strip().casefold() for ligne in lignes]
    if len(libelles) != len(set(libelles)):
        raise OperationRefusee("Deux lignes portent le même libellé.")
    presentes = {objet.pk: objet for objet in relation.all()}
    gardees = {ligne["id"] for ligne in lignes if ligne.get("id")}
    if gardees - presentes.keys():
        raise OperationRefusee("La liste a changé entre-temps. Rechargez la page avant de la reprendre.")
    retirees = presentes.keys() - gardees
    relation.filter(pk__in=retirees).delete()
    change = bool(retirees)
    a_poser = []
    for ordre, ligne in enumerate(lignes):
        objet = presentes.get(ligne.get("id")) or relation.model(appel=appel)
        valeurs = {"ordre": ordre, **{nom: valeur for nom, valeur in ligne.items() if nom != "id"}}
        if objet.pk and all(getattr(objet, nom) == valeur for nom, valeur in valeurs.items()):
            continue
        for nom, valeur in valeurs.items():
            setattr(objet, nom, valeur)
        objet.clean_fields()
        a_poser.append(objet)
    for objet in a_poser:
        if objet.pk:
            # Deux lignes qui échangent leurs libellés se heurteraient en route à leur unicité.
            relation.filter(pk=objet.pk).update(libelle=f"~{objet.pk}")
    for objet in a_poser:
        objet.save()
    if change or a_poser:
        publier(fait, appel, par=par, lignes=[ligne["libelle"] for ligne in lignes])
    return appel


def _slug_libre(intitule):
    """Tiré de l'intitulé ; un numéro le départage."""
    base = slugify(intitule)[: SLUG_MAX - 6].strip("-") or "appel"
    pris = set(Appel.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | {"nouveau"}
    slug, rang = base, 2
    while slug in pris:
        slug, rang = f"{base}-{rang}", rang + 1
    return slug


def _lisible(valeur):
    return valeur.isoformat() if hasattr(valeur, "isoformat") else str(valeur)
