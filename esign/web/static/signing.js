// The page with the pad: undo, clear, preview, and sending what was recorded, again if the connection was lost.

import { Pad } from "./pad.js";

document.getElementById("no-pad").hidden = true;
const foot = document.getElementById("signing");
const said = document.getElementById("said");
const use = document.getElementById("use");
const undo = document.getElementById("undo");
const clear = document.getElementById("clear");
const preview = document.getElementById("preview");
const tip = document.getElementById("tip");
const key = `handwriting.${foot.dataset.key}`;
const RETRY = 4000;

const words = (name) => foot.querySelector(`[data-words="${name}"]`).textContent;

function say(text) {
  said.querySelector("span").textContent = text || "";
  if (said.hidden !== !text) {
    said.hidden = !text;
    pad.fit();
  }
}

function keep() {
  try {
    if (pad.strokes.length) sessionStorage.setItem(key, JSON.stringify(pad.kept()));
    else sessionStorage.removeItem(key);
  } catch (error) {
    return; // a browser that keeps nothing still has the strokes on this page
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(key) || "null");
  } catch (error) {
    return null; // nothing that can be read was kept
  }
}

function show() {
  const empty = pad.strokes.length === 0;
  tip.hidden = !empty;
  for (const button of [undo, clear, preview, use]) button.setAttribute("aria-disabled", String(empty));
  if (empty) setPreview(false);
}

function setPreview(on) {
  document.body.classList.toggle("previewing", on);
  preview.setAttribute("aria-pressed", String(on));
}

const pad = new Pad(document.getElementById("ink"), () => {
  keep();
  show();
  if (!sending) say("");
});
let sending = false;
let waiting = null;

undo.addEventListener("click", () => pad.undo());
clear.addEventListener("click", () => pad.clear());
preview.addEventListener("click", () => {
  if (pad.strokes.length) setPreview(!document.body.classList.contains("previewing"));
});

let turned = 0;
window.addEventListener("resize", () => {
  clearTimeout(turned);
  turned = setTimeout(() => {
    const before = pad.width > pad.height;
    pad.fit();
    if (pad.strokes.length && before !== pad.width > pad.height) say(words("turned"));
  }, 80);
});

async function send() {
  if (sending) return;
  if (pad.strokes.length === 0) {
    say(words("empty"));
    return;
  }
  sending = true;
  clearTimeout(waiting);
  use.setAttribute("aria-disabled", "true");
  say(words("sending"));
  let answer;
  try {
    answer = await fetch(foot.dataset.action, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-Form-Token": foot.dataset.token,
      },
      body: JSON.stringify(pad.capture()),
    });
  } catch (error) {
    sending = false;
    show();
    say(words("offline"));
    waiting = setTimeout(send, RETRY);
    return;
  }
  await told(answer);
}

async function told(answer) {
  let body = {};
  try {
    body = await answer.json();
  } catch (error) {
    body = { said: [words("trouble")] };
  }
  sending = false;
  if (answer.ok && body.next) {
    try {
      sessionStorage.removeItem(key);
    } catch (error) {
      body.kept = true; // it ends with the browser's window
    }
    window.location.assign(body.next);
    return;
  }
  show();
  if (body.next && answer.status !== 422) window.location.reload();
  else say((body.said && body.said.join(" ")) || words("trouble"));
}

use.addEventListener("click", send);
window.addEventListener("online", () => {
  if (waiting !== null && pad.strokes.length) send();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

if (pad.restore(kept())) say(words("restored"));
show();
