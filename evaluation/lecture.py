"""Ce que chacun a le droit de lire des notes : à l'aveugle tant que tous n'ont pas envoyé, jamais après un déport."""

from collections import defaultdict

from django.db.models import F, Sum

from comptes.models import Role
from evaluation.models import Deport, Evaluation, MembreReunion
from evaluation.notes import ramener, synthese

MOTS_PAR_MINUTE = 220
TEXTES = ("description", "moyens", "partenaires", "resultats_attendus", "public")


def minutes_de_lecture(dossier):
    mots = sum(len(getattr(dossier, champ).split()) for champ in TEXTES)
    return max(1, round(mots / MOTS_PAR_MINUTE))


def deports_de(dossiers):
    """{dossier: les personnes qui s'en sont déportées}."""
    ecartes = defaultdict(set)
    for dossier, utilisateur in Deport.objects.filter(dossier__in=dossiers).values_list("dossier_id", "utilisateur_id"):
        ecartes[dossier].add(utilisateur)
    return ecartes


def evaluations_envoyees(dossiers, deports=None):
    """{dossier: [évaluations envoyées, hors déports]} en une requête, deux s'il faut lire les déports."""
    deports = deports_de(dossiers) if deports is None else deports
    envoyees = (
        Evaluation.objects.filter(dossier__in=dossiers, envoyee_le__isnull=False)
        .select_related("evaluateur")
        .annotate(points=Sum(F("notes__critere__poids") * F("notes__valeur")), poids=Sum("notes__critere__poids"))
        .order_by("pk")
    )
    par_dossier = defaultdict(list)
    for evaluation in envoyees:
        if evaluation.evaluateur_id not in deports[evaluation.dossier_id]:
            evaluation.sur_cent = ramener(evaluation.points, evaluation.poids)
            par_dossier[evaluation.dossier_id].append(evaluation)
    return par_dossier


def synthese_des_notes(evaluations):
    return synthese([evaluation.sur_cent for evaluation in evaluations])


def attendus(reunion, dossiers, deports=None, membres=None):
    """{dossier: ceux qui doivent encore noter ou l'ont fait}, excusés et déports retirés."""
    deports = deports_de(dossiers) if deports is None else deports
    membres = MembreReunion.objects.filter(reunion=reunion) if membres is None else membres
    notent = {m.utilisateur_id for m in membres if m.evalue and m.presence != MembreReunion.Presence.EXCUSE}
    return {dossier.pk: notent - deports[dossier.pk] for dossier in dossiers}


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


def conduit(utilisateur, reunion):
    return reunion.appel.collectivite_id in utilisateur.ids_collectivites(Role.AGENT)
