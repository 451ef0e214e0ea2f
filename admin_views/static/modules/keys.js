// The keys of the whole console; none acts while the person types in a field.

import { all, made, one } from "./dom.js";
import { openFinder } from "./finder.js";
import { OFF, PLACES, singleKeys } from "./page.js";

const ROWS = "main :is(.row-link, .row-name)";
let going = false;   // «g» was pressed: the next letter says where

const rows = () => all(ROWS).filter((row) => row.checkVisibility());
const follow = (path) => one(`main a[href="${path}"]`)?.click();
const help = () => import("./shortcuts.js").then((part) => part.openShortcuts());

function move(by) {
  const found = rows(), place = found.indexOf(document.activeElement);
  const next = found[place < 0 && by < 0 ? found.length - 1 : place + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

const KEYS = {
  "/": () => openFinder(), "?": help,
  j: () => move(1), k: () => move(-1),
  o: () => document.activeElement.matches(ROWS) && document.activeElement.click(),
  n: () => follow(`${location.pathname}nuevo/`), e: () => follow(`${location.pathname}editar/`),
  g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
};

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
  const chord = event.ctrlKey || event.metaKey;
  if (chord && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openFinder();
  } else if (event.key === "Escape") {
    closeDrop();
  } else if (!chord && !event.altKey && !one("dialog[open]") && !typing(event.target)) {
    onSingle(event);
  }
}

function onSingle(event) {
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && document.activeElement.matches(ROWS)) {
    if (move(arrow)) event.preventDefault();
  } else if (event.key.length === 1 && singleKeys() !== OFF) {
    const key = event.key.toLowerCase(), letter = key !== key.toUpperCase();
    if (letter && event.shiftKey) return;
    const act = going ? () => Object.hasOwn(PLACES, key) && location.assign(PLACES[key][0]) : Object.hasOwn(KEYS, key) && KEYS[key];
    going = false;
    if (!act) return;
    event.preventDefault();
    act();
  }
}

const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

function closeDrop() {
  const open = one("details.drop[open]");
  if (!open) return;
  open.open = false;
  one("summary", open).focus();
}

function onPress(event) {
  for (const drop of all("details.drop[open]")) if (!drop.contains(event.target)) drop.open = false;
}

// From the person's menu: the menu is closed first, so that the focus returns to it.
function offer(place) {
  const button = made("button", "Atajos del teclado", { type: "button", className: "quiet" });
  button.addEventListener("click", () => { closeDrop(); help(); });
  place.append(button);
}

all("[data-keys-place]").forEach(offer);
addEventListener("keydown", onKey);
addEventListener("pointerdown", onPress);
