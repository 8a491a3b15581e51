"""Ouvrir toutes les adresses avec les yeux d'une personne, et dire où se lisent les marques d'un dossier."""

import io
import re
from collections import defaultdict
from urllib.parse import urlencode

import openpyxl
import pypdf
from django.test import Client

from evaluation.direct import CONDUITE, PROJECTEUR, TELEPHONE, jeton_de
from evaluation.models import Reunion
from tests.evaluation.decor_du_deport import marques

# Les filtres, tris et formes qu'une page sait rendre, en plus de son adresse nue.
FILTRES = {
    "programmation-tableau": [
        *({"fermete": f, "groupe": g} for f in ("sollicite", "propose", "vote") for g in ("quartier", "financeur")),
        {"q": "cirque"}, {"tri": "-total_demande"}, {"groupe": "aucun", "avis": "reserves"},
    ],
    "programmation-xlsx": [{"fermete": "propose", "groupe": "aucun"}],
    "programmation-pdf": [{"fermete": "sollicite", "groupe": "porteur"}],
    "api-programmation": [{"fermete": "vote", "groupe": "financeur"}, {"fermete": "propose"}],
    "dossiers-liste": [{"q": "cirque"}, {"etat": "evalue"}],
    "api-dossiers-list": [{"etat": "evalue"}],
    "classement-reunion": [{"q": "cirque"}, {"avis": "reserves"}, {"tri": "-note"}],
    "classement-appel": [{"q": "cirque"}, {"avis": "reserves"}],
    "reunions-repartir": [{"methode": "equitable", "voulus": "2", "par_enjeu": "1"}],
    "appels-repartir": [{"methode": "equitable", "voulus": "2", "par_enjeu": "1"}],
    "donnees-ouvertes": [{"annee": "2027"}, {"annee": "2026"}],
    "notifications-file": [{"etat": "envoye"}, {"etat": "attente"}],
}  # fmt: skip


def lire(reponse):
    """Le texte d'une réponse, quel que soit son format."""
    contenu = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    genre = reponse.headers.get("Content-Type", "")
    if b"startxref" in contenu:  # un PDF entier ; la pièce des fabriques n’en a que l’en-tête
        brut = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(contenu)).pages)
    elif "spreadsheet" in genre:
        classeur = openpyxl.load_workbook(io.BytesIO(contenu))
        brut = " ".join(str(c) for f in classeur for ligne in f.iter_rows(values_only=True) for c in ligne)
    elif "json" in genre:
        # Les lettres accentuées d'une réponse JSON peuvent y être échappées.
        brut = re.sub(r"\\u([0-9a-f]{4})", lambda lu: chr(int(lu[1], 16)), contenu.decode())
    else:
        brut = contenu.decode("utf-8", "replace")
    entetes = reponse.headers.get("Content-Disposition", "") + reponse.headers.get("Location", "")
    return re.sub(r"\s+", " ", f"{entetes} {brut}")


def entre(acces, personne):
    """L'accès déclaré de la route laisse passer un des rôles de la personne ; la matrice éprouve l'autre moitié."""
    return isinstance(acces, str) or bool(set(acces) & set(personne.roles))


def _a_ouvrir(adresses, personne):
    for route, _, adresse, acces in adresses:
        if not entre(acces, personne):
            continue
        if route in ("seance-etat", "seance-flux"):
            reunion = Reunion.objects.get(pk=re.search(r"\d+", adresse)[0])
            ecrans = (TELEPHONE, PROJECTEUR, CONDUITE)
            yield from (
                (route, f"{adresse}?{urlencode({'jeton': jeton_de(reunion, personne, ecran)})}") for ecran in ecrans
            )
            continue
        yield route, adresse
        yield from ((route, f"{adresse}?{urlencode(filtre)}") for filtre in FILTRES.get(route, ()))


def balayer(personne, adresses):
    """{route: {adresse: marques lues}} de tout ce qui s'ouvre, une adresse muette comprise."""
    client, lus = Client(), defaultdict(dict)
    client.force_login(personne)
    for route, adresse in _a_ouvrir(adresses, personne):
        reponse = client.get(adresse)
        if reponse.status_code in (200, 302):
            lus[route][adresse] = marques(lire(reponse))
    return lus


def ou_se_lisent(lus):
    """{route: marques} des seules routes qui en montrent."""
    bilan = {route: set().union(*pages.values()) for route, pages in lus.items()}
    return {route: mots for route, mots in bilan.items() if mots}
