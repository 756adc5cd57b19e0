// Before the first paint: the theme that was chosen last. Without a choice the system's goes.
"use strict";
const themes = ["auto", "light", "dark"];

function storedTheme() {
    try {
        const stored = localStorage.getItem("theme");
        return themes.includes(stored) ? stored : "auto";
    } catch {
        return "auto"; // no storage here: the choice lasts as long as the page
    }
}

function useTheme(theme) {
    document.documentElement.dataset.theme = theme;
    try {
        localStorage.setItem("theme", theme);
    } catch {
        // as above
    }
    const button = document.getElementById("theme");
    if (button) button.textContent = `Theme: ${theme}`;
}

function nextTheme() {
    const now = themes.indexOf(document.documentElement.dataset.theme);
    useTheme(themes[(now + 1) % themes.length]);
}

document.documentElement.dataset.theme = storedTheme();
document.addEventListener("DOMContentLoaded", () => {
    useTheme(storedTheme());
    document.getElementById("theme").addEventListener("click", nextTheme);
    document.addEventListener("keydown", (event) => {
        if (event.key.toLowerCase() === "t" && !event.ctrlKey && !event.metaKey && !event.altKey) nextTheme();
    });
});
