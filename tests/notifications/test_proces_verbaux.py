import io
from decimal import Decimal

import pytest
from django.utils import timezone
from pypdf import PdfReader

from evaluation.models import ProcesVerbal, Reunion
from notifications import production
from notifications.tasks import balayer
from notifications.travail import vider

DONNEES = {
    "collectivite": "Ville de Villefranche",
    "service": "Service Politique de la Ville",
    "titre": "Santé",
    "appel": "Contrat de ville 2027",
    "tenu_le": "2027-02-10T08:00:00+00:00",
    "edite_le": "2027-02-10T12:00:00+00:00",
    "version": 1,
    "organe": "le conseil municipal",
    "presents": [{"nom": "Denis Caron", "structure": "Ville"}],
    "excuses": [],
    "deports": [{"nom": "Éva Roux", "dossier_numero": "2027-BLB-0001", "motif": "Membre du bureau"}],
    "dossiers": [
        {
            "numero": "2027-BLB-0001",
            "porteur": "Les Jardins du Coron",
            "action": "Marche douce",
            "quartiers": "Le Centre",
            "objectif": "Promouvoir l’activité physique",
            "cout_total": "2000.00",
            "montants": [{"financeur": "Ville", "demande": "1500.00", "propose": None}],
            "note": "72.50",
            "avis": "Favorable",
        }
    ],
    "recapitulatif": [["Favorable", 1]],
    "total_demande": "1500.00",
    "total_propose": "0.00",
}


@pytest.fixture
def demande(monde):
    reunion = Reunion.objects.create(
        appel=monde.appel, collectivite=monde.appel.collectivite, titre="Santé", debut=timezone.now()
    )
    return ProcesVerbal.objects.create(reunion=reunion, version=1, donnees=DONNEES)


def test_un_proces_verbal_se_produit_une_fois_depuis_ses_valeurs_figees(demande):
    assert vider()["procès-verbaux"] == 1
    assert production.produire_proces_verbal(demande.pk) is False
    demande.refresh_from_db()
    with demande.fichier.open() as fichier:
        texte = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(fichier.read())).pages)
    for attendu in ("Santé", "9 h", "Denis Caron", "Éva Roux", "Marche douce", "2027-BLB-0001"):
        assert attendu in texte.replace("\u00a0", " ").replace("\u202f", " ")
    assert len(demande.sha256) == 64


def test_des_valeurs_incompletes_refusent_le_proces_verbal(demande, caplog):
    demande.donnees = {**DONNEES, "titre": ""}
    demande.save()
    assert production.produire_proces_verbal(demande.pk) is False
    demande.refresh_from_db()
    assert demande.produit_le is None
    assert "ChampManquant" in caplog.text


def test_un_montant_redevient_un_decimal():
    from documents.proces_verbal import Montants
    from notifications.proces_verbaux import depuis_json

    assert depuis_json(Montants, {"financeur": "Ville", "demande": "0.10", "propose": None}) == Montants(
        "Ville", Decimal("0.10"), None
    )


def test_le_balayage_ne_double_pas_ce_qui_vient_d_etre_demande(demande):
    balayer()
    demande.refresh_from_db()
    assert demande.produit_le is None
