// Where the survey is made: asked of the phone when somebody presses, and of nobody otherwise.

const DIGITS = 6;

for (const part of document.querySelectorAll("[data-place]")) {
  const press = part.querySelector("button");
  const field = part.querySelector("input");
  const said = part.querySelector("[data-said]");
  if (!navigator.geolocation) continue;
  press.hidden = false;
  press.addEventListener("click", () => {
    press.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        press.removeAttribute("aria-busy");
        field.value = `${coords.latitude.toFixed(DIGITS)},${coords.longitude.toFixed(DIGITS)}`;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        said.textContent = part.dataset.got;
      },
      () => {
        press.removeAttribute("aria-busy");
        said.textContent = part.dataset.failed;
      },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  });
}
