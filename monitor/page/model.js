// The model of the monitor's state, and how events change it. No network, no DOM.

const mostPoints = 180; // as many as the monitor keeps: 15 minutes at one each 5 s
const mostLines = 100;

export function emptyModel() {
    return {state: null, history: [], dropped: 0, stopping: false, offset: null, sampledAt: null, pace: null};
}

const leastSilence = 15000; // milliseconds; three samples at the default interval

/// Milliseconds without an event after which the stream counts as interrupted: three samples.
export function maxSilence(model) {
    return Math.max(leastSilence, 3 * (model.pace ?? 0));
}

const object = (value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : {});
const list = (value) => (Array.isArray(value) ? value.map(object) : []);

/// Applies one event to `model`. `now`: time of receipt by the local clock, in milliseconds.
export function apply(model, name, data, now) {
    data = object(data);
    if (typeof data.time === "string" && name !== "log" && name !== "history") {
        const there = Date.parse(data.time);
        if (!Number.isNaN(there)) model.offset = there - now; // times are shown by the monitor's clock
    }
    const state = model.state ?? (model.state = {});
    switch (name) {
        case "snapshot":
            model.state = data;
            model.stopping = false;
            stampAges(data, now);
            break;
        case "history":
            model.history = list(data.points).slice(-mostPoints);
            break;
        case "health":
            state.health = data;
            break;
        case "signer":
            data.receivedAt = now;
            state.signers = replaced(state.signers, data);
            break;
        case "component":
            data.receivedAt = now;
            state.components = data.gone
                ? list(state.components).filter((one) => one.name !== data.name)
                : replaced(state.components, data);
            break;
        case "sample":
            takeSample(model, state, data, now);
            break;
        case "log":
            state.events = [...list(state.events), data].slice(-mostLines);
            break;
        case "dropped":
            model.dropped += Number(data.lines) || 0;
            break;
        case "shutdown":
            model.stopping = true;
            break;
    }
}

/// Replaces the entry of the same name; keeps the monitor's order, by name.
function replaced(all, one) {
    const others = list(all).filter((other) => other.name !== one.name);
    return [...others, one].sort((a, b) => String(a.name).localeCompare(String(b.name), "en"));
}

/// Records the time of receipt, to which each `age_ms` refers.
function stampAges(state, now) {
    for (const one of [...list(state.signers), ...list(state.components)]) one.receivedAt = now;
}

function takeSample(model, state, data, now) {
    if (model.sampledAt !== null) model.pace = now - model.sampledAt;
    model.sampledAt = now;
    model.history = [...model.history, data].slice(-mostPoints);
    for (const signer of list(state.signers)) {
        const figures = object(data.signers)[signer.name];
        if (!figures) continue;
        signer.rates = figures;
        if (typeof figures.age_ms === "number") {
            signer.age_ms = figures.age_ms;
            signer.receivedAt = now;
        }
    }
    const own = ["descriptors", "threads", "pss_kib", "zmq_sockets", "connections"];
    state.monitor = {
        ...object(state.monitor),
        ...Object.fromEntries(own.filter((name) => name in data).map((name) => [name, data[name]])),
    };
}
