"""Des données synthétiques, cohérentes et reproductibles, pour mesurer et répéter à l'échelle."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from appels.grille import GRILLE_PAR_DEFAUT
from appels.models import (
    Appel,
    Contrat,
    ConventionApplication,
    CritereEvaluation,
    Enjeu,
    Financeur,
    ObjectifOperationnel,
    ObjectifStrategique,
    Quartier,
)
from comptes.models import Affectation, Collectivite, Membre, Organisme, Role, Utilisateur
from dossiers.etats import Etat, Issue
from dossiers.models import Cible, Dossier, Financement, LigneBudget
from evaluation.models import Avis, Evaluation, MembreReunion, MontantPropose, Note, PassageDossier, Reunion
from programmation.models import Decision, Deliberation, Enveloppe, LigneProgrammation

ANNEE = 2026
LOT = 2_000
DOSSIERS_PAR_REUNION = 40
DOSSIERS_PAR_ORGANISME = 2.4  # Dauphin, 2017 : 25 000 actions pour 10 400 porteurs
DEPOT = datetime(2025, 12, 1, 9, tzinfo=UTC)
FINANCEURS = (("État – politique de la ville", "État"), ("Agglomération", "Agglo"), ("Ville", "Ville"), ("CAF", "CAF"))
QUARTIERS = ("Les Acacias", "La Fosse 7", "Les Tilleuls", "Le Grand Pré")
ENJEUX = ("Santé et accès aux droits", "Emploi et mobilité", "Cadre de vie et transitions")
VERBES = ("Cuisiner", "Jardiner", "Lire", "Bouger", "Réparer", "Chanter", "Apprendre", "Filmer", "Pédaler", "Jouer")
SUITES = ("ensemble", "au pied des tours", "entre voisins", "le samedi", "en famille", "pour l’emploi", "tout l’été")
NOMS = ("Ateliers", "Maison", "Ruche", "Compagnie", "Relais", "Jardins", "Fabrique", "Passerelle", "Collectif", "Club")
LIEUX = ("du Coron", "des Deux-Rives", "du Terril", "de la Lawe", "des Acacias", "du Beffroi", "de l’Artois")
# La part de chaque état dans une campagne près de son vote.
REPARTITION = (
    (Etat.BROUILLON, 6),
    (Etat.DEPOSE, 6),
    (Etat.A_COMPLETER, 2),
    (Etat.IRRECEVABLE, 3),
    (Etat.RECEVABLE, 8),
    (Etat.EN_EVALUATION, 15),
    (Etat.EVALUE, 20),
    (Etat.PROGRAMME, 25),
    (Etat.NOTIFIE, 13),
    (Etat.RETIRE, 2),
)
APRES_EVALUATION = {Etat.EVALUE, Etat.PROGRAMME, Etat.NOTIFIE}
EN_REUNION = APRES_EVALUATION | {Etat.EN_EVALUATION}


class GraineDejaServie(Exception):
    """Cette graine a déjà créé ce nombre de dossiers ici."""


def cle_de_luhn(base):
    """Le chiffre qui rend `base` + chiffre valable au sens de Luhn."""
    somme = 0
    for rang, chiffre in enumerate(reversed(base)):
        valeur = int(chiffre) * (2 if rang % 2 == 0 else 1)
        somme += valeur - 9 if valeur > 9 else valeur
    return str(-somme % 10)


def siret_synthetique(numero):
    """Un SIRET à clés justes (SIREN puis SIRET), dans une plage fictive commençant par 9."""
    siren = f"9{numero:07d}"
    siren += cle_de_luhn(siren)
    return siren + "0001" + cle_de_luhn(siren + "0001")


def _par_lots(modele, objets):
    return modele.objects.bulk_create(objets, batch_size=LOT)


@transaction.atomic
def peupler(nombre, evaluations, graine):
    """Crée une collectivité d'essai et `nombre` dossiers, avec `evaluations` évaluations chacun en réunion.

    Rend l'appel créé. La même graine donne les mêmes dossiers ; la collectivité porte la graine dans son nom,
    on peut donc peupler plusieurs fois. Lève GraineDejaServie.
    """
    adresse_agent = f"agent-{graine}-{nombre}@essai.test"
    if Utilisateur.objects.filter(email=adresse_agent).exists():
        raise GraineDejaServie(f"La graine {graine} a déjà servi pour {nombre} dossiers ; choisissez-en une autre.")
    hasard = random.Random(graine)
    essai = f"Essai {graine}-{nombre}"
    collectivite = Collectivite.objects.create(
        type=Collectivite.Type.COMMUNE,
        nom=f"Ville {essai}",
        sigle=f"E{graine}-{nombre}"[:20],
        organe_deliberant="le conseil municipal",
    )
    agent = Utilisateur.objects.create(email=adresse_agent, prenom="Agent", nom=essai)
    Affectation.objects.create(utilisateur=agent, collectivite=collectivite, role=Role.AGENT)
    appel, quartiers, objectifs, financeurs, criteres = _campagne(collectivite, essai, graine)
    evaluateurs = _evaluateurs(collectivite, max(evaluations, 1), graine, nombre)
    organismes = _organismes(max(1, int(nombre / DOSSIERS_PAR_ORGANISME)), graine, hasard)
    dossiers = _dossiers(appel, organismes, nombre, hasard)
    demandes = _contenus(dossiers, quartiers, objectifs, financeurs, hasard)
    _reunions(appel, dossiers, evaluateurs, evaluations, criteres, demandes, hasard)
    _argent(appel, dossiers, demandes, financeurs)
    Appel.objects.filter(pk=appel.pk).update(dernier_numero=nombre)
    return appel


def _campagne(collectivite, essai, graine):
    contrat = Contrat.objects.create(collectivite=collectivite, intitule=f"Contrat {essai}", debut=2024, fin=2030)
    convention = ConventionApplication.objects.create(
        contrat=contrat, collectivite=collectivite, intitule=f"Convention {essai}"
    )
    quartiers = _par_lots(
        Quartier,
        [
            Quartier(convention=convention, code_qpv=f"QN062{rang + 30}M", nom=nom, ordre=rang)
            for rang, nom in enumerate(QUARTIERS)
        ],
    )
    objectifs = []
    for numero, titre in enumerate(ENJEUX, 1):
        enjeu = Enjeu.objects.create(convention=convention, numero=numero, code=f"E{numero}", titre=titre)
        strategique = ObjectifStrategique.objects.create(enjeu=enjeu, code=f"E{numero}.1", titre=titre)
        for lettre in "abc":
            objectif = ObjectifOperationnel.objects.create(
                strategique=strategique, code=f"E{numero}.1.{lettre}", texte=f"{titre} : action {lettre.upper()}"
            )
            objectif.quartiers.set(quartiers)
            objectifs.append(objectif)
    financeurs = _par_lots(
        Financeur,
        [
            Financeur(collectivite=collectivite, nom=nom, sigle=sigle, ordre=rang)
            for rang, (nom, sigle) in enumerate(FINANCEURS)
        ],
    )
    numero = Appel.objects.filter(annee=ANNEE).count() + 1
    appel = Appel.objects.create(
        collectivite=collectivite,
        convention=convention,
        annee=ANNEE,
        code=f"E{numero:03d}",
        slug=f"essai-{collectivite.pk}",
        intitule=f"Appel à projets {ANNEE} · {essai}",
        ouvre_le=DEPOT - timedelta(days=30),
        cloture_le=DEPOT + timedelta(days=30),
        publie_le=DEPOT - timedelta(days=30),
    )
    appel.financeurs.set(financeurs)
    criteres = _par_lots(
        CritereEvaluation,
        [
            CritereEvaluation(appel=appel, ordre=rang, libelle=critere["libelle"], poids=critere["poids"])
            for rang, critere in enumerate(GRILLE_PAR_DEFAUT)
        ],
    )
    return appel, quartiers, objectifs, financeurs, criteres


def _evaluateurs(collectivite, combien, graine, nombre):
    evaluateurs = _par_lots(
        Utilisateur,
        [
            Utilisateur(email=f"evaluation-{graine}-{nombre}-{rang}@essai.test", prenom="Éval", nom=f"Numéro {rang}")
            for rang in range(combien)
        ],
    )
    _par_lots(
        Affectation,
        [Affectation(utilisateur=e, collectivite=collectivite, role=Role.EVALUATEUR) for e in evaluateurs],
    )
    return evaluateurs


def _organismes(combien, graine, hasard):
    depart = Organisme.objects.count() + 1
    organismes = _par_lots(
        Organisme,
        [
            Organisme(
                nom=f"{hasard.choice(NOMS)} {hasard.choice(LIEUX)} {rang + 1}",
                siret=siret_synthetique(depart + rang),
                rna=f"W62{rang % 10_000_000:07d}",
                adresse=f"{hasard.randint(1, 120)} rue des Essais",
                code_postal="62700",
                ville="Essai-la-Ville",
                representant_prenom="Dominique",
                representant_nom=f"Martin {rang}",
                representant_fonction="Présidence",
            )
            for rang in range(combien)
        ],
    )
    porteuse = Utilisateur.objects.create(
        email=f"porteuse-{graine}-{depart}@essai.test", prenom="Porteuse", nom="d’essai"
    )
    Membre.objects.create(utilisateur=porteuse, organisme=organismes[0], role=Membre.Role.REPRESENTANT)
    return organismes


def _dossiers(appel, organismes, nombre, hasard):
    etats = hasard.choices([e for e, _ in REPARTITION], [p for _, p in REPARTITION], k=nombre)
    objets = []
    for rang, etat in enumerate(etats):
        depose_le = None if etat == Etat.BROUILLON else DEPOT + timedelta(minutes=hasard.randint(0, 40_000))
        issue = Issue.AUCUNE
        if etat == Etat.IRRECEVABLE:
            issue = Issue.IRRECEVABLE
        elif etat == Etat.NOTIFIE:
            issue = Issue.ACCORDE if hasard.random() < 0.7 else Issue.REFUSE
        objets.append(
            Dossier(
                appel=appel,
                organisme=organismes[rang % len(organismes)],
                numero=f"{appel.annee}-{appel.code}-{rang + 1:05d}",
                etat=etat,
                issue=issue,
                intitule=f"{hasard.choice(VERBES)} {hasard.choice(SUITES)}",
                description="Des ateliers ouverts à tous, deux fois par mois, avec les habitants du quartier. " * 6,
                moyens="Une animatrice et six bénévoles.",
                resultats_attendus="Soixante personnes participent, vingt viennent pour la première fois.",
                public="Habitants de tous âges.",
                nb_beneficiaires=hasard.randint(10, 400),
                part_qpv=hasard.randint(40, 100),
                debut=date(ANNEE, 1, 15),
                fin=date(ANNEE, 12, 15),
                depose_le=depose_le,
                notifie_le=depose_le + timedelta(days=110) if etat == Etat.NOTIFIE else None,
                decide_le=depose_le + timedelta(days=100) if etat == Etat.NOTIFIE else None,
                version=1,
            )
        )
    return _par_lots(Dossier, objets)


def _contenus(dossiers, quartiers, objectifs, financeurs, hasard):
    """Cibles, budgets équilibrés et demandes ; rend les montants demandés par dossier."""
    cibles, lignes, financements, demandes = [], [], [], {}
    for dossier in dossiers:
        objectif = hasard.choice(objectifs)
        for ordre, quartier in enumerate(hasard.sample(quartiers, hasard.randint(1, 3))):
            cibles.append(Cible(dossier=dossier, objectif=objectif, quartier=quartier, ordre=ordre))
        demandes[dossier.pk] = {
            financeur.pk: Decimal(hasard.randrange(500, 9_000, 50))
            for financeur in hasard.sample(financeurs, hasard.randint(1, 3))
        }
        total = sum(demandes[dossier.pk].values())
        propres = (total * Decimal("0.35")).quantize(Decimal("1"))
        financements += [
            Financement(dossier=dossier, financeur_id=f, montant_demande=m) for f, m in demandes[dossier.pk].items()
        ]
        achats = ((total + propres) / 4).quantize(Decimal("1"))
        for sens, compte, montant in (
            ("C", "60", achats),
            ("C", "62", achats),
            ("C", "64", total + propres - 2 * achats),
            ("P", "756", propres),
        ):
            lignes.append(LigneBudget(dossier=dossier, sens=sens, compte=compte, montant=montant))
    _par_lots(Cible, cibles)
    _par_lots(LigneBudget, lignes)
    _par_lots(Financement, financements)
    return demandes


def _reunions(appel, dossiers, evaluateurs, par_dossier, criteres, demandes, hasard):
    examines = [d for d in dossiers if d.etat in EN_REUNION]
    reunions = _par_lots(
        Reunion,
        [
            Reunion(
                appel=appel,
                collectivite=appel.collectivite,
                titre=f"Réunion thématique {rang + 1}",
                debut=DEPOT + timedelta(days=60 + rang % 30),
            )
            for rang in range(max(-(-len(examines) // DOSSIERS_PAR_REUNION), 1))
        ],
    )
    _par_lots(
        MembreReunion,
        [MembreReunion(reunion=r, utilisateur=e, structure="Partenaire") for r in reunions for e in evaluateurs],
    )
    _par_lots(
        PassageDossier,
        [
            PassageDossier(reunion=reunions[rang % len(reunions)], dossier=d, rang=rang // len(reunions) + 1)
            for rang, d in enumerate(examines)
        ],
    )
    if par_dossier:
        evaluations = _par_lots(
            Evaluation,
            [
                Evaluation(dossier=d, evaluateur=e, commentaire="Action utile.", envoyee_le=DEPOT + timedelta(days=55))
                for d in examines
                for e in evaluateurs[:par_dossier]
            ],
        )
        _par_lots(
            Note, [Note(evaluation=e, critere=c, valeur=hasard.randint(1, 5)) for e in evaluations for c in criteres]
        )
    avis = _par_lots(
        Avis,
        [
            Avis(dossier=d, reunion=reunions[rang % len(reunions)], sens=hasard.choice(["favorable", "defavorable"]))
            for rang, d in enumerate(examines)
            if d.etat in APRES_EVALUATION
        ],
    )
    _par_lots(
        MontantPropose,
        [
            MontantPropose(avis=a, financeur_id=f, montant=m if a.sens == "favorable" else 0)
            for a in avis
            for f, m in demandes[a.dossier_id].items()
        ],
    )


def _argent(appel, dossiers, demandes, financeurs):
    _par_lots(
        Enveloppe,
        [Enveloppe(appel=appel, financeur=f, montant=Decimal(1_200) * max(len(dossiers), 10)) for f in financeurs],
    )
    _par_lots(
        LigneProgrammation,
        [
            LigneProgrammation(dossier=d, financeur_id=f, montant=0 if d.issue == Issue.REFUSE else m)
            for d in dossiers
            if d.etat in {Etat.PROGRAMME, Etat.NOTIFIE}
            for f, m in demandes[d.pk].items()
        ],
    )
    deliberation = Deliberation.objects.create(
        collectivite=appel.collectivite,
        appel=appel,
        numero=f"{ANNEE}-ESSAI",
        date=date(ANNEE, 3, 20),
        organe="le conseil municipal",
    )
    _par_lots(
        Decision,
        [
            Decision(
                dossier=d,
                financeur_id=f,
                sens="accorde" if d.issue == Issue.ACCORDE else "refuse",
                montant=m if d.issue == Issue.ACCORDE else 0,
                deliberation=deliberation,
                motifs=[] if d.issue == Issue.ACCORDE else [{"code": "HORS_QPV", "precision": ""}],
            )
            for d in dossiers
            if d.etat == Etat.NOTIFIE
            for f, m in demandes[d.pk].items()
        ],
    )
