"""À l'aveugle : personne ne lit les notes d'un autre avant que tous aient envoyé ; ni celles d'où l'on n'est pas."""

import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from comptes.models import Role
from evaluation import operations
from evaluation.models import Evaluation, MembreReunion, Note, PassageDossier
from evaluation.operations import OperationRefusee
from evaluation.proces_verbal import donnees_de
from tests.fabriques import (
    AffectationFactory,
    MembreFactory,
)

pytestmark = pytest.mark.django_db
SECRET = "Porteur fragile, à surveiller."


def url(nom, *args):
    return reverse(nom, args=args)


def texte(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


def saisie(seance, niveau=4, **champs):
    return {f"critere-{c.pk}": niveau for c in seance.appel.criteres.all()} | champs


def test_la_base_refuse_aussi_une_note_hors_bornes(seance):
    evaluation = operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes={})
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.create(evaluation=evaluation, critere=seance.appel.criteres.first(), valeur=6)


def test_envoyer_attend_toutes_les_notes(seance):
    with pytest.raises(OperationRefusee, match="Il reste 9 critères"):
        operations.envoyer_evaluation(seance.dossier, par=seance.eva)
    *presque, dernier = seance.appel.criteres.all()
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes=dict.fromkeys(presque, 0))
    with pytest.raises(OperationRefusee, match="Il reste 1 critère à noter"):
        operations.envoyer_evaluation(seance.dossier, par=seance.eva)
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes={dernier: 0})
    assert operations.envoyer_evaluation(seance.dossier, par=seance.eva).envoyee_le


def pages_lues(client, seance, personne):
    """Tout ce que la personne peut lire de la réunion et du dossier, d'un seul tenant."""
    client.force_login(personne)
    numero = seance.dossier.numero
    routes = [
        url("evaluation-accueil"),
        url("reunions-detail", seance.reunion.pk),
        url("evaluation-noter", numero),
        url("evaluation-avis", numero),
        url("dossiers-detail", numero),
        url("dossiers-liste"),
        f"/api/v1/dossiers/{numero}/",
    ]
    return " ".join(texte(client.get(route)) for route in routes)


@pytest.fixture
def note_d_eva(seance):
    """Éva a envoyé 44 sur 100 : un nombre que rien d’autre n’écrit."""
    notes = dict.fromkeys(seance.appel.criteres.all(), 2)
    notes[seance.appel.criteres.get(poids=15)] = 3
    premier = seance.appel.criteres.filter(poids=5).first()
    notes[premier] = 3
    operations.enregistrer_evaluation(seance.dossier, par=seance.eva, notes=notes, commentaire=SECRET)
    operations.envoyer_evaluation(seance.dossier, par=seance.eva)
    return "44,0"


def test_l_agent_et_l_autre_evaluateur_ne_lisent_rien_avant_que_tous_aient_envoye(client, seance, note_d_eva):
    operations.enregistrer_evaluation(seance.dossier, par=seance.farid, notes=seance.grille())
    for personne in (seance.denis, seance.farid, seance.gisele):
        lu = pages_lues(client, seance, personne)
        assert not [mot for mot in (SECRET, note_d_eva) if mot in lu], personne
    assert "1 sur 2" in pages_lues(client, seance, seance.denis)
    assert note_d_eva in pages_lues(client, seance, seance.eva)  # la sienne


def test_le_proces_verbal_ne_decouvre_pas_une_note_secrete(seance, note_d_eva):
    seance.rendre()
    fige = operations.demander_proces_verbal(seance.reunion, par=seance.denis).donnees
    assert fige["dossiers"][0]["note"] is None
    assert SECRET not in json.dumps(fige, ensure_ascii=False)


def test_les_notes_se_decouvrent_quand_le_dernier_a_envoye(client, seance, note_d_eva):
    seance.envoyer(seance.farid, niveau=5)
    for personne in (seance.denis, seance.farid):
        lu = pages_lues(client, seance, personne)
        assert [mot for mot in (SECRET, note_d_eva, "72,0") if mot not in lu] == [], personne
    # La moyenne se lit aussi du conseil citoyen, sans le détail.
    lu = pages_lues(client, seance, seance.gisele)
    assert "72,0" in lu
    assert SECRET not in lu
    assert donnees_de(seance.reunion, 1)["dossiers"][0]["note"] == "72.00"


def test_une_personne_excusee_n_est_plus_attendue(client, seance, note_d_eva):
    operations.marquer_presence(seance.membre(seance.farid), "excuse", par=seance.denis)
    assert SECRET in pages_lues(client, seance, seance.denis)
    # Elle n'a pas noté : elle ne lit toujours pas les notes des autres.
    lu = pages_lues(client, seance, seance.farid)
    assert SECRET not in lu
    assert note_d_eva not in lu


def test_qui_arrive_apres_la_decouverte_note_encore_sans_lire_les_autres(client, seance, note_d_eva):
    seance.envoyer(seance.farid)
    hugo = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    operations.convier(seance.reunion, hugo, par=seance.denis)
    lu = pages_lues(client, seance, hugo)
    assert SECRET not in lu
    assert note_d_eva not in lu
    assert "62,0" not in lu
    assert SECRET in pages_lues(client, seance, seance.denis)
    seance.envoyer(hugo)
    assert SECRET in pages_lues(client, seance, hugo)


def test_la_cloture_decouvre_les_notes_envoyees(client, seance, note_d_eva):
    seance.rendre()
    assert SECRET not in pages_lues(client, seance, seance.denis)
    operations.clore_reunion(seance.reunion, par=seance.denis)
    assert SECRET in pages_lues(client, seance, seance.denis)


def test_une_reunion_sans_personne_pour_noter_ne_decouvre_rien(seance):
    MembreReunion.objects.filter(reunion=seance.reunion).update(evalue=False)
    operations.marquer_presence(seance.membre(seance.eva), "present", par=seance.denis)
    assert PassageDossier.objects.get().decouvert_le is None


def test_un_refus_du_metier_garde_la_saisie(client, seance):
    client.force_login(seance.eva)
    MembreFactory(utilisateur=seance.eva, organisme=seance.dossier.organisme)
    reponse = client.post(url("evaluation-noter", seance.dossier.numero), saisie(seance, commentaire="Mon commentaire"))
    assert reponse.status_code == 409
    assert "déclarez un conflit d’intérêts" in texte(reponse)
    assert "Mon commentaire" in texte(reponse)


def test_qui_n_est_pas_convie_ne_trouve_pas_la_page(client, seance):
    collegue = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.EVALUATEUR).utilisateur
    etrangere = AffectationFactory(role=Role.EVALUATEUR).utilisateur
    numero = seance.dossier.numero
    for personne in (collegue, etrangere):
        client.force_login(personne)
        assert client.get(url("evaluation-noter", numero)).status_code == 404
        assert client.post(url("evaluation-noter", numero), saisie(seance)).status_code == 404
        assert client.post(url("evaluation-rouvrir", numero)).status_code == 404
        assert client.post(url("evaluation-deport", numero), {"motif": "X"}).status_code == 404
        assert client.get(url("reunions-detail", seance.reunion.pk)).status_code == 404
    assert not Evaluation.objects.exists()


def test_le_conseil_citoyen_lit_sans_noter(client, seance):
    client.force_login(seance.gisele)
    page = url("evaluation-noter", seance.dossier.numero)
    reponse = client.get(page, follow=True)
    assert reponse.redirect_chain == [(url("habitants-conseil", seance.dossier.numero), 302)]
    assert "Envoyer mes notes" not in texte(reponse)
    assert client.post(page, saisie(seance, envoyer="1")).status_code == 409
    assert not Evaluation.objects.exists()
