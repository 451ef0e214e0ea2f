// Saves a half-typed form on the server every 20 seconds, so that a closed tab or an expired session loses nothing.

import { all, made, one } from "./dom.js";

const EVERY = 20_000;
const ENDED = "Su sesión terminó; lo escrito se conserva en esta página. Entre de nuevo en otra pestaña.";
const RETURNED = "Usted volvió a entrar; lo escrito se conserva en esta página y lo revisará al enviar.";
const TOO_LONG = "Lo escrito pasa de 1 MB y ya no cabe en el borrador ni en el envío; redúzcalo.";
const AWAY = "La consola no responde; lo escrito se conserva en esta página y se volverá a intentar.";

function watch(mark) {
  const form = mark.closest("form");
  const told = made("p", "", { className: "help draft-told" });
  told.setAttribute("role", "status");
  (one(".send", form) ?? form).after(told);
  let changed = false, over = false, since = 0;

  function typed(event) {
    if (event.target.type === "password") return;
    changed = true;
    since ||= Date.now();
  }

  // A short form that is filled at once is not saved; a long text is, from its first words on.
  function worth() {
    return changed && !over && (one("textarea", form) || Date.now() - since >= EVERY);
  }

  function fields() {
    const kept = new FormData(form);
    for (const [name, value] of [...kept]) {
      if (value instanceof File || /password|csrf_token/.test(name)) kept.delete(name);
    }
    return kept;
  }

  async function keep(last = false) {
    if (!worth()) return;
    changed = false;
    const answer = await fetch(mark.dataset.draft, {
      method: "POST", body: fields(), redirect: "manual", keepalive: last,
      headers: { "X-CSRFToken": one("input[name=csrf_token]", form).value },
    }).catch(() => ({ status: 503 }));
    tell(answer.status, answer.ok ? await answer.text() : "");
  }

  function tell(status, words) {
    if (status === 0) told.textContent = ENDED;           // it led to the login
    else if (status === 413) told.textContent = TOO_LONG;
    else if (status === 400) told.textContent = RETURNED;  // another session than this page's
    else if (status >= 300) told.textContent = AWAY;
    else told.textContent = words;
    changed ||= status === 0 || status >= 500;
    over = status === 400;
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  addEventListener("submit", (event) => { over ||= event.target === form && !event.defaultPrevented; });
  addEventListener("visibilitychange", () => document.hidden && keep(true));
  setInterval(keep, EVERY);
}

all("[data-draft]").forEach(watch);
