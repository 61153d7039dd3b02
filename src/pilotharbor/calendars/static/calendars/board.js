// The page of the board: reads what the server wrote into it, draws it, asks before it moves anything.
import { Board, element } from "./draw.js";
import { Drag } from "./drag.js";
import { Pop, button, facts, link } from "./pop.js";
import * as time from "./time.js";

const EVERY = 60_000;
const USUAL = 4 * time.HOUR;
const root = document.querySelector("[data-cal]");
const data = JSON.parse(document.querySelector("#cal-data").textContent);
const { words } = data;
const board = new Board(root, data);
const pop = new Pop(root);
const drag = new Drag(board, { began: () => pop.hide(), dropped, picked, opened, say: (text) => pop.say(text) });
const rectOf = (x, y) => ({ left: x, right: x, top: y, bottom: y });
const nameOf = (line) => board.lines.get(line)?.name ?? "";
const toast = (text, tone) => document.dispatchEvent(new CustomEvent("harbor:toast", { detail: { text, tone } }));

// ---- one booking

function opened(item, bar) {
  if (item.id === null) return;
  drag.choose(item);
  const pairs = [[words.on, nameOf(item.line_id)], [words.from, `${time.day(item.start)} ${time.clock(item.start)}`], [words.until, `${time.day(item.end)} ${time.clock(item.end)}`], [words.state, words.status[item.status]]];
  if (item.engineer) pairs.push([words.engineerWord, item.engineer]);
  const open = link(words.open, "btn btn-primary", data.booking.replace("/0", `/${item.id}`));
  open.dataset.first = "";
  const actions = element("div", "cluster");
  actions.append(open);
  if (item.movable) actions.append(link(words.form, "btn", data.form.replace("/0/", `/${item.id}/`)));
  actions.append(button(words.close, "", () => pop.hide()));
  const touch = matchMedia("(pointer: coarse)").matches;
  const hint = item.movable ? [element("p", "text-secondary", touch ? words.tap : `${words.drag} ${words.keys}`)] : [];
  pop.show(item.title || words.another, [facts(pairs), ...hint, actions], { beside: bar.getBoundingClientRect(), back: bar });
}

// ---- free ground

function picked({ line, start, end, at, x, y }) {
  drag.choose(null);
  pop.hide();
  if (line === null) {
    location.href = board.address({ view: "day", day: time.isoDay(start) });
    return;
  }
  const about = board.openings.get(line);
  const whole = at.axis === "day";
  const asked = end ? { start, end } : suggestion(line, start, whole, about);
  const cannot = !asked || asked.start < board.now || board.collides(line, asked.start, asked.end, null);
  const title = asked && !cannot ? time.fill(words.freeOf, { line: nameOf(line) }) : nameOf(line);
  const parts = [];
  if (asked && !cannot) parts.push(element("p", "", time.stretch(asked.start, asked.end)));
  else parts.push(element("p", "", why(line, asked?.start ?? start)));
  const actions = element("div", "cluster");
  const ask = board.lines.get(line)?.ask;
  if (asked && !cannot && ask) {
    const address = new URL(ask, location.href);
    address.searchParams.set("start", time.instant(asked.start));
    address.searchParams.set("end", time.instant(asked.end));
    address.searchParams.set("day", time.isoDay(asked.start));
    const go = link(words.ask, "btn btn-primary", address.pathname + address.search + "#request");
    go.dataset.first = "";
    actions.append(go);
    drag.ghost(line, asked.start, asked.end, false);
  }
  actions.append(button(words.close, "", () => pop.hide()));
  pop.show(title, [...parts, actions], { beside: rectOf(x, y), closed: () => drag.clear() });
}

// From where one pointed to the end of the open stretch, the next booking or four hours, whichever is first.
function suggestion(line, at, whole, about) {
  const open = about.open.find(([a, b]) => (whole ? b > Math.max(at, board.now) && a < at + time.DAY : a <= at && at < b));
  if (!open) return null;
  const step = 30 * time.MINUTE;
  let start = whole ? Math.max(at, open[0]) : at;
  if (start < board.now) start = whole ? Math.ceil(board.now / step) * step : start;
  const stops = [open[1], whole ? at + time.DAY : start + USUAL];
  for (const e of board.items) if (e.line_id === line && e.status !== "submitted" && e.start > start) stops.push(e.start);
  for (const s of about.shut) if (s.start > start) stops.push(s.start);
  const end = Math.min(...stops);
  return end > start ? { start, end } : null;
}

function why(line, at) {
  const about = board.openings.get(line);
  if (at < board.now) return words.status.past;
  const shut = about.shut.find((s) => s.start <= at && at < s.end);
  if (shut) return `${words.closure[shut.kind] || ""}: ${shut.reason}`;
  if (!about.open.some(([a, b]) => a <= at && at < b)) return words.status.closed;
  return words.status.taken;
}

// ---- moving

function dropped(item, to, clear) {
  const bar = board.barOf(item.key);
  const ghost = root.querySelector(".cal-ghost");
  const title = time.fill(words.moveQuestion, { title: item.title });
  const pairs = [[words.before, time.stretch(item.start, item.end)], [words.after, time.stretch(to.start, to.end)]];
  if (to.line !== item.line_id) pairs.push([words.on, `${nameOf(item.line_id)} → ${nameOf(to.line)}`]);
  const actions = element("div", "cluster");
  const yes = button(words.moveYes, "btn-primary", () => send(item, to, clear, ""));
  yes.dataset.first = "";
  actions.append(yes, button(words.moveNo, "", () => pop.hide()));
  const beside = (ghost || bar).getBoundingClientRect();
  pop.show(title, [facts(pairs), actions], { beside, back: bar, closed: clear });
}

async function send(item, to, clear, reason) {
  const beside = (root.querySelector(".cal-ghost") || board.barOf(item.key)).getBoundingClientRect();
  for (const one of pop.panel.querySelectorAll("button")) one.disabled = true;
  pop.say(words.moving);
  const body = { start: time.instant(to.start), end: time.instant(to.end), override_reason: reason };
  if (to.line !== item.line_id) body.line_id = to.line;
  let answer, said;
  try {
    answer = await fetch(data.move.replace("/0/", `/${item.id}/`), {
      method: "POST", body: JSON.stringify(body), credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content, "Idempotency-Key": crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` },
    });
    said = await answer.json();
  } catch {
    answer = null;
  }
  pop.closed = null;
  clear();
  if (!answer) return refused(item, to, { title: words.offline }, beside, clear);
  if (!answer.ok) return refused(item, to, said, beside, clear);
  const again = said.status === "submitted" && item.status !== "submitted" && item.status !== "held";
  Object.assign(item, { start: Date.parse(said.start), end: Date.parse(said.end), line_id: said.line_id });
  pop.hide();
  await refresh(true);
  const text = time.fill(words.moved, { title: item.title, when: time.stretch(item.start, item.end) });
  toast(again ? `${text} ${words.review}` : text, "good");
  board.barOf(`${item.id}-${item.line_id}`)?.focus({ preventScroll: true });
}

// Everything that stands against it, each with what helps; it lies where it lay before.
function refused(item, to, said, beside, clear) {
  const bar = board.barOf(item.key);
  const reasons = said.facts?.reasons || (said.errors || []).map((one) => ({ sentence: one.detail }));
  const list = element("ul", "cal-problems");
  for (const one of reasons.length ? reasons : [{ sentence: said.title }]) {
    const row = element("li", "", one.sentence);
    if (one.remedy) row.append(element("small", "", time.fill(words.remedy, { remedy: one.remedy })));
    list.append(row);
  }
  const parts = [list];
  const actions = element("div", "cluster");
  if (item.overrules && reasons.length && reasons.every((one) => one.overridable)) {
    const label = element("label", "form-label", words.override);
    const field = element("input", "form-control");
    Object.assign(field, { id: "cal-override", maxLength: 500, type: "text" });
    label.htmlFor = field.id;
    parts.push(label, field);
    actions.append(button(words.overrideYes, "btn-primary", () => (field.value.trim() ? send(item, to, clear, field.value.trim()) : field.focus())));
  }
  const close = button(words.close, "", () => pop.hide());
  close.dataset.first = "";
  actions.append(close);
  pop.show(words.refused, [...parts, actions], { beside, back: bar, tone: "stop" });
  pop.say([...list.children].map((row) => row.textContent).join(" "));
}

// ---- what others do meanwhile

async function refresh(now = false) {
  if (!now && (document.hidden || drag.busy || pop.open)) return;
  const query = new URLSearchParams({ from: data.start, to: data.end, lines: data.lines.map((one) => one.id).join(",") });
  let items;
  try {
    const answer = await fetch(`${data.feed}?${query}`, { credentials: "same-origin" });
    if (!answer.ok) return;
    ({ items } = await answer.json());
  } catch {
    return;
  }
  if (!now && (drag.busy || pop.open)) return;
  if (JSON.stringify(items) === JSON.stringify(data.items)) return;
  const focus = document.activeElement?.closest?.(".cal-bar")?.dataset.key;
  data.items = items;
  board.read(items);
  board.redraw();
  if (focus) board.barOf(focus)?.focus({ preventScroll: true });
  if (!now) pop.say(words.refreshed);
}

document.addEventListener("pointerdown", (event) => {
  if (pop.open && !event.target.closest(".cal-pop, .cal-bar.is-chosen")) pop.hide();
}, true);
setInterval(refresh, EVERY);
root.dataset.ready = "1";
