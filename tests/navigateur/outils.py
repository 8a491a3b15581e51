"""Ce que les tests du navigateur partagent : sessions, surveillance de la console, axe, captures."""

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

AXE = (Path(__file__).parent / "axe.min.js").read_text()
REGLES_AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TAILLES = {1280: {"width": 1280, "height": 900}, 360: {"width": 360, "height": 780}}
MOT_DE_PASSE = "parvis-demo"
# Où garder les images, pour les regarder ; vide : on ne les garde pas.
CAPTURES = os.environ.get("PARVIS_CAPTURES", "")


@dataclass(frozen=True)
class Demonstration:
    url: str

    @contextmanager
    def session(self, navigateur, compte=None, *, sans_csp=False, largeur=1280):
        """Un contexte de navigation neuf, connecté si on donne un compte ; les erreurs de console y sont relevées."""
        contexte = navigateur.new_context(
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport=TAILLES[largeur],
            bypass_csp=sans_csp,
            service_workers="block",
            reduced_motion="reduce",
        )
        # Une page qui appelle l'extérieur échoue ici : rien ne vient d'un CDN.
        contexte.route("**/*", lambda route: self._filtrer(route))
        page = contexte.new_page()
        page.fautes = []
        page.on("console", lambda message: message.type == "error" and page.fautes.append(message.text))
        page.on("pageerror", lambda erreur: page.fautes.append(str(erreur)))
        page.on("requestfailed", lambda requete: self._noter_l_echec(page, requete))
        try:
            if compte:
                self.connecter(page, compte)
            yield page
        finally:
            contexte.close()

    @staticmethod
    def _noter_l_echec(page, requete):
        # Quitter une page abandonne ce qu'elle chargeait encore : ce n'est pas une faute.
        if "ERR_ABORTED" not in (requete.failure or "") or not requete.url.startswith("http://127.0.0.1"):
            page.fautes.append(f"{requete.url} {requete.failure}")

    def _filtrer(self, route):
        if route.request.url.startswith((self.url, "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    def connecter(self, page, compte):
        page.goto(f"{self.url}/connexion/")
        page.fill("input[name=login]", compte)
        page.fill("input[name=password]", MOT_DE_PASSE)
        with page.expect_navigation():
            page.click("main button[type=submit]")
        assert "/connexion/" not in page.url, f"{compte} n’a pas pu se connecter"


def violations(page):
    """Ce qu'axe reproche à la page, en clair."""
    page.evaluate(AXE)
    resultat = page.evaluate(
        "async regles => await axe.run(document, {runOnly: {type: 'tag', values: regles}})", REGLES_AXE
    )
    return [
        f"{faute['id']} ({faute['impact']}) : {faute['help']} → {noeud['target']} {noeud['html'][:160]}"
        for faute in resultat["violations"]
        for noeud in faute["nodes"][:3]
    ]


def capturer(page, nom, largeur):
    if CAPTURES:
        dossier = Path(CAPTURES)
        dossier.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=dossier / f"{re.sub(r'[^a-z0-9-]+', '_', nom.lower())}-{largeur}.png", full_page=True)


def deborde(page):
    """Largeur en trop, en pixels : une page ne défile jamais de côté."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
