// A page of the console that the browser kept is not shown again as it was: who has the tablet may be a signer now.

function hide() {
  document.documentElement.hidden = true;
}

// Nothing of the console is left to come back to once the tablet is handed over.
for (const form of document.querySelectorAll("form[data-hands-over]")) {
  form.addEventListener("submit", () => window.addEventListener("pagehide", hide));
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    hide();
    window.location.reload();
  }
});

// In another tab it may have been handed over while this one was behind.
document.addEventListener("visibilitychange", async () => {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch("/console/awake", { credentials: "same-origin", cache: "no-store" });
    if (answer.redirected) {
      hide();
      window.location.reload();
    }
  } catch (error) {
    // without a connection nothing can be asked; every address that is opened asks anew
  }
});
