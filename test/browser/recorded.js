// A fake monitor: serves the page's files and recorded responses, with an event stream that the test controls.
"use strict";
const fs = require("fs");
const http = require("http");
const path = require("path");

const types = {html: "text/html; charset=utf-8", css: "text/css", js: "text/javascript", svg: "image/svg+xml"};
const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `answer`: {snapshot, history}; `refuse`: if not 0, HTTP status for stream requests; `silent`: streams send no event;
/// `asked`, `lastIds`: times of stream requests and the event ids in them.
class Recorded {
    constructor(page, answer) {
        this.page = page;
        this.answer = answer;
        this.refuse = 0;
        this.silent = false;
        this.asked = [];
        this.lastIds = [];
        this.streams = new Set();
        this.server = http.createServer((request, response) => this.reply(request, response));
    }

    start(port = 0) {
        return new Promise((done) => this.server.listen(port, "127.0.0.1", () => done(this.server.address().port)));
    }

    stop() {
        for (const stream of this.streams) stream.destroy();
        this.server.closeAllConnections();
        return new Promise((done) => this.server.close(done));
    }

    reply(request, response) {
        const {pathname: name, searchParams} = new URL(request.url, "http://x");
        if (name === "/events") return this.stream(response, searchParams.get("last-event-id"));
        if (name === "/api/history")
            return response.writeHead(200, {"Content-Type": "application/json"}).end(JSON.stringify(this.answer.history));
        const file = path.join(this.page, name === "/" ? "index.html" : path.basename(name));
        if (!fs.existsSync(file)) return response.writeHead(404).end();
        response.writeHead(200, {"Content-Type": types[file.split(".").pop()], "Content-Security-Policy": policy});
        response.end(fs.readFileSync(file));
    }

    stream(response, lastId) {
        this.asked.push(Date.now());
        this.lastIds.push(lastId);
        if (this.refuse !== 0) return response.writeHead(this.refuse).end();
        response.writeHead(200, {"Content-Type": "text/event-stream", "Cache-Control": "no-store"});
        response.write("retry: 200\n\n");
        this.streams.add(response);
        response.on("close", () => this.streams.delete(response));
        if (!this.silent) this.send("snapshot", this.answer.snapshot, [response]);
    }

    send(name, data, to = this.streams) {
        for (const stream of to)
            stream.write(`event: ${name}\nid: recorded-${this.asked.length}\ndata: ${JSON.stringify(data)}\n\n`);
    }
}

module.exports = {Recorded};
