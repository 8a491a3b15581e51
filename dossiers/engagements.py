"""Ce que l'organisme atteste et souscrit au dépôt : les textes, mot pour mot, et ce qu'on en garde."""

import hashlib
from typing import NamedTuple

# Le texte souscrit : en changer, c'est changer de version ; les dossiers déposés gardent la leur, avec son empreinte.
VERSION_CER = "Décret n° 2021-1947 du 31 décembre 2021, annexe"
ENGAGEMENTS = (
    (
        "Respecter les lois de la République",
        "sans se réclamer d’une croyance pour s’en affranchir, et sans entraîner à la violence ni au trouble.",
    ),
    (
        "Respecter la liberté de conscience",
        "de ses membres et des personnes accueillies, sans pression ni prosélytisme abusif.",
    ),
    ("Laisser chacun libre de partir", "l’adhésion est volontaire, et nul n’est exclu arbitrairement."),
    ("Traiter chacun également", "sans discrimination, et agir contre les violences sexistes et sexuelles."),
    ("Agir avec fraternité et prévenir la violence", "sans provoquer à la haine."),
    ("Respecter la dignité de chaque personne", "et protéger les plus fragiles, d’abord les enfants."),
    ("Respecter les symboles de la République", "le drapeau, l’hymne, la devise."),
)
TEXTE_CER = (
    "L’organisme souscrit au contrat d’engagement républicain (loi n° 2000-321 du 12 avril 2000, article 10-1 ; décret "
    "n° 2021-1947 du 31 décembre 2021), en informe ses membres et le respecte."
)
A_JOUR = (
    "L’organisme est à jour de ses obligations administratives, comptables, sociales et fiscales, déclarations et "
    "paiements compris."
)
EXACTES = (
    "Les informations de ce dossier sont exactes et sincères ; il dit toutes les demandes de subvention faites à "
    "d’autres financeurs publics."
)
CHARTE = (
    "L’organisme respecte les principes de la Charte des engagements réciproques du 14 février 2014, et les "
    "déclinaisons qui en découlent."
)
MOINS_500K = "500 000 € au plus"
PLUS_500K = "Plus de 500 000 €"
RAPPEL_PENAL = (
    "Toute fausse déclaration est passible de peines d’emprisonnement et d’amendes prévues par les articles 441-6 et "
    "441-7 du code pénal."
)


def compte(iban_fin):
    """Où la subvention est versée ; vide tant qu'aucun compte n'est enregistré."""
    if not iban_fin:
        return ""
    return f"La subvention, si elle est accordée, est versée au compte de l’organisme se terminant par {iban_fin}."


def textes_attestes(charte, iban_fin):
    """Les phrases de l'attestation ; la charte lie les associations et fondations."""
    return [A_JOUR, EXACTES, *([CHARTE] if charte else []), *filter(None, [compte(iban_fin)])]


def empreinte_du_contrat():
    texte = "\n".join([VERSION_CER, TEXTE_CER, *(f"{titre} : {suite}" for titre, suite in ENGAGEMENTS)])
    return hashlib.sha256(texte.encode()).hexdigest()


class Signature(NamedTuple):
    """Qui signe, et ce qu'il déclare.

    `signataire` : nom et qualité, quand ce n'est pas le représentant légal ; `pouvoir` est alors la pièce qui l'y
    autorise. `cer_par`, `cer_qualite` : qui souscrit le contrat ; vides, le représentant légal.
    """

    aides_plus_500k: bool | None = None
    signataire: str = ""
    pouvoir: object = None
    cer_par: str = ""
    cer_qualite: str = ""


def figer(dossier, signature, *, par, le):
    """Les engagements tels que la copie les garde."""
    organisme = dossier.organisme
    representant = f"{organisme.representant_prenom} {organisme.representant_nom}".strip()
    cer = {
        "par": signature.cer_par or representant,
        "qualite": signature.cer_qualite or organisme.representant_fonction,
        "version": VERSION_CER,
        "empreinte": empreinte_du_contrat(),
        "le": le.isoformat(),
    }
    return {
        "atteste_par": str(par),
        "atteste_le": le.isoformat(),
        "textes": textes_attestes(organisme.souscrit_cer, organisme.iban_fin),
        "aides_plus_500k": signature.aides_plus_500k,
        "signataire": signature.signataire,
        "pouvoir": signature.pouvoir.nom if signature.pouvoir else "",
        "cer": cer if organisme.souscrit_cer else None,
    }
