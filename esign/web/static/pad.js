// The pad: strokes of points in the pad's own units, whatever becomes of the screen that they are written on.
//
// The units are those of the pad as it was when its first stroke began. If the phone is turned, what was written is
// shown as large as fits, and further strokes are taken back into the same units.

const INK = "#152442";
const STROKES_AT_MOST = 300;
const POINTS_AT_MOST = 20000;
const PALM = 6; // so little does a hand that rests move, in the pad's units

export class Pad {
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.strokes = [];
    this.size = null; // of the pad in its own units, once there is a stroke
    this.clock = 0; // microseconds: the last time that was recorded
    this.behind = 0; // what a page that was loaded anew adds to its own clock
    this.pointer = null;
    this.stroke = null;
    this.fit();
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, (event) => this.up(event));
    }
    canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  }

  get points() {
    return this.strokes.reduce((sum, stroke) => sum + stroke.points.length, 0);
  }

  // Fit the canvas to its place on the screen.
  fit() {
    const box = this.canvas.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    this.width = Math.max(1, box.width);
    this.height = Math.max(1, box.height);
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.ratio = ratio;
    this.draw();
  }

  // How the pad's units lie on the screen: a scale and where they begin.
  place() {
    const size = this.size || { width: this.width, height: this.height };
    const scale = Math.min(this.width / size.width, this.height / size.height);
    return {
      size,
      scale,
      left: (this.width - size.width * scale) / 2,
      top: (this.height - size.height * scale) / 2,
    };
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const { size, scale, left, top } = this.place();
    const x = (event.clientX - box.left - left) / scale;
    const y = (event.clientY - box.top - top) / scale;
    // Events tell the time on the clock of performance.now(); old browsers tell another one.
    const here = performance.now();
    const told = Math.abs(event.timeStamp - here) < 60000 ? event.timeStamp : here;
    this.clock = Math.max(this.clock, Math.round((told + this.behind) * 1000));
    const pressure = event.pressure > 0 ? event.pressure : 0.5;
    return [
      Math.round(Math.min(Math.max(x, 0), size.width) * 100) / 100,
      Math.round(Math.min(Math.max(y, 0), size.height) * 100) / 100,
      this.clock,
      Math.round(Math.min(pressure, 1) * 1000) / 1000,
    ];
  }

  down(event) {
    event.preventDefault();
    if (this.pointer !== null && (event.pointerType === "pen" || this.resting())) this.drop();
    const full = this.strokes.length >= STROKES_AT_MOST || this.points >= POINTS_AT_MOST;
    if (this.pointer !== null || full || (event.pointerType === "mouse" && event.button !== 0)) return;
    if (this.strokes.length === 0) this.size = { width: this.width, height: this.height };
    this.pointer = event.pointerId;
    if (this.canvas.setPointerCapture) this.canvas.setPointerCapture(event.pointerId);
    const kind = ["pen", "touch", "mouse"].indexOf(event.pointerType) >= 0 ? event.pointerType : "touch";
    this.stroke = { pointer: kind, points: [this.point(event)] };
    this.strokes.push(this.stroke);
    this.draw();
  }

  // A hand that lies on the pad draws nothing: the pen, or the finger that comes after it, writes instead.
  resting() {
    const first = this.stroke.points[0];
    const still = (point) => Math.abs(point[0] - first[0]) < PALM && Math.abs(point[1] - first[1]) < PALM;
    return this.stroke.pointer === "touch" && this.stroke.points.every(still);
  }

  drop() {
    this.strokes.pop();
    this.pointer = null;
    this.stroke = null;
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    event.preventDefault();
    const told = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const one of told.length ? told : [event]) {
      if (this.points < POINTS_AT_MOST) this.stroke.points.push(this.point(one));
    }
    this.draw();
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.stroke = null;
    this.draw();
    this.changed();
  }

  undo() {
    if (this.pointer === null && this.strokes.pop()) this.settle();
  }

  clear() {
    this.pointer = null;
    this.stroke = null;
    this.strokes = [];
    this.settle();
  }

  settle() {
    if (this.strokes.length === 0) this.size = null;
    this.draw();
    this.changed();
  }

  draw() {
    const brush = this.canvas.getContext("2d");
    const { scale, left, top, size } = this.place();
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, this.canvas.width, this.canvas.height);
    brush.setTransform(this.ratio * scale, 0, 0, this.ratio * scale, this.ratio * left, this.ratio * top);
    brush.strokeStyle = INK;
    brush.fillStyle = INK;
    brush.lineCap = "round";
    brush.lineJoin = "round";
    const wide = Math.max(2.5, Math.min(size.width, size.height) * 0.018);
    for (const stroke of this.strokes) this.drawStroke(brush, stroke.points, wide);
  }

  drawStroke(brush, points, wide) {
    if (points.length === 1) {
      brush.beginPath();
      brush.arc(points[0][0], points[0][1], wide / 2, 0, 2 * Math.PI);
      brush.fill();
      return;
    }
    for (let at = 1; at < points.length; at += 1) {
      const from = points[at - 1];
      const to = points[at];
      brush.lineWidth = wide * (0.55 + 0.9 * to[3]);
      brush.beginPath();
      brush.moveTo(from[0], from[1]);
      brush.lineTo(to[0], to[1]);
      brush.stroke();
    }
  }

  // The capture in the form esign-handwriting/1: times begin with the first point.
  capture() {
    const start = this.strokes.length ? this.strokes[0].points[0][2] : 0;
    const size = this.size || { width: this.width, height: this.height };
    return {
      schema: "esign-handwriting/1",
      pad: { width: Math.round(size.width * 100) / 100, height: Math.round(size.height * 100) / 100 },
      pixel_ratio: Math.min(Math.max(this.ratio, 0.25), 10),
      channels: ["x", "y", "t", "pressure"],
      strokes: this.strokes.map((stroke) => ({
        pointer: stroke.pointer,
        points: stroke.points.map((point) => [point[0], point[1], point[2] - start, point[3]]),
      })),
    };
  }

  // What is kept over a reload, and taken back: the clock goes on behind what was recorded.
  kept() {
    return { size: this.size, strokes: this.strokes, clock: this.clock, at: Date.now() };
  }

  restore(kept) {
    if (!kept || !kept.size || !Array.isArray(kept.strokes) || kept.strokes.length === 0) return false;
    this.size = kept.size;
    this.strokes = kept.strokes;
    this.clock = kept.clock;
    const away = Math.min(Math.max(Date.now() - kept.at, 0), 600000);
    this.behind = kept.clock / 1000 + away - performance.now();
    this.draw();
    return true;
  }
}
