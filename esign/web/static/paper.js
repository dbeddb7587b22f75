// What goes onto paper or into the clipboard: buttons that are there only where a browser can do it.

for (const button of document.querySelectorAll("[data-print]")) {
  if (!window.print) continue;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  if (!field || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(field.value).then(
      () => {
        button.textContent = button.dataset.copied;
      },
      () => field.select(),
    );
  });
}
