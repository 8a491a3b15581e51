"""Les questions des lecteurs avant la réunion à venir : une qui a sa réponse, une que le service doit encore lire."""

from uuid import uuid4

from comptes.models import Membre
from config.demonstration.temps import a, horloge
from dossiers import operations as dossiers
from evaluation import operations as evaluation
from evaluation.questions import reunir


def questions_des_lecteurs(reunion, agent):
    en_attente, repondue = reunion.passages.select_related("dossier__organisme").order_by("rang")[:2]
    with horloge(a(-8, 21, 10)):
        question = _poser(repondue, "Les ateliers ont-ils lieu pendant les vacances scolaires ?")
    with horloge(a(-7, 9, 20)):
        envoi = evaluation.envoyer_questions(
            repondue.dossier, par=agent, questions=[question.pk], texte=reunir([question.texte]), jeton=uuid4()
        )
    porteuse = repondue.dossier.organisme.membres.get(role=Membre.Role.REPRESENTANT).utilisateur
    with horloge(a(-6, 18, 40)):
        reponse = dossiers.ecrire_message(
            repondue.dossier,
            par=porteuse,
            texte="Bonjour, oui : la première semaine de chaque période, sauf en août. Nous affichons les dates à la "
            "maison de quartier et à l’école.",
            jeton=uuid4(),
        )
    with horloge(a(-5, 8, 45)):
        evaluation.retenir_reponse(envoi, par=agent, message=reponse)
    with horloge(a(-1, 19, 30)):
        _poser(en_attente, "Qui tient le café quand le bénévole du samedi est absent ?")


def _poser(passage, texte):
    """Par qui le lit : le premier lecteur désigné, ou le premier membre qui note."""
    lecteur = passage.lecteurs.select_related("membre__utilisateur").order_by("pk").first()
    membre = lecteur.membre if lecteur else passage.reunion.membres.filter(evalue=True).order_by("pk").first()
    return evaluation.poser_question(passage.dossier, par=membre.utilisateur, texte=texte)
