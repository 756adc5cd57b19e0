// The page reconnects after a restart of the monitor, and after it was hidden.
"use strict";
const {Recorded} = require("./recorded.js");
const {badge, check, run, shownLevel, until, untilShown} = require("./stage.js");

const streams = async (url) => (await (await fetch(`${url}/api/streams`)).json()).streams.length;

/// The page reloads itself after an upgrade of the monitor: an unattended display has no user.
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
    check(await page.evaluate(() => window.same === true), "the same version does not reload the page");
    server.send("snapshot", server.answer.snapshot);
    await untilShown(
        page,
        "the reloaded page",
        () => window.same === undefined && document.querySelector("#hero h1")?.textContent === "Healthy",
    );
    check(true, "another version reloads the page");
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
    check(/data .* old/.test(await page.innerText("#badge")), "the badge shows the age of the data");
    check((await page.innerText("#hero h1")) === "Offline", "the headline shows Offline");
    check((await page.title()).startsWith("Offline"), "the title shows Offline");
    await shownLevel(page, before);
    check(await page.isVisible("#notice"), "the notice is shown");

    const again = await stage.startMonitor({port: first.port});
    await badge(page, "Live");
    check(await page.evaluate(() => window.same === true), "the page was not reloaded");
    await shownLevel(page, await stage.sign());
    check(!(await page.isVisible("#notice")), "the notice is hidden");

    again.child.kill("SIGTERM");
    check((await again.child.ended) === 0, "the monitor exits with 0 despite a viewer");
    await badge(page, "Offline");
    await stage.startMonitor({port: first.port});
    await badge(page, "Live");

    check((await streams(first.url)) === 1, "the page holds one stream");
    // As when the browser caches the page.
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true})));
    await until("the end of a cached page's stream", async () => (await streams(first.url)) === 0);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true})));
    await until("a new stream", async () => (await streams(first.url)) === 1);
    await badge(page, "Live");
    await shownLevel(page, await stage.sign());
    check(true, "a cached page continues");
    await page.goto("about:blank");
    await until("the end of a hidden page's stream", async () => (await streams(first.url)) === 0);
    await page.goBack();
    await badge(page, "Live");
    check((await streams(first.url)) === 1, "the restored page holds one stream");
    await checkUpgrade(stage, context);
});
