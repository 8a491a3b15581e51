// Un texte qui part d'un coup (message, réponse, remarque) : gardé dans ce navigateur tant qu'il s'écrit, oublié une fois
// parti. `data-garde` : ce qui change quand un envoi a abouti ; un envoi perdu en route se retrouve donc à sa place.
"use strict";
(() => {
  const PREFIXE = "parvis:saisie:";
  const DUREE_MS = 30 * 24 * 3600 * 1000;
  const lire = (cle) => {
    try {
      return JSON.parse(localStorage.getItem(cle)) || {};
    } catch {
      return {};
    }
  };
  const ranger = (cle, garde) => {
    try {
      if (Object.keys(garde).length) localStorage.setItem(cle, JSON.stringify(garde));
      else localStorage.removeItem(cle);
    } catch {
      // Le navigateur ne garde rien : la page marche sans.
    }
  };

  const suivre = (formulaire) => {
    const cle = `${PREFIXE}${formulaire.dataset.cle}`;
    const temoin = formulaire.dataset.garde;
    const textes = [...formulaire.querySelectorAll("textarea[name]")];
    const garde = lire(cle);
    let retrouve = null;
    for (const [nom, { valeurs, instant, parti, lu }] of Object.entries(garde)) {
      const champ = textes.find((texte) => texte.name === nom);
      const arrive = parti && lu !== temoin;
      if (!champ || arrive || champ.value === valeurs[0] || Date.now() - instant > DUREE_MS) delete garde[nom];
      // La page revenue avec une erreur porte déjà la saisie.
      else if (!champ.value || !document.querySelector(".resume-erreurs")) {
        champ.value = valeurs[0];
        retrouve ||= champ;
      }
    }
    ranger(cle, garde);
    if (retrouve) {
      retrouve.closest("details")?.setAttribute("open", "");
      const bandeau = document.createElement("div");
      bandeau.className = "bandeau att";
      bandeau.setAttribute("role", "status");
      const phrase = document.createElement("p");
      phrase.textContent = "Un texte qui n’était pas parti a été retrouvé dans ce navigateur et remis à sa place.";
      bandeau.append(phrase);
      formulaire.before(bandeau);
    }
    formulaire.addEventListener("input", ({ target }) => {
      if (!textes.includes(target)) return;
      if (target.value) garde[target.name] = { valeurs: [target.value], instant: Date.now() };
      else delete garde[target.name];
      ranger(cle, garde);
    });
    formulaire.addEventListener("submit", () => {
      for (const nom of Object.keys(garde)) Object.assign(garde[nom], { parti: true, lu: temoin });
      ranger(cle, garde);
    });
  };
  document.querySelectorAll("form[data-garde][data-cle]").forEach(suivre);
})();
