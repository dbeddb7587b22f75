// Forms with a bad connection: what is typed is kept on this phone, and what cannot be sent is sent later, once. The
// service takes a form that comes twice as one, by its id. What was sent, and what is a week old, is deleted here.

const place = document.querySelector("[data-outbox]");
const token = () => document.querySelector("[data-outbox-form] [name=form_token]").value;
const WHO = place ? place.dataset.who : "";
const BOX = `claims outbox of ${WHO}`; // nobody sends what somebody else filled in
const DRAFT = `claims draft of ${WHO} `;
const WEEK = 7 * 86400 * 1000;
const WAIT = 4000;
const PAUSE = 300;
const OWN = new Set(["form_token", "form", "seconds", "opened"]);
const begun = performance.now();
let sending = false;
let timer = 0;

function stored(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) || otherwise;
  } catch (error) {
    return otherwise; // a browser that keeps nothing has nothing kept
  }
}

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch (error) {
    return false;
  }
}

const box = () => stored(BOX, []);

function fieldsOf(form, submitter) {
  const fields = Array.from(new FormData(form)).filter(([name, value]) => name !== "form_token" && typeof value === "string");
  if (submitter && submitter.name) fields.push([submitter.name, submitter.value]);
  return fields;
}

function element(name, text, classes) {
  const made = document.createElement(name);
  made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

function button(text, then) {
  const made = element("button", text, "btn small-btn");
  made.type = "button";
  made.addEventListener("click", then);
  return made;
}

// What is kept here, and what became of it.
function show(words) {
  const waiting = box();
  place.replaceChildren();
  place.hidden = !waiting.length;
  if (!waiting.length) return;
  const open = waiting.filter((one) => !one.said && !one.old).length;
  const note = element("div", "", `note ${open ? "wait" : "fail"}`);
  const told = element("div", "");
  told.setAttribute("role", "status");
  if (open) told.append(element("p", `${place.dataset.waiting.replace("{n}", open)} ${words || ""}`));
  const list = element("ul", "", "outbox-items");
  for (const one of waiting) {
    const line = element("li", "");
    line.append(element("b", one.title));
    if (one.old) line.append(element("p", place.dataset.old));
    if (one.said) line.append(element("p", place.dataset.refused + one.said));
    if (one.said || one.old) {
      const look = element("a", place.dataset.look, "btn small-btn");
      look.href = one.page;
      line.append(look, button(place.dataset.drop, () => {
        store(BOX, box().filter((other) => other.id !== one.id));
        show();
      }));
    }
    list.append(line);
  }
  told.append(list);
  note.append(told);
  place.append(note);
}

function change(id, members) {
  store(BOX, box().map((one) => (one.id === id ? { ...one, ...members } : one)));
}

async function post(one) {
  const body = new URLSearchParams([...one.fields, ["form_token", token()]]);
  const answer = await fetch(one.action, { method: "POST", body, headers: { Accept: "application/json" } });
  const isTold = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  if (isTold) return answer.json();
  if (answer.status >= 500 || answer.status === 429) throw new Error("later");
  if (answer.status === 404) return { tone: "no", said: place.dataset.gone };
  return { tone: "over" }; // the session is over: the page to log in answered
}

// Send what is kept, the oldest first; each goes when it is answered, and not before.
async function send() {
  if (sending || !place) return;
  sending = true;
  clearTimeout(timer);
  try {
    for (;;) {
      const one = box().find((other) => !other.said && !other.old);
      if (!one) break;
      const told = await post(one);
      if (told.tone === "over") {
        show(place.dataset.over);
        return;
      }
      if (told.tone === "no") change(one.id, { said: told.said });
      else {
        store(BOX, box().filter((other) => other.id !== one.id));
        store(DRAFT + one.page, null);
        if (one.page === location.pathname) location.assign(told.to);
      }
    }
    show();
  } catch (error) {
    show(place.dataset.again); // no connection: it is tried again
    timer = setTimeout(send, WAIT);
  } finally {
    sending = false;
  }
}

function tell(form, text, tone) {
  let said = form.querySelector("[data-said-here]");
  if (!said) {
    said = element("p", "", "note");
    said.dataset.saidHere = "";
    said.setAttribute("role", "alert");
    form.prepend(said);
  }
  said.className = `note ${tone}`;
  said.textContent = text;
  said.scrollIntoView({ block: "center" });
}

function mark(form, wrong) {
  for (const line of form.querySelectorAll("[data-wrong]")) {
    const text = wrong[line.dataset.wrong] || "";
    line.textContent = text;
    line.hidden = !text;
    const field = form.elements[line.dataset.wrong];
    if (field instanceof HTMLElement) {
      if (text) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }
}

async function take(form, submitter) {
  if (form.elements.seconds) form.elements.seconds.value = String(Math.round((performance.now() - begun) / 1000));
  const one = {
    id: form.elements.form ? form.elements.form.value : `${form.getAttribute("action")} ${Date.now()}`,
    action: (submitter && submitter.getAttribute("formaction")) || form.getAttribute("action"),
    fields: fieldsOf(form, submitter),
    title: form.dataset.keep,
    page: location.pathname,
    at: Date.now(),
  };
  const busy = submitter || form.querySelector(".btn");
  busy.setAttribute("aria-busy", "true");
  busy.disabled = true;
  try {
    const told = await post(one);
    if (told.tone === "over") {
      keepForLater(form, one, place.dataset.over);
    } else if (told.tone === "no") {
      mark(form, told.wrong || {});
      tell(form, told.said, "fail");
    } else {
      store(DRAFT + one.page, null);
      location.assign(told.to);
      return;
    }
  } catch (error) {
    keepForLater(form, one, place.dataset.again);
  }
  busy.disabled = false;
  busy.removeAttribute("aria-busy");
}

function keepForLater(form, one, words) {
  if (!store(BOX, [...box().filter((other) => other.id !== one.id), one])) return;
  tell(form, place.dataset.saved, "wait");
  show(words);
  clearTimeout(timer);
  timer = setTimeout(send, WAIT);
}

function draft(form) {
  const fields = fieldsOf(form).filter(([name]) => !OWN.has(name));
  store(DRAFT + location.pathname, { at: Date.now(), fields });
}

// What was not finished the last time stands in the form again.
function restore(form) {
  const kept = stored(DRAFT + location.pathname, null);
  if (!kept || Date.now() - kept.at > WEEK) return;
  const told = new Map();
  for (const [name, value] of kept.fields) told.set(name, [...(told.get(name) || []), value]);
  let changed = false;
  for (const field of form.elements) {
    if (!field.name || OWN.has(field.name) || field.type === "hidden") continue;
    const values = told.get(field.name);
    if (field.type === "checkbox" || field.type === "radio") {
      const checked = Boolean(values && values.includes(field.value));
      changed = changed || checked !== field.checked;
      field.checked = checked;
    } else if (values && field.value !== values[0]) {
      [field.value] = values;
      changed = true;
    }
  }
  if (changed) tell(form, place.dataset.draft, "");
}

function forgetOld() {
  const now = Date.now();
  const emptied = ({ id, title, page, at }) => ({ id, title, page, at, old: true });
  for (const key of Object.keys(localStorage)) { // also of those who used this phone before
    if (key.startsWith("claims draft of ") && now - (stored(key, { at: 0 }).at || 0) > WEEK) store(key, null);
    if (key.startsWith("claims outbox of ")) {
      store(key, stored(key, []).map((one) => (now - one.at > WEEK ? emptied(one) : one)));
    }
  }
}

if (place && window.fetch && store(BOX, box())) {
  forgetOld();
  for (const form of document.querySelectorAll("form[data-keep]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      take(form, event.submitter);
    });
    if (!("draft" in form.dataset)) continue;
    restore(form);
    let soon = 0;
    form.addEventListener("input", () => {
      clearTimeout(soon);
      soon = setTimeout(() => draft(form), PAUSE);
    });
  }
  window.addEventListener("online", send);
  show();
  send();
}
