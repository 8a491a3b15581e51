"""Les verbes des organismes, de leurs membres et des rôles."""

from django.db import IntegrityError, transaction

from comptes.models import Affectation, Membre, Organisme, Partenaire, Role, Utilisateur
from journal.publication import publier

# Qui change le compte bancaire change qui est payé : un représentant s'en charge.
CHAMPS_BANCAIRES = {"iban", "bic", "titulaire_compte"}


class OperationRefusee(Exception):
    """Un refus expliqué à la personne, en français ; rien n'a changé."""


class EcritureConcurrente(OperationRefusee):
    """Quelqu'un d'autre a enregistré la fiche entre-temps."""


@transaction.atomic
def creer_organisme(organisme, *, par):
    """Inscrit un organisme ; la personne qui l'inscrit le représente."""
    try:
        with transaction.atomic():
            organisme.save(force_insert=True)
    except IntegrityError as doublon:
        raise OperationRefusee(
            "Un organisme porte déjà ce numéro SIRET. Demandez à son représentant de vous ajouter comme membre."
        ) from doublon
    Membre.objects.create(utilisateur=par, organisme=organisme, role=Membre.Role.REPRESENTANT)
    publier("organisme.creer", organisme, par=par)
    par.oublier_les_roles()
    return organisme


@transaction.atomic
def modifier_organisme(organisme, *, par, version, **champs):
    """Enregistre la fiche si personne ne l'a changée depuis `version`."""
    verrouille = Organisme.objects.select_for_update().get(pk=organisme.pk)
    if verrouille.pk not in par.ids_organismes:
        raise OperationRefusee("Seuls les membres de l’organisme modifient sa fiche.")
    if verrouille.version != version:
        raise EcritureConcurrente(
            "Une autre personne a enregistré cette fiche pendant que vous écriviez. Votre saisie est conservée "
            "ci-dessous : relisez, puis enregistrez à nouveau pour la garder."
        )
    changes = [champ for champ, valeur in champs.items() if getattr(verrouille, champ) != valeur]
    if CHAMPS_BANCAIRES.intersection(changes) and not par.represente(verrouille.pk):
        raise OperationRefusee("Seul un représentant de l’organisme change le compte bancaire.")
    for champ in changes:
        setattr(verrouille, champ, champs[champ])
    if changes:
        verrouille.version += 1
        verrouille.save(update_fields=[*changes, "version"])
        # Les noms des champs seulement : le journal ne recopie ni IBAN ni téléphone.
        publier("organisme.modifier", verrouille, par=par, champs=changes)
    return verrouille


@transaction.atomic
def ajouter_membre(organisme, *, par, courriel, role):
    """Ajoute une personne déjà inscrite ; seul un représentant le peut."""
    organisme = Organisme.objects.select_for_update().get(pk=organisme.pk)
    if not par.represente(organisme.pk):
        raise OperationRefusee("Seul un représentant de l’organisme ajoute des membres.")
    personne = Utilisateur.objects.filter(email__iexact=courriel.strip(), is_active=True).first()
    if personne is None:
        raise OperationRefusee(
            "Aucun compte ne porte cette adresse. Demandez à la personne de créer son compte, puis ajoutez-la."
        )
    membre, cree = Membre.objects.get_or_create(utilisateur=personne, organisme=organisme, defaults={"role": role})
    if not cree and membre.role == role:
        raise OperationRefusee(f"{personne} est déjà membre de l’organisme.")
    if not cree:
        _garder_un_representant(membre, role)
        membre.role = role
        membre.save(update_fields=["role"])
    publier("organisme.ajouter_membre", organisme, par=par, membre_id=personne.pk, role=role)
    return membre


@transaction.atomic
def retirer_membre(membre, *, par):
    """Retire un membre, ou soi-même ; jamais le dernier représentant."""
    organisme = Organisme.objects.select_for_update().get(pk=membre.organisme_id)
    if membre.utilisateur_id != par.pk and not par.represente(organisme.pk):
        raise OperationRefusee("Seul un représentant de l’organisme retire des membres.")
    _garder_un_representant(membre, None)
    publier("organisme.retirer_membre", organisme, par=par, membre_id=membre.utilisateur_id)
    membre.delete()
    par.oublier_les_roles()


def _garder_un_representant(membre, nouveau_role):
    perd_la_representation = membre.role == Membre.Role.REPRESENTANT and nouveau_role != Membre.Role.REPRESENTANT
    autres = Membre.objects.filter(organisme=membre.organisme_id, role=Membre.Role.REPRESENTANT).exclude(pk=membre.pk)
    if perd_la_representation and not autres.exists():
        raise OperationRefusee("L’organisme garde au moins un représentant. Désignez-en un autre d’abord.")


def _administre(collectivite, par):
    if collectivite.pk not in par.ids_collectivites(Role.ADMIN):
        raise OperationRefusee("Seul un administrateur de la collectivité donne ou retire des rôles.")


@transaction.atomic
def affecter(collectivite, *, par, courriel, role, partenaire=None, nouveau_partenaire="", type_partenaire=""):
    """Donne un rôle à une personne déjà inscrite, au nom d'un partenaire connu ou nouveau."""
    _administre(collectivite, par)
    personne = Utilisateur.objects.filter(email__iexact=courriel.strip(), is_active=True).first()
    if personne is None:
        raise OperationRefusee("Aucun compte ne porte cette adresse. Demandez à la personne de créer son compte.")
    if nouveau_partenaire:
        partenaire, _ = Partenaire.objects.get_or_create(
            collectivite=collectivite,
            nom=nouveau_partenaire,
            defaults={"type": type_partenaire or Partenaire.Type.AUTRE},
        )
    if role in {Role.FINANCEUR, Role.CITOYEN} and partenaire is None:
        raise OperationRefusee("Un financeur ou un conseil citoyen parle au nom d’un partenaire : choisissez lequel.")
    if partenaire is not None and partenaire.collectivite_id != collectivite.pk:
        raise OperationRefusee("Ce partenaire n’est pas de cette collectivité.")
    affectation, cree = Affectation.objects.get_or_create(
        utilisateur=personne, collectivite=collectivite, role=role, defaults={"partenaire": partenaire}
    )
    if not cree:
        raise OperationRefusee(f"{personne} tient déjà ce rôle.")
    publier("collectivite.affecter", collectivite, par=par, personne_id=personne.pk, role=role)
    return affectation


@transaction.atomic
def retirer_affectation(affectation, *, par):
    """Retire un rôle, jamais le dernier administrateur de la collectivité."""
    collectivite = affectation.collectivite
    _administre(collectivite, par)
    administrateurs = Affectation.objects.select_for_update().filter(collectivite=collectivite, role=Role.ADMIN)
    if affectation.role == Role.ADMIN and len(administrateurs) == 1:
        raise OperationRefusee("La collectivité garde au moins un administrateur.")
    publier(
        "collectivite.retirer_affectation",
        collectivite,
        par=par,
        personne_id=affectation.utilisateur_id,
        role=affectation.role,
    )
    affectation.delete()


@transaction.atomic
def regler_collectivite(collectivite, *, par, champs):
    """Enregistre les réglages déjà validés d'une collectivité ; `champs` nomme ceux qui changent."""
    _administre(collectivite, par)
    if champs:
        collectivite.save(update_fields=champs)
        publier("collectivite.regler", collectivite, par=par, champs=list(champs))
    return collectivite
