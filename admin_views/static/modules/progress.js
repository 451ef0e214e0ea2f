// A bar that follows long work: the server draws it again every two seconds, and when the work ends
// it asks for the whole page.

// htmx starts itself at the page's load or not at all, so it is brought only then.
if (document.readyState !== "complete") {
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}
await import("../vendor/htmx.min.js");
