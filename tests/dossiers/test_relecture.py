"""Avant le dépôt : ce que l'on atteste, l'épreuve, et la relecture par une personne sans compte."""

import hashlib
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from dossiers import operations
from dossiers.etats import Etat
from dossiers.historique import historique
from dossiers.models import AideEtat, Commentaire, CopieDeposee, Dossier, LienRelecture
from dossiers.operations import relecture as relectures
from dossiers.operations.copies import ranger_copie
from journal.models import Evenement
from tests.caches import vider_le_cache
from tests.fabriques import ENGAGEMENTS, SIGNE, AffectationFactory, DossierFactory, MembreFactory, PieceFactory
from tests.fabriques_dossiers import fichier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sans_essais_anterieurs():
    vider_le_cache()


def alice_de(dossier, role="representant"):
    return MembreFactory(organisme=dossier.organisme, role=role).utilisateur


def denis_de(dossier):
    return AffectationFactory(collectivite=dossier.appel.collectivite, role="agent").utilisateur


def url(nom, dossier, **plus):
    return reverse(f"dossiers-{nom}", kwargs={"numero": dossier.numero, **plus})


def texte(reponse):
    """La page, sans les jetons que Django y tire au hasard."""
    sans_jeton = re.sub(r'(CSRFToken": |csrfmiddlewaretoken" value=)"\w+"', "", reponse.content.decode())
    return re.sub(r"\s+", " ", sans_jeton)


def ouvrir(dossier, jours=7):
    return relectures.ouvrir_relecture(dossier, par=alice_de(dossier), pour="La trésorière", jours=jours)


@pytest.fixture
def dossier():
    return DossierFactory(complet=True)


@pytest.fixture
def page(client, dossier):
    client.force_login(alice_de(dossier))
    return client


# Attester, souscrire


def test_la_derniere_page_montre_le_dossier_entier_et_ce_que_l_on_souscrit(page, dossier):
    lu = texte(page.get(url("relecture", dossier)))
    for morceau in (
        dossier.organisme.siret, "2. Relations avec l’administration", "Un jardin partagé", "représente 60",
        "Respecter les lois de la République", "décret n° 2021-1947", "Charte des engagements réciproques",
        "441-7 du code pénal", "Le représentant légal : ", f"se terminant par {dossier.organisme.iban_fin}",
    ):  # fmt: skip
        assert morceau in lu.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("champ", "phrase"),
    [
        ("a_jour", "Cochez cette case pour déposer."),
        ("exactes", "Cochez cette case pour déposer."),
        ("charte", "Cochez cette case pour déposer."),
        ("compte", "Cochez cette case pour déposer."),
        ("souscrit_cer", "Cochez cette case pour souscrire le contrat."),
        ("cer_par", "Indiquez qui souscrit le contrat"),
        ("cer_qualite", "Indiquez sa qualité"),
        ("aides_plus_500k", "Choisissez l’une des deux réponses."),
        ("qui_signe", "Dites qui signe la demande."),
    ],
)
def test_un_engagement_oublie_refuse_et_garde_tout_le_reste(page, dossier, champ, phrase):
    saisie = {cle: valeur for cle, valeur in ENGAGEMENTS.items() if cle != champ} | {"signataire": "Denis, directeur"}
    reponse = page.post(url("deposer", dossier), saisie)
    lu = texte(reponse)
    assert reponse.status_code == 422
    assert phrase in lu
    assert "Denis, directeur" in lu
    assert len(re.findall(r'type="checkbox"[^>]* checked', lu)) == sum(valeur == "on" for valeur in saisie.values())
    assert champ == "cer_par" or 'value="Alice Moreau"' in lu
    dossier.refresh_from_db()
    assert dossier.etat == Etat.BROUILLON
    assert not CopieDeposee.objects.exists()


def test_deposer_garde_qui_a_souscrit_quoi(page, dossier):
    page.post(url("deposer", dossier), ENGAGEMENTS | {"aides_plus_500k": "oui"})
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.aides_plus_500k, dossier.signataire) == (Etat.DEPOSE, True, "")
    cer = dossier.copies.get().donnees["engagements"]["cer"]
    assert (cer["par"], cer["qualite"]) == ("Alice Moreau", "Présidente")
    assert len(cer["empreinte"]) == 64


def test_signer_par_delegation_demande_le_nom_et_le_pouvoir(page, dossier):
    saisie = ENGAGEMENTS | {"qui_signe": "autre"}
    lu = texte(page.post(url("deposer", dossier), saisie))
    assert "Indiquez le nom et la qualité du signataire." in lu
    assert "Choisissez la pièce qui l’autorise à signer" in lu
    ailleurs = PieceFactory()
    reponse = page.post(url("deposer", dossier), saisie | {"signataire": "Denis Caron", "pouvoir": ailleurs.pk})
    assert "Choisissez une pièce jointe à ce dossier." in texte(reponse)
    pouvoir = PieceFactory(dossier=dossier, nom="pouvoir.pdf")
    page.post(url("deposer", dossier), saisie | {"signataire": "Denis Caron", "pouvoir": pouvoir.pk})
    assert dossier.copies.get().donnees["engagements"]["pouvoir"] == "pouvoir.pdf"


def test_une_commune_n_a_ni_contrat_ni_charte_a_signer(page, dossier):
    type(dossier.organisme).objects.filter(pk=dossier.organisme_id).update(type="commune")
    lu = texte(page.get(url("relecture", dossier)))
    assert "Contrat d’engagement républicain" not in lu
    communs = {cle: ENGAGEMENTS[cle] for cle in ("a_jour", "exactes", "compte", "aides_plus_500k", "qui_signe")}
    page.post(url("deposer", dossier), communs)
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.cer_souscrit_le) == (Etat.DEPOSE, None)


def test_une_association_agreee_apprend_que_le_contrat_est_repute_satisfait(page, dossier):
    assert "réputé satisfaire" not in texte(page.get(url("relecture", dossier)))
    dossier.organisme.agrements.create(type="Jeunesse et éducation populaire")
    lu = texte(page.get(url("relecture", dossier)))
    assert "réputé satisfaire" in lu
    assert 'name="souscrit_cer"' in lu


def test_les_aides_d_etat_se_declarent_ligne_a_ligne_et_un_refus_les_garde(page, dossier):
    adresse = url("aides-etat", dossier)
    saisie = {
        "aides-TOTAL_FORMS": "2", "aides-INITIAL_FORMS": "0", "aides-0-texte": "de minimis",
        "aides-0-montant": "1 200,50", "aides-0-date_acte": "2026-03-01", "aides-1-texte": "", "aides-1-montant": "12",
    }  # fmt: skip
    refus = page.post(adresse, saisie)
    assert refus.status_code == 422
    assert 'value="1 200,50"' in texte(refus)
    assert page.post(adresse, saisie | {"aides-1-montant": ""}).status_code == 302
    assert str(AideEtat.objects.get().montant) == "1200.50"
    assert "de minimis" in texte(page.get(url("relecture", dossier)))
    retrait = saisie | {"aides-INITIAL_FORMS": "1", "aides-0-DELETE": "on", "aides-1-montant": ""}
    page.post(adresse, retrait)
    assert not AideEtat.objects.exists()


def test_un_appel_qui_ne_demande_pas_les_aides_d_etat_n_en_a_pas_la_page(page, dossier):
    type(dossier.appel).objects.filter(pk=dossier.appel_id).update(sections=[])
    assert page.get(url("aides-etat", dossier)).status_code == 404
    assert "Aides d’État déjà reçues" not in texte(page.get(url("relecture", dossier)))


@pytest.mark.parametrize("combien", [1, 3])
def test_la_derniere_page_coute_le_meme_nombre_de_requetes(page, dossier, combien, django_assert_num_queries):
    lien, _ = ouvrir(dossier)
    for rang in range(combien):
        relectures.commenter(lien, section="action", texte=f"Remarque {rang}")
        PieceFactory(dossier=dossier)
    page.get(url("relecture", dossier))
    with django_assert_num_queries(REQUETES_DE_LA_RELECTURE):
        page.get(url("relecture", dossier))


REQUETES_DE_LA_RELECTURE = 25


# L'épreuve et la copie


def test_l_epreuve_est_marquee_brouillon_et_ne_laisse_rien(page, dossier):
    reponse = page.get(url("epreuve", dossier))
    lu = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(reponse.content)).pages)
    assert reponse["Content-Type"] == "application/pdf"
    assert "brouillon" in lu
    assert "n’a pas été déposé" in lu
    assert not CopieDeposee.objects.exists()


def test_l_epreuve_n_existe_que_pour_l_organisme_et_tant_qu_il_ecrit(client, dossier):
    client.force_login(denis_de(dossier))
    assert client.get(url("epreuve", dossier)).status_code == 403
    etrangere = DossierFactory()
    client.force_login(alice_de(etrangere))
    assert client.get(url("epreuve", dossier)).status_code == 404
    depose = DossierFactory(complet=True, depose=True, organisme=etrangere.organisme)
    assert client.get(url("epreuve", depose)).status_code == 404


def test_la_copie_se_telecharge_par_l_organisme_et_l_agent_seulement(client, dossier):
    alice = alice_de(dossier)
    operations.deposer(dossier, par=alice, **SIGNE)
    adresse = url("copie", dossier, rang=1)
    client.force_login(alice)
    assert client.get(adresse).status_code == 404
    ranger_copie(CopieDeposee.objects.get().pk, b"%PDF la copie")
    evaluateur = AffectationFactory(collectivite=dossier.appel.collectivite, role="evaluateur").utilisateur
    for personne, attendu in (
        (alice, 200), (denis_de(dossier), 200), (evaluateur, 404), (alice_de(DossierFactory()), 404)
    ):  # fmt: skip
        client.force_login(personne)
        assert client.get(adresse).status_code == attendu
    client.force_login(alice)
    assert client.get(adresse).content == b"%PDF la copie"
    copie = CopieDeposee.objects.get()
    copie.fichier.storage.delete(copie.fichier.name)
    assert client.get(adresse).status_code == 404


def test_verifier_reconnait_la_copie_au_bit_pres(client, dossier):
    operations.deposer(dossier, par=alice_de(dossier), **SIGNE)
    ranger_copie(CopieDeposee.objects.get().pk, b"%PDF la copie")
    adresse = reverse("verifier")
    reponse = client.post(adresse, {"fichier": fichier("copie.pdf", b"%PDF la copie")})
    assert "identique à l’original, au bit près" in texte(reponse)
    assert dossier.numero in texte(reponse)
    assert client.post(adresse, {"fichier": fichier("copie.pdf", b"%PDF la copie ")}).status_code == 422


# Faire relire


def test_le_lien_n_est_montre_qu_une_fois_et_la_base_n_en_garde_que_l_empreinte(page, dossier):
    lu = texte(page.post(url("faire-relire", dossier), {"pour": "La trésorière", "jours": "2"}))
    jeton = re.search(r"/relire/([\w-]{43})/", lu)[1]
    lien = LienRelecture.objects.get()
    assert lien.empreinte == hashlib.sha256(jeton.encode()).hexdigest()
    assert abs(lien.expire_le - timezone.now() - timedelta(days=2)) < timedelta(minutes=1)
    assert jeton not in texte(page.get(url("faire-relire", dossier)))
    assert jeton not in str(list(Evenement.objects.values_list("donnees", flat=True)))
    assert Client().get(reverse("relire", args=[jeton])).status_code == 200


@pytest.mark.parametrize("saisie", [{"pour": "", "jours": "2"}, {"pour": "Elle", "jours": "3650"}, {"pour": "Elle"}])
def test_un_lien_sans_nom_ou_d_une_autre_duree_est_refuse(page, dossier, saisie):
    reponse = page.post(url("faire-relire", dossier), saisie)
    assert reponse.status_code == 422
    assert not LienRelecture.objects.exists()


def test_la_personne_lit_tout_sauf_ce_qui_ne_la_regarde_pas(dossier):
    type(dossier.organisme).objects.filter(pk=dossier.organisme_id).update(
        telephone="0321000001", representant_courriel="alice@secret.test", representant_telephone="0321000002"
    )
    PieceFactory(dossier=dossier, nom="RIB 2027.pdf")
    PieceFactory(dossier=dossier, nom="Statuts.pdf")
    _, jeton = ouvrir(dossier)
    reponse = Client().get(reverse("relire", args=[jeton]))
    lu = texte(reponse)
    assert "Un jardin partagé" in lu
    assert "Statuts.pdf" in lu
    iban = dossier.organisme.iban
    for secret in ("0321000001", "0321000002", "secret.test", "RIB 2027", iban, f"par {dossier.organisme.iban_fin}"):
        assert secret not in lu
    assert reponse["Referrer-Policy"] == "no-referrer"
    assert reponse["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in reponse["Cache-Control"]


@pytest.mark.parametrize("combien", [1, 3])
def test_la_page_de_relecture_coute_le_meme_nombre_de_requetes(dossier, combien, django_assert_num_queries):
    lien, jeton = ouvrir(dossier)
    for rang in range(combien):
        relectures.commenter(lien, section="action", texte=f"Remarque {rang}")
        PieceFactory(dossier=dossier)
    with django_assert_num_queries(REQUETES_DU_TIERS):
        Client().get(reverse("relire", args=[jeton]))


REQUETES_DU_TIERS = 15


def test_une_remarque_apparait_a_son_etape_puis_se_traite(page, dossier):
    _, jeton = ouvrir(dossier)
    tiers = Client(enforce_csrf_checks=True)
    envoi = {"section": "public", "texte": "Combien d’enfants ? <b>"}
    reponse = tiers.post(reverse("relire-commenter", args=[jeton]), envoi, headers={"Origin": "null"})
    assert reponse["Location"].endswith("#public")
    assert "Combien d’enfants ? &lt;b&gt;" in texte(tiers.get(reverse("relire", args=[jeton])))
    assert "Combien d’enfants" in texte(page.get(url("public", dossier)))
    assert "Combien d’enfants" not in texte(page.get(url("pieces", dossier)))
    assert "Combien d’enfants" in texte(page.get(url("relecture", dossier)))
    remarque = Commentaire.objects.get()
    reponse = page.post(reverse("relectures-traiter", args=[remarque.pk]), {"retour": "public"})
    assert reponse["Location"] == url("public", dossier)
    assert "Combien d’enfants" not in texte(page.get(url("public", dossier)))
    assert "Prise en compte" in texte(tiers.get(reverse("relire", args=[jeton])))
    page.post(reverse("relectures-traiter", args=[remarque.pk]), {"rouvrir": "1"})
    remarque.refresh_from_db()
    assert remarque.traite_le is None


def test_une_remarque_vide_ou_trop_longue_est_refusee_et_gardee(dossier):
    _, jeton = ouvrir(dossier)
    adresse = reverse("relire-commenter", args=[jeton])
    assert Client().post(adresse, {"section": "action", "texte": "  "}).status_code == 422
    trop = "trop long " * 201
    reponse = Client().post(adresse, {"section": "action", "texte": trop})
    assert reponse.status_code == 422
    assert trop.strip() in texte(reponse)
    assert Client().post(adresse, {"section": "inconnue", "texte": "Bonjour"}).status_code == 404
    assert not Commentaire.objects.exists()


def test_les_remarques_et_les_liens_sont_comptes(dossier):
    lien, jeton = ouvrir(dossier)
    Commentaire.objects.bulk_create(
        Commentaire(lien=lien, section="action", texte="!") for _ in range(relectures.COMMENTAIRES_MAX)
    )
    reponse = Client().post(reverse("relire-commenter", args=[jeton]), {"section": "action", "texte": "Encore"})
    assert "le maximum" in texte(reponse)
    for _ in range(relectures.LIENS_OUVERTS_MAX - 1):
        ouvrir(dossier)
    with pytest.raises(operations.OperationRefusee, match="déjà ouverts"):
        ouvrir(dossier)


def test_bon_pour_envoi_en_un_clic_une_fois(page, dossier):
    _, jeton = ouvrir(dossier)
    assert Client().get(reverse("relire-approuver", args=[jeton])).status_code == 405
    for _ in range(2):
        Client(enforce_csrf_checks=True).post(reverse("relire-approuver", args=[jeton]))
    assert Evenement.objects.filter(type="relecture.approuver").count() == 1
    assert "bon pour envoi" in texte(page.get(url("relecture", dossier)))


def test_la_relecture_se_lit_dans_l_historique_de_l_organisme_et_pas_dans_celui_du_service(dossier):
    lien, _ = ouvrir(dossier)
    relectures.commenter(lien, section="action", texte="Trop court.")
    relectures.approuver(lien)
    relectures.revoquer_relecture(lien, par=lien.cree_par)
    assert [(fait.phrase, fait.qui) for fait in historique(dossier, interne=False)[:4]] == [
        ("Lien de relecture révoqué", str(lien.cree_par)),
        ("« Bon pour envoi » de la personne qui a relu", lien.pour),
        ("Remarque de relecture reçue", lien.pour),
        ("Lien de relecture donné", str(lien.cree_par)),
    ]
    assert not any("electure" in fait.phrase for fait in historique(dossier, interne=True))


def fermer_par_le_temps(dossier, lien):
    LienRelecture.objects.filter(pk=lien.pk).update(expire_le=timezone.now() - timedelta(seconds=1))


def fermer_par_l_organisme(dossier, lien):
    relectures.revoquer_relecture(lien, par=lien.cree_par)


def fermer_par_le_depot(dossier, lien):
    operations.deposer(dossier, par=lien.cree_par, **SIGNE)


@pytest.mark.parametrize("fermer", [fermer_par_le_temps, fermer_par_l_organisme, fermer_par_le_depot])
def test_un_lien_ferme_le_dit_clairement_et_n_ecrit_plus(dossier, fermer):
    lien, jeton = ouvrir(dossier)
    fermer(dossier, lien)
    for reponse in (
        Client().get(reverse("relire", args=[jeton])),
        Client().post(reverse("relire-commenter", args=[jeton]), {"section": "action", "texte": "Trop tard"}),
        Client().post(reverse("relire-approuver", args=[jeton])),
    ):
        assert "Ce lien n’est plus ouvert" in texte(reponse)
        assert "Un jardin partagé" not in texte(reponse)
        assert reponse.status_code == 410
    assert not Commentaire.objects.exists()
    lien.refresh_from_db()
    assert lien.bon_pour_envoi_le is None


def test_le_lien_se_rouvre_quand_le_dossier_revient_a_completer(dossier):
    lien, jeton = ouvrir(dossier)
    fermer_par_le_depot(dossier, lien)
    Dossier.objects.filter(pk=dossier.pk).update(etat=Etat.A_COMPLETER)
    assert Client().get(reverse("relire", args=[jeton])).status_code == 200


def test_l_instant_de_l_expiration_est_encore_ouvert(dossier):
    lien, jeton = ouvrir(dossier)
    with time_machine.travel(lien.expire_le, tick=False):
        assert Client().get(reverse("relire", args=[jeton])).status_code == 200


def test_un_jeton_faux_ne_dit_rien_et_ses_essais_sont_comptes(dossier):
    _, jeton = ouvrir(dossier)
    faux = texte(Client().get(reverse("relire", args=["A" * 43])))
    assert texte(Client().get(reverse("relire", args=["x"]))) == faux
    assert Client().post(reverse("relire-commenter", args=["x"]), {"section": "action"}).status_code == 404
    for _ in range(30):
        Client().get(reverse("relire", args=["B" * 43]))
    ferme = Client().get(reverse("relire", args=[jeton]))
    assert (ferme.status_code, texte(ferme)) == (404, faux)
    assert Client(REMOTE_ADDR="10.0.0.9").get(reverse("relire", args=[jeton])).status_code == 200


def test_une_autre_association_ne_revoque_ni_ne_traite(client, dossier):
    lien, _ = ouvrir(dossier)
    remarque = relectures.commenter(lien, section="action", texte="Une remarque")
    client.force_login(alice_de(DossierFactory()))
    assert client.get(url("faire-relire", dossier)).status_code == 404
    assert client.post(reverse("relectures-revoquer", args=[lien.pk])).status_code == 404
    assert client.post(reverse("relectures-traiter", args=[remarque.pk])).status_code == 404


def test_une_redactrice_revoque_et_le_lien_se_ferme(client, dossier):
    lien, jeton = ouvrir(dossier)
    client.force_login(alice_de(dossier, "redacteur"))
    client.post(reverse("relectures-revoquer", args=[lien.pk]))
    assert Client().get(reverse("relire", args=[jeton])).status_code == 410
    assert "Révoqué le" in texte(client.get(url("faire-relire", dossier)))
