"""Inscrire un organisme et tenir sa fiche."""

from django.db import IntegrityError, transaction

from comptes.models import Agrement, Membre, Organisme
from comptes.operations.refus import EcritureConcurrente, OperationRefusee
from journal.models import Evenement
from journal.publication import publier

# Qui change le compte bancaire change qui est payé : un représentant s'en charge.
CHAMPS_BANCAIRES = {"iban", "bic", "titulaire_compte"}
AGREMENTS = "agrements"


@transaction.atomic
def creer_organisme(organisme, *, par):
    """Inscrit un organisme ; la personne qui l'inscrit le représente."""
    try:
        with transaction.atomic():
            organisme.save(force_insert=True)
    except IntegrityError as doublon:
        raise OperationRefusee(
            "Un organisme porte déjà ce numéro SIRET. Demandez à son représentant de vous inviter."
        ) from doublon
    Membre.objects.create(utilisateur=par, organisme=organisme, role=Membre.Role.REPRESENTANT)
    publier("organisme.creer", organisme, par=par)
    par.oublier_les_roles()
    return organisme


@transaction.atomic
def modifier_organisme(organisme, *, par, version, agrements=None, **champs):
    """Enregistre une page de la fiche, si personne n'a changé ses champs depuis `version`.

    `agrements`, s'il est donné, remplace la liste : [{"type", "attribue_par", "date"}].
    """
    verrouille = Organisme.objects.select_for_update().get(pk=organisme.pk)
    if verrouille.pk not in par.ids_organismes:
        raise OperationRefusee("Seuls les membres de l’organisme modifient sa fiche.")
    touches = {*champs, *([AGREMENTS] if agrements is not None else [])}
    if touches & _changes_depuis(verrouille, version):
        raise EcritureConcurrente(
            "Une autre personne a enregistré cette page pendant que vous écriviez. Votre saisie est conservée "
            "ci-dessous : relisez, puis enregistrez à nouveau pour la garder."
        )
    changes = [champ for champ, valeur in champs.items() if getattr(verrouille, champ) != valeur]
    if CHAMPS_BANCAIRES.intersection(changes) and not par.represente(verrouille.pk):
        raise OperationRefusee("Seul un représentant de l’organisme change le compte bancaire.")
    for champ in changes:
        setattr(verrouille, champ, champs[champ])
    if agrements is not None and agrements != list(verrouille.agrements.values("type", "attribue_par", "date")):
        verrouille.agrements.all().delete()
        Agrement.objects.bulk_create(Agrement(organisme=verrouille, **agrement) for agrement in agrements)
        changes.append(AGREMENTS)
    if changes:
        verrouille.version += 1
        verrouille.save(update_fields=[*(champ for champ in changes if champ != AGREMENTS), "version"])
        # Les noms des champs seulement : le journal ne recopie ni IBAN ni téléphone.
        publier("organisme.modifier", verrouille, par=par, champs=changes)
    return verrouille


def _changes_depuis(organisme, version):
    """Les champs enregistrés après `version`, lus dans le journal : chaque modification y laisse un fait."""
    ecart = organisme.version - version
    if ecart == 0:
        return set()
    faits = Evenement.objects.de(organisme).filter(type="organisme.modifier").order_by("-pk")[: max(ecart, 0)]
    if ecart < 0 or len(faits) < ecart:
        # Une version que le journal n'explique pas : mieux vaut faire relire que d'écraser.
        return {champ.name for champ in Organisme._meta.concrete_fields} | {AGREMENTS}
    return {champ for fait in faits for champ in fait.donnees["champs"]}
