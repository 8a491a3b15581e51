"""Les questions des lecteurs : ce que chacun en lit, à qui va la réponse, et le message que le service en fait."""

import re
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from dossiers.etats import Etat
from dossiers.models import Message
from evaluation import lecture
from evaluation.empechements import empeches
from evaluation.models import EnvoiQuestions, Evaluation, PassageDossier, QuestionLecteur

SIGNES_MAX = QuestionLecteur._meta.get_field("texte").max_length
MOT_MAX = QuestionLecteur._meta.get_field("motif").max_length
# Au-delà, le service n'a plus devant lui des questions, mais une autre lecture du dossier.
PAR_LECTEUR = 10

OUVERTURE = "Bonjour,\n\nPour examiner votre dossier, nous avons besoin de quelques précisions :"
OUVERTURE_SEULE = "Bonjour,\n\nPour examiner votre dossier, nous avons besoin d’une précision :"
FERMETURE = "Vous pouvez répondre ici, en un seul message. Merci d’avance."


def _pareille(texte):
    """Deux questions pareilles, à la casse, aux espaces et à la ponctuation finale près."""
    return re.sub(r"\W+", " ", texte.casefold().replace("’", "'")).strip()


def dedoublonner(textes):
    """Les questions dans leur ordre, chacune une fois."""
    vues = {}
    for texte in textes:
        vues.setdefault(_pareille(texte), texte.strip())
    return list(vues.values())


def reunir(textes):
    """Le message proposé au service : les questions à la suite, sans nom ; une par tiret s'il y en a plusieurs."""
    distinctes = dedoublonner(textes)
    if not distinctes:
        return ""
    if len(distinctes) == 1:
        return f"{OUVERTURE_SEULE}\n\n{distinctes[0]}\n\n{FERMETURE}"
    lignes = "\n\n".join(f"– {texte}" for texte in distinctes)
    return f"{OUVERTURE}\n\n{lignes}\n\n{FERMETURE}"


@dataclass
class QuestionsLues:
    """Ce qu'un lecteur lit : les siennes et leur sort, ce qui a été envoyé, ce que le service a répondu lui-même."""

    miennes: list = field(default_factory=list)
    envois: list = field(default_factory=list)
    du_service: list = field(default_factory=list)

    @property
    def temoin(self):
        """Change quand une question à soi est partie : le brouillon gardé par le navigateur peut s'oublier."""
        return max((question.pk for question in self.miennes), default=0)

    def __bool__(self):
        return bool(self.miennes or self.envois or self.du_service)


def lues_par(dossier, lecteur):
    """`QuestionsLues`, en une requête. Des autres lecteurs, jamais le nom."""
    repondues = Q(ecartee_le=None) & ~Q(motif="")
    lues = list(
        QuestionLecteur.objects.filter(
            Q(auteur=lecteur) | Q(envoi__isnull=False) | repondues, dossier=dossier
        ).select_related("envoi__message", "envoi__reponse")
    )
    return QuestionsLues(
        miennes=[question for question in lues if question.auteur_id == lecteur.pk],
        envois=sorted({question.envoi for question in lues if question.envoi_id}, key=lambda envoi: envoi.pk),
        du_service=[question for question in lues if question.reponse_du_service],
    )


def se_posent(passage, dossier):
    """La réunion peut-elle encore en faire quelque chose ? Ni close, ni l'avis rendu, ni le dossier retiré."""
    return bool(passage and not passage.reunion.est_close and dossier.etat == Etat.EN_EVALUATION)


def nombre_en_attente():
    """Pour annoter une liste : combien de questions le service doit encore lire, par dossier."""
    return Subquery(
        QuestionLecteur.objects.en_attente()
        .filter(dossier=OuterRef("dossier"))
        .order_by()
        .values("dossier")
        .annotate(nombre=Count("pk"))
        .values("nombre")
    )


def a_remettre():
    """Pour annoter une liste : l'organisme a-t-il écrit après des questions restées sans réponse ?"""
    suite = Message.objects.filter(dossier=OuterRef("dossier"), du_service=False, pk__gt=OuterRef("message"))
    return Exists(EnvoiQuestions.objects.filter(Exists(suite), dossier=OuterRef("dossier"), reponse=None))


def questions_des_lecteurs(agent):
    """Ce qu'une liste de passages en montre au service ; rien à qui est de l'organisme porteur."""
    posees = QuestionLecteur.objects.filter(dossier=OuterRef("dossier")).exclude(
        dossier__organisme__in=agent.ids_organismes
    )
    return {"questions": nombre_en_attente(), "repondu": a_remettre(), "interroge": Exists(posees)}


def lecteurs_a_prevenir(dossier):
    """[(personne, a-t-elle envoyé ses notes)] : qui note ce dossier, ou a posé une question ; jamais un empêché."""
    passage = PassageDossier.objects.select_related("reunion").filter(dossier=dossier).first()
    if not se_posent(passage, dossier):
        return []
    membres = list(passage.reunion.membres.filter(evalue=True).select_related("utilisateur").order_by("pk"))
    deports = lecture.deports_de([dossier])
    ont_envoye = set(
        Evaluation.objects.filter(dossier=dossier, envoyee_le__isnull=False).values_list("evaluateur", flat=True)
    )
    auteurs = set(QuestionLecteur.objects.filter(dossier=dossier).values_list("auteur", flat=True))
    concernes = lecture.attendus(passage.reunion, [dossier], deports, membres)[dossier.pk] | ont_envoye | auteurs
    concernes -= empeches([dossier])[dossier.pk]
    return [
        (membre.utilisateur, membre.utilisateur_id in ont_envoye)
        for membre in membres
        if membre.utilisateur_id in concernes and membre.utilisateur.is_active
    ]
