// Tells while a password is typed which of its rules are kept. The server decides.

const LENGTH_AT_LEAST = 12;
const first = document.getElementById("new");
const again = document.getElementById("again");
const rules = document.querySelector("[data-rules]");
const login = (rules && rules.dataset.login ? rules.dataset.login : "").toLowerCase();

function without(text, part) {
  return part ? text.split(part).join("") : text;
}

function show(rule, kept) {
  const item = document.querySelector(`[data-rule="${rule}"]`);
  if (item) item.classList.toggle("kept", kept);
}

function judge() {
  const plain = first.value.normalize("NFKC");
  const long = Array.from(plain).length >= LENGTH_AT_LEAST;
  show("length", long);
  show("login", login !== "" && long && Array.from(without(plain.toLowerCase(), login)).length >= LENGTH_AT_LEAST);
  show("same", first.value !== "" && first.value === again.value);
}

if (first && again) {
  first.addEventListener("input", judge);
  again.addEventListener("input", judge);
  judge();
}
