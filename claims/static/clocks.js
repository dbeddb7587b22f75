// Clocks that run down in sight: each second the last day, so that nobody has to load the page to see how long is left.

const DAY = 86400;
const SOON = 1800;
const begun = performance.now();
const clocks = Array.from(document.querySelectorAll("[data-due]"), (place) => ({ place, left: Number(place.dataset.left) }));

function two(number) {
  return String(number).padStart(2, "0");
}

function span(seconds, place) {
  if (seconds >= 2 * DAY) return place.dataset.day.replace("{n}", Math.floor(seconds / DAY));
  return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
}

function tick() {
  const passed = Math.floor((performance.now() - begun) / 1000);
  for (const { place, left } of clocks) {
    const now = left - passed;
    const words = now <= 0 ? place.dataset.over : place.dataset.rest;
    const said = words.replace("{t}", span(Math.abs(now), place));
    if (place.textContent !== said) place.textContent = said;
    place.classList.toggle("late", now <= 0);
    place.classList.toggle("soon", now > 0 && now <= SOON);
  }
}

if (clocks.length) setInterval(tick, 1000);
