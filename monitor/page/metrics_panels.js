// Panels for latency, traffic, refusals and events.
import {h} from "./dom.js";
import {chart} from "./chart.js";
import {clock, count, figure, isNumber, milliseconds} from "./format.js";
import {heading, known, list, object, shortened} from "./ui.js";

const percentiles = ["p50", "p95", "p99"];

function ofSigners(point, take, join) {
    const values = Object.values(object(point.signers))
        .map((figures) => take(object(figures)))
        .filter(isNumber);
    return values.length === 0 ? null : join(values);
}

const largest = (values) => Math.max(...values);
const total = (values) => values.reduce((all, value) => all + value, 0);

/// The point nearest to the selected time.
function picked(points, pick) {
    return pick === null || points.length === 0
        ? null
        : points.reduce((best, point) => (Math.abs(point.at - pick) < Math.abs(best.at - pick) ? point : best));
}

export function latencyPanel(points, now, size, pick) {
    const lines = percentiles.map((name) => ({
        name,
        stroke: name,
        of: (point) => ofSigners(point, (one) => one[`${name}_ms`], largest),
    }));
    const at = picked(points, pick) ?? points.at(-1);
    const texts = lines.map((line) => `${line.name} ${at ? (milliseconds(line.of(at)) ?? "unknown") : "unknown"}`);
    const when = at && pick !== null ? clock(at.time, now) : null;
    return [
        heading("Signing latency", when === null ? "last 15 minutes" : `${when}: ${texts.join(", ")}`),
        h(
            "div",
            {class: "canvas", tabindex: "0", "data-chart": "latency", "aria-label": "Arrow keys move along the chart"},
            chart({
                points,
                lines,
                now,
                ...size,
                format: milliseconds,
                pick: at && pick !== null ? at.at : null,
                label: `Latency over the last 15 minutes, now ${texts.join(", ")}`,
            }),
        ),
    ];
}

export function trafficPanel(points, now, size) {
    const lines = [{name: "", stroke: "single", of: (point) => ofSigners(point, (one) => one.requests_per_s, total)}];
    const last = points.at(-1) ? lines[0].of(points.at(-1)) : null;
    return [
        heading("Requests per second", known(figure(last))),
        chart({points, lines, now, ...size, format: figure, label: `Requests per second, now ${figure(last) ?? "unknown"}`}),
    ];
}

export function refusalsPanel(state) {
    const sums = new Map();
    let told = false;
    for (const signer of list(state.signers)) {
        told ||= signer.refusals !== undefined;
        for (const [reason, number] of Object.entries(object(signer.refusals)))
            sums.set(reason, (sums.get(reason) ?? 0) + (Number(number) || 0));
    }
    const rows = [...sums].filter(([, number]) => number > 0).sort((a, b) => b[1] - a[1]);
    const most = Math.max(...rows.map(([, number]) => number), 1);
    return [
        heading("Refusals by reason"),
        !told
            ? h("p", null, known())
            : rows.length === 0
              ? h("p", {class: "faint"}, "None since the signer started.")
              : h(
                    "table",
                    {class: "bars"},
                    h(
                        "tbody",
                        null,
                        rows.map(([reason, number]) =>
                            h(
                                "tr",
                                null,
                                h("th", {scope: "row"}, reason.replaceAll("_", " ")),
                                h("td", null, count(number)),
                                h(
                                    "td",
                                    {class: "bar-cell", "aria-hidden": "true"},
                                    h(
                                        "svg",
                                        {class: "bar-line", width: "100%", height: 8},
                                        h("rect", {width: `${Math.max(2, (100 * number) / most)}%`, height: 8, rx: 2}),
                                    ),
                                ),
                            ),
                        ),
                    ),
                ),
    ];
}

export function eventsPanel(state, now, dropped) {
    const events = Array.isArray(state.events) ? list(state.events) : null;
    return [
        heading("Events", dropped > 0 ? `${count(dropped)} dropped for this page` : null),
        events === null
            ? h("p", null, known())
            : events.length === 0
              ? h("p", {class: "faint"}, "None yet.")
              : h(
                    "ol",
                    {class: "events", tabindex: "0", "aria-label": "Events, newest first"},
                    [...events]
                        .reverse()
                        .map((event) =>
                            h(
                                "li",
                                null,
                                h(
                                    "time",
                                    {datetime: event.time ?? null, title: event.time ?? null},
                                    known(clock(event.time, now)),
                                ),
                                h(
                                    "span",
                                    null,
                                    h("b", {title: shortened(event.subject) && event.subject}, known(shortened(event.subject))),
                                    " ",
                                    known(event.text),
                                ),
                            ),
                        ),
                ),
    ];
}
