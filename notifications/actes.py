"""Des faits aux lettres : figer les valeurs au moment du fait, puis composer le PDF depuis ces seules valeurs."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from documents import (
    accuse_reception,
    demande_pieces,
    notification_attribution,
    notification_irrecevabilite,
    notification_refus,
)
from documents.lettre import Destinataire, Emetteur, Protection, Recours, Reference, Signataire
from dossiers.budget import pourcentage
from dossiers.models import CopieDeposee
from dossiers.operations import date_rejet_implicite
from programmation.convention import convention_requise
from programmation.models import Acte, Decision

CHAMPS_COLLECTIVITE = (
    "nom",
    "adresse_complete",
    "ville",
    "service_nom",
    "service_telephone",
    "service_courriel",
    "signataire_prenom",
    "signataire_nom",
    "signataire_qualite",
    "tribunal_nom",
    "tribunal_adresse",
    "dpo_contact",
    "duree_conservation",
    "couleur",
)
CHAMPS_ORGANISME = (
    "nom",
    "siret",
    "adresse_lignes",
    "representant_civilite",
    "representant_prenom",
    "representant_nom",
    "representant_fonction",
)


def _commun(evenement, dossier):
    """Ce que toute lettre porte, recopié : elle ne doit pas changer si la fiche change avant sa composition."""
    return {
        "etabli_le": evenement.cree_le.isoformat(),
        **figer_fiches(dossier),
        "dossier": {
            "numero": dossier.numero,
            "intitule": dossier.intitule,
            "appel": dossier.appel.intitule,
            "annee": dossier.appel.annee,
        },
    }


def figer_fiches(dossier):
    """Les deux fiches ; un agent qui les complète après un échec les fait figer à nouveau en relançant l'acte."""
    collectivite, organisme = dossier.appel.collectivite, dossier.organisme
    return {
        "collectivite": {champ: getattr(collectivite, champ) for champ in CHAMPS_COLLECTIVITE},
        "organisme": {champ: getattr(organisme, champ) for champ in CHAMPS_ORGANISME},
    }


def figer_accuse(evenement, dossier):
    recu_le = datetime.fromisoformat(evenement.donnees["recu_le"])
    return {
        **_commun(evenement, dossier),
        "recu_le": recu_le.isoformat(),
        "montant_sollicite": evenement.donnees["montant_sollicite"],
        "rejet_implicite_le": date_rejet_implicite(recu_le).isoformat(),
        "periode_decision": dossier.appel.periode_decision,
        "copie": evenement.donnees.get("copie"),
    }


def figer_irrecevabilite(evenement, dossier):
    return {
        **_commun(evenement, dossier),
        "recu_le": dossier.depose_le.isoformat(),
        "motif": evenement.donnees["motif"],
    }


def figer_demande(evenement, dossier, url_dossier):
    """Les éléments viennent du fait : la demande a pu être prolongée ou close depuis."""
    return {
        **_commun(evenement, dossier),
        "recu_le": dossier.depose_le.isoformat(),
        "url_dossier": url_dossier,
        "message": evenement.donnees["message"],
        "limite_le": evenement.donnees["limite_le"],
        "elements": evenement.donnees.get("elements", []),
    }


def figer_attribution(evenement, dossier):
    cibles = list(dossier.cibles.select_related("objectif", "quartier"))
    cumul = Decision.objects.filter(
        dossier__organisme=dossier.organisme_id,
        dossier__appel__annee=dossier.appel.annee,
        dossier__appel__collectivite=dossier.appel.collectivite_id,
    ).aggregate(total=Sum("montant", default=Decimal(0)))["total"]
    return {
        **_commun(evenement, dossier),
        **evenement.donnees,
        "objectif": cibles[0].objectif.texte,
        "quartiers": list(dict.fromkeys(cible.quartier.nom for cible in cibles)),
        "debut": dossier.debut.isoformat(),
        "fin": dossier.fin.isoformat(),
        "iban_fin": dossier.organisme.iban_fin,
        "convention": convention_requise(cumul),
        # Six mois après la fin de l'exercice où l'action s'achève (loi 2000-321, art. 10).
        "compte_rendu_avant": date(dossier.fin.year + 1, 6, 30).isoformat(),
    }


def figer_refus(evenement, dossier):
    return {**_commun(evenement, dossier), **evenement.donnees}


def composer(acte):
    """Les octets du PDF, depuis les seules valeurs figées. Lève ChampManquant si l'une manque."""
    return COMPOSEURS[acte.nature](acte, acte.donnees)


def _local(texte):
    return timezone.localtime(datetime.fromisoformat(texte))


def _jour(texte):
    return date.fromisoformat(texte) if texte else None


def _montant(texte):
    return Decimal(str(texte))


def url_verification(acte):
    return f"{settings.URL_PUBLIQUE}/verifier/{acte.code}/"


def _lettre(acte, d):
    """Les parties communes à toutes les lettres."""
    c, o = d["collectivite"], d["organisme"]
    return {
        "emetteur": Emetteur(
            collectivite=c["nom"],
            adresse=c["adresse_complete"],
            service=c["service_nom"],
            telephone=c["service_telephone"],
            courriel=c["service_courriel"],
            lieu=c["ville"],
            couleur=c["couleur"],
        ),
        "destinataire": Destinataire(
            organisme=o["nom"],
            representant=f"{o['representant_prenom']} {o['representant_nom']}",
            fonction=o["representant_fonction"],
            adresse_lignes=tuple(o["adresse_lignes"]),
            civilite=o["representant_civilite"],
            siret=o["siret"],
        ),
        "reference": Reference(
            numero=acte.numero,
            date=_local(d["etabli_le"]),
            code=acte.code,
            url_verification=url_verification(acte),
        ),
        "signataire": Signataire(
            prenom=c["signataire_prenom"], nom=c["signataire_nom"], qualite=c["signataire_qualite"]
        ),
        "recours": Recours(tribunal_nom=c["tribunal_nom"], tribunal_adresse=c["tribunal_adresse"]),
        "dossier_numero": d["dossier"]["numero"],
        "action": d["dossier"]["intitule"],
    }


def copie_accusee(acte):
    """La copie dont l'accusé porte l'empreinte ; un dossier déposé avant qu'on en garde n'en a pas."""
    rang = acte.donnees.get("copie") if acte.nature == Acte.Nature.ACCUSE_RECEPTION else None
    return CopieDeposee.objects.get(dossier=acte.dossier_id, rang=rang) if rang else None


def _accuse(acte, d):
    c = d["collectivite"]
    copie = copie_accusee(acte)
    return accuse_reception.composer(
        accuse_reception.AccuseReception(
            **_lettre(acte, d),
            protection=Protection(duree_conservation=c["duree_conservation"], dpo_contact=c["dpo_contact"]),
            appel=d["dossier"]["appel"],
            recu_le=_local(d["recu_le"]),
            montant_sollicite=_montant(d["montant_sollicite"]),
            rejet_implicite_le=_jour(d["rejet_implicite_le"]),
            periode_decision=d["periode_decision"],
            empreinte_copie=copie.sha256 if copie else "",
        )
    )


def _irrecevabilite(acte, d):
    return notification_irrecevabilite.composer(
        notification_irrecevabilite.NotificationIrrecevabilite(
            **_lettre(acte, d),
            appel=d["dossier"]["appel"],
            recu_le=_local(d["recu_le"]),
            decision_date=_local(d["etabli_le"]).date(),
            motif=d["motif"],
        )
    )


def _demande(acte, d):
    return demande_pieces.composer(
        demande_pieces.DemandePieces(
            **_lettre(acte, d),
            recu_le=_local(d["recu_le"]),
            limite_le=_jour(d["limite_le"]),
            url_dossier=d["url_dossier"],
            message=d["message"],
            elements=tuple(
                demande_pieces.Element(e["libelle"], e["motif"], e["indispensable"], e["est_piece"])
                for e in d["elements"]
            ),
        )
    )


def _attribution(acte, d):
    accordes = [decision for decision in d["decisions"] if decision["sens"] == Decision.Sens.ACCORDE]
    montant, cout_total = _montant(d["montant_accorde"]), _montant(d["cout_total"])
    return notification_attribution.composer(
        notification_attribution.NotificationAttribution(
            **_lettre(acte, d),
            annee=d["dossier"]["annee"],
            deliberation_numero=d["deliberation"]["numero"],
            deliberation_date=_jour(d["deliberation"]["date"]),
            organe=d["deliberation"]["organe"],
            montant=montant,
            cout_total=cout_total,
            taux=pourcentage(montant, cout_total),
            parts=tuple(
                notification_attribution.Part(financeur=a["financeur"], montant=_montant(a["montant"]))
                for a in accordes
            ),
            objectif=d["objectif"],
            quartiers=_au_benefice(d["quartiers"]),
            debut=_jour(d["debut"]),
            fin=_jour(d["fin"]),
            modalites_versement=_modalites(accordes, d["convention"]),
            compte_rendu_avant=_jour(d["compte_rendu_avant"]),
            mention_financeurs=f"des financeurs ({', '.join(a['financeur'] for a in accordes)})",
            iban_fin=d["iban_fin"],
            reserves=d["reserves"],
            convention=d["convention"],
        )
    )


def _au_benefice(quartiers):
    if len(quartiers) == 1:
        return f"du quartier {quartiers[0]}"
    return f"des quartiers {', '.join(quartiers[:-1])} et {quartiers[-1]}"


def _modalites(accordes, convention):
    if convention:
        return "La subvention est versée selon la convention"
    if len(accordes) > 1:
        return "Chaque financeur verse sa part en une fois"
    return "La subvention est versée en une fois"


def _refus(acte, d):
    return notification_refus.composer(
        notification_refus.NotificationRefus(
            **_lettre(acte, d),
            montant_sollicite=_montant(d["montant_sollicite"]),
            organe=d["deliberation"]["organe"],
            decision_date=_jour(d["deliberation"]["date"]),
            motifs=tuple(notification_refus.Motif(m["code"], m["precision"]) for m in d["motifs"]),
            instance=f"la réunion « {d['instance_libelle']} »" if d["instance_libelle"] else "",
            instance_date=_jour(d["instance_date"]),
            deliberation_numero=d["deliberation"]["numero"],
            rang=d["rang"],
        )
    )


COMPOSEURS = {
    Acte.Nature.ACCUSE_RECEPTION: _accuse,
    Acte.Nature.IRRECEVABILITE: _irrecevabilite,
    Acte.Nature.DEMANDE_PIECES: _demande,
    Acte.Nature.ATTRIBUTION: _attribution,
    Acte.Nature.REFUS: _refus,
}
