// The report is kept on the device while it is typed, sent when there is a connection, and sent once: the service makes
// one claim of one invitation, however often it hears of it. What is kept is gone with the answer, or after a day.

const form = document.getElementById("report");
const kept = document.getElementById("kept");
const key = `claims-report ${form.getAttribute("action")}`;
const DAY = 24 * 3600 * 1000;
let waiting = false;
let sending = false;

function store(value) {
  try {
    if (value === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch (error) {
    return false; // private browsing: the page itself still has what was typed
  }
}

function stored() {
  try {
    const found = JSON.parse(window.localStorage.getItem(key));
    return found && Date.now() - found.at < DAY ? found : null;
  } catch (error) {
    return null;
  }
}

function typed() {
  const found = {};
  for (const [name, value] of new FormData(form)) if (name !== "form_token" && name !== "anyway") found[name] = value;
  return found;
}

function keep() {
  store({ at: Date.now(), typed: typed(), waiting });
}

function say(name) {
  kept.textContent = name ? kept.dataset[name] : "";
  kept.hidden = !name;
}

function fill(values) {
  for (const [name, value] of Object.entries(values)) {
    const fields = form.elements[name];
    if (!fields) continue;
    if (fields instanceof RadioNodeList) fields.value = value;
    else fields.value = value;
  }
}

function beside() {
  for (const one of form.querySelectorAll("[data-when]")) {
    const [name, value] = one.dataset.when.split("=");
    one.hidden = form.elements[name].value !== value;
  }
}

function wrong(found) {
  let first = null;
  for (const place of form.querySelectorAll("[data-wrong]")) {
    const said = found[place.dataset.wrong] || "";
    place.textContent = said;
    place.hidden = !said;
    if (said) place.setAttribute("role", "alert");
    if (said && !first) first = place;
  }
  if (first) first.scrollIntoView({ block: "center" });
}

function natively() {
  const button = document.querySelector('.btn[form="report"]');
  button.removeAttribute("aria-busy");
  form.dataset.native = "1";
  delete form.dataset.sent;
  form.submit();
}

async function send() {
  if (sending) return;
  sending = true;
  say("sending");
  let answer;
  let body;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-Form-Token": form.dataset.token },
      body: new URLSearchParams(new FormData(form)),
    });
    body = await answer.json();
  } catch (error) {
    sending = false;
    if (answer) return natively();
    waiting = true;
    keep();
    say("offline");
    setTimeout(() => waiting && send(), 15000);
    return;
  }
  sending = false;
  waiting = false;
  keep();
  say("");
  if (body.next && answer.ok) {
    store(null);
    window.location.assign(body.next);
  } else if (body.wrong) wrong(body.wrong);
  else natively();
}

// Where the phone is goes with the report only if the person has it found here, and can be taken back before it is sent.
function place() {
  const here = document.getElementById("here");
  const [find, drop] = here.querySelectorAll("button");
  const said = here.querySelector("[role=status]");
  const field = form.elements.located;
  const show = (name) => {
    said.textContent = name ? here.dataset[name] : "";
    find.hidden = Boolean(field.value);
    drop.hidden = !field.value;
  };
  here.hidden = !navigator.geolocation;
  find.addEventListener("click", () => {
    said.textContent = here.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)}`;
        keep();
        show("had");
      },
      () => show("none"),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  });
  drop.addEventListener("click", () => {
    field.value = "";
    keep();
    show("");
  });
  show(field.value ? "had" : "");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation(); // the page's own "no connection" is not true here: it is kept
  if (navigator.onLine === false) {
    waiting = true;
    keep();
    say("offline");
    return;
  }
  send();
});
form.addEventListener("input", () => {
  beside();
  keep();
});
form.addEventListener("change", () => {
  beside();
  keep();
});
window.addEventListener("online", () => waiting && send());

const found = form.elements.anyway ? null : stored();
if (found) {
  fill(found.typed);
  waiting = found.waiting;
}
beside();
place();
if (waiting) {
  say("offline");
  if (navigator.onLine !== false) send();
}
