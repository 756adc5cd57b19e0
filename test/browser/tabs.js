// A browser opens at most six connections per server (HTTP/1.1). All tabs share one stream, so more than six tabs are live;
// without shared workers, a tab that gets no stream shows the reason.
"use strict";
const {badge, check, run, shownLevel, untilShown} = require("./stage.js");

const tabs = 8;

run(async (stage) => {
    const {url} = await stage.startMonitor();
    const browser = await stage.openBrowser();
    const context = await browser.newContext();
    const pages = [];
    for (let count = 0; count < tabs; ++count) {
        const page = await context.newPage();
        await page.goto(url);
        await badge(page, "Live");
        pages.push(page);
    }
    check((await (await fetch(`${url}/api/streams`)).json()).streams.length === 1, `${tabs} tabs use one stream`);
    const signed = await stage.sign();
    for (const page of pages) await shownLevel(page, signed);
    check(true, "each tab shows the change");
    await pages[0].close(); // the first tab does not own the stream
    const next = await stage.sign();
    await shownLevel(pages[1], next);
    await shownLevel(pages[tabs - 1], next);
    check(true, "the stream survives closing a tab");

    const old = await browser.newContext(); // without shared workers
    await old.addInitScript(() => delete globalThis.SharedWorker);
    const alone = await old.newPage();
    await alone.goto(url);
    await badge(alone, "Live");
    check((await (await fetch(`${url}/api/streams`)).json()).streams.length === 2, "a tab without a worker has its own stream");

    const kept = await old.newPage();
    await kept.clock.install();
    await kept.route("**/events*", () => {}); // as when all connections are in use: no response, no error
    await kept.goto(url);
    await kept.clock.runFor(11000);
    await untilShown(kept, "the notice", () => document.querySelector("#notice").textContent.includes("six connections"));
    check(true, "a page without a stream shows the reason");
});
