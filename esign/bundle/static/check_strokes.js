// Replays handwriting (esign-handwriting/1) as fast as it was written: positions in CSS pixels, times in microseconds.

const POINTS_AT_MOST = 20000;

// Return the capture, or null where the bytes are none.
function captureOf(bytes) {
  try {
    const capture = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const points = capture.strokes.flatMap((stroke) => stroke.points);
    const whole = points.every((point) => point.length === 4 && point.every(Number.isFinite));
    const { width, height } = capture.pad;
    const sized = width >= 40 && width <= 10000 && height >= 40 && height <= 10000;
    const known = capture.schema === "esign-handwriting/1" && points.length > 0 && points.length <= POINTS_AT_MOST;
    return known && whole && sized ? { width, height, strokes: capture.strokes, ends: points.at(-1)[2] } : null;
  } catch {
    return null;
  }
}

// Put a player for the capture into `place`. `title` is who wrote.
function addPlayer(place, capture, title) {
  const template = document.querySelector("#player").content.cloneNode(true);
  const [canvas, button, slider, told] = ["canvas", "button", "input", "output"].map((name) => template.querySelector(name));
  template.querySelector("h3").textContent = title;
  const scale = Math.min(2, 1200 / capture.width) * Math.max(1, window.devicePixelRatio || 1);
  canvas.width = Math.round(capture.width * scale);
  canvas.height = Math.round(capture.height * scale);
  slider.max = String(Math.ceil(capture.ends / 1000));
  let begun = null;
  const show = (milliseconds) => {
    draw(canvas, capture, scale, milliseconds * 1000);
    slider.value = String(milliseconds);
    told.textContent = `${(milliseconds / 1000).toFixed(2)} / ${(capture.ends / 1e6).toFixed(2)} s`;
  };
  const step = (now) => {
    if (begun === null) return;
    const passed = Math.min(now - begun, capture.ends / 1000);
    show(passed);
    if (passed < capture.ends / 1000) requestAnimationFrame(step);
    else stop();
  };
  const stop = () => {
    begun = null;
    button.setAttribute("aria-pressed", "false");
  };
  button.addEventListener("click", () => {
    if (begun !== null) {
      stop();
      return;
    }
    const from = Number(slider.value) >= capture.ends / 1000 ? 0 : Number(slider.value);
    begun = performance.now() - from;
    button.setAttribute("aria-pressed", "true");
    requestAnimationFrame(step);
  });
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  show(capture.ends / 1000);
  place.append(template);
}

function draw(canvas, capture, scale, until) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.strokeStyle = getComputedStyle(canvas).color;
  pen.fillStyle = pen.strokeStyle;
  pen.lineCap = "round";
  for (const { points } of capture.strokes) {
    for (const [number, [x, y, t, pressure]] of points.entries()) {
      if (t > until) return;
      const width = (1 + 4 * pressure) * scale;
      pen.beginPath();
      if (number === 0) {
        pen.arc(x * scale, y * scale, width / 2, 0, 2 * Math.PI);
        pen.fill();
      } else {
        const [fromX, fromY] = points[number - 1];
        pen.lineWidth = width;
        pen.moveTo(fromX * scale, fromY * scale);
        pen.lineTo(x * scale, y * scale);
        pen.stroke();
      }
    }
  }
}
