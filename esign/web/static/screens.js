// How long a screen was there and what was pressed on it, told once when it is left.

const meta = document.querySelector('meta[name="screen"]');
const shown = performance.now();
const actions = [];
const ACTIONS_AT_MOST = 60;
let told = false;

// Where a button or link leads, by the last part of its address.
function aimOf(element) {
  const address = String(element.href || (element.form && element.form.action) || "");
  if (address.indexOf(`${window.location.origin}/`) !== 0) return address ? "to-elsewhere" : "";
  const parts = address.split(/[?#]/)[0].split("/");
  return `to-${parts[parts.length - 1]}`;
}

// The name of what was pressed: what we call it, never what is written on it.
function nameOf(element) {
  const name = element.id || element.name || aimOf(element) || element.tagName;
  return String(name)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-0-9]+|-+$/g, "")
    .slice(0, 40);
}

document.addEventListener(
  "click",
  (event) => {
    const element = event.target.closest ? event.target.closest("button, a, summary, input, label") : null;
    const name = element ? nameOf(element) : "";
    if (name && actions.length < ACTIONS_AT_MOST) actions.push(name);
  },
  true,
);

window.addEventListener("pagehide", () => {
  if (told || !navigator.sendBeacon) return;
  const data = new FormData();
  data.append("form_token", meta.dataset.form);
  data.append("screen", meta.content);
  data.append("milliseconds", String(Math.max(0, Math.round(performance.now() - shown))));
  data.append("actions", JSON.stringify(actions));
  told = navigator.sendBeacon(meta.dataset.action, data);
});
