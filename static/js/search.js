// The search field: "/" goes to it, arrows choose among what it suggests, Enter opens, Esc closes. Suggestions come by
// htmx; without any of this the field is a form that leads to the search page.
(() => {
  const field = () => document.querySelector("[data-search] input");
  const list = () => document.getElementById("_found");
  const hits = () => [...(list()?.querySelectorAll("[role=option]") ?? [])];
  const chosen = () => list()?.querySelector("[aria-selected=true]");
  const choose = (hit) => {
    chosen()?.setAttribute("aria-selected", "false");
    hit?.setAttribute("aria-selected", "true");
    hit?.scrollIntoView({ block: "nearest" });
    if (hit) field().setAttribute("aria-activedescendant", hit.id);
    else field().removeAttribute("aria-activedescendant");
  };
  const show = (open) => {
    if (!list() || !field()) return;
    list().hidden = !open;
    field().setAttribute("aria-expanded", String(open && hits().length > 0));
    if (!open) choose(null);
  };
  const step = (by) => {
    const all = hits();
    if (!all.length) return;
    if (list().hidden) show(true);
    choose(all[(all.indexOf(chosen()) + by + all.length + (by < 0 && !chosen() ? 1 : 0)) % all.length]);
  };
  document.addEventListener("keydown", (event) => {
    if (event.target !== field()) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list().hidden && chosen()?.href) {
      event.preventDefault();
      chosen().click();
    } else if (event.key === "Escape" && !list().hidden) show(false);
    else if (event.key === "Escape") field().blur();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "_found" || document.activeElement !== field()) return;
    show(field().value.trim() !== "");
    choose(hits()[0]);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const news = event.detail.elt === field() && event.detail.xhr.getResponseHeader("X-News");
    if (news) document.getElementById("news").textContent = decodeURIComponent(news);
  });
  document.addEventListener("input", (event) => { if (event.target === field()) choose(null); });
  document.addEventListener("focusout", (event) => {
    if (event.target === field() && !list().contains(event.relatedTarget)) setTimeout(() => show(false), 150);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target === field() && hits().length && field().value.trim()) show(true);
  });
})();
