// The page on a real monitor: contents, live updates, no external requests, no errors, both themes, two sizes.
"use strict";
const fs = require("fs");
const path = require("path");
const {badge, check, run, shownLevel} = require("./stage.js");

const sizes = {phone: {width: 390, height: 844}, desktop: {width: 1440, height: 900}};

/// Collects console errors, page errors and requests.
function watch(context) {
    const seen = {complaints: [], requests: []};
    context.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.complaints.push(message.text()));
    context.on("weberror", (error) => seen.complaints.push(String(error.error())));
    context.on("request", (request) => seen.requests.push(request.url()));
    return seen;
}

async function checkSnapshot(page, stage) {
    const text = await page.innerText("body");
    for (const address of new Set(stage.requests.map((request) => request.address)))
        check(text.includes(address), `the page shows the key ${address}`);
    for (const word of [
        "Serial",
        "Revivals",
        "Requests per second",
        "Latency p99",
        "unlocked",
        "Refusals by reason",
        "Components",
        "Circuit breakers",
        "Descriptors",
        "Memory",
        "Events",
        "Signer up",
        "Monitor up",
        "host:signer",
    ])
        check(text.includes(word), `the page shows '${word}'`);
    check(!/undefined|NaN|\[object|null/.test(text), `no raw value is shown: ${text}`);
}

async function checkKeyboard(page) {
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const before = await theme();
    await page.keyboard.press("t");
    const after = await theme();
    check(before !== after, "T changes the theme");
    await page.reload();
    check((await theme()) === after, "the theme is remembered");
    await page.keyboard.press("Tab");
    check((await page.evaluate(() => document.activeElement.className)) === "skip", "the first Tab focuses the skip link");
    await page.focus("[data-chart]");
    await page.keyboard.press("ArrowLeft");
    await page.waitForSelector("#latency .cursor", {state: "attached"});
    check(true, "the arrow keys move the chart cursor");
}

async function takePictures(browser, url, into) {
    fs.mkdirSync(into, {recursive: true});
    const backgrounds = {};
    for (const [size, viewport] of Object.entries(sizes))
        for (const colorScheme of ["light", "dark"]) {
            const context = await browser.newContext({viewport, colorScheme});
            const page = await context.newPage();
            await page.goto(url);
            await badge(page, "Live");
            await page.waitForSelector("#latency path.line[d^=M]", {state: "attached"});
            await page.screenshot({path: path.join(into, `${size}-${colorScheme}.png`), fullPage: true});
            check(
                await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
                `${size}: no horizontal scrolling`,
            );
            backgrounds[colorScheme] = await page.evaluate(() =>
                getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number),
            );
            await context.close();
        }
    check(
        backgrounds.light.every((value) => value > 200),
        "the light theme has a light background",
    );
    check(
        backgrounds.dark.every((value) => value < 60),
        "the dark theme has a dark background",
    );
}

run(async (stage) => {
    const {url} = await stage.startMonitor({more: ["--sample-ms", "200"]});
    const browser = await stage.openBrowser();
    const context = await browser.newContext({viewport: sizes.desktop});
    const seen = watch(context);
    const page = await context.newPage();
    const answer = await page.goto(url);
    check(
        answer.headers()["content-security-policy"]?.includes("script-src 'self'"),
        "the CSP forbids external and inline scripts",
    );
    await badge(page, "Live");
    await checkSnapshot(page, stage);
    for (let count = 0; count < 3; ++count) {
        const signed = await stage.sign();
        await shownLevel(page, signed);
        check(true, `level ${signed.level} appears without a reload`);
    }
    check(/healthy|degraded/i.test(await page.innerText("#hero h1")), "the headline shows the state");
    await checkKeyboard(page);
    await badge(page, "Live");
    check(seen.complaints.length === 0, `no errors in the console: ${seen.complaints.join("; ")}`);
    check(
        seen.requests.length > 10 && seen.requests.every((one) => one.startsWith(`${url}/`)),
        `no external requests: ${seen.requests.join(" ")}`,
    );
    await takePictures(browser, url, stage.pictures);
});
