"""Les habitants : préparer les fiches, recueillir leurs réponses en ligne ou sur papier, leur dire ce qui a changé."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from comptes.models import Partenaire, Role
from dossiers.cycle_de_vie import verrouiller
from dossiers.etats import Etat
from evaluation.habitants import attend_des_reponses
from evaluation.models import AvisCitoyen, Deport, FicheHabitant, MembreReunion, SuiteCitoyenne
from evaluation.operations.communs import OperationRefusee, conduire, ouverte, verrouiller_reunion
from journal.publication import publier

TROP_TARD = "La réunion a rendu son avis sur ce projet : les réponses ne changent plus."
FERMEE = "Cette fiche n’est pas ouverte aux réponses en ligne."


@transaction.atomic
def preparer_fiches(reunion, *, par):
    """Une fiche par dossier et par conseil citoyen ; refaite, elle n'ajoute que ce qui manque. Rend les nouvelles."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    if not reunion.est_thematique:
        raise OperationRefusee("Cette réunion n’examine pas de dossiers : elle n’a pas de fiches habitant.")
    conseils = list(reunion.collectivite.partenaires.filter(type=Partenaire.Type.CONSEIL_CITOYEN).order_by("pk"))
    if not conseils:
        raise OperationRefusee("Aucun conseil citoyen n’est inscrit parmi les partenaires de la collectivité.")
    dossiers = [p.dossier for p in reunion.passages.select_related("dossier") if p.dossier.etat != Etat.RETIRE]
    if not dossiers:
        raise OperationRefusee("Inscrivez d’abord des dossiers à l’ordre du jour.")
    # Un dossier ajourné passe dans une autre réunion : sa fiche et ses réponses le suivent.
    FicheHabitant.objects.filter(dossier__in=dossiers).exclude(reunion=reunion).update(reunion=reunion)
    deja = set(FicheHabitant.objects.filter(dossier__in=dossiers).values_list("dossier_id", "conseil_id"))
    fermee_le = timezone.now() if reservee_aux_conseils(reunion) else None
    nouvelles = FicheHabitant.objects.bulk_create(
        FicheHabitant(dossier=dossier, reunion=reunion, conseil=conseil, editee_par=par, fermee_le=fermee_le)
        for dossier in dossiers
        for conseil in conseils
        if (dossier.pk, conseil.pk) not in deja
    )
    if nouvelles:
        publier("reunion.preparer_fiches", reunion, par=par, nombre=len(nouvelles))
        for dossier in {fiche.dossier for fiche in nouvelles}:
            publier("dossier.preparer_fiche_habitant", dossier, par=par, reunion_id=reunion.pk)
    return nouvelles


def reservee_aux_conseils(reunion):
    """Toutes ses fiches sont fermées aux réponses par code : une nouvelle naît fermée aussi."""
    fiches = list(reunion.fiches_habitant.values_list("fermee_le", flat=True))
    return bool(fiches) and all(fiches)


@transaction.atomic
def ouvrir_aux_habitants(reunion, ouvrir, *, par, fiche=None):
    """Ouvre ou ferme la page par code, d'une fiche ou de toutes ; les conseils citoyens répondent toujours."""
    reunion = ouverte(verrouiller_reunion(reunion, par))
    fiches = reunion.fiches_habitant.filter(fermee_le__isnull=not ouvrir)
    if fiche is not None:
        fiches = fiches.filter(pk=fiche.pk)
    if fiches.update(fermee_le=None if ouvrir else timezone.now()):
        donnees = {"fiche_id": fiche.pk} if fiche else {}
        publier("reunion.ouvrir_fiches" if ouvrir else "reunion.reserver_fiches", reunion, par=par, **donnees)


def _fiche_ouverte(fiche):
    """La fiche relue sous le verrou de son dossier : rendre l'avis et répondre ne se croisent pas."""
    verrouiller(fiche.dossier)
    fiche = FicheHabitant.objects.select_related("reunion", "dossier", "conseil").get(pk=fiche.pk)
    if not attend_des_reponses(fiche):
        raise OperationRefusee(TROP_TARD)
    return fiche


def _reponses(utile, pour_qui, que_manque_t_il):
    if utile not in AvisCitoyen.Utile.values:
        raise OperationRefusee("Dites si ce projet est utile ici.")
    return {"utile": utile, "pour_qui": pour_qui.strip(), "que_manque_t_il": que_manque_t_il.strip()}


@transaction.atomic
def repondre_par_code(fiche, *, jeton, utile, pour_qui="", que_manque_t_il=""):
    """Un habitant sans compte : une réponse par appareil, qu'il reprend tant que l'avis n'est pas rendu."""
    fiche = _fiche_ouverte(fiche)
    if fiche.fermee_le:
        raise OperationRefusee(FERMEE)
    if not jeton:
        raise OperationRefusee("Votre téléphone n’a pas gardé le témoin qui évite les doubles réponses. Réessayez.")
    avis, cree = AvisCitoyen.objects.update_or_create(
        fiche=fiche,
        jeton=jeton,
        defaults=_reponses(utile, pour_qui, que_manque_t_il),
        create_defaults={**_reponses(utile, pour_qui, que_manque_t_il), "origine": AvisCitoyen.Origine.EN_LIGNE},
    )
    publier("habitants.repondre" if cree else "habitants.corriger", fiche, avis_id=avis.pk)
    return avis


def conseil_de(utilisateur, collectivite_id):
    """Le conseil citoyen que la personne représente dans cette collectivité."""
    return Partenaire.objects.filter(
        affectations__utilisateur=utilisateur,
        affectations__role=Role.CITOYEN,
        affectations__collectivite=collectivite_id,
    ).first()


@transaction.atomic
def repondre_en_conseil(dossier, *, par, utile, pour_qui="", que_manque_t_il=""):
    """Un membre d'un conseil citoyen convié à la réunion : une réponse par personne, sur la fiche de son conseil."""
    dossier = verrouiller(dossier)
    membre = (
        MembreReunion.objects.select_related("reunion")
        .filter(reunion__passages__dossier=dossier, utilisateur=par)
        .first()
    )
    conseil = membre and conseil_de(par, membre.reunion.collectivite_id)
    if conseil is None:
        raise OperationRefusee("Les trois questions s’adressent aux conseils citoyens conviés à la réunion.")
    if Deport.objects.filter(dossier=dossier, utilisateur=par).exists():
        raise OperationRefusee("Vous vous êtes déporté de ce dossier.")
    if dossier.organisme_id in par.ids_organismes:
        raise OperationRefusee("Vous êtes membre de l’organisme qui porte ce dossier : déclarez un conflit d’intérêts.")
    reponses = _reponses(utile, pour_qui, que_manque_t_il)
    # Un membre peut répondre avant que le service ait imprimé les fiches.
    fiche, _ = FicheHabitant.objects.get_or_create(
        dossier=dossier, conseil=conseil, defaults={"reunion": membre.reunion}
    )
    fiche.dossier = dossier
    if fiche.reunion_id != membre.reunion_id:
        fiche.reunion = membre.reunion
        fiche.save(update_fields=["reunion"])
    if not attend_des_reponses(fiche):
        raise OperationRefusee(TROP_TARD)
    avis, cree = AvisCitoyen.objects.update_or_create(
        fiche=fiche,
        utilisateur=par,
        defaults=reponses,
        create_defaults={**reponses, "origine": AvisCitoyen.Origine.EN_LIGNE},
    )
    publier("habitants.repondre" if cree else "habitants.corriger", fiche, par=par, avis_id=avis.pk)
    return avis


def _agent_de(fiche, par):
    conduire(fiche.reunion.collectivite_id, par)
    if Deport.objects.filter(dossier=fiche.dossier_id, utilisateur=par).exists():
        raise OperationRefusee("Vous vous êtes déporté de ce dossier : un autre agent s’en charge.")


@transaction.atomic
def saisir_papier(fiche, *, par, jeton, utile, pour_qui="", que_manque_t_il=""):
    """Recopie une feuille ; le même formulaire envoyé deux fois ne compte qu'une fois."""
    fiche = _fiche_ouverte(fiche)
    _agent_de(fiche, par)
    avis, cree = AvisCitoyen.objects.get_or_create(
        fiche=fiche,
        jeton=jeton,
        defaults={
            **_reponses(utile, pour_qui, que_manque_t_il), "origine": AvisCitoyen.Origine.PAPIER, "saisi_par": par,
        },
    )  # fmt: skip
    if cree:
        publier("habitants.saisir_papier", fiche, par=par, avis_id=avis.pk)
    return avis


def derniere_saisie(fiche, par):
    """La dernière feuille recopiée par cette personne : la seule qu'elle corrige ou supprime."""
    return fiche.avis.filter(origine=AvisCitoyen.Origine.PAPIER, saisi_par=par).order_by("pk").last()


def _la_derniere(fiche, par, avis_pk):
    fiche = _fiche_ouverte(fiche)
    _agent_de(fiche, par)
    avis = derniere_saisie(fiche, par)
    if avis is None or avis.pk != avis_pk:
        raise OperationRefusee("Seule la dernière feuille que vous avez recopiée se corrige.")
    return fiche, avis


@transaction.atomic
def corriger_papier(fiche, avis_pk, *, par, utile, pour_qui="", que_manque_t_il=""):
    fiche, avis = _la_derniere(fiche, par, avis_pk)
    for champ, valeur in _reponses(utile, pour_qui, que_manque_t_il).items():
        setattr(avis, champ, valeur)
    avis.save()
    publier("habitants.corriger", fiche, par=par, avis_id=avis.pk)
    return avis


@transaction.atomic
def supprimer_papier(fiche, avis_pk, *, par):
    fiche, avis = _la_derniere(fiche, par, avis_pk)
    avis.delete()
    publier("habitants.supprimer_papier", fiche, par=par, avis_id=avis_pk)


@transaction.atomic
def rediger_suite(fiche, *, par, texte):
    """Garde ce que l'avis des habitants a changé ; un texte déjà publié se corrige sans prévenir de nouveau."""
    fiche = FicheHabitant.objects.select_for_update(of=("self",)).select_related("reunion").get(pk=fiche.pk)
    _agent_de(fiche, par)
    if not texte.strip():
        raise OperationRefusee("Écrivez ce que l’avis des habitants a changé, ou pourquoi il n’a rien changé.")
    if not fiche.avis.exists():
        raise OperationRefusee("Personne n’a répondu sur cette fiche : il n’y a rien à dire de son effet.")
    suite, _ = SuiteCitoyenne.objects.update_or_create(
        fiche=fiche, defaults={"texte": texte.strip(), "redigee_par": par}
    )
    publier("habitants.rediger_suite", fiche, par=par, publiee=bool(suite.publiee_le))
    return suite


@transaction.atomic
def publier_suites(reunion, conseil, *, par):
    """Publie les textes prêts d'un conseil pour une réunion ; ses membres reçoivent un seul courriel."""
    reunion = verrouiller_reunion(reunion, par)
    fiches = list(
        reunion.fiches_habitant.filter(conseil=conseil, suite__isnull=False, suite__publiee_le=None)
        .filter(Q(dossier__avis__isnull=False) | Q(dossier__etat=Etat.RETIRE))
        .exclude(dossier__deports__utilisateur=par)
        .exclude(dossier__etat=Etat.EN_EVALUATION)
        .select_related("dossier")
    )
    if not fiches:
        raise OperationRefusee("Aucun texte n’est prêt : écrivez-en un sur un projet dont l’avis est rendu.")
    publiees = SuiteCitoyenne.objects.filter(fiche__in=fiches, publiee_le=None).update(publiee_le=timezone.now())
    publier("reunion.publier_suites", reunion, par=par, conseil_id=conseil.pk, fiches=[f.pk for f in fiches])
    for fiche in fiches:
        publier("dossier.repondre_aux_habitants", fiche.dossier, par=par, fiche_id=fiche.pk)
    return publiees
