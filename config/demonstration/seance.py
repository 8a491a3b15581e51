"""La réunion passée, tenue dans la salle : présences, un déport, un bloc sans débat, deux tours de vote, les avis."""

from datetime import timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress

from comptes.models import Affectation, Partenaire, Role, Utilisateur
from config.demonstration.temps import a, horloge
from evaluation import operations
from evaluation.models import Deport, Mouvement, Reunion, Seance
from evaluation.operations.invites import inviter, marquer_presences

Phase = Seance.Phase
JOUR = -30
# Le jour de la réunion, en heures et minutes.
CONVIE, OUVERTURE, LEVEE, CLOTURE, PROCES_VERBAL = (11, 5), (14, 3), (15, 42), (17, 0), (17, 10)
ARRIVEES = (("evaluateur", 4), ("departement", 5), ("citoyenne", 7), ("evaluatrice", 11))
PARTIE_A = (15, 24)
PART = Decimal("0.8")
# action : (ouverte à, avis rendu à, votes du premier tour, votes du second, observations, réserves)
DEBATS = (
    ("Bouger à tout âge", (14, 13), (14, 33), (7000, 7400), (),
     "Le diagnostic est solide ; la séance en semaine exclut les personnes qui travaillent.",
     "Ouvrir l’action le samedi."),
    ("Médiation santé au pied des immeubles", (14, 39), (15, 4), (24000, 16000, 19200), (19200, 19000, 20000),
     "Action attendue par les habitants. La Caisse d’allocations familiales propose d’associer les deux médiatrices à "
     "ses permanences.", ""),
    ("Passeport mobilité", (15, 6), (15, 36), (30000, 31000, 30400), (),
     "Action attendue par les habitants. Les ateliers de vélo se relient à ceux du centre social.", ""),
)  # fmt: skip
DEPORTE_DE = "Bouger à tout âge"
MOTIF = "Je siège au conseil d’administration de l’association."
DIVERS = (
    "Les partenaires demandent à recevoir les synthèses une semaine avant la prochaine réunion.\n\n"
    "Prochaine réunion thématique : citoyenneté, emploi et cadre de vie."
)


def _le(heure, minute=0):
    return a(JOUR, heure, minute)


def _departement(bruay):
    """Une troisième voix qui note, conviée le matin même ; elle n'a pas de mot de passe."""
    bruno = Utilisateur.objects.create_user("departement@demo.test", prenom="Bruno", nom="Fontaine")
    EmailAddress.objects.create(user=bruno, email=bruno.email, verified=True, primary=True)
    partenaire, _ = Partenaire.objects.get_or_create(
        collectivite=bruay, nom="Département du Pas-de-Calais", defaults={"type": Partenaire.Type.DEPARTEMENT}
    )
    Affectation.objects.create(utilisateur=bruno, collectivite=bruay, role=Role.EVALUATEUR, partenaire=partenaire)
    return bruno


class _Salle:
    """La séance et son agent ; chaque geste porte la version que sa page aurait eue."""

    def __init__(self, reunion, agent):
        self.reunion, self.agent = reunion, agent

    def faire(self, geste, quand, *args, **champs):
        version = Seance.objects.get(reunion=self.reunion).version
        with horloge(quand):
            return geste(self.reunion, *args, par=self.agent, version=version, **champs)

    def passage(self, action):
        return self.reunion.passages.select_related("dossier").get(dossier__intitule=action)

    def dater(self, quand):
        """L'heure qu'un mouvement prend seul n'est pas celle de l'horloge."""
        dernier = Mouvement.objects.filter(reunion=self.reunion).latest("pk")
        Mouvement.objects.filter(pk=dernier.pk).update(le=quand)


def tenir(reunion, gens):
    """De la convocation du dernier membre au procès-verbal."""
    salle = _Salle(reunion, gens["agent"])
    gens = {**gens, "departement": _departement(reunion.collectivite)}
    _preparer(salle, gens)
    _arriver(salle, gens)
    _debattre(salle, gens, *DEBATS[0])
    with horloge(_le(14, 35)):
        for qui, action in (("evaluateur", DEBATS[1][0]), ("citoyenne", DEBATS[2][0])):
            operations.demander_un_debat(reunion, par=gens[qui], passage_id=salle.passage(action).pk)
    bloc = reunion.passages.filter(sans_debat=True, sorti_du_bloc_par=None).values_list("pk", flat=True)
    salle.faire(operations.adopter_sans_debat, _le(14, 37), passages=list(bloc))
    for debat in DEBATS[1:]:
        _debattre(salle, gens, *debat)
    salle.faire(operations.lever_seance, _le(*LEVEE))
    reunion = Reunion.objects.get(pk=reunion.pk)
    with horloge(_le(*CLOTURE)):
        operations.modifier_reunion(reunion, par=salle.agent, divers=DIVERS)
        operations.clore_reunion(Reunion.objects.get(pk=reunion.pk), par=salle.agent)
    with horloge(_le(*PROCES_VERBAL)):
        operations.demander_proces_verbal(Reunion.objects.get(pk=reunion.pk), par=salle.agent)


def _preparer(salle, gens):
    bruno, passage = gens["departement"], salle.passage(DEPORTE_DE)
    with horloge(_le(*CONVIE)):
        operations.convier(salle.reunion, bruno, par=salle.agent, structure="Département du Pas-de-Calais")
        deport = operations.declarer_deport(passage.dossier, par=bruno, motif=MOTIF)
        invite = inviter(
            salle.reunion, par=salle.agent, nom="Karine Lobry", qualite="Cheffe de projet",
            structure="Centre social du Coteau",
        )  # fmt: skip
        marquer_presences(salle.reunion, par=salle.agent, membres={}, invites={invite.pk: "present"})
        operations.modifier_reunion(salle.reunion, par=salle.agent, quorum=2)
    Deport.objects.filter(pk=deport.pk).update(declare_le=_le(*CONVIE))


def _arriver(salle, gens):
    with horloge(_le(*OUVERTURE)):
        operations.ouvrir_seance(salle.reunion, par=salle.agent)
    Seance.objects.filter(reunion=salle.reunion).update(ouverte_le=_le(*OUVERTURE))
    for qui, minute in ARRIVEES:
        with horloge(_le(14, minute)):
            operations.se_declarer_present(salle.reunion, par=gens[qui])
        salle.dater(_le(14, minute))


def _debattre(salle, gens, action, ouverture, conclusion, premier, second, observations, reserves):
    passage, quand = salle.passage(action), _le(*ouverture)
    salle.faire(operations.ouvrir_dossier, quand, passage)
    for tour, montants in ((1, premier), (2, second)):
        if montants:
            vote, resultat = (Phase.TOUR_1, Phase.RESULTAT_1) if tour == 1 else (Phase.TOUR_2, Phase.RESULTAT_2)
            salle.faire(operations.passer, quand + timedelta(minutes=5 * tour), vote)
            with horloge(quand + timedelta(minutes=5 * tour + 1)):
                for qui, montant in zip(("evaluateur", "evaluatrice", "departement"), montants, strict=False):
                    operations.voter(
                        salle.reunion,
                        par=gens[qui],
                        passage_id=passage.pk,
                        tour=tour,
                        montant=Decimal(montant),
                        version=0,
                    )
            salle.faire(operations.passer, quand + timedelta(minutes=5 * tour + 3), resultat)
    salle.faire(operations.passer, quand + timedelta(minutes=16), Phase.AVIS)
    if action == DEBATS[-1][0]:
        with horloge(_le(*PARTIE_A)):
            membre = salle.reunion.membres.get(utilisateur=gens["citoyenne"])
            operations.pointer(membre, "sortie", par=salle.agent)
        salle.dater(_le(*PARTIE_A))
    demandes = {f.financeur: f.montant_demande for f in passage.dossier.financements.select_related("financeur")}
    salle.faire(
        operations.conclure, _le(*conclusion),
        sens="reserves" if reserves else "favorable", reserves=reserves, observations=observations,
        montants={f: (m * PART).quantize(Decimal("1")) for f, m in demandes.items()},
    )  # fmt: skip
