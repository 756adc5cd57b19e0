// Connects the page to the stream: through a SharedWorker where available, else with its own connection.
import {Hub} from "./hub.js";

/// `failed`: called if the worker cannot be loaded.
function sharedLink(listener, failed) {
    const worker = new SharedWorker("worker.js", {type: "module", name: "revenant"});
    worker.onerror = failed;
    worker.port.onmessage = ({data}) => listener(data);
    worker.port.start();
    return {join: () => worker.port.postMessage("join"), leave: () => worker.port.postMessage("leave")};
}

function ownLink(listener) {
    const hub = new Hub();
    const take = (message) => listener(structuredClone(message)); // a worker's messages are copied too
    return {join: () => hub.join(take), leave: () => hub.leave(take)};
}

/// Calls `listener` with {model}, {link} or {event} until pagehide, and again once the page is restored from the cache.
export function follow(listener) {
    let link;
    const useOwn = () => {
        link = ownLink(listener);
        link.join();
    };
    addEventListener("pagehide", () => link.leave());
    addEventListener("pageshow", (event) => {
        if (event.persisted) link.join();
    });
    if (!("SharedWorker" in globalThis)) return useOwn();
    link = sharedLink(listener, useOwn);
    link.join();
}
