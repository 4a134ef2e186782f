// Asks for fresh fragments while the page is looked at: every element with data-poll="SECONDS" gets the event "poll",
// which its hx-trigger waits for. Stops in hidden tabs, waits while the reader is inside the fragment, keeps what was
// opened, and lets the server say "unchanged" (304), so nothing moves without a reason.
(() => {
  const etags = new Map();
  const due = new WeakMap();
  const busy = (part) => part.contains(document.activeElement) && document.activeElement !== document.body;
  const tick = () => {
    if (document.hidden) return;
    const now = Date.now();
    for (const part of document.querySelectorAll("[data-poll]")) {
      if (!due.has(part)) due.set(part, now + part.dataset.poll * 1000);
      if (now < due.get(part) || busy(part)) continue;
      due.set(part, now + part.dataset.poll * 1000);
      part.dispatchEvent(new Event("poll"));
    }
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("htmx:configRequest", (event) => {
    const part = event.detail.elt;
    if (!part.dataset.poll) return;
    event.detail.headers["X-Poll"] = "1";
    if (etags.has(part.id)) event.detail.headers["If-None-Match"] = etags.get(part.id);
  });
  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    const etag = event.detail.xhr.getResponseHeader("ETag");
    if (etag) etags.set(part.id, etag);
    opened = [...part.querySelectorAll("details[id][open]")].map((one) => one.id);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    const news = event.detail.xhr.getResponseHeader("X-News");
    const place = document.getElementById("news");
    if (news && place && place.textContent !== decodeURIComponent(news)) place.textContent = decodeURIComponent(news);
  });
})();
