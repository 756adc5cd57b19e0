// Keeps the model and renders it at each event and each second, since ages increase.
import {recent, span} from "./chart.js";
import {h, show} from "./dom.js";
import {duration, isNumber} from "./format.js";
import {componentsPanel, breakersPanel, resourcesPanel} from "./health.js";
import {hero} from "./hero.js";
import {shape} from "./icons.js";
import {follow} from "./link.js";
import {apply, emptyModel, maxSilence} from "./model.js";
import {healthOf, list, object, word} from "./ui.js";
import {signersPanel} from "./signer.js";
import {eventsPanel, latencyPanel, refusalsPanel, trafficPanel} from "./metrics_panels.js";

const tick = 1000; // milliseconds
const place = (id) => document.getElementById(id);

let model = emptyModel();
let link = {state: "connecting", tries: 0};
let heardAt = null; // time of the last event, by the local clock
let version = null; // of the monitor that served this page
let pick = null; // milliseconds before now that the pointer or cursor selects in the chart
let due = false;

function silence(now) {
    return heardAt === null ? null : now - heardAt;
}

/// "live", "stale" or "offline".
function standing(now) {
    if (link.state !== "open") return "offline";
    if (silence(now) === null || silence(now) > maxSilence(model) || list(model.state?.signers).some((signer) => signer.stale === true))
        return "stale";
    return "live";
}

function dataAge(now) {
    const ages = list(model.state?.signers)
        .filter((signer) => isNumber(signer.age_ms))
        .map((signer) => signer.age_ms + now - signer.receivedAt);
    return ages.length > 0 ? Math.max(...ages) : silence(now);
}

function notice(now) {
    if (link.slow)
        return (
            "No response for 10 s: the monitor is down, or all six connections of this browser to it are in use. " +
            "Close other tabs of this page."
        );
    if (link.state === "waiting" && link.until !== undefined)
        return `The monitor is down or rejected the stream. Retrying in ${duration(Math.max(0, link.until - now)) ?? "a moment"}.`;
    if (link.state === "waiting") return "The event stream was interrupted. The browser is reconnecting.";
    return model.stopping ? "The monitor is stopping." : "";
}

function showBadge(now) {
    const state = standing(now);
    const age = dataAge(now);
    show(
        place("badge"),
        shape({live: "healthy", stale: "degraded", offline: "offline"}[state]),
        h("b", {role: "status"}, word(state)),
        h("span", null, age === null ? "no data yet" : `data ${duration(age)} old`),
    );
    place("badge").className = `badge ${state}`;
    const text = notice(now);
    place("notice").hidden = text === "";
    place("notice").textContent = text;
}

function sizeOf(id, height, columns = 1) {
    const gap = 24;
    return {width: Math.max(120, Math.floor((place(id).clientWidth - gap * (columns - 1)) / columns)), height};
}

function render() {
    due = false;
    const local = Date.now();
    const now = local + (model.offset ?? 0); // the monitor's clock
    const state = object(model.state);
    for (const one of [...list(state.signers), ...list(state.components)])
        one.receivedThere = (one.receivedAt ?? local) + (model.offset ?? 0);
    const points = recent(model.history, now);
    const offline = standing(local) === "offline" ? (silence(local) ?? 0) : null;
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    showBadge(local);
    show(place("hero"), hero(state, {now, offline, started: heardAt !== null}));
    show(place("signers"), signersPanel(state, now));
    show(
        place("latency"),
        latencyPanel(points, now, sizeOf("latency", Math.round(230 * unit)), pick === null ? null : now - pick),
    );
    show(place("traffic"), trafficPanel(points, now, sizeOf("traffic", Math.round(110 * unit))));
    show(place("refusals"), refusalsPanel(state));
    show(place("events"), eventsPanel(state, now, model.dropped));
    show(place("components"), componentsPanel(state, now));
    show(place("breakers"), breakersPanel(state));
    show(place("resources"), resourcesPanel(state, points, now, sizeOf("resources", Math.round(90 * unit), 2)));
    const shown = offline !== null ? "offline" : healthOf(object(state.health).state);
    document.title = `${word(shown)} · revenant`;
    document.body.dataset.standing = standing(local);
}

function soon() {
    if (due) return;
    due = true;
    requestAnimationFrame(render);
}

/// Reloads the page after an upgrade of the monitor, so that unattended displays get the new version.
function noteVersion() {
    const now = object(model.state?.monitor).version;
    if (now === undefined) return;
    if (version !== null && version !== now) location.reload();
    version = now;
}

function take(message) {
    if (message.link) link = message.link;
    if (message.model) {
        model = message.model;
        heardAt = model.state === null ? null : Date.now();
    }
    if (message.event) {
        const {name, data, at} = message.event;
        apply(model, name, data, at);
        heardAt = at;
    }
    noteVersion();
    soon();
}

/// Moves the cursor of the latency chart to the pointer.
function pickFrom(event) {
    const canvas = event.target.closest?.("[data-chart]");
    if (!canvas) return;
    const svg = canvas.firstElementChild,
        box = svg.getBoundingClientRect();
    const right = Number(svg.querySelector(".axis").getAttribute("x2"));
    pick = Math.min(span, Math.max(0, (1 - (event.clientX - box.left) / right) * span));
    soon();
}

function stepFrom(event) {
    const steps = {ArrowLeft: 15000, ArrowRight: -15000, Home: span, End: -span};
    if (!(event.key in steps) || !event.target.closest?.("[data-chart]")) return;
    event.preventDefault();
    pick = Math.min(span, Math.max(0, (pick ?? 0) + steps[event.key]));
    soon();
}

function unpick() {
    pick = null;
    soon();
}

place("latency").addEventListener("pointermove", pickFrom);
place("latency").addEventListener("pointerleave", unpick);
place("latency").addEventListener("focusout", unpick);
place("latency").addEventListener("keydown", stepFrom);
new ResizeObserver(soon).observe(place("page"));
document.addEventListener("visibilitychange", soon);
setInterval(() => document.hidden || soon(), tick);
follow(take);
soon();
