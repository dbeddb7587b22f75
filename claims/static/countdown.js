// Counts down what is left of a clock, by the second, from what the page said when it came: no clock of this device is asked.

const came = performance.now();

function shown(seconds) {
  const rest = Math.abs(seconds);
  return `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
}

function tick() {
  for (const one of document.querySelectorAll(".countdown")) {
    if (one.dataset.from === undefined) one.dataset.from = String((performance.now() - came) / 1000);
    const gone = (performance.now() - came) / 1000 - Number(one.dataset.from);
    const left = Math.floor(Number(one.dataset.left) - gone);
    one.textContent = (left <= 0 ? one.dataset.late : one.dataset.time).replace("{t}", shown(left));
    one.classList.toggle("is-fail", left <= 0);
  }
}

tick();
setInterval(tick, 1000);
