// What makes the console pleasanter; every page works without it. What only some pages need,
// only they load.

import "./modules/theme.js";
import "./modules/forms.js";
import "./modules/tables.js";
import "./modules/keys.js";

if (document.querySelector("[data-draft]")) import("./modules/autosave.js");
if (document.querySelector("[data-list]")) import("./modules/lists.js");
const linked = document.querySelector("[data-copy-link]");
if (linked && navigator.clipboard) import("./modules/record.js").then(({ offerLink }) => offerLink(linked));
