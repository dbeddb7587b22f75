// Photographs: the live camera with the drawing over it, or a file; sent at once and judged by the service. One that
// cannot be sent is kept on the device and sent again when there is a connection: the same picture twice is one.

const by = (id) => document.getElementById(id);
const form = by("plain");
const EDGE = 2400;
const QUALITY = 0.9;
const SEND_WHOLE_UP_TO = 12 * 1024 * 1024;

if (form) {
  const camera = by("camera");
  const video = by("video");
  const foot = document.querySelector(".foot");
  const name = `${form.getAttribute("action")}`;
  const words = (which) => foot.querySelector(`[data-words="${which}"]`).textContent;
  let stream = null;
  let unsent = null;
  let busy = false;

  const tell = (text) => {
    by("sending").querySelector("span").textContent = text;
    by("sending").hidden = !text;
  };

  const refuse = (text) => {
    by("said").querySelector("span").textContent = text;
    by("said").hidden = !text;
    if (text) by("said").scrollIntoView({ block: "center" });
  };

  // What waits to be sent, in the browser's own database: a picture is too large for anything smaller.
  const box = () =>
    new Promise((resolve, reject) => {
      const asked = window.indexedDB.open("claims-shots", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("shots");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  const within = async (mode, act) => {
    try {
      const opened = await box();
      return await new Promise((resolve, reject) => {
        const done = act(opened.transaction("shots", mode).objectStore("shots"));
        done.onsuccess = () => resolve(done.result);
        done.onerror = () => reject(done.error);
      });
    } catch (error) {
      return undefined; // private browsing: this page still has it
    }
  };
  const put = (picture) => within("readwrite", (shots) => shots.put(picture, name));
  const drop = () => within("readwrite", (shots) => shots.delete(name));
  const waiting = () => within("readonly", (shots) => shots.get(name));

  const send = async (picture) => {
    if (busy) return;
    busy = true;
    unsent = null;
    refuse("");
    tell(words("sending"));
    const data = new FormData();
    data.append("photo", picture, "photo.jpg");
    let answer;
    let body;
    try {
      answer = await fetch(form.action, {
        method: "POST",
        credentials: "same-origin",
        headers: { Accept: "application/json", "X-Form-Token": form.dataset.token },
        body: data,
      });
      body = await answer.json();
    } catch (error) {
      busy = false;
      unsent = picture;
      await put(picture);
      tell(words(answer ? "trouble" : "offline"));
      if (!answer) setTimeout(() => unsent && send(unsent), 10000);
      return;
    }
    busy = false;
    await drop();
    tell("");
    if (answer.ok && body.marked) {
      by("marked").replaceChildren(
        ...body.marked.map((text) => {
          const note = document.createElement("p");
          note.className = "note wait";
          note.textContent = text;
          return note;
        }),
      );
      by("go-on").hidden = false;
      by("open").classList.remove("primary"); // the next step is the one thing now
      by("marked").scrollIntoView({ block: "center" });
    } else if (answer.ok && body.next) window.location.assign(body.next);
    else if (typeof body.said === "string") refuse(body.said);
    else if (Array.isArray(body.said)) refuse(body.said.join(" "));
    else tell(words("trouble"));
  };

  const stop = () => {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    video.srcObject = null;
    camera.hidden = true;
  };

  const small = (source, width, height) => {
    const scale = Math.min(1, EDGE / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
    });
  };

  const open = async () => {
    refuse("");
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1440 } },
      });
    } catch (error) {
      tell(words("camera"));
      by("open").hidden = true;
      return;
    }
    tell("");
    video.srcObject = stream;
    camera.hidden = false;
    const playing = video.play();
    if (playing && playing.catch) playing.catch(stop);
    by("shutter").focus();
  };

  const shoot = async () => {
    if (!video.videoWidth) return;
    const picture = await small(video, video.videoWidth, video.videoHeight);
    stop();
    send(picture);
  };

  // A file is sent as it is, with what it tells of itself; only one that is too large is drawn anew, and smaller.
  const picked = async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    event.target.value = "";
    if (file.size <= SEND_WHOLE_UP_TO) {
      send(file);
      return;
    }
    const source = URL.createObjectURL(file);
    const image = new Image();
    image.src = source;
    try {
      await new Promise((resolve, reject) => {
        image.onload = resolve;
        image.onerror = reject;
      });
      send(await small(image, image.naturalWidth, image.naturalHeight));
    } catch (error) {
      send(file); // this browser cannot draw it: the service says what is the matter
    }
    URL.revokeObjectURL(source);
  };

  form.hidden = true;
  document.querySelector("[data-plain]").hidden = true;
  by("picker").hidden = false;
  if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) by("open").hidden = false;
  else by("picker").classList.add("primary");
  by("open").addEventListener("click", open);
  by("shutter").addEventListener("click", shoot);
  by("stop").addEventListener("click", stop);
  by("pick").addEventListener("change", picked);
  window.addEventListener("pagehide", stop);
  window.addEventListener("online", () => unsent && send(unsent));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !camera.hidden) stop();
  });
  waiting().then((picture) => {
    if (picture) send(picture);
  });
}
