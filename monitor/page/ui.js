// Building blocks for the panels.
import {h} from "./dom.js";

export const object = (value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : {});
export const list = (value) => (Array.isArray(value) ? value.map(object) : []);

export const text = (value) => (typeof value === "string" ? value : null);

const healths = ["healthy", "degraded", "unhealthy"];

/// Maps any value to one of the four health states.
export function healthOf(value) {
    return healths.includes(value) ? value : "unknown";
}

/// A value as text; a missing one is shown as "unknown".
export function known(value) {
    const told = typeof value === "number" || (typeof value === "string" && value !== "");
    return told ? String(value) : h("span", {class: "unknown"}, "unknown");
}

export function heading(text, aside = null) {
    return h("h2", null, text, aside === null ? null : h("span", {class: "aside"}, aside));
}

/// Rows of name and value: facts(["Serial", "0123"], ...).
export function facts(...rows) {
    return h(
        "dl",
        {class: "facts"},
        rows
            .filter(Boolean)
            .map(([name, ...value]) =>
                h(
                    "div",
                    null,
                    h("dt", null, name),
                    h("dd", null, value.length === 1 && !(value[0] instanceof Node) ? known(value[0]) : value),
                ),
            ),
    );
}

export function word(state) {
    return state.charAt(0).toUpperCase() + state.slice(1);
}

/// Shortens a long name to its beginning and end, which suffice to tell addresses apart.
export function shortened(name) {
    const whole = text(name) ?? "";
    return whole.length > 28 ? `${whole.slice(0, 16)}…${whole.slice(-6)}` : whole;
}
