// Ticked rows of a list: says how many, and lets two be compared. The ticks stay when the list refreshes itself.
// Without it the same form sends what is ticked, and the server says when that are not two.
(() => {
  const form = document.getElementById("picks");
  if (!form) return;
  const boxes = () => [...document.querySelectorAll("input[name=pick]")];
  const send = form.querySelector("[type=submit]");
  const told = form.querySelector("[data-picked]");
  const names = form.querySelector("[data-names]");
  const tell = () => {
    const ticked = boxes().filter((one) => one.checked);
    const few = ticked.length === 1 ? "1 selected. Choose one more." : "2 selected";
    const text = ticked.length > 2 ? `${ticked.length} selected. Choose two.` : few;
    if (told.textContent !== text) told.textContent = text;
    names.textContent = ticked.length === 2
      ? ticked.map((one) => one.closest("tr").querySelector("[data-row]").textContent).join(", ") : "";
    if (ticked.length === 2) send.removeAttribute("aria-disabled");
    else send.setAttribute("aria-disabled", "true");
  };
  document.addEventListener("change", (event) => { if (event.target.name === "pick") tell(); });
  form.addEventListener("reset", () => setTimeout(tell));
  form.addEventListener("submit", (event) => { if (send.getAttribute("aria-disabled")) event.preventDefault(); });
  document.addEventListener("htmx:afterRequest", () => tell());  // a ticked row may have left the page
  tell();
})();
