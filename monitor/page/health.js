// Panels for the components, the circuit breakers and the monitor's own resource use.
import {h} from "./dom.js";
import {chart} from "./chart.js";
import {count, duration, isNumber, memory, milliseconds, since} from "./format.js";
import {shape, sign} from "./icons.js";
import {healthOf, heading, known, list, object, shortened, text, word} from "./ui.js";

function component(one, now) {
    const state = healthOf(one.state);
    const age = isNumber(one.age_ms) ? one.age_ms + (now - one.receivedThere) : since(one.checked, now);
    const changed = duration(since(one.changed, now));
    const well = state === "healthy" && one.stale !== true; // shown on fewer lines
    const details = [
        well && (text(one.reason) ?? "unknown"),
        one.stale === true && `stale, seen ${duration(age) ?? "an unknown time"} ago`,
        isNumber(one.latency_ms) && milliseconds(one.latency_ms),
        isNumber(one.failures) && one.failures > 0 && `${count(one.failures)} consecutive failures`,
        changed !== null && `for ${changed}`,
    ].filter(Boolean);
    return h(
        "li",
        null,
        shape(state),
        h(
            "div",
            null,
            h(
                "p",
                {class: "part", title: one.name ?? null},
                h("b", null, known(shortened(one.name))),
                " ",
                h("span", {class: `word ${state}`}, state),
                one.essential === true && h("span", {class: "faint"}, " essential"),
            ),
            !well && h("p", null, known(one.reason)),
            details.length > 0 && h("p", {class: "faint"}, details.join(" · ")),
        ),
    );
}

const badness = {unhealthy: 0, unknown: 1, degraded: 2, healthy: 3};

export function componentsPanel(state, now) {
    if (!Array.isArray(state.components)) return [heading("Components"), h("p", null, known())];
    const all = list(state.components).sort((a, b) => (badness[a.state] ?? 1) - (badness[b.state] ?? 1));
    const well = all.filter((one) => one.state === "healthy").length;
    return [
        heading("Components", `${well} of ${all.length} healthy`),
        h(
            "ul",
            {class: "components"},
            all.map((one) => component(one, now)),
        ),
    ];
}

export function breakersPanel(state) {
    const rows = list(state.components).flatMap((one) => {
        const ways = Object.entries(object(one.breakers));
        return ways.length > 0
            ? ways.map(([way, at]) => [one.name, way, at])
            : one.breaker === undefined
              ? []
              : [[one.name, null, one.breaker]];
    });
    return [
        heading("Circuit breakers"),
        !Array.isArray(state.components)
            ? h("p", null, known())
            : rows.length === 0
              ? h("p", {class: "faint"}, "None: no dependencies are configured.")
              : h(
                    "ul",
                    {class: "breakers"},
                    rows.map(([name, way, at]) =>
                        h(
                            "li",
                            {class: `breaker ${at}`},
                            sign(at),
                            h(
                                "span",
                                null,
                                h("b", null, known(shortened((text(name) ?? "").replace("dependency:", "")))),
                                way === null ? "" : ` via ${way}`,
                            ),
                            h("span", {class: "word"}, known(at)),
                        ),
                    ),
                ),
    ];
}

function small(title, points, now, size, of, format, label) {
    const last = points.map(of).filter(isNumber).at(-1);
    return h(
        "div",
        {class: "small"},
        h("p", null, title, " ", h("b", null, known(format(last)))),
        chart({points, lines: [{name: "", stroke: "single", of}], now, ...size, format, named: false, label}),
    );
}

export function resourcesPanel(state, points, now, size) {
    const own = object(state.monitor);
    const kinds = Object.entries(object(own.descriptors_by_type)).sort((a, b) => b[1] - a[1]);
    return [
        heading("Monitor", text(own.stage) && word(own.stage)),
        h(
            "div",
            {class: "smalls"},
            small(
                "Descriptors",
                points,
                now,
                size,
                (point) => point.descriptors,
                count,
                "Open descriptors of the monitor over 15 minutes",
            ),
            small("Memory", points, now, size, (point) => point.pss_kib, memory, "Memory of the monitor over 15 minutes"),
        ),
        h(
            "p",
            {class: "faint"},
            "Threads ",
            known(count(own.threads)),
            " · ZeroMQ sockets ",
            known(count(own.zmq_sockets)),
            isNumber(own.zmq_cap) && own.zmq_cap > 0 ? ` of ${own.zmq_cap}` : "",
            " · connections ",
            known(count(own.connections)),
            kinds.length > 0 && ` · ${kinds.map(([kind, number]) => `${number} ${kind}`).join(", ")}`,
        ),
    ];
}
