"""L'ordre du jour construit : l'aperçu et ses raisons, l'appliquer, le reprendre, l'annuler, sans rien révéler."""

import time

import pytest
from django.urls import reverse

from evaluation import operations
from evaluation.models import PassageDossier, Seance
from evaluation.operations import OperationRefusee
from evaluation.operations.agenda import ordre_actuel
from evaluation.ordre_propose import Proposition
from evaluation.views.agenda import ecrire_ordre
from journal.models import Evenement
from tests.evaluation.test_pages import texte
from tests.evaluation.test_simultane import en_meme_temps, refus
from tests.fabriques_evaluation import DeportFactory, EvaluationFactory, MembreReunionFactory, PassageFactory

pytestmark = pytest.mark.django_db

# Ce que coûte la page, quel que soit le nombre de lignes.
AGENDA = 13


@pytest.fixture
def trois(seance):
    """Un consensuel, un discuté, un incomplet, dans cet ordre."""
    passages = [seance.passage, PassageFactory(reunion=seance.reunion), PassageFactory(reunion=seance.reunion)]
    for passage, notes in zip(passages, [(4, 4), (1, 5), (5,)], strict=True):
        for utilisateur, niveau in zip((seance.eva, seance.farid), notes, strict=False):
            EvaluationFactory(dossier=passage.dossier, evaluateur=utilisateur, niveau=niveau)
    return passages


def adresse(seance, nom="reunions-agenda"):
    return reverse(nom, args=[seance.reunion.pk])


def appliquer(client, seance):
    proposition = Proposition(seance.reunion, seance.denis)
    champs = {"vu": ecrire_ordre(proposition.rangs), "propose": ecrire_ordre(proposition.places)}
    return client.post(adresse(seance, "reunions-agenda-appliquer"), champs)


def places(seance):
    return ordre_actuel(seance.reunion)


def test_l_apercu_dit_l_ordre_et_pourquoi_puis_s_applique_et_s_annule(client, seance, trois):
    accord, discute, incomplet = trois
    client.force_login(seance.denis)
    page = texte(client.get(adresse(seance)))
    for phrase in (
        "<strong>Écart de 80 points</strong> sur 2 notes, moyenne 60 sur 100",
        "<strong>Notes incomplètes</strong> : 1 sur 2 envoyée",
        "2 notes égales</strong>, moyenne 80 sur 100",
        "15 points au plus",
        "60 sur 100 au moins",
        "2 dossiers à débattre, environ 12 min",
    ):
        assert phrase in page
    avant = places(seance)
    assert appliquer(client, seance).status_code == 302
    assert places(seance) == [(discute.dossier_id, False), (incomplet.dossier_id, False), (accord.dossier_id, True)]
    reunion = texte(client.get(reverse("reunions-detail", args=[seance.reunion.pk])))
    assert "Sans débat" in reunion
    assert "L’ordre du jour est déjà celui-ci" in texte(client.get(adresse(seance)))
    client.post(adresse(seance, "reunions-agenda-revenir"))
    assert places(seance) == avant


def test_l_ordre_ne_dit_rien_des_notes_encore_secretes(client, seance):
    """Que la note envoyée soit 0 ou 5, l'aperçu est le même au signe près."""
    autre = PassageFactory(reunion=seance.reunion)
    client.force_login(seance.denis)
    evaluation = EvaluationFactory(dossier=autre.dossier, evaluateur=seance.eva, niveau=0)
    pages = []
    for niveau in (0, 5):
        evaluation.notes.update(valeur=niveau)
        page = texte(client.get(adresse(seance)))
        pages.append(page[page.index("<main") : page.index("</main>")].split("csrfmiddlewaretoken")[0])
    assert pages[0] == pages[1]
    assert "moyenne" not in pages[0].split("Sans débat</h3>")[0]


def test_un_agent_qui_doit_encore_noter_ne_lit_pas_les_notes_des_autres(seance, trois):
    accord = trois[0]
    PassageDossier.objects.filter(pk=accord.pk).update(decouvert_le="2026-01-01T00:00Z")
    membre = MembreReunionFactory(reunion=seance.reunion, utilisateur=seance.denis)
    place = next(p for p in Proposition(seance.reunion, seance.denis).debats if p.pk == accord.pk)
    assert place.place.raison == "incompletes"
    membre.delete()
    assert accord.pk in {p.pk for p in Proposition(seance.reunion, seance.denis).bloc}


def test_les_sorties_se_groupent_et_se_disent(client, seance, trois):
    for passage in (trois[0], trois[2]):
        DeportFactory(dossier=passage.dossier, utilisateur=seance.farid)
    client.force_login(seance.denis)
    page = texte(client.get(adresse(seance)))
    assert "Farid Benali sort une fois" in page
    assert "Sort de la salle : Farid Benali." in page


def test_un_agent_deporte_ne_lit_pas_l_ordre_propose(client, seance, trois):
    DeportFactory(dossier=trois[0].dossier, utilisateur=seance.denis)
    client.force_login(seance.denis)
    page = texte(client.get(adresse(seance)))
    assert "Un autre agent le construit" in page
    assert trois[0].dossier.organisme.nom not in page or trois[0].dossier.organisme == trois[1].dossier.organisme
    assert "Écart" not in page
    assert client.post(adresse(seance, "reunions-agenda-appliquer"), {"propose": "", "vu": ""}).status_code == 409
    with pytest.raises(OperationRefusee, match="déporté"):
        operations.fixer_ordre(seance.reunion, [(pk, True) for pk, _ in places(seance)], par=seance.denis)


def test_regler_a_la_main_un_rang_et_le_bloc(client, seance, trois):
    a, b, c = trois
    client.force_login(seance.denis)
    champs = {"vu": ecrire_ordre(places(seance)), f"rang-{a.pk}": "3", f"rang-{b.pk}": "2", f"rang-{c.pk}": "3"}
    client.post(adresse(seance, "reunions-agenda-regler"), champs | {f"bloc-{b.pk}": "on"})
    assert places(seance) == [(c.dossier_id, False), (a.dossier_id, False), (b.dossier_id, True)]
    # Monter et descendre ne sortent pas un dossier du bloc.
    operations.deplacer(PassageDossier.objects.get(pk=b.pk), par=seance.denis, vers=1)
    assert places(seance)[-1] == (b.dossier_id, True)
    nouveau = PassageFactory(reunion=seance.reunion, rang=99)
    operations.deplacer(nouveau, par=seance.denis, vers=9)
    assert places(seance)[-1] == (b.dossier_id, True)


def test_deux_agents_le_second_relit_et_garde_sa_saisie(client, seance, trois):
    a, b, c = trois
    vu = ecrire_ordre(places(seance))
    operations.deplacer(c, par=seance.denis, vers=1)
    avant = places(seance)
    client.force_login(seance.denis)
    champs = {"vu": vu, f"rang-{a.pk}": "2", f"rang-{b.pk}": "7", f"rang-{c.pk}": "zut"}
    reponse = client.post(adresse(seance, "reunions-agenda-regler"), champs)
    assert reponse.status_code == 409
    assert "a changé entre-temps" in texte(reponse)
    assert 'value="7"' in texte(reponse)
    assert places(seance) == avant


def test_un_apercu_perime_ne_s_applique_pas(client, seance, trois):
    client.force_login(seance.denis)
    proposition = Proposition(seance.reunion, seance.denis)
    champs = {"vu": ecrire_ordre(proposition.rangs), "propose": ecrire_ordre(proposition.places)}
    EvaluationFactory(dossier=trois[2].dossier, evaluateur=seance.farid, niveau=5)
    reponse = client.post(adresse(seance, "reunions-agenda-appliquer"), champs)
    assert reponse.status_code == 409
    assert "depuis l’aperçu" in texte(reponse)
    assert not Evenement.objects.filter(type="reunion.ordonner").exists()


@pytest.mark.django_db(transaction=True)
def test_deux_ordres_a_la_meme_seconde_un_seul_l_emporte(seance):
    PassageFactory(reunion=seance.reunion)
    vu = places(seance)
    resultats = en_meme_temps(
        *[lambda: operations.fixer_ordre(seance.reunion, vu[::-1], par=seance.denis, vu=vu)] * 2,
    )
    assert refus(resultats) == 1
    assert places(seance) == vu[::-1]


def test_un_debat_demande_par_un_membre_reste_demande(seance, trois):
    a = trois[0]
    PassageDossier.objects.filter(pk=a.pk).update(sans_debat=True, rang=9, sorti_du_bloc_par=seance.eva)
    ordre = places(seance)
    operations.fixer_ordre(seance.reunion, [ordre[1], ordre[0], ordre[2]], par=seance.denis)
    a.refresh_from_db()
    assert a.sorti_du_bloc_par == seance.eva
    for sans_debat in (False, True):
        operations.fixer_ordre(
            seance.reunion, [(pk, pk == a.dossier_id and sans_debat) for pk, _ in ordre], par=seance.denis
        )
    a.refresh_from_db()
    assert a.sans_debat
    assert a.sorti_du_bloc_par is None


def test_pendant_la_seance_l_ordre_entier_ne_bouge_plus(seance, trois):
    Seance.objects.create(reunion=seance.reunion)
    with pytest.raises(OperationRefusee, match="séance est ouverte"):
        operations.fixer_ordre(seance.reunion, places(seance)[::-1], par=seance.denis)
    with pytest.raises(OperationRefusee, match="rien à annuler"):
        operations.revenir_a_l_ordre_d_avant(seance.reunion, par=seance.denis)


def test_revenir_garde_a_la_fin_les_dossiers_inscrits_depuis(seance, trois):
    avant = places(seance)
    operations.fixer_ordre(seance.reunion, avant[::-1], par=seance.denis)
    nouveau = PassageFactory(reunion=seance.reunion)
    operations.revenir_a_l_ordre_d_avant(seance.reunion, par=seance.denis)
    assert places(seance) == [*avant, (nouveau.dossier_id, False)]


@pytest.mark.parametrize("lignes", [1, 3])
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(client, seance, django_assert_num_queries, lignes):
    for _ in range(lignes):
        passage = PassageFactory(reunion=seance.reunion)
        membre = MembreReunionFactory(reunion=seance.reunion)
        DeportFactory(dossier=passage.dossier, utilisateur=membre.utilisateur)
        EvaluationFactory(dossier=passage.dossier, evaluateur=seance.eva)
    PassageDossier.objects.update(decouvert_le="2026-01-01T00:00Z")
    seance.appel.criteres.update(bloquant_sous=5)
    client.force_login(seance.denis)
    with django_assert_num_queries(AGENDA):
        assert client.get(adresse(seance)).status_code == 200


@pytest.mark.lent
def test_quarante_dossiers_et_douze_membres_se_voient_en_une_demi_seconde(client, seance):
    membres = [MembreReunionFactory(reunion=seance.reunion).utilisateur for _ in range(10)]
    for n in range(39):
        dossier = PassageFactory(reunion=seance.reunion).dossier
        for m, utilisateur in enumerate(membres):
            if (n * m) % 7 == 3:
                DeportFactory(dossier=dossier, utilisateur=utilisateur)
            else:
                EvaluationFactory(dossier=dossier, evaluateur=utilisateur, niveau=(n + m) % 6)
    PassageDossier.objects.update(decouvert_le="2026-01-01T00:00Z")
    client.force_login(seance.denis)
    client.get(adresse(seance))
    debut = time.process_time()
    assert client.get(adresse(seance)).status_code == 200
    assert time.process_time() - debut < 0.5
