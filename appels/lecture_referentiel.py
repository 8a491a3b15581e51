"""Lire un fichier de référentiel : tout ce qui est faux est dit, avec son chemin et sa ligne ; rien n'est écrit."""

import json
import re
from bisect import bisect_right
from datetime import date
from decimal import Decimal
from functools import cache
from json.decoder import JSONDecodeError, scanstring
from pathlib import Path
from typing import NamedTuple

import jsonschema
from django.core.exceptions import ValidationError

from comptes.validateurs import valider_code_insee, valider_code_postal, valider_code_qpv

DONNEES = Path(__file__).resolve().parent / "donnees"
TAILLE_MAX = 5 * 1024 * 1024
BLANCS = re.compile(r"[ \t\n\r]*")
MOYENNE_COMMUNALE = "moyenne communale"

TYPES = {
    "object": "un objet",
    "array": "une liste",
    "string": "un texte",
    "integer": "un nombre entier",
    "number": "un nombre",
    "null": "rien",
}


class Erreur(NamedTuple):
    chemin: str
    ligne: int
    raison: str

    def __str__(self):
        return f"ligne {self.ligne}, {self.chemin or 'fichier'} : {self.raison}"


class ReferentielInvalide(Exception):
    """Le fichier est refusé entier ; `erreurs` dit tout ce qu'il faut y reprendre."""

    def __init__(self, erreurs):
        super().__init__("\n".join(map(str, erreurs)))
        self.erreurs = list(erreurs)


def lire(chemin):
    """Le contenu vérifié du fichier, ou ReferentielInvalide."""
    texte = _texte(Path(chemin))
    try:
        donnees = json.loads(
            texte, parse_float=Decimal, parse_constant=_refuser_constante, object_pairs_hook=_sans_double
        )
    except JSONDecodeError as erreur:
        raise ReferentielInvalide([Erreur("", erreur.lineno, f"ce n’est pas du JSON lisible ({erreur.msg}).")])
    except RecursionError:
        raise ReferentielInvalide([Erreur("", 1, "le fichier est imbriqué trop profondément.")])
    except ValueError as erreur:
        raise ReferentielInvalide([Erreur("", 1, str(erreur))])
    fautes = list(_fautes_de_forme(donnees)) or list(_fautes_de_fond(donnees))
    if fautes:
        lignes = _lignes(texte)
        raise ReferentielInvalide(
            sorted((Erreur(_ecrire(c), _ligne(lignes, c), raison) for c, raison in fautes), key=lambda e: e.ligne)
        )
    return donnees


def _texte(chemin):
    try:
        octets = chemin.read_bytes()
    except OSError as erreur:
        raise ReferentielInvalide([Erreur("", 1, f"le fichier ne s’ouvre pas ({erreur.strerror}).")])
    if len(octets) > TAILLE_MAX:
        raise ReferentielInvalide([Erreur("", 1, "le fichier dépasse 5 Mo.")])
    if not octets.strip():
        raise ReferentielInvalide([Erreur("", 1, "le fichier est vide.")])
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        ligne = octets.count(b"\n", 0, erreur.start) + 1
        raise ReferentielInvalide([Erreur("", ligne, "le fichier n’est pas encodé en UTF-8.")])


def _refuser_constante(nom):
    raise ValueError(f"« {nom} » n’est pas un nombre.")


def _sans_double(paires):
    objet = dict(paires)
    if len(objet) != len(paires):
        cles = [cle for cle, _ in paires]
        double = next(cle for cle in cles if cles.count(cle) > 1)
        raise ValueError(f"la clé « {double} » est écrite deux fois dans le même objet.")
    return objet


# Où se trouve chaque valeur : le module json ne le dit pas.


def _lignes(texte):
    """{chemin: ligne} de chaque valeur d'un texte JSON déjà reconnu valable."""
    lignes, scalaire = {}, json.JSONDecoder()
    debuts = [trouve.end() for trouve in re.finditer("\n", texte)]

    def saut(position):
        return BLANCS.match(texte, position).end()

    def valeur(position, chemin):
        lignes[chemin] = bisect_right(debuts, position) + 1
        if texte[position] == "{":
            return objet(saut(position + 1), chemin)
        if texte[position] == "[":
            return liste(saut(position + 1), chemin)
        return scalaire.raw_decode(texte, position)[1]

    def objet(position, chemin):
        while texte[position] != "}":
            cle, position = scanstring(texte, position + 1, True)
            position = saut(valeur(saut(saut(position) + 1), (*chemin, cle)))
            position = saut(position + 1) if texte[position] == "," else position
        return position + 1

    def liste(position, chemin):
        rang = 0
        while texte[position] != "]":
            position = saut(valeur(position, (*chemin, rang)))
            position = saut(position + 1) if texte[position] == "," else position
            rang += 1
        return position + 1

    valeur(saut(0), ())
    return lignes


def _ligne(lignes, chemin):
    """La ligne de ce chemin, ou celle du plus proche parent quand la valeur manque."""
    chemin = tuple(chemin)
    while chemin not in lignes:
        chemin = chemin[:-1]
    return lignes[chemin]


def _ecrire(chemin):
    return "".join(f"[{pas}]" if isinstance(pas, int) else f".{pas}" for pas in chemin).lstrip(".")


# La forme.


@cache
def _validateur():
    schema = json.loads((DONNEES / "referentiel.schema.json").read_text())
    return jsonschema.Draft202012Validator(schema)


def _fautes_de_forme(donnees):
    for erreur in _validateur().iter_errors(donnees):
        for feuille in erreur.context or [erreur]:
            if feuille.validator == "type" and feuille.validator_value == "null":
                continue
            yield tuple(feuille.absolute_path), _raison(feuille)


def _raison(erreur):
    attendu = erreur.validator_value
    match erreur.validator:
        case "required":
            manquants = [cle for cle in attendu if cle not in erreur.instance]
            return f"il manque {', '.join(f'« {cle} »' for cle in manquants)}."
        case "type":
            types = [attendu] if isinstance(attendu, str) else attendu
            return f"on attend {' ou '.join(TYPES[type_] for type_ in types)}."
        case "enum":
            return f"« {erreur.instance} » n’est pas admis ; valeurs admises : {', '.join(attendu)}."
        case "minLength":
            return "ce texte est vide."
        case "maxLength":
            return f"ce texte dépasse {attendu} caractères."
        case "minItems":
            return "cette liste est vide."
        case "uniqueItems":
            return "cette liste contient deux fois la même valeur."
        case "minimum":
            return f"{erreur.instance} est trop petit (au moins {attendu})."
        case "maximum":
            return f"{erreur.instance} est trop grand (au plus {attendu})."
    return "valeur non admise."


# Le fond.


def _fautes_de_fond(donnees):
    yield from _fautes_du_contrat(donnees["contrat"])
    yield from _fautes_des_quartiers(donnees)
    yield from _fautes_des_objectifs(donnees)


def _fautes_du_contrat(contrat):
    periode = contrat["periode"]
    if periode["fin"] < periode["debut"]:
        yield ("contrat", "periode", "fin"), "la fin précède le début."
    commune = ("contrat", "commune")
    yield from _refus(valider_code_insee, contrat["commune"]["insee"], (*commune, "insee"))
    if code_postal := contrat["commune"].get("code_postal"):
        yield from _refus(valider_code_postal, code_postal, (*commune, "code_postal"))
    if jour := contrat.get("signature", {}).get("date"):
        try:
            date.fromisoformat(jour)
        except ValueError:
            yield ("contrat", "signature", "date"), f"« {jour} » n’est pas une date (attendu : 2024-07-09)."


def _fautes_des_quartiers(donnees):
    quartiers, commune = donnees["quartiers"], donnees["contrat"]["commune"]
    yield from _doubles((("quartiers", n, "nom"), q["nom"]) for n, q in enumerate(quartiers))
    yield from _doubles((("quartiers", n, "code_qpv"), q["code_qpv"]) for n, q in enumerate(quartiers))
    prioritaires = donnees.get("enjeux_prioritaires_communaux", [])
    yield from _doubles((("enjeux_prioritaires_communaux", n, "code"), e["code"]) for n, e in enumerate(prioritaires))
    codes_prioritaires = {enjeu["code"] for enjeu in prioritaires}
    noms = {commune["insee"]: commune["nom"]}
    for n, quartier in enumerate(quartiers):
        ici = ("quartiers", n)
        yield from _refus(valider_code_qpv, quartier["code_qpv"], (*ici, "code_qpv"))
        for rang, insee in enumerate(quartier["communes_insee"]):
            yield from _refus(valider_code_insee, insee, (*ici, "communes_insee", rang))
        if len(quartier["communes"]) != len(quartier["communes_insee"]):
            yield (*ici, "communes"), "il faut autant de noms de communes que de codes INSEE."
        if commune["insee"] not in quartier["communes_insee"]:
            yield (*ici, "communes_insee"), f"la commune de la convention ({commune['insee']}) n’y est pas."
        for rang, (insee, nom) in enumerate(zip(quartier["communes_insee"], quartier["communes"], strict=False)):
            if noms.setdefault(insee, nom) != nom:
                yield (*ici, "communes", rang), f"la commune {insee} s’appelle « {noms[insee]} » ailleurs."
        for rang, enjeu in enumerate(quartier.get("enjeux_prioritaires", [])):
            if enjeu["code"] not in codes_prioritaires:
                yield (*ici, "enjeux_prioritaires", rang, "code"), f"« {enjeu['code']} » n’est pas un enjeu communal."
        for genre in ("irritants", "opportunites"):
            yield from _doubles(((*ici, genre, k, "titre"), c["titre"]) for k, c in enumerate(quartier.get(genre, [])))
        yield from _fautes_des_indicateurs(quartier.get("indicateurs", []), (*ici, "indicateurs"))


def _fautes_des_indicateurs(indicateurs, ici):
    yield from _doubles(((*ici, n, "code"), indicateur["code"]) for n, indicateur in enumerate(indicateurs))
    for n, indicateur in enumerate(indicateurs):
        agglo, autre = indicateur.get("reference_agglo"), indicateur.get("reference_autre")
        valeurs = {"valeur": indicateur["valeur"], "reference_agglo": agglo}
        for champ, valeur in valeurs.items():
            if valeur is not None and indicateur.get("unite") == "%" and valeur > 100:
                yield (*ici, n, champ), f"{valeur} % dépasse 100 %."
            if valeur is not None and Decimal(valeur) != round(Decimal(valeur), 2):
                yield (*ici, n, champ), f"{valeur} a plus de deux décimales."
        if agglo is not None and autre:
            yield (*ici, n, "reference_autre"), "deux valeurs de référence pour un seul indicateur."
        if autre and not autre["libelle"].startswith(MOYENNE_COMMUNALE):
            yield (*ici, n, "reference_autre", "libelle"), f"périmètre inconnu (attendu : « {MOYENNE_COMMUNALE}… »)."


def _fautes_des_objectifs(donnees):
    noms = {quartier["nom"] for quartier in donnees["quartiers"]}
    numeros, codes = [], []
    for ici, noeud in _arbre(donnees["enjeux"]):
        codes.append(((*ici, "code"), noeud["code"]))
        if "numero" in noeud:
            numeros.append(((*ici, "numero"), noeud["numero"]))
        for rang, nom in enumerate(noeud.get("quartiers", [])):
            if nom not in noms:
                yield (*ici, "quartiers", rang), f"« {nom} » n’est pas un quartier de ce fichier."
    yield from _doubles(numeros)
    yield from _doubles(codes)


def _arbre(enjeux):
    """Tous les nœuds de l'arbre des objectifs, avec leur chemin."""
    niveaux = ("objectifs_strategiques", "sous_objectifs", "objectifs_operationnels")

    def descendre(noeuds, ici, reste):
        for n, noeud in enumerate(noeuds):
            yield (*ici, n), noeud
            if reste:
                yield from descendre(noeud[reste[0]], (*ici, n, reste[0]), reste[1:])

    yield from descendre(enjeux, ("enjeux",), niveaux)


def _refus(validateur, valeur, chemin):
    try:
        validateur(valeur)
    except ValidationError as erreur:
        yield chemin, f"« {valeur} » : {erreur.messages[0]}"


def _doubles(paires):
    vus = set()
    for chemin, valeur in paires:
        if valeur in vus:
            yield chemin, f"« {valeur} » est déjà pris plus haut."
        vus.add(valeur)
