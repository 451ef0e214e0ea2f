// A table of parts inside a form: rows are added and removed, and a paste from a spreadsheet fills the cells
// below. Without this module the server draws a few blank rows.

import { all, made, one } from "./dom.js";

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
const cells = (row) => all("td input:not([type=hidden]):not([type=checkbox]), td select", row);
const blank = (row) => !("stands" in row.dataset) && cells(row).every((cell) => !cell.value.trim());

function numbered(table) {
  all("tbody tr", table).forEach((row, index) => {
    const number = index + 1;
    one("th", row).textContent = number;
    for (const cell of cells(row)) {
      cell.setAttribute("aria-label", `Renglón ${number}, ${cell.closest("td").dataset.label}`);
    }
    const quit = one(".quit .unseen", row);
    if (quit) quit.textContent = `Quitar renglón ${number}`;
  });
}

function place(table) {
  const taken = all("[name]", one("tbody", table)).map((input) => Number(/-(\d+)-/.exec(input.name)?.[1] ?? -1));
  return Math.max(-1, ...taken) + 1;
}

function add(group) {
  const table = one("table", group);
  const next = place(table);
  const row = one("template[data-new-row]", group).content.firstElementChild.cloneNode(true);
  for (const node of [row, ...all("*", row)]) {
    for (const attribute of [...node.attributes]) {
      if (attribute.value.includes("__place__")) attribute.value = attribute.value.replaceAll("__place__", next);
    }
  }
  one("tbody", table).append(row);
  numbered(table);
  if (one("[data-picker]", row)) import("./pickers.js").then((pickers) => pickers.initialise(row));
  return row;
}

// A saved row is only marked to be deleted, which can be undone; a new one is removed at once.
function quit(group, row, box) {
  if ("stands" in row.dataset) {
    row.classList.toggle("gone", box.checked);
    return;
  }
  const near = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  numbered(one("table", group));
  (near ? cells(near)[0] : one("[data-add]", group)).focus();
}

function write(cell, words) {
  if (cell.tagName === "SELECT") {
    const option = [...cell.options].find((one) => one.value && plain(one.text) === plain(words)
      || one.value === words.trim());
    if (option) cell.value = option.value;
    else {   // it stays as it came, for the person to mend
      cell.append(new Option(words, words, true, true));
      cell.setAttribute("aria-invalid", "true");
    }
  } else {
    cell.value = words.trim();
  }
  cell.dispatchEvent(new Event("input", { bubbles: true }));
  cell.dispatchEvent(new Event("change", { bubbles: true }));
}

function lines(text) {
  return text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
}

function paste(group, event) {
  const start = event.target.closest?.("td")?.querySelector("input, select");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!start || !/[\t\n]/.test(text.trim()) && start.tagName !== "SELECT") return;
  event.preventDefault();
  let row = start.closest("tr");
  const column = cells(row).indexOf(start);
  const heads = cells(row).map((cell) => plain(cell.closest("td").dataset.label));
  let written = 0;
  for (const words of lines(text)) {
    if (words.every((word, index) => plain(word) === heads[column + index])) continue;   // its header
    row ??= add(group);
    words.forEach((word, index) => {
      const cell = cells(row)[column + index];
      if (cell) write(cell, word);
    });
    written += 1;
    row = row.nextElementSibling;
  }
  one("[data-said]", group).textContent = written === 1 ? "Se pegó 1 renglón." : `Se pegaron ${written} renglones.`;
}

function initialise(group) {
  const said = made("p", "", { className: "help" });
  said.setAttribute("role", "status");
  said.dataset.said = "";
  const more = made("button", "Agregar renglón", { type: "button", className: "button" });
  more.dataset.add = "";
  more.addEventListener("click", () => cells(add(group))[0].focus());
  if (one("template[data-new-row]", group)) group.append(more);
  group.append(said);
  all("tbody tr", group).filter(blank).slice(1).forEach((row) => row.remove());
  group.addEventListener("paste", (event) => paste(group, event));
  group.addEventListener("change", (event) => {
    if (event.target.type === "checkbox" && event.target.closest(".quit")) {
      quit(group, event.target.closest("tr"), event.target);
    }
  });
}

all("[data-rows]").forEach(initialise);
