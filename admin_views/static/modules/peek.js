// Shows the record of a row in a panel beside the list: the server draws it, and keys move between rows.

import { all, made, one } from "./dom.js";

const NO_ANSWER = "El servidor no respondió; revise su conexión e intente de nuevo.";
const ENDED = "Su sesión terminó; vuelva a entrar y regresará a esta lista.";
const NOT_SHOWN = "El registro no se pudo mostrar aquí; ábralo desde la lista.";

const dialog = made("dialog", "", { className: "peek" });
const bar = made("div", "", { className: "peek-bar" });
const body = made("div", "", { id: "peek-body", className: "peek-body" });
const button = (text, deed) => {
  const node = made("button", text, { type: "button", className: "button" });
  node.addEventListener("click", deed);
  return node;
};
const before = button("Anterior", () => walk(-1));
const after = button("Siguiente", () => walk(1));
let current = null;

function neighbour(steps) {
  const links = all("[data-peek]");
  return links[links.indexOf(current) + steps];
}

function walk(steps) {
  neighbour(steps)?.click();
}

function open(link) {
  current = link;
  dialog.setAttribute("aria-label", link.getAttribute("aria-label"));
  before.setAttribute("aria-disabled", String(!neighbour(-1)));
  after.setAttribute("aria-disabled", String(!neighbour(1)));
  body.setAttribute("aria-busy", "true");
  if (!dialog.open) {
    body.replaceChildren(made("p", "Cargando…", { className: "help" }));
    dialog.showModal();
  }
}

function say(sentence, again) {
  const told = [made("p", sentence)];
  if (again) told.push(made("a", "Volver a entrar", { href: location.href, className: "button primary" }));
  body.replaceChildren(...told);
  body.removeAttribute("aria-busy");
}

// A refusal arrives as a fragment with its sentence; any other page means that the session has ended.
function onAnswer(event) {
  const { xhr } = event.detail;
  body.removeAttribute("aria-busy");
  event.detail.shouldSwap = xhr.responseText.includes("data-fragment");
  if (event.detail.shouldSwap) return;
  const ended = new URL(xhr.responseURL).pathname === "/entrar";
  say(ended ? ENDED : NOT_SHOWN, ended);
}

// With a modifier key the link keeps what it does: a new tab, a new window.
function onClick(event) {
  if (event.target.closest("[data-peek]") && (event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.stopPropagation();
  }
}

function onKey(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (steps && !body.contains(event.target)) {
    event.preventDefault();
    walk(steps);
  }
}

bar.append(button("Cerrar", () => dialog.close()), before, after);
body.setAttribute("aria-live", "polite");
dialog.append(bar, body);
document.body.append(dialog);
dialog.addEventListener("close", () => current?.focus());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("keydown", onKey);
addEventListener("click", onClick, true);
body.addEventListener("htmx:beforeSwap", onAnswer);
addEventListener("htmx:beforeRequest", (event) => event.target.matches("[data-peek]") && open(event.target));
addEventListener("htmx:sendError", (event) => event.target.matches("[data-peek]") && say(NO_ANSWER));

// Imported before the load event, htmx may wait for an event that is past and never start.
if (document.readyState !== "complete") {
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}
await import("../vendor/htmx.min.js");
one("main").dataset.peeks = "ready";
