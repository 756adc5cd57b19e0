// The monitor dies and comes back; the page goes and comes back.
"use strict";
const {badge, check, run, shownLevel, until} = require("./stage.js");

const streams = async (url) => (await (await fetch(`${url}/api/streams`)).json()).streams.length;

run(async (stage) => {
    const first = await stage.startMonitor();
    const page = await (await (await stage.openBrowser()).newContext()).newPage();
    await page.goto(first.url);
    await badge(page, "Live");
    const before = await stage.sign();
    await shownLevel(page, before);
    await page.evaluate(() => (window.same = true));

    first.child.kill("SIGKILL");
    await badge(page, "Offline");
    check(/data .* old/.test(await page.innerText("#badge")), "the age of what is shown is told");
    check((await page.innerText("#hero h1")) === "Offline", "and it is told large");
    check((await page.title()).startsWith("Offline"), "and in the title");
    await shownLevel(page, before);
    check(await page.isVisible("#notice"), "what happens is told");

    const again = await stage.startMonitor({port: first.port});
    await badge(page, "Live");
    check(await page.evaluate(() => window.same === true), "it is the same page: nobody loaded it anew");
    await shownLevel(page, await stage.sign());
    check(!(await page.isVisible("#notice")), "nothing is left to tell");

    again.child.kill("SIGTERM");
    check((await again.child.ended) === 0, "a viewer does not keep the monitor from ending");
    await badge(page, "Offline");
    await stage.startMonitor({port: first.port});
    await badge(page, "Live");

    check((await streams(first.url)) === 1, "the page holds one stream");
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true}))); // as into the browser's cache
    await until("the end of a kept page's stream", async () => (await streams(first.url)) === 0);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true})));
    await until("a stream again", async () => (await streams(first.url)) === 1);
    await badge(page, "Live");
    await shownLevel(page, await stage.sign());
    check(true, "a page that was kept goes on");
    await page.goto("about:blank");
    await until("the end of a hidden page's stream", async () => (await streams(first.url)) === 0);
    await page.goBack();
    await badge(page, "Live");
    check((await streams(first.url)) === 1, "and again one when it comes back");
});
