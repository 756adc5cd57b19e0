// What the scripts have in common. They get a file that says what a test has started: {monitor, signer, socket, requests,
// page, docs, pictures}. What a script starts ends with it; each check is counted.
"use strict";
const {spawn} = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

const patience = 20000; // milliseconds, for anything
let held = 0;

function check(truth, what) {
    if (!truth) throw new Error(`this does not hold: ${what}`);
    ++held;
}

/// What `attempt` gives, as soon as that is not false; asked again after each pause.
async function until(what, attempt, limit = patience) {
    for (const end = Date.now() + limit; Date.now() < end; ) {
        const got = await attempt();
        if (got) return got;
        await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`this did not come in time: ${what}`);
}

class Stage {
    constructor(file) {
        Object.assign(this, JSON.parse(fs.readFileSync(file, "utf8")));
        this.scratch = fs.mkdtempSync(path.join(os.tmpdir(), "revenant-browser-"));
        this.children = new Set();
        this.closers = [];
    }

    /// A program that is killed with us. What it says is kept in `said`.
    spawn(program, words) {
        const child = spawn(program, words, {stdio: ["ignore", "pipe", "pipe"]});
        child.said = "";
        for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (child.said += bytes));
        child.ended = new Promise((done) => child.on("close", (code, signal) => done(code ?? signal)));
        child.ended.then(() => this.children.delete(child));
        child.on("error", (error) => (child.said += error.message));
        this.children.add(child);
        return child;
    }

    /// Runs it to its end: {code, said}.
    async run(program, words, input = "") {
        const file = path.join(this.scratch, "input");
        fs.writeFileSync(file, input);
        const child = this.spawn("sh", ["-c", `exec "$@" <"$0"`, file, program, ...words]);
        return {code: await child.ended, said: child.said};
    }

    /// The monitor on the suite's signer. At `port`, or at one that nobody gets by chance while it is away.
    async startMonitor({port = 0, more = [], socket = this.socket} = {}) {
        for (let tries = 0; tries < 20; ++tries) {
            const at = port || 20100 + Math.floor(Math.random() * 9000);
            const child = this.spawn(this.monitor, ["--listen-port", String(at), "--signers", socket, ...more]);
            const code = await Promise.race([
                child.ended,
                until("the monitor's page", () => child.said.includes("the page is at") && "up"),
            ]);
            if (code === "up") return {child, port: at, url: `http://127.0.0.1:${at}`};
            if (port !== 0 || !child.said.includes("already in use"))
                throw new Error(`the monitor ended with ${code}: ${child.said}`);
        }
        throw new Error("there is no free port");
    }

    /// The next of the prepared requests, signed by the suite: {address, kind, level}.
    async sign() {
        const next = this.requests.shift();
        const answer = await fetch(`${this.signer}/keys/${next.address}`, {method: "POST", body: JSON.stringify(next.message)});
        check(answer.status === 200, `the signer signs: ${answer.status} ${await answer.text()}`);
        return next;
    }

    /// Chromium without anything that it does by itself.
    async openBrowser() {
        const {chromium} = require("playwright-core");
        const browser = await chromium.launch({
            executablePath: "/usr/bin/chromium",
            args: [
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        });
        this.closers.push(() => browser.close());
        return browser;
    }

    async close() {
        for (const close of this.closers.reverse()) await close().catch(() => {});
        const ends = [...this.children].map((child) => (child.kill("SIGKILL"), child.ended));
        await Promise.all(ends);
        fs.rmSync(this.scratch, {recursive: true, force: true});
    }
}

/// Runs a script to its end: its exit code is 0 when all held.
function run(main) {
    const stage = new Stage(process.argv[2]);
    main(stage)
        .then(
            () => console.log(`${held} checks held`),
            (error) => {
                console.error(error);
                process.exitCode = 1;
            },
        )
        .finally(() => stage.close());
}

/// Waits until `question`, asked in the page, is answered by yes. (Playwright's own wait needs eval, which the page forbids.)
function untilShown(page, what, question, argument) {
    return until(what, () => page.evaluate(question, argument).catch(() => false)); // fails while the page loads anew
}

/// Waits until the page's badge says this: Live, Stale or Offline.
function badge(page, word) {
    return untilShown(page, `the badge ${word}`, (wanted) => document.querySelector("#badge b")?.textContent === wanted, word);
}

/// Waits until the page shows `level` as the last one of its kind by its key.
function shownLevel(page, {address, kind, level}) {
    return untilShown(
        page,
        `level ${level} of ${address}`,
        ([wanted, row, text]) => {
            const key = [...document.querySelectorAll(".key")].find(
                (one) => one.querySelector(".address").textContent === wanted,
            );
            const line = [...(key?.querySelectorAll("tbody tr") ?? [])].find(
                (one) => one.querySelector("th").textContent === row,
            );
            return line?.querySelector("td").textContent === text;
        },
        [address, kind, String(level)],
    );
}

module.exports = {badge, check, run, shownLevel, until, untilShown};
