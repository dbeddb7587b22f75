// The settlement as it is typed: the table's sentences come from the service, which computes; nothing is decided by this.

const form = document.querySelector("[data-settlement]");
const PAUSE = 400;
let waiting = 0;
let asked = 0;

function line(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function optional(selector, text) {
  const place = form.querySelector(selector);
  place.hidden = !text;
  if (text) place.textContent = place.dataset.words.replace("{n}", text);
}

function show(told) {
  form.querySelector("[data-result]").hidden = false;
  form.querySelector("[data-problem]").hidden = true;
  form.querySelector("[data-steps]").replaceChildren(...told.steps.map((step) => line("li", step)));
  form.querySelector("[data-covers]").replaceChildren(...told.covers.map(([cover, fen]) => {
    const made = document.createElement("p");
    made.className = "sum";
    made.append(line("span", cover), line("b", fen));
    return made;
  }));
  const sum = form.querySelector("[data-fen]");
  sum.textContent = sum.dataset.words.replace("{n}", told.fen);
  optional("[data-uncovered]", told.uncovered.join(" / "));
  optional("[data-recoverable]", told.recoverable);
}

async function attempt() {
  const mine = ++asked;
  try {
    const answer = await fetch(form.dataset.settlement, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" },
    });
    const isTold = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    if (mine !== asked || answer.redirected || !isTold) return;
    const told = await answer.json();
    if (answer.ok) {
      show(told);
      return;
    }
    const problem = form.querySelector("[data-problem]");
    form.querySelector("[data-result]").hidden = true;
    problem.textContent = told.said;
    problem.hidden = false;
  } catch (error) {
    clearTimeout(waiting); // no connection: the next thing that is typed asks again
  }
}

if (form && window.fetch) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(attempt, PAUSE);
  });
  form.querySelector("[data-try]").addEventListener("click", (event) => {
    event.preventDefault();
    attempt();
  });
  if (form.elements.fault.value) attempt();
}
