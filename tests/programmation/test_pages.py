"""Les pages de la programmation : qui entre, ce qui s'écrit, et les mêmes totaux sur toutes les sorties."""

import io
import re
from decimal import Decimal

import openpyxl
import pypdf
import pytest
from django.urls import reverse

from dossiers.etats import Etat
from programmation.classeur import ecrire
from programmation.models import Decision, Enveloppe, LigneProgrammation
from programmation.presentation import chiffre
from programmation.tableau import Filtres, Groupement, lire
from tests.fabriques import (
    AffectationFactory,
    AppelFactory,
    DeliberationFactory,
    DossierFactory,
    MembreFactory,
    agent_de,
    dossier_chiffre,
    financeur_de,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def appel():
    return AppelFactory(intitule="Appel 2027 du contrat de ville")


@pytest.fixture
def financeurs(appel):
    return list(appel.financeurs.all())


@pytest.fixture
def denis(appel, client):
    agent = agent_de(appel.collectivite, utilisateur__prenom="Denis")
    client.force_login(agent)
    return agent


def adresse(nom, appel, *args):
    return reverse(nom, args=[appel.slug, *args])


def campagne(appel, financeurs, nombre=3):
    etat, ville = financeurs
    objectif = appel.objectifs.first()
    quartiers = list(objectif.quartiers.all())
    return [
        dossier_chiffre(
            appel,
            {etat: D("1000.10") + rang, ville: D("333.33")},
            prevu={etat: D("900.05") + rang, ville: D("300.33")},
            cibles=[(objectif, q) for q in quartiers],
            intitule=f"Action {rang}",
        )
        for rang in range(nombre)
    ]


def statut(client, page):
    """Le code de la réponse ; un fichier envoyé par morceaux est lu, donc refermé."""
    reponse = client.get(page)
    if reponse.streaming:
        list(reponse.streaming_content)
    return reponse.status_code


def lignes_xlsx(reponse):
    contenu = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    return list(openpyxl.load_workbook(io.BytesIO(contenu))["Programmation"].iter_rows(values_only=True))


@pytest.mark.parametrize("groupement", [Groupement.ENJEU, Groupement.QUARTIER, Groupement.FINANCEUR, Groupement.AUCUN])
def test_l_ecran_le_classeur_et_le_pdf_donnent_les_memes_totaux(appel, financeurs, denis, client, groupement):
    campagne(appel, financeurs)
    Enveloppe.objects.create(appel=appel, financeur=financeurs[0], montant=D(5000))
    requete = f"?groupe={groupement}"
    lu = lire(appel, Filtres(groupe=groupement), tout=True)
    totaux = [(c, lu.total[c.cle]) for c in lu.colonnes if c.agregat == "somme"]

    page = client.get(adresse("programmation-tableau", appel) + requete).content.decode()
    total_ecran = re.search(r'<tr id="total".*?</tr>', page, re.S)[0]
    for colonne, montant in totaux:
        if not colonne.ecran:
            continue
        assert f'data-l="{colonne.titre}">{chiffre(montant)}</td>' in total_ecran, colonne.titre

    lignes = lignes_xlsx(client.get(adresse("programmation-xlsx", appel) + requete))
    entetes, total = list(lignes[1]), lignes[-1]
    assert total[0] == "Total · 3 dossiers"
    for colonne, montant in totaux:
        assert D(str(total[entetes.index(colonne.titre)])).quantize(D("0.01")) == montant
    sous_totaux = [ligne for ligne in lignes if str(ligne[0]).startswith("Sous-total")]
    assert len(sous_totaux) == (0 if groupement == Groupement.AUCUN else len(lu.groupes))

    pdf = pypdf.PdfReader(io.BytesIO(client.get(adresse("programmation-pdf", appel) + requete).content))
    texte = re.sub(r"\s", "", "".join(feuille.extract_text() for feuille in pdf.pages))
    for _, montant in totaux:
        assert re.sub(r"\s", "", chiffre(montant)) in texte
    assert pdf.pages[0].mediabox.width > pdf.pages[0].mediabox.height > 800


def test_le_classeur_suit_les_filtres_et_ne_contient_aucune_formule(appel, financeurs, denis, client):
    dossier_chiffre(appel, {financeurs[0]: D(10)}, intitule='=HYPERLINK("http://piege.test")')
    dossier_chiffre(appel, {financeurs[0]: D(90)}, intitule="Autre")
    reponse = client.get(adresse("programmation-xlsx", appel) + "?q=hyperlink&groupe=aucun")
    assert reponse.streaming
    assert reponse["Content-Disposition"] == f'attachment; filename="programmation-{appel.slug}.xlsx"'
    contenu = b"".join(reponse.streaming_content)
    feuille = openpyxl.load_workbook(io.BytesIO(contenu))["Programmation"]
    assert feuille.freeze_panes == "C3"
    cellules = [cellule for ligne in feuille.iter_rows() for cellule in ligne]
    assert not [c for c in cellules if c.data_type == "f"]
    assert '=HYPERLINK("http://piege.test")' in [c.value for c in cellules]
    assert "Autre" not in [c.value for c in cellules]


@pytest.mark.lent
def test_dix_mille_lignes_en_moins_de_trois_secondes(appel, financeurs):
    from dataclasses import replace
    from time import process_time

    campagne(appel, financeurs, 1)
    lu = lire(appel, tout=True)
    groupe = lu.groupes[0]
    grand = replace(lu, groupes=(replace(groupe, lignes=groupe.lignes * 10_000),))
    debut = process_time()
    with ecrire(grand) as fichier:
        assert fichier.seek(0, 2) > 100_000
    assert process_time() - debut < 3


@pytest.mark.parametrize("nombre", [1, 3])
def test_les_pages_coutent_autant_pour_trois_dossiers_que_pour_un(
    appel, financeurs, denis, client, nombre, django_assert_num_queries
):
    campagne(appel, financeurs, nombre)
    DeliberationFactory.create_batch(nombre, appel=appel)
    for nom, requetes in (("programmation-tableau", 13), ("programmation-xlsx", 13), ("programmation-decider", 14)):
        with django_assert_num_queries(requetes):
            assert statut(client, adresse(nom, appel)) == 200
    AppelFactory.create_batch(nombre - 1, collectivite=appel.collectivite)
    with django_assert_num_queries(5):
        assert client.get(reverse("programmation-accueil")).status_code == 200


def test_chacun_n_ouvre_que_ce_qui_le_regarde(appel, financeurs, client):
    campagne(appel, financeurs, 1)
    dossier = appel.dossiers.get()
    pages = [
        ("programmation-tableau", ()),
        ("programmation-xlsx", ()),
        ("programmation-pdf", ()),
        ("programmation-dossier", (dossier.numero,)),
        ("programmation-enveloppes", ()),
        ("programmation-deliberation", ()),
        ("programmation-decider", ()),
    ]

    def statuts(utilisateur):
        client.force_login(utilisateur)
        return [statut(client, adresse(nom, appel, *args)) for nom, args in pages]

    assert statuts(agent_de(appel.collectivite)) == [200] * 7
    assert statuts(agent_de(AppelFactory().collectivite)) == [404] * 7
    assert statuts(financeur_de(financeurs[0])) == [200] * 4 + [403] * 3
    assert statuts(MembreFactory(organisme=dossier.organisme).utilisateur) == [403] * 7
    assert statuts(AffectationFactory(collectivite=appel.collectivite, role="evaluateur").utilisateur) == [403] * 7


def poster(client, appel, dossier, financeur, montant, version, htmx=True, groupe=None):
    ligne = next((li for li in lire(appel, Filtres()).lignes if li.dossier_id == dossier.pk), None)
    return client.post(
        adresse("programmation-montant", appel),
        {
            "dossier": dossier.pk,
            "financeur": financeur.pk,
            "montant": montant,
            "version": version,
            "groupe": groupe or (ligne.groupe if ligne else ""),
        },
        headers={"HX-Request": "true"} if htmx else {},
    )


def test_ecrire_dans_une_cellule_recalcule_la_ligne_les_totaux_et_les_jauges(appel, financeurs, denis, client):
    Enveloppe.objects.create(appel=appel, financeur=financeurs[0], montant=D(2000))
    dossier, autre, _ = campagne(appel, financeurs)
    reponse = poster(client, appel, dossier, financeurs[0], " 1\u202f200,50 € ", 1)
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert LigneProgrammation.objects.get(dossier=dossier, financeur=financeurs[0]).montant == D("1200.50")
    total = lire(appel).total["total_retenu"]
    assert page.count(f">{chiffre(total)}</td>") == 2  # le sous-total du seul enjeu, et le total
    assert f'id="d-{dossier.pk}-' in page
    assert f'id="d-{autre.pk}-' not in page
    assert 'id="enveloppes"' in page
    assert "dépasse de" in page
    assert "plus que demandé" in page
    assert 'data-version="2"' in page


@pytest.mark.parametrize(
    ("saisie", "message"),
    [
        ("abc", "Écrivez un montant en chiffres"),
        ("-5", "positif ou nul"),
        ("1e9", "Écrivez un montant en chiffres"),
        ("99999999999", "trop grand"),
        ("1,234", "deux décimales"),
        ("<b>1</b>", "Écrivez un montant en chiffres"),
    ],
)
def test_un_montant_faux_est_garde_avec_son_message(appel, financeurs, denis, client, saisie, message):
    dossier = campagne(appel, financeurs, 1)[0]
    reponse = poster(client, appel, dossier, financeurs[0], saisie, 1)
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert message in page
    assert "data-saisie=" in page
    assert "<b>1</b>" not in page
    assert LigneProgrammation.objects.get(dossier=dossier, financeur=financeurs[0]).montant == D("900.05")
    # Sans JavaScript : le formulaire du dossier, même message, même saisie.
    cle = financeurs[0].pk
    formulaire = client.post(
        adresse("programmation-dossier", appel, dossier.numero),
        {f"f{cle}": saisie, f"v{cle}": 1, f"f{financeurs[1].pk}": "300,33", f"v{financeurs[1].pk}": 1},
    )
    assert formulaire.status_code == 422
    assert message in formulaire.content.decode()
    assert formulaire.context["formulaire"][f"f{cle}"].value() == saisie


def test_le_milliard_s_ecrit_mais_depasse(appel, financeurs, denis, client):
    dossier = campagne(appel, financeurs, 1)[0]
    assert poster(client, appel, dossier, financeurs[0], "1 000 000 000", 1).status_code == 200
    assert lire(appel).total["total_retenu"] == D("1000000300.33")


def test_une_cellule_changee_entre_temps_le_dit_et_garde_la_saisie(appel, financeurs, denis, client):
    dossier = campagne(appel, financeurs, 1)[0]
    assert poster(client, appel, dossier, financeurs[0], "10", 1).status_code == 200
    reponse = poster(client, appel, dossier, financeurs[0], "20", 1)
    assert reponse.status_code == 409
    assert 'data-saisie="20"' in reponse.content.decode()
    assert "10\u00a0€ pendant que vous écriviez" in reponse.content.decode()
    cle = financeurs[0].pk
    envoi = {f"f{cle}": "20", f"v{cle}": 1, f"f{financeurs[1].pk}": "300,33", f"v{financeurs[1].pk}": 1}
    page = adresse("programmation-dossier", appel, dossier.numero)
    refus = client.post(page, envoi)
    assert refus.status_code == 422
    # Relire puis enregistrer de nouveau suffit.
    envoi[f"v{cle}"] = refus.context["formulaire"][f"v{cle}"].value()
    assert client.post(page, envoi).status_code == 302
    assert LigneProgrammation.objects.get(dossier=dossier, financeur=financeurs[0]).montant == D(20)


def test_un_financeur_n_ecrit_que_dans_sa_colonne(appel, financeurs, client):
    etat, ville = financeurs
    dossier = campagne(appel, financeurs, 1)[0]
    client.force_login(financeur_de(etat))
    page = client.get(adresse("programmation-tableau", appel)).content.decode()
    assert f'data-financeur="{etat.pk}"' in page
    assert f'data-financeur="{ville.pk}"' not in page
    assert poster(client, appel, dossier, etat, "10", 1).status_code == 200
    assert poster(client, appel, dossier, ville, "10", 1).status_code == 403
    client.post(
        adresse("programmation-dossier", appel, dossier.numero),
        {f"f{etat.pk}": "11", f"v{etat.pk}": 2, f"f{ville.pk}": "12", f"v{ville.pk}": 1},
    )
    montants = dict(LigneProgrammation.objects.values_list("financeur_id", "montant"))
    assert montants == {etat.pk: D(11), ville.pk: D("300.33")}


def test_un_identifiant_forge_ne_mene_nulle_part(appel, financeurs, denis, client):
    ailleurs = campagne(AppelFactory(financeurs=financeurs), financeurs=financeurs, nombre=1)[0]
    ici = campagne(appel, financeurs, 1)[0]
    assert poster(client, appel, ailleurs, financeurs[0], "10", 1).status_code == 404
    assert client.get(adresse("programmation-dossier", appel, ailleurs.numero)).status_code == 404
    for dossier, financeur in (("x", "1"), ("9" * 40, "1"), (ici.pk, "-1"), ("", "")):
        envoi = {"dossier": dossier, "financeur": financeur, "montant": "1"}
        assert client.post(adresse("programmation-montant", appel), envoi).status_code == 404
    assert client.get(adresse("programmation-montant", appel)).status_code == 405


def test_de_l_evaluation_a_la_decision_par_les_pages(appel, financeurs, denis, client):
    etat, ville = financeurs
    accorde = dossier_chiffre(appel, {etat: D(3000)}, etat=Etat.EVALUE)
    refuse = dossier_chiffre(appel, {ville: D(500)}, etat=Etat.EVALUE, propose={})
    reponse = client.post(adresse("programmation-enveloppes", appel), {f"f{etat.pk}": "2 000", f"f{ville.pk}": ""})
    assert reponse.status_code == 302
    assert client.post(adresse("programmation-programmer", appel), follow=True).status_code == 200
    assert "Il manque la délibération" in client.get(adresse("programmation-decider", appel)).content.decode()
    avenir = client.post(
        adresse("programmation-deliberation", appel), {"numero": "7", "date": "2099-01-01", "organe": "le conseil"}
    )
    assert "n’a pas encore eu lieu" in avenir.content.decode()
    client.post(
        adresse("programmation-deliberation", appel),
        {"numero": "2027-7", "date": "2026-11-20", "organe": "le conseil municipal"},
    )
    deliberation = appel.deliberations.get()
    envoi = {
        "deliberation": deliberation.pk,
        f"decider-{accorde.pk}": "on",
        f"decider-{refuse.pk}": "on",
        f"precision-{refuse.pk}": "Gardez ce texte",
    }
    page = adresse("programmation-decider", appel)
    sans_motif = client.post(page, envoi)
    assert sans_motif.status_code == 422
    assert "Gardez ce texte" in sans_motif.content.decode()
    envoi[f"motif1-{refuse.pk}"] = "DOUBLON"
    depasse = client.post(page, envoi)
    assert depasse.status_code == 422
    assert "1\u202f000" in depasse.content.decode()
    assert not Decision.objects.exists()
    envoi["confirmation"] = "L’État abonde son enveloppe."
    assert client.post(page, envoi).status_code == 302
    assert client.post(page, envoi, follow=True).status_code == 200  # le double clic revient au tableau
    assert Decision.objects.count() == 2
    accorde.refresh_from_db()
    refuse.refresh_from_db()
    assert (accorde.issue, refuse.issue) == ("accorde", "refuse")
    assert refuse.decisions.get().motifs == [{"code": "DOUBLON", "precision": "Gardez ce texte"}]


def test_une_page_vide_dit_quoi_faire(appel, denis, client):
    assert "Aucun dossier n’entre encore" in client.get(adresse("programmation-tableau", appel)).content.decode()
    DossierFactory(appel=appel, etat=Etat.RECEVABLE)
    page = client.get(adresse("programmation-tableau", appel) + "?q=introuvable").content.decode()
    assert "Aucun dossier ne correspond" in page
