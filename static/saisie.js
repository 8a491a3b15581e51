// L'enregistrement à mesure qu'on écrit. Chaque champ touché est d'abord gardé dans ce navigateur, puis envoyé ; il n'en
// sort qu'une fois reçu par le serveur. Sans ce fichier, le bouton « Enregistrer » fait le même travail.
"use strict";
(() => {
  const PREFIXE = "parvis:saisie:";
  const DUREE_MS = 30 * 24 * 3600 * 1000;
  const PAUSE_MS = 700;
  const ESSAIS_MS = [2000, 5000, 15000, 30000];

  // Se déconnecter efface ce que le navigateur gardait (parvis.js) ; le temps efface le reste.
  const oublier = (lequel) => {
    try {
      for (const cle of Object.keys(localStorage)) if (cle.startsWith(PREFIXE) && lequel(cle)) localStorage.removeItem(cle);
    } catch {
      // Le navigateur ne garde rien : il n'y a rien à effacer.
    }
  };
  const lireGarde = (cle) => {
    try {
      return JSON.parse(localStorage.getItem(cle)) || {};
    } catch {
      return {};
    }
  };
  oublier((cle) => Object.values(lireGarde(cle)).every(({ instant }) => Date.now() - instant > DUREE_MS));

  const formulaire = document.querySelector("form[data-saisie]");
  if (!formulaire || !formulaire.dataset.utilisateur) return;
  let cle = `${PREFIXE}${formulaire.dataset.utilisateur}:${location.pathname}`;
  // Un témoin par section : ce que la page a montré. La page unique en porte plusieurs, et chacun a son adresse.
  const temoins = [...formulaire.querySelectorAll('input[name="version"], input[name^="version-"]')];
  const lus = (temoin) => JSON.parse(temoin.value);
  const temoinDe = (nom) => temoins.find((temoin) => nom in lus(temoin).c) || temoins[0];
  const adresseDe = (temoin) =>
    temoin.name === "version" ? location.pathname : location.pathname.replace(/[^/]+\/$/, `${temoin.name.slice("version-".length)}/`);
  const sauve = document.querySelector("[data-sauve]");
  const IGNORES = new Set(["csrfmiddlewaretoken", "version", "suite", "reparer", "champs", "garder"]);

  // --- Lire et écrire un champ, quel que soit son genre.
  const elements = (nom) => [...formulaire.elements].filter((e) => e.name === nom);
  const estChamp = (e) => e.name && !IGNORES.has(e.name) && !e.name.startsWith("version-") && e.type !== "file" && e.type !== "submit" && e.type !== "button";
  const lire = (nom) =>
    elements(nom).flatMap((e) => {
      if (e.type === "checkbox" || e.type === "radio") return e.checked ? [e.value] : [];
      if (e.type === "select-multiple") return [...e.selectedOptions].map((o) => o.value);
      return [e.value];
    });
  const ecrire = (nom, valeurs) => {
    for (const e of elements(nom)) {
      if (e.type === "checkbox" || e.type === "radio") e.checked = valeurs.includes(e.value);
      else if (e.type === "select-multiple") for (const o of e.options) o.selected = valeurs.includes(o.value);
      else e.value = valeurs[0] ?? "";
      e.dispatchEvent(new CustomEvent("parvis:champ", { bubbles: true }));
    }
  };
  const pareil = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // --- Ce que le navigateur garde tant que le serveur ne l'a pas.
  let attente = lireGarde(cle);
  const garder = () => {
    try {
      if (Object.keys(attente).length) localStorage.setItem(cle, JSON.stringify(attente));
      else localStorage.removeItem(cle);
      return true;
    } catch {
      return false;
    }
  };
  const conflits = new Set();
  const refuses = new Map();
  const aEnvoyer = () =>
    Object.keys(attente).filter((nom) => !conflits.has(nom) && !pareil(refuses.get(nom), attente[nom].valeurs));

  const dire = (forme, phrase, classe = "") => {
    if (!sauve) return;
    sauve.className = `sauve ${classe}`.trim();
    sauve.querySelector("[data-forme]").textContent = forme;
    sauve.querySelector("[data-phrase]").textContent = phrase;
  };

  // --- Ce qui se montre à côté d'un champ : une erreur, ou ce qu'une autre personne y a écrit.
  const bloc = (nom) => elements(nom)[0]?.closest(".champ, .ligne-budget, fieldset, td, .case") || elements(nom)[0]?.parentElement;
  const retirer = (nom, classe) => bloc(nom)?.querySelectorAll(`.${classe}[data-nom="${CSS.escape(nom)}"]`).forEach((n) => n.remove());
  const note = (nom, classe, role) => {
    retirer(nom, classe);
    const boite = document.createElement("div");
    boite.className = classe;
    boite.dataset.nom = nom;
    boite.setAttribute("role", role);
    bloc(nom)?.append(boite);
    return boite;
  };
  const montrerErreur = (nom, messages) => {
    const boite = note(nom, "erreur-champ", "alert");
    for (const message of messages) {
      const ligne = document.createElement("span");
      ligne.className = "erreur";
      ligne.textContent = message;
      boite.append(ligne);
    }
    bloc(nom)?.classList.add("en-erreur");
    for (const e of elements(nom)) e.setAttribute("aria-invalid", "true");
  };
  const effacerErreur = (nom) => {
    retirer(nom, "erreur-champ");
    bloc(nom)?.classList.remove("en-erreur");
    for (const e of elements(nom)) e.removeAttribute("aria-invalid");
  };
  const montrerRecu = (nom, { par, le, lisible }) => {
    const boite = note(nom, "recu-champ", "status");
    boite.textContent = `${par} a écrit ici à ${le}${lisible === "rien" ? " : champ vidé" : ""}.`;
  };
  const montrerConflit = (nom, { par, le, lisible, valeurs }) => {
    conflits.add(nom);
    const boite = note(nom, "conflit-champ", "alert");
    const phrase = document.createElement("p");
    phrase.append(`${par} a modifié ce champ à ${le}, pendant que vous écriviez. Sa version :`);
    const citation = document.createElement("blockquote");
    citation.textContent = lisible;
    const actions = document.createElement("p");
    actions.className = "actions";
    const choix = (libelle, classe, geste) => {
      const bouton = document.createElement("button");
      bouton.type = "button";
      bouton.className = classe;
      bouton.textContent = libelle;
      bouton.addEventListener("click", () => {
        conflits.delete(nom);
        boite.remove();
        geste();
        elements(nom)[0]?.focus();
      });
      actions.append(bouton);
    };
    choix("Garder la mienne", "bouton petit", () => {
      attente[nom].maintenue = true;
      envoyerBientot(0);
    });
    choix("Prendre la sienne", "bouton second petit", () => {
      delete attente[nom];
      garder();
      ecrire(nom, valeurs);
      dire("✓", "Enregistré");
    });
    boite.append(phrase, citation, actions);
  };

  // --- Envoyer.
  let minuterie, essais = 0, enVol = false;
  const envoyerBientot = (pause = PAUSE_MS) => {
    clearTimeout(minuterie);
    minuterie = setTimeout(envoyer, pause);
  };
  const reessayer = (phrase) => {
    dire("!", phrase, "attend");
    envoyerBientot(ESSAIS_MS[Math.min(essais++, ESSAIS_MS.length - 1)]);
  };

  const corps = (noms, temoin) => {
    // Une page qui n'existe pas encore part entière : le premier enregistrement la fait naître.
    const donnees = new URLSearchParams("neuf" in formulaire.dataset ? new FormData(formulaire) : undefined);
    donnees.set("csrfmiddlewaretoken", formulaire.elements.namedItem("csrfmiddlewaretoken").value);
    donnees.set("version", temoin.value);
    for (const nom of noms) {
      donnees.append("champs", nom);
      if (attente[nom].maintenue) donnees.append("garder", nom);
      donnees.delete(nom);
      for (const valeur of attente[nom].valeurs) donnees.append(nom, valeur);
    }
    return donnees;
  };
  const fondreTemoin = (temoin, neuf) => {
    if (!neuf) return;
    const lu = lus(temoin), recu = JSON.parse(neuf);
    temoin.value = JSON.stringify({ v: recu.v, c: { ...lu.c, ...recu.c } });
  };

  const envoyer = async (derniereChance = false) => {
    const tous = aEnvoyer();
    if (!tous.length || (enVol && !derniereChance)) return;
    const temoin = temoinDe(tous[0]);
    // Ce qu'une page à naître s'est vu refuser n'est rangé nulle part : tout repart à chaque essai.
    const noms = "neuf" in formulaire.dataset ? Object.keys(attente) : tous.filter((nom) => temoinDe(nom) === temoin);
    enVol = true;
    const envoyees = Object.fromEntries(noms.map((nom) => [nom, attente[nom].valeurs]));
    dire("…", "Enregistrement…", "attend");
    let reponse;
    try {
      reponse = await fetch(adresseDe(temoin), {
        method: "POST",
        body: corps(noms, temoin),
        keepalive: derniereChance,
        headers: { "Parvis-Enregistrement": "champ", Accept: "application/json" },
      });
    } catch {
      enVol = false;
      return reessayer("Hors connexion : votre saisie est gardée dans ce navigateur et partira au retour du réseau.");
    }
    enVol = false;
    if (reponse.status === 401 || reponse.status === 403) return reconnecter();
    if (!(reponse.headers.get("content-type") || "").includes("json")) {
      return reessayer("Le serveur ne répond pas bien : votre saisie est gardée dans ce navigateur.");
    }
    essais = 0;
    recevoir(await reponse.json(), envoyees, temoin);
  };

  // Le brouillon a maintenant son adresse : la page la prend, et ce qui reste en attente la suit.
  const naitre = (adresse) => {
    oublier((autre) => autre === cle);
    history.replaceState(null, "", adresse);
    cle = `${PREFIXE}${formulaire.dataset.utilisateur}:${location.pathname}`;
    delete formulaire.dataset.neuf;
    for (const e of formulaire.querySelectorAll("[data-naissance]")) {
      e.disabled = true;
      delete attente[e.name];
    }
  };

  const recevoir = (sort, envoyees, temoin) => {
    if (sort.fige) {
      dire("!", `${sort.fige} Votre saisie reste dans ce navigateur.`, "attend");
      return;
    }
    if (sort.adresse) naitre(sort.adresse);
    fondreTemoin(temoin, sort.temoin);
    for (const [nom, valeurs] of Object.entries(envoyees)) {
      if (sort.conflits[nom]) {
        montrerConflit(nom, sort.conflits[nom]);
      } else if (sort.erreurs[nom]) {
        refuses.set(nom, valeurs);
        montrerErreur(nom, sort.erreurs[nom]);
      } else if (!sort.erreurs.__all__) {
        refuses.delete(nom);
        effacerErreur(nom);
        // Ce qu'on a retapé pendant l'envoi repart au tour suivant.
        if (pareil(attente[nom]?.valeurs, valeurs)) delete attente[nom];
        else if (attente[nom]) delete attente[nom].lu;
      } else {
        refuses.set(nom, valeurs);
      }
    }
    for (const [nom, autre] of Object.entries(sort.recus)) {
      if (attente[nom] || !elements(nom).length) continue;
      ecrire(nom, autre.valeurs);
      montrerRecu(nom, autre);
    }
    garder();
    const restent = Object.keys(attente).length;
    if (conflits.size) dire("!", formulaire.dataset.conflit || "Une autre personne a écrit au même endroit : choisissez la version à garder.", "attend");
    else if (sort.erreurs.__all__) dire("!", sort.erreurs.__all__.join(" "), "attend");
    else if (Object.keys(sort.erreurs).length) dire("!", "Un champ est à corriger ; le reste est enregistré.", "attend");
    else if (!restent) dire("✓", `Enregistré à ${sort.enregistre}`);
    document.dispatchEvent(new CustomEvent("parvis:enregistre", { detail: sort }));
    if (aEnvoyer().length) envoyerBientot();
  };

  const reconnecter = async () => {
    dire("!", "Votre session est terminée : votre saisie est gardée dans ce navigateur.", "attend");
    try {
      const { utilisateur, jeton } = await parvis.session();
      if (String(utilisateur) === formulaire.dataset.utilisateur) parvis.adopterLeJeton(jeton);
      else await parvis.reconnecter(formulaire.dataset.utilisateur);
      envoyerBientot(0);
    } catch (raison) {
      if (raison.message !== "plus tard") reessayer("Hors connexion : votre saisie est gardée dans ce navigateur.");
      else dire("!", "Non enregistré : votre saisie est gardée dans ce navigateur. Elle partira à votre prochaine frappe.", "attend");
    }
  };

  // --- Noter chaque frappe. `lu` : ce qu'on avait sous les yeux, pour qu'un retour tardif n'écrase personne.
  const mettreEnAttente = (nom) => {
    const { lu = lus(temoinDe(nom)).c[nom], maintenue } = attente[nom] || {};
    attente[nom] = { valeurs: lire(nom), instant: Date.now(), lu, maintenue };
  };
  const noter = (evenement) => {
    const champ = evenement.target;
    if (!estChamp(champ)) return;
    mettreEnAttente(champ.name);
    const retenue = garder();
    if (!conflits.has(champ.name)) dire("…", retenue ? "Modifié, pas encore enregistré" : "Modifié", "attend");
    envoyerBientot();
  };
  formulaire.addEventListener("input", noter);
  formulaire.addEventListener("change", (evenement) => {
    noter(evenement);
    envoyerBientot(0);
  });
  // Un script qui remplit des champs (réparation, aide au bénévolat) le signale ainsi.
  document.addEventListener("parvis:remplir", (evenement) => {
    evenement.detail.noms.forEach(mettreEnAttente);
    garder();
    envoyerBientot(0);
  });
  window.addEventListener("online", () => envoyerBientot(0));
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && envoyer(true));
  window.addEventListener("pagehide", () => envoyer(true));
  // Le bouton attend que tout soit parti : hors connexion, on reste sur la page, avec sa saisie.
  formulaire.addEventListener("submit", async (evenement) => {
    clearTimeout(minuterie);
    if (formulaire.dataset.libre || !aEnvoyer().length) return;
    evenement.preventDefault();
    for (const _ of temoins) await envoyer(true);
    if (aEnvoyer().length) return;
    formulaire.dataset.libre = "1";
    formulaire.requestSubmit(evenement.submitter);
    delete formulaire.dataset.libre;
  });

  // --- Au retour sur la page : ce que le serveur a déjà s'oublie, le reste se remet et repart.
  const retrouves = [];
  for (const [nom, { valeurs }] of Object.entries(attente)) {
    if (!elements(nom).length || pareil(lire(nom), valeurs)) delete attente[nom];
    else retrouves.push(nom);
  }
  if (document.querySelector(".resume-erreurs")) {
    // La page revenue porte déjà toute la saisie, avec ce qu'il faut corriger.
    attente = {};
  } else if (retrouves.length) {
    for (const nom of retrouves) {
      ecrire(nom, attente[nom].valeurs);
      const temoin = temoinDe(nom), vu = lus(temoin);
      if (attente[nom].lu) temoin.value = JSON.stringify({ ...vu, c: { ...vu.c, [nom]: attente[nom].lu } });
    }
    const bandeau = document.createElement("div");
    bandeau.className = "bandeau att";
    bandeau.setAttribute("role", "status");
    const phrase = document.createElement("p");
    phrase.textContent = "Une saisie qui n’était pas partie a été retrouvée dans ce navigateur et remise à sa place.";
    bandeau.append(phrase);
    formulaire.before(bandeau);
    envoyerBientot(0);
  }

  // --- Ce qui s'est écrit pendant que ce fichier se chargeait : aucun écouteur ne l'a vu. Au rechargement et au retour en
  // arrière, le navigateur remet lui-même d'anciennes valeurs : les renvoyer effacerait ce qu'une autre personne a écrit depuis.
  const change = (e) => {
    if (e.type === "checkbox" || e.type === "radio") return e.checked !== e.defaultChecked;
    if (!e.options) return e.value !== e.defaultValue;
    const defaut = [...e.options].filter((o) => o.defaultSelected);
    return defaut.length || e.multiple ? [...e.options].some((o) => o.selected !== o.defaultSelected) : e.selectedIndex > 0;
  };
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") {
    const tot = new Set([...formulaire.elements].filter((e) => estChamp(e) && e.type !== "hidden" && change(e)).map((e) => e.name));
    for (const nom of tot) if (!attente[nom]) mettreEnAttente(nom);
    if (tot.size) {
      dire("…", "Modifié, pas encore enregistré", "attend");
      envoyerBientot(0);
    }
  }
  garder();

  // --- La liste des étapes suit ce qui vient d'être enregistré.
  const etapes = document.querySelector("[data-etapes]");
  let suivi;
  document.addEventListener("parvis:enregistre", () => {
    if (!etapes) return;
    clearTimeout(suivi);
    suivi = setTimeout(async () => {
      try {
        const reponse = await fetch(etapes.dataset.etapes, { headers: { "Parvis-Enregistrement": "etapes" } });
        if (reponse.ok && !etapes.contains(document.activeElement)) {
          etapes.replaceChildren(...new DOMParser().parseFromString(await reponse.text(), "text/html").body.childNodes);
        }
      } catch {
        // Hors connexion : la liste se mettra à jour à la page suivante.
      }
    }, 1200);
  });
})();
