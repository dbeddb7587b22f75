// Loss assessment: find an item, count it up and down, see the sum run. The service computes it again from the catalogue.

const form = document.querySelector("[data-assessment]");

function whole(text) {
  return /^[0-9]{1,4}$/.test(text.trim()) ? Number(text) : 0;
}

function fenOf(text) {
  const plain = text.replace(/[,，\s]/g, "");
  return /^[0-9]{1,9}(\.[0-9]{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : 0;
}

function inYuan(fen) {
  const [yuan, rest] = (fen / 100).toFixed(2).split(".");
  return `${yuan.replace(/\B(?=(\d{3})+$)/g, ",")}.${rest}`;
}

function total() {
  let fen = fenOf(form.elements.injury.value);
  let lines = 0;
  for (const item of form.querySelectorAll("[data-item]")) {
    const count = whole(item.querySelector("input").value);
    item.classList.toggle("on", count > 0);
    fen += count * Number(item.dataset.fen);
    lines += count > 0 ? 1 : 0;
  }
  const sum = form.querySelector("[data-sum]");
  const number = form.querySelector("[data-lines]");
  sum.textContent = sum.dataset.words.replace("{n}", inYuan(fen));
  number.textContent = number.dataset.words.replace("{n}", lines);
}

function find(text) {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const area of form.querySelectorAll("[data-area]")) {
    let here = 0;
    for (const item of area.querySelectorAll("[data-item]")) {
      const name = item.dataset.item.toLowerCase();
      item.hidden = !words.every((word) => name.includes(word));
      here += item.hidden ? 0 : 1;
    }
    area.hidden = !here;
    found += here;
  }
  form.querySelector("[data-none]").hidden = found > 0;
}

if (form) {
  for (const step of form.querySelectorAll("[data-step]")) {
    step.hidden = false;
    step.addEventListener("click", () => {
      const field = step.parentElement.querySelector("input");
      const count = Math.max(0, whole(field.value) + Number(step.dataset.step));
      field.value = count ? String(count) : "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  const search = form.querySelector("[data-search]");
  search.addEventListener("input", () => find(search.value));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  form.addEventListener("input", total);
  setTimeout(total, 0); // after what was kept on this phone stands in the form again
}
