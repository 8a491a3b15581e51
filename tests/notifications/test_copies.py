"""La copie déposée : produite avant l'accusé qui en porte l'empreinte, une seule fois, quoi qu'il meure en route."""

import hashlib
import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from dossiers import copie as copies
from dossiers import operations
from dossiers.operations.copies import lire_copie
from notifications import production, relais, tasks
from notifications.travail import vider
from programmation.actes import lire_pdf
from programmation.models import Acte
from tests.notifications import outils

pytestmark = pytest.mark.django_db


class Mort(BaseException):
    """Le worker est tué : rien ne le rattrape."""


def texte(octets):
    brut = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(octets)).pages)
    return " ".join(brut.replace("\u202f", " ").replace("\u00a0", " ").split())


def test_l_accuse_porte_l_empreinte_du_pdf_de_la_copie(monde, boite):
    dossier = outils.deposer(monde)
    vider()
    copie, acte = dossier.copies.get(), Acte.objects.get()
    octets = lire_copie(copie)
    assert hashlib.sha256(octets).hexdigest() == copie.sha256
    assert copie.produite_le <= acte.produit_le
    assert copie.sha256 in texte(lire_pdf(acte))
    lu = texte(octets)
    for morceau in (
        "Marche douce", dossier.numero, "6. Projet", "7. Attestations", "Alice Morel", copie.sha256_donnees,
        "représente 75 % du total des produits du projet", "selon les rubriques du formulaire Cerfa n° 12156*06",
        "Il n’est pas le formulaire officiel", "Copie du dossier déposé",
    ):  # fmt: skip
        assert morceau in lu


@pytest.mark.parametrize("instant", ["avant de ranger la copie", "après la copie", "avant de ranger l’accusé"])
def test_un_worker_tue_a_chaque_etape_laisse_une_copie_et_un_accuse(monde, boite, monkeypatch, instant):
    dossier = outils.deposer(monde)
    relais.diffuser_tout()
    acte = Acte.objects.get()

    def mourir(*args, **kwargs):
        raise Mort

    cible = {
        "avant de ranger la copie": (production, "ranger_copie"),
        "après la copie": (production.actes, "composer"),
        "avant de ranger l’accusé": (production, "ranger_pdf"),
    }[instant]
    with monkeypatch.context() as panne:
        panne.setattr(*cible, mourir)
        with pytest.raises(Mort):
            production.produire_acte(acte.pk)
    deja = dossier.copies.get().sha256
    assert bool(deja) is (instant != "avant de ranger la copie")
    vider()
    acte.refresh_from_db()
    copie = dossier.copies.get()
    assert acte.produit_le
    assert deja in ("", copie.sha256)
    assert copie.sha256 in texte(lire_pdf(acte))
    assert boite.count() == 1
    assert production.produire_copie(copie.pk) is False


def test_une_copie_impossible_retient_l_accuse_et_dit_pourquoi(monde, boite, monkeypatch):
    dossier = outils.deposer(monde)
    with monkeypatch.context() as panne:
        panne.setattr(copies, "composer", lambda donnees: 1 / 0)
        vider()
    acte = Acte.objects.get()
    assert (acte.produit_le, dossier.copies.get().produite_le, boite.count()) == (None, None, 0)
    assert "ZeroDivisionError" in acte.derniere_erreur
    assert production.produire_acte(acte.pk) is True
    assert dossier.copies.get().sha256


def test_les_complements_font_une_seconde_copie_sans_second_accuse(monde, boite):
    dossier = outils.deposer(monde)
    vider()
    limite = timezone.localdate() + timedelta(days=10)
    dossier = operations.demander_complement(dossier, par=monde.denis, message="Le RIB.", limite_le=limite)
    operations.completer(dossier, par=monde.alice)
    vider()
    premiere, seconde = dossier.copies.all()
    assert Acte.objects.count() == 1
    assert premiere.sha256 != seconde.sha256
    assert "Copie du dossier complété" in texte(lire_copie(seconde))


def test_le_balayage_reprend_une_copie_oubliee(monde, monkeypatch):
    copie = outils.deposer(monde).copies.get()
    demandees = []
    monkeypatch.setattr(tasks, "demander", lambda *args: demandees.append(args))
    tasks.balayer()
    assert ("produire_copie", copie.pk) not in demandees
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        tasks.balayer()
    assert ("produire_copie", copie.pk) in demandees


def test_un_accuse_demande_avant_qu_on_garde_des_copies_se_produit_sans_empreinte(monde, boite):
    outils.deposer(monde)
    relais.diffuser_tout()
    acte = Acte.objects.get()
    del acte.donnees["copie"]
    acte.save(update_fields=["donnees"])
    assert production.produire_acte(acte.pk) is True
    acte.refresh_from_db()
    assert "Empreinte SHA-256" not in texte(lire_pdf(acte))
