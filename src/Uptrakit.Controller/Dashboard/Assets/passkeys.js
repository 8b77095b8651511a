// Passkeys: asks the Controller for a question, the browser for an answer, and posts that with the form around the button.
(() => {
    "use strict";
    const ask = async (button, form) => {
        const making = button.dataset.passkey === "create";
        const token = form.querySelector("input[name=__RequestVerificationToken]").value;
        const reply = await fetch(making ? "/session/passkey-offer" : "/session/passkey-question",
            { method: "POST", headers: { RequestVerificationToken: token } });
        if (!reply.ok)
            throw new Error(reply.status === 429 ? "Too many attempts. Wait a minute." : "The Controller refused. Load the page again.");
        const options = await reply.json();
        const credential = making
            ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
            : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
        form.querySelector("input[data-credential]").value = JSON.stringify(credential);
        form.submit();
    };

    document.addEventListener("click", async event => {
        const button = event.target instanceof Element ? event.target.closest("[data-passkey]") : null;
        if (!button)
            return;
        event.preventDefault();
        const form = button.closest("form");
        const words = form.querySelector("[data-passkey-words]");
        words.textContent = "";
        if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
            words.textContent = "This browser has no passkeys, or the page was opened by an address instead of a name.";
            return;
        }
        button.disabled = true;
        try {
            await ask(button, form);
        } catch (fault) {
            words.textContent = fault.name === "NotAllowedError" ? "No passkey was given."
                : fault.name === "SecurityError" ? "Passkeys need a name in the address bar, not an IP address."
                : fault.name === "InvalidStateError" ? "This device has a passkey for you already."
                : fault.message;
        } finally {
            button.disabled = false;
        }
    });
})();
