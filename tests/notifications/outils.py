"""Un petit monde complet : une collectivité, un appel ouvert, une association, de vrais dossiers déposables."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from appels.models import (
    Appel,
    Contrat,
    ConventionApplication,
    Enjeu,
    Financeur,
    ObjectifOperationnel,
    ObjectifStrategique,
    Quartier,
)
from comptes.models import Affectation, Collectivite, Membre, Organisme, Role, Utilisateur
from dossiers import operations
from dossiers.models import BudgetStructure, LigneBudget, LigneStructure
from tests.fabriques_dossiers import SIGNE

# Des SIRET inventés, à la clé de Luhn juste.
SIRETS = ("73282932000074", "44306184100047")


def creer_monde(rang=0):
    """`rang` distingue deux mondes étrangers l'un à l'autre."""
    maintenant = timezone.now()
    lieu = f"Villefranche-{rang}"
    collectivite = Collectivite.objects.create(
        type="commune",
        nom=f"Ville de {lieu}",
        sigle=f"VDV{rang}",
        adresse="1 place du Parvis",
        code_postal="62700",
        ville=lieu,
        service_telephone="0321000000",
        service_courriel=f"politique.ville{rang}@ville.test",
        signataire_prenom="Maxence",
        signataire_nom="Delattre",
        signataire_qualite="Maire",
        dpo_contact="dpo@ville.test",
    )
    contrat = Contrat.objects.create(collectivite=collectivite, intitule="Contrat de ville", debut=2024, fin=2030)
    convention = ConventionApplication.objects.create(
        contrat=contrat, collectivite=collectivite, intitule="Convention", signee_le=date(2024, 7, 9)
    )
    quartier = Quartier.objects.create(convention=convention, code_qpv=f"QN0621{rang}M", nom="Le Centre")
    enjeu = Enjeu.objects.create(convention=convention, numero=1, code="E1", titre="Des quartiers attentifs")
    strategique = ObjectifStrategique.objects.create(enjeu=enjeu, code="E1.1", titre="Faciliter l’accès aux soins")
    objectif = ObjectifOperationnel.objects.create(
        strategique=strategique, code="E1.1.1", texte="Promouvoir l’activité physique à tous les âges de la vie"
    )
    objectif.quartiers.add(quartier)
    financeur = Financeur.objects.create(collectivite=collectivite, nom=collectivite.nom, sigle="VILLE")
    appel = Appel.objects.create(
        collectivite=collectivite,
        convention=convention,
        annee=2027,
        code=f"VDV{rang}",
        slug=f"vdv{rang}-2027",
        intitule="Contrat de ville 2027",
        ouvre_le=maintenant - timedelta(days=10),
        cloture_le=maintenant + timedelta(days=10),
        publie_le=maintenant - timedelta(days=10),
        periode_decision="mars 2027",
    )
    appel.financeurs.add(financeur)
    organisme = Organisme.objects.create(
        type="association",
        nom=f"Les Jardins du Coron {rang}",
        siret=SIRETS[rang],
        rna=f"W62100000{rang}",
        adresse="12 rue des Mineurs",
        code_postal="62700",
        ville=lieu,
        representant_civilite="Madame",
        representant_prenom="Alice",
        representant_nom="Morel",
        representant_fonction="Présidente",
        iban="FR7630006000011234567890189",
    )
    alice = Utilisateur.objects.create_user(f"alice{rang}@asso.test", prenom="Alice", nom="Morel")
    Membre.objects.create(utilisateur=alice, organisme=organisme, role="representant")
    denis = Utilisateur.objects.create_user(f"denis{rang}@ville.test", prenom="Denis", nom="Caron")
    Affectation.objects.create(utilisateur=denis, collectivite=collectivite, role=Role.AGENT)
    return SimpleNamespace(
        collectivite=collectivite,
        appel=appel,
        financeur=financeur,
        organisme=organisme,
        objectif=objectif,
        quartier=quartier,
        alice=alice,
        denis=denis,
    )


def ajouter_bruno(monde):
    bruno = Utilisateur.objects.create_user("bruno@asso.test", prenom="Bruno", nom="Petit")
    Membre.objects.create(utilisateur=bruno, organisme=monde.organisme, role="redacteur")
    return bruno


def brouillon(monde, intitule="Marche douce"):
    """Un dossier complet, prêt à déposer."""
    dossier = operations.commencer(monde.appel, monde.organisme, par=monde.alice)
    dossier = operations.enregistrer(
        dossier,
        par=monde.alice,
        intitule=intitule,
        description="Des marches accompagnées.",
        moyens="Deux bénévoles.",
        resultats_attendus="Trente personnes.",
        public="Habitants du quartier.",
        nb_beneficiaires=30,
        part_qpv=90,
        debut=date(2027, 2, 1),
        fin=date(2027, 11, 30),
    )
    operations.viser(dossier, [(monde.objectif, monde.quartier)], par=monde.alice)
    structure, _ = BudgetStructure.objects.get_or_create(organisme=monde.organisme, annee=monde.appel.annee)
    for sens, compte in (("C", "64"), ("P", "70")):
        LigneStructure.objects.get_or_create(
            budget=structure, sens=sens, compte=compte, defaults={"montant": Decimal("90000")}
        )
    lignes = [
        LigneBudget(sens="C", compte="60", montant=Decimal("2000")),
        LigneBudget(sens="P", compte="70", montant=Decimal("500")),
    ]
    return operations.chiffrer(dossier, lignes, {monde.financeur: Decimal("1500")}, par=monde.alice)


def deposer(monde, intitule="Marche douce"):
    return operations.deposer(brouillon(monde, intitule), par=monde.alice, **SIGNE)


def avancer_jusqu_a_programme(monde, dossier):
    dossier = operations.declarer_recevable(dossier, par=monde.denis)
    dossier = operations.mettre_en_evaluation(dossier, par=monde.denis)
    dossier = operations.constater_avis(dossier, par=monde.denis)
    return operations.programmer(dossier, par=monde.denis)


def donnees_de_decision(monde, accorde):
    return {
        "deliberation": {"numero": "2027-031", "date": "2027-03-20", "organe": "le conseil municipal"},
        "decisions": [
            {
                "financeur_id": monde.financeur.pk,
                "financeur": monde.financeur.nom,
                "sigle": monde.financeur.sigle,
                "sens": "accorde" if accorde else "refuse",
                "montant": "1200.00" if accorde else "0.00",
            }
        ],
        "montant_accorde": "1200.00" if accorde else "0.00",
        "cout_total": "2000.00",
        "montant_sollicite": "1500.00",
        "motifs": [] if accorde else [{"code": "BUDGET", "precision": "Le cofinancement manque."}],
        "rang": None,
        "reserves": "",
        "instance_libelle": "Santé",
        "instance_date": "2027-02-10",
    }


def decider(monde, dossier, accorde=True):
    dossier = avancer_jusqu_a_programme(monde, dossier)
    return operations.decider(dossier, par=monde.denis, accorde=accorde, donnees=donnees_de_decision(monde, accorde))
