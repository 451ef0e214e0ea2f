// What makes the console pleasanter; every page works without it. What only some pages need,
// only they load.

import "./modules/page.js";
import "./modules/forms.js";
import "./modules/keys.js";
const needed = {
  "[data-draft]": "autosave", "[data-list]": "lists", "[data-picker]": "pickers",
  "[data-peek]": "peek", "[data-together]": "selection",
  "[data-when]": "conditions", "[data-progress]": "progress", "[data-rows]": "rows", "[data-steps]": "steps",
};
for (const [mark, module] of Object.entries(needed)) {
  if (document.querySelector(mark)) import(`./modules/${module}.js`);
}
const linked = document.querySelector("[data-copy-link]");
if (linked && navigator.clipboard) import("./modules/record.js").then(({ offerLink }) => offerLink(linked));
