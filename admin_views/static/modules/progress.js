// A progress bar that htmx reloads while the work goes on; when it ends, the server has the page reloaded.

addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!event.target.matches("[data-progress]") || xhr.responseText.includes("data-fragment")) return;
  event.detail.shouldSwap = false;
  if (new URL(xhr.responseURL).pathname === "/entrar") location.reload();   // the session ended: the page says so
});

// Imported before the load event, htmx may wait for an event that is past and never start.
if (document.readyState !== "complete") {
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}
await import("../vendor/htmx.min.js");
