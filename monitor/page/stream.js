// One event stream with reconnection and back-off. Runs in a page or in the shared worker.

const names = ["snapshot", "health", "signer", "component", "sample", "log", "dropped", "shutdown"];
const firstPause = 1000,
    longestPause = 30000; // milliseconds
const patience = 10000; // milliseconds, until the response starts

/// `tell(name, data)`: called for each event and for "history".
/// `say(link)`: called with {state: "connecting" | "open" | "waiting", tries, until}.
/// `maxSilence()`: milliseconds without an event after which a new stream is opened. A proxy may keep a connection open
/// that no longer carries data; the browser does not notice.
export class Stream {
    constructor(tell, say, maxSilence) {
        this.tell = tell;
        this.say = say;
        this.maxSilence = maxSilence;
        this.source = null;
        this.timer = 0;
        this.silence = 0;
        this.tries = 0;
        this.lastId = "";
    }

    open() {
        if (this.source !== null) return;
        clearTimeout(this.timer);
        this.say({state: "connecting", tries: this.tries});
        const again = this.lastId === "" ? "" : `?last-event-id=${encodeURIComponent(this.lastId)}`;
        const source = new EventSource(`events${again}`);
        this.source = source;
        this.expect();
        source.onopen = () => {
            clearTimeout(this.timer);
            this.expectEvent();
            this.say({state: "open", tries: this.tries});
        };
        source.onerror = () => this.broken();
        for (const name of names) source.addEventListener(name, (event) => this.take(name, event));
    }

    close() {
        clearTimeout(this.timer);
        clearTimeout(this.silence);
        this.source?.close();
        this.source = null;
    }

    /// Reports a slow connection: a browser queues requests silently while all its connections to the server are in use.
    expect() {
        this.timer = setTimeout(() => this.say({state: "connecting", tries: this.tries, slow: true}), patience);
    }

    expectEvent() {
        clearTimeout(this.silence);
        this.silence = setTimeout(() => this.reopen(), this.maxSilence());
    }

    reopen() {
        this.close();
        this.open();
    }

    take(name, event) {
        let data;
        try {
            data = JSON.parse(event.data);
        } catch {
            return; // not an event of the monitor
        }
        this.tries = 0; // not in onopen: a stream without events does not count as connected
        if (event.lastEventId) this.lastId = event.lastEventId;
        this.tell(name, data);
        this.expectEvent();
        if (name === "snapshot") this.fetchHistory();
    }

    /// Lets the browser reconnect as long as it tries; once it has given up, reconnects with exponential back-off.
    broken() {
        clearTimeout(this.timer);
        clearTimeout(this.silence);
        this.tries += 1;
        if (this.source.readyState !== EventSource.CLOSED) {
            this.say({state: "waiting", tries: this.tries});
            this.expect();
            return;
        }
        this.close();
        const pause = Math.min(longestPause, firstPause * 2 ** (this.tries - 1)) * (0.75 + Math.random() / 2);
        this.say({state: "waiting", tries: this.tries, until: Date.now() + pause});
        this.timer = setTimeout(() => this.open(), pause);
    }

    async fetchHistory() {
        try {
            const answer = await fetch("api/history", {signal: AbortSignal.timeout(5000)});
            if (answer.ok) this.tell("history", await answer.json());
        } catch {
            // the charts start empty
        }
    }
}
