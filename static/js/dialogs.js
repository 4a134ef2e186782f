// Acts open in <dialog id="act">. Without scripts the same links are pages, and the forms inside always post as pages do.
(() => {
  const dialog = () => document.getElementById("act");
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === dialog() && event.detail.shouldSwap) dialog().replaceChildren();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog() && !dialog().open) dialog().showModal();
  });
  for (const failed of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
    document.addEventListener(failed, (event) => {
      if (event.detail.target === dialog() && event.detail.elt.href) location.assign(event.detail.elt.href);
    });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]") || !dialog()?.contains(event.target)) return;
    event.preventDefault();
    dialog().close();
  });
})();
