// The page: light or dark, tables that fit their width, and keys of one letter that can be turned off.

import { all, made, one } from "./dom.js";

// ---- light or dark: as the system says, unless the person chose; the server draws what they chose

const THEMES = { "": "Tema: automático", light: "Tema: claro", dark: "Tema: oscuro" };

function offerThemes(place) {
  const root = document.documentElement;
  const button = made("button", THEMES[root.dataset.theme ?? ""], { type: "button", className: "quiet" });
  button.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(root.dataset.theme ?? "") + 1) % names.length];
    if (next) root.dataset.theme = next; else delete root.dataset.theme;
    const age = next ? 31536000 : 0;
    document.cookie = `theme=${next}; path=/; max-age=${age}; samesite=lax`;
    button.textContent = THEMES[next];
  });
  place.append(button);
}

all("[data-theme-place]").forEach(offerThemes);

// ---- tables: one that fits its width is no tab stop, and its header may stay visible

function measure(region) {
  region.classList.remove("fits");
  const fits = region.scrollWidth <= region.clientWidth;
  region.classList.toggle("fits", fits);
  if (fits) region.removeAttribute("tabindex"); else region.tabIndex = 0;
}

const watch = new ResizeObserver((seen) => seen.forEach((entry) => measure(entry.target)));
all("[data-scroll]").forEach((region) => watch.observe(region));

// ---- keys of one letter: where «g» leads, and whether they act at all. A person who dictates to the
// computer turns them off, and the browser remembers it.

const KEPT = "single-keys";
export const OFF = "off";
// key → [address, name], of what this office may open.
export const PLACES = JSON.parse(one("nav.side")?.dataset.places ?? "{}");

let now;
try { now = localStorage.getItem(KEPT); } catch { now = null; }   // a browser may keep nothing

export const singleKeys = () => now;

export function setSingleKeys(on) {
  now = on ? null : OFF;
  try { if (on) localStorage.removeItem(KEPT); else localStorage.setItem(KEPT, OFF); } catch { /* for this page only */ }
}
