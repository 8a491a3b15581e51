// Déposer un fichier sur une pièce, et voir l'envoi avancer ; sans ce fichier, le bouton « Joindre » suffit.
"use strict";
(() => {
  const limite = 100;
  let souvenir = null;

  const dire = (formulaire, part) => {
    let zone = formulaire.querySelector(".envoi");
    if (!zone) {
      zone = document.createElement("div");
      zone.className = "envoi";
      zone.innerHTML = '<progress max="100"></progress><span role="status"></span>';
      formulaire.append(zone);
    }
    const barre = zone.querySelector("progress");
    const phrase = zone.querySelector("span");
    if (part < limite) barre.value = part;
    else barre.removeAttribute("value");
    const texte = part < limite ? "Envoi en cours…" : "Envoyé ; le fichier est vérifié…";
    if (phrase.textContent !== texte) phrase.textContent = texte;
  };

  const rater = (formulaire, texte) => {
    formulaire.querySelector(".envoi")?.remove();
    delete formulaire.dataset.parti;
    const message = formulaire.querySelector("[data-rate]") || document.createElement("span");
    message.className = "erreur";
    message.dataset.rate = "";
    message.setAttribute("role", "alert");
    message.textContent = texte;
    formulaire.append(message);
  };

  // La page que le serveur rend, réussite ou refus, remplace celle-ci ; la pièce en cause garde sa place sous les yeux.
  const montrer = (html) => {
    const recue = new DOMParser().parseFromString(html, "text/html");
    const contenu = recue.querySelector("#contenu");
    if (!contenu || !recue.querySelector(".pieces")) return false;
    document.querySelector("#contenu").replaceWith(document.adoptNode(contenu));
    const cible = document.querySelector(".resume-erreurs") || document.getElementById(souvenir);
    if (cible) {
      cible.setAttribute("tabindex", "-1");
      cible.focus();
    }
    return true;
  };

  const envoyer = (formulaire) => {
    souvenir = formulaire.closest("li")?.id;
    const requete = new XMLHttpRequest();
    requete.upload.addEventListener("progress", (e) => {
      if (e.lengthComputable) dire(formulaire, Math.floor((e.loaded / e.total) * limite));
    });
    requete.addEventListener("load", () => {
      if (!montrer(requete.responseText)) location.assign(requete.responseURL || location.href);
    });
    requete.addEventListener("error", () =>
      rater(formulaire, "La connexion s’est interrompue : rien n’est joint. Vérifiez le réseau, puis réessayez."),
    );
    requete.open("POST", formulaire.action);
    requete.send(new FormData(formulaire));
    formulaire.querySelector("[data-rate]")?.remove();
    dire(formulaire, 0);
  };

  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    if (!formulaire.matches("[data-depot]") || evenement.defaultPrevented) return;
    evenement.preventDefault();
    envoyer(formulaire);
  });

  const zoneDe = (evenement) => {
    const ligne = evenement.target.closest?.(".pieces > li");
    const formulaire = ligne?.querySelector("[data-depot]:not(details:not([open]) *)") || ligne?.querySelector("[data-depot]");
    return evenement.dataTransfer?.types.includes("Files") ? formulaire : null;
  };
  for (const nom of ["dragenter", "dragover"]) {
    document.addEventListener(nom, (evenement) => {
      const formulaire = zoneDe(evenement);
      for (const autre of document.querySelectorAll(".survol")) if (autre !== formulaire) autre.classList.remove("survol");
      if (!formulaire) return;
      evenement.preventDefault();
      formulaire.classList.add("survol");
    });
  }
  document.addEventListener("drop", (evenement) => {
    const formulaire = zoneDe(evenement);
    if (!formulaire) return;
    evenement.preventDefault();
    formulaire.classList.remove("survol");
    const champ = formulaire.querySelector("input[type=file]");
    champ.files = evenement.dataTransfer.files;
    formulaire.requestSubmit();
  });
})();
