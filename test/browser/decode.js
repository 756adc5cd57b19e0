// The event stream as third-party decoders read it, split at any byte; and resumption after a disconnect.
"use strict";
const net = require("net");
const {createParser} = require("eventsource-parser");
const {EventSource} = require("eventsource");
const {check, run, until} = require("./stage.js");

const names = ["snapshot", "health", "signer", "component", "sample", "log", "dropped", "shutdown"];

/// Records a snapshot and the events of `signatures` signatures as bytes. HTTP/1.0: no chunked encoding.
async function record(stage, port, signatures) {
    const socket = net.connect(port, "127.0.0.1");
    let bytes = Buffer.alloc(0);
    socket.on("data", (more) => (bytes = Buffer.concat([bytes, more])));
    socket.write("GET /events HTTP/1.0\r\n\r\n");
    await until("a snapshot", () => bytes.includes("event: snapshot"));
    for (let count = 0; count < signatures; ++count) {
        const signed = await stage.sign();
        await until(
            "the signature's event",
            () => bytes.lastIndexOf(`"level":${signed.level},`) > bytes.indexOf("event: signer"),
        );
    }
    socket.destroy();
    const body = bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);
    return body.subarray(0, body.lastIndexOf("\n\n") + 2);
}

function parse(pieces) {
    const events = [],
        decoder = new TextDecoder();
    const parser = createParser({onEvent: ({event, id, data}) => events.push([event, id, data])});
    for (const piece of pieces) parser.feed(decoder.decode(piece, {stream: true}));
    return events;
}

/// Parses the pieces with npm's `eventsource`, as the response body.
function listen(pieces, count) {
    return new Promise((done, fail) => {
        const events = [];
        const answer = async () =>
            new Response(
                new ReadableStream({
                    start(controller) {
                        for (const piece of pieces) if (piece.length > 0) controller.enqueue(piece);
                    },
                }),
                {headers: {"Content-Type": "text/event-stream"}},
            );
        const source = new EventSource("http://127.0.0.1/events", {fetch: answer});
        source.onerror = (error) => fail(new Error(`the stream failed: ${error.message}`));
        for (const name of names)
            source.addEventListener(name, (event) => {
                events.push([name, event.lastEventId, event.data]);
                if (events.length === count) {
                    source.close();
                    done(events);
                }
            });
    });
}

async function checkCuts(bytes) {
    const whole = parse([bytes]);
    check(whole.length >= 2 && whole[0][0] === "snapshot", `a snapshot comes first: ${whole.map((event) => event[0])}`);
    for (const [name, id, data] of whole)
        check(
            names.includes(name) && /^[0-9a-f]{8}-\d+$/.test(id) && typeof JSON.parse(data) === "object",
            `a valid event: ${name} ${id}`,
        );
    const wanted = JSON.stringify(whole);
    for (let at = 0; at <= bytes.length; ++at) {
        const pieces = [bytes.subarray(0, at), bytes.subarray(at)];
        if (JSON.stringify(parse(pieces)) !== wanted) throw new Error(`eventsource-parser differs when split at ${at}`);
        if (JSON.stringify(await listen(pieces, whole.length)) !== wanted)
            throw new Error(`eventsource differs when split at ${at}`);
    }
    check(JSON.stringify(parse([...bytes].map((byte) => Buffer.from([byte])))) === wanted, "byte by byte gives the same events");
    check(true, `splitting at each of ${bytes.length} bytes gives the same events`);
}

/// A live stream, and resumption with Last-Event-ID.
async function checkLive(stage, url) {
    const source = new EventSource(`${url}/events`);
    const events = [];
    for (const name of names)
        source.addEventListener(name, (event) => events.push({name, id: event.lastEventId, data: JSON.parse(event.data)}));
    await until("a snapshot", () => events.some((event) => event.name === "snapshot"));
    const signed = await stage.sign();
    const tells = (event) =>
        event.name === "signer" &&
        event.data.devices[0].keys.some((key) => key.address === signed.address && key.marks[signed.kind].level === signed.level);
    await until("the signature's event", () => events.some(tells));
    check(true, "a signature causes an event");
    source.close();
    const last = events.at(-1).id;
    await stage.sign();
    const answer = await fetch(`${url}/events`, {headers: {"Last-Event-ID": last}});
    const reader = answer.body.getReader();
    let text = "";
    await until("a replay", async () => (text += Buffer.from((await reader.read()).value).toString()).includes("event: signer"));
    check(!text.includes("event: snapshot"), "a client with Last-Event-ID gets the missed events and no snapshot");
    await reader.cancel();
}

run(async (stage) => {
    const {port, url} = await stage.startMonitor();
    await checkCuts(await record(stage, port, 2));
    await checkLive(stage, url);
});
