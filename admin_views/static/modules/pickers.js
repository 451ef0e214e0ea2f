// An input that asks the server for the rows to choose from. data-picker="<address>" on an input: the address answers
// ?q= with [{value, text}]. Where a hidden input says by data-key-of that it keeps the key of that one, the key goes
// there; otherwise it is the input's own value, and data-picker-text holds its words. data-picker="" on a select
// narrows the options that it already has.

import "../vendor/tom-select.base.min.js";
import { all, made, one } from "./dom.js";

const MOST = 200;

const told = (words) => () => {
  const line = made("div", words, { className: "picker-told", role: "option" });
  line.setAttribute("aria-disabled", "true");
  return line;
};

function beginning(source, key) {
  const value = key ? key.value : source.value;
  const text = key ? source.value : source.dataset.pickerText || source.value;
  return value ? { options: [{ value, text }], items: [value] } : { options: [], items: [] };
}

function asking(address) {
  let found = new Set();
  return {
    loadThrottle: 180,
    shouldLoad: (words) => words.trim().length > 0,
    score: () => (row) => (found.has(row.value) ? 1 : 0),   // the server has chosen already
    async load(words, done) {
      try {
        const joint = address.includes("?") ? "&" : "?";
        const answer = await fetch(`${address}${joint}q=${encodeURIComponent(words)}`,
          { headers: { Accept: "application/json" } });
        const rows = await answer.json();
        found = new Set(rows.map((row) => row.value));
        this.clearOptions();
        done(rows);
      } catch {
        done();
      }
    },
  };
}

function initialiseOne(source) {
  const address = source.dataset.picker;
  const key = source.id && one(`[data-key-of="${CSS.escape(source.id)}"]`, source.form ?? document);
  const typed = key && !key.value ? source.value : "";
  const remote = source.tagName === "INPUT";
  const start = remote ? beginning(source, key) : {};
  if (key) {
    source.value = key.value;
    source.removeAttribute("name");   // the key speaks for it from here on
  }
  const id = source.id;
  const focused = document.activeElement === source;
  const describedBy = source.getAttribute("aria-describedby") ?? "";
  const box = new globalThis.TomSelect(source, {
    ...start, ...(remote ? asking(address) : {}),
    maxItems: 1, maxOptions: MOST, create: false, selectOnTab: true, closeAfterSelect: true,
    refreshThrottle: 10, highlight: false,
    openOnFocus: !start.items?.length,   // what is chosen is not covered again with itself
    valueField: "value", labelField: "text", searchField: ["text"], sortField: [{ field: "$order" }],
    allowEmptyOption: false, placeholder: remote ? "Escriba para buscar" : "Elija o escriba…",
    render: {
      no_results: told("Sin resultados"), not_loading: told("Escriba para buscar"),
      loading: told("Buscando…"),
    },
  });
  name(box, source, id, describedBy);
  box.on("change", (value) => {
    if (key) key.value = value;
    name(box, source, id, describedBy);
  });
  if (typed) box.setTextboxValue(typed);
  if (focused) box.focus();
}

// The label, the error summary's link and the help lead to the box that people use.
function name(box, source, id, describedBy) {
  const input = box.control_input;
  const label = one(`label[for="${CSS.escape(id)}"], label[for="${CSS.escape(input.id)}"]`);
  source.id = `${id}-source`;
  input.id = id;
  input.removeAttribute("aria-labelledby");   // one label, one box: the list has its own name
  box.dropdown_content.removeAttribute("aria-labelledby");
  box.dropdown_content.setAttribute("aria-label", "Opciones");
  if (label) label.htmlFor = id;
  else if (source.ariaLabel) input.setAttribute("aria-label", source.ariaLabel);
  if (source.ariaInvalid) input.setAttribute("aria-invalid", source.ariaInvalid);
  const item = one(".item", box.control);
  if (item) item.id = `${id}-item`;
  const words = [describedBy, item?.id].filter(Boolean).join(" ");
  if (words) input.setAttribute("aria-describedby", words);
  else input.removeAttribute("aria-describedby");
}

export function initialise(place = document) {
  all("[data-picker]:not(.tomselected)", place).forEach(initialiseOne);
}

initialise();
