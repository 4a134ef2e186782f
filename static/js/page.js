// Small comforts that pages do without: ages that go on counting, facets that close, keys.
(() => {
  const age = (seconds) => {
    for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]])
      if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
    return `${Math.max(0, Math.floor(seconds))} s ago`;
  };
  setInterval(() => {
    if (document.hidden) return;
    for (const time of document.querySelectorAll("time[data-ago]"))
      time.textContent = age((Date.now() - Date.parse(time.dateTime)) / 1000);
  }, 1000);

  const facets = () => document.querySelectorAll("details.facets[open]");
  document.addEventListener("click", (event) => {
    for (const one of facets()) if (!one.contains(event.target)) one.removeAttribute("open");
  });

  let before = "";
  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const move = (step) => {
    const all = rows();
    const at = all.findIndex((one) => (one.closest("tr") ?? one).contains(document.activeElement));
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape")
      for (const one of facets()) { one.removeAttribute("open"); one.querySelector("summary").focus(); }
    if (document.documentElement.dataset.keys === "off") return;
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const go = before === "g" && document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    before = event.key;
    if (go) go.click();
    else if (event.key === "/") {
      const field = document.querySelector("[data-search] input");
      event.preventDefault();
      if (field?.offsetParent) field.focus();
      else document.querySelector("a.to-search")?.click();
    } else if (event.key === "?") document.getElementById("keys")?.togglePopover();
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "n") document.querySelector("a[rel=next]")?.click();
    else if (event.key === "p") document.querySelector("a[rel=prev]")?.click();
    else if (event.key === "f") document.querySelector(".filters details.facets summary")?.focus();
    else if (event.key === "x") document.activeElement.closest("tr")?.querySelector("input[name=pick]")?.click();
    else if (event.key === "c") document.querySelector("#picks [type=submit]")?.click();
  });
})();
