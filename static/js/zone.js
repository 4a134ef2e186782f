// The account page: says what time it is in the zone that is being typed. Without it the time of the saved zone stands.
(() => {
  const told = document.querySelector("[data-zone-now]");
  const field = document.getElementById(told?.dataset.zoneNow);
  if (!told || !field) return;
  const tell = () => {
    const zone = field.value.trim().replaceAll(" ", "_");
    try {
      const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit" });
      told.textContent = `Now ${time.format(new Date())} in ${zone}`;
    } catch {
      told.textContent = "Go on typing, or choose from the list.";
    }
  };
  field.addEventListener("input", tell);
  setInterval(() => { if (!document.hidden) tell(); }, 10000);
})();
