// Copies the address of a record, to be pasted where somebody else opens it.

import { made } from "./dom.js";

const SAID = { ready: "Copiar enlace", done: "Enlace copiado", refused: "Copie la dirección de la barra del navegador" };

export function offerLink(place) {
  const button = made("button", SAID.ready, { type: "button", className: "quiet" });
  const told = made("span", "", { className: "unseen" });
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    const address = document.location.origin + document.location.pathname;
    const said = await navigator.clipboard.writeText(address).then(() => SAID.done, () => SAID.refused);
    button.textContent = told.textContent = said;
    setTimeout(() => { button.textContent = SAID.ready; }, 4000);
  });
  place.append(button, told);
}
