// Light or dark: what the system says, unless the person chose; the server draws the choice.

import { all, made } from "./dom.js";

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
