"""Les onglets d'un dossier : des liens, un par page, selon ce que la personne y lit."""

from typing import NamedTuple

from django.urls import reverse

from comptes.models import Role


class Onglet(NamedTuple):
    libelle: str
    url: str
    ici: bool
    note: str = ""


def onglets(request, dossier, ici, *, non_lus):
    """`non_lus` : le nombre de messages que la personne n'a pas lus, ou None si elle n'est pas du fil."""
    pages = [("suivi", "Suivi", "detail", ""), ("contenu", "Contenu", "contenu", "")]
    if non_lus is not None:
        note = f"{non_lus} non lu{'s' if non_lus > 1 else ''}" if non_lus else ""
        pages.append(("messages", "Messages", "messages", note))
    pages.append(("documents", "Documents", "documents", ""))
    return [
        Onglet(libelle, reverse(f"dossiers-{route}", args=[dossier.numero]), code == ici, note)
        for code, libelle, route, note in pages
    ]


def cotes(request, dossier):
    """(membre, agent) : de quel côté la personne lit ce dossier."""
    utilisateur = request.user
    return (
        dossier.organisme_id in utilisateur.ids_organismes,
        dossier.appel.collectivite_id in utilisateur.ids_collectivites(Role.AGENT),
    )
