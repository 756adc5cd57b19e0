// The stream through nginx with Debian's default buffering, and for an HTTP/1.0 client.
"use strict";
const fs = require("fs");
const net = require("net");
const path = require("path");
const {EventSource} = require("eventsource");
const {badge, check, run, shownLevel, until} = require("./stage.js");

const atOnce = 1500; // milliseconds; with buffering an event is delayed by minutes

async function startNginx(stage, upstream) {
    const port = 29200 + Math.floor(Math.random() * 800);
    const file = path.join(stage.scratch, "nginx.conf");
    const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (name) => `${name}_temp_path ${stage.scratch}/${name};`,
    );
    fs.writeFileSync(
        file,
        `daemon off; master_process off; pid ${stage.scratch}/nginx.pid; error_log stderr;
events {}
http { access_log off; ${places.join(" ")} server { listen 127.0.0.1:${port};
  location / { proxy_pass ${upstream}; }
  location /signer/ { proxy_pass ${upstream}/; } } }
`,
    );
    const child = stage.spawn("nginx", ["-e", "stderr", "-p", stage.scratch, "-c", file]);
    await until("nginx", async () => {
        if (child.exitCode !== null) throw new Error(`nginx ended: ${child.said}`);
        return fetch(`http://127.0.0.1:${port}/livez`).then(
            (answer) => answer.ok,
            () => false,
        );
    });
    return `http://127.0.0.1:${port}`;
}

async function checkNginx(stage, url) {
    const through = await startNginx(stage, url);
    const source = new EventSource(`${through}/events`);
    stage.closers.push(async () => source.close());
    const came = [];
    for (const name of ["snapshot", "signer"])
        source.addEventListener(name, (event) => came.push({name, at: Date.now(), data: event.data}));
    await until("a snapshot through nginx", () => came.some((event) => event.name === "snapshot"));
    for (let count = 0; count < 3; ++count) {
        const signed = await stage.sign();
        const at = Date.now();
        const event = await until("an event through nginx", () =>
            came.find((one) => one.name === "signer" && one.data.includes(`"level":${signed.level},`)),
        );
        check(event.at - at < atOnce, `nginx forwards an event at once: ${event.at - at} ms`);
    }
    const page = await (await (await stage.openBrowser()).newContext()).newPage();
    await page.goto(through);
    await badge(page, "Live");
    await shownLevel(page, await stage.sign());
    check(true, "the page is live through nginx");
    await page.goto(`${through}/signer/`);
    await badge(page, "Live");
    check(true, "the page is live below a path");
}

/// An HTTP/1.0 client; `text` collects everything that the server sends.
function oldClient(port, target) {
    const socket = net.connect(port, "127.0.0.1");
    const client = {text: "", socket};
    client.closed = new Promise((done) => socket.on("close", done));
    socket.on("data", (bytes) => (client.text += bytes));
    socket.write(`GET ${target} HTTP/1.0\r\n\r\n`);
    return client;
}

async function checkOldClient(stage, {port, child}) {
    const document = oldClient(port, "/");
    await document.closed;
    check(
        document.text.startsWith("HTTP/1.0 200") && document.text.includes("<title>revenant</title>"),
        "an HTTP/1.0 client gets the page, then the connection is closed",
    );
    const stream = oldClient(port, "/events");
    await until("a snapshot", () => stream.text.includes("event: snapshot"));
    const head = stream.text.slice(0, stream.text.indexOf("\r\n\r\n"));
    check(
        head.startsWith("HTTP/1.0 200") && !/transfer-encoding/i.test(head) && /connection: close/i.test(head),
        `a stream without chunks: ${head}`,
    );
    const signed = await stage.sign();
    await until("an event", () => stream.text.includes("event: signer") && stream.text.includes(`"level":${signed.level},`));
    check(true, "an HTTP/1.0 client gets events");
    child.kill("SIGTERM");
    await stream.closed;
    check(/event: shutdown\n(id: .*\n)?data: \{\}\n\n$/.test(stream.text), "an HTTP/1.0 client gets the shutdown event");
    check((await child.ended) === 0, "the monitor exits with 0");
}

run(async (stage) => {
    const monitor = await stage.startMonitor();
    await checkNginx(stage, monitor.url);
    await checkOldClient(stage, monitor);
});
