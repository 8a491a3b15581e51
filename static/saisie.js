// La saisie en cours reste dans cet onglet tant que le serveur ne l'a pas enregistrée ; elle revient si on le veut.
"use strict";
(() => {
  const formulaire = document.querySelector("form[data-saisie]");
  const cle = `saisie:${location.pathname}`;
  for (const sortie of document.querySelectorAll('form[action*="deconnexion"]')) {
    sortie.addEventListener("submit", () => sessionStorage.clear());
  }
  if (!formulaire) return;

  const ignores = new Set(["csrfmiddlewaretoken", "version", "suite", "reparer"]);
  const champs = () => [...formulaire.elements].filter((c) => c.name && !ignores.has(c.name) && c.type !== "file");
  const lire = () => champs().map((c) => [c.name, c.value, c.type === "checkbox" || c.type === "radio" ? c.checked : null]);
  const ecrire = (valeurs) => {
    for (const [nom, valeur, coche] of valeurs) {
      for (const champ of champs().filter((c) => c.name === nom)) {
        if (coche === null) champ.value = valeur;
        else if (champ.value === valeur) champ.checked = coche;
      }
    }
    formulaire.dispatchEvent(new Event("input", { bubbles: true }));
  };

  let garde = null;
  try {
    garde = JSON.parse(sessionStorage.getItem(cle));
  } catch {
    sessionStorage.removeItem(cle);
  }
  const initiale = JSON.stringify(lire());
  // Envoyée, puis la version a avancé : c'est enregistré.
  if (garde && garde.envoyee && garde.version !== formulaire.dataset.saisie) {
    sessionStorage.removeItem(cle);
    garde = null;
  }
  if (garde && JSON.stringify(garde.valeurs) !== initiale && !document.querySelector(".resume-erreurs")) {
    const bandeau = document.createElement("div");
    bandeau.className = "bandeau att";
    bandeau.setAttribute("role", "status");
    const texte = document.createElement("p");
    texte.textContent = "Une saisie qui n’avait pas été enregistrée a été retrouvée dans cet onglet.";
    const actions = document.createElement("p");
    actions.className = "actions";
    const bouton = (libelle, classe, action) => {
      const element = document.createElement("button");
      element.type = "button";
      element.className = classe;
      element.textContent = libelle;
      element.addEventListener("click", () => {
        action();
        bandeau.remove();
      });
      actions.append(element);
    };
    bouton("Reprendre cette saisie", "bouton petit", () => ecrire(garde.valeurs));
    bouton("L’oublier", "bouton second petit", () => sessionStorage.removeItem(cle));
    bandeau.append(texte, actions);
    formulaire.before(bandeau);
  }

  const garder = (envoyee) => {
    try {
      sessionStorage.setItem(cle, JSON.stringify({ version: formulaire.dataset.saisie, envoyee, valeurs: lire() }));
    } catch {
      // Mémoire pleine ou refusée : l'enregistrement au serveur reste possible.
    }
  };
  let attente;
  formulaire.addEventListener("input", () => {
    clearTimeout(attente);
    attente = setTimeout(() => garder(false), 400);
  });
  formulaire.addEventListener("submit", () => {
    clearTimeout(attente);
    garder(true);
  });
})();
