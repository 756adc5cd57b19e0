// Debian's Prometheus with the configuration and rules of docs/monitoring, scraping a real monitor and signer.
"use strict";
const fs = require("fs");
const path = require("path");
const {check, run, until} = require("./stage.js");

const text = async (url) => (await fetch(url)).text();

/// The metric names in an exposition.
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
    check(judged.code === 0 && judged.said === "", `promtool accepts ${url}: ${judged.said}`);
    return namesIn(exposition);
}

/// Rules and dashboard panels use only existing metrics.
function checkNames(stage, known) {
    const rules = fs.readFileSync(path.join(stage.docs, "alerts.yml"), "utf8");
    const board = JSON.parse(fs.readFileSync(path.join(stage.docs, "grafana.json"), "utf8"));
    const asked = [
        ...rules.split("\n").filter((line) => !line.trim().startsWith("#")),
        ...board.panels.flatMap((panel) => panel.targets.map((target) => target.expr)),
    ];
    const names = new Set(asked.flatMap((line) => line.match(/\b(revenant|process)_\w+/g) ?? []));
    check(names.size > 20, `rules and panels use metrics: ${names.size}`);
    for (const name of names) check(known.has(name), `${name} is exported`);
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

/// The shipped configuration with other ports and a shorter interval.
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
            .catch(() => null); // while Prometheus starts
    };
    const value = async (query) => Number((await ask(`query?query=${encodeURIComponent(query)}`))?.result?.[0]?.value?.[1]);
    await until("both targets", async () => {
        const targets = (await ask("targets"))?.activeTargets ?? [];
        return targets.length === 2 && targets.every((target) => target.health === "up");
    });
    check(true, "Prometheus scrapes the monitor and the signer");
    check((await value("revenant_ready")) === 1, "Prometheus has revenant_ready = 1");
    const signed = await stage.sign();
    const level = `revenant_key_level{key="${signed.address}", kind="${signed.kind}"}`;
    await until("the level in Prometheus", async () => (await value(level)) === signed.level);
    check(true, "Prometheus gets the new level");
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
    check(refused.status !== 200, "an invalid request is rejected");
    const monitor = await stage.startMonitor({
        more: ["--sample-ms", "200", "--dependencies", `signer=${stage.signer}/healthz,${stage.signer}/readyz`],
    });
    await until("the signer's metrics", async () => (await text(`${monitor.url}/metrics`)).includes("revenant_breaker_state"));
    const known = await checkFormat(stage, `${monitor.url}/metrics`);
    await checkFormat(stage, `${stage.signer}/metrics`);
    checkNames(stage, known);
    await checkRules(stage);
    await checkScrape(stage, monitor);
});
