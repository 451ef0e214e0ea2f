// A form whose figures beside it follow what is typed: htmx asks the server, which writes nothing.

// htmx starts itself at the page's load or not at all, so it is brought only then.
if (document.readyState !== "complete") {
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}
await import("../vendor/htmx.min.js");
// A page with errors is an answer too, and says so beside the form.
addEventListener("htmx:beforeSwap", (event) => {
  event.detail.shouldSwap = event.detail.xhr.responseText.includes('id="revision"');
});
// What came anew is dressed as it was when the page came.
addEventListener("htmx:load", (event) => {
  if (event.target.querySelector("[data-picker]")) import("./pickers.js").then((pickers) => pickers.dress(event.target));
});
document.querySelector("[data-live]").dataset.ready = "";
