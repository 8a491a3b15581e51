"""Les verbes du dossier : chacun vérifie la personne et l'état, écrit, et laisse un fait."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, Q
from django.utils import timezone

from appels.models import Appel, ObjectifOperationnel
from dossiers import budget
from dossiers.completude import manques
from dossiers.cycle_de_vie import RETOURS, TransitionInterdite, franchir, verrouiller
from dossiers.etats import Etat, Issue
from dossiers.models import Cible, DemandeComplement, Dossier, Financement, LigneBudget, Piece
from dossiers.pieces import controler
from journal.publication import publier

DELAI_COMPLEMENT_MIN = timedelta(days=1)
PIECES_MAX = 40
# Ce que le formulaire écrit ; tout le reste (état, dates, issue) découle d'un verbe.
CHAMPS_DE_SAISIE = {
    "intitule",
    "description",
    "moyens",
    "partenaires",
    "resultats_attendus",
    "debut",
    "fin",
    "public",
    "nb_beneficiaires",
    "part_qpv",
}


class OperationRefusee(Exception):
    """Un refus expliqué à la personne, en français ; rien n'a changé."""


class DepotImpossible(OperationRefusee):
    """Le dossier ne peut pas être déposé ; `manques` dit pourquoi, avec où le réparer."""

    def __init__(self, message, manques=()):
        super().__init__(message)
        self.manques = list(manques)


class EcritureConcurrente(OperationRefusee):
    """Quelqu'un d'autre a enregistré entre-temps."""


@transaction.atomic
def commencer(appel, organisme, *, par, renouvelle=None):
    """Ouvre un brouillon numéroté. Un second appel rapproché rend le brouillon vide déjà ouvert (double clic)."""
    if organisme.pk not in par.ids_organismes:
        raise OperationRefusee("Vous n’êtes pas membre de cet organisme.")
    appel = Appel.objects.select_for_update().get(pk=appel.pk)
    if not appel.est_ouvert():
        raise OperationRefusee("Le dépôt n’est pas ouvert pour cet appel à projets.")
    vierge = Dossier.objects.filter(appel=appel, organisme=organisme, etat=Etat.BROUILLON, intitule="", version=0)
    if existant := vierge.first():
        return existant
    Appel.objects.filter(pk=appel.pk).update(dernier_numero=F("dernier_numero") + 1)
    appel.refresh_from_db(fields=["dernier_numero"])
    dossier = Dossier.objects.create(
        appel=appel,
        organisme=organisme,
        numero=f"{appel.annee}-{appel.code}-{appel.dernier_numero:04d}",
        renouvelle=renouvelle,
        cree_par=par,
        cree_le=timezone.now(),
    )
    publier("dossier.commencer", dossier, par=par)
    return dossier


def _ouvrir_a_l_ecriture(dossier, par, version):
    """Verrouille le dossier, vérifie que la personne peut écrire et que personne n'a écrit depuis."""
    verrouille = verrouiller(dossier)
    if verrouille.organisme_id not in par.ids_organismes:
        raise TransitionInterdite("Seuls les membres de l’organisme modifient ce dossier.")
    if not verrouille.est_modifiable:
        raise OperationRefusee(f"Le dossier est « {verrouille.get_etat_display().lower()} » : il ne se modifie plus.")
    if version is not None and version != verrouille.version:
        raise EcritureConcurrente(
            "Une autre personne de votre organisme a enregistré ce dossier pendant que vous écriviez. "
            "Votre saisie est conservée ci-dessous : relisez, puis enregistrez à nouveau pour la garder."
        )
    return verrouille


def _marquer_ecriture(dossier):
    dossier.version += 1
    dossier.save(update_fields=["version", "modifie_le"])
    return dossier


def _dater_ecriture(dossier):
    """Une pièce jointe n'écrase aucun texte : elle ne périme pas la saisie d'une collègue."""
    dossier.save(update_fields=["modifie_le"])
    return dossier


@transaction.atomic
def enregistrer(dossier, *, par, version=None, **champs):
    """Enregistre des champs de texte, de dates ou de public. Lève EcritureConcurrente si `version` est dépassée."""
    if inconnus := set(champs) - CHAMPS_DE_SAISIE:
        raise ValueError(f"Ces champs ne se saisissent pas : {', '.join(sorted(inconnus))}.")
    dossier = _ouvrir_a_l_ecriture(dossier, par, version)
    for champ, valeur in champs.items():
        setattr(dossier, champ, valeur)
    dossier.version += 1
    dossier.save(update_fields=[*champs, "version", "modifie_le"])
    return dossier


def objectifs_proposes(appel):
    """Les objectifs retenus par l'appel ; à défaut, tous ceux de sa convention."""
    retenus = Appel.objectifs.through.objects.filter(appel=appel)
    return ObjectifOperationnel.objects.filter(
        Q(pk__in=retenus.values("objectifoperationnel")) | ~Exists(retenus),
        strategique__enjeu__convention=appel.convention_id,
    )


@transaction.atomic
def viser(dossier, couples, *, par, version=None):
    """Remplace les cibles par ces couples (objectif, quartier), dans l'ordre ; le premier est principal."""
    dossier = _ouvrir_a_l_ecriture(dossier, par, version)
    couples = list(dict.fromkeys(couples))
    objectifs = set(objectifs_proposes(dossier.appel).values_list("pk", flat=True))
    quartiers = set(dossier.appel.convention.quartiers.values_list("pk", flat=True))
    if any(objectif.pk not in objectifs or quartier.pk not in quartiers for objectif, quartier in couples):
        raise OperationRefusee("Choisissez des objectifs et des quartiers proposés par cet appel à projets.")
    dossier.cibles.all().delete()
    Cible.objects.bulk_create(
        Cible(dossier=dossier, objectif=objectif, quartier=quartier, ordre=ordre)
        for ordre, (objectif, quartier) in enumerate(couples)
    )
    return _marquer_ecriture(dossier)


@transaction.atomic
def chiffrer(dossier, lignes, demandes, *, par, version=None):
    """Remplace le budget. `lignes` : des LigneBudget sans dossier ; `demandes` : {financeur: montant}."""
    dossier = _ouvrir_a_l_ecriture(dossier, par, version)
    if any(ligne.compte not in budget.COMPTES[ligne.sens] for ligne in lignes):
        raise OperationRefusee("Un compte de ce budget n’existe pas dans le plan de l’appel à projets.")
    if any(montant < 0 for montant in (*(ligne.montant for ligne in lignes), *demandes.values())):
        raise OperationRefusee("Un montant du budget est négatif.")
    connus = set(dossier.appel.financeurs.values_list("pk", flat=True))
    if any(financeur.pk not in connus for financeur in demandes):
        raise OperationRefusee("Ce financeur ne participe pas à cet appel à projets.")
    dossier.lignes_budget.all().delete()
    for ordre, ligne in enumerate(lignes):
        ligne.dossier, ligne.ordre = dossier, ordre
    LigneBudget.objects.bulk_create(lignes)
    dossier.financements.all().delete()
    Financement.objects.bulk_create(
        Financement(dossier=dossier, financeur=financeur, montant_demande=montant)
        for financeur, montant in demandes.items()
        if montant
    )
    return _marquer_ecriture(dossier)


@transaction.atomic
def joindre(dossier, fichier, *, par, demandee=None):
    """Joint un fichier contrôlé par son contenu ; le même fichier joint deux fois n'est gardé qu'une."""
    controle = controler(fichier)
    dossier = _ouvrir_a_l_ecriture(dossier, par, None)
    if demandee is not None and demandee.appel_id != dossier.appel_id:
        raise OperationRefusee("Cette pièce n’est pas demandée par cet appel à projets.")
    if deja := dossier.pieces.filter(sha256=controle.sha256, demandee=demandee).first():
        return deja
    if dossier.pieces.count() >= PIECES_MAX:
        raise OperationRefusee(f"Un dossier compte {PIECES_MAX} pièces au plus. Retirez-en une, ou réunissez-les.")
    piece = Piece.objects.create(
        dossier=dossier,
        demandee=demandee,
        fichier=fichier,
        nom=controle.nom,
        type_mime=controle.type_mime,
        taille=controle.taille,
        sha256=controle.sha256,
        jointe_par=par,
        jointe_le=timezone.now(),
    )
    _dater_ecriture(dossier)
    return piece


@transaction.atomic
def remplacer(piece, fichier, *, par):
    """Joint la nouvelle version, puis retire l'ancienne : un fichier refusé laisse l'ancienne en place."""
    nouvelle = joindre(piece.dossier, fichier, par=par, demandee=piece.demandee)
    if nouvelle.pk != piece.pk:
        enlever(piece, par=par)
    return nouvelle


@transaction.atomic
def enlever(piece, *, par):
    """Retire une pièce ; le fichier est effacé une fois la transaction validée."""
    dossier = _ouvrir_a_l_ecriture(piece.dossier, par, None)
    fichier = piece.fichier
    piece.delete()
    transaction.on_commit(lambda: fichier.delete(save=False), robust=True)
    return _dater_ecriture(dossier)


@transaction.atomic
def supprimer_brouillon(dossier, *, par):
    dossier = verrouiller(dossier)
    if dossier.etat != Etat.BROUILLON or dossier.organisme_id not in par.ids_organismes:
        raise TransitionInterdite("Seul un brouillon de votre organisme se supprime.")
    fichiers = [piece.fichier for piece in dossier.pieces.all()]
    publier("dossier.supprimer_brouillon", dossier, par=par, numero=dossier.numero)
    dossier.delete()
    for fichier in fichiers:
        transaction.on_commit(lambda f=fichier: f.delete(save=False), robust=True)


@transaction.atomic
def deposer(dossier, *, par, atteste=False, souscrit_cer=False):
    """Dépose le dossier tant que l'appel est ouvert (l'heure du serveur fait foi).

    `atteste` : l'attestation sur l'honneur ; `souscrit_cer` : le contrat d'engagement républicain,
    exigé des associations et fondations (loi 2000-321, art. 10-1). Lève DepotImpossible.
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
        if not atteste:
            raise DepotImpossible("Cochez l’attestation sur l’honneur pour déposer le dossier.")
        if dossier.organisme.souscrit_cer and not souscrit_cer:
            raise DepotImpossible("Souscrivez le contrat d’engagement républicain pour déposer le dossier.")
    totaux = budget.totaux_du_dossier(dossier)
    return franchir(
        dossier,
        "deposer",
        par=par,
        depose_le=maintenant,
        atteste_le=maintenant,
        atteste_par=str(par),
        cer_souscrit_le=maintenant if dossier.organisme.souscrit_cer else None,
        donnees={
            "recu_le": maintenant.isoformat(),
            "montant_sollicite": str(totaux.demande),
            "cout_total": str(totaux.charges),
        },
    )


@transaction.atomic
def demander_complement(dossier, *, par, message, limite_le):
    """Suspend le délai de rejet implicite jusqu'à la réponse, au plus tard `limite_le` (CRPA, art. L. 114-5)."""
    if not message.strip():
        raise OperationRefusee("Dites ce qui manque : le porteur reçoit ce texte.")
    if limite_le < timezone.localdate() + DELAI_COMPLEMENT_MIN:
        raise OperationRefusee("La date limite laisse au moins un jour au porteur.")
    dossier = franchir(
        dossier,
        "demander_complement",
        par=par,
        donnees={"message": message.strip(), "limite_le": limite_le.isoformat()},
    )
    DemandeComplement.objects.create(
        dossier=dossier,
        message=message.strip(),
        limite_le=limite_le,
        demandee_par=par,
        demandee_le=timezone.now(),
    )
    return dossier


@transaction.atomic
def completer(dossier, *, par):
    """Renvoie le dossier à l'examen ; ce qui manquerait pour déposer empêche aussi de répondre."""
    dossier = verrouiller(dossier)
    if dossier.etat == Etat.A_COMPLETER and (liste := manques(dossier)):
        raise DepotImpossible("Il manque encore des éléments pour envoyer vos compléments.", liste)
    dossier = franchir(dossier, "completer", par=par)
    dossier.demandes_complement.filter(repondue_le=None).update(repondue_le=timezone.now())
    return dossier


@transaction.atomic
def reprendre_examen(dossier, *, par):
    """L'agent reprend l'examen sans réponse, une fois la date limite passée."""
    demande = DemandeComplement.objects.filter(dossier=dossier, repondue_le=None).first()
    if demande and demande.limite_le >= timezone.localdate():
        raise OperationRefusee(f"Le porteur a jusqu’au {demande.limite_le:%d/%m/%Y} pour répondre.")
    dossier = franchir(dossier, "reprendre_examen", par=par)
    dossier.demandes_complement.filter(repondue_le=None).update(repondue_le=timezone.now())
    return dossier


def declarer_recevable(dossier, *, par):
    return franchir(dossier, "declarer_recevable", par=par, recevable_le=timezone.now())


def declarer_irrecevable(dossier, *, par, motif):
    if not motif.strip():
        raise OperationRefusee("Donnez le motif de l’irrecevabilité : il figure dans la lettre.")
    return franchir(
        dossier,
        "declarer_irrecevable",
        par=par,
        issue=Issue.IRRECEVABLE,
        motif_irrecevabilite=motif.strip(),
        donnees={"motif": motif.strip()},
    )


def mettre_en_evaluation(dossier, *, par, **donnees):
    return franchir(dossier, "mettre_en_evaluation", par=par, donnees=donnees)


def constater_avis(dossier, *, par, **donnees):
    return franchir(dossier, "constater_avis", par=par, donnees=donnees)


def programmer(dossier, *, par):
    return franchir(dossier, "programmer", par=par)


def decider(dossier, *, par, accorde, donnees):
    """L'issue suit les décisions des financeurs ; `donnees` recopie ce que la lettre dira."""
    return franchir(
        dossier,
        "decider",
        par=par,
        issue=Issue.ACCORDE if accorde else Issue.REFUSE,
        decide_le=timezone.now(),
        donnees=donnees,
    )


def constater_notification(dossier, *, acte_id, acte_numero):
    return franchir(
        dossier,
        "constater_notification",
        par=None,
        notifie_le=timezone.now(),
        donnees={"acte_id": acte_id, "acte_numero": acte_numero},
    )


def demarrer(dossier, *, par):
    return franchir(dossier, "demarrer", par=par)


def rendre_bilan(dossier, *, par):
    return franchir(dossier, "rendre_bilan", par=par)


def clore(dossier, *, par):
    return franchir(dossier, "clore", par=par)


def retirer(dossier, *, par, motif=""):
    """Le porteur retire sa demande ; il ne peut plus le faire une fois la décision prise."""
    return franchir(dossier, "retirer", par=par, donnees={"motif": motif.strip()})


def revenir(dossier, nom, *, par, motif):
    """Un pas en arrière pour corriger ou réexaminer ; le motif reste au journal."""
    if nom not in RETOURS:
        raise OperationRefusee("Ce retour n’existe pas.")
    if not motif.strip():
        raise OperationRefusee("Dites pourquoi le dossier revient en arrière : l’historique le garde.")
    champs = {"recevable_le": None} if nom == "revenir_au_depot" else {}
    return franchir(dossier, nom, par=par, donnees={"motif": motif.strip()}, **champs)


def plus_deux_mois(jour):
    """Deux mois de date à date, ramenés à la fin du mois s'il le faut (31/12 → 28/02)."""
    mois = jour.month + 2
    annee, mois = jour.year + (mois - 1) // 12, (mois - 1) % 12 + 1
    for quantieme in (jour.day, 30, 29, 28):
        try:
            return date(annee, mois, quantieme)
        except ValueError:
            continue
    raise AssertionError("Un mois compte au moins vingt-huit jours.")


def date_rejet_implicite(recu_le, demandes=()):
    """Le jour où le silence vaudrait rejet (CRPA, art. L. 231-4, 3°), heure de Paris.

    Chaque demande de pièces suspend le délai du jour où elle part à celui de la réponse, sans dépasser
    la date limite (art. L. 114-5). C'est une information : aucun état ne change à cette date.
    """
    jour = plus_deux_mois(timezone.localtime(recu_le).date())
    for demande in demandes:
        debut = timezone.localtime(demande.demandee_le).date()
        fin = (
            min(timezone.localtime(demande.repondue_le).date(), demande.limite_le)
            if demande.repondue_le
            else demande.limite_le
        )
        jour += max(fin - debut, timedelta(0))
    return jour
