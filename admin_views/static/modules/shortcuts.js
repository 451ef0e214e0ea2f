// The list of keys, and the switch that turns off those of one letter.

import { made } from "./dom.js";
import { OFF, PLACES, setSingleKeys, singleKeys } from "./page.js";

const TOLD = [
  ["En cualquier página", [["Ctrl K", "Buscar en toda la consola; también con /"], ["?", "Ver esta lista"],
    ["Esc", "Cerrar lo que esté abierto"], ...places()]],
  ["En una lista", [["j k", "Siguiente renglón y anterior; sobre uno, también ↓ ↑"],
    ["o", "Abrir el renglón, igual que Entrar"], ["n", "Registro nuevo, si su cargo los crea"]]],
  ["En un registro", [["e", "Editar, si procede"]]]];

// Where «g» and a letter lead this office.
function places() {
  return Object.entries(PLACES).map(([key, [, name]]) => [`g ${key}`, `Ir a ${name}`]);
}

let dialog;

export function openShortcuts() {
  dialog ??= build();
  if (!dialog.open) dialog.showModal();
}

function build() {
  const node = made("dialog", "", { className: "shortcuts" });
  const title = made("h2", "Atajos del teclado", { id: "shortcuts-title" });
  node.setAttribute("aria-labelledby", title.id);
  const close = made("button", "Cerrar", { type: "button", className: "button" });
  close.addEventListener("click", () => node.close());
  node.addEventListener("click", (event) => event.target === node && node.close());
  const head = made("div", "", { className: "shortcuts-head" });
  head.append(title, close);
  node.append(head, ...TOLD.flatMap(part), toggle());
  document.body.append(node);
  return node;
}

function part([title, keys]) {
  const list = made("dl", "", { className: "shortcuts-keys" });
  for (const [pressed, does] of keys) {
    const name = made("dt", "");
    for (const key of pressed.split(" ")) name.append(made("kbd", key), " ");
    const row = made("div", "");
    row.append(name, made("dd", does));
    list.append(row);
  }
  return [made("h3", title), list];
}

function toggle() {
  const label = made("label", "", { className: "option" });
  const box = made("input", "", { type: "checkbox", checked: singleKeys() !== OFF });
  box.addEventListener("change", () => setSingleKeys(box.checked));
  label.append(box, " Usar los atajos de una sola tecla (todos, menos Ctrl K y Esc)");
  const help = made("p", "Apáguelos si dicta a la máquina o si los oprime sin querer; este navegador lo recuerda.", { className: "help" });
  const whole = made("div", "", { className: "shortcuts-toggle" });
  whole.append(label, help);
  return whole;
}
