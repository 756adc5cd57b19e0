// Creates elements, and updates a part of the page in place, so that focus, selection and scroll position stay. Text is
// never parsed as HTML.

const svgNames = new Set(["svg", "g", "path", "line", "rect", "circle", "text", "polyline", "title"]);

/// h("p", {class: "x"}, "text", child...); omits children and attributes that are null, undefined or false.
export function h(name, attributes, ...children) {
    const element = svgNames.has(name)
        ? document.createElementNS("http://www.w3.org/2000/svg", name)
        : document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {}))
        if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

/// Replaces the children of `element`, reusing nodes that match.
export function show(element, ...children) {
    const wanted = document.createDocumentFragment();
    wanted.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    matchChildren(element, wanted);
}

function matchChildren(have, want) {
    const wanted = [...want.childNodes];
    for (let at = 0; at < wanted.length; ++at) {
        const old = have.childNodes[at];
        if (!old) have.append(wanted[at]);
        else if (old.nodeName !== wanted[at].nodeName) old.replaceWith(wanted[at]);
        else matchNode(old, wanted[at]);
    }
    while (have.childNodes.length > wanted.length) have.lastChild.remove();
}

function matchNode(have, want) {
    if (have.nodeType === Node.TEXT_NODE) {
        if (have.data !== want.data) have.data = want.data;
        return;
    }
    for (const {name} of [...have.attributes]) if (!want.hasAttribute(name)) have.removeAttribute(name);
    for (const {name, value} of want.attributes) if (have.getAttribute(name) !== value) have.setAttribute(name, value);
    matchChildren(have, want);
}
