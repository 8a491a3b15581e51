"""Connexion, second facteur, organismes, profil, administration. Les vues d'allauth gardent leur nom de route."""

from allauth.account import views as compte
from allauth.mfa.base import views as second_facteur
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import path, re_path

from comptes.acces import declarer
from comptes.views import administration, coffre, fiche, membres, organismes, profil, reprise

urlpatterns = [
    path("connexion/", declarer(compte.login, "public"), name="account_login"),
    path("inscription/", declarer(compte.signup, "public"), name="account_signup"),
    path("deconnexion/", declarer(compte.logout, "public"), name="account_logout"),
    path("compte/inactif/", declarer(compte.account_inactive, "public"), name="account_inactive"),
    path("compte/confirmer/", declarer(compte.reauthenticate, "connecte"), name="account_reauthenticate"),
    path("compte/adresse/", declarer(compte.email, "connecte"), name="account_email"),
    path(
        "compte/adresse/verification/",
        declarer(compte.email_verification_sent, "public"),
        name="account_email_verification_sent",
    ),
    re_path(
        r"^compte/adresse/verifier/(?P<key>[-:\w]+)/$",
        declarer(compte.confirm_email, "public"),
        name="account_confirm_email",
    ),
    path("compte/mot-de-passe/", declarer(compte.password_change, "connecte"), name="account_change_password"),
    path("compte/mot-de-passe/choisir/", declarer(compte.password_set, "connecte"), name="account_set_password"),
    path("compte/mot-de-passe/oublie/", declarer(compte.password_reset, "public"), name="account_reset_password"),
    path(
        "compte/mot-de-passe/oublie/envoye/",
        declarer(compte.password_reset_done, "public"),
        name="account_reset_password_done",
    ),
    re_path(
        r"^compte/mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        declarer(compte.password_reset_from_key, "public"),
        name="account_reset_password_from_key",
    ),
    path(
        "compte/mot-de-passe/nouveau/fait/",
        declarer(compte.password_reset_from_key_done, "public"),
        name="account_reset_password_from_key_done",
    ),
    path("compte/second-facteur/", declarer(second_facteur.index, "connecte"), name="mfa_index"),
    path("compte/second-facteur/connexion/", declarer(second_facteur.authenticate, "public"), name="mfa_authenticate"),
    path(
        "compte/second-facteur/confirmer/",
        declarer(second_facteur.reauthenticate, "connecte"),
        name="mfa_reauthenticate",
    ),
    path("compte/second-facteur/activer/", declarer(totp.activate_totp, "connecte"), name="mfa_activate_totp"),
    path("compte/second-facteur/desactiver/", declarer(totp.deactivate_totp, "connecte"), name="mfa_deactivate_totp"),
    path(
        "compte/second-facteur/codes/", declarer(codes.view_recovery_codes, "connecte"), name="mfa_view_recovery_codes"
    ),
    path(
        "compte/second-facteur/codes/nouveaux/",
        declarer(codes.generate_recovery_codes, "connecte"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "compte/second-facteur/codes/fichier/",
        declarer(codes.download_recovery_codes, "connecte"),
        name="mfa_download_recovery_codes",
    ),
    path("compte/sessions/", declarer(sessions.list_usersessions, "connecte"), name="usersessions_list"),
    path("organisme/", organismes.liste, name="organismes-liste"),
    path("organisme/nouveau/", organismes.nouveau, name="organismes-nouveau"),
    path("organisme/<int:pk>/", organismes.detail, name="organismes-detail"),
    path("organisme/<int:pk>/modifier/<slug:page>/", fiche.modifier, name="organismes-modifier"),
    path("organisme/<int:pk>/documents/", coffre.liste, name="organismes-documents"),
    path("documents/<int:pk>/", coffre.telecharger, name="documents-telecharger"),
    path("documents/<int:pk>/dater/", coffre.dater, name="documents-dater"),
    path("documents/<int:pk>/retirer/", coffre.retirer, name="documents-retirer"),
    path("organisme/<int:pk>/membres/", membres.liste, name="organismes-membres"),
    path("organisme/<int:pk>/membres/<int:membre_pk>/role/", membres.changer_role, name="organismes-changer-role"),
    path("organisme/<int:pk>/membres/<int:membre_pk>/retirer/", membres.retirer, name="organismes-retirer-membre"),
    path("organisme/<int:pk>/invitations/<int:invitation_pk>/renvoyer/", membres.renvoyer, name="invitations-renvoyer"),
    path("organisme/<int:pk>/invitations/<int:invitation_pk>/annuler/", membres.annuler, name="invitations-annuler"),
    path("invitations/<int:pk>/accepter/", membres.accepter, name="invitations-accepter"),
    path("invitations/<slug:jeton>/", membres.invitation, name="invitations-recevoir"),
    path("reprise/", reprise.reprendre, name="reprise"),
    path("session/", reprise.session, name="session"),
    path("profil/", profil.profil, name="profil"),
    path("profil/jetons/", profil.creer_jeton, name="jetons-creer"),
    path("profil/jetons/<slug:cle>/revoquer/", profil.revoquer_jeton, name="jetons-revoquer"),
    path("administration/", administration.accueil, name="administration"),
    path("administration/<int:pk>/", administration.roles, name="administration-roles"),
    path(
        "administration/<int:pk>/roles/<int:affectation_pk>/retirer/",
        administration.retirer_role,
        name="administration-retirer-role",
    ),
    path("administration/<int:pk>/reglages/", administration.reglages, name="administration-reglages"),
]
