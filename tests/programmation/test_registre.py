"""Télécharger un acte, vérifier celui qu'on a reçu."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.fabriques import ActeFactory, AppelFactory, MembreFactory, agent_de

pytestmark = pytest.mark.django_db


@pytest.fixture
def acte():
    return ActeFactory(produit=True)


def test_l_acte_se_telecharge_par_son_porteur_et_par_l_agent(acte, client):
    page = reverse("actes-telecharger", args=[acte.pk])
    assert client.get(page).status_code == 302
    for personne, statut in (
        (MembreFactory(organisme=acte.dossier.organisme).utilisateur, 200),
        (agent_de(acte.collectivite), 200),
        (MembreFactory().utilisateur, 404),
        (agent_de(AppelFactory().collectivite), 404),
    ):
        client.force_login(personne)
        reponse = client.get(page)
        assert reponse.status_code == statut
    client.force_login(agent_de(acte.collectivite))
    reponse = client.get(page)
    assert reponse["Content-Disposition"] == f'attachment; filename="{acte.numero}.pdf"'
    assert reponse["X-Content-Type-Options"] == "nosniff"


def test_un_acte_pas_encore_produit_ne_se_telecharge_pas(client):
    acte = ActeFactory()
    client.force_login(agent_de(acte.collectivite))
    assert client.get(reverse("actes-telecharger", args=[acte.pk])).status_code == 404
    assert client.get(reverse("verifier-code", args=[acte.code])).status_code == 404


def test_le_code_suffit_a_verifier_sans_rien_dire_de_personne(acte, client):
    morceaux = f" {acte.code[:4]}-{acte.code[4:8].lower()} {acte.code[8:]} "
    reponse = client.get(reverse("verifier"), {"code": morceaux}, follow=True)
    page = reponse.content.decode()
    assert reponse.redirect_chain == [(reverse("verifier-code", args=[acte.code]), 302)]
    for attendu in (acte.numero, acte.sha256, str(acte.collectivite), acte.get_nature_display()):
        assert attendu in page
    organisme = acte.dossier.organisme
    for secret in (organisme.nom, organisme.representant_nom, acte.dossier.numero, organisme.siret):
        assert secret not in page


@pytest.mark.parametrize("code", ["ABCDEFGHJKMN", "court", "O0O0O0O0O0O0", "é" * 12, "' OR 1=1 --"])
def test_un_code_faux_le_dit(acte, client, code):
    assert client.get(reverse("verifier-code", args=[code])).status_code == 404
    reponse = client.get(reverse("verifier"), {"code": code}, follow=True)
    assert reponse.status_code in (404, 422)
    assert "code" in reponse.content.decode()


def test_le_fichier_depose_est_compare_a_l_original(acte, client):
    import hashlib

    contenu = b"%PDF-1.7 un acte"
    type(acte).objects.filter(pk=acte.pk).update(sha256=hashlib.sha256(contenu).hexdigest())
    autre = ActeFactory(produit=True)

    def deposer(page, octets):
        fichier = {"fichier": SimpleUploadedFile("a.pdf", octets)} if octets is not None else {}
        return client.post(page, fichier)

    la_page, son_code = reverse("verifier"), reverse("verifier-code", args=[acte.code])
    for page in (la_page, son_code):
        assert "identique à l’original, au bit près" in deposer(page, contenu).content.decode()
        faux = deposer(page, contenu + b" ")
        assert faux.status_code == 422
        assert "pas identique" in faux.content.decode()
        assert "Choisissez le fichier" in deposer(page, None).content.decode()
    # Un vrai acte, comparé au code d'un autre, n'est pas le bon.
    assert deposer(reverse("verifier-code", args=[autre.code]), contenu).status_code == 422
