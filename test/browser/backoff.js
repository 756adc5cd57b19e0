// If the server rejects the stream, the page retries with exponential back-off and recovers.
"use strict";
const {badge, check, run, until, untilShown} = require("./stage.js");
const {Recorded} = require("./recorded.js");

run(async (stage) => {
    const server = new Recorded(stage.page, {snapshot: {health: {state: "healthy", ready: true}}, history: {points: []}});
    server.refuse = 503;
    const port = await server.start();
    stage.closers.push(() => server.stop());
    const page = await (await (await stage.openBrowser()).newContext()).newPage();
    await page.goto(`http://127.0.0.1:${port}`);
    await untilShown(page, "the retry notice", () => document.querySelector("#notice").textContent.includes("Retrying in"));
    check(true, "the page shows when it retries");
    await until("the fourth attempt", () => server.asked.length >= 4);
    const pauses = server.asked.slice(1, 4).map((at, index) => at - server.asked[index]);
    pauses.forEach((pause, index) => check(pause >= 740 * 2 ** index, `pause ${index + 1} is long enough: ${pauses} ms`));
    check(pauses[2] > pauses[0] * 1.5, `the pauses increase: ${pauses} ms`);
    server.refuse = 0;
    await badge(page, "Live");
    check((await page.innerText("#hero h1")) === "Healthy", "the state is shown after recovery");
});
