"""Ce que chaque page reçoit : sa navigation et le nom de la maison."""

from typing import NamedTuple

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from comptes.models import Role


class Lien(NamedTuple):
    libelle: str
    url: str
    ici: bool
    exact: bool


# Nom de route, libellé, rôles qui voient le lien (vide : tout le monde).
LIENS = [
    ("appels-liste", "Appels à projets", ()),
    ("dossiers-liste", "Dossiers", (Role.PORTEUR, Role.AGENT)),
    ("organismes-liste", "Mon association", (Role.PORTEUR,)),
    ("evaluation-accueil", "Évaluation", (Role.EVALUATEUR, Role.CITOYEN, Role.AGENT, Role.FINANCEUR)),
    ("veille-liste", "Veille", (Role.CITOYEN, Role.AGENT)),
    ("programmation-accueil", "Programmation", (Role.AGENT, Role.FINANCEUR)),
    ("notifications-file", "Envois", (Role.AGENT,)),
    ("administration", "Comptes et rôles", (Role.ADMIN,)),
]


def _liens(request):
    utilisateur = request.user
    # Qui n'a encore aucun rôle vient d'ordinaire inscrire son association.
    tenus = utilisateur.roles or {Role.PORTEUR}
    noms = [(nom, libelle) for nom, libelle, roles in LIENS if not roles or tenus.intersection(roles)]
    noms.append(("profil", utilisateur.get_short_name()))
    return noms


def parvis(request):
    utilisateur = getattr(request, "user", None)
    if utilisateur is not None and utilisateur.is_authenticated:
        noms = _liens(request)
    else:
        noms = [
            ("appels-liste", "Appels à projets"),
            ("account_signup", "Créer un compte"),
            ("account_login", "Se connecter"),
        ]
    navigation = []
    for nom, libelle in noms:
        try:
            url = reverse(nom)
        except NoReverseMatch:
            continue
        navigation.append(Lien(libelle, url, request.path.startswith(url), request.path == url))
    return {
        "parvis": {"navigation": navigation, "sous_titre": "Politique de la ville", "boite": settings.BOITE_VISIBLE}
    }
