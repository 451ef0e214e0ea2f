// Hides the fields that depend on another field's answer while they are not asked. The server ignores them too.

import { all } from "./dom.js";

function answer(form, name) {
  const inputs = all(`[name="${CSS.escape(name)}"]`, form);
  if (inputs.length === 1 && inputs[0].type === "checkbox") return inputs[0].checked ? "True" : "False";
  const said = inputs[0]?.type === "radio" ? inputs.find((input) => input.checked) : inputs[0];
  return said?.value ?? "";
}

function settle(form) {
  for (const field of all("[data-when]", form)) {
    const above = all("[data-when]", form).find((other) => other.hidden
      && other.querySelector(`[name="${CSS.escape(field.dataset.when)}"]`));
    field.hidden = Boolean(above) || answer(form, field.dataset.when) !== field.dataset.is;
  }
}

for (const form of new Set(all("[data-when]").map((field) => field.closest("form")))) {
  form.addEventListener("change", () => settle(form));
  settle(form);
}
