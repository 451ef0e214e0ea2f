// A long form shown step by step, with a summary before it is sent. Without this module it is one page.

import { all, made, one } from "./dom.js";

const MONTHS = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];
const LAST = "Revise antes de enviar";

function day(text) {
  const [year, month, date] = text.split("-");
  return `${date}/${MONTHS[month - 1]}/${year}`;
}

function said(input) {
  if (input.tomselect) return one(".item", input.tomselect.control)?.textContent ?? "";
  if (input.tagName === "SELECT") return input.value ? input.selectedOptions[0].textContent : "";
  if (input.type === "checkbox") return input.checked ? "Sí" : "No";
  if (input.type === "date") return input.value && day(input.value);
  if (input.type === "file") return [...input.files].map((file) => file.name).join(", ");
  return input.value.trim();
}

const inputs = (place) => all("input, select, textarea", place)
  .filter((input) => input.type !== "hidden" && !input.closest(".ts-wrapper"));

function rowsSaid(field) {
  return all("tbody tr:not(.gone)", field)
    .map((row) => inputs(row).filter((input) => !input.closest(".quit")).map(said).filter(Boolean).join(" · "))
    .filter(Boolean).join("\n");
}

function answerOf(field) {
  if ("rows" in field.dataset) return rowsSaid(field);
  const radios = all("input[type=radio]", field);
  if (radios.length) return radios.find((radio) => radio.checked)?.closest("label").textContent.trim() ?? "";
  return inputs(field).map(said).filter(Boolean).join(", ");
}

function labelOf(field) {
  const label = one("legend, label", field).cloneNode(true);
  all(".mark, input", label).forEach((node) => node.remove());
  return label.textContent.trim();
}

function lookedOver(legs, open) {
  const list = [];
  legs.forEach((leg, index) => {
    const head = made("div", "", { className: "look-head" });
    const change = made("button", "Cambiar", { type: "button", className: "quiet" });
    change.append(made("span", ` ${leg.dataset.step}`, { className: "unseen" }));
    change.addEventListener("click", () => open(index));
    head.append(made("h3", leg.dataset.step), change);
    const facts = made("dl", "", { className: "look" });
    for (const field of all(".field", leg).filter((each) => !each.hidden)) {
      const answer = answerOf(field);
      const needed = one(".mark", field)?.textContent === "(obligatorio)";
      const fact = made("div", "", { className: "fact" });
      fact.append(made("dt", labelOf(field)), made("dd", answer || (needed ? "Falta: es obligatorio" : "—"),
        { className: !answer && needed ? "lacking" : "" }));
      facts.append(fact);
    }
    list.push(head, facts);
  });
  return list;
}

function initialise(place) {
  const form = place.closest("form");
  const legs = all("[data-step]", place);
  const send = one(".send", form);
  const look = made("section", "", { className: "leg" });
  look.append(made("h2", LAST, { tabIndex: -1 }), made("div", ""));
  place.append(look);
  const pages = [...legs, look];
  const titles = [...legs.map((leg) => leg.dataset.step), LAST];
  const progress = made("ol", "", { className: "plain progress" });
  progress.setAttribute("aria-label", "Pasos");
  titles.forEach((title, index) => {
    const step = made("button", title, { type: "button", className: "quiet" });
    step.addEventListener("click", () => open(index));
    progress.append(made("li", ""));
    progress.lastChild.append(step);
  });
  place.before(progress);
  const back = made("button", "Anterior", { type: "button", className: "button" });
  const next = made("button", "Siguiente", { type: "button", className: "button primary" });
  send.prepend(back, next);
  let now = 0;

  function open(index, focus = true) {
    now = index;
    pages.forEach((page, number) => { page.hidden = number !== index; });
    all("button", progress).forEach((step, number) => {
      if (number === index) step.setAttribute("aria-current", "step"); else step.removeAttribute("aria-current");
    });
    back.hidden = index === 0;
    next.hidden = index === legs.length;
    one("button[type=submit]", send).hidden = index !== legs.length;
    if (index === legs.length) one("div", look).replaceChildren(...lookedOver(legs, open));
    if (focus) (one("h2", pages[index]) ?? one("legend", pages[index])).focus();
  }

  legs.forEach((leg) => { one("legend", leg).tabIndex = -1; });
  back.addEventListener("click", () => open(now - 1));
  next.addEventListener("click", () => open(now + 1));
  form.addEventListener("submit", (event) => {   // «Enter» in a field goes on, it does not send
    if (now === legs.length) return;
    event.preventDefault();
    event.stopPropagation();
    open(now + 1);
  });
  for (const link of all(".error-summary a[href^='#']")) {
    link.addEventListener("click", () => {
      const target = document.getElementById(link.hash.slice(1));
      const index = legs.findIndex((leg) => leg.contains(target));
      if (index >= 0) open(index, false);
    });
  }
  open(Math.max(0, legs.findIndex((leg) => one(".wrong", leg))), false);
}

all("[data-steps]").forEach(initialise);
