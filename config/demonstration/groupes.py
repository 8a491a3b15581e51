"""Un groupe de travail tenu, le suivant à préparer, et le pilotage communal à venir : sans dossiers ni notes."""

from datetime import timedelta

from django.utils import timezone

from appels.models import EnjeuPrioritaire
from config.demonstration.temps import a, horloge
from evaluation import operations as evaluation
from evaluation.models import Reunion
from evaluation.operations.convocation import convoquer
from evaluation.operations.invites import inviter, marquer_presences
from evaluation.operations.points import ajouter_point, modifier_point
from evaluation.operations.sans_dossiers import preparer

PRESIDENCE = "Claude Demonstration, adjoint à la politique de la ville"
LIEU = "Salle des mariages, hôtel de ville"
CONVIES = (
    ("evaluatrice", "Maisons du Bassin"),
    ("citoyenne", "Conseil citoyen du Centre"),
    ("financeur", "État"),
    ("agent", "Service Politique de la Ville"),
)
POINTS = (
    (
        "Présence dans les halls, le soir",
        "Deux résidences du Coteau signalent des regroupements depuis septembre. Bilan des passages de l’équipe.",
        20,
        "Le bailleur constate moins de dégradations depuis les passages du vendredi. Le conseil citoyen demande aussi "
        "le samedi, quand la salle du centre social est fermée.",
        "L’équipe de médiation passe un samedi sur deux, d’abord pour trois mois.",
        "Nadia Wojcik, Maisons du Bassin",
        40,
    ),
    (
        "Éclairage autour du stade",
        "Trois lampadaires éteints sur le chemin de l’école.",
        10,
        "Les habitants font un détour le soir.",
        "Le service technique est saisi ; réponse au prochain groupe.",
        "Thomas Lecomte",
        -5,
    ),
    (
        "Accueil des jeunes pendant les vacances",
        "Ce que chaque structure ouvre en février, pour éviter les jours sans rien.",
        20,
        "Le centre social ferme la deuxième semaine ; la maison de quartier peut ouvrir trois après-midi.",
        "Un calendrier commun est affiché dans les halls.",
        "",
        None,
    ),
)


def un_jour_ouvre(jours):
    """À `jours` d'aujourd'hui ou juste après, jamais un samedi ni un dimanche."""
    return jours + {5: 2, 6: 1}.get((timezone.localdate() + timedelta(days=jours)).weekday(), 0)


def groupes_de_travail(bruay, gens):
    agent = gens["agent"]
    enjeu = EnjeuPrioritaire.objects.filter(
        convention__collectivite=bruay, texte__icontains="prévention de la délinquance"
    ).first()
    enjeu = enjeu or EnjeuPrioritaire.objects.filter(convention__collectivite=bruay).first()
    if enjeu is None:
        return
    commun = {"par": agent, "collectivite": bruay, "lieu": LIEU, "president": PRESIDENCE, "secretaire": str(agent)}
    passe = _groupe_passe(gens, enjeu, commun)
    jour = un_jour_ouvre(48)
    quand = {"debut": a(jour, 14), "fin": a(jour, 16)}
    with horloge(a(-12, 11)):
        suivant = preparer(
            nature="groupe_travail",
            enjeu_prioritaire=enjeu,
            titre="Prévention de la délinquance, deuxième rencontre",
            **quand,
            comme_avant=True,
            **commun,
        )
        ajouter_point(suivant, par=agent, titre="Premier bilan des passages du samedi", minutes=30)
    _pilotage(gens, commun)
    return passe


def _convier(reunion, gens, par, cles):
    for cle, structure in cles:
        evaluation.convier(reunion, gens[cle], par=par, structure=structure)


def _groupe_passe(gens, enjeu, commun):
    agent = gens["agent"]
    # Les dates d'abord : sous l'horloge d'un autre jour, « dans vingt jours » n'est plus le même.
    quand = {"debut": a(-26, 14), "fin": a(-26, 16)}
    aujourd_hui = timezone.localdate()
    seance = a(-26, 15, 30)
    with horloge(a(-40, 10)):
        reunion = preparer(
            nature="groupe_travail",
            enjeu_prioritaire=enjeu,
            titre="Prévention de la délinquance, première rencontre",
            **quand,
            **commun,
        )
        _convier(reunion, gens, agent, CONVIES)
        invite = inviter(
            reunion, par=agent, nom="Karine Lobry", qualite="Cheffe de projet", structure="Centre social du Coteau",
            courriel="centre-social@demo.test",
        )  # fmt: skip
        points = [
            ajouter_point(reunion, par=agent, titre=titre, preparation=preparation, minutes=minutes)
            for titre, preparation, minutes, *_ in POINTS
        ]
        convoquer(reunion, par=agent)
    with horloge(seance):
        membres = list(reunion.membres.select_related("utilisateur"))
        absente = gens["financeur"]
        marquer_presences(
            reunion,
            par=agent,
            membres={m.pk: "excuse" if m.utilisateur == absente else "present" for m in membres},
            invites={invite.pk: "present"},
        )
        for point, (_, _, _, echanges, decision, responsable, jours) in zip(points, POINTS, strict=True):
            echeance = aujourd_hui + timedelta(days=jours) if jours is not None else None
            modifier_point(
                point, par=agent, echanges=echanges, decision=decision, responsable=responsable, echeance=echeance
            )
        evaluation.clore_reunion(Reunion.objects.get(pk=reunion.pk), par=agent)
        evaluation.demander_proces_verbal(Reunion.objects.get(pk=reunion.pk), par=agent)
    return reunion


def _pilotage(gens, commun):
    agent = gens["agent"]
    jour = un_jour_ouvre(20)
    quand = {"debut": a(jour, 9, 30), "fin": a(jour, 12)}
    with horloge(a(-6, 9)):
        pilotage = preparer(
            nature="pilotage",
            titre="Pilotage communal d’automne",
            **quand,
            invitations=("ctg", "cite", "pre"),
            **commun,
        )
        _convier(pilotage, gens, agent, (*CONVIES, ("evaluateur", "Caisse d’allocations familiales")))
        for titre, preparation, minutes in (
            ("Où en est la convention", "Les objectifs sans action financée, quartier par quartier.", 30),
            ("Appel à projets : ce qui est programmé", "Montants par enjeu et par financeur.", 45),
            ("Ce que disent les conseils citoyens", "Les trois conseils présentent leur veille de quartier.", 30),
            ("Calendrier de l’an prochain", "", 15),
        ):
            ajouter_point(pilotage, par=agent, titre=titre, preparation=preparation, minutes=minutes)
        convoquer(pilotage, par=agent)
    return pilotage
