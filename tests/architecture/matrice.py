"""La table des accès, relue à la main : par route et méthode, le code que reçoit chaque colonne.

200 lit ou agit, 302 a agi ou va se connecter, 403 n'a pas le rôle, 404 n'a pas à savoir que cela existe,
405 n'écrit que par POST, 401 l'API sans jeton, 409 et 422 un refus du métier (la demande est vide).
"""

from appels.models import Appel, PieceDemandee
from comptes.models import Affectation, Collectivite, DocumentPermanent, Invitation, Membre, Organisme
from dossiers.models import Dossier, Piece, Signalement
from evaluation.models import (
    Classeur,
    Deport,
    FicheHabitant,
    Invite,
    MembreReunion,
    PassageDossier,
    PointOrdreDuJour,
    ProcesVerbal,
    Reunion,
)
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


def _invitation():
    return Invitation.objects.en_attente().get(organisme=_coron()["pk"])


def _document():
    return DocumentPermanent.objects.actuels().filter(organisme=_coron()["pk"]).first()


def _bruay():
    return _cle(Collectivite.objects.get(code_insee="62178"))


def _reunion():
    return _cle(Reunion.objects.get(titre__startswith="Citoyenneté"))


def _pilotage():
    return _cle(Reunion.objects.get(nature="pilotage"))


def _point():
    return _cle(PointOrdreDuJour.objects.filter(reunion=_pilotage()["pk"]).order_by("rang").first())


def _invite():
    return _cle(Invite.objects.filter(reunion=_pilotage()["pk"]).order_by("pk").first())


def _membre_de_reunion():
    membre = MembreReunion.objects.filter(reunion=_reunion()["pk"]).order_by("pk").first()
    return {**_reunion(), "membre_pk": membre.pk}


def _passage():
    passage = PassageDossier.objects.filter(reunion=_reunion()["pk"]).order_by("rang").first()
    return {**_reunion(), "passage_pk": passage.pk}


def _fiche_habitant(nom="pk"):
    """La fiche d'un dossier qui attend encore son avis ; sur l'appel de la citoyenne de la démonstration."""
    return lambda: {nom: getattr(FicheHabitant.objects.get(dossier__intitule="Cafés des habitants"), nom)}


def _conseil():
    return {"pk": FicheHabitant.objects.first().conseil_id}


def _signalement():
    return _cle(Signalement.objects.get(lieu__startswith="Allée"))


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
    "organismes-modifier": lambda: {**_coron(), "page": "adresses"},
    "organismes-membres": _coron,
    "organismes-documents": _coron,
    "organismes-changer-role": lambda: {
        **_coron(),
        "membre_pk": Membre.objects.get(organisme=_coron()["pk"], role=Membre.Role.REDACTEUR).pk,
    },
    "invitations-renvoyer": lambda: {**_coron(), "invitation_pk": _invitation().pk},
    "invitations-annuler": lambda: {**_coron(), "invitation_pk": _invitation().pk},
    "invitations-accepter": lambda: _cle(_invitation()),
    "invitations-recevoir": lambda: {"jeton": _invitation().jeton()},
    "documents-telecharger": lambda: _cle(_document()),
    "documents-dater": lambda: _cle(_document()),
    "documents-retirer": lambda: _cle(_document()),
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
        for nom in ("detail", "modifier", "regles", "financeurs", "objectifs", "regles-eligibilite", "formulaire", "pieces", "grille", "publier", "depublier", "dupliquer")
    },
    "dossiers-commencer": _ouvert,
    **{
        f"dossiers-{nom}": BROUILLON
        for nom in ("structure", "etapes", "action", "objectifs", "public", "moyens", "resultats", "budget", "budget-regles", "budget-structure", "pieces", "porte-documents", "relecture", "deposer", "supprimer", "faire-relire", "aides-etat", "epreuve")
    },
    **{f"dossiers-{nom}": PROGRAMME for nom in ("detail", "contenu", "documents", "messages", "messages-lus")},
    **{f"dossiers-{nom}": A_COMPLETER for nom in ("complements", "prolonger-complement", "annuler-complement")},
    "pre-projets-nouveau": _ouvert,
    "dossiers-eligibilite-appel": _ouvert,
    **{f"pre-projets-{nom}": lambda: {"pk": 0} for nom in ("detail", "modifier", "repondre", "dossier", "supprimer")},
    **{
        f"dossiers-{nom}": BROUILLON for nom in ("eligibilite", "page-unique", "formulaire", "realise", "reserves")
    },
    "dossiers-renouveler": PROGRAMME,
    "dossiers-comparaison": PROGRAMME,
    "dossiers-completer": A_COMPLETER,
    "dossiers-copie": lambda: {**PROGRAMME(), "rang": 1},
    "relectures-revoquer": lambda: {"pk": 0},
    "relectures-traiter": lambda: {"pk": 0},
    **{nom: lambda: {"jeton": "faux-jeton"} for nom in ("relire", "relire-commenter", "relire-approuver")},
    "dossiers-reprendre": A_COMPLETER,
    **{
        f"dossiers-{nom}": DEPOSE
        for nom in ("retirer", "recevable", "irrecevable", "demander-complement", "revenir", "demarrer", "clore")
    },
    "pieces-telecharger": lambda: _cle(Piece.objects.filter(dossier__intitule="Cafés des habitants").first()),
    "pieces-apercu": lambda: _cle(Piece.objects.filter(dossier__intitule="Cafés des habitants").first()),
    "pieces-apercu-page": lambda: {
        **_cle(Piece.objects.filter(dossier__intitule="Cafés des habitants").first()),
        "page": 1,
    },
    "pieces-modele": lambda: _cle(PieceDemandee.objects.exclude(modele="").first()),
    **{f"veille-{nom}": _signalement for nom in ("detail", "photo", "traiter", "rattacher", "retenir", "reprendre")},
    "pieces-enlever": lambda: _cle(Piece.objects.filter(dossier__intitule="Écoute jeunes").first()),
    **dict.fromkeys(("reunions-detail", "reunions-modifier", "reunions-membres", "reunions-ordre-du-jour", "reunions-clore", "reunions-rouvrir", "proces-verbal-demander"), _reunion),
    "avis-habitant-repondre": _fiche_habitant("code"),
    "reunions-deports": _reunion,
    "deports-annuler": lambda: _cle(Deport.objects.get(dossier__intitule="Échauffement collectif")),
    "evaluation-me-deporter": EN_EVALUATION,
    "habitants-conseil": EN_EVALUATION,
    **{f"habitants-{nom}": _fiche_habitant() for nom in ("papier", "papier-supprimer", "suite")},
    **{f"habitants-{nom}": _reunion for nom in ("fiches", "preparer", "ouvrir", "imprimer", "publier")},
    "conseils-suites": _conseil,
    "conseils-suites-pdf": lambda: _conseil() | {"reunion_pk": _reunion()["pk"]},
    **dict.fromkeys(("reunions-convier", "reunions-supprimer", "reunions-changer-tous", "reunions-repartir", "reunions-repartir-revenir", "reunions-agenda", "reunions-agenda-appliquer", "reunions-agenda-regler", "reunions-agenda-revenir"), _reunion),
    "reunions-changer": _passage,
    **dict.fromkeys(("appels-repartir", "appels-repartir-annuler"), _campagne),
    "classement-reunion": _reunion,
    "classement-reunion-fichier": lambda: _reunion() | {"forme": "csv"},
    "classement-appel": _campagne,
    "classement-appel-fichier": lambda: _campagne() | {"forme": "xlsx"},
    **{
        f"seance-{nom}": _reunion
        for nom in ("conduite", "projecteur", "geste", "avis", "membre", "present", "debattre", "voter", "etat", "flux")
    },
    "reunions-retirer-membre": _membre_de_reunion,
    "reunions-presence": _membre_de_reunion,
    "reunions-deplacer": _passage,
    "reunions-desinscrire": _passage,
    "classeur-preparer": _reunion,
    "classeur-telecharger": lambda: _cle(Classeur.objects.get(utilisateur__email="evaluateur@demo.test")),
    "proces-verbal-telecharger": lambda: _cle(ProcesVerbal.objects.get(reunion__titre__startswith="Santé")),
    **dict.fromkeys(("points-ajouter", "points-reprendre", "reunions-presences", "reunions-convoquer", "reunions-prevenir", "reunions-annuler", "reunions-ics", "reunions-emargement", "invites-ajouter"), _pilotage),
    **dict.fromkeys(("points-modifier", "points-deplacer", "points-retirer", "points-solder"), _point),
    **dict.fromkeys(("invites-modifier", "invites-retirer"), _invite),
    **{
        f"evaluation-{nom}": EN_EVALUATION
        for nom in (
            "noter", "rouvrir", "deport", "avis", "synthese", "depose", "renoncer", "epingler", "oter-citation",
        )
    },
    **{f"questions-{nom}": EN_EVALUATION for nom in ("dossier", "poser", "retirer", "repondre", "retenir")},
    "evaluation-versions": PROGRAMME,
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
    ("organismes-modifier", "post"): (302, 404, 422, 422, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-documents", "get"): (302, 404, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-documents", "post"): (302, 404, 422, 422, 404, 404, 404, 404, 404, 404, 404),
    ("documents-telecharger", "get"): (302, 404, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    ("documents-dater", "post"): (302, 404, 302, 302, 404, 404, 404, 404, 404, 404, 404),
    ("documents-retirer", "post"): (302, 404, 302, 302, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-membres", "get"): (302, 404, 200, 200, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-membres", "post"): (302, 404, 422, 422, 404, 404, 404, 404, 404, 404, 404),
    ("organismes-changer-role", "post"): (302, 404, 302, 302, 404, 404, 404, 404, 404, 404, 404),
    ("invitations-renvoyer", "post"): (302, 404, 302, 404, 404, 404, 404, 404, 404, 404, 404),
    ("invitations-annuler", "post"): (302, 404, 302, 404, 404, 404, 404, 404, 404, 404, 404),
    ("invitations-accepter", "post"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("invitations-recevoir", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("organismes-retirer-membre", "post"): (302, 404, 302, 302, 404, 404, 404, 404, 404, 404, 404),
    ("reprise", "get"): (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    ("session", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
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
    ("appels-regles", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-regles", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-regles-eligibilite", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-regles-eligibilite", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-formulaire", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-formulaire", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-dupliquer", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-dupliquer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-publier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-publier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("appels-depublier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("accessibilite", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("donnees-personnelles", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("dossiers-commencer", "get"): (302, 302, 200, 200, 200, 302, 302, 302, 302, 302, 302),
    ("dossiers-commencer", "post"): (302, 302, 200, 200, 200, 302, 302, 302, 302, 302, 302),
    ("pre-projets-nouveau", "get"): (302, 302, 200, 200, 200, 302, 302, 302, 302, 302, 302),
    ("pre-projets-nouveau", "post"): (302, 302, 422, 422, 422, 302, 302, 302, 302, 302, 302),
    ("pre-projets-liste", "get"): (302, 403, 200, 200, 200, 403, 403, 403, 200, 200, 403),
    ("pre-projets-liste", "post"): (302, 403, 200, 200, 200, 403, 403, 403, 200, 200, 403),
    ("pre-projets-detail", "get"): (302, 403, 404, 404, 404, 403, 403, 403, 404, 404, 403),
    ("pre-projets-detail", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 404, 404, 403),
    ("pre-projets-modifier", "get"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("pre-projets-modifier", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("pre-projets-dossier", "get"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("pre-projets-dossier", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("pre-projets-supprimer", "get"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("pre-projets-supprimer", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("pre-projets-repondre", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 404, 404, 403),
    ("pre-projets-repondre", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 404, 404, 403),
    ("dossiers-eligibilite-appel", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("dossiers-eligibilite-appel", "post"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("dossiers-eligibilite", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-eligibilite", "post"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-page-unique", "get"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-page-unique", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-realise", "get"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-realise", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-reserves", "get"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-reserves", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-formulaire", "get"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-formulaire", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-renouveler", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-renouveler", "post"): (302, 403, 409, 409, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-comparaison", "get"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("dossiers-comparaison", "post"): (302, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("dossiers-liste", "get"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("dossiers-liste", "post"): (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("dossiers-detail", "get"): (302, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),
    ("dossiers-detail", "post"): (302, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),
    ("dossiers-contenu", "get"): (302, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),
    ("dossiers-contenu", "post"): (302, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),
    ("dossiers-documents", "get"): (302, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),
    ("dossiers-documents", "post"): (302, 404, 200, 200, 404, 200, 200, 200, 200, 404, 404),
    ("dossiers-messages", "get"): (302, 404, 200, 200, 404, 404, 404, 404, 200, 404, 404),
    ("dossiers-messages", "post"): (302, 404, 422, 422, 404, 404, 404, 404, 422, 404, 404),
    ("dossiers-messages-lus", "get"): (302, 404, 302, 302, 404, 404, 404, 404, 302, 404, 404),
    ("dossiers-messages-lus", "post"): (302, 404, 302, 302, 404, 404, 404, 404, 302, 404, 404),
    ("dossiers-complements", "get"): (302, 403, 404, 404, 200, 403, 403, 403, 403, 403, 403),
    ("dossiers-complements", "post"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("dossiers-prolonger-complement", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-prolonger-complement", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("dossiers-annuler-complement", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-annuler-complement", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("dossiers-action", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-action", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-objectifs", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-objectifs", "post"): (302, 403, 302, 409, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-public", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-public", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-budget", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-budget", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-budget-regles", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-budget-regles", "post"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-budget-structure", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-budget-structure", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-moyens", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-moyens", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-resultats", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-resultats", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-structure", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-etapes", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-pieces", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-pieces", "post"): (302, 403, 422, 422, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-relecture", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-relecture", "post"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-faire-relire", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-faire-relire", "post"): (302, 403, 422, 422, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-aides-etat", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-aides-etat", "post"): (302, 403, 422, 422, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-epreuve", "get"): (302, 403, 200, 200, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-epreuve", "post"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("dossiers-copie", "get"): (302, 404, 200, 200, 404, 404, 404, 404, 200, 404, 404),
    ("dossiers-copie", "post"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("relectures-revoquer", "get"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("relectures-revoquer", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("relectures-traiter", "get"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("relectures-traiter", "post"): (302, 403, 404, 404, 404, 403, 403, 403, 403, 403, 403),
    ("relire", "get"): (404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("relire", "post"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("relire-commenter", "get"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("relire-commenter", "post"): (404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("relire-approuver", "get"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("relire-approuver", "post"): (404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("dossiers-deposer", "get"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-deposer", "post"): (302, 403, 409, 409, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-completer", "get"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("dossiers-completer", "post"): (302, 403, 404, 404, 409, 403, 403, 403, 403, 403, 403),
    ("dossiers-retirer", "get"): (302, 403, 404, 404, 200, 403, 403, 403, 403, 403, 403),
    ("dossiers-retirer", "post"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("dossiers-supprimer", "get"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-supprimer", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("dossiers-recevable", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-recevable", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-irrecevable", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-irrecevable", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("dossiers-demander-complement", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("dossiers-demander-complement", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("dossiers-reprendre", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-reprendre", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-revenir", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-revenir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 404, 404, 403),
    ("dossiers-demarrer", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-demarrer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-clore", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-clore", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("dossiers-porte-documents", "get"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("dossiers-porte-documents", "post"): (302, 403, 302, 302, 404, 403, 403, 403, 403, 403, 403),
    ("pieces-modele", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("pieces-modele", "post"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("pieces-apercu", "get"): (302, 404, 404, 404, 404, 200, 200, 200, 200, 404, 404),
    ("pieces-apercu", "post"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("pieces-apercu-page", "get"): (302, 404, 404, 404, 404, 200, 200, 200, 200, 404, 404),
    ("pieces-apercu-page", "post"): (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 405),
    ("pieces-telecharger", "get"): (302, 404, 404, 404, 404, 200, 200, 200, 200, 404, 404),
    ("pieces-telecharger", "post"): (302, 404, 404, 404, 404, 200, 200, 200, 200, 404, 404),
    ("pieces-enlever", "get"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("pieces-enlever", "post"): (302, 403, 404, 404, 302, 403, 403, 403, 403, 403, 403),
    ("veille-liste", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 200, 200, 403),
    ("veille-signaler", "get"): (302, 403, 403, 403, 403, 403, 200, 403, 200, 200, 403),
    ("veille-signaler", "post"): (302, 403, 403, 403, 403, 403, 422, 403, 422, 422, 403),
    ("veille-detail", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 200, 404, 403),
    ("veille-photo", "get"): (302, 404, 404, 404, 404, 200, 200, 404, 200, 404, 404),
    ("veille-traiter", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("veille-rattacher", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 409, 404, 403),
    ("veille-retenir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("veille-reprendre", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("evaluation-accueil", "get"): (302, 403, 403, 403, 403, 200, 200, 200, 200, 200, 403),
    ("reunions-nouvelle", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-nouvelle", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-detail", "get"): (302, 403, 403, 403, 403, 200, 200, 404, 200, 404, 403),
    ("classement-reunion", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 200, 404, 403),
    ("classement-reunion-fichier", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 200, 404, 403),
    ("classement-appel", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("classement-appel-fichier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-modifier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-modifier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-membres", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-retirer-membre", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-presence", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-ordre-du-jour", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-ordre-du-jour", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("reunions-deplacer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-desinscrire", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-desinscrire", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-clore", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-rouvrir", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-rouvrir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("proces-verbal-demander", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("proces-verbal-telecharger", "get"): (302, 404, 404, 404, 404, 404, 404, 404, 200, 404, 404),
    ("classeur-preparer", "post"): (302, 403, 403, 403, 403, 302, 302, 403, 302, 404, 403),
    ("classeur-telecharger", "get"): (302, 403, 403, 403, 403, 200, 404, 403, 404, 404, 403),
    ("reunions-nouveau-groupe", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-nouveau-groupe", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-nouveau-pilotage", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-nouveau-pilotage", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("points-ajouter", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("points-ajouter", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("points-modifier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("points-modifier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("invites-ajouter", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("invites-ajouter", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("invites-modifier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("invites-modifier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-annuler", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-annuler", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("points-reprendre", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("points-deplacer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("points-retirer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("points-solder", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-presences", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-convoquer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-prevenir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("invites-retirer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-emargement", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-ics", "get"): (302, 403, 403, 403, 403, 200, 200, 200, 200, 404, 403),
    ("evaluation-noter", "get"): (302, 403, 403, 403, 403, 200, 302, 403, 403, 403, 403),
    ("evaluation-noter", "post"): (302, 403, 403, 403, 403, 302, 409, 403, 403, 403, 403),
    ("evaluation-rouvrir", "post"): (302, 403, 403, 403, 403, 302, 403, 403, 403, 403, 403),
    ("evaluation-synthese", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 200, 404, 403),
    ("evaluation-depose", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 200, 404, 403),
    ("evaluation-versions", "get"): (302, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403),
    ("evaluation-renoncer", "post"): (302, 403, 403, 403, 403, 302, 403, 403, 403, 403, 403),
    ("evaluation-epingler", "post"): (302, 403, 403, 403, 403, 422, 403, 403, 403, 403, 403),
    ("evaluation-oter-citation", "post"): (302, 403, 403, 403, 403, 404, 403, 403, 403, 403, 403),
    ("evaluation-deport", "post"): (302, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    ("questions-dossier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("questions-dossier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("questions-poser", "post"): (302, 403, 403, 403, 403, 422, 403, 403, 403, 403, 403),
    ("questions-retirer", "post"): (302, 403, 403, 403, 403, 404, 403, 403, 403, 403, 403),
    ("questions-repondre", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 404, 404, 403),
    ("questions-retenir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 404, 404, 403),
    ("evaluation-me-deporter", "get"): (302, 403, 403, 403, 403, 403, 403, 200, 200, 404, 403),
    ("evaluation-me-deporter", "post"): (302, 403, 403, 403, 403, 403, 403, 422, 422, 404, 403),
    ("reunions-deports", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-deports", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("deports-annuler", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("deports-annuler", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("liens-miens", "get"): (302, 403, 403, 403, 403, 200, 200, 200, 200, 200, 403),
    ("liens-declarer", "post"): (302, 403, 403, 403, 403, 422, 422, 422, 422, 422, 403),
    ("liens-repondre", "post"): (302, 403, 403, 403, 403, 404, 404, 404, 404, 404, 403),
    ("liens-reprendre", "post"): (302, 403, 403, 403, 403, 404, 404, 404, 404, 404, 403),
    ("liens-lever", "post"): (302, 403, 403, 403, 403, 404, 404, 404, 404, 404, 403),
    ("evaluation-avis", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("evaluation-avis", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("reunions-par-enjeu", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-par-enjeu", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 200, 403),
    ("reunions-convier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-convier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-supprimer", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-supprimer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 409, 404, 403),
    ("reunions-changer-tous", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-changer", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-changer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-repartir", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-repartir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 409, 404, 403),
    ("reunions-repartir-revenir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("appels-repartir", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("appels-repartir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 409, 404, 403),
    ("appels-repartir-annuler", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("reunions-agenda", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("reunions-agenda-appliquer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 409, 404, 403),
    ("reunions-agenda-regler", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 409, 404, 403),
    ("reunions-agenda-revenir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("seance-conduite", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("seance-projecteur", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("seance-geste", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("seance-avis", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 409, 404, 403),
    ("seance-membre", "get"): (302, 403, 403, 403, 403, 200, 200, 403, 404, 404, 403),
    ("seance-present", "post"): (302, 403, 403, 403, 403, 409, 409, 403, 404, 404, 403),
    ("seance-debattre", "post"): (302, 403, 403, 403, 403, 409, 409, 403, 404, 404, 403),
    ("seance-voter", "post"): (302, 403, 403, 403, 403, 422, 422, 403, 404, 404, 403),
    ("seance-etat", "get"): (404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("seance-flux", "get"): (404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
    ("avis-habitant", "get"): (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    ("avis-habitant-repondre", "get"): (200, 200, 200, 200, 200, 200, 302, 200, 302, 200, 200),
    ("avis-habitant-repondre", "post"): (422, 422, 422, 422, 422, 422, 302, 422, 302, 422, 422),
    ("habitants-conseil", "get"): (302, 403, 403, 403, 403, 403, 200, 403, 403, 403, 403),
    ("habitants-conseil", "post"): (302, 403, 403, 403, 403, 403, 422, 403, 403, 403, 403),
    ("habitants-papier", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("habitants-papier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("habitants-papier-supprimer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("habitants-suite", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("habitants-suite", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 422, 404, 403),
    ("habitants-fiches", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("habitants-preparer", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("habitants-ouvrir", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 302, 404, 403),
    ("habitants-imprimer", "get"): (302, 403, 403, 403, 403, 403, 403, 403, 200, 404, 403),
    ("habitants-publier", "post"): (302, 403, 403, 403, 403, 403, 403, 403, 404, 404, 403),
    ("conseils-suites", "get"): (302, 403, 403, 403, 403, 403, 200, 403, 200, 404, 403),
    ("conseils-suites-pdf", "get"): (302, 403, 403, 403, 403, 403, 200, 403, 200, 404, 403),
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
