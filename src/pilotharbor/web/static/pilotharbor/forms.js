// Forms lose nothing: drafts as you type, the first bad field focused, files dropped, boards moved.
"use strict";

{
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const person = document.body.dataset.person || "anyone";
  const keyOf = (form) => `draft:${person}:${location.pathname}:${form.dataset.draft}`;
  const SUBMITTED = "draft-submitted";

  // Never kept on the machine: secrets, files, tokens.
  const kept = (field) =>
    field.name && !["password", "hidden", "file", "submit", "button"].includes(field.type) && !field.closest("[data-no-draft]");

  function save(form) {
    const values = [];
    for (const field of form.elements) {
      if (!kept(field)) continue;
      if (["checkbox", "radio"].includes(field.type)) {
        if (field.checked) values.push([field.name, field.value]);
      } else if (field.multiple) {
        for (const option of field.selectedOptions) values.push([field.name, option.value]);
      } else values.push([field.name, field.value]);
    }
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values }));
    say(form, document.body.dataset.textDraftSaved);
  }

  function restore(form, values) {
    const byName = Map.groupBy ? Map.groupBy(values, ([name]) => name) : grouped(values);
    for (const field of form.elements) {
      if (!kept(field)) continue;
      const mine = (byName.get(field.name) || []).map(([, value]) => value);
      if (["checkbox", "radio"].includes(field.type)) field.checked = mine.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = mine.includes(option.value);
      else if (mine.length) field.value = mine[0];
    }
  }
  function grouped(values) {
    const map = new Map();
    for (const pair of values) map.set(pair[0], [...(map.get(pair[0]) || []), pair]);
    return map;
  }

  function say(form, text, undo) {
    let note = form.querySelector(".draft-note");
    if (!note) {
      note = document.createElement("p");
      note.className = "draft-note";
      note.setAttribute("role", "status");
      (form.querySelector(".form-actions") || form).append(note);
    }
    note.textContent = text;
    if (undo) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn-link btn-sm", textContent: document.body.dataset.textDraftDiscard });
      button.addEventListener("click", undo);
      note.append(" ", button);
    }
  }

  function settleSubmitted() {
    // A draft is dropped only once the server took the form: we are elsewhere, or it said so.
    const key = sessionStorage.getItem(SUBMITTED);
    if (!key || document.querySelector("[data-entrance]")) return;
    sessionStorage.removeItem(SUBMITTED);
    const here = all("form[data-draft]").find((form) => keyOf(form) === key);
    if (!here || document.querySelector('.toast-note[data-tone="good"]')) localStorage.removeItem(key);
  }

  settleSubmitted();
  for (const form of all("form[data-draft]")) {
    const stored = localStorage.getItem(keyOf(form));
    if (stored && !("bound" in form.dataset)) {
      const before = new FormData(form);
      restore(form, JSON.parse(stored).values);
      say(form, document.body.dataset.textDraftRestored, () => {
        restore(form, [...before.entries()]);
        localStorage.removeItem(keyOf(form));
        form.querySelector(".draft-note").remove();
      });
    }
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => save(form), 400);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      save(form);
      sessionStorage.setItem(SUBMITTED, keyOf(form));
    });
  }

  // Whoever signs out leaves nothing of theirs on a shared machine.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-signs-out]")) return;
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
  });

  const bad = document.querySelector('form [aria-invalid="true"]');
  if (bad) bad.focus();

  // One press, one request: the pressed button waits, without losing its name and value.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-look]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => { delete form.dataset.sent; event.submitter?.removeAttribute("aria-busy"); }, 4000);
  });
  window.addEventListener("pageshow", () => all("[data-sent]").forEach((form) => delete form.dataset.sent));

  // File drop: the real input lies over the zone, so only the look and the name are ours.
  for (const zone of all(".file-drop")) {
    const input = zone.querySelector('input[type="file"]');
    for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, () => zone.classList.add("is-over"));
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
    input.addEventListener("change", () => {
      zone.querySelector(".chosen").textContent = [...input.files].map((file) => file.name).join("、");
    });
  }

  // Boards: dropping a card fills in and sends the same form the keyboard uses.
  let dragged = null;
  const wants = (column) => dragged?.querySelector(`select[name="to"] option[value="${CSS.escape(column.dataset.state)}"]`);
  for (const card of all('.board-card[draggable="true"]')) {
    card.addEventListener("dragstart", () => { dragged = card; });
    card.addEventListener("dragend", () => { dragged = null; });
  }
  for (const column of all(".board-column")) {
    column.addEventListener("dragover", (event) => {
      if (!wants(column)) return;
      event.preventDefault();
      column.classList.add("is-target");
    });
    column.addEventListener("dragleave", () => column.classList.remove("is-target"));
    column.addEventListener("drop", (event) => {
      column.classList.remove("is-target");
      if (!wants(column)) return;
      event.preventDefault();
      const select = dragged.querySelector('select[name="to"]');
      select.value = column.dataset.state;
      select.form.requestSubmit();
    });
  }
}
