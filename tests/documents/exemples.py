"""Un exemple de chaque document, en français et avec des signes qui piègent (&, <, espaces fines)."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from documents import (
    accuse_reception,
    notification_attribution,
    notification_irrecevabilite,
    notification_refus,
    proces_verbal,
    tableau_programmation,
)
from documents.lettre import Destinataire, Emetteur, Protection, Recours, Reference, Signataire

PARIS = ZoneInfo("Europe/Paris")
# 00:30 à Paris, encore la veille en temps universel : la lettre dit le bon jour.
INSTANT = datetime(2027, 1, 13, 0, 30, tzinfo=PARIS)
EMETTEUR = Emetteur(
    "Ville d’Essai", "1 place de l’Essai, 62000 Essai", "Service Politique de la Ville", "03 00 00 00 00",
    "service@essai.test", "Essai",
)  # fmt: skip
DESTINATAIRE = Destinataire("Jardins & Compagnie <du Coron>", "Amina B.", "Présidente", ("14 rue A", "62700 Ville"))
REFERENCE = Reference("AR-2027-0001", INSTANT, "ABCD2345EFGH", "https://parvis.test/verifier/ABCD2345EFGH/")
SIGNATAIRE = Signataire("Claude", "Exemple", "Maire")
RECOURS = Recours("tribunal administratif de Lille", "5 rue de l’Essai, 59000 Lille")
COMMUN = (EMETTEUR, DESTINATAIRE, REFERENCE, SIGNATAIRE, RECOURS)


def accuse(**champs):
    valeurs = {
        "dossier_numero": "2027-BLB-0001",
        "action": "Jardiner ensemble",
        "appel": "Appel à projets 2027",
        "recu_le": INSTANT,
        "montant_sollicite": Decimal("5500"),
        "rejet_implicite_le": date(2027, 3, 13),
        "periode_decision": "au conseil municipal de mars",
    }
    protection = Protection("dix ans après la clôture", "dpo@essai.test")
    return accuse_reception.AccuseReception(*COMMUN, protection, **(valeurs | champs))


def attribution(**champs):
    valeurs = {
        "dossier_numero": "2027-BLB-0001",
        "action": "Jardiner ensemble",
        "annee": 2027,
        "deliberation_numero": "2027-031",
        "deliberation_date": date(2027, 3, 25),
        "organe": "le conseil municipal",
        "montant": Decimal("5500"),
        "cout_total": Decimal("11000"),
        "taux": Decimal("50"),
        "parts": (
            notification_attribution.Part("État", Decimal("2500")),
            notification_attribution.Part("Ville", Decimal("3000")),
        ),
        "objectif": "Promouvoir l’activité physique",
        "quartiers": "des habitants du quartier Le Centre",
        "debut": date(2027, 1, 15),
        "fin": date(2027, 12, 15),
        "modalites_versement": "Versement en une fois",
        "compte_rendu_avant": date(2028, 6, 30),
        "mention_financeurs": "de l’État et de la Ville",
    }
    return notification_attribution.NotificationAttribution(*COMMUN, **(valeurs | champs))


def refus(**champs):
    valeurs = {
        "dossier_numero": "2027-BLB-0001",
        "action": "Jardiner ensemble",
        "montant_sollicite": Decimal("5500"),
        "organe": "le conseil municipal",
        "decision_date": date(2027, 3, 25),
        "motifs": (notification_refus.Motif("HORS_QPV"), notification_refus.Motif("BUDGET", "coût élevé")),
    }
    return notification_refus.NotificationRefus(*COMMUN, **(valeurs | champs))


def irrecevabilite(**champs):
    valeurs = {
        "dossier_numero": "2027-BLB-0001",
        "action": "Jardiner ensemble",
        "appel": "Appel à projets 2027",
        "recu_le": INSTANT,
        "decision_date": date(2027, 2, 1),
        "motif": "Le public n’habite pas un quartier prioritaire.",
    }
    return notification_irrecevabilite.NotificationIrrecevabilite(*COMMUN, **(valeurs | champs))


def pv(nombre=4, **champs):
    dossier = proces_verbal.DossierExamine(
        "2027-BLB-0001", "Jardins & Compagnie", "Jardiner", "Le Centre", "Promouvoir l’activité physique",
        Decimal("11000"),
        (proces_verbal.Montants("État", Decimal("2500"), Decimal("2000")),
         proces_verbal.Montants("Ville", Decimal("3000"), None)),
        Decimal("78.5"), "Favorable avec réserves", "Action attendue", "Ouvrir le samedi",
    )  # fmt: skip
    valeurs = {
        "collectivite": "Ville d’Essai",
        "service": "Service Politique de la Ville",
        "titre": "Santé",
        "appel": "Appel à projets 2027",
        "tenu_le": INSTANT,
        "edite_le": INSTANT,
        "version": 1,
        "organe": "le conseil municipal",
        "presents": (proces_verbal.Participant("Marc L.", "CAF"),),
        "excuses": (),
        "deports": (proces_verbal.DeportInscrit("Nadia W.", "2027-BLB-0003", "membre du bureau"),),
        "dossiers": (dossier,) * nombre,
        "recapitulatif": (("Favorable", 3), ("Défavorable", 1)),
        "total_demande": Decimal("22000"),
        "total_propose": Decimal("8000"),
    }
    return proces_verbal.ProcesVerbal(**(valeurs | champs))


def tableau(nombre=3, **champs):
    colonnes = (
        tableau_programmation.Colonne("N°", poids=1.3),
        tableau_programmation.Colonne("Porteur et action", poids=4),
        tableau_programmation.Colonne("Coût total", "montant", 1.2),
        tableau_programmation.Colonne("État demandé", "montant", 1.2),
        tableau_programmation.Colonne("% du coût", "taux"),
    )
    lignes = tuple(
        tableau_programmation.Rangee((f"2027-BLB-{rang:04d}", "Santé Partout", Decimal("38400"), None, Decimal("36.5")))
        for rang in range(nombre)
    )
    total = tableau_programmation.Rangee(("", "Total", Decimal("38400") * nombre, None, None))
    valeurs = {
        "titre": "Programmation 2027",
        "collectivite": "Ville d’Essai",
        "statut": "projet",
        "edite_le": INSTANT,
        "colonnes": colonnes,
        "groupes": (tableau_programmation.Groupe("Enjeu 1", lignes, total),),
        "total": total,
        "enveloppes": (
            tableau_programmation.LigneEnveloppe("État", Decimal("200000"), Decimal("201000"), Decimal("-1000")),
        ),
    }
    return tableau_programmation.TableauProgrammation(**(valeurs | champs))


FINANCEURS = ("État (P147)", "Ville", "Agglomération", "CAF", "Département")


def tableau_complet(par_enjeu=17, enjeux=3):
    """Le tableau tel qu'une collectivité l'imprime : seize colonnes et plus, des titres longs, des sous-totaux."""
    Colonne, Rangee, Groupe = (getattr(tableau_programmation, nom) for nom in ("Colonne", "Rangee", "Groupe"))
    colonnes = (
        Colonne("N°", poids=11), Colonne("Porteur", poids=15), Colonne("Action", poids=18),
        Colonne("Quartiers", poids=13), Colonne("Nature", poids=9), Colonne("Coût total", "montant", 10),
        *[Colonne(f"{nom} {quoi}", "montant", 10) for nom in FINANCEURS for quoi in ("demandé", "proposé")],
        Colonne("Note", "nombre", 6), Colonne("Avis", poids=10), Colonne("% du coût", "taux", 8),
    )  # fmt: skip
    paire = (Decimal("15000"), Decimal("14000"))

    def ligne(rang):
        longue = (
            "Médiation santé au pied des immeubles et permanences hebdomadaires" if rang % 3 else "Jardiner ensemble"
        )
        return Rangee(
            (f"2027-BLB-{rang:04d}", "Les Ateliers du Coron", longue, "Le Centre, Terrasses Basly", "Reconduction",
             Decimal("38400"), *paire * len(FINANCEURS), Decimal("74.5"), "Favorable avec réserves", Decimal("36.5"))
        )  # fmt: skip

    def total(titre):
        return Rangee(("", titre, "", "", "", Decimal("1152000"), *paire * len(FINANCEURS), None, "", Decimal("36.5")))

    return tableau_programmation.TableauProgrammation(
        titre="Programmation 2027 – Contrat de ville – Ville d’Essai",
        collectivite="Ville d’Essai",
        statut="arrêté par le comité de pilotage du 12 mars 2027",
        edite_le=INSTANT,
        colonnes=colonnes,
        groupes=tuple(
            Groupe(
                f"Enjeu {enjeu} : des quartiers attentifs aux habitants les plus fragiles",
                tuple(ligne(enjeu * 100 + rang) for rang in range(par_enjeu)),
                total(f"Sous-total · {par_enjeu} dossiers"),
            )
            for enjeu in range(1, enjeux + 1)
        ),
        total=total("Total"),
        enveloppes=tuple(
            tableau_programmation.LigneEnveloppe(nom, Decimal("200000"), Decimal("201000"), Decimal("-1000"))
            for nom in FINANCEURS
        ),
        legende="Un dossier compte une seule fois dans le total général.",
    )


def pv_complet():
    """Une vraie séance : une douzaine de personnes, des déports, des observations longues."""
    gens = tuple(
        proces_verbal.Participant(f"Camille Durand-{rang}", "Caisse d’allocations familiales") for rang in range(9)
    )
    dossiers = tuple(
        proces_verbal.DossierExamine(
            f"2027-BLB-{rang:04d}", "Les Ateliers du Coron", "Médiation santé au pied des immeubles",
            "Le Centre, Terrasses Basly", "Favoriser l’accès aux soins et à la prévention", Decimal("38400"),
            (proces_verbal.Montants("État (P147)", Decimal("15000"), Decimal("14000")),
             proces_verbal.Montants("Ville d’Essai", Decimal("9000"), Decimal("8000"))),
            Decimal("74.5"), "Favorable", "Les partenaires soulignent la qualité du diagnostic. " * 4,
            "Ouvrir le samedi." * (rang % 2),
        )
        for rang in range(1, 7)
    )  # fmt: skip
    return pv(
        presents=gens, excuses=gens[:2], dossiers=dossiers, lieu="salle des mariages", president="Nadia Wattrelos",
        secretaire="Denis Caron", conseils_citoyens=("Conseil citoyen du Centre",), divers="Prochaine réunion en mars.",
    )  # fmt: skip


TOUS = {
    "accuse": (accuse_reception, accuse),
    "attribution": (notification_attribution, attribution),
    "refus": (notification_refus, refus),
    "irrecevabilite": (notification_irrecevabilite, irrecevabilite),
    "proces-verbal": (proces_verbal, pv),
    "tableau": (tableau_programmation, tableau),
    "proces-verbal-long": (proces_verbal, pv_complet),
    "tableau-complet": (tableau_programmation, tableau_complet),
}
