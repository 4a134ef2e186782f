// Makes a part of the page say what a fresh copy of it says, touching only what differs: the focus, what is selected,
// what was opened or typed and the scroll position stay. Used by poll.js; the copy comes from our own server.
const morph = (() => {
  const KEPT = { DETAILS: "open", DIALOG: "open", INPUT: "value", OPTION: "selected" };  // the reader's, not ours
  const isAlike = (a, b) => a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
  const attributes = (now, next) => {
    for (const { name, value } of next.attributes)
      if (name !== KEPT[now.nodeName] && now.getAttribute(name) !== value) now.setAttribute(name, value);
    for (const { name } of [...now.attributes])
      if (name !== KEPT[now.nodeName] && !next.hasAttribute(name)) now.removeAttribute(name);
  };
  // The node that becomes `wanted`: the one with its id, one that says the same, or the one that stands there.
  const match = (at, wanted, rest) => {
    const later = (test) => { for (let one = at; one; one = one.nextSibling) if (test(one)) return one; };
    if (wanted.nodeType !== 1) return at?.nodeType === wanted.nodeType ? at : null;
    if (wanted.id) return later((one) => one.id === wanted.id && isAlike(one, wanted));
    const equal = later((one) => one.isEqualNode(wanted));
    if (equal) return equal;
    const standing = later((one) => one.nodeType === 1);
    return standing && isAlike(standing, wanted) && !rest.some((one) => one.isEqualNode(standing)) ? standing : null;
  };
  const children = (now, next) => {
    const all = [...next.childNodes];
    const ids = new Set(all.map((one) => one.id).filter(Boolean));
    let at = now.firstChild;
    all.forEach((wanted, place) => {
      const found = match(at, wanted, all.slice(place + 1));
      if (!found) return now.insertBefore(wanted, at);
      while (at !== found && !ids.has(at.id)) { const gone = at; at = at.nextSibling; gone.remove(); }
      if (at === found) at = at.nextSibling;
      else (now.moveBefore ?? now.insertBefore).call(now, found, at);
      node(found, wanted);
    });
    while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
  };
  const node = (now, next) => {
    if (now.isEqualNode(next)) return;
    if (now.nodeType !== 1) { now.nodeValue = next.nodeValue; return; }
    attributes(now, next);
    children(now, next);
  };
  // What had the focus has it again, or what took its place, or else the part around it: never the top of the page.
  const focus = (part, had) => {
    if (document.activeElement === had) return;
    const alike = had.id ? `#${CSS.escape(had.id)}` : had.hasAttribute("href") && `a[href="${CSS.escape(had.getAttribute("href"))}"]`;
    const to = had.isConnected ? had : (alike && part.querySelector(alike)) || document.getElementById("main");
    to?.focus({ preventScroll: true });
  };
  return (part, html) => {
    const next = new DOMParser().parseFromString(html, "text/html").getElementById(part.id);
    if (!next) return false;
    const had = part.contains(document.activeElement) ? document.activeElement : null;
    node(part, next);
    if (had) focus(part, had);
    return true;
  };
})();
