// Les longueurs conseillées se comptent à mesure qu'on écrit ; rien n'est jamais coupé.
"use strict";
(() => {
  const nombre = (n) => n.toLocaleString("fr-FR").replace(/\s/g, "\u202f");

  for (const champ of document.querySelectorAll("[data-repere]")) {
    const repere = Number(champ.dataset.repere);
    const compteur = document.createElement("p");
    compteur.className = "compteur petit doux";
    compteur.id = `${champ.id}_compteur`;
    champ.after(compteur);
    champ.setAttribute("aria-describedby", [champ.getAttribute("aria-describedby"), compteur.id].filter(Boolean).join(" "));

    const compter = () => {
      const signes = [...champ.value].length;
      const trop = signes > repere;
      compteur.classList.toggle("long", trop);
      compteur.textContent = trop
        ? `${nombre(signes)} signes : plus long que les ${nombre(repere)} conseillés. Rien n’est coupé.`
        : `${nombre(signes)} signe${signes > 1 ? "s" : ""} sur ${nombre(repere)} conseillés`;
    };
    champ.addEventListener("input", compter);
    champ.addEventListener("parvis:champ", compter);
    compter();
  }
})();
