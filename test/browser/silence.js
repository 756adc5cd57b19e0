// A connection that no longer carries data, as behind a proxy: after three samples without an event the page opens a new
// stream, with the id of the last event.
"use strict";
const {badge, check, run, until} = require("./stage.js");
const {Recorded} = require("./recorded.js");

const start = new Date("2026-01-02T03:04:05Z");

run(async (stage) => {
    const server = new Recorded(stage.page, {snapshot: {health: {state: "healthy", ready: true}}, history: {points: []}});
    const port = await server.start();
    stage.closers.push(() => server.stop());
    const context = await (await stage.openBrowser()).newContext();
    await context.addInitScript(() => delete globalThis.SharedWorker); // the page's clock does not reach a worker
    const page = await context.newPage();
    await page.clock.install({time: start});
    await page.goto(`http://127.0.0.1:${port}`);
    await badge(page, "Live");
    check(server.asked.length === 1, "the page has one stream");

    await page.clock.runFor(14000);
    check(server.asked.length === 1, "14 s of silence do not end the stream");
    await page.clock.runFor(2000);
    await until("a second stream", () => server.asked.length === 2);
    check(server.lastIds[1] === "recorded-1", `the new stream continues after the last event: ${server.lastIds}`);
    await until("the end of the first stream", () => server.streams.size === 1);
    await badge(page, "Live");
    check(true, "the page is live again");

    server.silent = true;
    await page.clock.runFor(16000);
    await until("a third stream", () => server.asked.length === 3);
    await until("its response", () => server.streams.size === 1);
    await page.clock.runFor(16000);
    await until("a fourth stream", () => server.asked.length === 4);
    check(true, "a stream without any event is replaced too");
});
