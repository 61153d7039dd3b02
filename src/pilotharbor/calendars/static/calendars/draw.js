// Draws a board: tracks (a line or a day, from one instant to another) and the bars on them.
import * as time from "./time.js";

const element = (tag, css, text) => {
  const made = document.createElement(tag);
  if (css) made.className = css;
  if (text !== undefined) made.textContent = text;
  return made;
};
const SIGNS = { approved: "✓", in_use: "▶", completed: "●", submitted: "?", held: "◔", taken: "" };
const MOST_IN_A_DAY = 4;

export class Board {
  constructor(root, data) {
    Object.assign(this, { root, data, words: data.words, view: data.view });
    this.start = Date.parse(data.start);
    this.end = Date.parse(data.end);
    this.now = Date.parse(data.now);
    this.step = data.view === "timeline" ? (data.days.length > 7 ? 60 : 30) * time.MINUTE : 15 * time.MINUTE;
    this.tracks = [];
    this.lines = new Map(data.lines.map((line) => [line.id, line]));
    this.openings = new Map();
    for (const [id, one] of Object.entries(data.openings)) {
      const shut = one.shut.map((s) => ({ ...s, start: Date.parse(s.start), end: Date.parse(s.end) }));
      this.openings.set(Number(id), { open: one.open.map((pair) => pair.map(Date.parse)), shut });
    }
    this.read(data.items);
    this.draw();
  }

  read(items) {
    this.items = items.map((item, i) => ({
      ...item, key: item.id ? `${item.id}-${item.line_id}` : `taken-${i}`,
      start: Date.parse(item.start), end: Date.parse(item.end),
      shown: this.data.project && item.project_id !== this.data.project ? "taken" : item.status,
    }));
  }

  draw() {
    this.tracks = [];
    const made = { timeline: () => this.timeline(), month: () => this.month() }[this.view] || (() => this.columns());
    const scroll = element("div", "cal-scroll");
    scroll.tabIndex = -1;
    scroll.append(made());
    this.root.querySelector(".cal-scroll")?.remove();
    this.root.prepend(scroll);
    this.redraw();
  }

  redraw() {
    for (const track of this.tracks) this.fillTrack(track);
  }

  // ---- the three frames

  timeline() {
    const frame = element("div", "cal-time");
    frame.dataset.days = this.data.days.length;
    frame.style.setProperty("--days", this.data.days.length);
    const heads = element("div", "cal-heads");
    for (const one of this.data.days) heads.append(this.dayHead(one, this.data.days.length > 14));
    frame.append(element("div", "cal-corner"), heads);
    const platforms = new Set(this.data.lines.map((line) => line.platform_id));
    let platform = null;
    for (const line of this.data.lines) {
      if (platforms.size > 1 && line.platform_id !== platform) frame.append(element("div", "cal-group", line.platform));
      platform = line.platform_id;
      const track = element("div", "cal-track");
      frame.append(this.lineName(line), track);
      this.track(track, { line: line.id, from: this.start, to: this.end, axis: "x" });
    }
    return frame;
  }

  columns() {
    const frame = element("div", "cal-days");
    const byLine = this.view === "day";
    const heads = byLine ? this.data.lines : this.data.days;
    frame.dataset.columns = heads.length;
    frame.style.setProperty("--columns", heads.length);
    frame.append(element("div", "cal-corner"));
    for (const one of heads) frame.append(byLine ? this.lineName(one) : this.dayHead(one));
    const axis = element("div", "cal-axis");
    for (let hour = 0; hour < 24; hour += 1) axis.append(element("span", "", `${hour}:00`));
    frame.append(axis);
    heads.forEach((one, i) => {
      const column = element("div", "cal-track cal-column");
      frame.append(column);
      const from = byLine ? this.start : this.start + i * time.DAY;
      const only = this.data.lines.length === 1 ? this.data.lines[0].id : null;
      this.track(column, { line: byLine ? one.id : null, back: byLine ? one.id : only, from, to: from + time.DAY, axis: "y" });
    });
    return frame;
  }

  month() {
    const frame = element("div", "cal-month");
    for (const one of this.data.days.slice(0, 7)) frame.append(element("div", "cal-weekday", time.weekday(Date.parse(`${one.date}T00:00:00+08:00`))));
    this.data.days.forEach((one, i) => {
      const from = this.start + i * time.DAY;
      const cell = element("div", `cal-track cal-cell${one.other ? " is-other" : ""}`);
      const head = element("a", "cal-number", String(time.dayNumber(from)));
      head.href = this.address({ view: "day", day: one.date });
      head.setAttribute("aria-label", time.day(from));
      const only = this.data.lines.length === 1 ? this.data.lines[0].id : null;
      const label = element("span", "cal-cell-head");
      label.append(head, this.dayKind(one));
      cell.append(label);
      frame.append(cell);
      this.track(cell, { line: null, back: only, from, to: from + time.DAY, axis: "day" });
    });
    return frame;
  }

  address(values) {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(values)) query.set(name, value);
    return `?${query}`;
  }

  lineName(line) {
    const holder = element("div", "cal-name");
    const name = element("a", "", line.name);
    name.href = line.url;
    holder.append(name);
    if (line.closed) holder.append(element("small", "cal-closed", line.closed));
    else if (line.free) holder.append(element("small", "", line.free));
    if (line.ask && this.view === "timeline") {
      const ask = element("a", "cal-ask", line.askWord);
      ask.href = line.ask;
      ask.setAttribute("aria-label", line.askLabel);
      holder.append(ask);
    }
    return holder;
  }

  dayHead(one, tight) {
    const at = Date.parse(`${one.date}T00:00:00+08:00`);
    const head = element("div", `cal-head${one.kind ? ` is-${one.kind}` : ""}`);
    head.append(element("span", "cal-weekday", tight ? time.narrow(at) : time.weekday(at)), element("span", "cal-date", tight ? String(time.dayNumber(at)) : time.date(at)));
    if (!tight) head.append(this.dayKind(one));
    if (at <= this.now && this.now < at + time.DAY) head.setAttribute("aria-current", "date");
    return head;
  }

  dayKind(one) {
    const word = { off: this.words.off, work: this.words.work }[one.kind];
    return element("small", `cal-kind${word ? "" : " visually-hidden"}`, word || "");
  }

  // ---- what lies on a track

  track(holder, about) {
    const track = { element: holder, bars: new Map(), ...about };
    holder.dataset.track = this.tracks.length;
    this.tracks.push(track);
    this.ground(track);
    return track;
  }

  trackOf(target) {
    const holder = target?.closest?.(".cal-track");
    return holder && this.root.contains(holder) ? this.tracks[Number(holder.dataset.track)] : null;
  }

  // Where a stretch lies on a track, in percent.
  place(part, track, start, end) {
    const whole = track.to - track.from;
    const [a, b] = [Math.max(start, track.from), Math.min(end, track.to)].map((at) => (100 * (at - track.from)) / whole);
    part.style.setProperty("--part", b - a);
    if (track.axis === "x") Object.assign(part.style, { left: `${a}%`, width: `${b - a}%` });
    if (track.axis === "y") Object.assign(part.style, { top: `${a}%`, height: `${b - a}%` });
  }

  ground(track) {
    const back = track.line ?? track.back ?? null;
    if (back === null) track.element.classList.add("is-mixed");
    const about = back === null ? null : this.openings.get(back);
    if (about && track.axis !== "day") {
      let from = track.from;
      for (const [a, b] of [...about.open, [track.to, track.to]]) {
        if (b < track.from || a > track.to) continue;
        if (from < a) this.shade(track, "cal-shut", from, a);
        from = Math.max(from, b);
      }
    }
    for (const shut of about?.shut || []) {
      if (track.axis === "day" || shut.end <= track.from || shut.start >= track.to) continue;
      const part = this.shade(track, "cal-closure", shut.start, shut.end);
      const said = `${this.words.closure[shut.kind] || shut.kind}: ${shut.reason}`;
      part.title = said;
      part.append(element("span", "cal-closure-word", said));
    }
    if (track.axis !== "day") {
      if (this.now > track.from) this.shade(track, "cal-past", track.from, Math.min(this.now, track.to));
      if (track.from <= this.now && this.now < track.to) {
        const line = element("div", "cal-now");
        this.place(line, track, this.now, this.now);
        track.element.append(line);
      }
    } else if (track.from <= this.now && this.now < track.to) track.element.setAttribute("aria-current", "date");
  }

  shade(track, css, start, end) {
    const part = element("div", css);
    this.place(part, track, start, end);
    track.element.append(part);
    return part;
  }

  on(track) {
    return this.items.filter((e) => (track.line === null || track.line === e.line_id) && e.start < track.to && e.end > track.from);
  }

  fillTrack(track) {
    for (const bar of track.bars.values()) bar.remove();
    track.bars.clear();
    track.element.querySelector(".cal-more")?.remove();
    track.element.querySelector(".cal-left")?.remove();
    const mine = this.on(track);
    if (track.axis === "day") this.fillDay(track, mine);
    else this.fillLanes(track, mine);
  }

  // Bars that overlap share the room, in as few lanes as will do.
  fillLanes(track, mine) {
    mine.sort((a, b) => a.start - b.start || b.end - a.end);
    const ends = [];
    const lane = new Map();
    for (const one of mine) {
      let n = ends.findIndex((end) => end <= one.start);
      if (n < 0) n = ends.length;
      ends[n] = one.end;
      lane.set(one, n);
    }
    const count = Math.max(ends.length, 1);
    track.element.style.setProperty("--lanes", count);
    for (const one of mine) {
      const bar = this.bar(one, track);
      this.place(bar, track, one.start, one.end);
      bar.style.setProperty("--lane", lane.get(one));
      track.bars.set(one.key, bar);
      track.element.append(bar);
    }
  }

  fillDay(track, mine) {
    mine.sort((a, b) => a.start - b.start);
    const few = mine.length > MOST_IN_A_DAY ? mine.slice(0, MOST_IN_A_DAY - 1) : mine;
    for (const one of few) {
      const bar = this.bar(one, track);
      track.bars.set(one.key, bar);
      track.element.append(bar);
    }
    if (few.length < mine.length) {
      const more = element("a", "cal-more", time.fill(this.words.more, { n: mine.length - few.length }));
      more.href = this.address({ view: "day", day: time.isoDay(track.from) });
      track.element.append(more);
    }
    if (track.back !== null) track.element.append(this.left(track));
  }

  // How much of a day is still to be had, for a single line.
  left(track) {
    const about = this.openings.get(track.back);
    const from = Math.max(track.from, this.now);
    let free = 0;
    const away = [...about.shut, ...this.on(track).filter((e) => e.status !== "submitted")];
    for (let at = Math.ceil(from / (15 * time.MINUTE)) * 15 * time.MINUTE; at < track.to; at += 15 * time.MINUTE) {
      const open = about.open.some(([a, b]) => a <= at && at < b) && !away.some((s) => s.start <= at && at < s.end);
      if (open) free += 15 * time.MINUTE;
    }
    const none = track.to <= this.now ? "" : free ? `${this.words.free} ${time.fill(this.words.hours, { h: time.hours(free) })}` : this.words.full;
    const said = element("small", "cal-left", none);
    said.dataset.free = free ? "some" : "none";
    return said;
  }

  bar(one, track) {
    const known = one.id !== null;
    const bar = element(known ? "button" : "div", "cal-bar");
    if (known) bar.type = "button";
    bar.dataset.key = one.key;
    const fill = element("span", "cal-fill");
    fill.dataset.status = one.shown;
    if (one.movable) bar.classList.add("is-movable");
    if (one.start < track.from) fill.classList.add("goes-before");
    if (one.end > track.to) fill.classList.add("goes-on");
    const sign = element("span", "cal-sign", SIGNS[one.shown] ?? "");
    sign.setAttribute("aria-hidden", "true");
    const label = element("span", "cal-label");
    label.append(sign, element("strong", "", this.nameOf(one, track)), element("span", "cal-when", this.whenOf(one, track)));
    fill.append(label);
    bar.append(fill);
    const said = this.said(one);
    bar.title = said;
    bar.setAttribute("aria-label", said);
    if (!known) bar.setAttribute("role", "img");
    if (one.movable && track.axis !== "day") {
      if (one.start >= track.from && one.movable === "all") fill.append(grip("start"));
      if (one.end <= track.to) fill.append(grip("end"));
    }
    return bar;
  }

  nameOf(one, track) {
    const what = one.title || this.words.status[one.status];
    const many = track.line === null && this.data.lines.length > 1;
    return many ? `${this.lines.get(one.line_id)?.name ?? ""} · ${what}` : what;
  }

  whenOf(one, track) {
    if (track.axis === "day") return one.start >= track.from ? time.clock(one.start) : "";
    const [begins, ends] = [one.start, one.end].map((at) => time.clock(at));
    const from = time.midnight(one.start) === time.midnight(one.end - 1) || one.start >= track.from ? begins : `${time.date(one.start)} ${begins}`;
    return time.midnight(one.start) === time.midnight(one.end - 1) ? `${begins}–${ends}` : `${from} – ${time.date(one.end)} ${ends}`;
  }

  said(one) {
    const parts = [this.lines.get(one.line_id)?.name, one.title || this.words.another, this.words.status[one.status], time.stretch(one.start, one.end)];
    if (one.batch_no) parts.push(time.fill(this.words.batch, { n: one.batch_no }));
    if (one.engineer) parts.push(time.fill(this.words.engineer, { name: one.engineer }));
    if (one.linked) parts.push(this.words.linked);
    return parts.filter(Boolean).join(", ");
  }

  barOf(key) {
    return this.root.querySelector(`.cal-bar[data-key="${CSS.escape(key)}"]`);
  }

  item(key) {
    return this.items.find((one) => one.key === key);
  }

  // Whether a stretch of a line is taken, shut or closed, as far as the reader can see.
  collides(lineId, start, end, except) {
    const about = this.openings.get(lineId);
    const taken = this.items.some((e) => e.line_id === lineId && e.id !== except && e.status !== "submitted" && e.start < end && e.end > start);
    const shut = about?.shut.some((s) => s.start < end && s.end > start);
    return Boolean(taken || shut);
  }
}

function grip(which) {
  const made = element("span", "cal-grip");
  made.dataset.end = which;
  made.setAttribute("aria-hidden", "true");
  return made;
}

export { element };
