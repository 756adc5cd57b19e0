// Panels for the signers, their devices and keys.
import {h} from "./dom.js";
import {count, duration, figure, isNumber, memory, round, since} from "./format.js";
import {sign} from "./icons.js";
import {facts, heading, known, list, object, text, word} from "./ui.js";

const kinds = ["block", "preattestation", "attestation"];

function mark(kind, mark) {
    const never = mark.level === 0;
    return h(
        "tr",
        null,
        h("th", {scope: "row"}, kind),
        h("td", null, never ? h("span", {class: "faint"}, "none yet") : known(count(mark.level))),
        h("td", null, never ? "" : known(round(mark.round))),
    );
}

function lock(key) {
    const state = key.lock === "locked" || key.lock === "unlocked" ? key.lock : "lock unknown";
    return h("span", {class: `lock ${state.replace(" ", "-")}`}, sign(state), state);
}

function trouble(key) {
    const words = [
        key.corrupted === true && "watermark corrupted",
        key.conflict === true && "key on several devices",
        key.reserve_failed === true && "reserve not written",
    ].filter(Boolean);
    return words.map((one) => h("p", {class: "trouble"}, `⚠ ${word(one)}`));
}

function keyPanel(key, rates, now) {
    const signed = duration(since(key.signed, now));
    const rate = figure(object(rates.keys)[key.address]);
    const marks = object(key.marks);
    const all = [...new Set([...kinds, ...Object.keys(marks)])];
    return h(
        "article",
        {class: "key"},
        h("header", null, h("h3", null, known(key.id)), lock(key)),
        h("p", {class: "address"}, known(key.address)),
        trouble(key),
        h(
            "table",
            null,
            h(
                "thead",
                null,
                h(
                    "tr",
                    null,
                    h("th", {scope: "col"}, h("span", {class: "spoken"}, "Kind")),
                    h("th", {scope: "col"}, "Last level"),
                    h("th", {scope: "col"}, "Round"),
                ),
            ),
            h(
                "tbody",
                null,
                all.map((kind) => mark(kind, object(marks[kind]))),
            ),
        ),
        h(
            "p",
            {class: "beat"},
            h(
                "span",
                null,
                "Signed ",
                signed === null ? known(key.signed === null ? "not yet" : null) : h("b", null, signed),
                signed === null ? "" : " ago",
            ),
            h("span", null, known(rate), " signatures/s"),
            h("span", null, known(count(key.signatures)), " in total"),
        ),
    );
}

function devicePanel(device, rates, now, several) {
    const state = text(device.state);
    const up = state === "ready";
    const stood = duration(since(device.since, now));
    const keys = Array.isArray(device.keys) ? list(device.keys) : null;
    return [
        heading("Device", several ? known(device.serial) : null),
        h(
            "div",
            {class: "pairs"},
            facts(
                ["Serial", device.serial],
                [
                    "Link",
                    h(
                        "span",
                        {class: `link ${state === null ? "unknown" : up ? "up" : "down"}`},
                        state !== null && sign(up ? "up" : "down"),
                        state === null ? known() : up ? "up, ready" : `down, ${state.replace("_", " ")}`,
                    ),
                ],
                [up ? "Ready for" : "In state for", stood],
                ["Revivals", count(device.revivals)],
            ),
        ),
        heading("Keys"),
        keys === null
            ? h("p", null, known())
            : keys.length === 0
              ? h("p", {class: "faint"}, "No keys on the device.")
              : h(
                    "div",
                    {class: "keys"},
                    keys.map((key) => keyPanel(key, rates, now)),
                ),
    ];
}

function programFacts(signer, monitor, now) {
    const age = isNumber(signer.age_ms) ? signer.age_ms + (now - signer.receivedThere) : null;
    return h(
        "div",
        {class: "pairs"},
        facts(
            [
                "Responds",
                h(
                    "span",
                    {class: `link ${signer.link === "up" ? "up" : signer.link === "down" ? "down" : "unknown"}`},
                    signer.link === undefined ? known() : signer.link === "up" ? "yes" : "no",
                    age !== null && signer.stale === true && h("span", {class: "faint"}, ` last ${duration(age)} ago`),
                ),
            ],
            ["Signer up", duration(since(signer.started, now))],
            ["Monitor up", duration(since(monitor.started, now))],
            ["Signer version", signer.version],
            ["Monitor version", monitor.version],
            signer.listening !== undefined && ["Listening on", signer.listening],
            ["Signatures", count(signer.signatures)],
            isNumber(signer.audit_failures) &&
                signer.audit_failures > 0 && [
                    "Audit log",
                    h("span", {class: "trouble"}, `⚠ ${count(signer.audit_failures)} lines lost`),
                ],
            ["In flight", count(object(signer.requests).in_flight)],
            ["FDs, threads", h("span", null, known(count(signer.descriptors)), ", ", known(count(signer.threads)))],
            ["Memory", memory(signer.pss_kib)],
        ),
    );
}

export function signersPanel(state, now) {
    const monitor = object(state.monitor);
    if (!Array.isArray(state.signers) || state.signers.length === 0)
        return [
            heading("Signer"),
            state.signers === undefined ? h("p", null, known()) : h("p", {class: "faint"}, "No signer found."),
            programFacts({}, monitor, now),
        ];
    return list(state.signers).map((signer) => {
        const devices = Array.isArray(signer.devices) ? list(signer.devices) : [{}];
        return h(
            "div",
            {class: signer.stale === true ? "signer stale" : "signer"},
            signer.stale === true && h("p", {class: "trouble"}, "⚠ Stale: last known status."),
            devices.map((device) => devicePanel(device, object(signer.rates), now, devices.length > 1)),
            heading("Programs", text(signer.name)),
            programFacts(signer, monitor, now),
        );
    });
}
