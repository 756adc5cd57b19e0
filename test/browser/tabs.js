// A browser has six connections for a server. All its tabs share one stream, so that the seventh is as live as the first;
// where tabs cannot share, one that gets no stream says why.
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
    check((await (await fetch(`${url}/api/streams`)).json()).streams.length === 1, `${tabs} tabs need one stream`);
    const signed = await stage.sign();
    for (const page of pages) await shownLevel(page, signed);
    check(true, "each of them shows what changes");
    await pages[0].close(); // the one that came first is no better than the others
    const next = await stage.sign();
    await shownLevel(pages[1], next);
    await shownLevel(pages[tabs - 1], next);
    check(true, "it goes on when one is closed");

    const old = await browser.newContext(); // a browser that cannot share
    await old.addInitScript(() => delete globalThis.SharedWorker);
    const alone = await old.newPage();
    await alone.goto(url);
    await badge(alone, "Live");
    check((await (await fetch(`${url}/api/streams`)).json()).streams.length === 2, "without sharing it has a stream of its own");

    const kept = await old.newPage();
    await kept.clock.install();
    await kept.route("**/events*", () => {}); // as when all connections are taken: no answer, no error
    await kept.goto(url);
    await kept.clock.runFor(11000);
    await untilShown(kept, "why", () => document.querySelector("#notice").textContent.includes("six connections"));
    check(true, "a page without a stream says why");
});
