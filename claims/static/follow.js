// The page of a claim follows what happens to it, while somebody is on the phone: what is read is put in its place, and
// what somebody types stays as it is.

const bar = document.querySelector("[data-follow]");
const EVERY = 3000;
const SELDOM = 15000;
let version = bar ? bar.dataset.version : "";
let timer = 0;

function next(after) {
  clearTimeout(timer);
  timer = setTimeout(look, after);
}

async function renew() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(document.importNode(fresh, true));
  }
  bar.querySelector("[data-words]").textContent = bar.dataset.changed;
  bar.hidden = false;
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(bar.dataset.follow, { headers: { Accept: "application/json" } });
    const isTold = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    if (!answer.ok || answer.redirected || !isTold) return; // the session is over: the next press says so
    const told = await answer.json();
    if (String(told.version) !== version) {
      version = String(told.version);
      await renew();
    }
    next(EVERY);
  } catch (error) {
    next(SELDOM); // no connection
  }
}

if (bar && window.fetch) {
  document.addEventListener("visibilitychange", () => next(0));
  next(EVERY);
}
