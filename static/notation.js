// Épingler un passage d'un geste : on sélectionne le texte du dossier, on choisit le critère. Sans ce fichier, le même
// formulaire attend un copier-coller. Suit aussi le nombre de critères notés.
"use strict";
(() => {
  const textes = document.querySelector("[data-textes]");
  const formulaire = document.querySelector('form[data-citation="epingler"]');
  const annonce = document.querySelector("[data-annonce]");
  if (!textes || !formulaire) return;
  const SIGNES_MAX = 600;
  document.querySelectorAll("[data-avec-script]").forEach((place) => (place.hidden = false));
  const choix = formulaire.elements.namedItem("critere");

  // --- L'envoi, sans quitter la page : la notation en cours ne bouge pas.
  const envoyer = async (cible, donnees) => {
    const refus = "Le serveur ne répond pas. Réessayez dans un instant.";
    try {
      const reponse = await fetch(cible, {
        method: "POST",
        body: donnees,
        headers: { "Parvis-Enregistrement": "citation" },
      });
      if (reponse.ok) return { html: await reponse.text() };
      const json = (reponse.headers.get("content-type") || "").includes("json");
      return { refus: json ? (await reponse.json()).refus || "Votre session est terminée : reconnectez-vous, puis épinglez à nouveau." : refus };
    } catch {
      return { refus: "Hors connexion : ce passage n’est pas épinglé. Réessayez quand le réseau revient." };
    }
  };
  const remplacer = (critere, html) => {
    const place = document.querySelector(`[data-citations="${critere}"]`);
    place?.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    return place;
  };

  const epingler = async (critere, texte, champ) => {
    const donnees = new FormData(formulaire);
    donnees.set("critere", critere);
    donnees.set("texte", texte);
    donnees.set("champ", champ);
    const sort = await envoyer(formulaire.action, donnees);
    if (sort.html === undefined) return sort.refus;
    remplacer(critere, sort.html);
    annonce.textContent = "Le passage est épinglé.";
    return "";
  };

  formulaire.dataset.repetable = "";
  formulaire.addEventListener("submit", async (evenement) => {
    evenement.preventDefault();
    const texte = formulaire.elements.namedItem("texte");
    const dit = formulaire.querySelector("[data-refus]");
    const refus = choix.value ? await epingler(choix.value, texte.value, "") : "Choisissez le critère que ce passage appuie.";
    dit.hidden = !refus;
    dit.textContent = refus;
    if (!refus) texte.value = "";
  });

  const oter = document.getElementById("oter");
  oter.dataset.repetable = "";
  oter.addEventListener("submit", async (evenement) => {
    const bouton = evenement.submitter;
    if (!bouton) return;
    evenement.preventDefault();
    const place = bouton.closest("[data-citations]");
    const donnees = new FormData(oter);
    donnees.set("citation", bouton.value);
    const sort = await envoyer(oter.action, donnees);
    annonce.textContent = sort.refus || "Le passage est ôté.";
    if (sort.html === undefined) return;
    remplacer(place.dataset.citations, sort.html);
    place.closest(".note")?.querySelector("input:checked, input")?.focus();
  });

  // --- La barre qui suit une sélection.
  let barre = null;
  const fermer = () => {
    barre?.remove();
    barre = null;
  };
  const selection = () => {
    const prise = getSelection();
    const texte = prise.toString().replace(/\s+/g, " ").trim();
    if (texte.length < 3 || !prise.anchorNode) return null;
    const champDe = (noeud) => (noeud.nodeType === 1 ? noeud : noeud.parentElement)?.closest("[data-champ]");
    const debut = champDe(prise.anchorNode);
    return debut && debut === champDe(prise.focusNode) ? { texte, champ: debut.dataset.champ } : null;
  };
  const ouvrir = ({ texte, champ }) => {
    fermer();
    barre = document.createElement("div");
    barre.className = "epingle-barre";
    barre.setAttribute("role", "region");
    barre.setAttribute("aria-label", "Épingler le passage sélectionné");
    const extrait = document.createElement("p");
    extrait.textContent = `« ${texte} »`;
    const bloc = document.createElement("div");
    bloc.className = "champ-barre";
    const liste = choix.cloneNode(true);
    liste.id = "barre-critere";
    liste.removeAttribute("name");
    liste.value = choix.value;
    const titre = document.createElement("label");
    titre.htmlFor = liste.id;
    titre.textContent = "Critère";
    bloc.append(titre, liste);
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "bouton";
    bouton.textContent = "Épingler ce passage";
    const renoncer = document.createElement("button");
    renoncer.type = "button";
    renoncer.className = "lien";
    renoncer.textContent = "Annuler";
    renoncer.addEventListener("click", fermer);
    const dit = document.createElement("p");
    dit.className = "erreur";
    dit.setAttribute("role", "alert");
    dit.hidden = true;
    const dire = (phrase) => {
      dit.hidden = !phrase;
      dit.textContent = phrase;
    };
    bouton.addEventListener("click", async () => {
      if (!liste.value) {
        dire("Choisissez le critère que ce passage appuie.");
        liste.focus();
        return;
      }
      choix.value = liste.value;
      const refus = await epingler(liste.value, texte, champ);
      if (refus) dire(refus);
      else fermer();
    });
    barre.append(extrait, bloc, bouton, renoncer, dit);
    if (texte.length > SIGNES_MAX) dire(`Un passage a ${SIGNES_MAX} signes au plus ; celui-ci en a ${texte.length}. Gardez l’essentiel.`);
    document.body.append(barre);
  };
  // On attend que la sélection se pose : à la souris, au doigt ou au clavier.
  let pause;
  document.addEventListener("selectionchange", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      if (barre?.contains(document.activeElement)) return;
      const prise = selection();
      if (prise) ouvrir(prise);
      else fermer();
    }, 350);
  });
  document.addEventListener("keydown", (evenement) => evenement.key === "Escape" && fermer());

  // --- Combien de critères sont notés.
  const avancement = document.querySelector("[data-avancement]");
  document.querySelector("form[data-saisie]").addEventListener("change", (evenement) => {
    const notes = evenement.currentTarget.querySelectorAll("input[type=radio]:checked").length;
    const s = notes > 1 ? "s" : "";
    avancement.textContent = `${notes} critère${s} noté${s} sur ${avancement.dataset.total}`;
  });
})();
