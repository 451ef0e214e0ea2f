// What makes the console pleasanter; every page works without it.

const one = (selector, place = document) => place.querySelector(selector);
const all = (selector, place = document) => [...place.querySelectorAll(selector)];

function made(name, text, terms = {}) {
  const node = Object.assign(document.createElement(name), terms);
  node.textContent = text;
  return node;
}

// ---- light or dark: what the system says, unless the person chose; the server draws the choice

const THEMES = { "": "Tema: automático", light: "Tema: claro", dark: "Tema: oscuro" };

function offerThemes(place) {
  const root = document.documentElement;
  const button = made("button", THEMES[root.dataset.theme ?? ""], { type: "button", className: "quiet" });
  button.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(root.dataset.theme ?? "") + 1) % names.length];
    if (next) root.dataset.theme = next; else delete root.dataset.theme;
    const age = next ? 31536000 : 0;
    document.cookie = `theme=${next}; path=/; max-age=${age}; samesite=lax`;
    button.textContent = THEMES[next];
  });
  place.append(button);
}

// ---- forms: asked once, sent once, and nothing half-typed is left by accident

const sent = new WeakSet();
const confirmed = new WeakSet();
const touched = new Set();

function ask(form, submitter) {
  const dialog = document.createElement("dialog");
  const question = made("p", form.dataset.confirm, { id: "confirm-question" });
  const yes = made("button", form.dataset.confirmLabel || "Sí, continuar",
    { type: "button", className: "button danger solid" });
  const no = made("button", "No, volver", { type: "button", className: "button" });
  const answers = made("div", "", { className: "send" });
  answers.append(no, yes);
  dialog.append(question, answers);
  dialog.setAttribute("aria-labelledby", question.id);
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    confirmed.add(form);
    dialog.close();
    form.requestSubmit(submitter);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}

function onSubmit(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (sent.has(form) || tooLarge(form)) {
    event.preventDefault();
  } else if (form.dataset.confirm && !confirmed.has(form)) {
    event.preventDefault();
    ask(form, event.submitter);
  } else {
    sent.add(form);
    touched.delete(form);
    for (const button of all("button[type=submit]", form)) button.setAttribute("aria-disabled", "true");
  }
}

function onReturn() {
  for (const form of document.forms) {
    sent.delete(form);
    confirmed.delete(form);
    for (const button of all("button[aria-disabled]", form)) button.removeAttribute("aria-disabled");
  }
}

function onType(event) {
  const form = event.target.form;
  if (form?.matches("[data-guard]")) touched.add(form);
}

function onLeave(event) {
  if (touched.size) event.preventDefault();
}

// ---- files: said before they travel

function tooLarge(form) {
  return all("input[type=file][data-largest]", form).some((input) => !checkSize(input));
}

function checkSize(input) {
  const fits = [...input.files].every((file) => file.size <= Number(input.dataset.largest));
  one(`[data-size-of="${CSS.escape(input.id)}"]`)?.remove();
  input.toggleAttribute("aria-invalid", false);
  if (fits) return true;
  const most = Math.round(Number(input.dataset.largest) / 1048576);
  const error = made("p", `Este archivo pesa más de ${most} MB; elija uno más ligero.`, { className: "error" });
  error.dataset.sizeOf = input.id;
  error.setAttribute("role", "alert");
  input.setAttribute("aria-invalid", "true");
  input.after(error);
  input.focus();
  return false;
}

// ---- keys and small manners

function onKey(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const called = (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey)
    || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
  const box = one("[data-find]");
  if (called && box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  const open = event.key === "Escape" && one("details.drop[open]");
  if (open) {
    open.open = false;
    one("summary", open).focus();
  }
}

function onPress(event) {
  for (const drop of all("details.drop[open]")) if (!drop.contains(event.target)) drop.open = false;
}

// A table that fits needs no stop of the keyboard, and its header may stay in sight.
function measure(region) {
  region.classList.remove("fits");
  const fits = region.scrollWidth <= region.clientWidth;
  region.classList.toggle("fits", fits);
  if (fits) region.removeAttribute("tabindex"); else region.tabIndex = 0;
}

all("form[data-guard=typed]").forEach((form) => touched.add(form));
all("[data-theme-place]").forEach(offerThemes);
const watch = new ResizeObserver((seen) => seen.forEach((entry) => measure(entry.target)));
all("[data-scroll]").forEach((region) => watch.observe(region));
addEventListener("submit", onSubmit);
addEventListener("pageshow", (event) => event.persisted && onReturn());
addEventListener("input", onType);
addEventListener("change", (event) => event.target.matches("input[type=file][data-largest]") && checkSize(event.target));
addEventListener("beforeunload", onLeave);
addEventListener("keydown", onKey);
addEventListener("pointerdown", onPress);
one("[data-focus]")?.focus();

// A drawing over time opens at its newest end.
all(".chart-figure [data-scroll]").forEach((region) => { region.scrollLeft = region.scrollWidth; });
