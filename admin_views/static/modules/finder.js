// The palette: a dialog that searches everything this office may see, while the person types.

import { all, made, one } from "./dom.js";

const LENS = `<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="8.5" cy="8.5" r="5.5" fill="none" stroke="currentColor"
  stroke-width="2"/><path d="M13 13l5 5" stroke="currentColor" stroke-width="2"/></svg>`;
const WAIT = 150;   // ms without typing before asking
const form = one("[data-find]")?.form;
let box, list, told, dialog, asking, timer;

export function openFinder(words = "") {
  if (!form || one("dialog[open]")) return;
  dialog ??= build();
  if (words) {
    box.value = words;
    ask();
  }
  dialog.showModal();
  box.select();
}

function build() {
  const frame = document.createElement("dialog");
  const asked = made("form", "", { action: form.action, className: "finder-ask" });
  box = made("input", "", { id: "finder-box", type: "text", name: "q", maxLength: 200, autocomplete: "off", spellcheck: false,
    enterKeyHint: "search", placeholder: one("[data-find]").placeholder });
  list = made("div", "", { id: "finder-list", className: "finder-list", hidden: true });
  told = made("p", "", { className: "finder-told", role: "status" });
  const name = made("label", "Qué busca", { className: "unseen", htmlFor: box.id });
  const close = made("button", "Cerrar", { type: "button", className: "button" });
  set(box, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" });
  set(list, { role: "listbox", "aria-label": "Resultados" });
  set(asked, { role: "search" });
  set(frame, { class: "finder", "aria-label": "Buscar en toda la consola" });
  asked.append(name, box, close);
  frame.append(asked, list, told, made("p", "↑ ↓ eligen · Entrar abre · Esc cierra", { className: "finder-keys" }));
  asked.addEventListener("submit", (event) => box.value.trim() || event.preventDefault());
  box.addEventListener("input", () => { choose(null); clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  box.addEventListener("keydown", onKey);
  list.addEventListener("pointermove", (event) => choose(event.target.closest("[role=option]"), false));
  list.addEventListener("click", (event) => event.target.closest("a") && frame.close());
  close.addEventListener("click", () => frame.close());
  frame.addEventListener("click", (event) => event.target === frame && frame.close());
  document.body.append(frame);
  return frame;
}

const set = (node, terms) => Object.entries(terms).forEach(([name, value]) => node.setAttribute(name, value));
const options = () => all("[role=option]", list);
const chosen = () => one("[aria-selected=true]", list);

async function ask() {
  const words = box.value.trim();
  asking?.abort();
  if (!words) return show("");
  asking = new AbortController();
  try {
    const address = `${form.action}?${new URLSearchParams({ q: words, parte: "1" })}`;
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok || answer.redirected) throw new Error("no results");
    show(await answer.text());
  } catch (error) {
    if (error.name !== "AbortError") fail();
  }
}

function show(text) {
  list.innerHTML = text;
  const root = list.firstElementChild;
  list.hidden = !options().length;
  box.setAttribute("aria-expanded", String(!list.hidden));
  told.textContent = [root?.dataset.told, root?.dataset.help].filter(Boolean).join(" ");
  list.scrollTop = 0;
  choose(options()[0] ?? null);
}

function fail() {
  show("");
  told.textContent = "La búsqueda no respondió; oprima Entrar para abrirla en su propia página.";
}

function choose(option, inSight = true) {
  if (option === undefined || option === chosen()) return;
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  if (option) box.setAttribute("aria-activedescendant", option.id); else box.removeAttribute("aria-activedescendant");
  if (inSight) option?.scrollIntoView({ block: "nearest" });
}

// The keys that move among the options; Enter with none chosen opens the page of results.
function onKey(event) {
  const found = options(), place = found.indexOf(chosen()), last = found.length - 1;
  const next = { ArrowDown: place < last ? place + 1 : 0, ArrowUp: place > 0 ? place - 1 : last };
  if (event.key in next && found.length) {
    event.preventDefault();
    choose(found[next[event.key]]);
  } else if (event.key === "Enter" && !event.isComposing && chosen()) {
    event.preventDefault();
    chosen().click();
  }
}

// With JavaScript the box of the header opens the palette, with what was typed in it.
function initialise() {
  const words = one("[data-find]");
  const opener = made("button", "", { type: "button", className: "finder-open" });
  set(opener, { "aria-haspopup": "dialog", "aria-keyshortcuts": "Control+K" });
  opener.innerHTML = LENS;
  opener.append(made("span", words.placeholder, { className: "finder-words" }), made("kbd", "Ctrl K", { ariaHidden: "true" }));
  opener.addEventListener("click", () => openFinder());
  const typing = document.activeElement === words;
  form.hidden = true;
  form.after(opener);
  if (typing) openFinder(words.value);
}

if (form) initialise();
