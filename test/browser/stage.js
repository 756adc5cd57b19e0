// Helpers shared by the scripts. A script gets a JSON file that describes the test's setup: {monitor, signer, socket,
// requests, page, docs, pictures}. Processes that a script starts are killed at its end; checks are counted.
"use strict";
const {spawn} = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

const patience = 20000; // milliseconds, default limit
let held = 0;

function check(truth, what) {
    if (!truth) throw new Error(`check failed: ${what}`);
    ++held;
}

/// Calls `attempt` every 20 ms until it returns a truthy value, and returns that.
async function until(what, attempt, limit = patience) {
    for (const end = Date.now() + limit; Date.now() < end; ) {
        const got = await attempt();
        if (got) return got;
        await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`timed out waiting for: ${what}`);
}

class Stage {
    constructor(file) {
        Object.assign(this, JSON.parse(fs.readFileSync(file, "utf8")));
        this.scratch = fs.mkdtempSync(path.join(os.tmpdir(), "revenant-browser-"));
        this.children = new Set();
        this.closers = [];
    }

    /// Starts a program; close() kills it. `said` collects its output.
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

    /// Runs a program until it exits: {code, said}.
    async run(program, words, input = "") {
        const file = path.join(this.scratch, "input");
        fs.writeFileSync(file, input);
        const child = this.spawn("sh", ["-c", `exec "$@" <"$0"`, file, program, ...words]);
        return {code: await child.ended, said: child.said};
    }

    /// Starts the monitor on the suite's signer, at `port` or at a port outside the ephemeral range, so that a restart
    /// finds it free.
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
                throw new Error(`the monitor exited with ${code}: ${child.said}`);
        }
        throw new Error("no free port found");
    }

    /// Lets the suite sign the next prepared request: {address, kind, level}.
    async sign() {
        const next = this.requests.shift();
        const answer = await fetch(`${this.signer}/keys/${next.address}`, {method: "POST", body: JSON.stringify(next.message)});
        check(answer.status === 200, `the signer signs: ${answer.status} ${await answer.text()}`);
        return next;
    }

    /// Chromium without background activity.
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

/// Runs a script; the exit code is 0 if all checks passed.
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

/// Waits until `question`, evaluated in the page, is true. (Playwright's own wait needs eval, which the page's CSP forbids.)
function untilShown(page, what, question, argument) {
    return until(what, () => page.evaluate(question, argument).catch(() => false)); // fails while the page reloads
}

/// Waits until the page's badge shows `word`: Live, Stale or Offline.
function badge(page, word) {
    return untilShown(page, `the badge ${word}`, (wanted) => document.querySelector("#badge b")?.textContent === wanted, word);
}

/// Waits until the page shows `level` for this key and kind.
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
