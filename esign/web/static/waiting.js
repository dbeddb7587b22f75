// Asks now and then whether something has changed, and shows the page anew when it has.

const waiting = document.getElementById("waiting");
const SOON = 1500;
const LATER = 15000;
let asked = 0;

async function ask() {
  asked += 1;
  if (document.visibilityState !== "hidden") {
    try {
      const answer = await fetch(waiting.dataset.url, {
        credentials: "same-origin",
        headers: { Accept: "application/json" },
      });
      const body = await answer.json();
      if (!answer.ok || body.state !== waiting.dataset.state) {
        window.location.reload();
        return;
      }
    } catch (error) {
      asked = Math.max(asked, 20); // the connection is lost: ask less often
    }
  }
  setTimeout(ask, asked < 20 ? SOON : LATER);
}

if (waiting) setTimeout(ask, SOON);
