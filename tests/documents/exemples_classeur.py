"""Des exemples de classeur : un dossier, une journée entière, des noms qui débordent."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from documents import classeur
from documents.dossier_complet import DossierComplet

PARIS = ZoneInfo("Europe/Paris")
INSTANT = datetime(2027, 2, 1, 0, 30, tzinfo=PARIS)
LONG = "Union départementale des associations familiales, sportives & culturelles des cités minières <du Coron>"


def synthese(**champs):
    valeurs = {
        "resume": "Un rendez-vous du samedi, au pied des immeubles, pour se retrouver & préparer la suite.",
        "chiffres": (
            ("5 500,00 €", "demandés, 50 % des produits"),
            ("11 000,00 €", "de coût total"),
            ("60", "bénéficiaires, dont 80 % des quartiers"),
            ("183,33 €", "par personne"),
        ),
        "qui": ("Jardins & Compagnie <du Coron>, association, Ville", "Du 15 janvier au 15 décembre 2027"),
        "pour_qui": ("Les personnes seules.", "16 à 25 ans : 9 · 26 à 49 ans : 21", "36 femmes, 24 hommes"),
        "cibles": (("Promouvoir l’activité physique", "Le Centre"), ("Rompre l’isolement", "La Cité 30")),
        "portraits": (
            classeur.Portrait("Le Centre", ("4 100 habitants", "Taux de pauvreté : 41,2 %, contre 19 %")),
            classeur.Portrait("La Cité 30", ("Fragilités : peu de médecins",)),
        ),
        "suite_des_lieux": "Et 1 autre quartier.",
        "demandes": (
            classeur.Demande("État", Decimal(2500), Decimal("22.7"), Decimal(2000), Decimal(1500)),
            classeur.Demande("Ville", Decimal(3000), Decimal("27.3")),
        ),
        "minimum": Decimal(4000),
        "annee_avant": 2026,
        "avant": ("Obtenu : 1 500,00 €.",),
        "reserves": ((True, "Ouvrir le samedi."), (False, "Associer le collège.")),
        "changements": (("Nombre de bénéficiaires", "40", "60"), ("Description", "", "")),
        "autres_changements": 2,
    }
    return classeur.Synthese(**(valeurs | champs))


def notes():
    return classeur.MesNotes(
        notes=(("Réponse aux besoins des habitants", 30, 4), ("Budget", 20, 3)),
        sur_cent=Decimal("72"),
        commentaire="Action bien située.\n\nÀ relier au collège <voisin>.",
        envoyee_le=INSTANT,
        citations=(classeur.Citation("Budget", "Un rendez-vous du samedi", "Description de l’action"),),
    )


def dossier(complet: DossierComplet, **champs):
    valeurs = {
        "numero": complet.numero,
        "intitule": complet.intitule or "Sans titre",
        "organisme": complet.organisme,
        "demande": Decimal(5500),
        "synthese": synthese(),
        "mention": complet.mention,
        "rubriques": complet.rubriques,
        "notes": notes(),
    }
    return classeur.DossierDuClasseur(**(valeurs | champs))


def un_classeur(complet, nombre=2, **champs):
    """`complet` : le dossier d'où viennent les rubriques ; les derniers sont sans débat, les pairs sans notes."""
    premiere_fois = synthese(annee_avant=None, portraits=(), avant=(), reserves=(), minimum=None)
    dossiers = tuple(
        dossier(
            complet,
            numero=f"2027-BLB-{rang:04}",
            sans_debat=rang > 1 and rang > nombre - 2,
            notes=notes() if rang % 2 else None,
            synthese=synthese() if rang % 2 else premiere_fois,
        )
        for rang in range(1, nombre + 1)
    )
    valeurs = {
        "collectivite": "Ville d’Essai",
        "service": "Service Politique de la Ville",
        "titre": "Santé & accès aux droits",
        "appel": "Appel à projets 2027",
        "personne": "Éva Roux",
        "tenu_le": datetime(2027, 2, 10, 14, 0, tzinfo=PARIS),
        "etabli_le": INSTANT,
        "dossiers": dossiers,
        "lieu": "Salle des mariages",
        "president": "Claude Exemple",
        "secretaire": "Thomas Lecomte",
        "membres": (("Éva Roux", "CAF"), ("Farid Benali", "")),
    }
    return classeur.Classeur(**(valeurs | champs))


def noms_longs(complet):
    """Tout ce qui s'allonge, allongé."""
    court = un_classeur(complet, 2)
    longue = synthese(
        resume="Un rendez-vous du samedi, au pied des immeubles, avec les habitants et leurs enfants. " * 5,
        qui=(LONG, "Du 15 janvier au 15 décembre 2027", f"Avec : {LONG}"),
        pour_qui=(LONG, "moins de 6 ans : 9 · 6 à 15 ans : 21 · 16 à 25 ans : 9 · 26 à 49 ans : 21 · 50 à 64 ans : 8"),
        cibles=((LONG, "Résidence du Maréchal-Foch et des Cités réunies"),) * 3,
        portraits=(classeur.Portrait("Résidence du Maréchal-Foch", (*(f"{LONG[:40]} : 12 %",) * 3, LONG)),) * 3,
        changements=(("Nombre de bénéficiaires", "x" * 58, "y" * 58),) * 8,
        reserves=((False, LONG),) * 2,
        demandes=(classeur.Demande(LONG, Decimal("2500000.50"), Decimal("22.7"), Decimal(2000), Decimal(1500)),) * 3,
    )  # fmt: skip
    dossiers = tuple(replace(d, intitule=LONG, organisme=LONG, synthese=longue) for d in court.dossiers)
    return replace(court, titre=LONG, personne=LONG, lieu=LONG, dossiers=dossiers)
