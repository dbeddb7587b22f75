// The token of an invitation comes behind the # of a link, which browsers keep to themselves: from there into the field.

const field = document.querySelector("[data-invitation]");
const token = decodeURIComponent(window.location.hash.slice(1));
if (field && token) {
  field.value = token;
  window.history.replaceState(null, "", window.location.pathname);
  const next = document.getElementById("new");
  if (next) next.focus();
}
