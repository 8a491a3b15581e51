"""Ce que fait une porteuse, par les vraies pages : répondre aux questions, remplir chaque étape, déposer."""

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from config.demonstration.ecrire import pdf_de_demonstration

ANNEE = datetime.now(ZoneInfo("Europe/Paris")).year + 1


def enregistrer(page, nom):
    with page.expect_navigation():
        page.get_by_role("button", name=nom, exact=True).first.click()


def repondre_aux_questions(page):
    """Les cinq questions d'éligibilité, quand l'appel en pose ; puis le lien qui mène au dossier."""
    page.get_by_label("Quel est le type de votre structure ?").select_option("association")
    page.get_by_label("Oui", exact=True).check()
    page.get_by_label("Quelle part de votre public habite un quartier prioritaire ?").fill("80")
    page.locator("input[type=date]").nth(0).fill(f"{ANNEE}-01-15")
    page.locator("input[type=date]").nth(1).fill(f"{ANNEE}-12-15")
    page.get_by_label("Combien pensez-vous demander ?").fill("5 500")
    enregistrer(page, "Vérifier")
    expect(page.get_by_text("Votre action est éligible, d’après vos réponses")).to_be_visible()


def commencer(demo, page, slug):
    """Ouvre un dossier et rend son numéro."""
    page.goto(f"{demo.url}/appels/{slug}/commencer/")
    if page.get_by_label("Quel est le type de votre structure ?").count() == 0:
        page.goto(f"{demo.url}/appels/{slug}/eligibilite/")
    repondre_aux_questions(page)
    page.goto(f"{demo.url}/appels/{slug}/commencer/")
    if page.locator("[name=organisme]").count():
        page.locator("[name=organisme]").first.check()
    if page.locator("#formulaire-complet").count():
        page.check("#formulaire-complet")
    enregistrer(page, "Commencer le dossier")
    return page.url.split("/dossiers/")[1].split("/")[0]


def remplir_et_deposer(demo, page, slug, intitule, ville, etat):
    numero = commencer(demo, page, slug)
    base = f"{demo.url}/dossiers/{numero}"
    page.goto(f"{base}/action/")
    page.fill("[name=intitule]", intitule)
    page.fill("[name=description]", "Un jardin partagé, cultivé par les habitants au pied des immeubles.")
    enregistrer(page, "Enregistrer et continuer")
    page.locator("input[name=cibles]").nth(0).check()
    page.locator("input[name=cibles]").nth(1).check()
    enregistrer(page, "Enregistrer et continuer")
    page.fill("[name=public]", "Habitants de tous âges.")
    page.fill("[name=nb_beneficiaires]", "60")
    page.fill("[name=part_qpv]", "80")
    page.fill("[name=debut]", f"{ANNEE}-01-15")
    page.fill("[name=fin]", f"{ANNEE}-12-15")
    enregistrer(page, "Enregistrer et continuer")
    page.fill("[name=moyens]", "Une animatrice, huit bénévoles.")
    enregistrer(page, "Enregistrer et continuer")
    page.fill("[name=resultats_attendus]", "Soixante personnes participent.")
    enregistrer(page, "Enregistrer et continuer")
    _chiffrer(page, base, ville, etat)
    page.goto(f"{base}/budget-structure/")
    # Déjà rempli par un autre dossier de la même structure, il ne se redemande pas.
    if not page.input_value("[name=C64]"):
        page.fill("[name=C64]", "80 000")
        page.fill("[name=P74]", "80 000")
        enregistrer(page, "Enregistrer et continuer")
    page.goto(f"{base}/pieces/")
    rib = pdf_de_demonstration("rib")
    page.set_input_files(
        "input[type=file] >> nth=0", {"name": "rib.pdf", "mimeType": "application/pdf", "buffer": rib.read()}
    )
    page.locator("form.depot-piece button").first.click()
    expect(page.locator(".piece a").first).to_have_text("rib.pdf")
    page.goto(f"{base}/relecture/")
    for case in page.locator("form[action$='/deposer/'] input[type=checkbox]").all():
        case.check()
    page.check("[name=aides_plus_500k][value=non]")
    enregistrer(page, "Déposer le dossier")
    expect(page.locator(".etat").first).to_contain_text("Déposé")
    return numero


def _chiffrer(page, base, ville, etat):
    demandes = page.locator("input[name^='F-'][name$='-montant']")
    demandes.nth(0).fill(etat)
    demandes.nth(1).fill(ville)
    page.fill("[name='C60-0-montant']", "4 000")
    page.fill("[name='C64-0-montant']", "4000,00")
    page.fill("[name='P756-0-montant']", "1 500")
    enregistrer(page, "Enregistrer et continuer")
    page.goto(f"{base}/budget/")
    # Il manque mille euros de produits : la page le dit, on corrige.
    expect(page.locator("[data-equilibre]")).to_contain_text("Il manque")
    page.fill("[name='P756-0-montant']", "2 500")
    enregistrer(page, "Enregistrer et continuer")
