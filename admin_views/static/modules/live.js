// A form with figures that follow what is typed: htmx asks the server for them, which writes nothing.

// Imported before the load event, htmx may wait for an event that is past and never start.
if (document.readyState !== "complete") {
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}
await import("../vendor/htmx.min.js");
// A page with errors (422) replaces the form too: its sentences stand beside the fields.
addEventListener("htmx:beforeSwap", (event) => {
  event.detail.shouldSwap = event.detail.xhr.responseText.includes('id="revision"');
});
// Initialise the widgets in the fragment that htmx has just put into the page.
addEventListener("htmx:load", (event) => {
  if (event.target.querySelector("[data-picker]")) import("./pickers.js").then((pickers) => pickers.initialise(event.target));
});
document.querySelector("[data-live]").dataset.ready = "";
