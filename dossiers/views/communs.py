"""Ce que partagent les pages d'un dossier que l'on écrit : le lire, se situer, savoir ce qui reste."""

from typing import NamedTuple

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from dossiers import operations
from dossiers.completude import manques
from dossiers.cycle_de_vie import TransitionInterdite
from dossiers.etapes import LIBELLES, etapes_de
from dossiers.lecture import remarques_ouvertes
from dossiers.models import Commentaire, Dossier, HeuresBenevoles, Piece
from dossiers.pieces import compte

REFUS = (operations.OperationRefusee, TransitionInterdite)


class EtapeAffichee(NamedTuple):
    rang: int
    code: str
    libelle: str
    url: str
    ici: bool
    statut: str
    note: str = ""


def le_mien(request, numero):
    """Le dossier que la personne rédige, avec tout ce que ses pages montrent."""
    return get_object_or_404(
        Dossier.objects.ecrits_par(request.user)
        .avec_contenu()
        .prefetch_related(
            Prefetch("pieces", Piece.objects.select_related("demandee", "document")),
            "appel__pieces_demandees",
            "appel__regles",
        )
        .annotate(
            declare_heures=Exists(HeuresBenevoles.objects.filter(dossier=OuterRef("pk"))),
            est_relu=Exists(Commentaire.objects.filter(lien__dossier=OuterRef("pk"), traite_le=None)),
        ),
        numero=numero,
    )


def url_etape(dossier, code):
    return reverse(f"dossiers-{code}", args=[dossier.numero])


def etapes_affichees(dossier, ici, liste=None):
    """Les étapes du formulaire et leur état : faite, à reprendre, ou à venir."""
    liste = manques(dossier) if liste is None else liste
    incompletes = {manque.etape for manque in liste}
    affichees = []
    for rang, etape in enumerate(etapes_de(dossier), 1):
        note = ""
        if etape.code == "relecture":
            statut = ""
        elif etape.code not in incompletes:
            statut = "fait"
        else:
            statut = "alerte" if dossier.version_de(etape.code) else ""
        if etape.code == "pieces":
            note = _compte_des_pieces(dossier)
        affichees.append(
            EtapeAffichee(
                rang, etape.code, etape.libelle, url_etape(dossier, etape.code), etape.code == ici, statut, note
            )
        )
    return affichees


def _compte_des_pieces(dossier):
    """« 2 / 5 » : les pièces obligatoires jointes, sur celles qu'il faut."""
    jointes, demandees = compte(dossier)
    return f"{jointes} / {demandees}" if demandees else ""


def fil_de(dossier, *suite):
    return [
        ("Dossiers", reverse("dossiers-liste")),
        (f"{dossier.numero} {dossier.intitule}".strip(), reverse("dossiers-detail", args=[dossier.numero])),
        *suite,
    ]


def refuser_si_fige(request, dossier):
    """Un dossier qui n'est plus chez le porteur renvoie à son suivi, avec la raison."""
    if dossier.est_modifiable:
        return None
    messages.warning(request, f"Le dossier est « {dossier.get_etat_display().lower()} » : il ne se modifie plus.")
    return redirect("dossiers-detail", dossier.numero)


def contexte_etape(dossier, etape, liste=None, page="", **plus):
    """`page` : le titre d'une page rattachée à l'étape."""
    titre = LIBELLES[etape]
    return {
        "dossier": dossier,
        "etape": etape,
        "titre": titre,
        "etapes": etapes_affichees(dossier, etape, liste),
        "fil": fil_de(dossier, (titre, url_etape(dossier, etape)), (page, None))
        if page
        else fil_de(dossier, (titre, None)),
        # À la dernière étape, les remarques se lisent sous chaque partie.
        "remarques": [] if etape == "relecture" else remarques_ouvertes(dossier, etape),
        **plus,
    }
