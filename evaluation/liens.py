"""Rapprocher une personne et un organisme : un module sans base, qui suggère et ne décide de rien."""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

# Un prénom et un nom : un seul mot se retrouve chez trop de monde.
MOTS_DU_NOM = 2
UN_MOT = re.compile(r"[a-z0-9]+")
# Les mêmes noms se relisent à chaque page : ceux de dix mille organismes tiennent ici.
NOMS_GARDES = 65_536
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})

# Chez ces fournisseurs, deux personnes qui partagent un domaine ne se connaissent pas. Les fournisseurs d'accès
# français et les grandes messageries, relevés dans la liste publique « free.txt » du projet willwhite/freemail
# (https://github.com/willwhite/freemail, lue le 23 novembre 2026), complétée des domaines que servent ou ont servi
# Orange, Free, SFR, Bouygues Telecom, La Poste et Nordnet à leurs abonnés.
GRAND_PUBLIC = frozenset(
    """
    aliceadsl.fr alicepro.fr aol.com aol.fr bbox.fr caramail.com cegetel.net club-internet.fr dartybox.com dbmail.com
    fastmail.com fastmail.fm free.fr freesbee.fr freesurf.fr gmail.com gmx.com gmx.de gmx.fr gmx.net googlemail.com
    hotmail.be hotmail.co.uk hotmail.com hotmail.fr icloud.com ifrance.com infonie.fr laposte.net libertysurf.fr
    live.be live.com live.fr mac.com mail.com mail.ru mailo.com mailo.eu me.com msn.com neuf.fr nordnet.fr noos.fr
    numericable.com numericable.fr online.fr orange.com orange.fr outlook.be outlook.com outlook.fr pm.me proton.me
    protonmail.ch protonmail.com riseup.net rocketmail.com sfr.fr sfr.net skynet.be tele2.fr tiscali.fr tuta.io
    tutanota.com vivaldi.net voila.fr wanadoo.fr windowslive.com worldonline.fr yahoo.be yahoo.ca yahoo.co.uk yahoo.com
    yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com
    """.split()
)

# Les noms d'essai et de documentation ne sont à personne (RFC 6761).
RESERVES = (".test", ".example", ".invalid", ".localhost", "example.com", "example.net", "example.org")


class Contact(NamedTuple):
    """Quelqu'un qui paraît dans la fiche d'un organisme : dirigeant, personne chargée du dossier, compte."""

    qualite: str
    nom: str
    courriel: str = ""


class Fiche(NamedTuple):
    """Ce que la fiche d'un organisme dit d'elle-même et des siens."""

    cle: int
    noms: tuple[str, ...]
    contacts: tuple[Contact, ...] = ()
    courriels: tuple[str, ...] = ()
    site: str = ""


class Personne(NamedTuple):
    cle: int
    nom: str
    courriel: str = ""
    # Les structures qu'elle représente : bailleur, service, conseil citoyen.
    structures: tuple[str, ...] = ()


class Indice(NamedTuple):
    """Une raison de penser à un lien : son code, gardé avec la réponse, et sa phrase."""

    code: str
    phrase: str


@lru_cache(NOMS_GARDES)
def normaliser(nom):
    """Les mots d'un nom, sans accents, casse, traits d'union ni ordre : « LE GALL Jean-Luc », « Jean Luc Le Gall »."""
    nom = nom.lower()
    if not nom.isascii():
        decompose = unicodedata.normalize("NFKD", nom.translate(LIGATURES))
        nom = "".join(c for c in decompose if not unicodedata.combining(c))
    return tuple(sorted(UN_MOT.findall(nom)))


def domaine(courriel):
    """Le domaine d'une adresse, vide chez un fournisseur grand public ou sans adresse."""
    _, arobase, nom = courriel.rpartition("@")
    return _propre(nom) if arobase else ""


def domaine_du_site(adresse):
    nom = re.sub(r"^[a-z]+://", "", adresse.strip().lower())
    return _propre(re.split(r"[/:?#]", nom, maxsplit=1)[0].removeprefix("www."))


def _propre(nom):
    nom = nom.strip().lower().rstrip(".")
    return nom if "." in nom and nom not in GRAND_PUBLIC and not nom.endswith(RESERVES) else ""


class Repertoire:
    """Les fiches, rangées une fois par nom et par domaine : chaque personne s'y cherche ensuite sans tout relire."""

    def __init__(self, fiches):
        self.par_nom, self.par_domaine, self.par_structure = defaultdict(list), defaultdict(set), defaultdict(set)
        for fiche in fiches:
            for nom in fiche.noms:
                if mots := normaliser(nom):
                    self.par_structure[mots].add(fiche.cle)
            for contact in fiche.contacts:
                mots = normaliser(contact.nom)
                if len(mots) >= MOTS_DU_NOM:
                    self.par_nom[mots].append((fiche.cle, contact.qualite))
            adresses = {domaine(c) for c in (*fiche.courriels, *(contact.courriel for contact in fiche.contacts))}
            for trouve in (adresses | {domaine_du_site(fiche.site)}) - {""}:
                self.par_domaine[trouve].add(fiche.cle)

    def indices(self, personne):
        """{organisme: [ses indices]} pour cette personne."""
        trouves = defaultdict(dict)
        for cle, qualite in self.par_nom.get(normaliser(personne.nom), ()):
            trouves[cle].setdefault("nom", Indice("nom", f"même nom que {qualite}"))
        if chez := domaine(personne.courriel):
            for cle in self.par_domaine.get(chez, ()):
                trouves[cle]["domaine"] = Indice("domaine", f"même domaine de courriel, {chez}")
        for structure in personne.structures:
            for cle in self.par_structure.get(normaliser(structure), ()):
                trouves[cle]["structure"] = Indice("structure", f"même nom que la structure représentée, {structure}")
        return {cle: list(indices.values()) for cle, indices in trouves.items()}


def rapprocher(personnes, fiches):
    """{personne: {organisme: [indices]}}, sans les personnes dont rien ne rapproche d'un organisme."""
    repertoire = Repertoire(fiches)
    trouves = {personne.cle: repertoire.indices(personne) for personne in personnes}
    return {cle: organismes for cle, organismes in trouves.items() if organismes}
