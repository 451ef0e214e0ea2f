// What makes the console pleasanter; every page works without it. What only some pages need,
// only they load.

import "./modules/theme.js";
import "./modules/forms.js";
import "./modules/tables.js";
import "./modules/keys.js";
import { one } from "./modules/dom.js";

if (one("[data-peek]")) import("./modules/peek.js");
if (one("[data-together]")) import("./modules/selection.js");
