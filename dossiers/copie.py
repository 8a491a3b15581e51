"""La copie d'un dossier : toutes ses valeurs figées en JSON, leur empreinte, et le PDF qui en est tiré."""

import hashlib
import json
import re
from datetime import datetime

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from comptes.models.coffre import NATURES_CONFIDENTIELLES
from documents import dossier_complet, nombres
from dossiers import budget
from dossiers.models import Cible, Dossier, Financement, Piece
from dossiers.models.pieces import CONFIDENTIEL
from dossiers.rubriques import resume, rubriques

FORMAT = 1
FORMULAIRE = "12156*06"
CHAMPS_COLLECTIVITE = ("nom", "service_nom", "couleur")
CHAMPS_APPEL = ("intitule", "annee", "code", "sections")
CHAMPS_ORGANISME = (
    "nom", "sigle", "siret", "rna", "registre_local", "site_web", "adresse", "code_postal", "ville", "correspondance",
    "telephone", "courriel", "utilite_publique", "utilite_publique_le", "impots_commerciaux", "reseau",
    "adherents_personnes_morales", "effectifs_annee", "nb_benevoles", "nb_volontaires", "nb_salaries",
    "nb_emplois_aides", "etpt_salaries", "nb_mis_a_disposition", "nb_adherents", "titulaire_compte", "iban_fin",
)  # fmt: skip
CHAMPS_PERSONNE = ("civilite", "prenom", "nom", "fonction", "telephone", "courriel")
CHAMPS_DOSSIER = (
    "numero", "formulaire", "intitule", "objectifs_action", "description", "lieux", "moyens", "recrutement",
    "recrutement_etpt", "partenaires", "droit_commun", "participation", "resultats_attendus",
    "information_complementaire", "debut", "fin", "nb_annees", "public", "nb_beneficiaires", "part_qpv", "nb_femmes",
    "nb_hommes", "age_0_5", "age_6_15", "age_16_25", "age_26_49", "age_50_64", "age_65", "participation_financiere",
    "montant_minimum",
)  # fmt: skip
# Ce qu'une personne sans compte n'a pas à lire : comment joindre les gens, où arrive l'argent.
CONTACTS = ("telephone", "courriel")
COORDONNEES = ("telephone", "courriel", "correspondance", "iban_fin", "titulaire_compte")


def empreinte(donnees):
    """Le SHA-256 du JSON canonique : clés triées, sans espaces ; la base peut ranger les clés comme elle veut."""
    canonique = json.dumps(donnees, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()


def figer(dossier, *, engagements=None, depot=None, deja_lu=False):
    """Les valeurs du dossier, en JSON. `engagements` : l'attestation et le contrat ; `depot` : qui dépose, et quand.

    `deja_lu` : le dossier vient de `entier()` et n'a pas changé depuis ; sinon on le relit.
    """
    lu = dossier if deja_lu else entier(Dossier.objects.all()).get(pk=dossier.pk)
    totaux = budget.totaux_du_dossier(lu)
    return {
        "format": FORMAT,
        "formulaire": FORMULAIRE,
        "depot": depot,
        "engagements": engagements,
        "collectivite": _champs(lu.appel.collectivite, CHAMPS_COLLECTIVITE),
        "appel": _champs(lu.appel, CHAMPS_APPEL),
        "organisme": _organisme(lu.organisme),
        "dossier": _champs(lu, CHAMPS_DOSSIER) | {"renouvelle": lu.renouvelle.numero if lu.renouvelle else ""},
        "cibles": [_cible(cible) for cible in lu.cibles.all()],
        "moyens_humains": [_champs(m, ("nature", "nombre", "etpt")) for m in lu.moyens_humains.all()],
        "indicateurs": [_champs(i, ("libelle", "unite", "cible", "mesure")) for i in lu.indicateurs.all()],
        "demandes_annuelles": [_champs(d, ("annee", "montant")) for d in lu.demandes_annuelles.all()],
        "heures_benevoles": [_champs(h, ("tache", "heures", "taux")) for h in lu.heures_benevoles.all()],
        "aides_etat": [
            _champs(a, ("date_acte", "annees", "texte", "autorite", "montant")) for a in lu.aides_etat.all()
        ],
        "budget": {
            "lignes": [_ligne(ligne) for ligne in lu.lignes_budget.all()],
            "financements": [
                {
                    "financeur": f.financeur.nom,
                    "sigle": f.financeur.sigle,
                    "est_public": f.financeur.est_public,
                    "montant": str(f.montant_demande),
                }
                for f in lu.financements.all()
            ],
            "totaux": _totaux(totaux),
        },
        "budget_structure": _budget_structure(lu),
        "pieces": [_piece(piece) for piece in lu.pieces.all()],
    }


def pour_un_tiers(donnees):
    """Les mêmes valeurs, sans les coordonnées des personnes, le compte bancaire ni les pièces confidentielles."""
    organisme = {cle: valeur for cle, valeur in donnees["organisme"].items() if cle not in COORDONNEES}
    for personne in ("representant", "charge"):
        organisme[personne] = {cle: valeur for cle, valeur in organisme[personne].items() if cle not in CONTACTS}
    pieces = [piece for piece in donnees["pieces"] if not piece["confidentielle"]]
    return donnees | {"organisme": organisme, "pieces": pieces}


def composer(donnees):
    """Le PDF de ces valeurs ; sans dépôt, une épreuve datée de maintenant."""
    depot = donnees["depot"]
    etabli_le = timezone.localtime(datetime.fromisoformat(depot["le"]) if depot else None)
    return dossier_complet.composer(
        dossier_complet.DossierComplet(
            collectivite=donnees["collectivite"]["nom"],
            service=donnees["collectivite"]["service_nom"],
            couleur=donnees["collectivite"]["couleur"],
            numero=donnees["dossier"]["numero"],
            intitule=donnees["dossier"]["intitule"],
            organisme=donnees["organisme"]["nom"],
            appel=donnees["appel"]["intitule"],
            mention=_mention(depot, etabli_le),
            etabli_le=etabli_le,
            resume=resume(donnees),
            rubriques=rubriques(donnees),
            empreinte=empreinte(donnees) if depot else "",
            adresse_verification=f"{settings.URL_PUBLIQUE}/verifier/",
            epreuve=depot is None,
        )
    )


def _mention(depot, etabli_le):
    quand = f"le {nombres.date_longue(etabli_le)} à {nombres.heure(etabli_le)}"
    if depot is None:
        return f"Épreuve tirée {quand}, avant tout dépôt."
    if depot["rang"] == 1:
        return f"Copie du dossier déposé {quand} par {depot['par']}."
    return f"Copie du dossier complété {quand} par {depot['par']} (version {depot['rang']})."


def entier(dossiers):
    """Tout ce que porte un dossier, en un nombre fixe de requêtes."""
    return dossiers.select_related("appel__collectivite", "organisme", "renouvelle").prefetch_related(
        Prefetch(
            "cibles",
            Cible.objects.select_related("objectif__strategique__enjeu", "quartier").defer("quartier__contour"),
        ),
        Prefetch("financements", Financement.objects.select_related("financeur")),
        Prefetch("pieces", Piece.objects.select_related("demandee", "document")),
        "lignes_budget",
        "moyens_humains",
        "indicateurs",
        "demandes_annuelles",
        "heures_benevoles",
        "aides_etat",
        "organisme__agrements",
        "organisme__budgets__lignes",
    )


def _valeur(brute):
    """Ce que le JSON garde : les dates et les montants en texte, le reste tel quel."""
    return brute if brute is None or isinstance(brute, bool | int | str | list) else str(brute)


def _champs(objet, noms):
    return {nom: _valeur(getattr(objet, nom)) for nom in noms}


def _organisme(organisme):
    def personne(prefixe):
        return {nom: getattr(organisme, f"{prefixe}_{nom}", "") for nom in CHAMPS_PERSONNE}

    return {
        **_champs(organisme, CHAMPS_ORGANISME),
        "type": organisme.type,
        "type_libelle": organisme.get_type_display(),
        "souscrit_cer": organisme.souscrit_cer,
        "representant": personne("representant"),
        "charge": personne("charge"),
        "agrements": [_champs(a, ("type", "attribue_par", "date")) for a in organisme.agrements.all()],
    }


def _cible(cible):
    return {
        "enjeu": str(cible.objectif.strategique.enjeu),
        "objectif": cible.objectif.texte,
        "quartier": cible.quartier.nom,
        "code_qpv": cible.quartier.code_qpv,
    }


def _ligne(ligne):
    return {
        **_champs(ligne, ("sens", "compte", "libelle", "montant", "est_public", "firmete")),
        "libelle_compte": ligne.libelle_compte,
        "volontaire": ligne.est_volontaire,
    }


def _totaux(totaux):
    noms = ("charges", "produits", "emplois_volontaires", "ressources_volontaires", "public", "demande", "taux_demande")
    return {nom: str(getattr(totaux, nom)) for nom in noms}


def _budget_structure(dossier):
    """Celui de l'exercice de l'appel ; à défaut, le plus récent avant lui."""
    trouve = next((b for b in dossier.organisme.budgets.all() if b.annee <= dossier.appel.annee), None)
    if trouve is None:
        return None
    lignes = [
        {**_champs(li, ("sens", "compte", "montant")), "libelle_compte": budget.COMPTES[li.sens].get(li.compte, "")}
        for li in trouve.lignes.all()
    ]
    calcules = budget.totaliser([budget.Ligne(li.sens, li.compte, li.montant) for li in trouve.lignes.all()], [])
    return {**_champs(trouve, ("annee", "debut", "fin")), "lignes": lignes, "totaux": _totaux(calcules)}


def _confidentielle(piece):
    demandee, document = piece.demandee, piece.document
    return bool(
        (demandee and (demandee.confidentielle or demandee.nature in NATURES_CONFIDENTIELLES))
        or (document and document.nature in NATURES_CONFIDENTIELLES)
        or re.search(CONFIDENTIEL, f"{demandee.libelle if demandee else ''}\n{piece.nom}", re.IGNORECASE)
    )


def _piece(piece):
    return {
        "demandee": piece.demandee.libelle if piece.demandee else "",
        **_champs(piece, ("nom", "type_mime", "taille", "sha256")),
        "confidentielle": _confidentielle(piece),
    }
