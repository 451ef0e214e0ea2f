// A bar that asks for itself again while the work goes on; when it ends, the server asks for the whole page.

addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!event.target.matches("[data-progress]") || xhr.responseText.includes("data-fragment")) return;
  event.detail.shouldSwap = false;
  if (new URL(xhr.responseURL).pathname === "/entrar") location.reload();   // the session ended: the page says so
});

// htmx starts itself at the page's load or not at all, so it is brought only then.
if (document.readyState !== "complete") {
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}
await import("../vendor/htmx.min.js");
