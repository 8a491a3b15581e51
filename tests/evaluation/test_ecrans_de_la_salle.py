"""Les trois écrans de la séance : ce que chacun montre, ce que la porte ferme, le direct, les mauvaises entrées."""

import re

import pytest
from django.urls import reverse

from comptes.models import Role
from dossiers.models import Dossier
from evaluation import operations
from evaluation.models import Avis, PassageDossier, Vote
from evaluation.operations.invites import inviter
from evaluation.salle import TELEPHONE, empreinte, jeton_de
from evaluation.views import flux
from tests.evaluation.conftest import personne
from tests.evaluation.salle import Phase, deporter, mener, ouvrir, ouvrir_dossier, passer, relire, version, voter
from tests.fabriques_evaluation import MembreReunionFactory, PassageFactory, ReunionFactory

pytestmark = pytest.mark.django_db
TITRE, PORTEUR = "Cirque zinzolin", "Compagnie du Galibier"
EN_PARTIE = {"Parvis-Fragment": "1"}
PORTE = "Vous sortez pour l’examen de ce dossier."


def adresse(seance, nom):
    return reverse(f"seance-{nom}", args=[seance.reunion.pk])


def texte(reponse):
    return re.sub(r"\s+", " ", reponse.content.decode())


def page(client, seance, nom, qui):
    client.force_login(qui)
    return texte(client.get(adresse(seance, nom)))


def geste(client, seance, nom, **donnees):
    client.force_login(seance.denis)
    donnees = {"version": version(seance), **donnees}
    return client.post(adresse(seance, "geste"), {"geste": nom, **donnees})


@pytest.fixture
def zinzolin(seance):
    Dossier.objects.filter(pk=seance.passage.dossier_id).update(intitule=TITRE)
    seance.dossier.organisme.__class__.objects.filter(pk=seance.dossier.organisme_id).update(nom=PORTEUR)
    return seance


# La conduite, par les pages


def test_une_seance_entiere_par_les_pages(client, seance):
    page(client, seance, "conduite", seance.denis)
    client.post(adresse(seance, "geste"), {"geste": "ouvrir"})
    for membre in (seance.eva, seance.farid):
        geste(client, seance, "presence", membre=seance.membre(membre).pk, presence="present")
    assert geste(client, seance, "dossier", passage=seance.passage.pk).status_code == 302
    geste(client, seance, "minuteur", minuteur="demarrer")
    geste(client, seance, "phase", phase="tour_1")
    for membre, montant in ((seance.eva, "2 000"), (seance.farid, "1000,00")):
        client.force_login(membre)
        lu = texte(client.get(adresse(seance, "membre")))
        assert "Premier vote, à l’aveugle" in lu
        reponse = client.post(
            adresse(seance, "voter"), {"passage": seance.passage.pk, "tour": 1, "version": 0, "montant": montant}
        )
        assert reponse.url == adresse(seance, "membre")
    geste(client, seance, "phase", phase="resultat_1")
    lu = page(client, seance, "projecteur", seance.denis)
    assert "médiane 1 500 €" in lu
    assert lu.count('class="point"') == 2
    assert "Éva Roux" not in lu.split("<h2", 1)[1]
    geste(client, seance, "phase", phase="avis")
    lu = page(client, seance, "conduite", seance.denis)
    assert "Rendre l’avis et refermer le dossier" in lu
    montants = {f"montant-{f.pk}": m for f, m in seance.demandes().items()}
    envoi = {"version": version(seance), "sens": "favorable", **montants}
    assert client.post(adresse(seance, "avis"), envoi).status_code == 302
    assert Avis.objects.get().sens == "favorable"
    geste(client, seance, "lever")
    assert "La séance est levée" in page(client, seance, "membre", seance.eva)


def test_la_mediane_se_partage_entre_financeurs_pour_commencer(client, seance):
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1, montants=(1000, 2000))
    passer(seance, Phase.AVIS)
    client.force_login(seance.denis)
    form = client.get(adresse(seance, "conduite")).context["form_avis"]
    assert sum(form.initial.values()) == 1500


def test_un_vote_saute_n_est_pas_une_etape_passee(client, seance):
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1)
    passer(seance, Phase.AVIS)
    client.force_login(seance.denis)
    etapes = client.get(adresse(seance, "conduite")).context["salle"].etapes
    assert [e["nom"] for e in etapes if e["passee"]] == ["Présentation", "Premier vote", "Résultat du premier vote"]


def test_un_avis_incomplet_garde_la_saisie(client, seance):
    ouvrir(seance)
    mener(seance, Phase.AVIS)
    client.force_login(seance.denis)
    envoi = {"version": version(seance), "sens": "reserves", "observations": "Un point à revoir."}
    reponse = client.post(adresse(seance, "avis"), envoi)
    assert reponse.status_code == 422
    assert "Un point à revoir." in texte(reponse)
    assert "dit lesquelles" in texte(reponse)
    assert not Avis.objects.exists()
    assert client.post(adresse(seance, "avis"), {"sens": "favorable"}).status_code == 409


def test_deux_animateurs_par_les_pages(client, seance):
    colette = personne(seance.appel, Role.AGENT, "Colette", "Lemaire")
    ouvrir(seance)
    ouvrir_dossier(seance)
    vue = version(seance)
    passer(seance, Phase.TOUR_1)
    client.force_login(colette)
    reponse = client.post(adresse(seance, "geste"), {"geste": "phase", "phase": "avis", "version": vue})
    assert reponse.status_code == 409
    lu = texte(reponse)
    assert "Denis vient de passer au premier vote." in lu
    assert "Dévoiler le premier vote" in lu
    assert relire(seance).phase == Phase.TOUR_1


@pytest.fixture
def deux_animateurs(client, seance):
    """Denis a ouvert l'avis collectif ; Colette, sur la même page, l'écrit."""
    colette = personne(seance.appel, Role.AGENT, "Colette", "Lemaire")
    ouvrir(seance)
    mener(seance, Phase.AVIS)
    client.force_login(colette)
    financeur = next(iter(seance.demandes()))
    return {
        "version": version(seance),
        "passage": seance.passage.pk,
        "sens": "reserves",
        "reserves": "Un bilan à mi-année.",
        "observations": "La CAF suit le projet.",
        f"montant-{financeur.pk}": "800",
    }


def test_l_avis_ecrit_pendant_qu_un_collegue_avance_se_relit(client, seance, deux_animateurs):
    """L'un referme et ouvre le dossier suivant pendant que l'autre note l'avis : rien ne s'enregistre à côté."""
    suivant = PassageFactory(reunion=seance.reunion)
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    ouvrir_dossier(seance, suivant)
    for phase in (None, Phase.AVIS):
        if phase:
            passer(seance, phase)
        reponse = client.post(adresse(seance, "avis"), deux_animateurs | {"version": version(seance)})
        assert reponse.status_code == 409
        lu = texte(reponse)
        for garde in (
            "Ce que vous aviez écrit",
            "Favorable avec réserves",
            "Un bilan à mi-année.",
            "La CAF suit",
            "800",
        ):
            assert garde in lu
        assert not Avis.objects.exists()
        assert relire(seance).passage == suivant


def test_l_avis_du_meme_dossier_reste_dans_le_formulaire(client, seance, deux_animateurs):
    passer(seance, Phase.PRESENTATION)
    passer(seance, Phase.AVIS)
    reponse = client.post(adresse(seance, "avis"), deux_animateurs)
    assert reponse.status_code == 409
    lu = texte(reponse)
    assert "Denis vient de passer à l’avis collectif." in lu
    assert "Ce que vous aviez écrit" not in lu
    assert reponse.context["form_avis"]["reserves"].value() == "Un bilan à mi-année."
    assert client.post(adresse(seance, "avis"), deux_animateurs | {"version": version(seance)}).status_code == 302
    assert Avis.objects.get().reserves == "Un bilan à mi-année."


def test_deux_avis_sur_le_meme_dossier_le_second_se_relit(client, seance, deux_animateurs):
    seance.rendre()
    reponse = client.post(adresse(seance, "avis"), deux_animateurs)
    assert reponse.status_code == 409
    assert "Un bilan à mi-année." in texte(reponse)
    assert Avis.objects.get().sens == "favorable"


@pytest.mark.parametrize(
    "donnees",
    [
        {},
        {"geste": "n’importe quoi"},
        {"geste": "phase", "phase": "avis"},
        {"geste": "phase", "phase": "avis", "version": "un"},
        {"geste": "lever", "version": "-1"},
    ],
)
def test_un_geste_illisible_ne_fait_rien(client, seance, donnees):
    ouvrir(seance)
    ouvrir_dossier(seance)
    client.force_login(seance.denis)
    assert client.post(adresse(seance, "geste"), donnees).status_code == 422
    assert relire(seance).phase == Phase.PRESENTATION


@pytest.mark.parametrize("passage", ["", "0", "x", "9" * 30, "999999"])
def test_un_passage_ou_un_membre_inconnu_est_introuvable(client, seance, passage):
    ouvrir(seance)
    assert geste(client, seance, "dossier", passage=passage).status_code == 404
    assert geste(client, seance, "presence", membre=passage, presence="present").status_code == 404


def test_les_invites_se_pointent_dans_la_salle_sans_compter(client, seance):
    """Sans compte, ils n'ont pas de téléphone ici : l'agent les pointe ; ils ne votent ni ne font le quorum."""
    invitee = inviter(seance.reunion, par=seance.denis, nom="Rose Delay", structure="Cité éducative")
    ailleurs = inviter(ReunionFactory(appel=seance.appel), par=seance.denis, nom="Paul Lens")
    assert "Rose Delay" not in page(client, seance, "conduite", seance.denis)
    ouvrir(seance)
    assert "Rose Delay" in page(client, seance, "conduite", seance.denis)
    avant = version(seance)
    for presence, dit in (("present", "Présent, ne vote pas"), ("attendu", "Attendu"), ("excuse", "Excusé")):
        assert geste(client, seance, "presence", invite=invitee.pk, presence=presence).status_code == 302
        invitee.refresh_from_db()
        assert invitee.presence == presence
        assert dit in page(client, seance, "conduite", seance.denis).split("Personnes invitées")[1]
    # Une présence ne bouscule pas l'animateur.
    assert version(seance) == avant
    assert geste(client, seance, "presence", invite=invitee.pk, presence="sortie").status_code == 409
    for inconnu in (ailleurs.pk, "x", ""):
        assert geste(client, seance, "presence", invite=inconnu, presence="present").status_code == 404
    assert "Rose Delay" not in page(client, seance, "membre", seance.eva)


def test_sans_quorum_on_demande_puis_on_poursuit(client, seance):
    seance.reunion.quorum = 5
    seance.reunion.save()
    ouvrir(seance)
    reponse = geste(client, seance, "dossier", passage=seance.passage.pk)
    assert reponse.status_code == 409
    assert "Poursuivre sans le quorum" in texte(reponse)
    champs = dict(reponse.context["confirmation"]["champs"])
    assert client.post(adresse(seance, "geste"), {**champs, "sans_quorum": "on"}).status_code == 302
    assert relire(seance).phase == Phase.PRESENTATION
    assert "Quorum non atteint (2 sur 5 exigés)" in page(client, seance, "projecteur", seance.denis)


def test_le_bloc_sans_debat_par_les_pages(client, seance):
    bloc = [PassageFactory(reunion=seance.reunion, sans_debat=True) for _ in range(2)]
    ouvrir(seance)
    lu = page(client, seance, "membre", seance.gisele)
    assert lu.count("Demander à en débattre") == 2
    client.post(adresse(seance, "debattre"), {"passage": bloc[0].pk})
    assert PassageDossier.objects.get(pk=bloc[0].pk).sorti_du_bloc_par == seance.gisele
    assert "Débat demandé" in page(client, seance, "conduite", seance.denis)
    geste(client, seance, "bloc", passages=[bloc[1].pk])
    assert [a.dossier_id for a in Avis.objects.all()] == [bloc[1].dossier_id]


# Le téléphone


def test_le_second_appareil_est_prevenu(client, seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    voter(seance, seance.eva, 2000)
    client.force_login(seance.eva)
    envoi = {"passage": seance.passage.pk, "tour": 1, "version": 0, "montant": "2500"}
    reponse = client.post(adresse(seance, "voter"), envoi)
    assert reponse.status_code == 409
    assert "Vous avez déjà proposé 2 000 € depuis un autre appareil. Remplacer par 2 500 € ?" in texte(reponse)
    assert client.post(adresse(seance, "voter"), envoi | {"version": 1}).status_code == 302
    assert Vote.objects.get().montant == 2500


@pytest.mark.parametrize("montant", ["", "beaucoup", "-1", "1e9", "99999999999999", "12,345", "NaN"])
def test_un_montant_illisible_reste_dans_le_champ(client, seance, montant):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    client.force_login(seance.eva)
    envoi = {"passage": seance.passage.pk, "tour": 1, "version": 0, "montant": montant}
    reponse = client.post(adresse(seance, "voter"), envoi)
    assert reponse.status_code == 422
    assert f'value="{montant}"' in texte(reponse)
    assert not Vote.objects.exists()


@pytest.mark.parametrize("trafique", [{"passage": "x"}, {"passage": "9" * 25}, {"tour": "7"}, {"version": "-3"}])
def test_un_vote_trafique_ne_compte_pas(client, seance, trafique):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    client.force_login(seance.eva)
    envoi = {"passage": seance.passage.pk, "tour": 1, "version": 0, "montant": "10"} | trafique
    assert client.post(adresse(seance, "voter"), envoi).status_code == 422
    assert not Vote.objects.exists()


def test_la_reponse_a_un_vote_ne_montre_que_le_vote(client, seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    client.force_login(seance.eva)
    envoi = {"passage": seance.passage.pk, "tour": 1, "version": 0, "montant": "2000"}
    reponse = client.post(adresse(seance, "voter"), envoi, headers=EN_PARTIE)
    assert reponse["Parvis-Version"] == empreinte(seance.reunion.pk, seance.eva.pk, TELEPHONE)
    assert texte(reponse).startswith('<section id="mon-vote"')


def test_a_l_aveugle_jusqu_au_resultat(client, seance):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    voter(seance, seance.eva, 2345)
    for nom, qui in (("membre", seance.farid), ("projecteur", seance.denis), ("conduite", seance.denis)):
        assert "2 345" not in page(client, seance, nom, qui)
    assert "2 345" in page(client, seance, "membre", seance.eva)
    assert 'Éva Roux<span class="invisible"> a voté' in page(client, seance, "projecteur", seance.denis)


def test_la_proposition_extreme_est_invitee_sans_etre_nommee(client, seance):
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1, montants=(2000, 1000))
    assert "la plus haute" in page(client, seance, "membre", seance.eva)
    assert "la plus basse" in page(client, seance, "membre", seance.farid)
    assert "la plus" not in page(client, seance, "membre", seance.gisele).replace("plus basse et", "")
    assert "peuvent, si elles le souhaitent" in page(client, seance, "projecteur", seance.denis)


# La porte


def test_la_page_du_deporte_est_vide_jusque_dans_le_fragment_et_l_etat(client, zinzolin):
    seance = zinzolin
    deporter(seance, seance.eva)
    ouvrir(seance)
    for phase in (None, Phase.TOUR_1, Phase.RESULTAT_1, Phase.AVIS):
        if phase is None:
            ouvrir_dossier(seance)
        else:
            if phase == Phase.RESULTAT_1:
                voter(seance, seance.farid, 1234)
            passer(seance, phase)
        client.force_login(seance.eva)
        jeton = jeton_de(seance.reunion, seance.eva, TELEPHONE)
        lus = [
            texte(client.get(adresse(seance, "membre"))),
            texte(client.get(adresse(seance, "membre"), headers=EN_PARTIE)),
            texte(client.get(adresse(seance, "etat"), {"jeton": jeton})),
        ]
        assert PORTE in lus[0]
        assert PORTE in lus[1]
        assert "Vous serez rappelé." in lus[1]
        for lu in lus:
            for interdit in (TITRE, PORTEUR, seance.dossier.numero, "€", "1 234"):
                assert interdit not in lu
        # Ceux qui restent le voient bien.
        assert TITRE in page(client, seance, "membre", seance.farid)
        assert "Hors de la salle : Éva Roux (sortie à" in page(client, seance, "projecteur", seance.denis)
    client.force_login(seance.eva)
    envoi = {"passage": seance.passage.pk, "tour": 1, "version": 0, "montant": "10"}
    refus = client.post(adresse(seance, "voter"), envoi)
    assert (refus.status_code, PORTE in texte(refus), TITRE in texte(refus)) == (409, True, False)


def test_entre_deux_dossiers_qui_le_concernent_il_attend_dehors(client, zinzolin):
    seance = zinzolin
    second = PassageFactory(reunion=seance.reunion)
    for passage in (seance.passage, second):
        deporter(seance, seance.eva, passage)
    ouvrir(seance)
    ouvrir_dossier(seance)
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    assert PORTE in page(client, seance, "membre", seance.eva)
    operations.ouvrir_dossier(seance.reunion, second, par=seance.denis, version=version(seance))
    operations.fermer_dossier(seance.reunion, par=seance.denis, version=version(seance))
    # Le premier n'a pas d'avis : il reste à examiner, et le concerne encore.
    assert PORTE in page(client, seance, "membre", seance.eva)


def test_l_agent_deporte_ne_lit_le_dossier_ni_en_conduite_ni_au_mur(client, zinzolin):
    seance = zinzolin
    deporter(seance, seance.denis)
    colette = personne(seance.appel, Role.AGENT, "Colette", "Lemaire")
    operations.ouvrir_seance(seance.reunion, par=colette)
    for etape in ("avant", "pendant"):
        if etape == "pendant":
            operations.ouvrir_dossier(seance.reunion, seance.passage, par=colette, version=version(seance))
            assert TITRE in page(client, seance, "projecteur", colette)
        for nom in ("conduite", "projecteur"):
            lu = page(client, seance, nom, seance.denis)
            assert TITRE not in lu
            assert PORTEUR not in lu
            assert (PORTE in lu) == (etape == "pendant")


def test_le_mur_tait_le_titre_d_un_dossier_du_bloc_dont_un_present_s_est_deporte(client, seance):
    passage = PassageFactory(reunion=seance.reunion, sans_debat=True)
    Dossier.objects.filter(pk=passage.dossier_id).update(intitule=TITRE)
    deporter(seance, seance.eva, passage)
    ouvrir(seance, seance.farid)
    assert TITRE in page(client, seance, "projecteur", seance.denis)
    assert TITRE not in page(client, seance, "membre", seance.eva)
    operations.se_declarer_present(seance.reunion, par=seance.eva)
    lu = page(client, seance, "projecteur", seance.denis)
    assert TITRE not in lu
    assert passage.dossier.numero in lu


# Le direct


@pytest.mark.parametrize("ecran", ["conduite", "projecteur", "telephone"])
def test_l_etat_ne_laisse_pas_compter_les_votes_a_qui_s_est_deporte(seance, ecran):
    ouvrir(seance)
    mener(seance, Phase.TOUR_1)
    temoin = empreinte(seance.reunion.pk, seance.denis.pk, "projecteur")
    deporter(seance, seance.denis)
    avant = empreinte(seance.reunion.pk, seance.denis.pk, ecran)
    autre = empreinte(seance.reunion.pk, seance.farid.pk, "projecteur")
    voter(seance, seance.eva, 2000)
    assert empreinte(seance.reunion.pk, seance.denis.pk, ecran) == avant != temoin
    assert empreinte(seance.reunion.pk, seance.farid.pk, "projecteur") != autre


def test_l_etat_ne_parle_que_quand_il_y_a_du_neuf(client, seance, django_assert_num_queries):
    ouvrir(seance)
    ouvrir_dossier(seance)
    jetons = {e: jeton_de(seance.reunion, seance.eva, e) for e in ("telephone", "projecteur")}

    def demander(ecran, connue):
        with django_assert_num_queries(1):
            return client.get(adresse(seance, "etat"), {"jeton": jetons[ecran], "version": connue})

    connues = {e: demander(e, "").json()["version"] for e in jetons}
    assert [demander(e, connues[e]).status_code for e in jetons] == [204, 204]
    passer(seance, Phase.TOUR_1)
    connues = {e: demander(e, connues[e]).json()["version"] for e in jetons}
    # Le vote de Farid change le mur ; le téléphone d'Éva n'a pas à se recharger pour lui.
    voter(seance, seance.farid, 1000)
    assert [demander(e, connues[e]).status_code for e in jetons] == [204, 200]
    deporter(seance, seance.eva)
    assert demander("telephone", connues["telephone"]).status_code == 200


@pytest.mark.parametrize("jeton", ["", "faux", "WzEsMiwzXQ:x:y"])
@pytest.mark.parametrize("nom", ["etat", "flux"])
def test_sans_jeton_valable_pas_de_direct(client, seance, nom, jeton):
    autre = jeton_de(ReunionFactory(appel=seance.appel), seance.eva, TELEPHONE)
    for essai in (jeton, autre):
        assert client.get(adresse(seance, nom), {"jeton": essai}).status_code == 404


def test_le_flux_annonce_puis_rend_sa_place(client, seance, monkeypatch):
    monkeypatch.setattr(flux, "DUREE_S", 0)
    ouvrir(seance)
    jeton = jeton_de(seance.reunion, seance.denis, "projecteur")
    lue = empreinte(seance.reunion.pk, seance.denis.pk, "projecteur")
    reponse = client.get(adresse(seance, "flux"), {"jeton": jeton, "version": "ancienne"})
    assert reponse["Content-Type"] == "text/event-stream"
    assert b"".join(reponse.streaming_content).decode() == (
        f"id: {lue}\nevent: version\ndata: {lue}\n\nevent: fin\ndata: fin\n\n"
    )
    # Reconnecté avec la dernière version lue, il n'a rien à redire.
    reponse = client.get(adresse(seance, "flux"), {"jeton": jeton}, headers={"Last-Event-ID": lue})
    assert b"".join(reponse.streaming_content) == b"event: fin\ndata: fin\n\n"
    assert flux.places._prises == 0


def test_les_flux_sont_comptes_et_la_derniere_place_n_est_pas_pour_un_telephone(client, seance, settings, monkeypatch):
    monkeypatch.setattr(flux, "DUREE_S", 0)
    settings.SEANCE_FLUX = 2
    ouvrir(seance)

    def ouvrir_un_flux(ecran):
        jeton = jeton_de(seance.reunion, seance.denis, ecran)
        return client.get(adresse(seance, "flux"), {"jeton": jeton})

    premier, second = ouvrir_un_flux("telephone"), ouvrir_un_flux("telephone")
    assert (premier.streaming, second.streaming) == (True, False)
    assert second.content == b"event: complet\ndata: complet\n\n"
    mur = ouvrir_un_flux("projecteur")
    assert (mur.streaming, ouvrir_un_flux("projecteur").streaming) == (True, False)
    for ouvert in (premier, mur):
        b"".join(ouvert.streaming_content)
    assert flux.places._prises == 0


def test_apres_une_coupure_la_page_relue_dit_tout(client, seance):
    """Aucun différentiel : qui a tout manqué lit l'état entier."""
    ouvrir(seance)
    mener(seance, Phase.RESULTAT_1)
    assert "médiane 1 500 €" in page(client, seance, "membre", seance.eva)


# Les droits, les requêtes


def test_chacun_son_ecran(client, seance):
    ouvrir(seance)
    for qui, codes in (
        (seance.eva, (403, 403, 200)),
        (seance.gisele, (403, 403, 200)),
        (seance.denis, (200, 200, 404)),
    ):
        client.force_login(qui)
        assert tuple(client.get(adresse(seance, n)).status_code for n in ("conduite", "projecteur", "membre")) == codes
    ailleurs = personne(ReunionFactory().appel, Role.EVALUATEUR, "Paul", "Ailleurs")
    client.force_login(ailleurs)
    assert client.get(adresse(seance, "membre")).status_code == 404


def test_un_groupe_de_travail_n_a_aucun_de_ces_ecrans(client, seance):
    reunion = ReunionFactory(sans_dossiers=True, collectivite=seance.reunion.collectivite)
    MembreReunionFactory(reunion=reunion, utilisateur=seance.eva)
    for qui, nom in ((seance.denis, "conduite"), (seance.denis, "projecteur"), (seance.eva, "membre")):
        client.force_login(qui)
        assert client.get(reverse(f"seance-{nom}", args=[reunion.pk])).status_code == 404


REQUETES = {
    ("conduite", Phase.ATTENTE): 13,
    ("conduite", Phase.PRESENTATION): 14,
    ("conduite", Phase.TOUR_1): 15,
    ("conduite", Phase.RESULTAT_1): 15,
    ("projecteur", Phase.ATTENTE): 12,
    ("projecteur", Phase.PRESENTATION): 14,
    ("projecteur", Phase.TOUR_1): 14,
    ("projecteur", Phase.RESULTAT_1): 14,
    ("membre", Phase.ATTENTE): 12,
    ("membre", Phase.PRESENTATION): 14,
    ("membre", Phase.TOUR_1): 14,
    ("membre", Phase.RESULTAT_1): 14,
}


@pytest.mark.parametrize("lignes", [1, 3])
@pytest.mark.parametrize("phase", [Phase.ATTENTE, Phase.PRESENTATION, Phase.TOUR_1, Phase.RESULTAT_1])
@pytest.mark.parametrize(("nom", "qui"), [("conduite", "denis"), ("projecteur", "denis"), ("membre", "eva")])
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(
    client, seance, nom, qui, phase, lignes, django_assert_num_queries
):
    for _ in range(lignes):
        PassageFactory(reunion=seance.reunion, sans_debat=True)
        MembreReunionFactory(reunion=seance.reunion, presence="present")
        inviter(seance.reunion, par=seance.denis, nom=f"Rose {PassageDossier.objects.count()}")
    ouvrir(seance)
    if phase != Phase.ATTENTE:
        mener(seance, phase)
    client.force_login(getattr(seance, qui))
    with django_assert_num_queries(REQUETES[nom, phase]):
        assert client.get(adresse(seance, nom)).status_code == 200
