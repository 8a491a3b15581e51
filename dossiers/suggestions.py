"""Des indicateurs à proposer selon les objectifs choisis : un point de départ, que chacun réécrit."""

import re

TOUJOURS = (
    "Nombre de personnes participantes",
    "Part des participants habitant un quartier prioritaire",
    "Nombre de séances tenues",
)
# Un mot de l'objectif opérationnel appelle les indicateurs qui lui vont.
PAR_MOT = (
    (
        r"soin|santé|psycho",
        ("Nombre de personnes orientées vers un soin", "Nombre de personnes suivies trois mois après"),
    ),
    (
        r"aliment|nutrition",
        ("Nombre de foyers qui cuisinent chez eux une recette apprise", "Nombre d’ateliers de cuisine"),
    ),
    (r"physique|sport", ("Nombre de personnes venues au moins dix fois", "Part de femmes parmi les participants")),
    (r"violence|harcèlement", ("Nombre de jeunes sensibilisés", "Nombre de situations repérées et accompagnées")),
    (
        r"femmes?-hommes?|égalité",
        ("Part de femmes parmi les participants", "Nombre d’idées reçues discutées en séance"),
    ),
    (r"emploi|stage|formation", ("Nombre d’entrées en emploi ou en formation", "Nombre de personnes accompagnées")),
    (r"desserte|mobilité|transport", ("Nombre de personnes devenues autonomes dans leurs trajets",)),
    (
        r"citoyen|participation|conseil",
        ("Nombre d’habitants qui préparent l’action", "Nombre de propositions d’habitants"),
    ),
    (r"habitat|logement", ("Nombre de ménages conseillés à domicile", "Nombre de situations signalées et suivies")),
)


def indicateurs_suggeres(objectifs):
    """Des libellés d'indicateurs, les plus proches des objectifs d'abord, sans doublon."""
    textes = " ".join(str(objectif).lower() for objectif in objectifs)
    choisis = [libelle for mot, libelles in PAR_MOT if re.search(mot, textes) for libelle in libelles]
    return list(dict.fromkeys([*choisis, *TOUJOURS]))
