"""La table des accès, relue à la main : par route et méthode, le code que reçoit chaque colonne.

200 lit ou agit, 302 a agi ou va se connecter, 403 n'a pas le rôle, 404 n'a pas à savoir que cela existe,
405 n'écrit que par POST, 401 l'API sans jeton, 409 et 422 un refus du métier (la demande est vide).
"""

from appels.models import Appel
from comptes.models import Affectation, Collectivite, Membre, Organisme
from dossiers.models import Dossier, Piece
from evaluation.models import MembreReunion, PassageDossier, ProcesVerbal, Reunion
from notifications.models import CourrielRecu, Envoi
from programmation.models import Acte

COLONNES = (
    "anonyme", "sans-role", "porteuse", "collegue", "autre", "evaluateur", "citoyenne", "financeur", "agent",
    "agent-agglo", "admin",
)  # fmt: skip


def _cle(objet):
    return {"pk": objet.pk}


def _ouvert():
    return {"slug": Appel.objects.get(code="BLB", intitule__contains="du contrat de ville").slug}


def _campagne():
    return {"slug": Appel.objects.get(intitule__contains="seconde session").slug}


def _numero(intitule):
    return lambda: {"numero": Dossier.objects.get(intitule=intitule).numero}


def _coron():
    return _cle(Organisme.objects.get(nom="Les Ateliers du Coron"))


def _bruay():
    return _cle(Collectivite.objects.get(code_insee="62178"))


def _reunion():
    return _cle(Reunion.objects.get(titre__startswith="Citoyenneté"))


def _membre_de_reunion():
    membre = MembreReunion.objects.filter(reunion=_reunion()["pk"]).order_by("pk").first()
    return {**_reunion(), "membre_pk": membre.pk}


def _passage():
    passage = PassageDossier.objects.filter(reunion=_reunion()["pk"]).order_by("rang").first()
    return {**_reunion(), "passage_pk": passage.pk}


BROUILLON = _numero("Le potager des écoles")
DEPOSE = _numero("Le bus des droits")
A_COMPLETER = _numero("Écoute jeunes")
EN_EVALUATION = _numero("Cafés des habitants")
PROGRAMME = _numero("Jardiner ensemble au Coteau")

# Ce que chaque route désigne, dans la démonstration ; les autres n'ont pas de paramètre.
REPERES = {
    "account_confirm_email": lambda: {"key": "cle-fausse"},
    "account_reset_password_from_key": lambda: {"uidb36": "1", "key": "faux-jeton"},
    "organismes-detail": _coron,
    "organismes-modifier": _coron,
    "organismes-ajouter-membre": _coron,
    "organismes-retirer-membre": lambda: {
        **_coron(),
        "membre_pk": Membre.objects.get(organisme=_coron()["pk"], role=Membre.Role.REDACTEUR).pk,
    },
    "jetons-revoquer": lambda: {"cle": "inconnue"},
    "administration-roles": _bruay,
    "administration-retirer-role": lambda: {
        **_bruay(),
        "affectation_pk": Affectation.objects.get(collectivite=_bruay()["pk"], role="citoyen").pk,
    },
    "administration-reglages": _bruay,
    **{
        f"appels-{nom}": _ouvert
        for nom in ("detail", "modifier", "financeurs", "objectifs", "grille", "pieces", "publier", "depublier")
    },
    "dossiers-commencer": _ouvert,
    **{
        f"dossiers-{nom}": BROUILLON
        for nom in ("action", "objectifs", "public", "budget", "pieces", "relecture", "deposer", "supprimer")
    },
    "dossiers-detail": PROGRAMME,
    "dossiers-completer": A_COMPLETER,
    "dossiers-reprendre": A_COMPLETER,
    **{
        f"dossiers-{nom}": DEPOSE
        for nom in ("retirer", "recevable", "irrecevable", "demander-complement", "revenir", "demarrer", "clore")
    },
    "pieces-telecharger": lambda: _cle(Piece.objects.filter(dossier__intitule="Cafés des habitants").first()),
    "pieces-enlever": lambda: _cle(Piece.objects.filter(dossier__intitule="Écoute jeunes").first()),
    **dict.fromkeys(("reunions-detail", "reunions-modifier", "reunions-membres", "reunions-ordre-du-jour", "reunions-clore", "reunions-rouvrir", "proces-verbal-demander"), _reunion),
    "reunions-retirer-membre": _membre_de_reunion,
    "reunions-presence": _membre_de_reunion,
    "reunions-deplacer": _passage,
    "reunions-desinscrire": _passage,
    "proces-verbal-telecharger": lambda: _cle(ProcesVerbal.objects.get()),
    **{f"evaluation-{nom}": EN_EVALUATION for nom in ("noter", "rouvrir", "deport", "avis")},
    **{
        f"programmation-{nom}": _campagne
        for nom in ("enveloppes", "tableau", "montant", "xlsx", "pdf", "programmer", "deliberation", "decider")
    },
    "programmation-dossier": lambda: {**_campagne(), **PROGRAMME()},
    "actes-telecharger": lambda: _cle(Acte.objects.get(dossier__intitule="Jardiner ensemble au Coteau")),
    "verifier-code": lambda: {"code": Acte.objects.order_by("pk").first().code},
    "notifications-relancer-envoi": lambda: _cle(Envoi.objects.filter(collectivite=_bruay()["pk"]).first()),
    "notifications-relancer-acte": lambda: _cle(Acte.objects.order_by("pk").first()),
    "courriel": lambda: _cle(CourrielRecu.objects.order_by("pk").first()),
    "api-programmation": _campagne,
    "api-appels-detail": _ouvert,
    "api-dossiers-detail": PROGRAMME,
}  # fmt: skip


# route, méthode : anonyme, sans-role, porteuse, collegue, autre, evaluateur, citoyenne, financeur, agent, agent-agglo, admin
MATRICE = {
    ("account_login", "get"): (200, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_login", "post"): (200, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_signup", "get"): (200, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_signup", "post"): (200, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_logout", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_logout", "post"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_inactive", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reauthenticate", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reauthenticate", "post"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_email", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_email", "post"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_email_verification_sent", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_confirm_email", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_confirm_email", "post"): (404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("account_change_password", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_change_password", "post"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_set_password", "get"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_set_password", "post"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("account_reset_password", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reset_password", "post"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reset_password_done", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reset_password_from_key", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reset_password_from_key", "post"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("account_reset_password_from_key_done", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("mfa_index", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("mfa_authenticate", "get"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_authenticate", "post"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_reauthenticate", "get"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_reauthenticate", "post"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_activate_totp", "get"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_activate_totp", "post"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_deactivate_totp", "get"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_deactivate_totp", "post"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_view_recovery_codes", "get"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_generate_recovery_codes", "get"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_generate_recovery_codes", "post"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("mfa_download_recovery_codes", "get"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("mfa_download_recovery_codes", "post"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("usersessions_list", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("usersessions_list", "post"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("organismes-liste", "get"): (302, 200, 302, 302, 302, 200, 200, 200, 200, 200, 200),
    ("organismes-liste", "post"): (302, 200, 302, 302, 302, 200, 200, 200, 200, 200, 200),
    ("organismes-nouveau", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("organismes-nouveau", "post"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("organismes-detail", "get"): (302, 404, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-detail", "post"): (302, 404, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-modifier", "get"): (302, 404, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-modifier", "post"): (302, 404, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-ajouter-membre", "post"): (302, 404, 422, 422, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-retirer-membre", "post"): (302, 404, 302, 302, 404, 404, 404, 404, 404, 404, 404),
    ("reprise", "get"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("profil", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("profil", "post"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("jetons-creer", "post"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("jetons-revoquer", "post"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("administration", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    ("administration", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    ("administration-roles", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    ("administration-roles", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 422),
    ("administration-retirer-role", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 302),
    ("administration-reglages", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    ("administration-reglages", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    ("accueil", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("appels-liste", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("appels-nouveau", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("appels-nouveau", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("appels-detail", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("appels-modifier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-modifier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-financeurs", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-financeurs", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-objectifs", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-objectifs", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-grille", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-grille", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-pieces", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-pieces", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-publier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-publier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("appels-depublier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("accessibilite", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("donnees-personnelles", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("dossiers-commencer", "get"): (302, 302, 200, 200, 200, 302, 302, 302, 302, 302, 302),
    ("dossiers-commencer", "post"): (302, 302, 200, 200, 302, 302, 302, 302, 302, 302, 302),
    ("dossiers-liste", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("dossiers-liste", "post"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("dossiers-detail", "get"): (302, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),
    ("dossiers-detail", "post"): (302, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),
    ("dossiers-action", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-action", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-objectifs", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-objectifs", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-public", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-public", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-budget", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-budget", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-pieces", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-pieces", "post"): (302, 403, 422, 422, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-relecture", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-relecture", "post"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-deposer", "get"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-deposer", "post"): (302, 403, 409, 409, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-completer", "get"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("dossiers-completer", "post"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("dossiers-retirer", "get"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("dossiers-retirer", "post"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("dossiers-supprimer", "get"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-supprimer", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-recevable", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-recevable", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-irrecevable", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-irrecevable", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("dossiers-demander-complement", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-demander-complement", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("dossiers-reprendre", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-reprendre", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-revenir", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-revenir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 404, 404, 403),
    ("dossiers-demarrer", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-demarrer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-clore", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-clore", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("pieces-telecharger", "get"): (302, 404, 404, 404, 404, 200, 200, 200, 200, 404, 404),
    ("pieces-telecharger", "post"): (302, 404, 404, 404, 404, 200, 200, 200, 200, 404, 404),
    ("pieces-enlever", "get"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("pieces-enlever", "post"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("evaluation-accueil", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 200, 200, 403),
    ("reunions-nouvelle", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-nouvelle", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-detail", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 200, 404, 403),
    ("reunions-modifier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-modifier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-membres", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-retirer-membre", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-presence", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-ordre-du-jour", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-ordre-du-jour", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-deplacer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-desinscrire", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-desinscrire", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-clore", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-rouvrir", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-rouvrir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("proces-verbal-demander", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("proces-verbal-telecharger", "get"): (302, 404, 404, 404, 404, 404, 404, 404, 200, 404, 404),
    ("evaluation-noter", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    ("evaluation-noter", "post"): (302, 403, 403, 403, 403, 302, 409, 403, 403, 403, 403),
    ("evaluation-rouvrir", "post"): (302, 403, 403, 403, 403, 302, 403, 403, 403, 403, 403),
    ("evaluation-deport", "post"): (302, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    ("evaluation-avis", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("evaluation-avis", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("programmation-accueil", "get"): (302, 403, 403, 403, 403, 403, 403, 200, 200, 200, 403),
    ("actes-telecharger", "get"): (302, 404, 200, 200, 404, 404, 404, 404, 200, 404, 404),
    ("programmation-enveloppes", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("programmation-enveloppes", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("programmation-tableau", "get"): (302, 403, 403, 403, 403, 403, 403, 200, 200, 404, 403),
    ("programmation-montant", "post"): (302, 403, 403, 403, 403, 403, 403, 404, 404, 404, 403),
    ("programmation-dossier", "get"): (302, 403, 403, 403, 403, 403, 403, 200, 200, 404, 403),
    ("programmation-dossier", "post"): (302, 403, 403, 403, 403, 403, 403, 200, 200, 404, 403),
    ("programmation-xlsx", "get"): (302, 403, 403, 403, 403, 403, 403, 200, 200, 404, 403),
    ("programmation-pdf", "get"): (302, 403, 403, 403, 403, 403, 403, 200, 200, 404, 403),
    ("programmation-programmer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("programmation-deliberation", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("programmation-deliberation", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("programmation-decider", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("programmation-decider", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("donnees-ouvertes", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("verifier", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("verifier", "post"): (422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422),
    ("verifier-code", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("verifier-code", "post"): (422, 422, 422, 422, 422, 422, 422, 422, 422, 422, 422),
    ("notifications-file", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("notifications-relancer-envoi", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("notifications-relancer-acte", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("courriels", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("courriel", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("sante", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("api-schema", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("api-programmation", "get"): (401, 403, 403, 403, 403, 403, 403, 200, 200, 404, 403),
    ("api-appels-list", "get"): (401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("api-appels-detail", "get"): (401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("api-dossiers-list", "get"): (401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("api-dossiers-detail", "get"): (401, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),}  # fmt: skip
