// L'arbre des objectifs : le portrait suit la case qu'on vise, et l'on cherche dans les textes.
"use strict";
(() => {
  const arbre = document.querySelector(".arbre");
  const cote = document.querySelector("[data-portraits]");
  if (!arbre || !cote) return;

  // --- Le portrait du quartier visé s'ouvre, les autres se replient ; « visé » dit lesquels sont cochés.
  const portraits = [...cote.querySelectorAll("[data-portrait]")];
  const actuel = cote.querySelector("[data-actuel]");
  const montrer = (quartier) => {
    for (const portrait of portraits) portrait.open = portrait.dataset.portrait === quartier;
    const ouvert = portraits.find((portrait) => portrait.open);
    actuel.textContent = ouvert ? ` : ${ouvert.querySelector("summary").firstChild.textContent.trim()}` : "";
    cote.querySelector(".portraits").scrollTop = 0;
  };
  const marquer = () => {
    const vises = new Set([...arbre.querySelectorAll("[data-quartier]:checked")].map((c) => c.dataset.quartier));
    for (const portrait of portraits) portrait.querySelector("[data-vise]").hidden = !vises.has(portrait.dataset.portrait);
  };
  const viser = (evenement) => {
    const caseVisee = evenement.target.closest(".case")?.querySelector("[data-quartier]");
    if (caseVisee) montrer(caseVisee.dataset.quartier);
  };
  arbre.addEventListener("focusin", viser);
  arbre.addEventListener("change", (evenement) => {
    viser(evenement);
    marquer();
  });
  arbre.addEventListener("parvis:champ", marquer);
  const premiere = arbre.querySelector("[data-quartier]:checked");
  if (premiere) montrer(premiere.dataset.quartier);

  // Sur un petit écran, le volet reste en haut, replié : un geste l'ouvre sans quitter l'arbre.
  const volet = cote.querySelector(".volet");
  const etroit = window.matchMedia("(max-width: 1000px)");
  const replier = () => {
    volet.open = !etroit.matches;
    cote.classList.toggle("collant", etroit.matches);
  };
  etroit.addEventListener("change", replier);
  replier();

  // --- Chercher : les objectifs qui ne répondent pas se cachent, sauf ceux qui sont cochés.
  const zone = document.querySelector("[data-chercher]");
  const trouves = zone.querySelector("[data-trouves]");
  const simple = (texte) => texte.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const objectifs = [...arbre.querySelectorAll("[data-objectif]")].map((element) => {
    const titres = [element.querySelector("legend").textContent];
    for (let branche = element.closest("[data-branche]"); branche; branche = branche.parentElement.closest("[data-branche]")) {
      titres.push(branche.querySelector("summary").textContent);
    }
    return { element, texte: simple(titres.join(" ")) };
  });
  const chercher = () => {
    const mots = simple(zone.querySelector("input").value).split(/\s+/).filter(Boolean);
    let combien = 0;
    for (const { element, texte } of objectifs) {
      const repond = mots.every((mot) => texte.includes(mot));
      if (repond) combien += 1;
      element.hidden = !repond && !element.querySelector("[data-quartier]:checked");
    }
    for (const branche of [...arbre.querySelectorAll("[data-branche]")].reverse()) {
      const vide = !branche.querySelector("[data-objectif]:not([hidden])");
      branche.hidden = vide;
      if (mots.length && !vide) branche.open = true;
    }
    trouves.textContent = !mots.length ? "" : combien > 1 ? `${combien} objectifs trouvés` : combien ? "1 objectif trouvé" : "Aucun objectif ne contient ces mots.";
  };
  zone.hidden = objectifs.length < 4;
  zone.addEventListener("input", chercher);
  zone.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Enter") evenement.preventDefault();
  });
})();
