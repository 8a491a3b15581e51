// La fiche d'un organisme : le numéro RNA et le registre ne concernent que les associations.
"use strict";

function suivreLeType() {
  const type = document.querySelector("select[name=type]");
  const bloc = document.querySelector("[data-association]");
  if (type && bloc) bloc.hidden = type.value !== "association";
}

document.addEventListener("change", (evenement) => {
  if (evenement.target.name === "type") suivreLeType();
});
document.addEventListener("htmx:afterSettle", suivreLeType);
