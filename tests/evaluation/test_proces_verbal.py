"""Le procès-verbal : ce qu'il fige, ce qu'il tait, et le PDF qui en sort."""

import io
import json
import re

import page
import pytest
from django.urls import reverse
from pypdf import PdfReader

from comptes.models import Role
from dossiers import operations as dossiers
from evaluation import operations
from evaluation.models import MembreReunion, PassageDossier, ProcesVerbal
from evaluation.proces_verbal import donnees_de
from notifications.travail import vider
from tests.fabriques import AffectationFactory, MembreFactory
from tests.fabriques_evaluation import DeportFactory, PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db
Presence = MembreReunion.Presence


def tenir(seance):
    """La réunion se tient : présences, notes, un déport, un avis par dossier."""
    autre = PassageFactory(reunion=seance.reunion, dossier__intitule="Cuisiner ensemble").dossier
    for utilisateur, presence in (
        (seance.eva, Presence.PRESENT),
        (seance.farid, Presence.EXCUSE),
        (seance.gisele, Presence.PRESENT),
    ):
        operations.marquer_presence(seance.membre(utilisateur), presence, par=seance.denis)
    seance.envoyer(seance.eva, niveau=4)
    operations.declarer_deport(autre, par=seance.eva, motif="Trésorière de l’association.")
    seance.rendre("reserves", reserves="Ouvrir le samedi.", observations="Action attendue par les habitants.")
    seance.rendre("defavorable", dossier=autre, montants={})
    return autre


def lire(octets):
    """Le texte des feuilles, espaces fines et coupures ramenées à une espace."""
    brut = " ".join(feuille.extract_text() for feuille in PdfReader(io.BytesIO(octets)).pages)
    return re.sub(r"\s+", " ", brut)


def test_les_donnees_disent_tout_ce_que_le_proces_verbal_doit_dire(seance):
    autre = tenir(seance)
    donnees = json.loads(json.dumps(donnees_de(seance.reunion, 1)))
    assert donnees["titre"] == "Santé et accès aux droits"
    assert donnees["appel"] == seance.appel.intitule
    assert [p["nom"] for p in donnees["presents"]] == ["Éva Roux", "Gisèle Watel"]
    assert [p["nom"] for p in donnees["excuses"]] == ["Farid Benali"]
    assert donnees["conseils_citoyens"] == ["Conseil citoyen du Centre"]
    assert donnees["deports"] == [
        {"nom": "Éva Roux", "dossier_numero": autre.numero, "motif": "Trésorière de l’association."}
    ]
    premier, second = donnees["dossiers"]
    assert (premier["numero"], premier["note"], premier["avis"]) == (
        seance.dossier.numero, "80.00", "Favorable avec réserves",
    )  # fmt: skip
    assert premier["reserves"] == "Ouvrir le samedi."
    assert premier["cout_total"] == "5000.00"
    assert [(m["demande"], m["propose"]) for m in premier["montants"]] == [("3000.00", "3000.00")]
    assert (second["note"], second["avis"]) == (None, "Défavorable")
    assert dict(donnees["recapitulatif"])["Défavorable"] == 1
    assert (donnees["total_demande"], donnees["total_propose"]) == ("6000.00", "3000.00")


def test_un_proces_verbal_ne_decouvre_pas_des_notes_encore_secretes(seance):
    seance.envoyer(seance.eva)
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["note"] is None
    seance.envoyer(seance.farid)
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["note"] == "80.00"


def test_un_avis_en_cours_de_correction_n_y_figure_pas(seance):
    seance.rendre("favorable")
    dossiers.revenir(seance.dossier, "revenir_en_evaluation", par=seance.denis, motif="Erreur.")
    donnees = donnees_de(seance.reunion, 1)
    assert donnees["dossiers"][0]["avis"] == ""
    assert dict(donnees["recapitulatif"])["Favorable"] == 0
    assert donnees["total_propose"] == "0"


def test_un_dossier_retire_est_dit_retire(seance):
    dossiers.retirer(seance.dossier, par=MembreFactory(organisme=seance.dossier.organisme).utilisateur)
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["avis"] == "Retiré par le porteur"


def test_ce_qui_est_fige_ne_change_plus(seance):
    tenir(seance)
    demande = operations.demander_proces_verbal(seance.reunion, par=seance.denis)
    operations.modifier_reunion(seance.reunion, par=seance.denis, titre="Un autre titre")
    assert ProcesVerbal.objects.get(pk=demande.pk).donnees["titre"] == "Santé et accès aux droits"


def test_le_pdf_produit_est_valide_complet_et_se_telecharge(client, seance):
    autre = tenir(seance)
    operations.clore_reunion(seance.reunion, par=seance.denis)
    client.force_login(seance.denis)
    client.post(reverse("proces-verbal-demander", args=[seance.reunion.pk]))
    reunion = reverse("reunions-detail", args=[seance.reunion.pk])
    assert "En préparation" in client.get(reunion).content.decode()
    assert vider()["procès-verbaux"] == 1
    proces_verbal = ProcesVerbal.objects.get()
    adresse = reverse("proces-verbal-telecharger", args=[proces_verbal.pk])
    assert adresse in client.get(reunion).content.decode()
    octets = b"".join(client.get(adresse).streaming_content)
    for profil in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
        assert page.validate_pdf_bytes(octets, profile=profil).failures == []
    lu = lire(octets)
    for attendu in (
        "Éva Roux", "Farid Benali", "Conseil citoyen du Centre", "Trésorière de l’association", autre.numero,
        seance.dossier.numero, "Cuisiner ensemble", "Favorable avec réserves", "Ouvrir le samedi", "80,0",
    ):  # fmt: skip
        assert attendu in lu, attendu
    assert len(proces_verbal.sha256) == 64


def test_un_proces_verbal_pas_encore_produit_ne_se_telecharge_pas(client, seance):
    demande = operations.demander_proces_verbal(seance.reunion, par=seance.denis)
    client.force_login(seance.denis)
    assert client.get(reverse("proces-verbal-telecharger", args=[demande.pk])).status_code == 404


def test_seul_un_agent_sans_deport_lit_le_proces_verbal(client, seance):
    tenir(seance)
    demande = operations.demander_proces_verbal(seance.reunion, par=seance.denis)
    vider()
    adresse = reverse("proces-verbal-telecharger", args=[demande.pk])
    deporte = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.AGENT).utilisateur
    DeportFactory(dossier=seance.dossier, utilisateur=deporte)
    etranger = AffectationFactory(role=Role.AGENT).utilisateur
    for utilisateur in (seance.eva, seance.gisele, deporte, etranger):
        client.force_login(utilisateur)
        assert client.get(adresse).status_code == 404
    client.force_login(seance.denis)
    assert b"".join(client.get(adresse).streaming_content).startswith(b"%PDF")


def test_un_dossier_passe_a_une_autre_reunion_reste_ferme_a_qui_s_en_deporte(client, seance):
    demande = operations.demander_proces_verbal(seance.reunion, par=seance.denis)
    vider()
    PassageDossier.objects.filter(pk=seance.passage.pk).update(reunion=ReunionFactory(appel=seance.appel))
    client.force_login(seance.denis)
    adresse = reverse("proces-verbal-telecharger", args=[demande.pk])
    assert b"".join(client.get(adresse).streaming_content).startswith(b"%PDF")
    DeportFactory(dossier=seance.dossier, utilisateur=seance.denis)
    assert client.get(adresse).status_code == 404
