// Forms that are sent once, what a device tells of itself, and the seconds until another code may be sent.

const SENT_AGAIN_AFTER = 8000;

const said = document.getElementById("form-said");
const SLOW = 1000;
let slow = 0;

function say(text) {
  if (!said) return;
  said.textContent = text;
  said.hidden = !text;
}

function buttonOf(event) {
  const form = event.target;
  return event.submitter || document.querySelector(`.btn.main[form="${form.id}"]`) || form.querySelector(".btn");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < SENT_AGAIN_AFTER) {
    event.preventDefault();
    return;
  }
  if (navigator.onLine === false) {
    event.preventDefault();
    say(said ? said.dataset.offline : "");
    return;
  }
  form.dataset.sent = String(Date.now());
  const button = buttonOf(event);
  if (button) button.setAttribute("aria-busy", "true");
  clearTimeout(slow);
  slow = setTimeout(() => say(said ? said.dataset.sending : ""), SLOW);
});

window.addEventListener("online", () => say(""));

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  clearTimeout(slow);
  say("");
  for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

function zone() {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  } catch (error) {
    return ""; // a browser without the zone tells none
  }
}

for (const form of document.querySelectorAll("form[data-device]")) {
  form.elements.screen.value = `${screen.width}x${screen.height}@${window.devicePixelRatio || 1}`;
  form.elements.time_zone.value = zone();
}

for (const button of document.querySelectorAll("[data-again]")) {
  if (!/^[0-9]+$/.test(button.dataset.again)) continue;
  const hint = document.querySelector("[data-again-hint]");
  const ready = performance.now() + Number(button.dataset.again) * 1000;
  const tick = () => {
    const left = Math.ceil((ready - performance.now()) / 1000);
    if (left <= 0) {
      button.removeAttribute("aria-disabled");
      if (hint) hint.hidden = true;
      return;
    }
    if (hint) hint.textContent = hint.dataset.words.replace("{n}", String(left));
    setTimeout(tick, 500);
  };
  button.setAttribute("aria-disabled", "true");
  button.addEventListener("click", (event) => {
    if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  });
  tick();
}

const wrong = document.querySelector("[aria-invalid='true']");
if (wrong) wrong.focus();
