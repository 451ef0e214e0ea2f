// Rows ticked in a list: their count, all of the page, a range with Shift, and the acts on them.

import { all, made, one } from "./dom.js";

const bar = one("[data-together]");
const count = one("[data-count]", bar);
const acts = one("[data-together-acts]", bar);
const everything = one("[data-everything]", bar);
const boxes = all("[data-pick]");
const page = made("input", "", { type: "checkbox" });
const resting = count.textContent;
let last = null;

function show() {
  const ticked = boxes.filter((box) => box.checked).length;
  const number = everything?.checked ? Number(everything.dataset.everything) : ticked;
  count.textContent = number ? `${number} ${number === 1 ? "seleccionado" : "seleccionados"}` : resting;
  acts.hidden = !number;
  bar.classList.toggle("held", number > 0);
  page.checked = ticked === boxes.length;
  page.indeterminate = ticked > 0 && ticked < boxes.length;
}

function tick(some, checked) {
  for (const box of some) box.checked = checked;
}

function onChange(event) {
  if (event.target === page) tick(boxes, page.checked);
  if (event.target === everything) tick(boxes, everything.checked);
  else if (everything && !event.target.checked) everything.checked = false;
  show();
}

function onClick(event) {
  const places = [boxes.indexOf(last), boxes.indexOf(event.target)].sort((a, b) => a - b);
  if (event.shiftKey && places[0] >= 0) tick(boxes.slice(places[0], places[1] + 1), event.target.checked);
  last = event.target;
}

page.setAttribute("aria-label", "Seleccionar los renglones de esta página");
const label = made("label", "", { className: "target" });
label.append(page);
one("[data-pick-all]").replaceChildren(label);
for (const box of boxes) box.addEventListener("click", onClick);
for (const box of [...boxes, page, everything]) box?.addEventListener("change", onChange);
addEventListener("pageshow", show);
show();
