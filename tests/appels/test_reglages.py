"""Chaque réglage de l'appel a son effet, refuse une mauvaise saisie par une phrase, et laisse un fait."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from appels import operations
from appels.apercu import COMPLET, SIMPLIFIE, apercu, en_clair
from appels.grille import PIECES_PAR_DEFAUT
from appels.models import RegleEligibilite
from appels.regles import REGLES_PAR_DEFAUT, enonce
from appels.sections import CODES
from dossiers import etapes
from journal.models import Evenement
from tests.fabriques import AppelFactory, DossierFactory, PieceDemandeeFactory

pytestmark = pytest.mark.django_db
REGLES = {
    "montant_min": "500",
    "montant_max": "10 000",
    "taux_max_public": "70",
    "taux_horaire_benevolat": "14,50",
    "pluriannuel_max": "2",
    "annee_scolaire": "on",
}


@pytest.fixture
def appel(ville):
    return AppelFactory(collectivite=ville)


@pytest.fixture
def poster(client, denis, appel):
    client.force_login(denis)

    def _poster(nom, donnees, statut=302):
        reponse = client.post(reverse(f"appels-{nom}", args=[appel.slug]), donnees)
        assert reponse.status_code == statut, reponse.content.decode()[:3000]
        appel.refresh_from_db()
        return "" if statut == 302 else reponse.content.decode()

    return _poster


def deposer(appel, montant=None, **champs):
    dossier = DossierFactory(appel=appel, depose_le=timezone.now(), **champs)
    if montant:
        dossier.financements.create(financeur=appel.financeurs.first(), montant_demande=montant)
    return dossier


# Règles et plafonds.


def test_les_regles_se_reglent_et_se_lisent_sur_la_page_publique(client, poster, appel):
    poster("regles", REGLES)
    assert (appel.taux_horaire_benevolat, appel.pluriannuel_max, appel.annee_scolaire) == (Decimal("14.50"), 2, True)
    (fait,) = Evenement.objects.filter(type="appel.modifier")
    assert fait.donnees["champs"]["montant_max"] == ["None", "10000"]
    client.logout()
    texte = client.get(reverse("appels-detail", args=[appel.slug])).content.decode()
    assert "14,50\u00a0€" in texte
    assert "année scolaire 2027-2028" in texte


@pytest.mark.parametrize(
    ("champ", "faux", "phrase"),
    [
        ("montant_max", "beaucoup", "Montant maximal demandé (€)"),
        ("montant_max", "100", "dépasse le montant minimal"),
        ("taux_max_public", "120", "100"),
        ("taux_max_public", "0", "part publique maximale est de 0"),
        ("taux_horaire_benevolat", "-1", "0"),
        ("pluriannuel_max", "9", "4"),
    ],
)
def test_une_regle_fausse_garde_la_saisie_et_ne_change_rien(poster, appel, champ, faux, phrase):
    texte = poster("regles", REGLES | {champ: faux}, 422)
    assert "resume-erreurs" in texte
    assert phrase in texte
    assert f'value="{faux}"' in texte
    assert not Evenement.objects.filter(type="appel.modifier").exists()


def test_baisser_le_plafond_nomme_les_dossiers_touches_et_se_confirme(poster, appel):
    deposer(appel, 15_000)
    deposer(appel, 3_000)
    DossierFactory(appel=appel).financements.create(financeur=appel.financeurs.first(), montant_demande=12_000)
    regles = REGLES | {"taux_horaire_benevolat": "13", "taux_max_public": "80", "pluriannuel_max": "3"}
    texte = poster("regles", regles, 409)
    assert "demandent plus que le nouveau maximum\u00a0: 2, dont 1 déposé." in texte
    assert appel.montant_max is None
    poster("regles", regles | {"confirme": "1"})
    assert appel.montant_max == 10_000


def test_l_assiette_est_gelee_des_le_premier_depot(denis, poster, appel):
    DossierFactory(appel=appel)
    operations.modifier_appel(appel, par=denis, taux_horaire_benevolat=Decimal(14))
    deposer(appel)
    with pytest.raises(operations.OperationRefusee, match="ne change plus"):
        operations.modifier_appel(appel, par=denis, taux_horaire_benevolat=Decimal(15))
    poster("regles", REGLES | {"taux_max_public": "80", "taux_horaire_benevolat": "99"})
    assert (appel.taux_horaire_benevolat, appel.montant_max) == (14, 10_000)


# Formulaire.


def test_retirer_une_section_n_efface_rien_et_change_l_apercu(client, poster, appel):
    dossier = deposer(appel, participation="Les habitants choisissent les plantes.")
    avant = apercu(appel, 0).complet.minutes
    poster("formulaire", {"sections": ["ages", "moyens"], "seuil_simplifie": "1 500", "pre_projet_delai_jours": "10"})
    assert appel.sections == ["moyens", "ages"]
    dossier.refresh_from_db()
    assert dossier.participation == "Les habitants choisissent les plantes."
    assert apercu(appel, 0).complet.minutes < avant
    texte = client.get(reverse("appels-formulaire", args=[appel.slug])).content.decode()
    assert "Comment les habitants sont associés" in texte
    assert "sur une page\u00a0: environ" in texte
    client.logout()
    texte = client.get(reverse("appels-detail", args=[appel.slug])).content.decode()
    assert "Posez d’abord votre idée" in texte
    assert "sous 10 jours" in texte


def test_un_formulaire_faux_est_refuse_par_une_phrase(denis, poster, appel):
    operations.modifier_appel(appel, par=denis, montant_max=Decimal(2000))
    texte = poster("formulaire", {"sections": ["ages"], "seuil_simplifie": "3000"}, 422)
    assert "Ce seuil dépasse le montant maximal" in texte
    assert 'value="3000"' in texte
    assert "n’est pas une section du formulaire" in poster("formulaire", {"sections": ["secret"]}, 422)
    assert poster("formulaire", {"pre_projet_delai_jours": "400"}, 422)
    assert appel.sections == list(CODES)
    with pytest.raises(ValidationError):
        operations.modifier_appel(appel, par=denis, sections=["secret"])


def test_l_apercu_dit_les_etapes_du_vrai_formulaire():
    assert [etape.libelle for etape in COMPLET] == [etape.libelle for etape in etapes.COMPLET]
    assert [etape.libelle for etape in SIMPLIFIE] == [etape.libelle for etape in etapes.SIMPLIFIE]
    assert {d.section for etape in COMPLET for d in etape.demandes if d.section} == set(CODES)
    assert [en_clair(minutes) for minutes in (1, 60, 61, 130)] == ["15 min", "1 h", "1 h 15", "2 h 15"]


# Éligibilité.


def _regle(n, **valeurs):
    saisie = {"type": "oui_non", "question": f"Question {n} ?", "explication": "Parlez-en.", "attendu": "oui"} | valeurs
    return {f"lignes-{n}-{nom}": valeur for nom, valeur in saisie.items()}


def _liste(*lignes, initiales=0):
    donnees = {"lignes-TOTAL_FORMS": len(lignes), "lignes-INITIAL_FORMS": initiales}
    for ligne in lignes:
        donnees |= ligne
    return donnees


def test_les_regles_d_eligibilite_se_posent_et_se_lisent(client, poster, appel):
    poster(
        "regles-eligibilite",
        _liste(
            _regle(0, type="structure", types=["association", "eple"], bloquante="on"),
            _regle(1, type="part_qpv", minimum="60"),
            _regle(2, attendu="non"),
        ),
    )
    assert [(r.type, r.parametres, r.bloquante) for r in appel.regles.all()] == [
        ("structure", {"types": ["association", "eple"]}, True),
        ("part_qpv", {"min": 60}, False),
        ("oui_non", {"attendu": False}, False),
    ]
    assert Evenement.objects.filter(type="appel.fixer_regles").count() == 1
    client.logout()
    texte = client.get(reverse("appels-detail", args=[appel.slug])).content.decode()
    assert "école, collège ou lycée" in texte
    assert "60\u00a0% du public" in texte


def test_changer_une_place_change_l_ordre(poster, appel):
    regles = [appel.regles.create(type="oui_non", question=f"Q{n}", explication="x", ordre=n) for n in range(3)]
    lignes = [
        _regle(n, id=regle.pk, question=regle.question, place="1" if n == 2 else str(n + 1))
        for n, regle in enumerate(regles)
    ]
    poster("regles-eligibilite", _liste(*lignes, initiales=3))
    assert [regle.question for regle in appel.regles.all()] == ["Q2", "Q0", "Q1"]


@pytest.mark.parametrize(
    ("ligne", "phrase"),
    [
        ({"type": "structure"}, "Cochez au moins une sorte de structure"),
        ({"type": "part_qpv"}, "Indiquez la part minimale"),
        ({"type": "part_qpv", "minimum": "150"}, "100"),
        ({"type": "invente"}, "invente"),
        ({"explication": ""}, "Ligne 1, ce qu’on lit"),
    ],
)
def test_une_regle_d_eligibilite_fausse_est_refusee(poster, appel, ligne, phrase):
    assert phrase in poster("regles-eligibilite", _liste(_regle(0, **ligne)), 422)
    assert not appel.regles.exists()


def test_cinq_regles_au_plus(denis, poster, appel):
    regles = [
        {"type": "oui_non", "question": str(n), "parametres": {}, "explication": "x", "bloquante": False}
        for n in range(6)
    ]
    with pytest.raises(operations.OperationRefusee, match="5 questions au plus"):
        operations.fixer_regles(appel, regles, par=denis)
    operations.fixer_regles(appel, regles[:5], par=denis)
    assert appel.regles.count() == 5


def test_resserrer_une_regle_apres_un_depot_se_confirme(denis, appel):
    admis = {"id": None, "type": "structure", "question": "Type ?", "explication": "x", "bloquante": True}
    large, etroite = (admis | {"parametres": {"types": types}} for types in (["association", "eple"], ["association"]))
    operations.fixer_regles(appel, [large], par=denis)
    deposer(appel)
    pk = appel.regles.get().pk
    operations.fixer_regles(appel, [large | {"id": pk, "explication": "y"}], par=denis)
    with pytest.raises(operations.AConfirmer, match="elle ne leur est pas opposée\xa0: 1, dont 1 déposé"):
        operations.fixer_regles(appel, [etroite | {"id": pk}], par=denis)
    operations.fixer_regles(appel, [etroite | {"id": pk}], par=denis, confirme=True)
    assert appel.regles.get().parametres == {"types": ["association"]}


def test_les_valeurs_d_office_sont_sensees(appel):
    regles = [RegleEligibilite(appel=appel, **regle) for regle in REGLES_PAR_DEFAUT]
    for regle in regles:
        regle.clean_fields()
    assert [regle.type for regle in regles] == ["structure", "oui_non", "part_qpv", "periode", "montant"]
    assert "Au moins 50" in enonce(regles[2], appel)
    rib = next(piece for piece in PIECES_PAR_DEFAUT if piece["libelle"].startswith("Relevé d’identité"))
    assert (rib["nature"], rib["confidentielle"]) == ("rib", True)
    assert {piece["nature"] for piece in PIECES_PAR_DEFAUT if "nature" in piece} >= {"statuts", "sirene", "comptes"}


# Pièces.

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"  # noqa: E501


def _piece(n, **valeurs):
    saisie = {"libelle": f"Pièce {n}", "obligation": "toujours"} | valeurs
    return {f"lignes-{n}-{nom}": valeur for nom, valeur in saisie.items()}


def test_une_piece_a_son_seuil_sa_nature_son_secret_et_son_modele(client, poster, appel):
    modele = SimpleUploadedFile("../../Modèle à remplir.pdf", PDF, "application/pdf")
    poster(
        "pieces",
        _liste(
            _piece(0, libelle="Rapport", obligation="montant", a_partir_de="5 000", confidentielle="on"),
            _piece(1, libelle="Statuts", nature="statuts", obligation="association", a_partir_de="9", modele=modele),
        ),
    )
    rapport, statuts = appel.pieces_demandees.all()
    assert (rapport.a_partir_de, rapport.confidentielle, rapport.nature) == (5000, True, "")
    assert (statuts.a_partir_de, statuts.nature) == (None, "statuts")
    assert statuts.modele.name.startswith(f"modeles/{appel.pk}/")
    assert "remplir" not in statuts.modele.name
    texte = client.get(reverse("appels-pieces", args=[appel.slug])).content.decode()
    assert "De son porte-documents" in texte
    assert "si elle demande 5\u202f000\u00a0€ ou plus" in texte
    client.logout()
    texte = client.get(reverse("appels-detail", args=[appel.slug])).content.decode()
    assert reverse("pieces-modele", args=[statuts.pk]) in texte


@pytest.mark.parametrize(
    ("ligne", "phrase"),
    [
        ({"obligation": "montant"}, "Indiquez à partir de quelle somme"),
        ({"obligation": "montant", "a_partir_de": "-3"}, "0"),
        ({"nature": "secret"}, "secret"),
        ({"modele": SimpleUploadedFile("virus.exe", b"MZ\x90")}, "virus.exe"),
        ({"modele": SimpleUploadedFile("faux.pdf", b"<html>")}, "faux.pdf"),
    ],
)
def test_une_piece_fausse_est_refusee(poster, appel, ligne, phrase):
    texte = poster("pieces", _liste(_piece(0, **ligne)), 422)
    assert phrase in texte.replace("\u00a0", " ")
    assert 'value="Pièce 0"' in texte
    assert not appel.pieces_demandees.exists()


def test_une_piece_devenue_obligatoire_apres_un_depot_se_confirme(denis, appel):
    devis = PieceDemandeeFactory(appel=appel, obligation="jamais")
    deposer(appel)
    ligne = {"id": devis.pk, "libelle": "Devis", "aide": "", "obligation": "toujours"}
    with pytest.raises(operations.AConfirmer, match="devient obligatoire\xa0: 1"):
        operations.fixer_pieces(appel, [ligne], par=denis)
    operations.fixer_pieces(appel, [ligne], par=denis, confirme=True)
    assert appel.pieces_demandees.get().obligation == "toujours"


# Publication.


@pytest.mark.parametrize(
    ("champs", "route"),
    [
        ({"taux_max_public": 0}, "appels-regles"),
        ({"montant_min": 0, "montant_max": 0}, "appels-regles"),
        ({"montant_max": 1000, "seuil_simplifie": 2000}, "appels-formulaire"),
    ],
)
def test_un_reglage_incoherent_empeche_de_publier(ville, denis, champs, route):
    appel = AppelFactory(collectivite=ville, en_preparation=True, **champs)
    with pytest.raises(operations.PublicationImpossible) as refus:
        operations.publier_appel(appel, par=denis)
    assert [ou for _, ou in refus.value.manques] == [route]


def test_des_lignes_incoherentes_empechent_de_publier(ville, denis):
    appel = AppelFactory(collectivite=ville, en_preparation=True)
    PieceDemandeeFactory(appel=appel, obligation="montant")
    appel.regles.create(type="part_qpv", question="Part ?", explication="x", parametres={"min": 400})
    with pytest.raises(operations.PublicationImpossible) as refus:
        operations.publier_appel(appel, par=denis)
    assert [ou for _, ou in refus.value.manques] == ["appels-pieces", "appels-regles-eligibilite"]


def test_ce_qui_etonne_est_dit_avec_son_lien(ville):
    samedi = timezone.now() + timedelta(days=(5 - timezone.localtime().weekday()) % 7 + 28)
    appel = AppelFactory(collectivite=ville, cloture_le=samedi, seuil_simplifie=100, montant_min=500, pluriannuel_max=4)
    appel.convention.contrat.fin = 2029
    PieceDemandeeFactory(appel=appel, libelle="RIB de l’association")
    phrases = dict(operations.avertissements(appel))
    texte = " ".join(phrases)
    for attendu in ("week-end", "ne servira pas", "au-delà du contrat", "Aucune règle", "réservée au service"):
        assert attendu in texte, attendu
