// Scans: a hand scanner types and presses Enter, one request each, in order. What cannot be sent is kept on this device
// and sent later, once: the service takes a scan that comes twice as one.

const form = document.getElementById("scan");
const field = document.getElementById("code");
const result = document.getElementById("result");
const buffer = document.querySelector("[data-buffer]");
const KEPT = form ? `scans of ${form.dataset.who}` : "scans"; // nobody sends what somebody else scanned
const PAST_AT_MOST = 20;
const WAIT = 4000;
let sending = false;
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
  for (const name of ["title", "code", "text"]) result.querySelector(`[data-${name}]`).textContent = told[name];
  tone(told.tone);
  const line = document.createElement("li");
  const code = document.createElement("span");
  code.className = "mono";
  code.textContent = told.code || told.scanned;
  const said = document.createElement("span");
  said.className = told.tone;
  said.textContent = told.tone === "no" ? told.text : told.title;
  line.append(code, said);
  const past = document.querySelector("[data-past]");
  past.prepend(line);
  while (past.children.length > PAST_AT_MOST) past.lastChild.remove();
  document.querySelector("[data-past-part]").hidden = false;
  if (told.tone !== "no" && told.parcel) choose(told);
}

// A parcel that was scanned is the one that the next scans are for.
function choose(told) {
  for (const one of document.querySelectorAll("#scan, #picture")) {
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
  if (waiting && words) buffer.textContent = `${form.dataset.waiting.replace("{n}", waiting)} · ${words}`;
}

// Send what is kept, the oldest first, one after another: each goes when it is answered, and not before.
async function send() {
  if (sending) return;
  sending = true;
  try {
    for (let scans = kept(); scans.length; scans = kept()) {
      const body = new URLSearchParams({ ...scans[0], form_token: form.elements.form_token.value });
      if (!scans[0].parcel && scans[0].act === form.elements.act.value && form.elements.parcel) {
        body.set("parcel", form.elements.parcel.value); // the label was among what was sent just now
      }
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const isTold = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      if (!answer.ok || answer.redirected || !isTold) {
        tellWaiting(form.dataset.lost);
        return;
      }
      const told = await answer.json();
      drop(scans[0]);
      show({ ...told, scanned: scans[0].code });
    }
    tellWaiting("");
  } catch (error) {
    tellWaiting(form.dataset.again); // no connection: it is tried again
    setTimeout(send, WAIT);
  } finally {
    sending = false;
  }
}

function take(code) {
  const plain = code.trim();
  if (!plain) return true;
  const scan = { ...Object.fromEntries(new FormData(form)), code: plain };
  delete scan.form_token;
  if (!keep([...kept(), scan])) return false;
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
let last = "";

async function look(detector) {
  if (video.hidden) return;
  try {
    const [found] = await detector.detect(video);
    if (found && found.rawValue !== last) {
      last = found.rawValue;
      take(last);
      setTimeout(() => { last = ""; }, WAIT);
    }
  } catch (error) {
    last = ""; // a picture that cannot be read is followed by the next
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
      return;
    }
    video.hidden = false;
    live.hidden = true;
    await video.play();
    look(new window.BarcodeDetector({ formats: ["code_39", "code_128", "qr_code"] }));
  });
}
