// A server that refuses the stream is asked again later and later, and taken back when it answers.
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
    await untilShown(page, "when", () => document.querySelector("#notice").textContent.includes("Trying again in"));
    check(true, "it says when it tries again");
    await until("the fourth try", () => server.asked.length >= 4);
    const pauses = server.asked.slice(1, 4).map((at, index) => at - server.asked[index]);
    pauses.forEach((pause, index) => check(pause >= 740 * 2 ** index, `pause ${index + 1} is long enough: ${pauses} ms`));
    check(pauses[2] > pauses[0] * 1.5, `the pauses grow: ${pauses} ms`);
    server.refuse = 0;
    await badge(page, "Live");
    check((await page.innerText("#hero h1")) === "Healthy", "it is shown when it comes");
});
