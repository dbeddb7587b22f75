// How long a page is before the reader's eyes, zooming, and the seconds that are still lacking.

const form = document.getElementById("read");
const begun = performance.now();
const stays = [];
let entered = null;

const now = () => Math.max(0, Math.round(performance.now() - begun));

function enter() {
  if (entered === null && document.visibilityState !== "hidden") entered = now();
}

function leave() {
  if (entered !== null && stays.length < 50) stays.push([entered, now()]);
  entered = null;
}

function told() {
  const open = entered === null ? [] : [[entered, now()]];
  return stays.concat(open).filter((stay) => stay[1] > stay[0]);
}

function seconds() {
  return told().reduce((sum, stay) => sum + stay[1] - stay[0], 0) / 1000;
}

const picture = document.querySelector("#paper img");
if (!picture || picture.complete) enter();
else picture.addEventListener("load", enter);

let sent = false;
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") leave();
  else enter();
});
form.addEventListener("submit", (event) => {
  if (button.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    return;
  }
  sent = true;
  form.elements.stays.value = JSON.stringify(told());
}, true);

// Whoever leaves by another way has read as well.
window.addEventListener("pagehide", () => {
  leave();
  if (sent || stays.length === 0 || !navigator.sendBeacon) return;
  const data = new FormData(form);
  data.set("stays", JSON.stringify(stays));
  data.set("then", "stay");
  sent = navigator.sendBeacon(form.action, data);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

const least = Number(form.dataset.least);
const before = Number(form.dataset.read);
const button = form.querySelector("button.main");
const label = button.textContent;
const hint = document.getElementById("progress");
const bar = form.querySelector("progress");

function tick() {
  const read = before + seconds();
  if (hint) {
    const shown = Math.min(Math.floor(read), least);
    hint.textContent = hint.dataset.words.replace("{n}", String(shown)).replace("{least}", String(least));
  }
  if (bar) bar.value = Math.min(read, least);
  const lacking = Math.ceil(least - read);
  if (form.dataset.last !== undefined && lacking > 0) {
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.waitWords.replace("{n}", String(lacking));
  } else if (button.hasAttribute("aria-disabled")) {
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }
  if (lacking > 0) setTimeout(tick, 500);
}
if (least > 0) tick();

const paper = document.getElementById("paper");
for (const link of document.querySelectorAll("[data-zoom]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const box = picture.getBoundingClientRect();
    const inside = paper.contains(link);
    const across = inside && box.width ? (event.clientX - box.left) / box.width : 0;
    const down = inside && box.height ? (event.clientY - box.top) / box.height : 0;
    paper.classList.toggle("zoomed");
    if (paper.classList.contains("zoomed")) {
      paper.scrollLeft = across * paper.scrollWidth - paper.clientWidth / 2;
      paper.scrollTop = down * paper.scrollHeight - paper.clientHeight / 2;
    }
  });
}
