// htmx, for a page with a part to refresh. It starts itself at the page's load or not at all, so
// it is brought only then.

if (document.readyState !== "complete") {
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}
await import("../vendor/htmx.min.js");
