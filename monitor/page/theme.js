// Applies the stored theme before the first paint; default: the system's theme.
"use strict";
const themes = ["auto", "light", "dark"];

function storedTheme() {
    try {
        const stored = localStorage.getItem("theme");
        return themes.includes(stored) ? stored : "auto";
    } catch {
        return "auto"; // storage unavailable: the choice lasts until the page is closed
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
