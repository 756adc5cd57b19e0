// The page's end of the stream: shared with other pages where the browser can, else its own.
import {Hub} from "./hub.js";

/// `failed`: the worker could not be loaded.
function sharedLink(listener, failed) {
    const worker = new SharedWorker("worker.js", {type: "module", name: "revenant"});
    worker.onerror = failed;
    worker.port.onmessage = ({data}) => listener(data);
    worker.port.start();
    return {join: () => worker.port.postMessage("join"), leave: () => worker.port.postMessage("leave")};
}

function ownLink(listener) {
    const hub = new Hub();
    const take = (message) => listener(structuredClone(message)); // as it is with a worker
    return {join: () => hub.join(take), leave: () => hub.leave(take)};
}

/// Calls `listener` with {model}, {link} or {event} until the page is hidden for good, and again when it comes back.
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
