"""Les conseils citoyens de la démonstration : des fiches, des réponses, et ce que leur avis a changé."""

from uuid import uuid4

from config.demonstration.temps import a, horloge
from evaluation.models import Reunion
from evaluation.operations import citoyens

# rang du dossier, réponses en ligne, réponses papier : (utile, pour qui, que manque-t-il)
PASSEES = [
    (0, [("oui", "Les familles des immeubles", "Des bancs et un point d’eau"), ("oui", "Les anciens", ""),
         ("un_peu", "", "Un panneau pour dire quand c’est ouvert")],
        [("oui", "Tout le monde", "Un créneau le dimanche"), ("oui", "", ""), ("non", "", "")]),
    (1, [("oui", "Ceux qui ne vont plus chez le médecin", "Quelqu’un qui parle arabe ou polonais"), ("oui", "", "")],
        [("oui", "Les personnes seules", ""), ("ne_sait_pas", "", "")]),
    (2, [("un_peu", "Les retraités", "Ouvrir aussi le samedi, on travaille en semaine")],
        [("oui", "", "Une garde d’enfants pendant la séance"), ("un_peu", "", "Ouvrir le samedi")]),
]  # fmt: skip
SUITES = {
    0: "Vous demandiez des bancs et un point d’eau. L’association a ajouté deux bancs à son budget. "
    "Pour l’eau, la ville pose un robinet au printemps.",
    2: "Vous étiez deux sur trois à demander le samedi. La réunion demande donc d’ouvrir l’action le samedi : c’est "
    "devenu une condition de son accord.",
}
BROUILLON = "Vous demandiez une médiatrice qui parle d’autres langues. Nous en parlons avec l’association."
A_VENIR = [
    ("oui", "Les mamans du quartier", "Un coin pour les petits"),
    ("un_peu", "", "On ne sait pas à quelle heure"),
]


def _mots(reponse):
    return dict(zip(("utile", "pour_qui", "que_manque_t_il"), reponse, strict=True))


def habitants(gens):
    """Après la campagne : les fiches se préparent avant la réunion, la réponse du service vient après."""
    agent = gens["agent"]
    passee = Reunion.objects.get(titre="Santé et accès aux droits")
    a_venir = Reunion.objects.get(titre="Citoyenneté, emploi et cadre de vie")
    with horloge(a(-8, 10)):
        citoyens.preparer_fiches(a_venir, par=agent)
    premiere = a_venir.fiches_habitant.select_related("dossier").order_by("pk").first()
    with horloge(a(-4, 18)):
        for rang, reponse in enumerate(A_VENIR):
            citoyens.repondre_par_code(premiere, jeton=f"demo-{rang}", **_mots(reponse))
        citoyens.saisir_papier(premiere, par=agent, jeton=uuid4().hex, utile="oui", pour_qui="Les personnes seules")
    _suites_de(passee, agent)


def _suites_de(reunion, agent):
    fiches = list(reunion.fiches_habitant.select_related("dossier").order_by("dossier__passages__rang"))
    conseil = fiches[0].conseil
    with horloge(a(-25, 11)):
        for rang, texte in SUITES.items():
            citoyens.rediger_suite(fiches[rang], par=agent, texte=texte)
        citoyens.publier_suites(reunion, conseil, par=agent)
    with horloge(a(-3, 16)):
        citoyens.rediger_suite(fiches[1], par=agent, texte=BROUILLON)


def reponses_d_avant(reunion, agent, citoyenne):
    """À jouer avant que la réunion passée rende ses avis."""
    with horloge(a(-43, 10)):
        citoyens.preparer_fiches(reunion, par=agent)
    fiches = list(reunion.fiches_habitant.select_related("dossier").order_by("dossier__passages__rang"))
    with horloge(a(-36, 18)):
        for rang, en_ligne, papier in PASSEES:
            for numero, reponse in enumerate(en_ligne):
                citoyens.repondre_par_code(fiches[rang], jeton=f"demo-{rang}-{numero}", **_mots(reponse))
            for reponse in papier:
                citoyens.saisir_papier(fiches[rang], par=agent, jeton=uuid4().hex, **_mots(reponse))
        citoyens.repondre_en_conseil(
            fiches[0].dossier, par=citoyenne, utile="oui", pour_qui="Les enfants", que_manque_t_il="De l’ombre l’été"
        )
