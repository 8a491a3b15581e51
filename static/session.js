// Se reconnecter sans quitter la page : le vrai formulaire de connexion, dans une boîte de dialogue.
"use strict";
window.parvis = window.parvis || {};

// Qui est connecté ici, avec le jeton des prochains envois ; rejette quand le réseau manque.
parvis.session = () => fetch("/session/", { headers: { Accept: "application/json" } }).then((reponse) => reponse.json());

parvis.adopterLeJeton = (jeton) => {
  for (const champ of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) champ.value = jeton;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": jeton }));
};

parvis.reconnecter = (() => {
  let enCours = null;

  const construire = () => {
    const boite = document.createElement("dialog");
    boite.className = "boite";
    boite.setAttribute("aria-labelledby", "titre-reconnexion");
    const titre = document.createElement("h2");
    titre.id = "titre-reconnexion";
    titre.textContent = "Votre session est terminée";
    const phrase = document.createElement("p");
    phrase.textContent = "Ce que vous avez écrit est gardé dans ce navigateur. Reconnectez-vous pour l’enregistrer.";
    const contenu = document.createElement("div");
    contenu.setAttribute("aria-live", "polite");
    const plusTard = document.createElement("button");
    plusTard.type = "button";
    plusTard.className = "lien";
    plusTard.textContent = "Plus tard";
    boite.append(titre, phrase, contenu, plusTard);
    document.body.append(boite);
    return { boite, contenu, plusTard };
  };

  // Reprend le formulaire d'une page du site (connexion, second facteur, erreurs de saisie comprises).
  const installer = (contenu, page, adresse) => {
    const lue = new DOMParser().parseFromString(page, "text/html");
    const formulaire = lue.querySelector("main form[method=post]");
    if (!formulaire) return null;
    const copie = document.importNode(formulaire, true);
    copie.dataset.repetable = "";
    copie.action = new URL(formulaire.getAttribute("action") || adresse, adresse).href;
    const erreurs = [...lue.querySelectorAll("main .resume-erreurs")].map((noeud) => document.importNode(noeud, true));
    contenu.replaceChildren(...erreurs, copie);
    (erreurs[0] || copie.querySelector("input:not([type=hidden])"))?.focus();
    return copie;
  };

  const dialoguer = async (attendu) => {
    const { boite, contenu, plusTard } = construire();
    boite.showModal();
    return new Promise((tenir, rompre) => {
      const finir = (suite) => {
        boite.close();
        boite.remove();
        suite();
      };
      const dire = (phrase) => {
        contenu.querySelector(".erreur-reconnexion")?.remove();
        const message = document.createElement("p");
        message.className = "erreur erreur-reconnexion";
        message.setAttribute("role", "alert");
        message.textContent = phrase;
        contenu.prepend(message);
      };
      const accueillir = async (reponse) => {
        if (!(reponse.headers.get("content-type") || "").includes("json")) {
          const formulaire = installer(contenu, await reponse.text(), reponse.url);
          if (!formulaire) dire("La connexion n’a pas abouti. Ouvrez la page de connexion dans un autre onglet.");
          formulaire?.addEventListener("submit", soumettre);
          return;
        }
        const { utilisateur, jeton } = await reponse.json();
        if (utilisateur === null) return dire("La connexion n’a pas abouti. Réessayez.");
        if (String(utilisateur) !== String(attendu)) {
          return dire("Ce compte n’est pas celui qui a écrit cette page. Connectez-vous avec le vôtre.");
        }
        parvis.adopterLeJeton(jeton);
        finir(() => tenir(jeton));
      };
      const soumettre = (evenement) => {
        evenement.preventDefault();
        const formulaire = evenement.target;
        const donnees = new FormData(formulaire, evenement.submitter);
        donnees.set("next", "/session/");
        fetch(formulaire.action, { method: "POST", body: donnees })
          .then(accueillir)
          .catch(() => dire("Le réseau ne répond pas. Réessayez dans un instant."));
      };
      plusTard.addEventListener("click", () => finir(() => rompre(new Error("plus tard"))));
      boite.addEventListener("cancel", () => finir(() => rompre(new Error("plus tard"))));
      fetch("/connexion/?next=/session/")
        .then(accueillir)
        .catch(() => dire("Le réseau ne répond pas. Réessayez dans un instant."));
    });
  };

  // Une seule boîte à la fois ; `attendu` est la personne qui a ouvert la page.
  return (attendu) => (enCours ||= dialoguer(attendu).finally(() => (enCours = null)));
})();
