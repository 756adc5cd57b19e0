// The overall status at the top, large enough to read from a distance.
import {h} from "./dom.js";
import {count, duration, figure, isNumber, milliseconds, round, since} from "./format.js";
import {shape} from "./icons.js";
import {healthOf, known, list, object, text, word} from "./ui.js";

const badness = {healthy: 0, degraded: 1, unknown: 2, unhealthy: 3};

/// The component that best explains the status: essential first, then by severity.
function worst(components) {
    const ill = components.filter((one) => one.state !== "healthy" && (text(one.name) || text(one.reason)));
    ill.sort((a, b) => (b.essential === true) - (a.essential === true) || (badness[b.state] ?? 2) - (badness[a.state] ?? 2));
    return ill[0];
}

function sentence(state) {
    const health = object(state.health);
    const ill = worst(list(state.components));
    const because = ill ? `${text(ill.name) ?? "a component"}: ${text(ill.reason) ?? "unknown"}` : "";
    if (health.ready === false) return `Not ready to sign: ${text(health.reason) ?? (because || "unknown")}.`;
    if (health.ready === true) return because === "" ? "Ready to sign. All components healthy." : `Ready to sign. ${because}.`;
    return because === "" ? "Signing readiness is unknown." : `${because}.`;
}

function keysOf(state) {
    return list(state.signers).flatMap((signer) => list(signer.devices).flatMap((device) => list(device.keys)));
}

/// The highest watermark of all keys.
function highest(keys) {
    const marks = keys
        .flatMap((key) => Object.values(object(key.marks)))
        .map(object)
        .filter((mark) => isNumber(mark.level));
    return marks.reduce((best, mark) => (best === null || mark.level > best.level ? mark : best), null);
}

function sum(values) {
    const there = values.filter(isNumber);
    return there.length === 0 ? null : there.reduce((all, value) => all + value, 0);
}

function most(values) {
    const there = values.filter(isNumber);
    return there.length === 0 ? null : Math.max(...there);
}

function big(name, value, below) {
    return h("div", {class: "big"}, h("dt", null, name), h("dd", null, known(value), h("small", null, below ?? "\u00a0")));
}

/// `offline`: milliseconds since the last event, or null while the stream is open.
export function hero(state, {now, offline, started}) {
    const told = healthOf(object(state.health).state);
    const shown = offline !== null ? "offline" : told;
    const words =
        offline === null
            ? sentence(state)
            : started
              ? `No data from the monitor for ${duration(offline)}. The values below are from then.`
              : "No response from the monitor yet.";
    const keys = keysOf(state),
        signers = list(state.signers),
        rates = signers.map((signer) => object(signer.rates));
    const mark = highest(keys);
    const signed = keys.map((key) => since(key.signed, now)).filter(isNumber);
    const requests = sum(signers.map((signer) => object(signer.requests).total));
    return h(
        "div",
        {class: "state", "data-state": shown},
        h("div", {class: "verdict"}, shape(shown), h("div", null, h("h1", null, word(shown)), h("p", null, words))),
        h(
            "dl",
            {class: "bigs"},
            big(
                "Level",
                mark && (mark.level > 0 ? count(mark.level) : "none yet"),
                mark && mark.level > 0 && isNumber(mark.round) ? `round ${round(mark.round)}` : null,
            ),
            big("Last signature", signed.length > 0 ? duration(Math.min(...signed)) : null, signed.length > 0 ? "ago" : null),
            big(
                "Requests per second",
                figure(sum(rates.map((rate) => rate.requests_per_s))),
                requests === null ? null : `${count(requests)} in total`,
            ),
            big("Latency p99", milliseconds(most(rates.map((rate) => rate.p99_ms))), "last 30 s"),
        ),
    );
}
