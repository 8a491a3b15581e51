// Le tableau se modifie en place, comme un tableur. Sans ce fichier, chaque cellule mène au formulaire du dossier.
"use strict";

(() => {
  const table = document.getElementById("programmation");
  if (!table) return;
  const envoi = table.dataset.envoi;
  const etat = () => document.getElementById("etat-saisie");
  let apres = null; // la cellule à retrouver une fois la ligne remplacée

  // Les cellules qui se modifient, rang par rang, telles qu'elles sont à l'écran.
  const grille = () => [...table.querySelectorAll("tr.ligne")]
    .map((rang) => [...rang.querySelectorAll("a.saisir")]).filter((rang) => rang.length);

  function aller(cellule, lignes, colonnes) {
    const rangs = grille();
    const y = rangs.findIndex((rang) => rang.includes(cellule));
    if (y < 0) return null;
    const financeur = cellule.dataset.financeur;
    const rang = rangs[Math.min(Math.max(y + lignes, 0), rangs.length - 1)];
    const x = rang.findIndex((autre) => autre.dataset.financeur === financeur);
    const cible = rang[Math.min(Math.max((x < 0 ? 0 : x) + colonnes, 0), rang.length - 1)];
    cible?.focus();
    return cible;
  }

  function valeurAffichee(lien) {
    const texte = [...lien.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data).join("").trim();
    return texte === "–" ? "" : texte;
  }

  function ouvrir(lien, valeur) {
    const td = lien.closest("td");
    if (td.querySelector("input.en-place")) return;
    const champ = document.createElement("input");
    champ.className = "en-place";
    champ.inputMode = "decimal";
    champ.autocomplete = "off";
    champ.value = valeur ?? lien.dataset.saisie ?? valeurAffichee(lien);
    champ.setAttribute("aria-label", `${lien.dataset.nom}, en euros`);
    const erreur = td.querySelector(".erreur");
    if (erreur) {
      erreur.id = `${lien.id}-erreur`;
      champ.setAttribute("aria-invalid", "true");
      champ.setAttribute("aria-describedby", erreur.id);
    }
    const depart = champ.value;
    lien.hidden = true;
    td.insertBefore(champ, lien);
    champ.focus();
    if (valeur === undefined) champ.select();

    let ferme = false;
    const fermer = () => {
      if (ferme) return;
      ferme = true;
      champ.remove();
      lien.hidden = false;
    };
    const enregistrer = (suite) => {
      if (ferme) return;
      if (champ.value === depart && !lien.dataset.saisie) {
        fermer();
        suite?.();
        return;
      }
      ferme = true;
      champ.readOnly = true;
      champ.addEventListener("reprendre", () => { ferme = false; champ.readOnly = false; }, { once: true });
      td.classList.add("envoi");
      etat().textContent = "Enregistrement…";
      const rang = lien.closest("tr");
      window.htmx.ajax("POST", envoi, {
        source: rang,
        target: rang,
        swap: "outerHTML",
        values: {
          dossier: rang.dataset.dossier,
          groupe: rang.dataset.groupe,
          financeur: lien.dataset.financeur,
          version: lien.dataset.version,
          montant: champ.value,
        },
      });
    };
    champ.addEventListener("keydown", (e) => {
      const suites = { Enter: [e.shiftKey ? -1 : 1, 0], ArrowDown: [1, 0], ArrowUp: [-1, 0], Tab: [0, e.shiftKey ? -1 : 1] };
      if (e.key === "Escape") {
        e.preventDefault();
        fermer();
        lien.focus();
      } else if (e.key === "Enter" || e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        apres = { id: lien.id, pas: suites[e.key] };
        enregistrer(() => { apres = null; lien.focus(); aller(lien, ...suites[e.key]); });
      }
      e.stopPropagation();
    });
    champ.addEventListener("blur", () => enregistrer());
  }

  table.addEventListener("click", (e) => {
    const lien = e.target.closest("a.saisir");
    if (!lien || !envoi || !window.htmx || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    ouvrir(lien);
  });

  table.addEventListener("keydown", (e) => {
    const lien = e.target.closest("a.saisir");
    if (!lien || e.ctrlKey || e.metaKey || e.altKey) return;
    const pas = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[e.key];
    if (pas) {
      e.preventDefault();
      aller(lien, ...pas);
    } else if (/^[0-9]$/.test(e.key)) {
      e.preventDefault();
      ouvrir(lien, e.key);
    } else if (e.key === "F2" || e.key === "Enter") {
      e.preventDefault();
      ouvrir(lien);
    } else if (e.key === "Delete" || e.key === "Backspace") {
      e.preventDefault();
      ouvrir(lien, "");
    }
  });

  // Une saisie refusée revient avec sa ligne : elle s'affiche elle aussi.
  document.body.addEventListener("htmx:beforeSwap", (e) => {
    if ([403, 409, 422].includes(e.detail.xhr.status)) {
      e.detail.shouldSwap = true;
      e.detail.isError = false;
    }
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    const refuse = table.querySelector("a.saisir[data-erreur]:not([hidden])");
    if (refuse) {
      apres = null;
      ouvrir(refuse);
      return;
    }
    if (!apres) return;
    const { id, pas } = apres;
    apres = null;
    const lien = document.getElementById(id);
    if (lien) {
      lien.focus();
      aller(lien, ...pas);
    }
  });
  for (const panne of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.body.addEventListener(panne, () => {
      for (const td of table.querySelectorAll("td.envoi")) {
        td.classList.remove("envoi");
        td.querySelector("input.en-place")?.dispatchEvent(new Event("reprendre"));
      }
      etat().textContent = "Le montant n’est pas enregistré : vérifiez votre connexion, puis réessayez.";
      etat().className = "petit erreur";
    });
  }
})();
