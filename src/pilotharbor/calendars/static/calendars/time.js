// Instants, as the clock of Shanghai tells them, whatever the reader's own machine says.
// Everything is milliseconds since the epoch; Shanghai has kept UTC+8 since 1992.
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const chinese = document.documentElement.lang.startsWith("zh");
const language = chinese ? "zh-CN" : "en-GB";
const zone = { timeZone: "Asia/Shanghai" };
const format = (options) => new Intl.DateTimeFormat(language, { ...zone, ...options });
const clocks = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const days = format({ month: "short", day: "numeric", weekday: "short" });
const weekdays = format({ weekday: "short" });
const narrows = format({ weekday: "narrow" });
const dates = format({ month: chinese ? "numeric" : "short", day: "numeric" });

export const clock = (at) => clocks.format(at);
export const day = (at) => days.format(at);
export const weekday = (at) => weekdays.format(at);
export const narrow = (at) => narrows.format(at);
export const date = (at) => dates.format(at);
export const instant = (at) => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
export const midnight = (at) => at - ((at + 8 * HOUR) % DAY);
export const dayNumber = (at) => new Date(at + 8 * HOUR).getUTCDate();
export const isoDay = (at) => new Date(at + 8 * HOUR).toISOString().slice(0, 10);

// A stretch with its end named; a midnight that ends a day is 24:00 of that day.
export function stretch(start, end) {
  if (midnight(start) === midnight(end - 1)) {
    const until = end === midnight(end) ? "24:00" : clock(end);
    return `${day(start)} ${clock(start)}–${until}`;
  }
  return `${day(start)} ${clock(start)} – ${day(end)} ${clock(end)}`;
}

// Length in hours without needless zeros.
export const hours = (length) => String(Math.round((length / HOUR) * 10) / 10);

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
