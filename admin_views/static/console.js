// What makes the console more comfortable; every page works without it. A module that only some pages need is
// loaded by those alone.

import "./modules/page.js";
import "./modules/forms.js";
import "./modules/keys.js";
const needed = {
  "[data-draft]": "autosave", "[data-list]": "lists", "[data-picker]": "pickers",
  "[data-peek]": "peek", "[data-live]": "live", "[data-together]": "selection",
  "[data-progress]": "progress", "[data-when]": "conditions", "[data-rows]": "rows", "[data-steps]": "steps",
};
for (const [mark, module] of Object.entries(needed)) {
  if (document.querySelector(mark)) import(`./modules/${module}.js`);
}
const linked = document.querySelector("[data-copy-link]");
if (linked && navigator.clipboard) import("./modules/record.js").then(({ offerLink }) => offerLink(linked));
