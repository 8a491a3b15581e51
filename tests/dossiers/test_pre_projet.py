"""Le pré-projet : dix lignes, une réponse datée, et un dossier en un clic."""

import html
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from comptes.models import Role
from comptes.taches import taches_de
from dossiers import operations
from dossiers.jours import decaler, echeance, est_ouvre, paques
from dossiers.models import Dossier, PreProjet
from journal.models import Evenement
from notifications.abonnements import annoncer_pre_projet, annoncer_reponse_au_pre_projet
from notifications.models import Envoi
from tests.fabriques import AffectationFactory, AppelFactory, MembreFactory

pytestmark = pytest.mark.django_db
FILE = 6
IDEE = "Un atelier vélo le samedi, au pied des tours."


def texte(reponse):
    return re.sub(r"[ \n\r\t]+", " ", reponse.content.decode())


@pytest.fixture
def appel():
    return AppelFactory(pre_projet_delai_jours=10)


@pytest.fixture
def alice():
    return MembreFactory().utilisateur


@pytest.fixture
def denis(appel):
    return AffectationFactory(collectivite=appel.collectivite, role=Role.AGENT).utilisateur


def organisme_de(personne):
    return personne.appartenances.get().organisme


def brouillon(appel, alice, **champs):
    champs = {"intitule": "Atelier vélo", "idee": IDEE, "public": "Familles", **champs}
    return operations.commencer_pre_projet(appel, organisme_de(alice), par=alice, **champs)


def envoye(appel, alice, **champs):
    return operations.envoyer_pre_projet(brouillon(appel, alice, **champs), par=alice)


def url(nom, pre_projet):
    return reverse(f"pre-projets-{nom}", args=[pre_projet.pk])


def temoin_de(page):
    return html.unescape(re.search(r'name="version" value="([^"]*)"', page.content.decode())[1])


# Les jours


@pytest.mark.parametrize(
    ("depart", "delai", "attendu"),
    [
        (date(2026, 12, 2), 10, date(2026, 12, 14)),  # le 12 est un samedi
        (date(2026, 12, 1), 10, date(2026, 12, 11)),
        (date(2026, 12, 15), 10, date(2026, 12, 28)),  # Noël, puis le samedi et le dimanche
        (date(2027, 3, 19), 10, date(2027, 3, 30)),  # lundi de Pâques
        (date(2027, 4, 26), 10, date(2027, 5, 7)),  # jeudi de l’Ascension, le 6 mai
    ],
)
def test_l_echeance_tombe_toujours_un_jour_ouvre(depart, delai, attendu):
    assert echeance(depart, delai) == attendu


def test_paques_et_les_jours_qui_en_dependent():
    assert [paques(annee) for annee in (2024, 2025, 2026, 2027, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25),
    ]  # fmt: skip
    assert not est_ouvre(date(2026, 5, 25))
    assert est_ouvre(date(2026, 5, 26))


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2026, 3, 15), date(2027, 3, 15)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 29)),
        (date(2026, 11, 30), date(2027, 11, 30)),
        (None, None),
    ],
)
def test_un_an_plus_tard_la_fin_du_mois_reste_la_fin_du_mois(jour, attendu):
    assert decaler(jour, 1) == attendu


# Écrire et envoyer


def test_le_brouillon_se_garde_incomplet_et_le_service_ne_le_voit_pas(client, appel, alice, denis):
    client.force_login(alice)
    reponse = client.post(reverse("pre-projets-nouveau", args=[appel.slug]),
                          {"organisme": organisme_de(alice).pk, "idee": "Une idée sans titre"})  # fmt: skip
    pre_projet = PreProjet.objects.get()
    assert reponse.url == url("modifier", pre_projet)
    assert "Une idée sans titre" in texte(client.get(url("modifier", pre_projet)))
    client.force_login(denis)
    assert client.get(url("detail", pre_projet)).status_code == 404
    assert "Une idée sans titre" not in texte(client.get(reverse("pre-projets-liste")))


def test_envoyer_donne_une_date_que_les_deux_cotes_voient(client, appel, alice, denis):
    client.force_login(alice)
    with time_machine.travel(timezone.now().replace(year=2026, month=12, day=2, hour=9), tick=False):
        AppelFactory._meta.model.objects.update(
            ouvre_le=timezone.now() - timedelta(days=1), cloture_le=timezone.now() + timedelta(days=30)
        )
        client.force_login(alice)
        client.post(
            reverse("pre-projets-nouveau", args=[appel.slug]),
            {"organisme": organisme_de(alice).pk, "intitule": "Vélo", "idee": IDEE, "envoyer": "oui"},
        )
        pre_projet = PreProjet.objects.get()
        assert pre_projet.reponse_avant == date(2026, 12, 14)
        assert "Réponse avant le lundi 14 décembre 2026." in texte(client.get(url("detail", pre_projet)))
        client.force_login(denis)
        assert "lundi 14 décembre 2026" in texte(client.get(reverse("pre-projets-liste")))


def test_envoyer_sans_titre_garde_tout_ce_qui_etait_tape(client, appel, alice):
    client.force_login(alice)
    reponse = client.post(
        reverse("pre-projets-nouveau", args=[appel.slug]),
        {"organisme": organisme_de(alice).pk, "idee": IDEE, "montant": "beaucoup", "envoyer": "oui"},
    )
    assert reponse.status_code == 422
    assert IDEE in texte(reponse)
    assert "beaucoup" in texte(reponse)
    assert not PreProjet.objects.exists()


def test_un_double_clic_ne_fait_qu_un_pre_projet(client, appel, alice):
    client.force_login(alice)
    donnees = {"organisme": organisme_de(alice).pk, "intitule": "Vélo", "idee": IDEE, "envoyer": "oui"}
    adresses = {client.post(reverse("pre-projets-nouveau", args=[appel.slug]), donnees).url for _ in range(2)}
    assert len(adresses) == 1
    assert PreProjet.objects.count() == 1


def test_visible_avant_l_ouverture_mais_ni_apres_la_cloture_ni_sans_delai(client, alice):
    client.force_login(alice)
    a_venir = AppelFactory(a_venir=True, pre_projet_delai_jours=5)
    clos = AppelFactory(clos=True, pre_projet_delai_jours=5)
    page = client.get(reverse("pre-projets-nouveau", args=[a_venir.slug]))
    assert "Envoyer au service" in texte(page)
    assert "ouvre le" in texte(page)
    assert "ne reçoit plus" in texte(client.get(reverse("pre-projets-nouveau", args=[clos.slug])))
    with pytest.raises(operations.OperationRefusee):
        brouillon(clos, alice)
    for appel in (AppelFactory(), AppelFactory(en_preparation=True, pre_projet_delai_jours=5)):
        assert client.get(reverse("pre-projets-nouveau", args=[appel.slug])).status_code == 404


def test_deux_personnes_du_meme_organisme_ne_s_ecrasent_pas(client, appel, alice):
    pre_projet = brouillon(appel, alice)
    bruno = MembreFactory(organisme=organisme_de(alice)).utilisateur
    operations.enregistrer_pre_projet(pre_projet, par=bruno, intitule="Titre de Bruno", idee="Idée de Bruno")
    client.force_login(alice)
    donnees = {"version": 0, "intitule": "Titre d’Alice", "idee": "Idée d’Alice"}
    refus = client.post(url("modifier", pre_projet), donnees)
    assert refus.status_code == 409
    assert "Idée de Bruno" in texte(refus)
    assert "Idée d’Alice" in texte(refus)
    assert str(bruno) in texte(refus)
    client.post(url("modifier", pre_projet), donnees | {"version": temoin_de(refus)})
    pre_projet.refresh_from_db()
    assert pre_projet.idee == "Idée d’Alice"


# Répondre


@pytest.mark.parametrize("reponse", ["changer", "ailleurs"])
def test_hors_allez_y_la_reponse_s_explique(client, appel, alice, denis, reponse):
    pre_projet = envoye(appel, alice)
    client.force_login(denis)
    refus = client.post(url("repondre", pre_projet), {"reponse": reponse, "explication": "  "})
    assert refus.status_code == 422
    assert "Expliquez votre réponse" in texte(refus)
    with pytest.raises(operations.OperationRefusee):
        operations.repondre_au_pre_projet(pre_projet, par=denis, reponse=reponse)
    client.post(url("repondre", pre_projet), {"reponse": reponse, "explication": "Visez un seul quartier."})
    client.force_login(alice)
    assert "Visez un seul quartier." in texte(client.get(url("detail", pre_projet)))


def test_a_changer_revient_chez_l_organisme_puis_dans_la_file(client, appel, alice, denis):
    pre_projet = envoye(appel, alice)
    operations.repondre_au_pre_projet(pre_projet, par=denis, reponse="changer", explication="Un seul quartier.")
    assert any("changer un point" in tache.texte for tache in taches_de(alice))
    client.force_login(alice)
    client.post(
        url("modifier", pre_projet), {"version": 2, "intitule": "Vélo au Centre", "idee": IDEE, "envoyer": "oui"}
    )
    pre_projet.refresh_from_db()
    assert (pre_projet.reponse, pre_projet.intitule) == ("", "Vélo au Centre")
    client.force_login(denis)
    page = texte(client.get(url("detail", pre_projet)))
    assert "Un seul quartier." in page
    assert "Envoyer la réponse" in page


def test_on_ne_repond_pas_deux_fois(appel, alice, denis):
    pre_projet = envoye(appel, alice)
    operations.repondre_au_pre_projet(pre_projet, par=denis, reponse="continuer")
    with pytest.raises(operations.OperationRefusee):
        operations.repondre_au_pre_projet(pre_projet, par=denis, reponse="ailleurs", explication="Non.")
    with pytest.raises(operations.OperationRefusee):
        operations.enregistrer_pre_projet(pre_projet, par=alice, intitule="Autre")


def test_ni_l_agent_d_ailleurs_ni_l_organisme_d_ailleurs_ne_voient_rien(client, appel, alice):
    pre_projet = envoye(appel, alice)
    for etranger in (AffectationFactory(role=Role.AGENT).utilisateur, MembreFactory().utilisateur):
        client.force_login(etranger)
        assert client.get(url("detail", pre_projet)).status_code == 404
        assert IDEE not in texte(client.get(reverse("pre-projets-liste")))
        assert "Atelier vélo" not in texte(client.get(reverse("pre-projets-liste")))
        with pytest.raises(operations.OperationRefusee):
            operations.repondre_au_pre_projet(pre_projet, par=etranger, reponse="continuer")
    client.force_login(AffectationFactory(role=Role.AGENT).utilisateur)
    assert client.post(url("repondre", pre_projet), {"reponse": "continuer"}).status_code == 404


def test_la_file_met_les_plus_presses_d_abord_et_dit_le_retard(client, appel, alice, denis):
    for jours, titre in ((5, "Tranquille"), (-2, "En souffrance"), (1, "Pressé")):
        pre_projet = envoye(appel, alice, intitule=titre, idee=titre)
        PreProjet.objects.filter(pk=pre_projet.pk).update(reponse_avant=timezone.localdate() + timedelta(days=jours))
    client.force_login(denis)
    page = texte(client.get(reverse("pre-projets-liste")))
    assert page.index("En souffrance") < page.index("Pressé") < page.index("Tranquille")
    assert "En retard de 2 jours" in page
    tache = next(t for t in taches_de(denis) if "pré-projets attendent" in t.texte)
    assert tache.jours_restants == -2


def test_la_file_coute_autant_pour_un_que_pour_trois(client, appel, alice, denis, django_assert_num_queries):
    client.force_login(denis)
    envoye(appel, alice)
    with django_assert_num_queries(FILE):
        client.get(reverse("pre-projets-liste"))
    for rang in range(2):
        envoye(appel, MembreFactory().utilisateur, intitule=f"Idée {rang}")
    with django_assert_num_queries(FILE):
        client.get(reverse("pre-projets-liste"))


# Devenir un dossier


def test_il_devient_le_dossier_en_un_clic_et_un_seul(client, appel, alice):
    objectif = appel.objectifs.first()
    quartiers = list(objectif.quartiers.all())
    pre_projet = envoye(appel, alice, objectif=objectif, montant=Decimal("2500"), quartiers=quartiers)
    client.force_login(alice)
    adresses = {client.post(url("dossier", pre_projet)).url for _ in range(2)}
    dossier = Dossier.objects.get()
    assert adresses == {reverse("dossiers-action", args=[dossier.numero])}
    assert (dossier.intitule, dossier.description, dossier.public) == ("Atelier vélo", IDEE, "Familles")
    assert {(c.objectif, c.quartier) for c in dossier.cibles.all()} == {(objectif, q) for q in quartiers}
    assert dossier.pre_projet == pre_projet


def test_un_seul_financeur_recoit_le_montant_envisage(appel, alice):
    appel.financeurs.set(appel.financeurs.all()[:1])
    dossier = operations.devenir_dossier(envoye(appel, alice, montant=Decimal("2500")), par=alice)
    assert dossier.financements.get().montant_demande == 2500


def test_avant_l_ouverture_le_dossier_attend(client, alice):
    pre_projet = envoye(AppelFactory(a_venir=True, pre_projet_delai_jours=5), alice)
    client.force_login(alice)
    assert "n’est pas ouvert" in texte(client.post(url("dossier", pre_projet), follow=True))
    assert not Dossier.objects.exists()


# Courriels


def test_chacun_est_prevenu_et_un_renvoi_n_efface_pas_la_reponse_du_courriel(appel, alice, denis):
    pre_projet = envoye(appel, alice)
    annoncer_pre_projet(Evenement.objects.get(type="pre_projet.envoyer"))
    operations.repondre_au_pre_projet(pre_projet, par=denis, reponse="changer", explication="Un seul quartier.")
    fait = Evenement.objects.get(type="pre_projet.repondre")
    pre_projet.refresh_from_db()
    operations.envoyer_pre_projet(pre_projet, par=alice)
    annoncer_reponse_au_pre_projet(fait)
    au_service, a_alice = Envoi.objects.order_by("pk")
    assert au_service.destinataire == denis.email
    assert "à lire avant le" in au_service.objet
    assert a_alice.destinataire == alice.email
    assert a_alice.objet.startswith("À changer")
    assert "Un seul quartier." in a_alice.texte


# Supprimer


def test_un_brouillon_s_efface_un_envoi_se_garde(client, appel, alice):
    client.force_login(alice)
    jamais_parti, parti = brouillon(appel, alice), envoye(appel, alice, intitule="Parti")
    client.post(url("supprimer", jamais_parti))
    client.post(url("supprimer", parti))
    assert list(PreProjet.objects.all()) == [parti]
