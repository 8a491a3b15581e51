"""Qui tient quel rôle sur une collectivité, et ce qu'elle règle."""

from django.db import transaction

from comptes.models import Affectation, Partenaire, Role, Utilisateur
from comptes.operations.refus import OperationRefusee
from journal.publication import publier


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
