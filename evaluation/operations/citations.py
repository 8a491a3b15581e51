"""Épingler un passage du dossier à un critère, pour appuyer une note ; l'ôter."""

from django.db import transaction

from dossiers.cycle_de_vie import verrouiller
from evaluation.citations import PAR_CRITERE, SIGNES_MAX, retrouver
from evaluation.models import Citation
from evaluation.operations.communs import OperationRefusee
from evaluation.operations.notation import reunion_ou_noter
from journal.publication import publier


@transaction.atomic
def epingler(dossier, *, par, critere, texte, champ=""):
    """Épingle un passage, tel qu'il est dans le dossier ; l'épingler deux fois n'en fait qu'un."""
    dossier = verrouiller(dossier)
    reunion_ou_noter(dossier, par)
    if critere.appel_id != dossier.appel_id:
        raise OperationRefusee("Ce critère n’est pas dans la grille de l’appel.")
    if not texte.strip():
        raise OperationRefusee("Choisissez un passage du dossier avant de l’épingler.")
    if len(texte.strip()) > SIGNES_MAX:
        raise OperationRefusee(
            f"Un passage a {SIGNES_MAX} signes au plus ; celui-ci en a {len(texte.strip())}. Gardez l’essentiel."
        )
    trouve = retrouver(dossier, texte, champ)
    if trouve is None:
        raise OperationRefusee("Ce passage ne se trouve pas dans le dossier. Copiez-le mot pour mot.")
    miennes = Citation.objects.filter(dossier=dossier, evaluateur=par, critere=critere)
    if deja := miennes.filter(texte=trouve.texte).first():
        return deja
    if miennes.count() >= PAR_CRITERE:
        raise OperationRefusee(
            f"Vous avez déjà épinglé {PAR_CRITERE} passages à ce critère : ôtez-en un pour ajouter celui-ci."
        )
    citation = Citation.objects.create(
        dossier=dossier, evaluateur=par, critere=critere, champ=trouve.champ, texte=trouve.texte
    )
    publier("evaluation.epingler", dossier, par=par, critere_id=critere.pk)
    return citation


@transaction.atomic
def oter_citation(citation, *, par):
    """Ôte une citation à soi, tant que l'évaluation est ouverte."""
    dossier = verrouiller(citation.dossier)
    if citation.evaluateur_id != par.pk:
        raise OperationRefusee("On n’ôte que les passages qu’on a soi-même épinglés.")
    reunion_ou_noter(dossier, par)
    citation.delete()
    publier("evaluation.oter_citation", dossier, par=par, critere_id=citation.critere_id)
