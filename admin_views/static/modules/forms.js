// Forms: a grave act is confirmed, a form is sent only once, and leaving a half-typed form asks first.

import { all, made, one } from "./dom.js";

const sent = new WeakSet();
const confirmed = new WeakSet();
const touched = new Set();

function ask(words, consent, refuse, then) {
  const dialog = document.createElement("dialog");
  const question = made("p", words, { id: "confirm-question" });
  const yes = made("button", consent, { type: "button", className: "button danger solid" });
  const no = made("button", refuse, { type: "button", className: "button" });
  const answers = made("div", "", { className: "send" });
  answers.append(no, yes);
  dialog.append(question, answers);
  dialog.setAttribute("aria-labelledby", question.id);
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    dialog.close();
    then();
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
    const submitter = event.submitter;
    ask(form.dataset.confirm, form.dataset.confirmLabel || "Sí, continuar", "No, volver", () => {
      confirmed.add(form);
      form.requestSubmit(submitter);
    });
  } else {
    sent.add(form);
    if ("letsGo" in form.dataset) touched.clear(); else touched.delete(form);
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
  if (!form?.matches("[data-guard]")) return;
  touched.add(form);
  // In a conflict, a field that the person types again keeps the person's value.
  const mine = one(`input[name="keep-${CSS.escape(event.target.name)}"][value=mine]`, form);
  if (mine) mine.checked = true;
}

// A link of the console asks in Spanish; for a closed tab the browser asks, in its own words.
function onLink(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || !touched.size || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey
    || event.shiftKey || event.altKey || link.target || link.hasAttribute("download")
    || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  ask("Lo que escribió en esta página todavía no se ha enviado. ¿Salir sin enviarlo?",
    "Salir sin enviar", "Quedarme", () => {
      touched.clear();
      location.assign(link.href);
    });
}

function onLeave(event) {
  if (touched.size) event.preventDefault();
}

// ---- files: a file that is too large is refused before it is sent

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

all("form[data-guard=typed]").forEach((form) => touched.add(form));
all("[data-restored]").forEach((mark) => touched.add(mark.closest("form")));
addEventListener("submit", onSubmit);
addEventListener("pageshow", (event) => event.persisted && onReturn());
addEventListener("input", onType);
addEventListener("change", onType);
addEventListener("click", onLink);
addEventListener("change", (event) => event.target.matches("input[type=file][data-largest]") && checkSize(event.target));
addEventListener("beforeunload", onLeave);
one("[data-focus]")?.focus();
