// A draft: what a field holds is kept and checked by the server when it is left; what does not apply is out of the way.

const form = document.getElementById("draft");
const kept = document.getElementById("kept");
const left = new Set(Array.from(document.querySelectorAll("[data-wrong]:not([hidden])"), (one) => one.dataset.wrong));
const PAUSE = 350;
let waiting = 0;
let asked = 0;
let leaving = false;

// Whether what a condition says is so: "name=value", or "name" for a box that is ticked.
function holds(condition) {
  const at = condition.indexOf("=");
  const name = at < 0 ? condition : condition.slice(0, at);
  const wanted = at < 0 ? "yes" : condition.slice(at + 1);
  return new FormData(form).get(name) === wanted;
}

// Whether an answer is only half of it: a yes is whole with the words below it.
function needsWords(field) {
  return field.type === "radio" && Boolean(document.querySelector(`[data-only="${field.name}=yes"]`));
}

function fold() {
  for (const part of document.querySelectorAll("[data-unless]")) part.hidden = holds(part.dataset.unless);
  for (const part of document.querySelectorAll("[data-only]")) part.hidden = !holds(part.dataset.only);
}

function showProblems(problems) {
  for (const place of document.querySelectorAll("[data-wrong]")) {
    const name = place.dataset.wrong;
    const whole = !name.includes(".") && name !== "product" && name !== "applicant_is";
    const told = left.has(name) || (whole && Array.from(left).some((one) => one.startsWith(name)));
    const text = told ? problems[name] || "" : "";
    if (place.textContent !== text) place.textContent = text;
    place.hidden = !text;
    const field = document.getElementById(place.id.replace(/-wrong$/, ""));
    if (!field) continue;
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  const summary = document.getElementById("to-correct");
  if (summary && !document.querySelector("[data-wrong]:not([hidden])")) summary.hidden = true;
}

function showQuote(quote) {
  const there = document.querySelector("[data-quoted]");
  if (!there) return;
  there.hidden = !quote;
  document.querySelector("[data-unquoted]").hidden = Boolean(quote);
  if (!quote) return;
  for (const place of there.querySelectorAll("[data-quote]")) place.textContent = quote[place.dataset.quote];
}

async function check() {
  if (leaving) return;
  const mine = ++asked;
  let told = null;
  let over = false;
  try {
    const answer = await fetch(form.dataset.check, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" },
    });
    over = answer.status === 401 || answer.redirected; // the session is over; what stands in the page is left there
    if (answer.ok && !over) told = await answer.json();
  } catch (error) {
    told = null; // no connection: what is typed stands in the page, and goes when the connection is back
  }
  if (mine !== asked || leaving) return;
  if (told) kept.textContent = kept.dataset.kept.replace("{at}", told.saved);
  else kept.textContent = over ? kept.dataset.over : kept.dataset.lost;
  if (!told) return;
  showProblems(told.problems);
  showQuote(told.quote);
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(check, PAUSE);
}

if (form) {
  fold();
  form.addEventListener("change", (event) => {
    if (!event.target.name) return;
    if (!needsWords(event.target)) left.add(event.target.name.replace(/\.words$/, ""));
    fold();
    soon();
  });
  form.addEventListener("focusout", (event) => {
    const field = event.target;
    if (field.name && field.value && !needsWords(field)) left.add(field.name);
  });
  // What is sent needs no check any more, and the draft goes with it.
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(waiting);
  });
  window.addEventListener("pageshow", () => { leaving = false; }); // back again, by the browser's own button
  window.addEventListener("online", soon);
}
