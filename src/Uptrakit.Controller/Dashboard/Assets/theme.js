// Runs before the page is painted: picks the colour scheme, and lets people switch it.
(() => {
    "use strict";
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
    const apply = () => { root.dataset.theme = stored() ?? (system.matches ? "dark" : "light"); };

    apply();
    system.addEventListener("change", apply);
    // A new page is put into the old document, whose root element may lose what was set on it.
    new MutationObserver(() => { if (!root.dataset.theme) apply(); }).observe(root, { attributeFilter: ["data-theme"] });

    document.addEventListener("click", event => {
        const target = event.target instanceof Element ? event.target : null;
        if (target?.closest("[data-theme-switch]")) {
            try { localStorage.setItem("theme", root.dataset.theme === "dark" ? "light" : "dark"); } catch { return; }
            apply();
        }
        const copy = target?.closest("[data-copy]");
        if (copy) {
            const source = document.getElementById(copy.dataset.copy);
            navigator.clipboard?.writeText(source.value ?? source.textContent.trim()).then(() => {
                const words = copy.textContent;
                copy.textContent = "Copied";
                setTimeout(() => { copy.textContent = words; }, 1500);
            });
        }
        if (target?.closest("[data-menu] a"))
            target.closest("[data-menu]").open = false;
    });

    // The set-up code comes after the #, which is sent to nobody; into the form with it, and out of the history.
    document.addEventListener("DOMContentLoaded", () => {
        const field = document.querySelector("input[data-from-fragment]");
        if (field && location.hash.length > 1) {
            field.value = decodeURIComponent(location.hash.slice(1));
            history.replaceState(null, "", location.pathname);
        }
    });
})();
