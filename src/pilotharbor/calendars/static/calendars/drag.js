// Bars are moved and stretched with mouse, finger, pen or keys. Nothing here asks the harbour: what
// was put elsewhere is handed to ``dropped``, what was pointed at to ``picked``.
import { MINUTE, DAY, stretch } from "./time.js";

const FAR = 5;
const EDGE = 36;

export class Drag {
  constructor(board, { began, dropped, picked, opened, say }) {
    Object.assign(this, { board, began, dropped, picked, opened, say, going: null, pending: null });
    const root = board.root;
    root.addEventListener("pointerdown", (event) => this.down(event));
    root.addEventListener("pointermove", (event) => this.moveTo(event));
    root.addEventListener("pointerup", (event) => this.up(event));
    root.addEventListener("pointercancel", () => this.cancel());
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("focusout", (event) => {
      if (this.going?.keys && event.target.closest(".cal-bar")) this.cancel();
    });
  }

  get busy() {
    return this.going !== null;
  }

  // ---- pointer

  down(event) {
    if (event.button !== 0 || !event.isPrimary || event.target.closest("a, .cal-pop")) return;
    const bar = event.target.closest(".cal-bar");
    const track = this.board.trackOf(event.target);
    if (!track) return;
    const touch = event.pointerType === "touch";
    const start = { x: event.clientX, y: event.clientY, id: event.pointerId, track, at: this.instant(track, event) };
    if (!bar) {
      // A finger on free ground scrolls the page; it asks by a tap.
      this.pending = touch ? null : { ...start, free: true };
      return;
    }
    const item = this.board.item(bar.dataset.key);
    // A finger first chooses a bar and then moves it, so that scrolling never moves anything.
    if (!item?.movable || (touch && !bar.classList.contains("is-chosen"))) return;
    const end = event.target.closest(".cal-grip")?.dataset.end || "both";
    if (item.movable === "end" && end !== "end") return;
    this.pending = { ...start, item, end, grab: start.at - item.start };
  }

  moveTo(event) {
    const from = this.pending;
    if (!from || event.pointerId !== from.id) return;
    if (!this.going) {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) < FAR) return;
      this.began();
      this.board.root.setPointerCapture(event.pointerId);
      this.going = from.free ? { free: true } : { item: from.item };
      this.board.root.classList.add("is-dragging");
    }
    this.at = event;
    this.scrollAtEdges();
    const under = this.board.trackOf(document.elementFromPoint(event.clientX, event.clientY));
    const track = under && (!from.free || under.line === from.track.line) ? under : (this.last ?? from.track);
    this.last = track;
    if (from.free) this.sweep(from, track, event);
    else this.carry(from, track, event);
  }

  carry(from, track, event) {
    const { item } = from;
    const step = track.axis === "day" ? DAY : this.board.step;
    let [start, end, line] = [item.start, item.end, item.line_id];
    const at = this.instant(track, event);
    if (from.end === "start") start = Math.min(this.snap(at, step), end - step);
    else if (from.end === "end") end = Math.max(this.snap(at, step), start + step);
    else {
      const shift = track.axis === "day" ? track.from - from.track.from : this.snap(at - from.grab, step) - item.start;
      [start, end] = [start + shift, end + shift];
      if (track.line !== null) line = track.line;
    }
    this.preview(item, start, end, line);
  }

  sweep(from, track, event) {
    if (track.axis === "day") return;
    const at = this.instant(track, event);
    const start = this.snapDown(Math.min(from.at, at));
    const end = this.snapDown(Math.max(from.at, at)) + this.board.step;
    this.going = { free: true, line: from.track.line ?? from.track.back, start, end };
    this.ghost(this.going.line, start, end, false);
  }

  up(event) {
    const { going, pending } = this;
    this.pending = this.last = null;
    if (!going || !pending || going.keys) return;
    event.preventDefault();
    this.board.root.classList.remove("is-dragging");
    // The click that follows belongs to what was dragged.
    this.swallow = true;
    setTimeout(() => { this.swallow = false; }, 50);
    if (going.free) {
      this.clear();
      if (going.start) this.picked({ line: going.line, start: going.start, end: going.end, at: pending.track, swept: true, x: event.clientX, y: event.clientY });
      return;
    }
    this.settle();
  }

  click(event) {
    if (this.swallow || event.target.closest("a, .cal-pop")) return;
    const bar = event.target.closest(".cal-bar");
    if (bar) {
      const item = this.board.item(bar.dataset.key);
      if (item) this.opened(item, bar);
      return;
    }
    const track = this.board.trackOf(event.target);
    if (!track) return;
    const at = track.axis === "day" ? track.from : this.snapDown(this.instant(track, event));
    this.picked({ line: track.line ?? track.back ?? null, start: at, at: track, x: event.clientX, y: event.clientY });
  }

  choose(item) {
    for (const one of this.board.root.querySelectorAll(".cal-bar.is-chosen")) one.classList.remove("is-chosen");
    if (!item) return;
    for (const one of this.board.root.querySelectorAll(`.cal-bar[data-key="${CSS.escape(item.key)}"]`)) one.classList.add("is-chosen");
  }

  // The instant a pointer stands at on a track.
  instant(track, event) {
    const room = track.element.getBoundingClientRect();
    if (track.axis === "day") return track.from;
    const part = track.axis === "x" ? (event.clientX - room.left) / room.width : (event.clientY - room.top) / room.height;
    return track.from + Math.min(Math.max(part, 0), 1) * (track.to - track.from);
  }

  snap(at, step = this.board.step) {
    return this.board.start + Math.round((at - this.board.start) / step) * step;
  }

  snapDown(at) {
    const { start, step } = this.board;
    return start + Math.floor((at - start) / step) * step;
  }

  scrollAtEdges() {
    const holder = this.board.root.querySelector(".cal-scroll");
    const room = holder.getBoundingClientRect();
    if (this.at.clientX > room.right - EDGE) holder.scrollLeft += 12;
    if (this.at.clientX < room.left + EDGE) holder.scrollLeft -= 12;
    if (this.at.clientY > window.innerHeight - EDGE) window.scrollBy(0, 12);
    if (this.at.clientY < EDGE) window.scrollBy(0, -12);
  }

  // ---- keys

  key(event) {
    const bar = event.target.closest(".cal-bar");
    if (!bar || event.ctrlKey || event.metaKey) return;
    const item = this.board.item(bar.dataset.key);
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (arrow && item?.movable) {
      event.preventDefault();
      this.pending = null;
      const now = this.going?.keys ? this.going : { item, start: item.start, end: item.end, line: item.line_id, keys: true };
      this.going = now;
      this.step(now, arrow, event.shiftKey || item.movable === "end");
      this.preview(item, now.start, now.end, now.line);
      this.going.keys = true;
      this.say(`${this.board.lines.get(now.line).name}, ${stretch(now.start, now.end)}`);
    } else if (event.key === "Escape" && this.going) {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "Enter" && this.going?.keys) {
      event.preventDefault();
      this.settle();
    }
  }

  // Along time by one step, across it by one line or one day, as the view lies.
  step(now, [x, y], ends) {
    const { view, step, data } = this.board;
    let shift = 0;
    if (view === "timeline") shift = x * step;
    else if (view === "month") shift = (x + 7 * y) * DAY;
    else shift = y * step + (view === "week" ? x * DAY : 0);
    if (ends) now.end = Math.max(now.end + shift, now.start + Math.min(step, 15 * MINUTE));
    else {
      now.start += shift;
      now.end += shift;
      const across = view === "timeline" ? y : view === "day" ? x : 0;
      const at = data.lines.findIndex((line) => line.id === now.line) + across;
      if (across && data.lines[at]) now.line = data.lines[at].id;
    }
  }

  // ---- what it would look like

  preview(item, start, end, line) {
    this.going = { ...this.going, item, start, end, line };
    for (const one of this.board.root.querySelectorAll(`.cal-bar[data-key="${CSS.escape(item.key)}"]`)) one.classList.add("is-lifted");
    this.ghost(line, start, end, this.board.collides(line, start, end, item.id));
  }

  ghost(line, start, end, bad) {
    for (const old of this.board.root.querySelectorAll(".cal-ghost")) old.remove();
    for (const track of this.board.tracks) {
      if ((track.line !== null && track.line !== line) || end <= track.from || start >= track.to) continue;
      const ghost = document.createElement("div");
      ghost.className = `cal-ghost${bad ? " is-bad" : ""}`;
      this.board.place(ghost, track, start, end);
      const said = document.createElement("span");
      said.textContent = bad ? `${stretch(start, end)} · ${this.board.words.collides}` : stretch(start, end);
      ghost.append(said);
      track.element.append(ghost);
    }
  }

  clear() {
    this.going = null;
    for (const old of this.board.root.querySelectorAll(".cal-ghost")) old.remove();
    for (const one of this.board.root.querySelectorAll(".is-lifted")) one.classList.remove("is-lifted");
  }

  // Let go: what really changed is asked for, and stays lifted until there is an answer.
  settle() {
    const { item, start, end, line } = this.going;
    if (start === item.start && end === item.end && line === item.line_id) {
      this.clear();
      return;
    }
    const kept = { ...this.going };
    this.going = { item };
    this.dropped(item, { start, end, line }, () => this.clear(), kept);
  }

  cancel() {
    this.pending = this.last = null;
    this.board.root.classList.remove("is-dragging");
    if (this.going) this.clear();
  }
}
