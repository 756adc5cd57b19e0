// Shares one stream among several listeners: a new listener gets the model, then each change.
import {apply, emptyModel, maxSilence} from "./model.js";
import {Stream} from "./stream.js";

export class Hub {
    constructor() {
        this.listeners = new Set();
        this.model = emptyModel();
        this.link = {state: "connecting", tries: 0};
        this.stream = new Stream(
            (name, data) => this.take(name, data),
            (link) => this.say(link),
            () => maxSilence(this.model),
        );
    }

    join(listener) {
        this.listeners.add(listener);
        listener({model: this.model, link: this.link});
        this.stream.open();
    }

    leave(listener) {
        this.listeners.delete(listener);
        if (this.listeners.size === 0) this.stream.close();
    }

    take(name, data) {
        const at = Date.now();
        apply(this.model, name, data, at);
        this.post({event: {name, data, at}});
    }

    say(link) {
        this.link = link;
        this.post({link});
    }

    post(message) {
        for (const listener of this.listeners) listener(message);
    }
}
