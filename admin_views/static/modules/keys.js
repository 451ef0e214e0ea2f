// Keys and small manners.

import { all, one } from "./dom.js";

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

addEventListener("keydown", onKey);
addEventListener("pointerdown", onPress);
