"""Ce que chacun a le droit de lire des notes : à l'aveugle tant que tous n'ont pas envoyé, jamais après un déport."""

from collections import defaultdict

from comptes.models import Role
from evaluation.models import Deport, Evaluation, MembreReunion
from evaluation.notes import note_sur_cent, synthese

MOTS_PAR_MINUTE = 220
TEXTES = ("description", "moyens", "partenaires", "resultats_attendus", "public")


def minutes_de_lecture(dossier):
    mots = sum(len(getattr(dossier, champ).split()) for champ in TEXTES)
    return max(1, round(mots / MOTS_PAR_MINUTE))


def evaluations_envoyees(dossiers):
    """{dossier: [évaluations envoyées, hors déports]} en trois requêtes."""
    envoyees = (
        Evaluation.objects.filter(dossier__in=dossiers, envoyee_le__isnull=False)
        .select_related("evaluateur")
        .prefetch_related("notes__critere")
        .order_by("pk")
    )
    ecartes = set(Deport.objects.filter(dossier__in=dossiers).values_list("dossier_id", "utilisateur_id"))
    par_dossier = defaultdict(list)
    for evaluation in envoyees:
        if (evaluation.dossier_id, evaluation.evaluateur_id) not in ecartes:
            evaluation.sur_cent = note_sur_cent([(n.critere.poids, n.valeur) for n in evaluation.notes.all()])
            par_dossier[evaluation.dossier_id].append(evaluation)
    return par_dossier


def synthese_des_notes(evaluations):
    return synthese([evaluation.sur_cent for evaluation in evaluations])


def attendus(reunion, dossiers):
    """{dossier: ceux qui doivent encore noter ou l'ont fait}, déports retirés."""
    evaluateurs = set(
        MembreReunion.objects.filter(reunion=reunion, evalue=True)
        .exclude(presence=MembreReunion.Presence.EXCUSE)
        .values_list("utilisateur_id", flat=True)
    )
    ecartes = defaultdict(set)
    for dossier, utilisateur in Deport.objects.filter(dossier__in=dossiers).values_list("dossier_id", "utilisateur_id"):
        ecartes[dossier].add(utilisateur)
    return {dossier.pk: evaluateurs - ecartes[dossier.pk] for dossier in dossiers}


def est_revele(reunion, attendus_du_dossier, evaluations):
    """Les notes se découvrent quand tous les attendus ont envoyé, ou que la réunion est close."""
    envoyees = {evaluation.evaluateur_id for evaluation in evaluations}
    return reunion.est_close or (bool(attendus_du_dossier) and attendus_du_dossier <= envoyees)


def est_deporte(utilisateur, dossier):
    return Deport.objects.filter(utilisateur=utilisateur, dossier=dossier).exists()


def conduit(utilisateur, reunion):
    return reunion.appel.collectivite_id in utilisateur.ids_collectivites(Role.AGENT)
