"""Un exemple de chaque document, en français et avec des signes qui piègent (&, <, espaces fines)."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from documents import (
    accuse_reception,
    classeur,
    compte_rendu,
    demande_pieces,
    dossier_complet,
    emargement,
    fiche_habitant,
    notification_attribution,
    notification_irrecevabilite,
    notification_refus,
    proces_verbal,
    suites_citoyennes,
    tableau_programmation,
)
from documents.lettre import Destinataire, Emetteur, Protection, Recours, Reference, Signataire
from tests.documents import exemples_classeur

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


def demande(**champs):
    valeurs = {
        "dossier_numero": "2027-BLB-0001",
        "action": "Jardiner ensemble",
        "recu_le": INSTANT,
        "limite_le": date(2027, 2, 1),
        "url_dossier": "https://parvis.test/dossiers/2027-BLB-0001/",
        "message": "Merci pour ce projet.\nDeux points restent à préciser & à joindre.",
        "elements": (
            demande_pieces.Element("Relevé d’identité bancaire", "il est au nom d’une personne <privée>", True, True),
            demande_pieces.Element("Budget de l’action", "le poste 64 ne dit pas combien de personnes"),
            demande_pieces.Element("Avez-vous l’accord du bailleur ?", "", False),
        ),
    }
    return demande_pieces.DemandePieces(*COMMUN, **(valeurs | champs))


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


def pv_de_seance():
    """Tenue dans la salle : votes, sorties, quorum, habitants, un dossier retiré, un autre sans avis."""
    p = proces_verbal
    modele = pv_complet()
    premier, second, troisieme, quatrieme, *autres = modele.dossiers
    dossiers = (
        replace(
            premier,
            deroule=(
                "Examiné de 14 h 32 à 14 h 51.",
                "Nadia W. quitte la séance à 14 h 32 et la rejoint à 14 h 51.",
                "Premier vote à l’aveugle sur le montant : 5 votes, de 18 000,00 € à 24 000,00 €, médiane 22 000,00 €.",
                "Second vote à l’aveugle sur le montant : 5 votes, tous à 22 000,00 €.",
            ),
            habitants="8 réponses à la question « Est-ce utile ici ? » : 6 oui, 2 un peu. "
            "Ce qui manque, dans leurs mots : « Ouvrir le samedi » ; « Un coin <calme> & de l’ombre ».",
            reprises=("Marc L.",),
            obtenu_avant=Decimal("20000"),
        ),
        replace(second, deroule=("Adopté sans débat à 14 h 20.",), reserves="Ouvrir le samedi.\nAssocier le collège."),
        replace(troisieme, avis="Retiré par le porteur", retire=True, observations="", reserves="", note=None,
                montants=tuple(replace(m, propose=None) for m in troisieme.montants)),
        replace(quatrieme, avis="", observations="", reserves="", note=None,
                montants=tuple(replace(m, propose=None) for m in quatrieme.montants)),
        *autres,
    )  # fmt: skip
    return replace(
        modele,
        dossiers=dossiers,
        fini_le=INSTANT.replace(hour=2),
        enveloppe=Decimal("60000"),
        reste=Decimal("-4000"),
        seance=("Quorum, pour chaque dossier : 3 membres qui notent, dans la salle.",
                "Il est atteint pour tous les dossiers examinés en séance."),
        sorties=True,
        absents=(p.Participant("Élue sans structure", ""),),
        mouvements=tuple(
            p.MouvementInscrit(INSTANT.replace(minute=30 + rang), f"Camille Durand-{rang}", "Arrive")
            for rang in range(9)
        ),
        recapitulatif=(("Favorable", 3), ("Favorable avec réserves", 1), ("Sans avis", 1), ("Retiré", 1)),
        total_demande=Decimal("120000"),
        total_propose=Decimal("88000"),
        version=2,
    )  # fmt: skip


def pv_sur_papier():
    """Sans la salle, sans présence saisie, d'un seul dossier, d'un seul financeur : rien de vide ne s'imprime."""
    dossier = proces_verbal.DossierExamine(
        "2027-BLB-0001", "Jardins & Compagnie", "Jardiner", "", "", Decimal("11000"),
        (proces_verbal.Montants("Ville", Decimal("3000"), Decimal("0")),), avis="Ajourné",
    )  # fmt: skip
    return pv(
        presents=(), deports=(), dossiers=(dossier,), service="", recapitulatif=(("Ajourné", 1),),
        total_demande=Decimal("3000"), total_propose=Decimal("0"), organe="les élus réunis",
    )  # fmt: skip


def rendu(nombre=4, **champs):
    valeurs = {
        "collectivite": "Ville d’Essai",
        "service": "Service Politique de la Ville",
        "genre": "Groupe de travail",
        "titre": "Halls & cours <du soir>",
        "enjeu": "Prévention de la délinquance",
        "tenu_le": INSTANT,
        "edite_le": INSTANT,
        "version": 1,
        "presents": (compte_rendu.Participant("Marc L.", "CAF"), compte_rendu.Participant("Élue sans structure")),
        "excuses": (compte_rendu.Participant("Nadia W.", "Bailleur"),),
        "points": (
            compte_rendu.Point(
                "Présence le soir", "Chiffres & bilan", "Deux avis.\nUn accord.", "Un samedi sur deux.", "Marc L.",
                date(2027, 3, 1),
            ),
            compte_rendu.Point("Calendrier", "Trois dates proposées."),
        ) * nombre,
        "lieu": "Salle B",
        "president": "Claude Exemple, adjoint",
        "secretaire": "Thomas L.",
        "divers": "Rien de plus.",
    }  # fmt: skip
    return compte_rendu.CompteRendu(**(valeurs | champs))


def feuille(nombre=3, **champs):
    valeurs = {
        "collectivite": "Ville d’Essai",
        "service": "Service Politique de la Ville",
        "genre": "Réunion thématique",
        "titre": "Santé & droits",
        "tenu_le": INSTANT,
        "edite_le": INSTANT,
        "personnes": (
            emargement.Personne("Marc L.", "Caisse d’allocations familiales"), emargement.Personne("Élue")
        ) * nombre,
        "lieu": "Salle B",
        "president": "Claude Exemple, adjoint",
    }  # fmt: skip
    return emargement.Emargement(**(valeurs | champs))


def dossier(longueur=1, **champs):
    """Un dossier court, ou plein (`longueur` fois plus de texte et de lignes)."""
    d = dossier_complet
    texte = "Un jardin partagé au pied des immeubles, ouvert à toutes & tous, <sans> inscription. " * 3
    recit = "\n\n".join([texte * min(longueur, 3)] * longueur) + "\n- une liste\n- sur deux lignes"
    postes = tuple(d.Poste(f"6{rang} Achats et fournitures n° {rang}", "1 250 €") for rang in range(10 * longueur))
    budget = d.Budget(
        "Budget du projet", (*postes, d.Poste("dont petit matériel", "200 €", "detail")), postes[:6], "12 500 €",
        "12 500 €", (d.Poste("864 Personnel bénévole", "900 €"),), (d.Poste("870 Bénévolat", "900 €"),), "900 €",
        "900 €",
    )  # fmt: skip
    identite = d.Renseignements((("Nom", "Jardins & Compagnie <du Coron>"), ("SIRET", "73282932000074"), ("Sigle", "")))
    indicateurs = d.Tableau(
        "Indicateurs", ("Indicateur", "Cible"), tuple((f"Familles n° {r}", "40") for r in range(3 * longueur)), (1,)
    )
    vide = d.Tableau("Agréments", ("Agrément", "Date"), (), vide="Aucun agrément.")
    cases = d.Cases("Objet", ((True, "Projet ou action"), (False, "Fonctionnement <global>")))
    valeurs = {
        "collectivite": "Ville d’Essai",
        "service": "Service Politique de la Ville",
        "numero": "2027-BLB-0001",
        "intitule": "Jardiner ensemble",
        "organisme": "Jardins & Compagnie <du Coron>",
        "appel": "Appel à projets 2027",
        "mention": "Copie du dossier déposé le 13 janvier 2027.",
        "etabli_le": INSTANT,
        "resume": (("Organisme", "Jardins & Compagnie <du Coron>"), ("Montant demandé", "5 500 €")),
        "rubriques": (
            d.Rubrique("La demande", (d.Partie("structure", "", (cases,)),)),
            d.Rubrique("1. Identification", (d.Partie("structure", "L’association", (identite, vide)),)),
            d.Rubrique(
                "6. Projet",
                (
                    d.Partie("action", "L’action", (d.Recit("Description", recit), d.Recit("Lieux", ""))),
                    d.Partie("resultats", "Résultats", (d.Recit("Résultats attendus", recit), indicateurs)),
                    d.Partie("budget", "Budget", (budget, d.Phrase("La subvention sollicitée représente 44 %."))),
                ),
            ),
        ),
        "empreinte": "ab" * 32,
        "adresse_verification": "https://parvis.test/verifier/",
    }
    return d.DossierComplet(**(valeurs | champs))


def dossier_plein():
    return dossier(longueur=6)


def epreuve():
    return dossier(epreuve=True, empreinte="", mention="Épreuve d’un brouillon.", intitule="")


def projet_habitant(**champs):
    valeurs = {
        "numero": "2027-BLB-0001",
        "titre": "Cafés des habitants & du marché",
        "qui": "Jardins & Compagnie <du Coron>, une association.",
        "ou": "Quartier : Le Centre.",
        "pour_qui": "Les personnes seules. 60 personnes en tout.",
        "quand": "Du 15 janvier au 15 décembre 2027.",
        "combien": "9 800 € en tout. Cela fait environ 163 € par personne.",
        "resume": "Un rendez-vous du samedi pour parler du quartier.",
        "nouveau": ("Ce projet a déjà eu lieu.", "Il coûte 9 800 €, au lieu de 8 000 €."),
        "conseil": "Conseil citoyen du Centre",
        "code": "ABCD2345EFGH",
        "adresse": "https://parvis.test/avis-habitant/ABCD2345EFGH/",
        "adresse_courte": "parvis.test/avis-habitant",
    }
    return fiche_habitant.Projet(**(valeurs | champs))


def fiches_habitant(*projets, **champs):
    valeurs = {
        "collectivite": "Ville d’Essai",
        "titre": "Fiches habitant · Santé",
        "reunion": "jeudi 3 décembre 2026",
        "edite_le": INSTANT,
        "projets": projets or (projet_habitant(), projet_habitant(numero="2027-BLB-0002", nouveau=(), resume="")),
    }
    return fiche_habitant.FichesHabitant(**(valeurs | champs))


def suites(nombre=2, **champs):
    projet = suites_citoyennes.Projet(
        "Cafés des habitants & du marché", "Jardins & Compagnie <du Coron>", "8 oui, 2 un peu, 1 non",
        ("Un coin pour les petits <3", "L’heure", "Des bancs", "De l’ombre", "Un panneau", "Un robinet"),
        "La réunion est d’accord, mais demande des changements.", "Le projet reçoit 4 000 €.",
        "Vous demandiez le samedi.\nL’association ouvre le samedi.",
    )  # fmt: skip
    muet = suites_citoyennes.Projet("Bouger à tout âge", "Terrasses en forme", "1 ne sait pas")
    valeurs = {
        "collectivite": "Ville d’Essai",
        "conseil": "Conseil citoyen du Centre",
        "reunion": "Santé",
        "tenue_le": INSTANT,
        "edite_le": INSTANT,
        "projets": (projet, muet) * (nombre // 2),
    }
    return suites_citoyennes.SuitesCitoyennes(**(valeurs | champs))


TOUS = {
    "fiches-habitant": (fiche_habitant, fiches_habitant),
    "suites-citoyennes": (suites_citoyennes, suites),
    "dossier": (dossier_complet, dossier),
    "dossier-plein": (dossier_complet, dossier_plein),
    "epreuve": (dossier_complet, epreuve),
    "accuse": (accuse_reception, accuse),
    "attribution": (notification_attribution, attribution),
    "refus": (notification_refus, refus),
    "irrecevabilite": (notification_irrecevabilite, irrecevabilite),
    "demande-pieces": (demande_pieces, demande),
    "demande-pieces-en-un-texte": (demande_pieces, lambda: demande(elements=(), message="Il manque le RIB.")),
    "proces-verbal": (proces_verbal, pv),
    "tableau": (tableau_programmation, tableau),
    "proces-verbal-long": (proces_verbal, pv_complet),
    "proces-verbal-de-seance": (proces_verbal, pv_de_seance),
    "proces-verbal-sur-papier": (proces_verbal, pv_sur_papier),
    "projet-de-proces-verbal": (proces_verbal, lambda: pv(1, projet=True, deports=())),
    "compte-rendu": (compte_rendu, rendu),
    "emargement": (emargement, lambda: feuille(12)),
    "tableau-complet": (tableau_programmation, tableau_complet),
    "classeur": (classeur, lambda: exemples_classeur.un_classeur(dossier())),
    "classeur-aux-noms-longs": (classeur, lambda: exemples_classeur.noms_longs(dossier())),
}
