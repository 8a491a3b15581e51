"""Ce que leur avis a changé : écrit par le service, publié, annoncé au conseil, et rien de plus tôt qu'il ne faut."""

import pytest
from django.utils import timezone

from comptes.models import Role
from dossiers.models import Dossier
from evaluation import operations
from evaluation.models import SuiteCitoyenne
from evaluation.operations import OperationRefusee, citoyens
from journal.models import Evenement
from notifications.models import Envoi
from notifications.travail import vider
from tests.evaluation.outils_habitants import adresse, preparer, repondre, texte
from tests.fabriques import AffectationFactory

pytestmark = pytest.mark.django_db
TEXTE = "Vous demandiez des bancs : l’association en pose deux."


@pytest.fixture
def fiche(seance):
    fiche = preparer(seance)
    repondre(fiche, "oui", "non")
    return fiche


@pytest.fixture
def redigee(seance, fiche):
    seance.rendre()
    citoyens.rediger_suite(fiche, par=seance.denis, texte=TEXTE)
    return fiche


def publier(seance, fiche):
    return citoyens.publier_suites(seance.reunion, fiche.conseil, par=seance.denis)


def page(client, qui, fiche):
    client.force_login(qui)
    return texte(client.get(adresse("conseils-suites", fiche.conseil_id)))


def test_l_agent_ecrit_publie_et_le_conseil_lit(client, seance, fiche):
    seance.rendre()
    client.force_login(seance.denis)
    suite = adresse("habitants-suite", fiche.pk)
    assert "1 oui, 1 non" in texte(client.get(suite))
    assert client.post(suite, {"texte": TEXTE}).url == adresse("habitants-fiches", seance.reunion.pk)
    assert TEXTE not in page(client, seance.gisele, fiche)
    client.force_login(seance.denis)
    assert "Publier 1 texte" in texte(client.get(adresse("habitants-fiches", seance.reunion.pk)))
    client.post(adresse("habitants-publier", seance.reunion.pk), {"conseil": fiche.conseil_id})
    lu = page(client, seance.gisele, fiche)
    for dit in (TEXTE, "1 oui, 1 non", "Manque 0", "La réunion est d’accord avec ce projet.",
                "Elle n’est pas encore connue."):  # fmt: skip
        assert dit in lu


def test_chaque_membre_recoit_un_seul_courriel(seance, redigee):
    second = AffectationFactory(
        collectivite=seance.appel.collectivite, role=Role.CITOYEN, partenaire=redigee.conseil
    ).utilisateur
    parti = AffectationFactory(
        collectivite=seance.appel.collectivite, role=Role.CITOYEN, partenaire=redigee.conseil,
        utilisateur__is_active=False,
    ).utilisateur  # fmt: skip
    vider()
    avant = set(Envoi.objects.values_list("pk", flat=True))
    publier(seance, redigee)
    with pytest.raises(OperationRefusee, match="Aucun texte n’est prêt"):
        publier(seance, redigee)
    vider()
    envois = Envoi.objects.exclude(pk__in=avant)
    assert sorted(envois.values_list("destinataire", flat=True)) == sorted([seance.gisele.email, second.email])
    assert parti.email not in envois.values_list("destinataire", flat=True)
    envoi = envois.first()
    assert envoi.objet == f"Ce que votre avis a changé : {seance.reunion.titre}"
    assert f"/evaluation/conseils/{redigee.conseil_id}/#reunion-{seance.reunion.pk}" in envoi.texte
    assert seance.dossier.intitule not in envoi.texte


def test_le_membre_deporte_n_est_pas_prevenu_et_ne_lit_rien(client, seance, fiche):
    operations.declarer_deport(seance.dossier, par=seance.gisele, motif="Ma sœur y travaille.")
    seance.rendre()
    citoyens.rediger_suite(fiche, par=seance.denis, texte=TEXTE)
    vider()
    avant = Envoi.objects.count()
    publier(seance, fiche)
    vider()
    assert Envoi.objects.count() == avant
    assert "n’a encore répondu sur aucun projet" in page(client, seance.gisele, fiche)


def test_corriger_un_texte_publie_ne_previent_pas_deux_fois(client, seance, redigee):
    publier(seance, redigee)
    citoyens.rediger_suite(redigee, par=seance.denis, texte="Trois bancs, finalement.")
    assert SuiteCitoyenne.objects.get().publiee_le
    assert "Trois bancs, finalement." in page(client, seance.gisele, redigee)
    assert Evenement.objects.filter(type="reunion.publier_suites").count() == 1


def test_la_decision_ne_se_dit_qu_une_fois_notifiee(client, seance, redigee):
    publier(seance, redigee)
    Dossier.objects.filter(pk=seance.dossier.pk).update(etat="decide", issue="refuse", decide_le=timezone.now())
    assert "Elle n’est pas encore connue." in page(client, seance.gisele, redigee)
    Dossier.objects.filter(pk=seance.dossier.pk).update(etat="notifie", notifie_le=timezone.now())
    assert "Le projet ne reçoit pas d’argent." in page(client, seance.gisele, redigee)


def test_l_avis_ne_se_dit_pas_avant_la_fin_de_la_reunion(client, seance, fiche):
    seance.rendre(sens="reserves", reserves="Ouvrir le samedi.")
    assert "Il n’est pas encore connu." in page(client, seance.gisele, fiche)
    operations.clore_reunion(seance.reunion, par=seance.denis)
    assert "Ce qu’elle demande : Ouvrir le samedi." in page(client, seance.gisele, fiche)


def test_un_texte_ne_se_publie_pas_avant_l_avis(seance, fiche):
    citoyens.rediger_suite(fiche, par=seance.denis, texte=TEXTE)
    with pytest.raises(OperationRefusee, match="dont l’avis est rendu"):
        publier(seance, fiche)


def test_rien_a_dire_quand_personne_n_a_repondu(client, seance, fiche):
    fiche.avis.all().delete()
    client.force_login(seance.denis)
    assert client.post(adresse("habitants-suite", fiche.pk), {"texte": TEXTE}).status_code == 409
    assert not SuiteCitoyenne.objects.exists()


@pytest.mark.parametrize("saisie", ["", "   ", "x" * 2001])
def test_un_texte_vide_ou_trop_long_est_refuse_et_garde(client, seance, fiche, saisie):
    client.force_login(seance.denis)
    reponse = client.post(adresse("habitants-suite", fiche.pk), {"texte": saisie})
    assert reponse.status_code == 422
    assert not SuiteCitoyenne.objects.exists()
    assert saisie.strip() in texte(reponse)


def test_chaque_conseil_ne_lit_que_sa_page(client, seance, redigee):
    publier(seance, redigee)
    voisine = AffectationFactory(collectivite=seance.appel.collectivite, role=Role.CITOYEN).utilisateur
    client.force_login(voisine)
    for nom, args in (("conseils-suites", []), ("conseils-suites-pdf", [seance.reunion.pk])):
        assert client.get(adresse(nom, redigee.conseil_id, *args)).status_code == 404
    client.force_login(seance.eva)
    assert client.get(adresse("conseils-suites", redigee.conseil_id)).status_code == 403


def test_la_reunion_s_imprime_pour_le_conseil(client, seance, redigee):
    publier(seance, redigee)
    client.force_login(seance.gisele)
    reponse = client.get(adresse("conseils-suites-pdf", redigee.conseil_id, seance.reunion.pk))
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse.content.startswith(b"%PDF")
    assert client.get(adresse("conseils-suites-pdf", redigee.conseil_id, 0)).status_code == 404


def test_publier_pour_un_conseil_inconnu(client, seance, redigee):
    client.force_login(seance.denis)
    for conseil in ("", "x", "0"):
        url = adresse("habitants-publier", seance.reunion.pk)
        assert client.post(url, {"conseil": conseil}).status_code == 404
    assert SuiteCitoyenne.objects.get().publiee_le is None
