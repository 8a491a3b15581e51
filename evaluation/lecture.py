"""Ce que chacun a le droit de lire des notes : à l'aveugle tant que tous n'ont pas envoyé, jamais après un déport."""

from collections import defaultdict

from django.db.models import Exists, F, IntegerField, OuterRef, Sum, Value

from comptes.models import Membre, Role
from evaluation.citations import CHAMPS
from evaluation.models import (
    Citation,
    Deport,
    Evaluation,
    Lecteur,
    MembreReunion,
    PassageDossier,
    VersionEvaluation,
)
from evaluation.notes import ramener, synthese

MOTS_PAR_MINUTE = 220
# Ce qui lie une personne à un dossier, quand une seule requête lit les trois.
DEPORTE, DU_PORTEUR, LECTEUR = range(3)
TEXTES = tuple(champ for champ in CHAMPS if champ != "intitule")


def minutes_de_lecture(dossier):
    mots = sum(len(getattr(dossier, champ).split()) for champ in TEXTES)
    return max(1, round(mots / MOTS_PAR_MINUTE))


class Deports(defaultdict):
    """{dossier: les personnes qui s'en sont déportées} ; `du_porteur` : celles de l'organisme qui le porte."""

    def __init__(self):
        super().__init__(set)
        self.du_porteur = defaultdict(set)


def deports_de(dossiers):
    """Les déports de ces dossiers, et les membres des organismes porteurs ; une requête."""
    deports = Deports()
    _ranger(_ecartes(dossiers), deports)
    return deports


def deports_et_lecteurs(dossiers):
    """(`deports_de`, `lecteurs_de`), en une seule requête."""
    lecteurs = Lecteur.objects.filter(passage__dossier__in=dossiers).order_by()
    deports, designes = Deports(), defaultdict(set)
    lus = _ecartes(dossiers).union(
        lecteurs.values_list("passage__dossier", "membre__utilisateur_id", Value(LECTEUR, IntegerField())), all=True
    )
    _ranger(lus, deports, designes)
    return deports, designes


def _ecartes(dossiers):
    declares = Deport.objects.filter(dossier__in=dossiers).order_by()
    membres = Membre.objects.filter(organisme__dossiers__in=dossiers).order_by()
    return declares.values_list("dossier_id", "utilisateur_id", Value(DEPORTE, IntegerField())).union(
        membres.values_list("organisme__dossiers", "utilisateur_id", Value(DU_PORTEUR, IntegerField())), all=True
    )


def _ranger(lus, deports, designes=None):
    par_lien = {DEPORTE: deports, DU_PORTEUR: deports.du_porteur, LECTEUR: designes}
    for dossier, utilisateur, lien in lus:
        par_lien[lien][dossier].add(utilisateur)


def evaluations_envoyees(dossiers, deports=None):
    """{dossier: [évaluations envoyées, hors déports]} en une requête. `deports` : ceux que l'appelant connaît seuls."""
    connus = Deport.objects.filter(dossier=OuterRef("dossier"), utilisateur=OuterRef("evaluateur")).avant_l_avis()
    relues = VersionEvaluation.objects.filter(evaluation=OuterRef("pk"), apres_lecture=True)
    envoyees = (
        Evaluation.objects.filter(dossier__in=dossiers, envoyee_le__isnull=False)
        .select_related("evaluateur")
        .annotate(modifiee_apres_lecture=Exists(relues), ecartee=Exists(connus))
        .annotate(points=Sum(F("notes__critere__poids") * F("notes__valeur")), poids=Sum("notes__critere__poids"))
        .order_by("pk")
    )
    par_dossier = defaultdict(list)
    for evaluation in envoyees:
        # Le déport déclaré une fois l'avis rendu ne change pas les notes que la réunion a lues.
        if not (evaluation.ecartee and (deports is None or evaluation.evaluateur_id in deports[evaluation.dossier_id])):
            evaluation.sur_cent = ramener(evaluation.points, evaluation.poids)
            par_dossier[evaluation.dossier_id].append(evaluation)
    return par_dossier


def synthese_des_notes(evaluations):
    return synthese([evaluation.sur_cent for evaluation in evaluations])


def lecteurs_de(dossiers):
    """{dossier: les personnes désignées pour le lire} ; un dossier absent est lu de tous les membres."""
    designes = defaultdict(set)
    lecteurs = Lecteur.objects.filter(passage__dossier__in=dossiers)
    for dossier, utilisateur in lecteurs.values_list("passage__dossier_id", "membre__utilisateur_id"):
        designes[dossier].add(utilisateur)
    return designes


def attendus(reunion, dossiers, deports=None, membres=None, designes=None):
    """{dossier: ceux qui doivent encore noter ou l'ont fait}, sans excusés, déportés, ni membres du porteur.

    Les lecteurs désignés d'un dossier, ou tous les membres s'il n'en a pas.
    """
    deports = deports_de(dossiers) if deports is None else deports
    membres = MembreReunion.objects.filter(reunion=reunion) if membres is None else membres
    notent = {m.utilisateur_id for m in membres if m.evalue and m.presence != MembreReunion.Presence.EXCUSE}
    designes = lecteurs_de(dossiers) if designes is None else designes
    return {
        dossier.pk: (designes.get(dossier.pk, notent) & notent) - deports[dossier.pk] - deports.du_porteur[dossier.pk]
        for dossier in dossiers
    }


def est_revele(passage, attendus_du_dossier, evaluations):
    """Les notes se découvrent quand tous les attendus ont envoyé, ou que la réunion est close ; et le restent."""
    envoyees = {evaluation.evaluateur_id for evaluation in evaluations}
    tous = bool(attendus_du_dossier) and attendus_du_dossier <= envoyees
    return bool(passage.reunion.est_close or passage.decouvert_le or tous)


def passages_reveles(reunion, passages):
    """Les passages dont les notes se lisent, parmi ceux-ci."""
    dossiers = [passage.dossier for passage in passages]
    deports = deports_de(dossiers)
    qui, envoyees = attendus(reunion, dossiers, deports), evaluations_envoyees(dossiers, deports)
    return [p for p in passages if est_revele(p, qui[p.dossier_id], envoyees[p.dossier_id])]


def citations_du_dossier(dossier, lecteur, *, revele=None):
    """[(critère, ses citations)], dans l'ordre de la grille : les siennes ; celles des autres comme les notes.

    Elles se découvrent quand les notes se découvrent, jamais à qui doit encore envoyer les siennes, ni après un
    déport. `revele` : déjà su de qui appelle, pour cette personne.
    """
    if revele is None:
        revele = _lit_les_autres(dossier, lecteur)
    citations = (
        Citation.objects.filter(dossier=dossier)
        .exclude(dossier__deports__utilisateur=lecteur)
        # Une citation restée d'une personne déportée ne se lit plus, comme sa note.
        .exclude(Exists(Deport.objects.filter(dossier=dossier, utilisateur=OuterRef("evaluateur")).avant_l_avis()))
        .select_related("critere", "evaluateur")
        .order_by("critere__ordre", "critere", "pk")
    )
    if not revele:
        citations = citations.visibles_par(lecteur)
    par_critere = {}
    for citation in citations:
        par_critere.setdefault(citation.critere, []).append(citation)
    return list(par_critere.items())


def _lit_les_autres(dossier, lecteur):
    """Cette personne peut-elle lire ce que les autres ont écrit du dossier ?"""
    passage = PassageDossier.objects.select_related("reunion").filter(dossier=dossier).first()
    if passage is None:
        return False
    deports = deports_de([dossier])
    if lecteur.pk in deports[dossier.pk]:
        return False
    membres = list(passage.reunion.membres.all())
    if not (conduit(lecteur, passage.reunion) or any(m.utilisateur_id == lecteur.pk for m in membres)):
        return False
    envoyees = evaluations_envoyees([dossier], deports)[dossier.pk]
    attendus_ici = attendus(passage.reunion, [dossier], deports, membres)[dossier.pk]
    doit_noter = lecteur.pk in attendus_ici - {e.evaluateur_id for e in envoyees} and not passage.reunion.est_close
    return est_revele(passage, attendus_ici, envoyees) and not doit_noter


def conduit(utilisateur, reunion):
    return reunion.collectivite_id in utilisateur.ids_collectivites(Role.AGENT)
