"""Le fil entier, par les vraies pages : de l'appel à projets à la lettre que la porteuse télécharge.

Un seul test, long, parce que c'est une seule histoire ; chaque station laisse de quoi nourrir la suivante.
"""

import io
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from config.peuplement import siret_synthetique
from tests.documents.test_documents import defauts, dit, texte
from tests.navigateur.outils import MOT_DE_PASSE
from tests.navigateur.porteuse import ANNEE, enregistrer, remplir_et_deposer

pytestmark = [pytest.mark.navigateur, pytest.mark.lent]

PARIS = ZoneInfo("Europe/Paris")
INTITULE = "Le fil des quartiers"
PIECE_GARDEE = "Relevé d’identité bancaire"
DELAI_TRAVAIL_DE_FOND_S = 60


def _instant(jours, heure):
    return (datetime.now(PARIS) + timedelta(days=jours)).strftime(f"%Y-%m-%dT{heure}")


def _accepter_les_confirmations(page):
    page.on("dialog", lambda dialogue: dialogue.accept())


def _sans_faute(page):
    assert page.fautes == []


def test_des_objectifs_aux_lettres(demo, chromium):
    slug = _station_1_l_agent_ouvre_un_appel(demo, chromium)
    accorde = _station_2_une_porteuse_s_inscrit_et_depose(demo, chromium, slug)
    refuse = _une_autre_association_depose(demo, chromium, slug)
    reunion = _station_3_recevabilite_et_ordre_du_jour(demo, chromium, slug, [accorde, refuse])
    _station_4_notes_a_l_aveugle_et_deport(demo, chromium, accorde, refuse)
    _station_5_avis_et_proces_verbal(demo, chromium, reunion, accorde, refuse)
    totaux = _station_6_tableau_deliberation_decision(demo, chromium, slug, refuse)
    _station_8_memes_totaux_partout(demo, chromium, slug, totaux)
    _station_7_lettres_et_courriels(demo, chromium, accorde, refuse)


def _station_1_l_agent_ouvre_un_appel(demo, chromium):
    with demo.session(chromium, "agent@demo.test") as page:
        page.goto(f"{demo.url}/appels/nouveau/")
        page.fill("[name=intitule]", INTITULE)
        page.fill("[name=annee]", str(ANNEE))
        page.fill("[name=code]", "FIL")
        page.fill("[name=presentation]", "Un appel pour les habitants des trois quartiers.")
        page.fill("[name=ouvre_le]", _instant(-1, "09:00"))
        page.fill("[name=cloture_le]", _instant(20, "23:59"))
        page.fill("[name=periode_decision]", "au conseil municipal de mars")
        enregistrer(page, "Enregistrer et fixer les règles")
        page.fill("[name=montant_min]", "500")
        enregistrer(page, "Enregistrer et continuer")
        slug = page.url.split("/appels/")[1].split("/")[0]
        for libelle in ("État – politique de la ville (programme 147)", "Ville de Bruay-la-Buissière"):
            page.get_by_label(libelle, exact=True).check()
        enregistrer(page, "Enregistrer et continuer")
        assert "/objectifs/" in page.url
        enregistrer(page, "Enregistrer et continuer")
        assert "/regles-eligibilite/" in page.url
        enregistrer(page, "Enregistrer et continuer")
        assert "/formulaire/" in page.url
        enregistrer(page, "Enregistrer et continuer")
        assert "/pieces/" in page.url
        for rang, champ in enumerate(page.locator("input[name$=-libelle]").all()):
            if champ.input_value() not in ("", PIECE_GARDEE):
                page.locator("input[name$=-retirer]").nth(rang).check()
        enregistrer(page, "Enregistrer et continuer")
        assert "/grille/" in page.url
        poids = [int(champ.input_value() or 0) for champ in page.locator("input[name$=-poids]").all()]
        assert sum(poids) == 100
        enregistrer(page, "Enregistrer et continuer")
        assert "/publier/" in page.url
        enregistrer(page, "Publier l’appel")
        page.goto(f"{demo.url}/programmation/{slug}/enveloppes/")
        page.get_by_label(re.compile("État")).fill("6 000")
        page.get_by_label(re.compile("Ville de Bruay")).fill("10 000,00")
        enregistrer(page, "Enregistrer les enveloppes")
        _sans_faute(page)
    with demo.session(chromium) as page:
        page.goto(f"{demo.url}/appels/{slug}/")
        expect(page.locator("h1")).to_contain_text(INTITULE)
    return slug


def _ouvrir_le_dernier_courriel(demo, page, destinataire, objet):
    """Attend un courriel dans la boîte de la démonstration, et l'ouvre."""
    for _ in range(DELAI_TRAVAIL_DE_FOND_S):
        page.goto(f"{demo.url}/courriels/")
        ligne = page.locator("tr", has_text=destinataire).filter(has_text=objet)
        if ligne.count():
            ligne.first.get_by_role("link").click()
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"Aucun courriel « {objet} » pour {destinataire}.")


def _station_2_une_porteuse_s_inscrit_et_depose(demo, chromium, slug):
    with demo.session(chromium) as page:
        page.goto(f"{demo.url}/inscription/")
        page.fill("[name=prenom]", "Leïla")
        page.fill("[name=nom]", "Nouvelle")
        page.fill("[name=email]", "leila@asso.test")
        page.fill("[name=password1]", MOT_DE_PASSE)
        page.fill("[name=password2]", MOT_DE_PASSE)
        enregistrer(page, "Créer le compte")
        _ouvrir_le_dernier_courriel(demo, page, "leila@asso.test", "")
        page.locator("a[href*='/compte/adresse/verifier/']").click()
        enregistrer(page, "Confirmer mon adresse")
        if "/connexion/" in page.url:
            demo.connecter(page, "leila@asso.test")
        page.goto(f"{demo.url}/organisme/nouveau/")
        champs = {
            "nom": "Les Fils du quartier",
            "siret": "732 829 320 00079",
            "rna": "W623009999",
            "adresse": "5 rue des Essais",
            "code_postal": "62700",
            "ville": "Bruay-la-Buissière",
            "representant_prenom": "Leïla",
            "representant_nom": "Nouvelle",
            "representant_fonction": "Présidente",
        }
        for nom, valeur in champs.items():
            page.fill(f"[name={nom}]", valeur)
        enregistrer(page, "Inscrire l’organisme")
        # La clé du SIRET est fausse : on le dit, et rien de ce qui est tapé ne se perd.
        expect(page.locator(".resume-erreurs")).to_contain_text("SIRET")
        assert page.input_value("[name=nom]") == "Les Fils du quartier"
        # Le navigateur note dans sa console la réponse 422 qu'on vient de provoquer.
        page.fautes.clear()
        page.fill("[name=siret]", siret_synthetique(7_654_321))
        enregistrer(page, "Inscrire l’organisme")
        page.goto(f"{page.url.rstrip('/')}/modifier/banque/")
        page.fill("[name=iban]", "FR14 2004 1010 0505 0001 3M02 606")
        page.fill("[name=titulaire_compte]", "Les Fils du quartier")
        with page.expect_navigation():
            page.locator("main form button.bouton").first.click()
        numero = remplir_et_deposer(demo, page, slug, "Le jardin des fils", "3 000", "2 500")
        _sans_faute(page)
        accuse = _attendre_l_acte(page, "Accusé de réception")
        assert defauts(accuse) == []
        lu = dit(accuse)
        for morceau in (numero, "5 500,00 €", "L. 231-4", "tribunal administratif", "03"):
            assert morceau in lu
        _ouvrir_le_dernier_courriel(demo, page, "leila@asso.test", numero)
        expect(page.locator("main")).to_contain_text(".pdf")
    return numero


def _attendre_l_acte(page, libelle):
    """Recharge l'onglet des documents jusqu'à ce que celui-ci y soit, et le télécharge."""
    site, suite = page.url.split("/dossiers/")
    page.goto(f"{site}/dossiers/{suite.split('/')[0]}/documents/")
    for _ in range(DELAI_TRAVAIL_DE_FOND_S):
        lien = page.get_by_role("link", name=libelle)
        if lien.count():
            return page.request.get(site + lien.first.get_attribute("href")).body()
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"« {libelle} » n’est pas arrivé.")


def _une_autre_association_depose(demo, chromium, slug):
    with demo.session(chromium, "autre@demo.test") as page:
        numero = remplir_et_deposer(demo, page, slug, "L’action refusée", "3 000", "2 500")
        _sans_faute(page)
    return numero


def _station_3_recevabilite_et_ordre_du_jour(demo, chromium, slug, numeros):
    with demo.session(chromium, "agent@demo.test") as page:
        for numero in numeros:
            page.goto(f"{demo.url}/dossiers/{numero}/")
            enregistrer(page, "Déclarer recevable")
            expect(page.locator(".etat").first).to_contain_text("Recevable")
        page.goto(f"{demo.url}/evaluation/reunions/nouvelle/")
        page.select_option("[name=appel]", label=INTITULE)
        page.fill("[name=titre]", "Réunion du fil")
        page.fill("[name=debut]", _instant(5, "14:00"))
        page.fill("[name=president]", "Claude Exemple")
        enregistrer(page, "Enregistrer la réunion")
        reunion = page.url
        page.get_by_role("link", name="Convier ou retirer des personnes").click()
        for nom in ("Marc Lefebvre", "Nadia Wojcik"):
            page.get_by_label(nom).check()
        enregistrer(page, "Enregistrer les membres")
        page.get_by_role("link", name="Inscrire des dossiers").click()
        cases = page.locator("input[name=dossiers]")
        # `all()` n'attend rien : sur une machine chargée, il lirait une page à demi arrivée.
        expect(cases).to_have_count(len(numeros))
        for case in cases.all():
            case.check()
        enregistrer(page, "Inscrire à l’ordre du jour")
        expect(page.locator("input[name=dossiers]")).to_have_count(0)
        for numero in numeros:
            expect(page.locator("main")).to_contain_text(numero)
        _sans_faute(page)
    return reunion


def _station_4_notes_a_l_aveugle_et_deport(demo, chromium, accorde, refuse):
    adresse = f"{demo.url}/evaluation/dossiers/{accorde}/"
    with demo.session(chromium, "evaluateur@demo.test") as page:
        _accepter_les_confirmations(page)
        page.goto(adresse)
        _noter(page, 4, "Commentaire de Marc, bien au chaud.")
        page.goto(adresse)
        expect(page.locator("main")).to_contain_text("se découvrent quand tous ont envoyé")
        page.goto(f"{demo.url}/evaluation/dossiers/{refuse}/")
        _noter(page, 1, "Peu convaincant.")
        _sans_faute(page)
    with demo.session(chromium, "evaluatrice@demo.test") as page:
        _accepter_les_confirmations(page)
        page.goto(adresse)
        # L'aveugle : rien des notes ni du commentaire de Marc avant d'avoir envoyé les siennes.
        assert "bien au chaud" not in page.content()
        _noter(page, 5, "")
        page.goto(adresse)
        expect(page.locator("main")).to_contain_text("bien au chaud")
        page.goto(f"{demo.url}/evaluation/dossiers/{refuse}/")
        page.get_by_text("Déclarer un conflit d’intérêts").click()
        page.fill("[name=motif]", "Membre du bureau de l’association.")
        enregistrer(page, "Me déporter de ce dossier")
        for chemin in (f"/evaluation/dossiers/{refuse}/", f"/dossiers/{refuse}/", f"/api/v1/dossiers/{refuse}/"):
            assert page.request.get(demo.url + chemin).status == 404
        page.goto(f"{demo.url}/evaluation/")
        assert "L’action refusée" not in page.content()


def _noter(page, niveau, commentaire):
    expect(page.locator("[name=commentaire]")).to_be_visible()
    for bouton in page.locator(f"input[type=radio][name^=critere-][value='{niveau}']").all():
        bouton.check()
    page.fill("[name=commentaire]", commentaire)
    enregistrer(page, "Envoyer mes notes")


def _station_5_avis_et_proces_verbal(demo, chromium, reunion, accorde, refuse):
    with demo.session(chromium, "agent@demo.test") as page:
        _accepter_les_confirmations(page)
        page.goto(f"{demo.url}/evaluation/dossiers/{accorde}/avis/")
        # (4 × 100 + 5 × 100) / 2 / 5 = 90 sur 100.
        expect(page.locator("main")).to_contain_text("90,0 sur 100")
        page.get_by_label("Favorable", exact=True).check()
        montants = page.locator("input[name^=montant-]")
        montants.nth(0).fill("2 500")
        montants.nth(1).fill("2 000")
        enregistrer(page, "Enregistrer l’avis")
        page.goto(f"{demo.url}/evaluation/dossiers/{refuse}/avis/")
        page.get_by_label("Défavorable", exact=True).check()
        enregistrer(page, "Enregistrer l’avis")
        page.goto(reunion)
        for liste in page.locator("select[name=presence]").all():
            liste.select_option("present")
        for rang in range(page.locator("select[name=presence]").count()):
            page.locator("select[name=presence]").nth(rang).select_option("present")
            with page.expect_navigation():
                page.locator("form:has(select[name=presence]) button").nth(rang).click()
        enregistrer(page, "Clore la réunion")
        enregistrer(page, "Établir le procès-verbal")
        for _ in range(DELAI_TRAVAIL_DE_FOND_S):
            lien = page.get_by_role("link", name=re.compile("Procès-verbal, version 1"))
            if lien.count():
                break
            page.wait_for_timeout(1000)
            page.reload()
        octets = page.request.get(demo.url + lien.first.get_attribute("href")).body()
        assert defauts(octets) == []
        lu = dit(octets)
        for morceau in (accorde, refuse, "Nadia Wojcik", "Membre du bureau", "Marc Lefebvre"):
            assert morceau in lu
        _sans_faute(page)


def _station_6_tableau_deliberation_decision(demo, chromium, slug, refuse):
    with demo.session(chromium, "agent@demo.test") as page:
        _accepter_les_confirmations(page)
        page.goto(f"{demo.url}/programmation/{slug}/tableau/")
        enregistrer(page, "Programmer ces dossiers")
        _sans_faute(page)
        page.goto(f"{demo.url}/programmation/{slug}/deliberation/")
        page.fill("[name=numero]", f"{ANNEE}-FIL-1")
        page.fill("[name=date]", datetime.now(PARIS).strftime("%Y-%m-%d"))
        if not page.input_value("[name=organe]"):
            page.fill("[name=organe]", "le conseil municipal")
        enregistrer(page, "Enregistrer la délibération")
        page.goto(f"{demo.url}/programmation/{slug}/decider/")
        expect(page.locator("main")).to_contain_text("4 500,00")
        page.locator("select[name^=motif1-]").first.select_option("HORS_OBJECTIFS")
        enregistrer(page, "Décider les dossiers")
        _sans_faute(page)
        page.goto(f"{demo.url}/programmation/{slug}/tableau/?fermete=vote")
        total = page.locator("tr.total, tr.total-general, tfoot tr").last.inner_text()
        page.goto(f"{demo.url}/dossiers/{refuse}/")
        expect(page.locator(".etat").first).to_contain_text(re.compile("Décidé|Notifié"))
    return re.sub(r"\s", "", total)


def _station_8_memes_totaux_partout(demo, chromium, slug, total):
    with demo.session(chromium, "agent@demo.test") as page:
        requete = f"{demo.url}/programmation/{slug}/tableau"
        classeur = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{requete}.xlsx?fermete=vote").body()))
        valeurs = [cellule for ligne in classeur.active.iter_rows(values_only=True) for cellule in ligne]
        octets = page.request.get(f"{requete}.pdf?fermete=vote").body()
    assert defauts(octets) == []
    pdf = texte(octets)
    for montant, ecrit in ((2500, "2 500"), (2000, "2 000"), (4500, "4 500")):
        assert montant in valeurs
        assert ecrit in pdf.replace("\u202f", " ")
        assert str(montant) in total
    feuille = PdfReader(io.BytesIO(octets)).pages[0]
    assert sorted(round(float(cote)) for cote in feuille.mediabox[2:]) == [842, 1191]


def _station_7_lettres_et_courriels(demo, chromium, accorde, refuse):
    with demo.session(chromium, "leila@asso.test") as page:
        page.goto(f"{demo.url}/dossiers/{accorde}/")
        lettre = _attendre_l_acte(page, "Notification d’attribution")
        assert defauts(lettre) == []
        lu = dit(lettre)
        for morceau in ("4 500,00 €", "quatre mille cinq cents euros", f"{ANNEE}-FIL-1", "se terminant par 2606"):
            assert morceau in lu
        expect(page.locator(".etat").first).to_contain_text("Notifié")
        assert page.request.get(f"{demo.url}/dossiers/{refuse}/").status == 404
        _ouvrir_le_dernier_courriel(demo, page, "leila@asso.test", accorde)
    with demo.session(chromium, "autre@demo.test") as page:
        page.goto(f"{demo.url}/dossiers/{refuse}/")
        lettre = _attendre_l_acte(page, "Notification de refus")
        assert defauts(lettre) == []
        assert "ne répond pas à un objectif" in dit(lettre)
        code = re.search(r"/verifier/([A-Z0-9]{12})/", texte(lettre))[1]
    with demo.session(chromium) as page:
        page.goto(f"{demo.url}/verifier/{code}/")
        expect(page.locator("main")).to_contain_text("Notification de refus")
        assert "L’action refusée" not in page.content()
