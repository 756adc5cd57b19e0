// The monitor dies and comes back; the page goes and comes back.
"use strict";
const {Recorded} = require("./recorded.js");
const {badge, check, run, shownLevel, until, untilShown} = require("./stage.js");

const streams = async (url) => (await (await fetch(`${url}/api/streams`)).json()).streams.length;

/// A page on the wall is nobody's to load anew.
async function checkUpgrade(stage, context) {
    const server = new Recorded(stage.page, {snapshot: {monitor: {version: "1"}}, history: {}});
    const port = await server.start();
    stage.closers.push(() => server.stop());
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}`);
    await badge(page, "Live");
    await page.evaluate(() => (window.same = true));
    server.send("snapshot", server.answer.snapshot);
    server.answer.snapshot = {monitor: {version: "2"}, health: {state: "healthy"}};
    check(await page.evaluate(() => window.same === true), "the same version leaves the page as it is");
    server.send("snapshot", server.answer.snapshot);
    await untilShown(
        page,
        "another page",
        () => window.same === undefined && document.querySelector("#hero h1")?.textContent === "Healthy",
    );
    check(true, "another version brings its own page");
}

run(async (stage) => {
    const first = await stage.startMonitor();
    const context = await (await stage.openBrowser()).newContext();
    const page = await context.newPage();
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
    await checkUpgrade(stage, context);
});
