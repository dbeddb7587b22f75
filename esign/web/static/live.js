// The live page follows what happens: every two seconds while something does, every five while nothing changes, and not at
// all while nobody looks.

const live = document.getElementById("live");
const fresh = document.getElementById("fresh");
const arrived = document.getElementById("arrived");
const OFTEN = 2000;
const QUIET = 5000;
const SLOWER = 500;
const SELDOM = 30000;
let wait = OFTEN;
let timer = 0;
let asking = false;
let last = new Date();

function two(number) {
  return String(number).padStart(2, "0");
}

function tell(kind) {
  // The clock of China, like every other time on the page.
  const there = new Date(last.getTime() + 8 * 3600 * 1000);
  const at = `${two(there.getUTCHours())}:${two(there.getUTCMinutes())}:${two(there.getUTCSeconds())}`;
  const words = fresh.dataset[kind].replace("{at}", at);
  if (fresh.textContent !== words) fresh.textContent = words;
}

// Puts the new parts in the place of those that differ. What has the focus keeps it, by its name or else by its place in
// its part; what was opened stays open.
function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html").getElementById("live-now");
  const now = document.getElementById("live-now");
  if (!next) {
    window.location.reload(); // the session is over, or the tablet is in a signer's hands: the page says so
    return;
  }
  const said = [];
  const parts = Array.from(next.querySelectorAll("[data-part]"));
  const same = parts.length === now.querySelectorAll("[data-part]").length
    && parts.every((part) => document.getElementById(part.id));
  if (!same) {
    now.replaceWith(document.importNode(next, true));
    return;
  }
  now.dataset.version = next.dataset.version;
  for (const part of parts) {
    const old = document.getElementById(part.id);
    if (old.outerHTML === part.outerHTML) continue;
    const within = Array.from(old.querySelectorAll("a, button, input, summary"));
    const place = within.indexOf(document.activeElement);
    const named = place >= 0 && document.activeElement.id;
    const opened = new Set(Array.from(old.querySelectorAll("details")).map((one, at) => (one.open ? at : -1)));
    if (part.dataset.say && old.dataset.say !== part.dataset.say) said.push(part.dataset.say);
    const put = document.importNode(part, true);
    // A picture that is there already is not asked for again: each look at one is recorded.
    for (const picture of put.querySelectorAll("img")) {
      const kept = Array.from(old.querySelectorAll("img")).find((one) => one.getAttribute("src") === picture.getAttribute("src"));
      if (kept) picture.replaceWith(kept);
    }
    put.querySelectorAll("details").forEach((one, at) => { if (opened.has(at)) one.open = true; });
    old.replaceWith(put);
    if (place >= 0) {
      const again = put.querySelectorAll("a, button, input, summary");
      ((named && document.getElementById(named)) || again[Math.min(place, again.length - 1)] || put).focus({ preventScroll: true });
    }
    if ("quiet" in part.dataset) continue; // it changes all the time: nothing to point at
    put.classList.add("is-new");
    put.addEventListener("animationend", () => { put.removeAttribute("class"); put.className = part.className; });
    setTimeout(() => { put.className = part.className; }, 1500);
  }
  if (said.length) arrived.textContent = said.join("；");
}

async function ask() {
  clearTimeout(timer);
  if (asking) return;
  if (document.visibilityState === "hidden") {
    tell("rest");
    return;
  }
  asking = true;
  try {
    const seen = encodeURIComponent(document.getElementById("live-now").dataset.version);
    const join = live.dataset.url.includes("?") ? "&" : "?";
    const answer = await fetch(`${live.dataset.url}${join}seen=${seen}`, { credentials: "same-origin", cache: "no-store" });
    if (answer.redirected || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
      window.location.reload();
      return;
    }
    if (!answer.ok) throw new Error("busy");
    const changed = answer.status === 200;
    if (changed) show(await answer.text());
    last = new Date();
    wait = changed || wait > QUIET ? OFTEN : Math.min(wait + SLOWER, QUIET);
    tell("now");
  } catch (error) {
    wait = Math.min(wait * 2, SELDOM); // the connection is lost, or the service has much to do
    tell("lost");
  } finally {
    asking = false;
  }
  timer = setTimeout(ask, wait);
}

if (live) {
  tell("now");
  timer = setTimeout(ask, wait);
  document.addEventListener("visibilitychange", () => { wait = OFTEN; ask(); });
  window.addEventListener("online", () => { wait = OFTEN; ask(); });
}
