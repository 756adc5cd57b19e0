// Each state has its own shape, distinguishable without colour and from three metres.
import {h} from "./dom.js";

const paths = {
    healthy: ["M16 3a13 13 0 1 1 0 26a13 13 0 0 1 0-26z", "M10 16.5l4.2 4.2L22.5 12"],
    degraded: ["M16 3.5L30 28H2z", "M16 12.5v7.5M16 23.6v.4"],
    unhealthy: ["M10.5 3h11L29 10.5v11L21.5 29h-11L3 21.5v-11z", "M11 11l10 10M21 11L11 21"],
    unknown: ["M16 3a13 13 0 1 1 0 26a13 13 0 0 1 0-26z", "M12.2 12.4a3.9 3.9 0 1 1 5.6 3.5c-1.3.7-1.8 1.4-1.8 2.9M16 22.6v.4"],
    offline: ["M16 3a13 13 0 1 1 0 26a13 13 0 0 1 0-26z", "M10 16h12"],
};
const filled = new Set(["healthy", "degraded", "unhealthy"]);

/// Hidden from screen readers, since the text beside it says the same.
export function shape(state) {
    const [outline, sign] = paths[state] ?? paths.unknown;
    return h(
        "svg",
        {viewBox: "0 0 32 32", class: `shape ${state}`, "aria-hidden": "true"},
        h("path", {d: outline, class: filled.has(state) ? "body" : "ring"}),
        h("path", {d: sign, class: filled.has(state) ? "sign" : "mark"}),
    );
}

const signs = {
    unlocked: "M8 15V10a5 5 0 0 1 9.6-2M6 15h20v13H6z",
    locked: "M10 15v-5a6 6 0 0 1 12 0v5M6 15h20v13H6z",
    "lock unknown": "M6 15h20v13H6zM10 12v-2a6 6 0 0 1 12 0v2",
    up: "M7 12a4 4 0 1 0 .01 0M25 12a4 4 0 1 0 .01 0M11 16h10",
    down: "M6 12a4 4 0 1 0 .01 0M26 12a4 4 0 1 0 .01 0M13 11l6 10M19 11l-6 10",
    closed: "M2 16h6M24 16h6M8 16h16M8 13v6M24 13v6",
    open: "M2 16h6M24 16h6M8 16L21 6M8 13v6M24 13v6",
    "half-open": "M2 16h6M24 16h6M8 16l14-5M8 13v6M24 13v6",
};

export function sign(name) {
    return h("svg", {viewBox: "0 0 32 32", class: "sign", "aria-hidden": "true"}, h("path", {d: signs[name] ?? "M8 16h16"}));
}
