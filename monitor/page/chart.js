// Lines over the last 15 minutes. Each line has its own stroke and is named at its end.
import {h} from "./dom.js";
import {ago, isNumber} from "./format.js";

export const span = 15 * 60 * 1000;
const foot = 22,
    top = 10,
    name = 96; // pixels reserved for the time axis below, the top margin and the names at the right
const low = 180; // pixels; a chart below this height labels only its highest value
const nearest = 15; // minimum pixels between two names

/// Rounds `value` up to a round number for the axis.
function niceCeiling(value) {
    const unit = 10 ** Math.floor(Math.log10(value));
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * unit).find((step) => step >= value * 0.999);
}

/// The points within `span`, with `at`, the time in milliseconds.
export function recent(history, now) {
    return history
        .map((point) => ({...point, at: Date.parse(point.time)}))
        .filter((point) => now - point.at <= span && point.at <= now + 60000);
}

/// SVG path through the values, with a gap where a value is missing or the time between points exceeds `longestStep`.
function pathOf(points, x, y, longestStep) {
    let text = "",
        before = null;
    for (const {at, value} of points) {
        if (!isNumber(value)) {
            before = null;
            continue;
        }
        const move = before === null || at - before > longestStep;
        text += `${move ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
        before = at;
    }
    return text;
}

/// Moves overlapping names apart: downwards, then up again from the axis.
function placeNames(ends, bottom) {
    const sorted = [...ends].sort((a, b) => a.y - b.y);
    for (let at = 1; at < sorted.length; ++at) sorted[at].y = Math.max(sorted[at].y, sorted[at - 1].y + nearest);
    let lowest = bottom + 4;
    for (const end of sorted.reverse()) {
        end.y = Math.min(end.y, lowest);
        lowest = end.y - nearest;
    }
    return sorted;
}

/// `lines`: [{name, stroke, of(point)}]; `format` of a value; `pick`: the time under the pointer, or null.
export function chart({points, lines, now, width, height, format, label, pick = null, named = true}) {
    const right = width - (named ? name : 4),
        bottom = height - foot;
    const values = points.flatMap((point) => lines.map((line) => line.of(point))).filter(isNumber);
    const highest = Math.max(...values, 0);
    const most = highest > 0 ? niceCeiling(highest) : 1;
    const x = (at) => right - ((now - at) / span) * right;
    const y = (value) => bottom - (value / most) * (bottom - top);
    const steps = points
        .slice(1)
        .map((point, at) => point.at - points[at].at)
        .sort((a, b) => a - b);
    const longestStep = 3 * (steps[Math.floor(steps.length / 2)] ?? 5000);

    const grid = [0, 0.5, 1].map((part) => [
        h("line", {class: part === 0 ? "axis" : "grid", x1: 0, x2: right, y1: y(part * most), y2: y(part * most)}),
        part > (height < low ? 0.5 : 0) &&
            values.length > 0 &&
            h("text", {class: "tick", x: 0, y: y(part * most) - 4}, format(part * most)),
    ]);
    const times = (right < 240 ? [15, 0] : [15, 10, 5, 0]).map((minutes) =>
        h(
            "text",
            {
                class: "tick",
                y: height - 4,
                x: x(now - minutes * 60000).toFixed(1),
                "text-anchor": minutes === 15 ? "start" : minutes === 0 ? "end" : "middle",
            },
            ago(minutes * 60000),
        ),
    );
    const drawn = lines.map((line) =>
        h("path", {
            class: `line ${line.stroke}`,
            d: pathOf(
                points.map((point) => ({at: point.at, value: line.of(point)})),
                x,
                y,
                longestStep,
            ),
        }),
    );
    const ends = [];
    for (const line of lines) {
        const last = points.map(line.of).filter(isNumber).at(-1);
        if (named && last !== undefined) ends.push({y: y(last) + 4, text: `${line.name} ${format(last)}`, stroke: line.stroke});
    }
    const names = placeNames(ends, bottom).map((end) =>
        h("text", {class: `end ${end.stroke}`, x: right + 8, y: end.y.toFixed(1)}, end.text),
    );
    const cursor = pick !== null && h("line", {class: "cursor", x1: x(pick), x2: x(pick), y1: top, y2: bottom});
    const silence =
        values.length === 0 &&
        h("text", {class: "silence", x: right / 2, y: (top + bottom) / 2, "text-anchor": "middle"}, "no data yet");
    return h(
        "svg",
        {class: "chart", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label},
        grid[0][0],
        grid.slice(1).map(([line]) => line),
        drawn,
        grid.map(([, tick]) => tick),
        times,
        cursor,
        names,
        silence,
    );
}
