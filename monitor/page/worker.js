// Shared by all pages of a browser, so that they use one connection: browsers open at most six per server (HTTP/1.1).
import {Hub} from "./hub.js";

const hub = new Hub();

self.onconnect = ({ports: [port]}) => {
    const listener = (message) => port.postMessage(message);
    port.onmessage = ({data}) => (data === "join" ? hub.join(listener) : hub.leave(listener));
};
