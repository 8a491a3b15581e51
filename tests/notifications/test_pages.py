"""La file d'envoi des agents, la boîte de la démonstration, la santé."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from journal.models import Evenement
from notifications.models import CourrielRecu, Envoi
from notifications.travail import vider
from programmation.models import Acte
from tests.notifications import outils

FILE = "/notifications/"


def envois(monde, nombre):
    dossier = outils.deposer(monde)
    fait = Evenement.objects.de(dossier).get(type="dossier.deposer")
    return [
        Envoi.objects.create(
            evenement=fait,
            collectivite=monde.collectivite,
            destinataire=f"personne{rang}@asso.test",
            objet="Objet",
            texte="Texte",
        )
        for rang in range(nombre)
    ]


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_file_tient_en_un_nombre_constant_de_requetes(client, monde, nombre, django_assert_num_queries):
    envois(monde, nombre)
    Acte.objects.bulk_create(
        Acte(
            collectivite=monde.collectivite,
            dossier=outils.deposer(monde),
            nature="accuse_reception",
            annee=2027,
            sequence=rang,
            evenement_id=9000 + rang,
            donnees={},
            essais=2,
        )
        for rang in range(nombre)
    )
    client.force_login(monde.denis)
    client.get(FILE)
    with django_assert_num_queries(8):
        reponse = client.get(FILE)
    assert len(reponse.context["page"].object_list) == nombre
    assert len(reponse.context["actes"]) == nombre


def test_un_agent_ne_voit_rien_d_une_autre_collectivite(client, monde):
    [envoi] = envois(monde, 1)
    acte = Acte.objects.create(
        collectivite=monde.collectivite,
        dossier=outils.deposer(monde),
        nature="refus",
        annee=2027,
        sequence=1,
        evenement_id=9000,
        donnees={},
        essais=3,
    )
    etranger = outils.creer_monde(1).denis
    client.force_login(etranger)
    reponse = client.get(FILE)
    assert (list(reponse.context["page"]), list(reponse.context["actes"])) == ([], [])
    assert client.post(reverse("notifications-relancer-envoi", args=[envoi.pk])).status_code == 404
    assert client.post(reverse("notifications-relancer-acte", args=[acte.pk])).status_code == 404


def test_une_porteuse_n_entre_pas(client, monde):
    client.force_login(monde.alice)
    assert client.get(FILE).status_code == 403


def test_un_agent_relance_un_courriel_abandonne(client, monde):
    [envoi] = envois(monde, 1)
    Envoi.objects.filter(pk=envoi.pk).update(abandonne_le=timezone.now(), essais=8, derniere_erreur="550 inconnu")
    client.force_login(monde.denis)
    assert "550 inconnu" in client.get(FILE + "?etat=echec").content.decode()
    assert list(client.get(FILE + "?etat=attente").context["page"]) == []
    client.post(reverse("notifications-relancer-envoi", args=[envoi.pk]))
    envoi.refresh_from_db()
    assert (envoi.abandonne_le, envoi.essais) == (None, 0)


def test_un_agent_repare_puis_relance_un_acte(client, monde, boite):
    monde.collectivite.service_telephone = ""
    monde.collectivite.save()
    outils.deposer(monde)
    vider()
    acte = Acte.objects.get()
    client.force_login(monde.denis)
    assert "telephone" in client.get(FILE).content.decode()
    monde.collectivite.service_telephone = "0321000000"
    monde.collectivite.save()
    client.post(reverse("notifications-relancer-acte", args=[acte.pk]))
    vider()
    acte.refresh_from_db()
    assert acte.produit_le
    assert boite.count() == 1


def test_les_faits_en_alerte_se_voient(client, monde):
    dossier = outils.deposer(monde)
    Evenement.objects.de(dossier).filter(type="dossier.deposer").update(essais=5, derniere_erreur="panne du relais")
    client.force_login(monde.denis)
    assert "panne du relais" in client.get(FILE).content.decode()


def test_la_boite_n_existe_que_dans_la_demonstration(client, db, settings):
    courriel = CourrielRecu.objects.create(destinataires="a@b.test", expediteur="p@b.test", objet="Objet")
    settings.BOITE_VISIBLE = False
    assert client.get("/courriels/").status_code == 404
    assert client.get(reverse("courriel", args=[courriel.pk])).status_code == 404


def test_la_boite_montre_le_dernier_d_abord_et_des_liens_sans_danger(client, db, settings):
    settings.BOITE_VISIBLE = True
    for objet in ("Premier", "Second"):
        CourrielRecu.objects.create(
            destinataires="a@b.test",
            expediteur="p@b.test",
            objet=objet,
            texte="Voir http://127.0.0.1:8000/dossiers/ <script>alert(1)</script>",
            html="<script>alert(2)</script>",
            pieces=[{"nom": "AR.pdf", "type": "application/pdf", "taille": 2048}],
        )
    liste = client.get("/courriels/").content.decode()
    assert liste.index("Second") < liste.index("Premier")
    page = client.get(reverse("courriel", args=[CourrielRecu.objects.first().pk])).content.decode()
    assert 'href="http://127.0.0.1:8000/dossiers/"' in page
    assert "<script>alert" not in page
    assert "AR.pdf" in page


def test_la_sante_va_bien(client, db):
    reponse = client.get("/sante/")
    bilan = reponse.json()
    assert reponse.status_code == 200
    assert bilan["base"] == "ok"
    assert bilan["faits_en_retard"] == 0


def test_la_sante_dit_le_retard_sans_tomber(client, monde):
    outils.deposer(monde)
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        reponse = client.get("/sante/")
    assert reponse.status_code == 200
    assert reponse.json()["faits_en_retard"] >= 1
    assert "faits_en_retard" in reponse.json()["alertes"]


def test_la_sante_tombe_avec_la_base(client, db, monkeypatch):
    monkeypatch.setattr("notifications.sante._base", lambda: False)
    reponse = client.get("/sante/")
    assert reponse.status_code == 503
    assert reponse.json()["etat"] == "panne"
    assert "max-age=0" in reponse["Cache-Control"]


def test_un_courtier_injoignable_degrade_sans_tomber(client, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    reponse = client.get("/sante/")
    assert reponse.status_code == 200
    assert reponse.json()["courtier"] == "injoignable"
