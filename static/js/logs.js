// The logs page: shows the line an address names, keeps to the end of a log that is followed, copies links to lines.
// Without it the page works: addresses name lines, and numbers are links.
(() => {
  const list = () => document.getElementById("lines");
  const named = () => /^#L(\d+)$/.exec(location.hash)?.[1];
  const show = () => {
    const line = named() ? document.getElementById(`L${named()}`) : list()?.querySelector(".hit");
    if (line) return line.scrollIntoView({ block: "center" });
    if (!named() || !list()) return;
    const there = new URL(location.href);  // a line of another part of the log: the server knows where it is
    if (there.searchParams.get("line") === named()) return;
    there.searchParams.delete("from");
    there.searchParams.set("line", named());
    location.replace(there);
  };
  let atEnd = true;
  const follow = () => { if (list()?.hasAttribute("data-follow") && atEnd) list().scrollTop = list().scrollHeight; };
  document.addEventListener("scroll", (event) => {
    if (event.target === list()) atEnd = list().scrollHeight - list().scrollTop - list().clientHeight < 40;
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt.id === "_log") follow(); });

  const address = (link) => {
    const line = named() ?? new URLSearchParams(location.search).get("line");
    const there = new URL(link.dataset.copy, location.href);
    there.hash = "";
    if (line) { there.searchParams.set("line", line); there.hash = `L${line}`; }
    return there.href;
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-copy]");
    if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const words = link.querySelector("span");
    try {
      await navigator.clipboard.writeText(address(link));
      words.textContent = "Copied";
      document.getElementById("news").textContent = "The link is copied.";
      setTimeout(() => { words.textContent = "Copy link"; }, 2000);
    } catch { location.href = address(link); }
  });
  addEventListener("hashchange", show);
  show();
  follow();
  if (list()?.hasAttribute("data-follow") && !named()) list().lastElementChild?.scrollIntoView({ block: "center" });
})();
