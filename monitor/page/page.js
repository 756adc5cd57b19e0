// The least that shows something: every event, as it comes.
"use strict";
const shown = {};
const source = new EventSource("events");
for (const name of ["snapshot", "health", "signer", "component", "sample", "log", "dropped", "shutdown"])
    source.addEventListener(name, (event) => {
        shown[name] = JSON.parse(event.data);
        document.getElementById("state").textContent = JSON.stringify(shown, null, 2);
    });
