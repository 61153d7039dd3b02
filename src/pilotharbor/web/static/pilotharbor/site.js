// What every page does: theme, keys, messages, tables on a phone, dialogs. Words come from the
// page (data-… attributes), so that nothing here needs translating.
"use strict";

const words = document.body.dataset;
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

// Preferences: the form works alone; here the change is seen at once.
function remember(name, value) {
  document.cookie = `harbor_${name}=${value};path=/;max-age=31536000;samesite=lax`;
}

document.addEventListener("submit", (event) => {
  const chosen = event.submitter;
  if (!event.target.matches("[data-look]") || !chosen) return;
  event.preventDefault();
  const attribute = chosen.name === "theme" ? "data-bs-theme" : "data-density";
  if (chosen.value === "auto") document.documentElement.removeAttribute(attribute);
  else document.documentElement.setAttribute(attribute, chosen.value);
  remember(chosen.name, chosen.value);
  for (const button of all(`[data-look] [name="${chosen.name}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === chosen.value));
  }
  document.dispatchEvent(new CustomEvent("harbor:look"));
});

// Keys: "/" searches, "g" then a letter goes, "?" helps.
let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") closeSuggestions();
  if (typing(event.target) || one("dialog[open]")) return;
  if (event.key === "/") {
    const box = one("[data-search]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "?") {
    one("#keys-help")?.showModal();
  } else if (event.key === "g") {
    going = event.timeStamp;
  } else if (going && event.timeStamp - going < 1500) {
    going = 0;
    one(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
  }
});

// Where the box is narrow its hint is one word instead of half a sentence.
for (const box of all("[data-short]")) {
  if (box.clientWidth < (box.placeholder.length > 30 ? 480 : 260)) box.placeholder = box.dataset.short;
}

// Suggestions under the search box: arrows walk them, Escape or leaving closes them.
function closeSuggestions() {
  all(".suggestions").forEach((list) => list.replaceChildren());
}
document.addEventListener("keydown", (event) => {
  const search = event.target.closest(".search");
  if (!search || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const stops = [one("[data-search]", search), ...all(".suggestions a", search)];
  const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  if (stops[next]) {
    event.preventDefault();
    stops[next].focus();
  }
});
document.addEventListener("focusin", (event) => {
  if (!event.target.closest(".search")) closeSuggestions();
});

// Messages of a new page stand at its head until they are closed; those of a step without a new
// page lie over the corner, and good news leaves by itself.
function dismissLater(note) {
  if (note.dataset.tone === "good") setTimeout(() => note.remove(), 8000);
}
function toast(text, tone = "accent") {
  const template = one("#toast-template");
  if (!template) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.dataset.tone = tone;
  one("p", note).textContent = text;
  one(".toasts").append(note);
  dismissLater(note);
}
document.addEventListener("harbor:toast", (event) => toast(event.detail.text, event.detail.tone));

// A table becomes cards on a phone: each cell carries its column's heading.
function labelTables(root = document) {
  for (const table of all("table.table:not(.labelled):not(.plain)", root)) {
    const heads = all("thead th", table).map((th) => th.textContent.trim());
    if (!heads.length || one("[colspan]:not(.spans)", table)) continue;
    for (const row of all("tbody tr, tfoot tr", table)) {
      [...row.children].forEach((cell, i) => {
        if (!cell.hasAttribute("data-label")) cell.setAttribute("data-label", heads[i] || "");
      });
    }
    table.classList.add("labelled");
  }
}

// Dialogs: data-opens="#id" opens one; a form with data-confirm asks first, in our own words.
function ask(question, detail) {
  const dialog = one("#confirm-dialog");
  one("[data-question]", dialog).textContent = question;
  one("[data-detail]", dialog).textContent = detail || "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
document.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-opens], [data-closes], [data-dismiss], [data-copy], [data-print], [data-reload]");
  if (!target) return;
  if (target.dataset.opens) one(target.dataset.opens)?.showModal();
  if ("closes" in target.dataset) target.closest("dialog").close();
  if ("dismiss" in target.dataset) target.closest(".toast-note").remove();
  if ("print" in target.dataset) window.print();
  if ("reload" in target.dataset) window.location.reload();
  if (target.dataset.copy) {
    await navigator.clipboard.writeText(one(target.dataset.copy).textContent.trim());
    toast(words.textCopied, "good");
  }
});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asks = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!asks.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(asks.dataset.confirm, asks.dataset.confirmDetail)) {
    form.dataset.confirmed = "1";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  }
}, true);
document.addEventListener("htmx:confirm", async (event) => {
  const question = event.detail.ctx?.confirm;
  if (!question) return;
  event.preventDefault();
  if (await ask(question)) event.detail.issueRequest();
  else event.detail.dropRequest();
});

// htmx: send the CSRF token, show that something is loading, say when it failed.
const loading = one(".loading-bar");
document.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.request.headers["X-CSRFToken"] = one('meta[name="csrf-token"]')?.content || "";
});
document.addEventListener("htmx:before:request", () => loading?.classList.add("is-loading"));
document.addEventListener("htmx:finally:request", () => loading?.classList.remove("is-loading"));
document.addEventListener("htmx:error", () => toast(words.textOffline, "stop"));
document.addEventListener("htmx:after:swap", () => labelTables());

// Charts: their library is large, so only a page that holds a chart loads it.
function loadScript(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}
let charts = null;
async function fetchCharts() {
  if (!window.echarts) await loadScript(words.echartsSrc);
  await loadScript(words.chartsSrc);
}
function loadCharts() {
  if (one("[data-chart]")) charts ??= fetchCharts();
}
// A part of a page that comes later may be the first to hold one.
document.addEventListener("htmx:after:swap", loadCharts);

for (const field of all("select[data-submits]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
labelTables();
loadCharts();
