// Formats numbers and times for display. Returns null for a missing value; known() in ui.js shows it as "unknown".

const whole = new Intl.NumberFormat("en-GB", {maximumFractionDigits: 0});

export function isNumber(value) {
    return typeof value === "number" && Number.isFinite(value);
}

export function count(value) {
    return isNumber(value) ? whole.format(value) : null;
}

/// The round of a mark; the last possible one stands for all rounds of a level that may have been signed.
export function round(value) {
    return value === 2147483647 ? "all" : count(value);
}

/// About two significant digits below 100, whole numbers from there: 0.17, 2.5, 48, 1,200.
export function figure(value) {
    if (!isNumber(value)) return null;
    const size = Math.abs(Number(value.toPrecision(2)));
    return size >= 100 ? whole.format(value) : value.toFixed(size === 0 ? 0 : size < 1 ? 2 : size < 10 ? 1 : 0);
}

export function milliseconds(value) {
    if (!isNumber(value)) return null;
    return value >= 1000 ? `${figure(value / 1000)} s` : `${figure(value)} ms`;
}

export function memory(kib) {
    return isNumber(kib) ? `${figure(kib / 1024)} MiB` : null;
}

/// "8 s", "3 min 20 s", "5 h 12 min", "6 d 4 h".
export function duration(ms) {
    if (!isNumber(ms)) return null;
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const parts = [
        [Math.floor(seconds / 86400), "d"],
        [Math.floor(seconds / 3600) % 24, "h"],
        [Math.floor(seconds / 60) % 60, "min"],
        [seconds % 60, "s"],
    ];
    const first = parts.findIndex(([value]) => value > 0);
    if (first === -1) return "0 s";
    return parts
        .slice(first, first + 2)
        .filter(([value]) => value > 0)
        .map(([value, unit]) => `${value} ${unit}`)
        .join(" ");
}

/// Milliseconds from `text` (RFC 3339) to `now`, at least 0; null if `text` is not a valid time.
export function since(text, now) {
    const at = typeof text === "string" ? Date.parse(text) : NaN;
    return Number.isNaN(at) ? null : Math.max(0, now - at);
}

/// The local time of day; for another day its date.
export function clock(text, now) {
    const at = typeof text === "string" ? new Date(text) : null;
    if (at === null || Number.isNaN(at.getTime())) return null;
    return at.toDateString() === new Date(now).toDateString()
        ? at.toLocaleTimeString("en-GB")
        : at.toLocaleDateString("en-GB", {day: "numeric", month: "short"});
}

/// A label for the time axis: "now" or "−5 min".
export function ago(ms) {
    const minutes = Math.round(ms / 60000);
    return minutes === 0 ? "now" : `−${minutes} min`;
}
