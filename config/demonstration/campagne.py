"""L’appel clos, en plein arbitrage : des dossiers à chaque étape, une réunion passée, une à venir."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from comptes.models import Membre
from config.demonstration.appels import appel_de, enveloppes, objectifs_de, quartiers_de
from config.demonstration.ecrire import deposer, un_dossier
from config.demonstration.habitants import reponses_d_avant
from config.demonstration.questions import questions_des_lecteurs
from config.demonstration.seance import tenir
from config.demonstration.temps import a, horloge
from dossiers import operations as dossiers
from dossiers.complements import Attendu
from dossiers.models import Dossier
from evaluation import operations as evaluation
from evaluation.models import Reunion
from evaluation.ordre_propose import Proposition
from evaluation.plan_de_lecture import Reglages, plan
from programmation import operations as programmation

# association, action, résumé, objectif (rang), quartiers (rangs), coût, demandes par financeur, devenir
ACTIONS = [
    (
        0,
        "Jardiner ensemble au Coteau",
        "Un jardin partagé, cultivé par les habitants au pied des immeubles.",
        1,
        (2,),
        11000,
        {"État": 2500, "Ville": 3000},
        "programme",
    ),
    (
        1,
        "Médiation santé au pied des immeubles",
        "Deux médiatrices accompagnent les habitants vers les soins.",
        0,
        (0, 1),
        38400,
        {"État": 15000, "Ville": 9000},
        "programme",
    ),
    (
        2,
        "Bouger à tout âge",
        "Des séances d’activité physique douce, en plein air et en salle.",
        3,
        (1,),
        14200,
        {"État": 6000, "Ville": 3000},
        "evalue",
    ),
    (
        4,
        "Passeport mobilité",
        "Des ateliers pour oser le bus, le vélo et le permis.",
        7,
        (0, 1, 2),
        64000,
        {"État": 26000, "Ville": 12000},
        "evalue",
    ),
    (
        3,
        "Cafés des habitants",
        "Un rendez-vous du samedi pour parler du quartier.",
        9,
        (0,),
        9800,
        {"État": 4000, "Ville": 3000},
        "en_evaluation",
    ),
    (
        0,
        "Cuisiner de saison",
        "Des ateliers de cuisine et de nutrition pour les familles.",
        1,
        (0, 2),
        8600,
        {"État": 2000, "Ville": 2500},
        "en_evaluation",
    ),
    (
        2,
        "Échauffement collectif",
        "Des parcours sportifs dessinés avec les jeunes.",
        3,
        (1, 2),
        7400,
        {"Ville": 2800},
        "recevable",
    ),
    (
        1,
        "Écoute jeunes",
        "Une permanence d’écoute contre le harcèlement scolaire.",
        5,
        (0, 1),
        12900,
        {"État": 5000, "Ville": 2000},
        "a_completer",
    ),
    (
        3,
        "Réparer plutôt que jeter",
        "Un atelier de réparation tenu par des bénévoles.",
        10,
        (0,),
        6900,
        {"Ville": 2500},
        "irrecevable",
    ),
]


def campagne(bruay, gens, associations):
    """L'appel clos, en pleine arbitrage : des dossiers à chaque étape."""
    annee = timezone.localdate().year
    appel = appel_de(
        bruay,
        annee=annee,
        code="BLB",
        intitule=f"Appel à projets {annee} · seconde session",
        ouvre_le=a(-120, 9),
        cloture_le=a(-60, 23, 59),
        periodes=("le mois dernier", "au prochain conseil municipal"),
    )
    agent = gens["agent"]
    enveloppes(appel, agent, parts=(30_000, 15_000, 10_000, 8_000))
    objectifs, quartiers = objectifs_de(appel), quartiers_de(appel)
    deposes = []
    for rang, (asso, intitule, description, objectif, lieux, cout, demandes, devenir) in enumerate(ACTIONS):
        organisme = associations[asso]
        par = organisme.membres.get(role=Membre.Role.REPRESENTANT).utilisateur
        with horloge(a(-70 + rang, 18, 10 + rang)):
            dossier = un_dossier(
                appel,
                organisme,
                par,
                intitule,
                description,
                objectifs[objectif],
                [quartiers[lieu] for lieu in lieux],
                cout,
                demandes,
            )
            deposes.append((deposer(dossier, par=par), devenir))
    for dossier, devenir in deposes:
        with horloge(a(-50, 11)):
            if devenir == "a_completer":
                pass
            elif devenir == "irrecevable":
                dossiers.declarer_irrecevable(
                    dossier,
                    par=agent,
                    motif="Le public de l’action n’habite pas majoritairement un quartier prioritaire.",
                )
            else:
                dossiers.declarer_recevable(dossier, par=agent)
        if devenir == "a_completer":
            _demander_des_complements(dossier, gens)
    reunions(appel, gens, [(d, devenir) for d, devenir in deposes])
    return appel


def _demander_des_complements(dossier, gens):
    """Une pièce à refaire, une étape à reprendre, une question ; et ce qu'on s'écrit entre-temps."""
    agent, porteuse = gens["agent"], gens["autre"]
    rib = dossier.appel.pieces_demandees.get(libelle__startswith="Relevé d’identité bancaire")
    with horloge(a(-2, 9, 30)):
        dossiers.demander_complement(
            dossier,
            par=agent,
            message="Votre action intéresse les deux collèges. Il manque peu de choses pour l’examiner.",
            elements=[
                Attendu(str(rib), "Le relevé joint est au nom d’une personne, pas de l’association.", demandee=rib),
                Attendu("Public", "Précisez l’âge des jeunes reçus.", section="public", indispensable=False),
                Attendu("Quel jour se tiendra la permanence dans chaque collège ?"),
            ],
            limite_le=timezone.localdate() + timedelta(days=12),
        )
    for par, quand, texte in (
        (porteuse, a(-2, 19, 15), "Bonjour, notre banque met dix jours à fournir un relevé. Est-ce gênant ?"),
        (agent, a(-1, 8, 50), "Bonjour, non : la date limite vous laisse douze jours. Joignez-le dès réception."),
        (porteuse, a(-1, 12, 5), "Merci, nous répondons au reste cette semaine."),
    ):
        with horloge(quand):
            dossiers.ecrire_message(dossier, par=par, texte=texte, jeton=uuid4())


def reunions(appel, gens, deposes):
    agent = gens["agent"]
    enjeux = list(appel.convention.enjeux.all())

    def reunion(titre, jours, enjeu):
        quand = a(jours, 14)
        with horloge(a(-45)):
            seance = evaluation.creer_reunion(
                appel,
                par=agent,
                titre=titre,
                debut=quand,
                lieu="Salle des mariages, hôtel de ville",
                enjeu=enjeu,
                president="Claude Demonstration, adjoint à la politique de la ville",
                secretaire="Thomas Lecomte",
            )
            for cle, structure, note in (
                ("evaluateur", "Caisse d’allocations familiales", True),
                ("evaluatrice", "Maisons du Bassin", True),
                ("citoyenne", "Conseil citoyen du Centre", False),
            ):
                evaluation.convier(seance, gens[cle], par=agent, structure=structure, evalue=note)
        return seance

    passee = reunion("Santé et accès aux droits", -30, enjeux[0])
    a_venir = reunion("Citoyenneté, emploi et cadre de vie", 9, enjeux[1])
    # Prête à ouvrir : deux membres qui notent font le quorum de la séance.
    Reunion.objects.filter(pk=a_venir.pk).update(quorum=2)
    for dossier, devenir in deposes:
        if devenir in {"programme", "evalue"}:
            with horloge(a(-44)):
                evaluation.inscrire(passee, dossier, par=agent)
        elif devenir == "en_evaluation":
            with horloge(a(-20)):
                evaluation.inscrire(a_venir, dossier, par=agent)
    reponses_d_avant(passee, agent, gens["citoyenne"])
    examines = [d for d, devenir in deposes if devenir in {"programme", "evalue"}]
    niveaux = {"evaluateur": (4, 4, 3, 5, 3, 4, 2, 4, 4), "evaluatrice": (5, 4, 4, 3, 4, 3, 3, 3, 4)}
    criteres = list(appel.criteres.all())
    for rang, dossier in enumerate(examines):
        with horloge(a(-32, 16)):
            for cle, notes in niveaux.items():
                evaluation.enregistrer_evaluation(
                    dossier,
                    par=gens[cle],
                    notes={c: max(0, min(5, n - (rang == 2))) for c, n in zip(criteres, notes, strict=True)},
                    commentaire="Action bien située, à relier aux partenaires du quartier.",
                )
                evaluation.envoyer_evaluation(dossier, par=gens[cle])
    # Une citation par lecteur, et une lectrice qui reprend ses notes après les avoir toutes lues.
    with horloge(a(-31, 10)):
        dossier, premier = examines[0], criteres[0]
        evaluation.epingler(dossier, par=gens["evaluateur"], critere=premier, texte=dossier.description)
        evaluation.epingler(
            dossier, par=gens["evaluatrice"], critere=criteres[1], texte="Un comité d’habitants prépare chaque"
        )
        evaluation.rouvrir_evaluation(dossier, par=gens["evaluateur"])
        evaluation.enregistrer_evaluation(
            dossier,
            par=gens["evaluateur"],
            notes={premier: 5},
            commentaire="Action bien située, à relier aux partenaires du quartier. Le comité d’habitants est un atout.",
        )
        evaluation.envoyer_evaluation(dossier, par=gens["evaluateur"])
    with horloge(a(-31, 9)):
        ordre = Proposition(Reunion.objects.get(pk=passee.pk), agent)
        evaluation.fixer_ordre(passee, ordre.places, par=agent)
    with horloge(a(-19, 10)):
        lectures = plan([a_venir], agent, Reglages("equitable"))
        evaluation.repartir(a_venir, lectures.lecteurs, par=agent, methode="equitable")
    questions_des_lecteurs(a_venir, agent)
    tenir(Reunion.objects.get(pk=passee.pk), gens)
    with horloge(a(-10)):
        for dossier, devenir in deposes:
            if devenir == "programme":
                frais = Dossier.objects.get(pk=dossier.pk)
                dossiers.programmer(frais, par=agent)
                for proposition in frais.avis.montants.select_related("financeur"):
                    programmation.fixer_montant(frais, proposition.financeur, proposition.montant, par=agent)
