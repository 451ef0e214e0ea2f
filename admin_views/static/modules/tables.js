// Tables: one that fits needs no stop of the keyboard, and its header may stay in sight.

import { all } from "./dom.js";

function measure(region) {
  region.classList.remove("fits");
  const fits = region.scrollWidth <= region.clientWidth;
  region.classList.toggle("fits", fits);
  if (fits) region.removeAttribute("tabindex"); else region.tabIndex = 0;
}

const watch = new ResizeObserver((seen) => seen.forEach((entry) => measure(entry.target)));
all("[data-scroll]").forEach((region) => watch.observe(region));

// A drawing over time opens at its newest end.
all(".chart-figure [data-scroll]").forEach((region) => { region.scrollLeft = region.scrollWidth; });
