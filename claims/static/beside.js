// A question that only some answers ask is shown with them; without scripts all of them are there.

const places = document.querySelectorAll("[data-when]");

function beside() {
  for (const one of places) {
    const [name, value] = one.dataset.when.split("=");
    const fields = document.querySelector("form#settle, form#report").elements[name];
    one.hidden = fields.value !== value;
  }
}

document.addEventListener("change", beside);
beside();
