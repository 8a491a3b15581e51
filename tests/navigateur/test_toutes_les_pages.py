"""Chaque page, pour chaque rôle, dans Chromium : axe, console, largeur, captures.

On part de l'accueil et on suit tous les liens ; deux exemples au plus par route. La liste écrite à la main
dit quelles routes chaque rôle doit au moins atteindre : une page devenue inaccessible fait échouer.
"""

from urllib.parse import urljoin, urlparse

import pytest
from django.urls import Resolver404, resolve

from tests.navigateur.outils import capturer, deborde, violations

pytestmark = [pytest.mark.navigateur, pytest.mark.lent]

EXEMPLES_PAR_ROUTE = 2
# Ce qui n'est pas une page : fichiers, déconnexion, exports.
HORS_VISITE = {
    "account_logout",
    "actes-telecharger",
    "pieces-telecharger",
    "pieces-apercu-page",
    "pieces-modele",
    "documents-telecharger",
    "dossiers-copie",
    "dossiers-epreuve",
    "proces-verbal-telecharger",
    "programmation-xlsx",
    "programmation-pdf",
    "classeur-telecharger",
    "classement-appel-fichier",
    "classement-reunion-fichier",
    "conseils-suites-pdf",
    "habitants-imprimer",
    "reunions-emargement",
    "reunions-ics",
    "veille-photo",
    "donnees-ouvertes",
    "api-schema",
    "sante",
}
DOIT_ATTEINDRE = {
    None: {"accueil", "appels-liste", "appels-detail", "accessibilite", "donnees-personnelles", "account_login"},
    "porteuse": {"accueil", "dossiers-liste", "dossiers-detail", "dossiers-structure", "dossiers-action",
                 "dossiers-objectifs", "dossiers-public", "dossiers-moyens", "dossiers-resultats", "dossiers-budget",
                 "dossiers-budget-structure", "dossiers-pieces", "dossiers-relecture", "dossiers-faire-relire",
                 "dossiers-contenu", "dossiers-documents", "dossiers-messages", "pieces-apercu",
                 "organismes-detail", "organismes-documents", "organismes-membres", "organismes-modifier",
                 "pre-projets-liste", "pre-projets-detail"},
    "collegue": {"accueil", "dossiers-liste", "dossiers-detail"},
    "autre": {"accueil", "dossiers-liste", "dossiers-detail", "dossiers-complements", "pre-projets-detail"},
    "asso-2": {"accueil", "dossiers-liste", "dossiers-page-unique", "dossiers-relecture"},
    "evaluateur": {"accueil", "evaluation-accueil", "liens-miens", "reunions-detail", "evaluation-noter",
                   "seance-membre"},
    "evaluatrice": {"accueil", "evaluation-accueil", "liens-miens", "reunions-detail", "evaluation-noter",
                    "seance-membre"},
    "citoyenne": {"accueil", "veille-liste", "veille-detail", "veille-signaler", "evaluation-accueil",
                  "reunions-detail", "seance-membre"},
    "financeur": {"accueil", "programmation-accueil", "programmation-tableau"},
    "agent": {"accueil", "veille-liste", "veille-detail", "veille-signaler",
              "appels-nouveau", "appels-modifier", "appels-regles", "appels-regles-eligibilite",
              "appels-formulaire", "appels-dupliquer", "pre-projets-liste", "pre-projets-detail", "dossiers-messages",
              "dossiers-contenu", "appels-financeurs",
              "appels-grille", "appels-pieces",
              "dossiers-liste", "dossiers-detail", "evaluation-accueil", "liens-miens", "reunions-detail",
              "evaluation-avis",
              "seance-conduite", "seance-projecteur",
              "programmation-accueil", "programmation-enveloppes", "programmation-tableau",
              "programmation-deliberation", "programmation-decider"},
    "admin": {"accueil"},
}  # fmt: skip


def _route(chemin):
    try:
        return resolve(chemin).view_name
    except Resolver404:
        return None


def _visiter(demo, page, largeur, role):
    """Parcourt les liens ; rend les fautes et les routes vues."""
    a_voir, vus, compte, fautes = ["/"], set(), {}, []
    while a_voir:
        chemin = a_voir.pop(0)
        route = _route(urlparse(chemin).path)
        if chemin in vus or route is None or route in HORS_VISITE or compte.get(route, 0) >= EXEMPLES_PAR_ROUTE:
            continue
        vus.add(chemin)
        compte[route] = compte.get(route, 0) + 1
        page.fautes.clear()
        reponse = page.goto(demo.url + chemin, wait_until="load")
        if reponse.status != 200:
            fautes.append(f"{chemin} : réponse {reponse.status}")
            continue
        fautes += [f"{chemin} : console : {faute}" for faute in page.fautes]
        fautes += [f"{chemin} : axe : {faute}" for faute in violations(page)]
        if deborde(page) > 0:
            fautes.append(f"{chemin} : déborde de {deborde(page)} px à {largeur} px")
        capturer(page, f"{role or 'anonyme'}-{route}-{compte[route]}", largeur)
        if route == "courriel":
            # Un courriel de la démonstration mène chez son destinataire, pas chez qui le lit ici.
            continue
        for lien in page.eval_on_selector_all("a[href]", "liens => liens.map(l => l.getAttribute('href'))"):
            cible = urlparse(urljoin(demo.url + chemin, lien))
            if f"{cible.scheme}://{cible.netloc}" == demo.url:
                a_voir.append(cible.path + (f"?{cible.query}" if cible.query else ""))
    return fautes, set(compte)


@pytest.mark.parametrize("largeur", [1280, 360])
@pytest.mark.parametrize("role", list(DOIT_ATTEINDRE))
def test_chaque_page_est_accessible_propre_et_tient_dans_l_ecran(demo, chromium, role, largeur):
    compte = f"{role}@demo.test" if role else None
    # axe s'injecte dans la page : ce passage lève la CSP ; le fil et les pages sans axe la gardent.
    with demo.session(chromium, compte, sans_csp=True, largeur=largeur) as page:
        fautes, routes = _visiter(demo, page, largeur, role)
    assert not fautes, "\n".join(fautes)
    assert DOIT_ATTEINDRE[role] <= routes, f"non atteintes : {sorted(DOIT_ATTEINDRE[role] - routes)}"


@pytest.mark.parametrize("role", list(DOIT_ATTEINDRE))
def test_aucune_page_ne_viole_la_csp(demo, chromium, role):
    """La politique de sécurité reste active : la console doit se taire."""
    compte = f"{role}@demo.test" if role else None
    with demo.session(chromium, compte) as page:
        chemins = ["/", *{"/appels/", "/dossiers/", "/evaluation/", "/programmation/", "/organisme/", "/profil/"}]
        for chemin in chemins:
            reponse = page.goto(demo.url + chemin)
            if reponse.status == 200:
                assert "content-security-policy" in reponse.headers
                assert "unsafe" not in reponse.headers["content-security-policy"]
                assert page.fautes == [], f"{chemin} : {page.fautes}"
            page.fautes.clear()
