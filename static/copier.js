// Copier un champ d'un clic ; sans ce fichier, le champ se lit et se copie à la main.
"use strict";

for (const place of document.querySelectorAll("[data-copier]")) {
  const champ = document.getElementById(place.dataset.copier);
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    champ.select();
    try {
      await navigator.clipboard.writeText(champ.value);
      place.querySelector("[role=status]").textContent = "Lien copié.";
    } catch {
      place.querySelector("[role=status]").textContent = "Le lien est sélectionné : copiez-le avec Ctrl + C.";
    }
  });
}
