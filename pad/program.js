const NETWORK = __NETWORK__;
const STEPS = {
  invert: "Invert to white on black",
  specks: "Drop specks",
  crop: "Crop to the ink",
  shape: "Keep the shape",
  pen: "Thicken a thin pen",
  centre: "Centre the mass",
};

// ---- Preparation: what the lesson does in Python, function by function.
// Ink is {data, width, height}: how much lies on each pixel, 0 to 1, row by row.
// Most of a page is empty, so only pixels with ink are visited.

function forEachInked({ data, width, height }, visit) {
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      if (data[i] > 0) visit(data[i], row, column, i);
    }
  }
}

// The paper is known to be white, 255. Returns null if nothing stands out from it.
function findInk(grey, width, height) {
  const data = new Float64Array(grey.length);
  for (let i = 0; i < data.length; i++) data[i] = 1 - grey[i] / 255;
  let contrast = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let i = row * width + 1; i < (row + 1) * width - 1; i++) {
      let sum = 0;
      for (let j = i - width; j <= i + width; j += width) {
        sum += data[j - 1] + data[j] + data[j + 1];
      }
      contrast = Math.max(contrast, sum / 9);
    }
  }
  if (contrast < 0.03) return null;
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(Math.max((data[i] / contrast - 0.3) / 0.4, 0), 1);
  }
  return { data, width, height };
}

// Cells are 4 x 4 pixels. Behind each row of them comes an empty one, which keeps a
// row's end and the next one's beginning from being neighbours.
const cellsAcross = (ink) => Math.ceil(ink.width / 4) + 1;
const cellOf = (ink, row, column) => (row >> 2) * cellsAcross(ink) + (column >> 2);

function findParts(ink) {
  const across = cellsAcross(ink);
  const amounts = new Float64Array(across * Math.ceil(ink.height / 4));
  const todo = new Set();
  forEachInked(ink, (value, row, column) => {
    const cell = cellOf(ink, row, column);
    amounts[cell] += value;
    if (value > 0.5) todo.add(cell);
  });
  const parts = [];
  for (const start of todo) {
    todo.delete(start);
    const cells = [start];
    for (const cell of cells) {
      // the list grows while the loop goes through it
      for (const row of [cell - across, cell, cell + across]) {
        for (const near of [row - 1, row, row + 1]) {
          if (todo.delete(near)) cells.push(near);
        }
      }
    }
    const rows = cells.map((cell) => Math.floor(cell / across));
    const columns = cells.map((cell) => cell % across);
    const amount = cells.reduce((sum, cell) => sum + amounts[cell], 0);
    const high = Math.max(...rows) - Math.min(...rows) + 1;
    const [left, right] = [Math.min(...columns), Math.max(...columns)];
    parts.push({ cells, amount, high, left, right });
  }
  return parts.sort((part, other) => other.amount - part.amount);
}

function areTwoDigits(part, other) {
  const [low, high] = [part.high, other.high].sort((a, b) => a - b);
  const gap = Math.max(other.left - part.right, part.left - other.right) - 1;
  return other.amount > 0.25 * part.amount && low > high / 2 && gap > high / 10;
}

// Returns null if there are several digits.
function dropSpecks(ink) {
  const parts = findParts(ink);
  if (parts.slice(1).some((other) => areTwoDigits(parts[0], other))) return null;
  const large = parts.filter(({ amount }) => amount >= parts[0].amount / 10);
  const kept = new Set(large.flatMap(({ cells }) => cells));
  const data = new Float64Array(ink.data.length);
  forEachInked(ink, (value, row, column, i) => {
    if (kept.has(cellOf(ink, row, column))) data[i] = value;
  });
  return { ...ink, data };
}

function boxOf(ink) {
  const box = { top: ink.height, bottom: 0, left: ink.width, right: 0 };
  forEachInked(ink, (value, row, column) => {
    if (value <= 0.5) return;
    box.top = Math.min(box.top, row);
    box.bottom = row + 1;
    box.left = Math.min(box.left, column);
    box.right = Math.max(box.right, column + 1);
  });
  return box;
}

function penWidth(ink) {
  const { data, width, height } = ink;
  let steps = 0,
    area = 0;
  forEachInked(ink, (value, row, column, i) => {
    area += value;
    if (row > 0) steps += Math.abs(value - data[i - width]);
    if (column > 0) steps += Math.abs(value - data[i - 1]);
    if (row < height - 1 && data[i + width] === 0) steps += value;
    if (column < width - 1 && data[i + 1] === 0) steps += value;
  });
  return (2 * area) / ((steps * Math.PI) / 4);
}

// Each number becomes the largest of those up to `grow` steps away.
function spread(data, step, grow) {
  const largest = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    for (let j = i - grow * step; j <= i + grow * step; j += step) {
      if (data[i] > largest[j]) largest[j] = data[i];
    }
  }
  return largest;
}

function thicken(ink) {
  const { top, bottom, left, right } = boxOf(ink);
  const usual = (2.3 * Math.max(bottom - top, right - left)) / 20;
  const narrow = penWidth(ink);
  const grow = Math.floor((usual - narrow) / 2 + 0.5);
  if (narrow >= 0.75 * usual || grow < 1) return ink;
  const [width, height] = [ink.width + 2 * grow, ink.height + 2 * grow];
  const data = new Float32Array(width * height);
  forEachInked(ink, (value, row, column) => {
    data[(row + grow) * width + column + grow] = value;
  });
  return { data: spread(spread(data, 1, grow), width, grow), width, height };
}

// A pass of Pillow's bilinear resize: of each row, what lies from `start` to `end`
// becomes `size` pixels. Rows come out as columns, so a second pass turns them back.
function resize(data, width, height, start, end, size) {
  const scale = (end - start) / size,
    reach = Math.max(scale, 1);
  const resized = new Float32Array(size * height);
  for (let i = 0; i < size; i++) {
    const centre = start + (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const last = Math.min(Math.trunc(centre + reach + 0.5), width);
    const weights = Array.from({ length: last - first }, (_, k) =>
      Math.max(1 - Math.abs(first + k + 0.5 - centre) / reach, 0),
    );
    const total = weights.reduce((sum, weight) => sum + weight);
    for (let row = 0; row < height; row++) {
      let sum = 0;
      const line = row * width;
      for (let x = first; x < last; x++) sum += weights[x - first] * data[line + x];
      resized[i * height + row] = sum / total;
    }
  }
  return resized;
}

function shrink(ink, { top, bottom, left, right }, keepShape) {
  const longer = Math.max(bottom - top, right - left);
  const fit = (n) =>
    keepShape ? Math.max(Math.floor((n * 20) / longer + 0.5), 1) : 20;
  const [width, height] = [fit(right - left), fit(bottom - top)];
  const turned = resize(ink.data, ink.width, ink.height, left, right, width);
  const data = resize(turned, ink.height, width, top, bottom, height);
  return { data, width, height };
}

function centreOfMass(ink) {
  let total = 0,
    down = 0,
    across = 0;
  forEachInked(ink, (value, row, column) => {
    total += value;
    down += row * value;
    across += column * value;
  });
  return [down / total, across / total];
}

function place(small, top, left) {
  const fit = (n, size) => Math.min(Math.max(Math.floor(n + 0.5), 0), 28 - size);
  const start = 28 * fit(top, small.height) + fit(left, small.width);
  const frame = new Float32Array(784);
  forEachInked(small, (value, row, column) => {
    frame[start + 28 * row + column] = Math.min(Math.max(value, 0), 1);
  });
  return frame;
}

// grey: bytes, row by row; leaveOut: names of steps. Returns {picture}, 784 numbers
// from 0 to 1, or {problem}, a sentence.
function prepare(grey, width, height, leaveOut = []) {
  let ink = findInk(grey, width, height);
  if (!ink) return { problem: "Draw a digit." };
  if (!leaveOut.includes("specks")) ink = dropSpecks(ink);
  if (!ink) return { problem: "There are several digits: cut out one of them." };
  if (!leaveOut.includes("pen")) ink = thicken(ink);
  const page = { top: 0, bottom: ink.height, left: 0, right: ink.width };
  const box = leaveOut.includes("crop") ? page : boxOf(ink);
  const small = shrink(ink, box, !leaveOut.includes("shape"));
  let [top, left] = centreOfMass(small).map((n) => 14 - n);
  if (leaveOut.includes("centre")) {
    // it stays where it stood on the page
    top = ((box.top + box.bottom) / ink.height / 2) * (28 - small.height);
    left = ((box.left + box.right) / ink.width / 2) * (28 - small.width);
  }
  const frame = place(small, top, left);
  return { picture: leaveOut.includes("invert") ? frame.map((v) => 1 - v) : frame };
}

// ---- The network.

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const layers = NETWORK.layers.map((layer) => ({
  ...layer,
  weights: new Int8Array(bytes(layer.weights).buffer),
  scale: new Float32Array(bytes(layer.scale).buffer),
  bias: new Float32Array(bytes(layer.bias).buffer),
}));

// pixels: 784 numbers from 0 to 1. Returns ten probabilities.
function predict(pixels) {
  let values = pixels;
  for (const layer of layers) {
    const sums = new Float64Array(layer.units);
    values.forEach((value, i) => {
      if (value === 0) return;
      const start = i * layer.units;
      for (let u = 0; u < sums.length; u++) sums[u] += value * layer.weights[start + u];
    });
    const scores = sums.map((sum, u) => sum * layer.scale[u] + layer.bias[u]);
    values = layer.units > 10 ? scores.map((score) => Math.max(score, 0)) : scores;
  }
  const highest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - highest));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

// ---- The pad.

const SIDE = 224; // pixels of the page
const PARTS = __PARTS__;

const percent = (share) =>
  share > 0.995 ? "over 99 %" : `${Math.round(100 * share)} %`;

// Returns a canvas of 28 x 28 pixels that shows 784 grey values from 0 to 255.
function pictureOf(greys) {
  const canvas = document.createElement("canvas");
  const image = new ImageData(28, 28);
  canvas.width = canvas.height = 28;
  greys.forEach((grey, i) => {
    image.data.set([grey, grey, grey, 255], 4 * i);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function setUp(host) {
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = PARTS;
  const find = (selector) => root.querySelector(selector);
  const make = (name, parent, content) => {
    const element = document.createElement(name);
    element.innerHTML = content;
    find(parent).append(element);
    return element;
  };
  const canvas = find(".paper canvas"),
    pen = find(".pen"),
    ol = find("ol");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });

  const switches = Object.entries(STEPS).map(
    ([name, words]) =>
      make("label", ".steps", `<input type="checkbox" value="${name}" checked>${words}`)
        .firstChild,
  );
  const bars = Array.from("0123456789", (digit) =>
    make("li", "ol", `${digit} <span><i></i></span> <em></em>`),
  );
  const digits = bytes(NETWORK.digits);
  bars.forEach((_, digit) => {
    const pixels = digits.subarray(784 * digit, 784 * (digit + 1));
    const button = make("button", ".digits", digit);
    button.prepend(pictureOf(pixels.map((grey) => 255 - grey)));
    button.addEventListener("click", () => stamp(pixels));
  });

  // Undo goes back through the last page's strokes, then to the page before.
  const pages = [{ stamp: null, strokes: [] }];
  let stroke = null; // the one being drawn
  const lastPage = () => pages[pages.length - 1];

  function draw({ stamp, strokes }) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIDE, SIDE);
    if (stamp) context.drawImage(stamp, 0, 0, SIDE, SIDE);
    context.lineCap = context.lineJoin = "round";
    for (const { width, points } of strokes) {
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(points[0].x + 0.01, points[0].y); // so that a single point shows
      for (const { x, y } of points) context.lineTo(x, y);
      context.stroke();
    }
  }

  function page() {
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    return new Uint8Array(SIDE * SIDE).map((_, i) => data[4 * i]);
  }

  // Shows the page and its reading; returns that in a sentence.
  function show() {
    draw(lastPage());
    const leaveOut = switches.filter((box) => !box.checked).map((box) => box.value);
    const { picture, problem } = prepare(page(), SIDE, SIDE, leaveOut);
    const seen = picture ?? new Float32Array(784);
    find(".seen canvas")
      .getContext("2d")
      .drawImage(pictureOf(seen.map((value) => 255 * value)), 0, 0);
    ol.style.visibility = picture ? "visible" : "hidden";
    find(".answer").textContent = problem ?? "";
    if (!picture) return problem;
    const shares = predict(picture);
    const best = shares.indexOf(Math.max(...shares));
    bars.forEach((bar, digit) => {
      bar.classList.toggle("highest", digit === best);
      bar.querySelector("i").style.transform = `scaleX(${shares[digit]})`;
      bar.querySelector("em").textContent = percent(shares[digit]);
    });
    find(".answer").innerHTML = `<b>${best}</b> ${percent(shares[best])}`;
    return `Read as ${best}, ${percent(shares[best])}.`;
  }

  const announce = (words) => {
    find(".announced").textContent = words;
  };
  let waiting = false; // for the next frame, which shows all that happened until then
  function showSoon() {
    if (!waiting)
      requestAnimationFrame(() => {
        waiting = false;
        show();
      });
    waiting = true;
  }

  function begin(point) {
    stroke = { width: Number(find("[name=pen]:checked").value), points: [point] };
    lastPage().strokes.push(stroke);
    showSoon();
  }
  function extend(points) {
    stroke?.points.push(...points);
    showSoon();
  }
  function end() {
    stroke = null;
    tip.down = false;
    showPen();
    announce(show());
  }
  function turnTo(stamp) {
    pages.push({ stamp, strokes: [] });
    end();
  }
  const stamp = (pixels) => turnTo(pictureOf(pixels.map((grey) => 255 - grey)));
  function undo() {
    if (!lastPage().strokes.pop() && pages.length > 1) pages.pop();
    end();
  }

  const pointOf = ({ clientX, clientY }) => {
    const { left, top, width } = canvas.getBoundingClientRect(); // slides are scaled
    return {
      x: ((clientX - left) * SIDE) / width,
      y: ((clientY - top) * SIDE) / width,
    };
  };
  let pointer = null; // the one that draws; a second finger does not
  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    tip.down = false;
    showPen();
    begin(pointOf(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    extend((events.length ? events : [event]).map(pointOf));
  });
  for (const type of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(type, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      end();
    });
  }

  const tip = { x: SIDE / 2, y: SIDE / 2, down: false }; // of the keyboard's pen
  const ARROWS = {
    ArrowLeft: [-7, 0],
    ArrowRight: [7, 0],
    ArrowUp: [0, -7],
    ArrowDown: [0, 7],
  };
  function showPen() {
    const width = `${(100 * find("[name=pen]:checked").value) / SIDE}%`;
    const [left, top] = [tip.x, tip.y].map((n) => `${(100 * n) / SIDE}%`);
    Object.assign(pen.style, { left, top, width, height: width });
    pen.classList.toggle("down", tip.down);
  }
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== " " && !(event.key in ARROWS)) return;
    event.preventDefault();
    const [right, down] = ARROWS[event.key] ?? [0, 0];
    tip.x = Math.min(Math.max(tip.x + right, 0), SIDE);
    tip.y = Math.min(Math.max(tip.y + down, 0), SIDE);
    const point = { x: tip.x, y: tip.y };
    if (event.key === " " && tip.down) return end();
    if (event.key === " ") {
      tip.down = true;
      begin(point);
      announce("The pen is down.");
    } else if (tip.down) {
      extend([point]);
    }
    showPen();
  });

  // Otherwise keys and fingers would turn the slides, too.
  for (const type of ["keydown", "pointerdown", "pointermove"]) {
    root.addEventListener(type, (event) => event.stopPropagation());
  }

  find(".undo").addEventListener("click", undo);
  find(".clear").addEventListener("click", () => turnTo(null));
  find(".steps").addEventListener("change", () => announce(show()));
  find(".page").addEventListener("change", showPen);
  showPen();
  show();
  host.digitPad = { prepare, predict, page, stamp };
}

for (const host of document.querySelectorAll(".digit-pad")) {
  if (!host.shadowRoot) setUp(host);
}
