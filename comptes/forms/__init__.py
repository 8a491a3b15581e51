"""Les formulaires des comptes, un fichier par parcours."""

from comptes.forms.coffre import DocumentForm, ValiditeForm
from comptes.forms.connexion import (
    AdresseForm,
    ConfirmationForm,
    ConnexionForm,
    InscriptionForm,
    MotDePasseForm,
    MotDePasseOublieForm,
    NouveauMotDePasseForm,
    ProfilForm,
)
from comptes.forms.fiche import FORMULAIRES, PAGE_BANCAIRE, AgrementsFormSet
from comptes.forms.identite import InscriptionOrganismeForm
from comptes.forms.membres import InvitationForm, RoleForm
from comptes.forms.roles import AffectationForm, CollectiviteForm, contraste_sur_blanc

__all__ = [
    "FORMULAIRES",
    "PAGE_BANCAIRE",
    "AdresseForm",
    "AffectationForm",
    "AgrementsFormSet",
    "CollectiviteForm",
    "ConfirmationForm",
    "ConnexionForm",
    "DocumentForm",
    "InscriptionForm",
    "InscriptionOrganismeForm",
    "InvitationForm",
    "MotDePasseForm",
    "MotDePasseOublieForm",
    "NouveauMotDePasseForm",
    "ProfilForm",
    "RoleForm",
    "ValiditeForm",
    "contraste_sur_blanc",
]
