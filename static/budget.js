// Totaux et équilibre pendant la saisie ; à l'enregistrement, le serveur refait tous les calculs.
"use strict";
(() => {
  const formulaire = document.querySelector("[data-budget]");
  if (!formulaire) return;
  // En centimes entiers : 0,10 + 0,20 fait 0,30.
  const centimes = (texte) => {
    const net = texte.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
    return /^\d*\.?\d*$/.test(net) && net !== "" && net !== "." ? Math.round(Number(net) * 100) : 0;
  };
  const euros = (valeur) => (valeur / 100).toLocaleString("fr-FR", { style: "currency", currency: "EUR" });
  const equilibre = formulaire.querySelector("[data-equilibre]");
  const fleau = formulaire.querySelector("[data-fleau]");

  const recalculer = () => {
    const totaux = { C: 0, P: 0, VC: 0, VP: 0 };
    for (const cellule of formulaire.querySelectorAll("[data-montant]")) {
      totaux[cellule.dataset.montant] += centimes(cellule.querySelector("input").value);
    }
    for (const sortie of formulaire.querySelectorAll("[data-total]")) {
      sortie.textContent = euros(totaux[sortie.dataset.total]);
    }
    const ecart = totaux.C - totaux.P;
    if (!totaux.C && !totaux.P) equilibre.textContent = "Le budget est encore vide.";
    else if (ecart > 0) equilibre.textContent = `Il manque ${euros(ecart)} de produits.`;
    else if (ecart < 0) equilibre.textContent = `Les produits dépassent les charges de ${euros(-ecart)}.`;
    else equilibre.textContent = "Le budget est équilibré.";
    fleau.max = Math.max(totaux.C, totaux.P, 1);
    fleau.value = Math.min(totaux.C, totaux.P);
    fleau.parentElement.classList.toggle("inegal", ecart !== 0);
  };
  let attente;
  formulaire.addEventListener("input", (evenement) => {
    // Une saisie retrouvée se signale sur le formulaire entier.
    if (evenement.target !== formulaire && !evenement.target.closest("[data-montant]")) return;
    // Les propositions chiffrées valent pour ce qui est enregistré : elles s'effacent dès qu'on modifie.
    formulaire.querySelector(".reparer")?.setAttribute("hidden", "");
    clearTimeout(attente);
    attente = setTimeout(recalculer, 250);
  });
})();
