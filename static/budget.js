// Totaux et équilibre pendant la saisie ; le serveur refait tous les calculs, et lui seul propose des réparations.
"use strict";
(() => {
  const formulaire = document.querySelector("[data-budget]");
  if (!formulaire) return;
  // En centimes entiers : 0,10 + 0,20 fait 0,30.
  const centiemes = (texte) => {
    const net = texte.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
    return /^\d*\.?\d*$/.test(net) && net !== "" && net !== "." ? Math.round(Number(net) * 100) : 0;
  };
  const euros = (valeur) => (valeur / 100).toLocaleString("fr-FR", { style: "currency", currency: "EUR" });
  const equilibre = formulaire.querySelector("[data-equilibre]");
  const fleau = formulaire.querySelector("[data-fleau]");

  const recalculer = () => {
    const totaux = { C: 0, P: 0, VC: 0, VP: 0 };
    let demande = 0;
    // La page unique compte aussi ce qu'elle ne montre pas.
    for (const reste of formulaire.querySelectorAll("[data-hors]")) totaux[reste.dataset.hors] += centiemes(reste.value);
    for (const cellule of formulaire.querySelectorAll("[data-montant]")) {
      const champ = cellule.querySelector("input");
      totaux[cellule.dataset.montant] += centiemes(champ.value);
      if (champ.name.startsWith("F-")) demande += centiemes(champ.value);
    }
    for (const sortie of formulaire.querySelectorAll("[data-total]")) sortie.textContent = euros(totaux[sortie.dataset.total]);
    for (const sortie of formulaire.querySelectorAll("[data-demande]")) sortie.textContent = euros(demande);
    const ecart = totaux.C - totaux.P;
    let phrase = "Le budget est équilibré.";
    if (!totaux.C && !totaux.P) phrase = "Le budget est encore vide.";
    else if (ecart > 0) phrase = `Il manque ${euros(ecart)} de produits.`;
    else if (ecart < 0) phrase = `Les produits dépassent les charges de ${euros(-ecart)}.`;
    // Une même phrase redite n'a pas à être relue à voix haute.
    if (equilibre.textContent !== phrase) equilibre.textContent = phrase;
    fleau.max = Math.max(totaux.C, totaux.P, 1);
    fleau.value = Math.min(totaux.C, totaux.P);
    fleau.parentElement.classList.toggle("inegal", ecart !== 0);
    heures();
  };

  const heures = () => {
    const sortie = formulaire.querySelector("[data-heures]");
    if (!sortie) return;
    let somme = 0;
    for (const ligne of formulaire.querySelectorAll(".ligne-heures")) {
      const [, nombre, taux] = [...ligne.querySelectorAll("input")].map((champ) => centiemes(champ.value || champ.placeholder));
      somme += Math.round((nombre * taux) / 100);
    }
    sortie.textContent = euros(somme);
  };

  // Une proposition vaut pour ce qui est enregistré : on ne l'applique pas sur une saisie qu'elle n'a pas vue.
  const perimer = () => {
    for (const bouton of formulaire.querySelectorAll("button[name=reparer]")) bouton.disabled = true;
    formulaire.querySelector("[data-perime]")?.removeAttribute("hidden");
  };
  let attente;
  const suivre = (evenement) => {
    if (!evenement.target.closest("[data-montant], .ligne-heures, .ligne-budget, .minimum")) return;
    if (evenement.type === "input") perimer();
    clearTimeout(attente);
    attente = setTimeout(recalculer, 150);
  };
  formulaire.addEventListener("input", suivre);
  // Ce que saisie.js remet ou reçoit d'une autre personne.
  formulaire.addEventListener("parvis:champ", suivre);

  // Les rangées de réserve se montrent une à une.
  for (const groupe of formulaire.querySelectorAll("[data-reserves]")) {
    const bouton = groupe.querySelector("[data-ajouter]");
    const suivante = () => groupe.querySelector("[data-reserve][hidden]");
    bouton.hidden = !suivante();
    bouton.addEventListener("click", () => {
      const ligne = suivante();
      ligne.hidden = false;
      ligne.querySelector("input").focus();
      bouton.hidden = !suivante();
    });
    // Une saisie remise dans une rangée de réserve la fait paraître.
    groupe.addEventListener("parvis:champ", (evenement) => {
      evenement.target.closest("[data-reserve]")?.removeAttribute("hidden");
      bouton.hidden = !suivante();
    });
  }
})();
