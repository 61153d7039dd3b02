// A small panel beside what it is about; on a phone it lies at the foot of the window.
import { element } from "./draw.js";

export class Pop {
  constructor(root) {
    this.root = root;
    this.panel = element("div", "cal-pop");
    Object.assign(this.panel, { hidden: true, tabIndex: -1 });
    this.panel.setAttribute("role", "dialog");
    this.said = element("p", "visually-hidden");
    this.said.setAttribute("role", "status");
    root.append(this.panel, this.said);
    // Its room at the foot is there at once, also where readers want motion reduced to an instant.
    root.style.transitionProperty = "none";
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.hide();
    });
  }

  get open() {
    return !this.panel.hidden;
  }

  // ``beside`` is a rectangle of the window; ``back`` gets the focus again.
  show(title, parts, { beside, back, closed, tone } = {}) {
    Object.assign(this, { back, closed });
    const head = element("h3", "cal-pop-title", title);
    head.id = "cal-pop-title";
    this.panel.setAttribute("aria-labelledby", head.id);
    this.panel.dataset.tone = tone || "";
    this.panel.replaceChildren(head, ...parts);
    this.panel.hidden = false;
    this.put(beside);
    (this.panel.querySelector("[data-first]") || this.panel).focus({ preventScroll: true });
  }

  put(beside) {
    if (getComputedStyle(this.panel).position === "fixed") {
      this.uncover();
      return;
    }
    const room = this.root.getBoundingClientRect();
    const [width, height] = [this.panel.offsetWidth, this.panel.offsetHeight];
    const at = beside || room;
    const left = Math.min(Math.max(at.left - room.left, 8), Math.max(room.width - width - 8, 8));
    const under = at.bottom + 8 + height < Math.max(window.innerHeight, room.bottom);
    const top = under ? at.bottom - room.top + 8 : Math.max(at.top - room.top - height - 8, 8);
    Object.assign(this.panel.style, { left: `${left}px`, top: `${top}px` });
  }

  // On a phone the panel lies over the foot of the page: what it is about is scrolled above it.
  uncover() {
    const foot = this.panel.getBoundingClientRect();
    this.root.style.paddingBottom = `${foot.height}px`;
    const about = this.back?.getBoundingClientRect();
    if (about && about.bottom > foot.top - 16) window.scrollBy(0, about.bottom - foot.top + 24);
  }

  hide() {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.root.style.paddingBottom = "";
    this.closed?.();
    this.closed = null;
    if (this.back?.isConnected) this.back.focus({ preventScroll: true });
  }

  say(text) {
    this.said.textContent = text;
  }
}

export function button(text, css, press) {
  const made = element("button", `btn ${css}`, text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

export function link(text, css, address) {
  const made = element("a", css, text);
  made.href = address;
  return made;
}

export function facts(pairs) {
  const list = element("dl", "cal-facts");
  for (const [name, value] of pairs) list.append(element("dt", "", name), element("dd", "", value));
  return list;
}
