// A file that is handed in: dropped or chosen, sent with its progress shown, then on to where the verdict will be.

const form = document.querySelector("[data-hand-in]");
const SAID = "said";

function say(text) {
  const said = document.getElementById(SAID);
  said.querySelector("span").textContent = text;
  said.hidden = !text;
  const input = form.elements.document;
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function show(text, part) {
  const place = form.querySelector("[data-progress]");
  const bar = place.querySelector("progress");
  place.hidden = !text;
  if (part === null) bar.removeAttribute("value");
  else bar.value = part;
  const told = place.querySelector("[role=status]");
  if (told.textContent !== text) told.textContent = text;
}

function busy(is) {
  const button = form.querySelector(".btn.main");
  if (is) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
  form.dataset.busy = is ? "yes" : "";
}

function failed(text) {
  busy(false);
  show("", 0);
  say(text);
  form.elements.document.focus();
}

function answered(request) {
  let body = {};
  try {
    body = JSON.parse(request.responseText);
  } catch (error) {
    body = {}; // a page of a proxy before us, or none at all
  }
  if (body.next) window.location.assign(body.next);
  else if (request.status === 401 || !body.said) window.location.assign(form.action); // it is told there
  else failed((body.said || [form.dataset.lost]).join(" "));
}

function send() {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const part = Math.floor((100 * event.loaded) / event.total);
    // a screen reader hears every quarter, not every piece
    show(form.dataset.sending.replace("{n}", String(part - (part % 25))), part);
  });
  request.upload.addEventListener("load", () => show(form.dataset.judging, null));
  request.addEventListener("load", () => answered(request));
  request.addEventListener("error", () => failed(form.dataset.lost));
  busy(true);
  show(form.dataset.sending.replace("{n}", "0"), 0);
  request.send(new FormData(form));
}

function handIn(event) {
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.busy) return;
  const [file] = form.elements.document.files;
  say("");
  if (!file) failed(form.dataset.missing);
  else if (file.size > Number(form.dataset.bytes)) failed(form.dataset.tooLarge);
  else send();
}

function drop(event) {
  event.preventDefault();
  form.querySelector("[data-drop]").classList.remove("over");
  const { files } = event.dataTransfer;
  if (!files.length || form.dataset.busy) return;
  form.elements.document.files = files;
  say("");
}

if (form) {
  const place = form.querySelector("[data-drop]");
  document.documentElement.classList.add("js");
  form.noValidate = true; // what is missing is said in our own words
  form.addEventListener("submit", handIn);
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", drop);
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    busy(false);
    show("", 0);
  });
}
