// Snapshots with missing fields, wrong types and HTML markup: the page shows the known values and "unknown" for the rest.
// The first snapshot comes from a real monitor whose signer sends an almost empty status.
"use strict";
const net = require("net");
const path = require("path");
const {badge, check, run} = require("./stage.js");
const {Recorded} = require("./recorded.js");

const marked = "<img src=x onerror=document.title='caught'>";
const answers = {
    nothing: {},
    "empty lists": {health: {}, signers: [], components: [], monitor: {}, events: []},
    "empty parts": {health: {}, signers: [{}], components: [{}], monitor: {}, events: [{}]},
    "an empty device": {signers: [{devices: [{}]}]},
    "an empty key": {signers: [{devices: [{keys: [{}]}], requests: {}, rates: {}}]},
    "empty marks": {signers: [{devices: [{keys: [{marks: {block: {}}}]}]}]},
    "null everywhere": {
        health: null,
        signers: [{devices: null, requests: null, rates: null}],
        components: [null],
        monitor: null,
        events: [null],
    },
    "other types": {
        time: 5,
        health: 7,
        signers: [{devices: [{keys: [{marks: [], signed: 3, signatures: "x"}], since: {}}], latency: []}],
        components: [{breakers: 4, latency_ms: "y"}, 3],
        monitor: [],
        events: [{time: {}, text: []}],
    },
    "objects for texts": {
        signers: [
            {name: {}, version: [], listening: {}, devices: [{serial: {}, state: {}, keys: [{id: [], address: {}, lock: {}}]}]},
        ],
        components: [{name: {}, reason: {}, state: []}],
        events: [{subject: {}, text: {}}],
    },
    "no lists": {signers: "a", components: 1, events: {}},
    "marks of HTML": {
        signers: [{name: marked, devices: [{serial: marked, keys: [{id: marked, address: marked}]}]}],
        components: [{name: marked, reason: marked}],
        events: [{subject: marked, text: marked}],
        health: {state: "degraded", reason: marked, ready: false},
    },
};

async function look(page, url, what) {
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(url);
    await badge(page, "Live");
    const text = await page.innerText("body");
    check(complaints.length === 0, `${what}: no error: ${complaints.join("; ")}`);
    check((text.match(/unknown/gi) ?? []).length >= 10, `${what}: missing values are shown as unknown: ${text}`);
    check(!/undefined|NaN|\[object|\bnull\b/.test(text), `${what}: no raw value is shown: ${text}`);
    check(!(await page.title()).includes("caught"), `${what}: markup is shown as text`);
}

async function lookAtMonitor(stage, context) {
    const socket = path.join(stage.scratch, "silent.sock");
    const server = net.createServer((peer) => peer.on("error", () => {}).write('{"devices":[{"keys":[{}]}]}\n'));
    await new Promise((done) => server.listen(socket, done));
    stage.closers.push(async () => server.close());
    const {url} = await stage.startMonitor({socket});
    await look(await context.newPage(), url, "a signer with an empty status");
}

run(async (stage) => {
    const browser = await stage.openBrowser();
    await lookAtMonitor(stage, await browser.newContext());
    for (const [what, snapshot] of Object.entries(answers)) {
        const server = new Recorded(stage.page, {snapshot, history: snapshot});
        const port = await server.start();
        const context = await browser.newContext();
        await look(await context.newPage(), `http://127.0.0.1:${port}`, what);
        for (const name of ["health", "signer", "component", "sample", "log", "dropped"])
            server.send(name, what.startsWith("marks") ? snapshot : {});
        await context.close();
        await server.stop();
    }
});
