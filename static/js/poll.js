// Keeps what is shown fresh. To have a fragment refreshed, give its root an id (its file name) and
//     data-poll="SECONDS" hx-get="ITS ADDRESS" hx-trigger="poll" hx-swap="outerHTML"
// and answer it through dashboard.views.answers.page_or_fragment(..., news="what is read out when it changed"). Leave
// data-poll away where nothing can change any more. Give an id to what moves within it (rows, <details>).
//
// Asks only while the page is looked at and no answer is awaited; the server says "unchanged" (304) where it is so. A
// fresh copy touches only what differs (morph.js). A part that comes back without data-poll has come to its end: what
// is refreshed around it is asked for at once. While Azure or the server does not answer, one quiet line says since
// when what is shown may be old, and the pauses grow.
(() => {
  const SLOWEST = 120;
  const etags = new Map();
  const states = new WeakMap();  // by part: when it is asked again, how often in a row it failed, when it was right
  const started = Date.now();
  const state = (part) => {
    if (!states.has(part)) states.set(part, { due: Date.now() + part.dataset.poll * 1000, failed: 0, right: started });
    return states.get(part);
  };
  const tick = () => {
    for (const part of document.querySelectorAll("[data-poll]"))
      if (Date.now() >= state(part).due && !document.hidden && !part.classList.contains("htmx-request")) part.dispatchEvent(new Event("poll"));
  };
  const isPoll = (event) => event.detail.elt.dataset?.poll && event.detail.elt === event.detail.target;
  const clock = (time) => new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", timeZone: document.getElementById("unfresh").dataset.zone,
  }).format(time);
  const tell = () => {
    const failing = [...document.querySelectorAll("[data-poll]")].map(state).filter((one) => one.failed > 0);
    const since = Math.min(...failing.map((one) => one.right));
    const words = failing.length ? `Could not refresh. Shown as of ${clock(since)}.` : "";
    const place = document.getElementById("unfresh");
    if (!place || place.textContent === words) return;
    place.textContent = words;
    say(words || "Up to date again.");
  };
  const say = (words) => {
    const place = document.getElementById("news");
    if (place && place.textContent !== words) place.textContent = words;
  };
  const words = (part) => {  // without ages, which change by themselves
    const copy = part.cloneNode(true);
    for (const one of copy.querySelectorAll("time[data-ago]")) one.remove();
    return copy.textContent.replace(/\s+/g, " ");
  };
  const refreshAround = (elt) => {  // what came to its end changed what is told beside it
    const around = elt.parentElement?.closest("[data-poll]");
    if (!around) return;
    const one = state(around);
    one.due = 0;
    one.again = around.classList.contains("htmx-request");  // what is under way may have been asked before the end
    tick();
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("htmx:configRequest", (event) => {
    if (!isPoll(event)) return;
    event.detail.headers["X-Poll"] = "1";
    if (etags.has(event.detail.elt.id)) event.detail.headers["If-None-Match"] = etags.get(event.detail.elt.id);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isPoll(event) || !event.detail.shouldSwap) return;
    const { elt, xhr } = event.detail;
    event.detail.shouldSwap = false;
    const before = words(elt);
    event.detail.isError = !morph(elt, xhr.responseText);  // somebody in between answered with a page of their own
    if (event.detail.isError) return;
    htmx.process(elt);
    if (xhr.getResponseHeader("ETag")) etags.set(elt.id, xhr.getResponseHeader("ETag"));
    const news = xhr.getResponseHeader("X-News");
    if (news && words(elt) !== before) say(decodeURIComponent(news));
    if (!elt.dataset.poll) refreshAround(elt);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isPoll(event)) return;
    const one = state(event.detail.elt);
    one.failed = event.detail.successful ? 0 : one.failed + 1;
    if (event.detail.successful) one.right = Date.now();
    const seconds = Math.min(event.detail.elt.dataset.poll * 2 ** one.failed, Math.max(SLOWEST, event.detail.elt.dataset.poll));
    one.due = one.again ? 0 : Date.now() + seconds * 1000;
    one.again = false;
    tell();
  });
})();
