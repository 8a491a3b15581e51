// La séance en direct : on demande « y a-t-il du neuf ? », puis on relit l'état entier. Sans ce fichier, on recharge.
"use strict";

(() => {
  const hote = document.querySelector("[data-ecran]");
  const salle = document.getElementById("salle");
  if (!hote || !salle) return;
  const { ecran, adresse, etat, flux, jeton } = hote.dataset;
  const PAS = { projecteur: 250, conduite: 1000, telephone: 2000 }[ecran];
  const coupure = document.querySelector("[data-coupure]");
  const annonces = document.querySelector("[data-annonces]");
  const decalage = Number(hote.dataset.maintenant) - Date.now();
  let version = salle.firstElementChild.dataset.version;
  let montre = sansJeton(salle.innerHTML);
  let annonce = salle.firstElementChild.dataset.annonce;
  let enCours = null;
  let echecs = 0;

  // Le jeton des formulaires change à chaque lecture : il ne fait pas une page différente.
  function sansJeton(html) {
    return html.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
  }

  // Le minuteur : le serveur dit quand il sonne, la page décompte.
  function decompter() {
    for (const cadran of document.querySelectorAll("[data-minuteur]")) {
      if (!cadran.dataset.fin) continue;
      const reste = Math.round((Number(cadran.dataset.fin) - Date.now() - decalage) / 1000);
      const absolu = Math.abs(reste);
      const deux = (nombre) => String(nombre).padStart(2, "0");
      cadran.textContent = `${reste < 0 ? "−" : ""}${deux(Math.floor(absolu / 60))}:${deux(absolu % 60)}`;
      cadran.classList.toggle("depasse", reste < 0);
    }
  }

  function dire(joignable) {
    if (coupure) coupure.hidden = joignable;
  }

  // Remplace le cœur de la page, sans prendre à personne ce qu'il est en train d'écrire.
  function montrer(html, { garderLaSaisie = true } = {}) {
    const nouveau = sansJeton(html);
    const patron = document.createElement("template");
    patron.innerHTML = html;
    const racine = patron.content.firstElementChild;
    version = racine.dataset.version;
    if (nouveau === montre) return;
    const actif = salle.contains(document.activeElement) ? document.activeElement : null;
    const saisies = garderLaSaisie ? saisiesEnCours() : [];
    salle.replaceChildren(patron.content);
    montre = nouveau;
    for (const [cle, champ] of saisies) remettre(cle, champ);
    if (actif) (actif.id && document.getElementById(actif.id) ? document.getElementById(actif.id) : salle.querySelector("[data-foyer]"))?.focus();
    if (racine.dataset.annonce !== annonce) {
      annonce = racine.dataset.annonce;
      if (annonces) annonces.textContent = annonce;
    }
    decompter();
  }

  // Un champ se reconnaît à son formulaire, à ce qu'il désigne et à son nom : un autre dossier n'en hérite pas.
  const cleDe = (champ) => {
    const lie = [...champ.form.querySelectorAll("input[type=hidden]")]
      .filter((cache) => ["passage", "tour", "geste"].includes(cache.name))
      .map((cache) => `${cache.name}=${cache.value}`);
    return [champ.form.getAttribute("action"), ...lie, champ.name, champ.type === "radio" ? champ.value : ""].join("|");
  };
  const champs = () => [...salle.querySelectorAll("form input:not([type=hidden]), form textarea, form select")];

  function saisiesEnCours() {
    return champs()
      .filter((c) => (["radio", "checkbox"].includes(c.type) ? c.checked !== c.defaultChecked : c.value !== c.defaultValue))
      .map((c) => [cleDe(c), { value: c.value, checked: c.checked }]);
  }

  function remettre(cle, ecrit) {
    const champ = champs().find((c) => cleDe(c) === cle);
    if (champ) Object.assign(champ, ["radio", "checkbox"].includes(champ.type) ? { checked: ecrit.checked } : { value: ecrit.value });
  }

  async function lire(requete) {
    const reponse = await requete;
    // La session est finie, ou l'accès fermé : la page entière le dira.
    if (reponse.redirected || [401, 403, 404].includes(reponse.status)) return window.location.assign(adresse);
    if (reponse.status >= 500) throw new Error(String(reponse.status));
    return reponse;
  }

  // Un changement annoncé pendant qu'on relit n'est peut-être pas dans ce qui arrive : on relit une fois de plus.
  let enRetard = false;
  function relire() {
    if (enCours) {
      enRetard = true;
      return enCours;
    }
    enCours = lire(fetch(adresse, { headers: { "Parvis-Fragment": "1" }, cache: "no-store" }))
      .then(async (reponse) => reponse && montrer(await reponse.text()))
      .finally(() => {
        enCours = null;
        if (!enRetard) return null;
        enRetard = false;
        return relire();
      });
    return enCours;
  }

  const suite = () => new URLSearchParams({ jeton, version }).toString();

  async function interroger() {
    const reponse = await fetch(`${etat}?${suite()}`, { cache: "no-store" });
    // Une page ouverte depuis hier se recharge : son jeton a vieilli.
    if (reponse.status === 404) return window.location.assign(adresse);
    if (reponse.status === 200) await relire();
    else if (reponse.status !== 204) throw new Error(String(reponse.status));
  }

  let minuterie = null;
  function attendre(duree) {
    clearTimeout(minuterie);
    minuterie = setTimeout(tourner, duree);
  }

  async function tourner() {
    try {
      await interroger();
      echecs = 0;
      dire(true);
    } catch {
      echecs += 1;
      if (echecs > 1) dire(false);
    }
    // Quarante téléphones ne demandent pas tous au même instant, et attendent davantage quand le serveur peine.
    attendre(Math.min(PAS * 1.5 ** echecs, 10000) * (0.85 + Math.random() * 0.3));
  }

  let reprise = null;
  function interrogerDesormais() {
    attendre(0);
    clearTimeout(reprise);
    reprise = setTimeout(ecouter, 60000);
  }

  function ecouter() {
    if (!window.EventSource || document.hidden) return interrogerDesormais();
    const source = new EventSource(`${flux}?${suite()}`);
    source.addEventListener("open", () => {
      clearTimeout(minuterie);
      dire(true);
    });
    source.addEventListener("version", (evenement) => {
      if (evenement.data !== version) relire().catch(() => dire(false));
    });
    source.addEventListener("fin", () => {
      source.close();
      ecouter();
    });
    // Plus de place, ou plus de réseau : on interroge, et l'on redemandera une place dans une minute.
    const renoncer = () => {
      source.close();
      interrogerDesormais();
    };
    source.addEventListener("complet", renoncer);
    source.addEventListener("error", renoncer);
  }

  async function envoyer(formulaire, bouton) {
    const donnees = new FormData(formulaire, bouton);
    try {
      const requete = fetch(formulaire.action, { method: "POST", body: donnees, headers: { "Parvis-Fragment": "1" } });
      const reponse = await lire(requete);
      if (!reponse) return;
      const html = await reponse.text();
      const nouvelle = reponse.headers.get("Parvis-Version");
      if (!nouvelle) return montrer(html, { garderLaSaisie: false });
      // La réponse à un vote ne remplace que le vote.
      document.getElementById("mon-vote").outerHTML = html;
      version = nouvelle;
      montre = "";
      document.getElementById("proposer")?.focus();
      dire(true);
    } catch {
      dire(false);
      if (bouton) bouton.focus();
    } finally {
      delete formulaire.dataset.occupe;
    }
  }

  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    if (evenement.defaultPrevented || !salle.contains(formulaire)) return;
    evenement.preventDefault();
    if (formulaire.dataset.occupe) return;
    formulaire.dataset.occupe = "1";
    envoyer(formulaire, evenement.submitter);
  });
  document.addEventListener("visibilitychange", () => document.hidden || interroger().catch(() => {}));
  window.addEventListener("online", () => interroger().catch(() => {}));

  decompter();
  setInterval(decompter, 250);
  ecouter();
})();
