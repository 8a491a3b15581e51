// Améliorations progressives : sans ce fichier, tout marche encore.
"use strict";

// Un formulaire ne part qu'une fois : le second clic d'un double clic est ignoré.
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (evenement.defaultPrevented || formulaire.method !== "post" || formulaire.hasAttribute("data-repetable")) return;
  if (formulaire.dataset.parti) {
    evenement.preventDefault();
    return;
  }
  formulaire.dataset.parti = "1";
});
// Revenir en arrière dans le navigateur rend le formulaire de nouveau utilisable.
window.addEventListener("pageshow", () => {
  for (const formulaire of document.querySelectorAll("form[data-parti]")) delete formulaire.dataset.parti;
});

// Une action qu'on ne défait pas demande confirmation.
document.addEventListener("click", (evenement) => {
  const bouton = evenement.target.closest("[data-confirmer]");
  if (bouton && !window.confirm(bouton.dataset.confirmer)) evenement.preventDefault();
});

// Se déconnecter volontairement efface ce que le navigateur gardait de la saisie, d'où qu'on parte.
document.addEventListener("submit", (evenement) => {
  if (!evenement.target.matches('form[action*="deconnexion"]')) return;
  try {
    for (const cle of Object.keys(localStorage)) if (cle.startsWith("parvis:saisie:")) localStorage.removeItem(cle);
  } catch {
    // Le navigateur ne garde rien : il n'y a rien à effacer.
  }
});

// Le résumé des erreurs reçoit le focus : on sait tout de suite quoi réparer.
document.querySelector(".resume-erreurs")?.focus();
