// Lists: conditions are added and removed, inputs follow the chosen column, columns are reordered.

import { all, made, one } from "./dom.js";

// ---- «Más filtros»

function fit(row, keep) {
  const field = one("[data-field]", row);
  const test = one("[data-test]", row);
  const tests = field.selectedOptions[0].dataset.tests.split(" ").filter(Boolean);
  for (const option of test.options) option.hidden = option.disabled = tests.length > 0 && !tests.includes(option.value);
  if (test.selectedOptions[0]?.disabled) test.value = tests[0];
  const place = one("[data-value]", row);
  const box = !keep && one(`template[data-box="${CSS.escape(field.value)}"]`, row.closest("form"));
  if (box) place.replaceChildren(box.content.cloneNode(true));
  place.hidden = test.value === "empty";
}

function onChange(event) {
  const row = event.target.closest("[data-condition]");
  if (row && event.target.matches("[data-field], [data-test]")) fit(row, event.target.matches("[data-test]"));
}

function blank(row) {
  const fresh = row.cloneNode(true);
  one("[data-field]", fresh).value = "";
  one("[data-value]", fresh).replaceChildren(made("input", "", { type: "text", name: "valor", autocomplete: "off" }));
  one("[data-value] input", fresh).setAttribute("aria-label", "Valor");
  fit(fresh, true);
  return fresh;
}

function addRow(group) {
  const rows = all("[data-condition]", group);
  const fresh = blank(rows[0]);
  rows[rows.length - 1].after(fresh);
  one("[data-field]", fresh).focus();
}

function addGroup(form) {
  const groups = all("[data-group]", form);
  const fresh = groups[0].cloneNode(true);
  const place = String(groups.length + 1);
  fresh.dataset.group = place;
  one("legend", fresh).textContent = "o bien";
  all("[data-condition]", fresh).forEach((row, number) => (number ? row.remove() : row.replaceWith(blank(row))));
  one("input[name=grupo]", fresh).value = place;
  groups[groups.length - 1].after(fresh);
  one("[data-or]", form).hidden = groups.length + 1 >= 5;
  one("[data-field]", fresh).focus();
}

function onClick(event) {
  const form = event.target.closest("[data-conditions]");
  if (!form) return;
  const group = event.target.closest("[data-group]");
  if (event.target.closest("[data-more]")) addRow(group);
  if (event.target.closest("[data-or]")) addGroup(form);
  if (event.target.closest("[data-drop]")) drop(event.target.closest("[data-condition]"), group);
}

function drop(row, group) {
  const rows = all("[data-condition]", group);
  const next = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
  if (next) row.remove(); else row.replaceWith(blank(row));
  one("[data-field]", next ?? group).focus();
}

// With JavaScript rows are added on demand: only the first group keeps one blank row.
function tidy(form) {
  const spare = (row) => !one("[data-field]", row).value;
  all("[data-group]", form).forEach((group, number) => {
    const rows = all("[data-condition]", group).filter(spare);
    const filled = all("[data-condition]", group).length > rows.length;
    if (number && !filled) group.remove();
    else rows.slice(filled ? 0 : 1).forEach((row) => row.remove());
  });
  all("[data-condition]", form).forEach((row) => fit(row, true));
  one("[data-or]", form).hidden = all("[data-group]", form).length >= 5;
  all("[data-more], [data-drop]", form).forEach((button) => { button.hidden = false; });
}

// ---- columns

function number(list) {
  all(".place input", list).forEach((input, place) => { input.value = place + 1; });
}

function offerMoves(list) {
  const said = made("p", "", { className: "unseen" });
  said.setAttribute("role", "status");
  list.after(said);
  for (const item of all("li", list)) {
    const name = one(".option", item).textContent.trim();
    one(".place", item).hidden = true;
    for (const [arrow, words, step] of [["↑", "Subir", -1], ["↓", "Bajar", 1]]) {
      const button = made("button", arrow, { type: "button", className: "move" });
      button.setAttribute("aria-label", `${words} ${name}`);
      button.addEventListener("click", () => {
        const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
        if (!other) return;
        if (step < 0) other.before(item); else other.after(item);
        number(list);
        button.focus();
        said.textContent = `${name}: lugar ${[...list.children].indexOf(item) + 1}`;
      });
      item.append(button);
    }
  }
}

// A form of filters leaves out its empty fields, so that its address stays short.
function onSubmit(event) {
  if (event.target.method !== "get" || !event.target.matches(".filters")) return;
  for (const input of all("input[name], select[name]", event.target)) input.disabled = !input.value;
}

all("[data-conditions]").forEach(tidy);
all("[data-columns]").forEach(offerMoves);
addEventListener("change", onChange);
addEventListener("click", onClick);
addEventListener("submit", onSubmit);
addEventListener("pageshow", () => all(".filters [disabled]").forEach((input) => { input.disabled = false; }));
