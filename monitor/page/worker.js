// Shared by all pages of this browser, so that they need one connection: it has six for a server, no more.
import {Hub} from "./hub.js";

const hub = new Hub();

self.onconnect = ({ports: [port]}) => {
    const listener = (message) => port.postMessage(message);
    port.onmessage = ({data}) => (data === "join" ? hub.join(listener) : hub.leave(listener));
};
