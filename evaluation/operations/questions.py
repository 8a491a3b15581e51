"""Les questions des lecteurs au porteur : elles passent par le service, réunies, et la réponse revient à tous."""

from django.db import transaction
from django.utils import timezone

from dossiers import operations as dossiers
from dossiers.cycle_de_vie import verrouiller
from dossiers.models import Message
from evaluation.models import Deport, EnvoiQuestions, PassageDossier, QuestionLecteur
from evaluation.operations.communs import OperationRefusee, conduire
from evaluation.operations.notation import reunion_ou_noter
from evaluation.questions import MOT_MAX, PAR_LECTEUR, SIGNES_MAX, se_posent
from journal.publication import publier

DEJA_TRAITEE = "Cette question vient d’être envoyée, répondue ou retirée : relisez la liste."


@transaction.atomic
def poser_question(dossier, *, par, texte):
    """Confie une question au service. La même, encore en attente, n'en fait qu'une (double clic)."""
    texte = texte.strip()
    if not texte:
        raise OperationRefusee("Écrivez votre question avant de l’envoyer.")
    if len(texte) > SIGNES_MAX:
        raise OperationRefusee(f"Une question a {SIGNES_MAX} signes au plus ; la vôtre en a {len(texte)}.")
    dossier = verrouiller(dossier)
    reunion_ou_noter(dossier, par)
    attente = list(QuestionLecteur.objects.visibles_par(par).filter(dossier=dossier).en_attente())
    if deja := next((question for question in attente if question.texte == texte), None):
        return deja
    if len(attente) >= PAR_LECTEUR:
        raise OperationRefusee(
            f"Le service a déjà {PAR_LECTEUR} de vos questions à lire sur ce dossier : retirez-en une, ou attendez."
        )
    question = QuestionLecteur.objects.create(dossier=dossier, auteur=par, texte=texte, posee_le=timezone.now())
    publier("evaluation.poser_question", dossier, par=par, question_id=question.pk)
    return question


@transaction.atomic
def retirer_question(question, *, par):
    """Retire une question à soi, que le service n'a pas encore traitée."""
    dossier = verrouiller(question.dossier)
    question = QuestionLecteur.objects.visibles_par(par).filter(pk=question.pk).first()
    if question is None:
        raise OperationRefusee("Cette question est déjà retirée.")
    if question.envoi_id:
        raise OperationRefusee("Cette question est déjà partie au porteur : elle ne se retire plus.")
    if question.motif:
        raise OperationRefusee("Le service a déjà répondu à cette question.")
    publier("evaluation.retirer_question", dossier, par=par, question_id=question.pk)
    question.delete()


def _pour_le_service(dossier, par):
    """Le dossier verrouillé, que cet agent a le droit de traiter, tant que la réunion peut s'en servir."""
    dossier = verrouiller(dossier)
    conduire(dossier.appel.collectivite_id, par)
    if Deport.objects.filter(dossier=dossier, utilisateur=par).exists():
        raise OperationRefusee("Vous vous êtes déporté de ce dossier : un autre agent s’en charge.")
    if dossier.organisme_id in par.ids_organismes:
        raise OperationRefusee("Vous êtes membre de l’organisme qui porte ce dossier : un autre agent s’en charge.")
    return dossier


def _exiger_une_reunion_ouverte(dossier):
    passage = PassageDossier.objects.select_related("reunion").filter(dossier=dossier).first()
    if not se_posent(passage, dossier):
        raise OperationRefusee("L’évaluation de ce dossier est terminée : une réponse n’y changerait plus rien.")


@transaction.atomic
def envoyer_questions(dossier, *, par, questions, texte, jeton):
    """Envoie au porteur, en un seul message du fil, les questions choisies ({leurs clés}).

    Le même `jeton`, renvoyé, rend l'envoi déjà parti ; un autre agent qui enverrait les mêmes questions est refusé.
    """
    dossier = _pour_le_service(dossier, par)
    if deja := EnvoiQuestions.objects.filter(dossier=dossier, message__jeton=jeton).first():
        return deja
    _exiger_une_reunion_ouverte(dossier)
    questions = set(questions)
    if not questions:
        raise OperationRefusee("Choisissez au moins une question à envoyer.")
    choisies = set(dossier.questions.en_attente().filter(pk__in=questions).values_list("pk", flat=True))
    if choisies != questions:
        raise OperationRefusee(
            "Une de ces questions vient d’être envoyée, répondue ou retirée. Relisez la liste et votre message, "
            "qui est conservé, avant de l’envoyer."
        )
    message = dossiers.ecrire_message(dossier, par=par, texte=texte, jeton=jeton, repond=False)
    envoi = EnvoiQuestions.objects.create(dossier=dossier, message=message, envoye_par=par, envoye_le=message.envoye_le)
    QuestionLecteur.objects.filter(pk__in=choisies).update(envoi=envoi)
    publier("evaluation.envoyer_questions", dossier, par=par, envoi_id=envoi.pk, questions=sorted(choisies))
    return envoi


@transaction.atomic
def retenir_reponse(envoi, *, par, message, vue=None):
    """Remet un message du fil à tous les lecteurs, en réponse. `vue` : la réponse que la page montrait déjà."""
    dossier = _pour_le_service(envoi.dossier, par)
    envoi = EnvoiQuestions.objects.get(pk=envoi.pk)
    if envoi.reponse_id == message.pk:
        return envoi
    _exiger_une_reunion_ouverte(dossier)
    if envoi.reponse_id != vue:
        raise OperationRefusee("Une autre personne du service vient de remettre une réponse : relisez-la.")
    if not reponses_possibles(envoi).filter(pk=message.pk).exists():
        raise OperationRefusee("Choisissez un message écrit après vos questions.")
    envoi.reponse, envoi.repondu_le = message, timezone.now()
    envoi.save(update_fields=["reponse", "repondu_le"])
    # Ce message-là, le service l'a lu ; pas forcément ceux qui le précèdent.
    Message.objects.filter(pk=message.pk, du_service=False, lu_le=None).update(lu_le=envoi.repondu_le)
    publier("evaluation.retenir_reponse", dossier, par=par, envoi_id=envoi.pk, message_id=message.pk)
    return envoi


def reponses_possibles(envoi):
    """Les messages du fil qui peuvent répondre : tout ce qui suit l'envoi, sauf d'autres questions."""
    return envoi.dossier.messages.filter(pk__gt=envoi.message_id, questions_reunies=None)


@transaction.atomic
def repondre_a_la_question(question, *, par, mot):
    """Le service répond lui-même, sans déranger le porteur ; tous les lecteurs du dossier le lisent."""
    question, nouvelle = _dire(question, par, mot, "Écrivez votre réponse avant de l’envoyer.")
    if nouvelle:
        question.save(update_fields=["motif"])
        publier("evaluation.repondre_a_la_question", question.dossier, par=par, question_id=question.pk)
    return question


@transaction.atomic
def ecarter_question(question, *, par, mot):
    """Ne transmet pas la question, et dit pourquoi à la personne qui l'a posée, à elle seule."""
    question, nouvelle = _dire(question, par, mot, "Dites pourquoi cette question n’est pas transmise.")
    if nouvelle:
        question.ecartee_le = timezone.now()
        question.save(update_fields=["motif", "ecartee_le"])
        publier("evaluation.ecarter_question", question.dossier, par=par, question_id=question.pk)
    return question


def _dire(question, par, mot, vide):
    """(la question relue, portant le mot du service ; faut-il l'écrire)."""
    mot = mot.strip()
    if not mot:
        raise OperationRefusee(vide)
    if len(mot) > MOT_MAX:
        raise OperationRefusee(f"Votre réponse a {MOT_MAX} signes au plus ; elle en a {len(mot)}.")
    dossier = _pour_le_service(question.dossier, par)
    relue = QuestionLecteur.objects.filter(pk=question.pk, dossier=dossier).first()
    if relue and relue.motif == mot:
        return relue, False
    _exiger_une_reunion_ouverte(dossier)
    if relue is None or not dossier.questions.en_attente().filter(pk=relue.pk).exists():
        raise OperationRefusee(DEJA_TRAITEE)
    relue.motif = mot
    return relue, True
