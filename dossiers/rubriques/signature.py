"""La rubrique 7, ce que l’organisme atteste et souscrit ; puis les pièces."""

from decimal import Decimal

from documents.dossier_complet import Cases, Partie, Recit, Renseignements, Tableau
from dossiers import engagements
from dossiers.rubriques.ecriture import euros, instant, jour, nombre


def attestations(donnees):
    e = donnees["engagements"] or {}
    o = donnees["organisme"]
    textes = e.get("textes") or engagements.textes_attestes(o["souscrit_cer"], o.get("iban_fin", ""))
    blocs = [Cases("Le signataire atteste sur l’honneur :", tuple((bool(e), texte) for texte in textes))]
    if e:
        seuil = engagements.PLUS_500K if e["aides_plus_500k"] else engagements.MOINS_500K
        lignes = [("Aides publiques sur trois exercices", seuil)] if e["aides_plus_500k"] is not None else []
        lignes += [("Attesté par", e["atteste_par"]), ("Horodatage", instant(e["atteste_le"]))]
        if e["signataire"]:
            lignes.insert(-1, ("Signataire, par délégation", e["signataire"]))
            lignes.insert(-1, ("Pouvoir joint", e["pouvoir"]))
        blocs.append(Renseignements(tuple(lignes)))
    else:
        blocs.append(Recit("", "Rien n’est encore attesté : l’attestation se signe au dépôt."))
    blocs.append(Recit("", engagements.RAPPEL_PENAL))
    yield Partie("relecture", "Attestation sur l’honneur", tuple(blocs))
    if "aides_etat" in donnees["appel"]["sections"] or donnees["aides_etat"]:
        yield _aides_etat(donnees)
    if o["souscrit_cer"]:
        yield _contrat(e.get("cer"))


def _aides_etat(donnees):
    return Partie(
        "relecture",
        "7 bis. Aides d’État déjà reçues",
        (
            Tableau(
                "",
                ("Date de l’acte", "Années", "Texte européen", "Autorité publique", "Montant"),
                tuple(
                    (jour(a["date_acte"]), a["annees"], a["texte"], a["autorite"], euros(a["montant"]))
                    for a in donnees["aides_etat"]
                ),
                a_droite=(4,),
                vide="Aucune aide relevant d’un texte européen n’est déclarée.",
                poids=(1.3, 1, 2, 2, 1.2),
            ),
        ),
    )


def _contrat(cer):
    blocs = [Cases("", ((bool(cer), engagements.TEXTE_CER),))]
    if cer:
        blocs.append(
            Renseignements(
                (
                    ("Souscrit par", ", ".join(filter(None, (cer["par"], cer["qualite"])))),
                    ("Version du texte", cer["version"]),
                    ("Empreinte du texte", cer["empreinte"]),
                    ("Horodatage", instant(cer["le"])),
                )
            )
        )
    return Partie("relecture", "Contrat d’engagement républicain", tuple(blocs))


def pieces(donnees, empreintes=True):
    """À l'écran, sans les empreintes : elles ne servent qu'à prouver."""
    colonnes = ("Pièce", "Fichier", "Taille", "Empreinte SHA-256")
    lignes = [(p["demandee"] or "Autre pièce", p["nom"], _taille(p["taille"]), p["sha256"]) for p in donnees["pieces"]]
    combien = len(colonnes) if empreintes else len(colonnes) - 1
    return Partie(
        "pieces",
        "",
        (
            Tableau(
                "",
                colonnes[:combien],
                tuple(ligne[:combien] for ligne in lignes),
                a_droite=(2,),
                vide="Aucune pièce jointe.",
                poids=(1.6, 1.6, 0.8, 2.4)[:combien],
            ),
        ),
    )


def _taille(octets):
    if octets < 1024 * 1024:
        return f"{max(1, round(octets / 1024))}\u00a0Ko"
    return f"{nombre(round(Decimal(octets) / (1024 * 1024), 1))}\u00a0Mo"
