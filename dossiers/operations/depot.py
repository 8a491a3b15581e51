"""Les gestes qui engagent l'organisme : déposer, compléter, retirer."""

from django.db import transaction
from django.utils import timezone

from dossiers import budget, complements, copie, engagements
from dossiers.completude import manques
from dossiers.cycle_de_vie import franchir, verrouiller
from dossiers.etats import Etat
from dossiers.models import AideEtat, CopieDeposee
from dossiers.operations.refus import DepotImpossible, OperationRefusee
from dossiers.operations.saisie import dater_ecriture, ouvrir_a_l_ecriture

AIDES_ETAT_MAX = 20
PAR_LE_REPRESENTANT = engagements.Signature()


class EngagementManquant(DepotImpossible):
    """Il reste une case à cocher ou un nom à donner ; tout le reste est prêt."""


@transaction.atomic
def deposer(dossier, *, par, atteste=False, souscrit_cer=False, signature=PAR_LE_REPRESENTANT):
    """Dépose le dossier tant que l'appel est ouvert (l'heure du serveur fait foi), et en fige la copie.

    `atteste` : l'attestation sur l'honneur ; `souscrit_cer` : le contrat d'engagement républicain,
    exigé des associations et fondations (loi 2000-321, art. 10-1) ; `signature` : qui signe, et la réponse sur les
    500 000 € d'aides publiques. Lève DepotImpossible.
    """
    maintenant = timezone.now()
    dossier = verrouiller(dossier)
    if dossier.etat == Etat.BROUILLON:
        if not dossier.appel.est_ouvert(maintenant):
            cloture = timezone.localtime(dossier.appel.cloture_le)
            raise DepotImpossible(
                f"L’appel à projets est clos depuis le {cloture:%d/%m/%Y} à {cloture:%H} h {cloture:%M}. "
                "Votre dossier reste enregistré comme brouillon."
            )
        if liste := manques(dossier):
            raise DepotImpossible("Il manque encore des éléments pour déposer le dossier.", liste)
        _verifier_la_signature(dossier, atteste, souscrit_cer, signature)
    totaux = budget.totaux_du_dossier(dossier)
    fige = engagements.figer(dossier, signature, par=par, le=maintenant)
    donnees, rang = _figer(dossier, fige, par, maintenant)
    depose = franchir(
        dossier,
        "deposer",
        par=par,
        depose_le=maintenant,
        atteste_le=maintenant,
        atteste_par=str(par),
        cer_souscrit_le=maintenant if dossier.organisme.souscrit_cer else None,
        aides_plus_500k=signature.aides_plus_500k,
        signataire=signature.signataire,
        donnees={
            "recu_le": maintenant.isoformat(),
            "montant_sollicite": str(totaux.demande),
            "cout_total": str(totaux.charges),
            "copie": rang,
            "sha256_donnees": copie.empreinte(donnees),
        },
    )
    _garder(depose, donnees, rang, maintenant)
    return depose


def _verifier_la_signature(dossier, atteste, souscrit_cer, signature):
    if not atteste:
        raise EngagementManquant("Cochez l’attestation sur l’honneur pour déposer le dossier.")
    if dossier.organisme.souscrit_cer and not souscrit_cer:
        raise EngagementManquant("Souscrivez le contrat d’engagement républicain pour déposer le dossier.")
    if signature.aides_plus_500k is None:
        raise EngagementManquant(
            "Dites si l’organisme a reçu plus de 500 000 € d’aides publiques sur les trois derniers exercices."
        )
    if signature.signataire and signature.pouvoir is None:
        raise EngagementManquant(
            "Le signataire n’est pas le représentant légal : joignez le pouvoir qui l’autorise à signer."
        )
    if signature.pouvoir is not None and signature.pouvoir.dossier_id != dossier.pk:
        raise OperationRefusee("Ce pouvoir n’est pas joint à ce dossier.")


def _figer(dossier, fige, par, le):
    """Les valeurs de la copie suivante, et son rang ; le dossier est verrouillé, le rang ne se prend pas deux fois."""
    rang = dossier.copies.count() + 1
    depot = {"rang": rang, "le": le.isoformat(), "par": str(par)}
    return copie.figer(dossier, engagements=fige, depot=depot), rang


def _garder(dossier, donnees, rang, le):
    CopieDeposee.objects.create(
        dossier=dossier, rang=rang, donnees=donnees, sha256_donnees=copie.empreinte(donnees), cree_le=le
    )


@transaction.atomic
def completer(dossier, *, par):
    """Renvoie le dossier à l'examen quand tout l'indispensable est là, et en fige la copie."""
    maintenant = timezone.now()
    dossier = verrouiller(dossier)
    demande = dossier.demandes_complement.filter(repondue_le=None).first()
    elements = complements.etats(dossier, demande) if demande else []
    if dossier.etat == Etat.A_COMPLETER:
        attendus, liste = complements.ce_qui_bloque(dossier, elements)
        if attendus or liste:
            raise DepotImpossible("Il manque encore des éléments pour envoyer vos compléments.", liste, attendus)
    # L'attestation et le contrat du dépôt valent toujours.
    premiere = dossier.copies.first()
    donnees, rang = _figer(dossier, premiere and premiere.donnees["engagements"], par, maintenant)
    complete = franchir(
        dossier,
        "completer",
        par=par,
        donnees={
            "copie": rang,
            "sha256_donnees": copie.empreinte(donnees),
            "elements": [
                {
                    "libelle": etat.element.libelle,
                    "fourni": etat.fourni,
                    "reponse": etat.element.reponse,
                    "pieces": [piece.nom for piece in etat.pieces],
                }
                for etat in elements
            ],
        },
    )
    _garder(complete, donnees, rang, maintenant)
    if demande:
        demande.elements.filter(pk__in=[e.element.pk for e in elements if e.fourni]).update(fourni_le=maintenant)
        demande.repondue_le = maintenant
        demande.save(update_fields=["repondue_le"])
    return complete


@transaction.atomic
def declarer_aides_etat(dossier, aides, *, par):
    """Remplace les aides d'État déclarées ; `aides` : des AideEtat sans dossier, dans l'ordre."""
    dossier = ouvrir_a_l_ecriture(dossier, par)
    if len(aides) > AIDES_ETAT_MAX:
        raise OperationRefusee(f"Vous pouvez déclarer {AIDES_ETAT_MAX} aides au plus.")
    dossier.aides_etat.all().delete()
    for rang, aide in enumerate(aides):
        aide.dossier, aide.rang = dossier, rang
    AideEtat.objects.bulk_create(aides)
    return dater_ecriture(dossier)


def retirer(dossier, *, par, motif=""):
    """Le porteur retire sa demande ; il ne peut plus le faire une fois la décision prise."""
    return franchir(dossier, "retirer", par=par, donnees={"motif": motif.strip()})
