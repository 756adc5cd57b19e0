// Debian's Prometheus with the configuration and the rules of docs/monitoring, on a real monitor and a real signer.
"use strict";
const fs = require("fs");
const path = require("path");
const {check, run, until} = require("./stage.js");

const text = async (url) => (await fetch(url)).text();

/// The names that an exposition has.
function namesIn(exposition) {
    return new Set(
        exposition
            .split("\n")
            .filter((line) => line !== "" && !line.startsWith("#"))
            .map((line) => line.match(/^\w+/)[0]),
    );
}

async function checkFormat(stage, url) {
    const exposition = await text(url);
    const judged = await stage.run("promtool", ["check", "metrics"], exposition);
    check(judged.code === 0 && judged.said === "", `promtool has nothing to say of ${url}: ${judged.said}`);
    return namesIn(exposition);
}

/// Rules and panels speak of what there is.
function checkNames(stage, known) {
    const rules = fs.readFileSync(path.join(stage.docs, "alerts.yml"), "utf8");
    const board = JSON.parse(fs.readFileSync(path.join(stage.docs, "grafana.json"), "utf8"));
    const asked = [
        ...rules.split("\n").filter((line) => !line.trim().startsWith("#")),
        ...board.panels.flatMap((panel) => panel.targets.map((target) => target.expr)),
    ];
    const names = new Set(asked.flatMap((line) => line.match(/\b(revenant|process)_\w+/g) ?? []));
    check(names.size > 20, `there are names to look for: ${names.size}`);
    for (const name of names) check(known.has(name), `${name} is told by the monitor`);
}

async function checkRules(stage) {
    for (const words of [
        ["check", "rules", "alerts.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "alerts_test.yml"],
    ]) {
        const judged = await stage.run("sh", ["-c", 'cd "$1" && shift && exec promtool "$@"', "sh", stage.docs, ...words]);
        check(judged.code === 0, `promtool ${words.join(" ")}: ${judged.said}`);
    }
}

/// The shipped configuration, with other ports and a faster pace.
function configuration(stage, monitor) {
    const shipped = fs.readFileSync(path.join(stage.docs, "prometheus.yml"), "utf8");
    const signer = new URL(stage.signer).port;
    const file = path.join(stage.scratch, "prometheus.yml");
    fs.copyFileSync(path.join(stage.docs, "alerts.yml"), path.join(stage.scratch, "alerts.yml"));
    fs.writeFileSync(file, shipped.replace(":20092", `:${monitor.port}`).replace(":20090", `:${signer}`).replaceAll("15s", "1s"));
    return file;
}

async function checkScrape(stage, monitor) {
    const port = 29000 + Math.floor(Math.random() * 200);
    const child = stage.spawn("prometheus", [
        `--config.file=${configuration(stage, monitor)}`,
        `--storage.tsdb.path=${stage.scratch}/tsdb`,
        `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const ask = async (what) => {
        if (child.exitCode !== null) throw new Error(`Prometheus ended: ${child.said}`);
        return fetch(`http://127.0.0.1:${port}/api/v1/${what}`)
            .then(async (answer) => (await answer.json()).data)
            .catch(() => null); // while it starts
    };
    const value = async (query) => Number((await ask(`query?query=${encodeURIComponent(query)}`))?.result?.[0]?.value?.[1]);
    await until("both targets", async () => {
        const targets = (await ask("targets"))?.activeTargets ?? [];
        return targets.length === 2 && targets.every((target) => target.health === "up");
    });
    check(true, "Prometheus scrapes the monitor and the signer");
    check((await value("revenant_ready")) === 1, "it knows that the device is ready");
    const signed = await stage.sign();
    const level = `revenant_key_level{key="${signed.address}", kind="${signed.kind}"}`;
    await until("the level in Prometheus", async () => (await value(level)) === signed.level);
    check(true, "it sees the level move");
    const rules = await until("the rules", async () => {
        const all = (await ask("rules"))?.groups?.flatMap((group) => group.rules) ?? [];
        return all.length > 10 && all.every((rule) => rule.health === "ok") && all;
    });
    check(
        rules.every((rule) => rule.lastError === undefined || rule.lastError === ""),
        "Prometheus evaluates each rule",
    );
}

run(async (stage) => {
    const refused = await fetch(`${stage.signer}/keys/${stage.requests[0].address}`, {method: "POST", body: '"00"'});
    check(refused.status !== 200, "nonsense is refused, and counted");
    const monitor = await stage.startMonitor({
        more: ["--sample-ms", "200", "--dependencies", `signer=${stage.signer}/healthz,${stage.signer}/readyz`],
    });
    await until("the signer's figures", async () => (await text(`${monitor.url}/metrics`)).includes("revenant_breaker_state"));
    const known = await checkFormat(stage, `${monitor.url}/metrics`);
    await checkFormat(stage, `${stage.signer}/metrics`);
    checkNames(stage, known);
    await checkRules(stage);
    await checkScrape(stage, monitor);
});
