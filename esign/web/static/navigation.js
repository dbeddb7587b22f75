// A menu at the top closes when somebody goes on elsewhere, or presses Escape: without this it opens and closes all the same.

const menus = Array.from(document.querySelectorAll(".top nav details"));

function close(except) {
  for (const one of menus) if (one !== except) one.open = false;
}

document.addEventListener("click", (event) => close(event.target.closest(".top nav details")));
document.addEventListener("focusin", (event) => close(event.target.closest(".top nav details")));
document.addEventListener("keydown", (event) => {
  const open = menus.find((one) => one.open);
  if (event.key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
