// The digest of a file that stays where it is: reckoned on this device, which sends nothing of the file.

const file = document.getElementById("file");
const digest = document.getElementById("digest");

async function reckon() {
  const chosen = file.files[0];
  if (!chosen) return;
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer()));
  digest.value = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

if (file && window.crypto && crypto.subtle && Blob.prototype.arrayBuffer) {
  document.querySelector("[data-digesting]").hidden = false;
  file.addEventListener("change", reckon);
}
