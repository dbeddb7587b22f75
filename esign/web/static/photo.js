// The photo: the browser's camera where there is one, the phone's own camera where not; made small before it is sent.

import { shrink } from "./picture.js";

const by = (id) => document.getElementById(id);
const plain = by("plain");
const camera = by("camera");
const video = by("video");
const foot = document.querySelector(".foot");
const inside = /MicroMessenger|QQ\/|DingTalk|AlipayClient|FBAN|FBAV|Instagram|Line\//i.test(navigator.userAgent);
const words = (name) => foot.querySelector(`[data-words="${name}"]`).textContent;
let stream = null;
let taken = null;
let address = "";
let unsent = false;

function tell(text) {
  by("sending").querySelector("span").textContent = text;
  by("sending").hidden = !text;
}

function view(name) {
  by("primer").hidden = name !== "primer";
  by("look").hidden = name !== "look";
  camera.hidden = name !== "camera";
  for (const one of document.querySelectorAll("[data-trouble]")) one.hidden = one.dataset.trouble !== name;
  const trouble = document.querySelector(`[data-trouble="${name}"]`);
  const barred = name === "insecure" || name === "inside" || name === "missing";
  by("open").hidden = !(name === "primer" || (trouble && !barred));
  by("open").querySelector("span").textContent = trouble ? by("open").dataset.again : by("open").dataset.first;
  by("picker").hidden = !barred;
  by("second").hidden = !(name === "primer" || (trouble && !barred));
  by("use").hidden = name !== "look";
  by("retake").hidden = name !== "look";
  const shown = trouble || by(name);
  if (shown && shown.focus && name !== "primer") shown.focus();
  window.scrollTo(0, 0);
}

function stop() {
  if (stream) for (const track of stream.getTracks()) track.stop();
  stream = null;
  video.srcObject = null;
}

function why(error) {
  if (!window.isSecureContext) return "insecure";
  const name = (error && error.name) || "";
  if (name === "NotAllowedError" || name === "SecurityError" || name === "PermissionDeniedError") {
    return inside ? "inside" : "denied";
  }
  if (name === "NotReadableError" || name === "AbortError" || name === "TrackStartError") return "busy";
  return inside ? "inside" : "missing";
}

async function open() {
  by("said").hidden = true;
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    view(why(null));
    return;
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
    });
  } catch (error) {
    view(why(error));
    return;
  }
  video.srcObject = stream;
  view("camera");
  const playing = video.play();
  if (playing && playing.catch) playing.catch(() => view("busy"));
  by("shutter").focus();
}

async function shoot() {
  if (!video.videoWidth) return;
  await review(video, video.videoWidth, video.videoHeight);
  stop();
}

async function review(source, width, height) {
  taken = await shrink(source, width, height);
  show(taken);
}

function show(blob) {
  if (address) URL.revokeObjectURL(address);
  address = URL.createObjectURL(blob);
  by("taken").src = address;
  unsent = false;
  tell("");
  view("look");
}

async function picked(event) {
  const file = event.target.files[0];
  if (!file) return;
  event.target.value = "";
  by("said").hidden = true;
  const source = URL.createObjectURL(file);
  const image = new Image();
  image.src = source;
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
    await review(image, image.naturalWidth, image.naturalHeight);
  } catch (error) {
    taken = file; // this browser cannot draw it: whoever receives it may
    show(file);
  }
  URL.revokeObjectURL(source);
}

async function send() {
  const use = by("use");
  if (!taken || use.getAttribute("aria-disabled") === "true") return;
  use.setAttribute("aria-disabled", "true");
  unsent = false;
  tell(words("sending"));
  const data = new FormData();
  data.append("photo", taken, "photo.jpg");
  let answer;
  let body;
  try {
    answer = await fetch(plain.action, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-Form-Token": plain.dataset.token },
      body: data,
    });
    body = await answer.json();
  } catch (error) {
    unsent = !answer;
    tell(words(answer ? "trouble" : "offline"));
    use.removeAttribute("aria-disabled");
    return;
  }
  use.removeAttribute("aria-disabled");
  if (answer.ok && body.next) {
    window.location.assign(body.next);
    return;
  }
  if (body.next) {
    window.location.reload();
    return;
  }
  tell("");
  view("primer");
  by("said").querySelector("span").textContent = (body.said && body.said.join(" ")) || words("trouble");
  by("said").hidden = false;
}

by("open").dataset.first = by("open").querySelector("span").textContent;
by("open").addEventListener("click", open);
by("shutter").addEventListener("click", shoot);
by("stop").addEventListener("click", () => {
  stop();
  view("primer");
});
by("retake").addEventListener("click", () => {
  unsent = false;
  tell("");
  if (navigator.mediaDevices) open();
  else view("primer");
});
by("use").addEventListener("click", send);
by("pick").addEventListener("change", picked);
by("pick-second").addEventListener("change", picked);
window.addEventListener("online", () => {
  if (unsent && !by("look").hidden) send();
});
window.addEventListener("pagehide", stop);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !camera.hidden) by("stop").click();
});

const said = by("said").hidden;
plain.hidden = true;
document.querySelector("[data-plain]").hidden = true;
document.querySelector("[data-live]").hidden = false;
if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) view("primer");
else view(why(null));
by("said").hidden = said;
