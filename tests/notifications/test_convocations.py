"""Convocations : un courriel par personne, l'ordre du jour qu'elle peut lire, une invitation que l'agenda lit."""

import email
from datetime import timedelta
from email import policy
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from comptes.models import Affectation, Role, Utilisateur
from evaluation import invitation_agenda, operations
from evaluation.models import ProcesVerbal, Reunion
from evaluation.operations import OperationRefusee, convocation, points
from evaluation.operations.invites import inviter, retirer_invite
from notifications.models import Envoi
from notifications.travail import vider
from tests.evaluation.conftest import seance  # noqa: F401 : la réunion commune
from tests.fabriques import PassageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva(monde):
    eva = Utilisateur.objects.create_user("eva@caf.test", prenom="Éva", nom="Roux")
    Affectation.objects.create(utilisateur=eva, collectivite=monde.collectivite, role=Role.EVALUATEUR)
    return eva


@pytest.fixture
def groupe(monde, eva):
    groupe = operations.creer_reunion(
        collectivite=monde.collectivite,
        par=monde.denis,
        nature="groupe_travail",
        titre="Santé, droits ; « accès » de tous les habitants des trois quartiers de la commune",
        debut=timezone.now().replace(microsecond=0) + timedelta(days=7),
        lieu="Salle B, 1er étage",
    )
    operations.convier(groupe, eva, par=monde.denis)
    inviter(groupe, par=monde.denis, nom='Karine "KL" Lobry', courriel="karine@centre.test")
    inviter(groupe, par=monde.denis, nom="Sans adresse")
    points.ajouter_point(groupe, par=monde.denis, titre="Point un", preparation="À lire avant.", minutes=20)
    return groupe


def recus(adresse):
    vider()
    return Envoi.objects.filter(destinataire=adresse).order_by("pk")


def evenement(texte):
    agenda = Calendar.from_ical(texte)
    return agenda, agenda.events[0]


def test_chacun_recoit_un_seul_courriel_avec_l_agenda(monde, groupe, eva):
    convocation.convoquer(groupe, par=monde.denis)
    with pytest.raises(OperationRefusee, match="déjà parties"):
        convocation.convoquer(groupe, par=monde.denis)
    vider()
    vider()
    assert sorted(Envoi.objects.values_list("destinataire", flat=True)) == ["eva@caf.test", "karine@centre.test"]
    a_eva, a_karine = recus("eva@caf.test").get(), recus("karine@centre.test").get()
    assert "1. Point un (20 min)" in a_eva.texte
    assert f"/evaluation/reunions/{groupe.pk}/" in a_eva.texte
    assert "À lire avant." in a_karine.texte
    assert "/evaluation/" not in a_karine.texte + a_karine.agenda
    assert {m.to[0] for m in mail.outbox} == {"eva@caf.test", "karine@centre.test"}


def test_l_invitation_suit_la_rfc(monde, groupe, eva):
    convocation.convoquer(groupe, par=monde.denis)
    texte = recus("karine@centre.test").get().agenda
    assert texte.count("\r\n") == texte.count("\n")
    assert max(len(ligne.encode()) for ligne in texte.split("\r\n")) <= 75
    agenda, reunion = evenement(texte)
    assert (str(agenda["METHOD"]), str(agenda["VERSION"])) == ("REQUEST", "2.0")
    assert [str(z["TZID"]) for z in agenda.timezones] == ["Europe/Paris"]
    assert str(reunion["UID"]) == invitation_agenda.identifiant(groupe)
    assert reunion["SEQUENCE"] == 0
    assert "DTSTART;TZID=Europe/Paris:" in texte
    assert reunion["DTSTART"].dt == groupe.debut.astimezone(ZoneInfo("Europe/Paris"))
    assert reunion["DTEND"].dt - reunion["DTSTART"].dt == timedelta(hours=2)
    assert str(reunion["SUMMARY"]).endswith(groupe.titre)
    assert str(reunion["LOCATION"]) == "Salle B, 1er étage"
    assert str(reunion["ATTENDEE"]) == "mailto:karine@centre.test"
    assert str(reunion["ORGANIZER"]) == f"mailto:{monde.collectivite.service_courriel}"


def test_la_piece_jointe_dit_sa_methode_et_garde_ses_fins_de_ligne(monde, groupe, eva):
    convocation.convoquer(groupe, par=monde.denis)
    texte = recus("eva@caf.test").get().agenda
    message = next(m for m in mail.outbox if m.to == ["eva@caf.test"])
    lu = email.message_from_bytes(message.message().as_bytes(), policy=policy.default)
    (piece,) = [p for p in lu.walk() if p.get_content_type() == "text/calendar"]
    assert piece.get_param("method") == "REQUEST"
    assert piece.get_filename() == "reunion.ics"
    assert piece.get_payload(decode=True).decode() == texte


def test_changer_la_date_se_revise_et_s_annonce_une_fois(monde, groupe, eva):
    operations.modifier_reunion(groupe, par=monde.denis, lieu="Ailleurs")
    groupe.refresh_from_db()
    assert groupe.revision == 0
    with pytest.raises(OperationRefusee, match="connaissent"):
        convocation.prevenir_du_changement(groupe, par=monde.denis)
    convocation.convoquer(groupe, par=monde.denis)
    groupe = operations.modifier_reunion(groupe, par=monde.denis, divers="Sans effet sur l’agenda")
    assert not convocation.a_annoncer(groupe)
    groupe = operations.modifier_reunion(groupe, par=monde.denis, debut=groupe.debut + timedelta(days=1))
    assert convocation.a_annoncer(groupe)
    convocation.prevenir_du_changement(groupe, par=monde.denis)
    with pytest.raises(OperationRefusee, match="connaissent"):
        convocation.prevenir_du_changement(groupe, par=monde.denis)
    premier, second = recus("eva@caf.test")
    assert evenement(second.agenda)[1]["SEQUENCE"] == 1
    assert evenement(premier.agenda)[1]["UID"] == evenement(second.agenda)[1]["UID"]
    assert evenement(second.agenda)[1]["DTSTART"].dt == groupe.debut


def test_annuler_retire_des_agendas_et_rouvrir_les_rappelle(monde, groupe, eva):
    convocation.convoquer(groupe, par=monde.denis)
    vider()
    convocation.annuler_reunion(groupe, par=monde.denis, motif="Salle indisponible.")
    annulation = recus("eva@caf.test").last()
    agenda, reunion = evenement(annulation.agenda)
    assert (str(agenda["METHOD"]), str(reunion["STATUS"]), reunion["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert "Salle indisponible." in annulation.texte
    groupe = operations.rouvrir_reunion(groupe, par=monde.denis, motif="La salle est rendue.")
    assert convocation.a_annoncer(groupe)


def test_annuler_avant_les_convocations_n_ecrit_a_personne(monde, groupe, eva):
    convocation.annuler_reunion(groupe, par=monde.denis, motif="Reportée.")
    vider()
    assert not Envoi.objects.exists()


def test_qui_est_convie_ensuite_recoit_la_sienne_et_qui_est_retire_un_retrait(monde, groupe, eva):
    convocation.convoquer(groupe, par=monde.denis)
    vider()
    lea = inviter(groupe, par=monde.denis, nom="Léa", courriel="lea@centre.test")
    assert "Convocation" in recus("lea@centre.test").get().objet
    retirer_invite(lea, par=monde.denis)
    assert str(evenement(recus("lea@centre.test").last().agenda)[0]["METHOD"]) == "CANCEL"
    operations.retirer_membre(groupe.membres.get(utilisateur=eva), par=monde.denis)
    assert recus("eva@caf.test").count() == 2


def test_convie_juste_avant_de_convoquer_un_seul_courriel(monde, groupe, eva):
    """Le fait « convier » est diffusé après que les convocations sont demandées : la personne n'en reçoit qu'une."""
    noe = Utilisateur.objects.create_user("noe@caf.test", prenom="Noé", nom="Petit")
    Affectation.objects.create(utilisateur=noe, collectivite=monde.collectivite, role=Role.AGENT)
    operations.convier(groupe, noe, par=monde.denis)
    convocation.convoquer(groupe, par=monde.denis)
    assert recus("noe@caf.test").count() == 1


def test_sans_personne_ni_date_a_venir_rien_ne_part(monde):
    commun = {"collectivite": monde.collectivite, "par": monde.denis, "nature": "pilotage", "titre": "P"}
    seule = operations.creer_reunion(**commun, debut=timezone.now() + timedelta(days=1))
    passee = operations.creer_reunion(**commun, debut=timezone.now() - timedelta(days=1))
    with pytest.raises(OperationRefusee, match="Personne"):
        convocation.convoquer(seule, par=monde.denis)
    with pytest.raises(OperationRefusee, match="commencé"):
        convocation.convoquer(passee, par=monde.denis)


def test_le_deporte_ne_lit_pas_son_dossier_dans_sa_convocation(seance_thematique):
    commune, secret = seance_thematique
    operations.declarer_deport(secret, par=commune.eva, motif="Membre du bureau.")
    inviter(commune.reunion, par=commune.denis, nom="Élue", courriel="elue@ville.test")
    convocation.convoquer(commune.reunion, par=commune.denis)
    textes = {adresse: recus(adresse).get() for adresse in (commune.eva.email, commune.farid.email, "elue@ville.test")}
    assert secret.intitule in textes[commune.farid.email].texte
    for adresse in (commune.eva.email, "elue@ville.test"):
        envoi = textes[adresse]
        assert secret.intitule not in envoi.texte + envoi.html + envoi.agenda
        assert secret.numero not in envoi.texte + envoi.html
    assert "Examen de 2 dossiers" in textes["elue@ville.test"].texte


@pytest.fixture
def seance_thematique(seance):  # noqa: F811
    PassageFactory(reunion=seance.reunion)
    dossier = seance.dossier
    type(dossier).objects.filter(pk=dossier.pk).update(intitule="Cirque zinzolin")
    return seance, seance.dossier


def test_une_reunion_convoquee_ne_se_supprime_pas(monde, groupe):
    convocation.convoquer(groupe, par=monde.denis)
    with pytest.raises(OperationRefusee, match="annulez-la"):
        operations.supprimer_reunion(groupe, par=monde.denis)


def test_la_page_donne_l_agenda_et_la_feuille(client, monde, groupe, eva):
    client.force_login(eva)
    reponse = client.get(reverse("reunions-ics", args=[groupe.pk]))
    assert reponse.headers["Content-Type"].startswith("text/calendar")
    agenda, reunion = evenement(reponse.content)
    assert str(agenda["METHOD"]) == "PUBLISH"
    assert "ATTENDEE" not in reunion
    assert client.get(reverse("reunions-emargement", args=[groupe.pk])).status_code == 403
    client.force_login(monde.denis)
    assert client.get(reverse("reunions-emargement", args=[groupe.pk])).content.startswith(b"%PDF")


def test_le_compte_rendu_se_produit_et_se_lit_par_les_membres(client, monde, groupe, eva):
    operations.demander_proces_verbal(Reunion.objects.get(pk=groupe.pk), par=monde.denis)
    assert vider()["procès-verbaux"] == 1
    compte_rendu = ProcesVerbal.objects.get()
    adresse = reverse("proces-verbal-telecharger", args=[compte_rendu.pk])
    client.force_login(eva)
    assert b"".join(client.get(adresse).streaming_content).startswith(b"%PDF")
    operations.retirer_membre(groupe.membres.get(utilisateur=eva), par=monde.denis)
    assert client.get(adresse).status_code == 404
