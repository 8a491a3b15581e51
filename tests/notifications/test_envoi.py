"""L'envoi par un vrai SMTP : une fois, avec des essais qui s'espacent, puis un abandon qui se voit."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from journal.models import Evenement
from notifications import envoi as module
from notifications.courriels import ecrire, lien_dossier
from notifications.models import CourrielRecu, Envoi
from programmation.actes import demander_acte, ranger_pdf
from programmation.models import Acte
from tests.notifications import outils


def ecrire_un(monde, adresses=("alice0@asso.test",), acte_id=None):
    dossier = monde.dossier = outils.deposer(monde)
    fait = Evenement.objects.de(dossier).get(type="dossier.deposer")
    contexte = {"dossier": dossier, "lien": lien_dossier(dossier), "collectivite": monde.collectivite}
    ecrire(fait, "recevable", adresses, contexte, acte_id)
    ecrire(fait, "recevable", adresses, contexte, acte_id)
    return list(Envoi.objects.order_by("pk"))


def maintenant_du(pk):
    Envoi.objects.filter(pk=pk).update(prochain_essai_le=timezone.now())


@pytest.mark.django_db
def test_un_courriel_part_une_fois_complet(monde, smtp, settings):
    [envoi] = ecrire_un(monde)
    assert module.envoyer(envoi.pk) is True
    assert module.envoyer(envoi.pk) is None
    [message] = smtp.messages
    assert message["To"] == "alice0@asso.test"
    assert message["Subject"] == f"Votre dossier n°\u00a0{monde.dossier.numero} est recevable"
    assert message["Auto-Submitted"] == "auto-generated"
    texte = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    adresse = f"{settings.URL_PUBLIQUE}/dossiers/{monde.dossier.numero}/"
    assert adresse in texte
    assert f'href="{adresse}"' in html
    assert "&#" not in texte
    envoi.refresh_from_db()
    assert envoi.envoye_le


@pytest.mark.django_db
def test_une_coupure_apres_acceptation_garde_le_meme_message_id(monde, smtp):
    [envoi] = ecrire_un(monde)
    smtp.coupures = 1
    assert module.envoyer(envoi.pk) is False
    maintenant_du(envoi.pk)
    assert module.envoyer(envoi.pk) is True
    premier, second = smtp.identifiants
    assert premier == second
    assert premier.endswith("@127.0.0.1>")


@pytest.mark.django_db
def test_deux_envois_n_ont_pas_le_meme_message_id(monde, smtp):
    for envoi in ecrire_un(monde, ("alice0@asso.test", "bruno@asso.test")):
        module.envoyer(envoi.pk)
    assert len(set(smtp.identifiants)) == 2


@pytest.mark.django_db
def test_l_attente_double_puis_l_envoi_est_abandonne_et_se_relance(monde, smtp, caplog):
    [envoi] = ecrire_un(monde)
    smtp.pannes = 99
    attentes = []
    for _ in range(8):
        maintenant_du(envoi.pk)
        assert module.envoyer(envoi.pk) is False
        envoi.refresh_from_db()
        attentes.append(round((envoi.prochain_essai_le - timezone.now()) / timedelta(minutes=1)))
    assert attentes[:7] == [1, 2, 4, 8, 16, 32, 64]
    assert envoi.abandonne_le
    assert "451" in envoi.derniere_erreur
    assert "ERROR" in [r.levelname for r in caplog.records]
    assert "asso.test" not in caplog.text
    assert module.envoyer(envoi.pk) is None

    smtp.pannes = 0
    assert module.relancer(envoi.pk) == 1
    assert module.envoyer(envoi.pk) is True
    assert module.relancer(envoi.pk) == 0


@pytest.mark.django_db
def test_une_adresse_inconnue_est_abandonnee_sans_insister(monde, smtp):
    smtp.adresses_refusees.add("alice0@asso.test")
    [envoi] = ecrire_un(monde)
    assert module.envoyer(envoi.pk) is False
    envoi.refresh_from_db()
    assert (envoi.essais, envoi.abandonne_le is None) == (1, False)


@pytest.mark.django_db
def test_un_serveur_absent_ne_perd_rien(monde, smtp):
    [envoi] = ecrire_un(monde)
    smtp.server_close()
    smtp.shutdown()
    assert module.envoyer(envoi.pk) is False
    envoi.refresh_from_db()
    assert (envoi.envoye_le, envoi.abandonne_le, envoi.essais) == (None, None, 1)


@pytest.mark.django_db
def test_un_worker_tue_avant_la_fin_rend_l_envoi_apres_sa_reservation(monde, smtp):
    [envoi] = ecrire_un(monde)
    assert module._reserver(envoi.pk) == 1  # le worker meurt ici
    assert module.envoyer(envoi.pk) is None
    assert not Envoi.objects.a_envoyer().exists()
    maintenant_du(envoi.pk)
    assert module.envoyer(envoi.pk) is True
    assert len(smtp.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_deux_workers_n_envoient_pas_le_meme_courriel(smtp):
    [envoi] = ecrire_un(outils.creer_monde())
    depart, resultats = threading.Barrier(4), []

    def courir():
        depart.wait()
        resultats.append(module.envoyer(envoi.pk))
        connection.close()

    fils = [threading.Thread(target=courir) for _ in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert sorted(resultats, key=str) == [None, None, None, True]
    assert len(smtp.messages) == 1


def _acte_range(monde, octets=b"%PDF-1.7 essai"):
    fait = Evenement.objects.de(monde.dossier).get(type="dossier.deposer")
    acte = demander_acte(fait, monde.dossier, Acte.Nature.ACCUSE_RECEPTION, {})
    ranger_pdf(acte.pk, octets)
    acte.refresh_from_db()
    return acte


@pytest.mark.django_db
def test_la_lettre_est_jointe_telle_qu_elle_fut_produite(monde, smtp):
    [envoi] = ecrire_un(monde)
    acte = _acte_range(monde)
    Envoi.objects.update(acte_id=acte.pk)
    module.envoyer(envoi.pk)
    [piece] = list(smtp.messages[0].iter_attachments())
    assert piece.get_filename() == f"{acte.numero}.pdf"
    assert piece.get_content() == b"%PDF-1.7 essai"


@pytest.mark.django_db
def test_une_lettre_alteree_ne_part_pas(monde, smtp):
    [envoi] = ecrire_un(monde)
    acte = _acte_range(monde)
    Envoi.objects.update(acte_id=acte.pk)
    with open(acte.fichier.path, "ab") as fichier:
        fichier.write(b"!")
    assert module.envoyer(envoi.pk) is False
    envoi.refresh_from_db()
    assert "empreinte" in envoi.derniere_erreur
    assert smtp.messages == []


@pytest.mark.django_db
def test_la_boite_de_demonstration_garde_tout_et_n_envoie_rien(monde, boite):
    [envoi] = ecrire_un(monde)
    acte = _acte_range(monde)
    Envoi.objects.update(acte_id=acte.pk)
    module.envoyer(envoi.pk)
    recu = CourrielRecu.objects.get()
    assert (recu.destinataires, recu.objet) == ("alice0@asso.test", envoi.objet)
    assert recu.texte == envoi.texte
    assert recu.html == envoi.html
    assert recu.pieces == [{"nom": f"{acte.numero}.pdf", "type": "application/pdf", "taille": 14}]
