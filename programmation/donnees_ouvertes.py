"""Les subventions notifiées, au schéma national (SCDL 2.1.1) ou réglementaire (Etalab 1.1.1) ; rien de personnel."""

import csv
import json
import re
from datetime import date, timedelta
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone

from comptes.validateurs import valider_siret
from dossiers.budget import ZERO
from dossiers.etats import Issue
from dossiers.models import Dossier
from programmation.models import Decision
from programmation.tableau import NOTIFIES

FICHIER = Path(__file__).parent / "donnees/scdl_subventions_2.1.1_officiel_16_champs.json"
CHAMPS = json.loads(FICHIER.read_text(encoding="utf-8"))["fields"]
FORMATS = ("scdl", "etalab")
ABSENTS_ETALAB = {"rnaBeneficiaire", "dispositifAide"}
# Loi du 12 avril 2000 : à défaut d'échéance, le paiement intervient dans les soixante jours.
DELAI_PAIEMENT = timedelta(days=60)


class ExportInvalide(Exception):
    """Une ligne ne respecte pas le schéma ; `erreurs` dit lesquelles et pourquoi."""

    def __init__(self, erreurs):
        self.erreurs = erreurs
        super().__init__("\n".join(erreurs))


def colonnes(format_):
    return [c["name"] for c in CHAMPS if format_ == "scdl" or c["name"] not in ABSENTS_ETALAB]


def lire_subventions(annee):
    """Une ligne par dossier accordé et notifié des appels de l'année, avec le numéro du dossier pour les erreurs."""
    accordees = Decision.objects.filter(sens=Decision.Sens.ACCORDE).select_related("deliberation")
    dossiers = (
        Dossier.objects.filter(appel__annee=annee, etat__in=NOTIFIES, issue=Issue.ACCORDE)
        .select_related("appel__collectivite", "organisme")
        .prefetch_related(Prefetch("decisions", accordees, to_attr="accordees"))
        .order_by("numero")
    )
    return [(dossier.numero, _ligne(dossier)) for dossier in dossiers if dossier.accordees]


def _ligne(dossier):
    collectivite, organisme = dossier.appel.collectivite, dossier.organisme
    deliberation = dossier.accordees[0].deliberation
    notifie_le = timezone.localtime(dossier.notifie_le).date() if dossier.notifie_le else deliberation.date
    return {
        "nomAttribuant": collectivite.nom,
        "idAttribuant": collectivite.siret,
        "dateConvention": deliberation.date.isoformat(),
        "referenceDecision": deliberation.numero,
        "nomBeneficiaire": organisme.nom,
        "idBeneficiaire": organisme.siret,
        "rnaBeneficiaire": organisme.rna,
        "objet": dossier.intitule[:256],
        "montant": str(sum((d.montant for d in dossier.accordees), ZERO)),
        "nature": "aide en numéraire",
        "conditionsVersement": "unique",
        "datesPeriodeVersement": f"{notifie_le}/{notifie_le + DELAI_PAIEMENT}",
        "idRAE": "",
        "notificationUE": "non",
        "pourcentageSubvention": "1",
        "dispositifAide": "Contrat de ville",
    }


def valider(ligne):
    """Les défauts d'une ligne au regard du schéma officiel."""
    erreurs = []
    for champ in CHAMPS:
        nom, valeur, regles = champ["name"], ligne[champ["name"]], champ.get("constraints", {})
        if valeur == "":
            if regles.get("required"):
                erreurs.append(f"{nom} est vide")
            continue
        if "pattern" in regles and not re.fullmatch(regles["pattern"], valeur):
            erreurs.append(f"{nom} « {valeur} » n’a pas la forme attendue")
        if "enum" in regles and valeur not in regles["enum"]:
            erreurs.append(f"{nom} « {valeur} » n’est pas dans la liste")
        if len(valeur) > regles.get("maxLength", len(valeur)):
            erreurs.append(f"{nom} est trop long")
        if champ["type"] == "date" and not _est_une_date(valeur):
            erreurs.append(f"{nom} « {valeur} » n’est pas une date")
    for nom in ("idAttribuant", "idBeneficiaire"):
        if ligne[nom] and not _est_un_siret(ligne[nom]):
            erreurs.append(f"{nom} « {ligne[nom]} » n’est pas un SIRET")
    if not ligne["idBeneficiaire"] and not ligne["rnaBeneficiaire"]:
        erreurs.append("idBeneficiaire ou rnaBeneficiaire est exigé")
    return erreurs


def _est_une_date(valeur):
    try:
        return bool(date.fromisoformat(valeur))
    except ValueError:
        return False


def _est_un_siret(valeur):
    try:
        valider_siret(valeur)
    except ValidationError:
        return False
    return True


def ecrire(sortie, annee, format_="scdl"):
    """Écrit le CSV ; lève ExportInvalide avant d'écrire quoi que ce soit si une ligne est fausse."""
    lignes = lire_subventions(annee)
    erreurs = [f"Dossier {numero} : {', '.join(defauts)}." for numero, ligne in lignes if (defauts := valider(ligne))]
    if erreurs:
        raise ExportInvalide(erreurs)
    plume = csv.DictWriter(sortie, colonnes(format_), extrasaction="ignore", lineterminator="\n")
    plume.writeheader()
    for _, ligne in lignes:
        if format_ == "etalab":
            ligne = {**ligne, "datesPeriodeVersement": ligne["datesPeriodeVersement"].replace("/", "_")}
        plume.writerow(ligne)
    return len(lignes)
