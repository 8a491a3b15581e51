"""Faire entrer un référentiel dans la base : on crée, on complète, on n'efface jamais ce qui sert."""

import json
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from appels.lecture_referentiel import DONNEES, Erreur, ReferentielInvalide, lire
from appels.models import (
    Commune,
    Constat,
    Contrat,
    ConventionApplication,
    Enjeu,
    EnjeuPrioritaire,
    Financeur,
    Indicateur,
    ObjectifOperationnel,
    ObjectifStrategique,
    Quartier,
    Statut,
)
from comptes.models import Collectivite, Partenaire
from journal.publication import publier

# Ce qui décrit un quartier et disparaît avec lui ; tout le reste qui le désigne le rend utile.
DESCRIPTIF = {Indicateur, Constat}


class Bilan(NamedTuple):
    convention: ConventionApplication
    crees: int
    modifies: int
    retires: int
    gardes: list

    @property
    def ecritures(self):
        return self.crees + self.modifies + self.retires


def charger(chemin, *, par=None, contours=None):
    """Charge le fichier, tout ou rien. Rend un Bilan ; lève ReferentielInvalide sans avoir rien changé."""
    donnees = _typographier(lire(chemin))
    geometries = lire_contours(contours)
    with transaction.atomic():
        return _Chargement(donnees, geometries).executer(par)


def _typographier(valeur):
    """L'apostrophe droite d'un fichier devient celle de l'imprimé ; rien d'autre ne change."""
    if isinstance(valeur, str):
        return valeur.replace("'", "’")
    if isinstance(valeur, list):
        return [_typographier(element) for element in valeur]
    if isinstance(valeur, dict):
        return {cle: _typographier(element) for cle, element in valeur.items()}
    return valeur


def lire_contours(chemin=None):
    """{code QPV: géométrie} du fichier GeoJSON donné, sinon de ceux livrés avec l'application."""
    geometries = {}
    for fichier in [chemin] if chemin else sorted(DONNEES.glob("*.geojson")):
        try:
            with open(fichier, encoding="utf-8") as flux:
                for element in json.load(flux)["features"]:
                    if element["geometry"]["type"] not in {"Polygon", "MultiPolygon"}:
                        raise ValueError
                    geometries[element["properties"]["code_qpv"]] = element["geometry"]
        except (OSError, ValueError, KeyError, TypeError):
            raise ReferentielInvalide([Erreur(str(fichier), 1, "ce n’est pas un fichier GeoJSON de quartiers.")])
    return geometries


class _Chargement:
    """Une passe : chaque objet est posé s'il manque, changé s'il diffère, laissé sinon."""

    def __init__(self, donnees, geometries):
        self.donnees, self.geometries = donnees, geometries
        self.crees = self.modifies = self.retires = 0
        self.gardes = []
        self.vus = {}

    def executer(self, par):
        convention = self._territoire()
        self._financeurs(convention.collectivite)
        quartiers = self._quartiers(convention)
        self._enjeux_prioritaires(convention, quartiers)
        self._objectifs(convention, quartiers)
        self._retirer_les_disparus(convention)
        bilan = Bilan(convention, self.crees, self.modifies, self.retires, self.gardes)
        if bilan.ecritures:
            publier(
                "referentiel.charger",
                convention,
                par=par,
                crees=bilan.crees,
                modifies=bilan.modifies,
                retires=bilan.retires,
                gardes=bilan.gardes,
            )
        return bilan

    def poser(self, modele, cles, valeurs):
        """L'objet de ces clés, créé ou mis à ces valeurs ; n'écrit que s'il y a une différence."""
        try:
            objet = modele.objects.select_for_update().get(**cles)
        except ObjectDoesNotExist:
            objet = modele.objects.create(**cles, **valeurs)
            self.crees += 1
        else:
            changes = [champ for champ, valeur in valeurs.items() if getattr(objet, champ) != valeur]
            for champ in changes:
                setattr(objet, champ, valeurs[champ])
            if changes:
                objet.save(update_fields=changes)
                self.modifies += 1
        self.vus.setdefault(modele, set()).add(objet.pk)
        return objet

    def completer(self, objet, **valeurs):
        """Remplit ce qui est vide ; ce que l'administration a réglé n'est jamais écrasé."""
        manquants = [champ for champ, valeur in valeurs.items() if valeur and not getattr(objet, champ)]
        for champ in manquants:
            setattr(objet, champ, valeurs[champ])
        if manquants:
            objet.save(update_fields=manquants)
            self.modifies += 1

    def lier(self, relation, objets):
        if set(relation.values_list("pk", flat=True)) != {objet.pk for objet in objets}:
            relation.set(objets)
            self.modifies += 1

    def _collectivite(self, cles, valeurs):
        """Par son code, sinon par son nom : elle a pu être ouverte à la main avant le référentiel."""
        objet = (
            Collectivite.objects.filter(**cles).first()
            or Collectivite.objects.filter(nom=valeurs["nom"], type=cles["type"]).first()
        )
        if objet is None:
            objet = Collectivite.objects.create(**cles, **valeurs)
            self.crees += 1
        return objet

    def _territoire(self):
        contrat, commune = self.donnees["contrat"], self.donnees["contrat"]["commune"]
        agglomeration = contrat["agglomeration"]
        epci = self._collectivite(
            {"sigle": agglomeration["sigle"], "type": Collectivite.Type.EPCI},
            {"nom": agglomeration["nom"], "organe_deliberant": "le conseil communautaire"},
        )
        ville = self._collectivite(
            {"code_insee": commune["insee"], "type": Collectivite.Type.COMMUNE},
            {"nom": commune["nom"], "sigle": self._sigle(commune), "parent": epci},
        )
        self.completer(
            ville,
            parent=epci,
            code_insee=commune["insee"],
            code_postal=commune.get("code_postal", ""),
            ville=commune["nom"],
        )
        periode = contrat["periode"]
        general = Contrat.objects.filter(collectivite=epci, debut=periode["debut"]).first()
        if general is None:
            # L'intitulé de la convention commence par celui du contrat qu'elle applique.
            general = self.poser(
                Contrat,
                {"collectivite": epci, "debut": periode["debut"]},
                {"fin": periode["fin"], "intitule": contrat["intitule"].split(" : ")[0]},
            )
        elif general.fin != periode["fin"]:
            raise ReferentielInvalide(
                [Erreur("contrat.periode.fin", 1, f"le contrat de {epci} finit en {general.fin} dans Parvis.")]
            )
        signature = contrat.get("signature", {})
        return self.poser(
            ConventionApplication,
            {"collectivite": ville},
            {
                "contrat": general,
                "intitule": contrat["intitule"],
                "signee_le": date.fromisoformat(signature["date"]) if signature.get("date") else None,
                "lieu_signature": signature.get("lieu", ""),
                "avertissement": self.donnees.get("avertissement", ""),
            },
        )

    @staticmethod
    def _sigle(commune):
        sigle = (
            commune.get("sigle")
            or "".join(
                mot[0] for mot in commune["nom"].replace("-", " ").replace("’", " ").replace("'", " ").split()
            ).upper()
        )
        return commune["insee"] if Collectivite.objects.filter(sigle=sigle).exists() else sigle

    def _financeurs(self, ville):
        """Les six financeurs habituels ; une fois créés, l'agent les renomme ou en ajoute à son gré."""
        contrat = self.donnees["contrat"]
        habituels = [
            ("État", "État – politique de la ville (programme 147)", "État", Partenaire.Type.ETAT),
            ("Ville", f"Ville {_de(ville.nom)}", f"Ville {_de(ville.nom)}", Partenaire.Type.COMMUNE),
            ("Agglo", contrat["agglomeration"]["nom"], contrat["agglomeration"]["nom"], Partenaire.Type.EPCI),
            ("CAF", "Caisse d’allocations familiales", "Caisse d’allocations familiales", Partenaire.Type.CAF),
        ]
        if departement := contrat.get("departement", {}).get("nom"):
            nom = f"Département ({departement})"
            habituels.append(("Département", nom, nom, Partenaire.Type.DEPARTEMENT))
        if region := contrat.get("region"):
            habituels.append(("Région", f"Région {region}", f"Région {region}", Partenaire.Type.REGION))
        presents = set(Financeur.objects.filter(collectivite=ville).values_list("sigle", flat=True))
        for ordre, (sigle, nom, nom_partenaire, type_) in enumerate(habituels, 1):
            if sigle in presents:
                continue
            partenaire, cree = Partenaire.objects.get_or_create(
                collectivite=ville, nom=nom_partenaire, defaults={"type": type_}
            )
            Financeur.objects.create(collectivite=ville, partenaire=partenaire, sigle=sigle, nom=nom, ordre=ordre)
            self.crees += 1 + cree

    def _quartiers(self, convention):
        ville = self.donnees["contrat"]["commune"]
        communes = {ville["insee"]: self._commune(ville["insee"], ville["nom"], ville.get("code_postal", ""))}
        quartiers = {}
        for ordre, lu in enumerate(self.donnees["quartiers"]):
            valeurs = {
                "nom": lu["nom"],
                "libelle_officiel": lu.get("libelle_officiel_qpv", ""),
                "population": (lu.get("population") or {}).get("valeur"),
                "ordre": ordre,
            }
            if contour := self.geometries.get(lu["code_qpv"]):
                valeurs["contour"] = contour
            quartier = self.poser(Quartier, {"convention": convention, "code_qpv": lu["code_qpv"]}, valeurs)
            for insee, nom in zip(lu["communes_insee"], lu["communes"], strict=True):
                if insee not in communes:
                    communes[insee] = self._commune(insee, nom)
            self.lier(quartier.communes, [communes[insee] for insee in lu["communes_insee"]])
            self._portrait(quartier, lu)
            quartiers[lu["nom"]] = quartier
        return quartiers

    def _commune(self, insee, nom, code_postal=""):
        commune = self.poser(Commune, {"code_insee": insee}, {"nom": nom})
        self.completer(commune, code_postal=code_postal)
        return commune

    def _portrait(self, quartier, lu):
        for ordre, indicateur in enumerate(lu.get("indicateurs", [])):
            agglo, autre = indicateur.get("reference_agglo"), indicateur.get("reference_autre")
            perimetre, reference = "", None
            if autre:
                perimetre, reference = Indicateur.Perimetre.COMMUNE, Decimal(autre["valeur"])
            elif agglo is not None:
                perimetre, reference = Indicateur.Perimetre.AGGLOMERATION, Decimal(agglo)
            self.poser(
                Indicateur,
                {"quartier": quartier, "code": indicateur["code"]},
                {
                    "libelle": indicateur["libelle"],
                    "valeur": Decimal(indicateur["valeur"]),
                    "unite": indicateur.get("unite", ""),
                    "reference": reference,
                    "perimetre": perimetre,
                    "ordre": ordre,
                },
            )
        for genre, cle in ((Constat.Genre.IRRITANT, "irritants"), (Constat.Genre.OPPORTUNITE, "opportunites")):
            for ordre, constat in enumerate(lu.get(cle, [])):
                self.poser(
                    Constat,
                    {"quartier": quartier, "genre": genre, "titre": constat["titre"]},
                    {"detail": constat.get("detail", ""), "statut": _statut(constat), "ordre": ordre},
                )

    def _enjeux_prioritaires(self, convention, quartiers):
        for lu in self.donnees.get("enjeux_prioritaires_communaux", []):
            enjeu = self.poser(
                EnjeuPrioritaire,
                {"convention": convention, "code": lu["code"]},
                {"texte": lu["texte"], "statut": _statut(lu)},
            )
            concernes = [
                quartiers[quartier["nom"]]
                for quartier in self.donnees["quartiers"]
                if lu["code"] in {ep["code"] for ep in quartier.get("enjeux_prioritaires", [])}
            ]
            self.lier(enjeu.quartiers, concernes)

    def _objectifs(self, convention, quartiers):
        for lu in self.donnees["enjeux"]:
            enjeu = self.poser(
                Enjeu,
                {"convention": convention, "code": lu["code"]},
                {"numero": lu["numero"], "titre": lu.get("titre") or "", "statut": _statut(lu)},
            )
            for rang, premier in enumerate(lu["objectifs_strategiques"]):
                parent = self._strategique(enjeu, None, premier, rang)
                for sous_rang, second in enumerate(premier["sous_objectifs"]):
                    strategique = self._strategique(enjeu, parent, second, sous_rang)
                    for ordre, operationnel in enumerate(second["objectifs_operationnels"]):
                        objectif = self.poser(
                            ObjectifOperationnel,
                            {"strategique": strategique, "code": operationnel["code"]},
                            {"texte": operationnel["texte"], "statut": _statut(operationnel), "ordre": ordre},
                        )
                        self.lier(objectif.quartiers, [quartiers[nom] for nom in operationnel["quartiers"]])

    def _strategique(self, enjeu, parent, lu, ordre):
        return self.poser(
            ObjectifStrategique,
            {"enjeu": enjeu, "code": lu["code"]},
            {"parent": parent, "titre": lu["titre"], "statut": _statut(lu), "ordre": ordre},
        )

    def _retirer_les_disparus(self, convention):
        """Des feuilles vers la racine : un objet gardé garde ce qui le porte."""
        par_convention = {"convention": convention}
        for modele, filtre in (
            (ObjectifOperationnel, {"strategique__enjeu__convention": convention}),
            (ObjectifStrategique, {"enjeu__convention": convention, "parent__isnull": False}),
            (ObjectifStrategique, {"enjeu__convention": convention, "parent__isnull": True}),
            (Enjeu, par_convention),
            (EnjeuPrioritaire, par_convention),
            (Indicateur, {"quartier__convention": convention}),
            (Constat, {"quartier__convention": convention}),
            (Quartier, par_convention),
        ):
            for objet in modele.objects.filter(**filtre).exclude(pk__in=self.vus.get(modele, ())):
                if _sert(objet):
                    self.gardes.append(f"{objet._meta.verbose_name} « {objet} »")
                else:
                    objet.delete()
                    self.retires += 1


def _sert(objet):
    """Un autre enregistrement, de quelque application que ce soit, désigne-t-il celui-ci ?"""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: objet.pk}).exists()
        for relation in objet._meta.related_objects
        if relation.related_model not in DESCRIPTIF
    )


def _statut(lu):
    return Statut(lu.get("statut", Statut.SOURCE))


def _de(nom):
    return f"d’{nom}" if nom[0].upper() in "AEIOUYÉÈÊÂÎÔÛ" else f"de {nom}"
