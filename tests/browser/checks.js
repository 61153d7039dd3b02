// What must hold on every page, computed in the page itself. Returns a list of complaints.
(allowed) => {
  const complaints = [];
  const zh = document.documentElement.lang.startsWith("zh");
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && e.getClientRects().length > 0;
  const name = (e) => `<${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${e.className && e.className.split ? "." + e.className.split(/\s+/).join(".") : ""}> “${(e.textContent || "").trim().slice(0, 40)}”`;

  if (document.documentElement.scrollWidth > window.innerWidth + 1) {
    const wide = [...document.body.querySelectorAll("*")].filter((e) => shown(e) && e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest(".offcanvas-lg, .board, .table-wrap"));
    complaints.push(`scrolls sideways (${document.documentElement.scrollWidth} > ${window.innerWidth}): ${wide.slice(-3).map(name).join(" | ")}`);
  }

  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = colour;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };

  const texts = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !e || ["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT"].includes(e.tagName) || !shown(e)) continue;
    texts.add([e, text]);
  }
  const clipped = new Set();
  for (const [e, text] of texts) {
    for (let at = e, i = 0; at && i < 3; at = at.parentElement, i += 1) {
      const style = getComputedStyle(at);
      if (at.matches(".visually-hidden, .two-lines *, textarea, .table-wrap, .skip-link, thead, select, option") || at.closest("thead")) break;
      if (["hidden", "clip"].includes(style.overflowX) && at.scrollWidth > at.clientWidth + 1 && at.clientWidth > 1) clipped.add(at);
    }
    if (e.closest("svg, .visually-hidden, [disabled]")) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(rgba(style.color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) complaints.push(`contrast ${ratio.toFixed(2)}: ${name(e)}`);
    if (zh && !e.closest('[lang="en"], code, kbd, .code, output, option[lang]')) {
      for (const word of text.replace(/\S+@\S+/g, "").match(/[A-Za-z][A-Za-z’'-]+/g) || []) {
        if (!allowed.includes(word) && !/^[A-Z0-9-]{2,}$/.test(word)) complaints.push(`English word “${word}” in ${name(e)}`);
      }
    }
  }
  for (const e of clipped) complaints.push(`clipped text: ${name(e)}`);

  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!shown(e) && e.type !== "file") continue;
    if (!(e.labels?.length || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.title)) complaints.push(`no label: ${name(e)} name=${e.name}`);
  }
  for (const e of document.querySelectorAll("button, a[href]")) {
    if (!shown(e)) continue;
    if (!(e.innerText.trim() || e.getAttribute("aria-label") || e.querySelector("img[alt]:not([alt=''])"))) complaints.push(`nameless control: ${e.outerHTML.slice(0, 120)}`);
    const box = e.getBoundingClientRect();
    const inText = getComputedStyle(e).display === "inline";
    if (!inText && (box.width < 24 || box.height < 24) && !e.matches(".skip-link")) complaints.push(`too small to touch (${Math.round(box.width)}×${Math.round(box.height)}): ${name(e)}`);
  }
  if (zh) {
    for (const e of document.querySelectorAll("[placeholder], [aria-label], [title]:not(time):not(data)")) {
      for (const key of ["placeholder", "aria-label", "title"]) {
        for (const word of (e.getAttribute(key) || "").match(/[A-Za-z][A-Za-z’'-]+/g) || []) {
          if (!allowed.includes(word) && !/^[A-Z0-9-]{2,}$/.test(word)) complaints.push(`English word “${word}” in ${key} of ${name(e)}`);
        }
      }
    }
  }
  if (document.querySelectorAll("h1").length !== 1) complaints.push(`${document.querySelectorAll("h1").length} main headings`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((one, i) => ids.indexOf(one) !== i))) complaints.push(`id twice: ${id}`);
  return [...new Set(complaints)];
}
