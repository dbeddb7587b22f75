// Scans: a hand scanner types and presses Enter, one request each, in order. What cannot be sent is kept on this device
// and sent later, once: the service takes a scan that comes twice as one.

const form = document.getElementById("scan");
const field = document.getElementById("code");
const result = document.getElementById("result");
const buffer = document.querySelector("[data-buffer]");
const KEPT = form ? `scans of ${form.dataset.who}` : "scans"; // nobody sends what somebody else scanned
const PAST_AT_MOST = 20;
const WAIT = 4000;
const SLOW = 700;
const BUSY = [429, 502, 503, 504];
// A scanner whose Enter comes late, or not at all: codes that run into each other are told apart by their form.
const CODE = "(?:PCL-[0-9A-Z]{26}|[A-Z]{2}[0-9]{6,18}(?:-[0-9]{1,2}[A-Z])?)";
let sending = false;
let retrying = 0;
let sound = null;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) || [];
  } catch (error) {
    return []; // a browser that keeps nothing has nothing kept
  }
}

function keep(scans) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(scans));
    return true;
  } catch (error) {
    return false;
  }
}

// Another tab may have sent the same and dropped it: what stands first now is not dropped in its place.
function drop(sent) {
  const scans = kept();
  const at = scans.findIndex((one) => JSON.stringify(one) === JSON.stringify(sent));
  if (at >= 0) keep(scans.filter((one, index) => index !== at));
}

// What stands large is about the last scan, also before it is answered: the answer to the one before would be taken for it.
function showTaken(code, words) {
  result.hidden = false;
  result.className = "result wait";
  for (const [name, text] of [["title", words], ["code", code.slice(0, 60)], ["text", ""]]) {
    result.querySelector(`[data-${name}]`).textContent = text;
  }
  offer(null);
}

// A policy of another parcel arrives when somebody says that they hold it.
function offer(told) {
  const asked = document.getElementById("other");
  if (!asked) return;
  asked.hidden = !told;
  if (!told) return;
  asked.elements.code.value = told.code;
  asked.elements.apart.value = told.other.parcel;
  asked.querySelector("[data-other-label]").textContent = told.other.label;
  asked.querySelector("[data-other-parcel]").href = `/console/delivery/parcels/${told.other.parcel}`;
}

function tone(kind) {
  const Sound = window.AudioContext || window.webkitAudioContext;
  if (!Sound) return;
  sound = sound || new Sound();
  const voice = sound.createOscillator();
  const loud = sound.createGain();
  voice.frequency.value = kind === "done" ? 1040 : kind === "again" ? 620 : 210;
  loud.gain.value = 0.12;
  voice.connect(loud).connect(sound.destination);
  voice.start();
  voice.stop(sound.currentTime + (kind === "no" ? 0.45 : 0.09));
}

function show(told) {
  result.hidden = false;
  result.className = `result ${told.tone}`;
  const read = told.code || told.scanned.slice(0, 60);
  for (const [name, text] of [["title", told.title], ["code", read], ["text", told.text]]) {
    result.querySelector(`[data-${name}]`).textContent = text;
  }
  offer(told.other ? told : null);
  tone(told.tone);
  const line = document.createElement("li");
  const code = document.createElement("span");
  code.className = "mono";
  code.textContent = read;
  const said = document.createElement("span");
  said.className = told.tone;
  said.textContent = told.tone === "no" ? told.text : told.title;
  line.append(code, said);
  if (told.other && document.getElementById("other")) line.append(again(told));
  const past = document.querySelector("[data-past]");
  if (told.tone !== "no") { // what was asked about it is answered
    for (const asked of past.querySelectorAll("button")) if (asked.dataset.about === read) asked.remove();
  }
  past.prepend(line);
  while (past.children.length > PAST_AT_MOST) past.lastChild.remove();
  document.querySelector("[data-past-part]").hidden = false;
  if (told.tone !== "no" && told.parcel) choose(told);
}

// The question stays with its line, when the next scan has taken its place above.
function again(told) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn small-btn";
  button.dataset.about = told.code;
  button.textContent = document.querySelector("#other button").textContent;
  button.addEventListener("click", () => {
    button.remove();
    take(told.code, told.other.parcel);
    field.focus();
  });
  return button;
}

// A parcel that was scanned is the one that the next scans are for.
function choose(told) {
  for (const one of document.querySelectorAll("#scan, #picture, #other")) {
    let parcel = one.elements.parcel;
    if (!parcel) {
      parcel = document.createElement("input");
      parcel.type = "hidden";
      parcel.name = "parcel";
      one.append(parcel);
    }
    parcel.value = told.parcel;
  }
  document.querySelector("[data-chosen]").hidden = false;
  document.querySelector("[data-label]").textContent = told.label;
  document.querySelector("[data-parcel]").href = `/console/delivery/parcels/${told.parcel}`;
  const part = document.querySelector("[data-missing-part]");
  if (!part) return;
  part.hidden = !told.missing.length;
  part.querySelector("[data-missing]").replaceChildren(...told.missing.map((one) => {
    const line = document.createElement("li");
    line.className = "mono";
    line.textContent = one;
    return line;
  }));
}

function tellWaiting(words) {
  const waiting = kept().length;
  buffer.hidden = !waiting || !words;
  if (!waiting || !words) return;
  buffer.querySelector("[data-words]").textContent = `${form.dataset.waiting.replace("{n}", waiting)} · ${words}`;
  buffer.querySelector("a").hidden = words !== form.dataset.lost;
}

function later() {
  clearTimeout(retrying);
  retrying = setTimeout(send, WAIT);
}

// Send what is kept, the oldest first, one after another: each goes when it is answered, and not before.
async function send() {
  if (sending) return;
  sending = true;
  const slow = setTimeout(() => {
    tellWaiting(form.dataset.sending);
    const last = kept().pop();
    if (last) showTaken(last.code, form.dataset.took);
  }, SLOW);
  try {
    for (let scans = kept(); scans.length; scans = kept()) {
      const body = new URLSearchParams({ ...scans[0], form_token: form.elements.form_token.value });
      if (!scans[0].parcel && scans[0].act === form.elements.act.value && form.elements.parcel) {
        body.set("parcel", form.elements.parcel.value); // the label was among what was sent just now
      }
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const isTold = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      if (BUSY.includes(answer.status)) throw new Error(`the service answered ${answer.status}`);
      if (!answer.ok || answer.redirected || !isTold) {
        stored();
        tellWaiting(form.dataset.lost);
        return;
      }
      const told = await answer.json();
      drop(scans[0]);
      show({ ...told, scanned: scans[0].code });
    }
    tellWaiting("");
  } catch (error) {
    stored();
    tellWaiting(form.dataset.again); // no connection, or a service that is busy: it is tried again
    later();
  } finally {
    clearTimeout(slow);
    sending = false;
  }
}

function stored() {
  const last = kept().pop();
  if (last) showTaken(last.code, form.dataset.stored);
}

// Return the codes in what was typed: one, unless whole codes stand one behind the other.
function codesIn(typed) {
  const plain = typed.replace(/\s/g, "");
  return new RegExp(`^${CODE}{2,}$`, "i").test(plain) ? plain.match(new RegExp(CODE, "gi")) : [typed.trim()];
}

function take(typed, apart = "") {
  if (!typed.trim()) return true;
  const about = Object.fromEntries(new FormData(form));
  delete about.form_token;
  if (apart) about.apart = apart;
  if (!keep([...kept(), ...codesIn(typed).map((code) => ({ ...about, code }))])) return false;
  if (navigator.onLine === false) stored();
  else if (sending) showTaken(codesIn(typed).pop(), form.dataset.took);
  send();
  return true;
}

if (form && window.fetch && keep(kept())) {
  form.addEventListener("submit", (event) => {
    if (!take(field.value)) return;
    event.preventDefault();
    event.stopPropagation();
    field.value = "";
    field.focus();
  });
  // The next scan goes into the field, wherever somebody pressed last: also on a button or link, which the scanner's
  // Enter would else press, and where all before it would be lost. A blank is for the button.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    const pressing = event.key === " " && event.target.closest("button, a, summary");
    const written = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (written && !typing && !pressing) field.focus();
  });
  const asked = document.getElementById("other");
  if (asked) {
    asked.addEventListener("submit", (event) => {
      if (!take(asked.elements.code.value, asked.elements.apart.value)) return;
      event.preventDefault();
      event.stopPropagation();
      offer(null);
      field.focus();
    });
  }
  form.dataset.listening = "";
  window.addEventListener("online", send);
  send();
}

for (const one of document.querySelectorAll("[data-choose]")) {
  one.addEventListener("change", () => one.form.submit());
}

// A camera that reads codes by itself, where the browser can; elsewhere a photograph is read by the service.
const live = document.querySelector("[data-live]");
const video = document.querySelector("[data-video]");
const GONE = 2000;
let last = "";
let seen = 0;

async function look(detector) {
  if (video.hidden) return;
  try {
    const [found] = await detector.detect(video);
    if (Date.now() - seen > GONE) last = ""; // a code that lies before the camera is one scan, however long it lies there
    if (found) {
      seen = Date.now();
      if (found.rawValue !== last) take(found.rawValue);
      last = found.rawValue;
    }
  } catch (error) {
    seen = 0; // a picture that cannot be read is followed by the next
  }
  setTimeout(() => look(detector), 150);
}

if (live && "BarcodeDetector" in window && navigator.mediaDevices) {
  live.hidden = false;
  live.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch (error) {
      live.hidden = true; // no camera, or none allowed: the photograph is left
      document.querySelector("[data-no-camera]").hidden = false;
      return;
    }
    video.hidden = false;
    live.hidden = true;
    await video.play();
    look(new window.BarcodeDetector({ formats: ["code_39", "code_128", "qr_code"] }));
  });
}
