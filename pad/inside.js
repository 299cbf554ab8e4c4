// The network's picture: neurons that light up, lines that carry, and what is touched.

import { ordered } from "./network.js";
import { bestOf, make } from "./tools.js";

const COLUMNS = [8, 2]; // in which the neurons of the hidden layers stand
const LAYERS = ["first", "second"];
const PACE = [70, 110, 150]; // milliseconds in which two thirds of a change are shown
const DIRECTIONS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const same = (one, other) => one?.level === other?.level && one?.i === other?.i;

// Returns the n strongest of what `visit` is shown, [{from, to, value}], values as
// shares of the strongest one's.
function strongest(n, visit) {
  const list = [];
  visit((from, to, value) => list.push({ from, to, value }));
  list.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const most = Math.abs(list[0]?.value) || 1;
  return list
    .slice(0, n)
    .map((line) => ({ ...line, value: line.value / most }))
    .filter(({ value }) => Math.abs(value) > 0.1);
}

export function makeInside(pad) {
  const net = pad.find(".net");
  const canvas = pad.find(".net canvas");
  const box = pad.find(".nodes");
  const heads = [...net.querySelectorAll("h3")];
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let pinned = null; // {level: 0, 1 or 2, i}
  let hovered = null;
  const touched = () => hovered ?? pinned;
  let order = []; // of the neurons in each hidden layer
  let full = []; // what each hidden layer's neurons come to at most, about
  let places = null;
  let lines = [];

  const buttons = [128, 32].map((n, level) =>
    Array.from({ length: n }, (_, i) =>
      make("button", box, "", {
        type: "button",
        tabindex: -1,
        "aria-label": `Neuron ${i}, ${LAYERS[level]} layer`,
        "aria-pressed": "false",
        "data-level": level,
        "data-i": i,
      }),
    ),
  );

  // ---- Where everything stands. On a desk the lens is at the left and the bars at the
  // right; else the ten digits stand in the picture itself.
  function layOut() {
    const scale = net.getBoundingClientRect().width / net.offsetWidth || 1; // on a slide
    const from = net.getBoundingClientRect();
    const at = (element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return {
        left: (left - from.left) / scale,
        top: (top - from.top) / scale,
        width: width / scale,
        height: height / scale,
      };
    };
    const [width, height] = [net.offsetWidth, net.offsetHeight];
    const lens = at(pad.find(".screen"));
    const bars = pad.answer.bars.map(at);
    const beside = bars[0].left >= width - 4 && lens.left < 0;
    const [top, bottom] = [beside ? 30 : 56, height - 6];
    const [first, tail] = beside ? [46, 0] : [8, 30];
    const step = Math.min(beside ? 19 : 28, ((width - first - tail) * 0.42) / 8);
    const rowStep = Math.min((bottom - top) / 16, 24);
    const middle = (top + bottom) / 2;
    const second = (first + 6 * step + width - tail) / 2;
    const lefts = [first, second];
    const points = lefts.map((left, level) => {
      const found = [];
      order[level].forEach((i, k) => {
        found[i] = {
          x: left + step * (0.5 + (k % COLUMNS[level])),
          y: middle + rowStep * (Math.floor(k / COLUMNS[level]) - 7.5),
        };
      });
      return found;
    });
    const digits = bars.map((bar, d) =>
      beside
        ? { x: width - 2, y: bar.top + bar.height / 2 }
        : { x: width - 12, y: middle + (d - 4.5) * Math.min(30, (bottom - top) / 10) },
    );
    buttons.forEach((list, level) => {
      list.forEach((button, i) => {
        button.style.left = `${points[level][i].x}px`;
        button.style.top = `${points[level][i].y}px`;
      });
    });
    [first + 4 * step, second + step, width - 12].forEach((x, i) => {
      heads[i].style.left = `${x}px`;
    });
    heads[2].hidden = beside;
    const reach = canvas.offsetWidth - width; // as far as the lens
    places = { points: [...points, digits], beside, reach, lens };
    places.most = 0.42 * Math.min(step, rowStep);
    const ratio = Math.min(devicePixelRatio, 2);
    canvas.width = Math.round((width + reach) * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, reach * ratio, 0);
  }

  // ---- The lines: what the strongest weights carry. Level -1 comes from the pixels.
  function linesNow() {
    const what = touched();
    const { values, picture } = pad.now;
    const [one, two, three] = pad.layers.map(({ weights }) => weights);
    const lit = (level, i) => values?.[level][i] ?? 0;
    const found = [];
    const add = (level, n, visit, faint = 1) => {
      for (const line of strongest(n, visit))
        found.push({ level, ...line, value: faint * line.value });
    };
    const intoFirst = (u) => (visit) =>
      picture?.forEach((ink, p) => {
        if (ink > 0.3) visit(p, u, ink * one[128 * p + u]);
      });
    const intoSecond = (js) => (visit) => {
      for (const j of js)
        for (let i = 0; i < 128; i++) visit(i, j, lit(0, i) * two[32 * i + j]);
    };
    const toDigits = (js, digits) => (visit) => {
      for (const j of js)
        for (const d of digits) visit(j, d, lit(1, j) * three[10 * j + d]);
    };
    const [all32, all10] = [32, 10].map((n) => [...Array(n).keys()]);
    if (!what && values) {
      const bright = [...values[0].keys()].sort((a, b) => lit(0, b) - lit(0, a));
      for (const u of bright.slice(0, 14)) {
        const lights = (visit) =>
          intoFirst(u)((p, _, value) => visit(p, u, Math.max(value, 0)));
        add(-1, 2, lights, 0.45);
      }
      const bright32 = all32.filter((j) => lit(1, j) > 0);
      add(0, 44, intoSecond(bright32));
      add(1, 22, toDigits(bright32, all10));
    } else if (what?.level === 0) {
      add(-1, 40, intoFirst(what.i));
      add(0, 32, (visit) => {
        for (const j of all32) visit(what.i, j, two[32 * what.i + j]);
      });
      const heard = found.filter(
        ({ level, value }) => level === 0 && Math.abs(value) > 0.5,
      );
      const js = heard.map(({ to }) => to);
      add(1, 12, toDigits(js, all10));
    } else if (what?.level === 1) {
      add(0, 40, intoSecond([what.i]));
      add(1, 10, (visit) => {
        for (const d of all10) visit(what.i, d, three[10 * what.i + d]);
      });
    } else if (what) {
      add(1, 32, toDigits(all32, [what.i]));
      for (const { from } of found.slice(0, 4)) add(0, 8, intoSecond([from]));
    }
    return found;
  }

  // ---- Painting. What is on show follows what was read: first the left, then the right.
  const onShow = [new Float64Array(128), new Float64Array(32), new Float64Array(10)];

  function paintLine(pencil, { level, from, to, value }) {
    const { points, reach, lens } = places;
    const row = (Math.floor(from / 28) + 0.5) / 28;
    const start =
      level < 0 ? { x: -reach, y: lens.top + row * lens.height } : points[level][from];
    const end = points[level + 1][to];
    const middle = (start.x + end.x) / 2;
    const strength = Math.abs(value);
    pencil.strokeStyle = pad.colour(value > 0 ? "blue" : "red");
    pencil.globalAlpha = 0.12 + 0.6 * strength;
    pencil.lineWidth = 0.6 + 2.4 * strength ** 2;
    pencil.setLineDash(value > 0 ? [] : [4, 4]);
    pencil.beginPath();
    pencil.moveTo(start.x, start.y);
    pencil.bezierCurveTo(middle, start.y, middle, end.y, end.x, end.y);
    pencil.stroke();
  }

  function disc(pencil, { x, y }, radius) {
    pencil.beginPath();
    pencil.arc(x, y, radius, 0, 2 * Math.PI);
  }

  function paintNeuron(pencil, level, i, value) {
    const light = Math.min(Math.sqrt(value / full[level]), 1);
    const isLit = light > 0.02;
    disc(
      pencil,
      places.points[level][i],
      isLit ? 1.8 + (places.most - 1.8) * light : 1.8,
    );
    pencil.fillStyle = pad.colour(isLit ? "blue" : "rest");
    pencil.globalAlpha = isLit ? 0.4 + 0.6 * light : 1;
    pencil.fill();
    pencil.globalAlpha = 1;
    if (!same(touched(), { level, i })) return;
    disc(pencil, places.points[level][i], places.most + 2.5);
    pencil.strokeStyle = pad.colour("text");
    pencil.lineWidth = 2;
    pencil.stroke();
  }

  function paintDigit(pencil, d, isBest) {
    const place = places.points[2][d];
    const isTouched = same(touched(), { level: 2, i: d });
    disc(pencil, place, 10.5);
    pencil.fillStyle = pad.colour(isBest ? "blue" : "bg");
    pencil.strokeStyle = pad.colour(isTouched ? "text" : isBest ? "blue" : "muted");
    pencil.lineWidth = isTouched ? 2.5 : 1;
    pencil.fill();
    pencil.stroke();
    pencil.fillStyle = isBest ? "#0b1119" : pad.colour("text");
    pencil.font = `${isBest ? 700 : 400} 14px ${getComputedStyle(net).fontFamily}`;
    pencil.textAlign = "center";
    pencil.textBaseline = "middle";
    pencil.fillText(d, place.x, place.y + 0.5);
  }

  function paint() {
    const pencil = canvas.getContext("2d");
    pencil.clearRect(-places.reach, 0, canvas.width, canvas.height);
    for (const line of lines)
      if (line.level >= 0 || places.beside) paintLine(pencil, line);
    pencil.setLineDash([]);
    for (const level of [0, 1])
      onShow[level].forEach((value, i) => {
        paintNeuron(pencil, level, i, value);
      });
    if (places.beside) return;
    const best = pad.now.shares ? bestOf(pad.now.shares) : null;
    for (let d = 0; d < 10; d++) paintDigit(pencil, d, d === best);
  }

  let moving = false;
  let before = 0;
  function move(time) {
    const passed = Math.min(time - before, 60);
    before = time;
    const { values, shares } = pad.now;
    moving = false;
    [values?.[0], values?.[1], shares].forEach((goal, number) => {
      const shown = onShow[number];
      const part = still.matches ? 1 : 1 - Math.exp(-passed / PACE[number]);
      shown.forEach((value, i) => {
        const away = (goal?.[i] ?? 0) - value;
        const near = Math.abs(away) < 0.004;
        shown[i] += near ? away : part * away;
        moving ||= !near;
      });
    });
    pad.answer.bars.forEach((bar, d) => {
      bar.style.setProperty("--p", onShow[2][d].toFixed(4));
    });
    paint();
    if (moving) requestAnimationFrame(move);
  }

  // Shows a new reading, or what was touched.
  function show() {
    if (!net.offsetWidth) return;
    if (!places) layOut();
    lines = linesNow();
    if (moving) return;
    moving = true;
    before = performance.now() - 16;
    requestAnimationFrame(move);
  }

  // ---- Touching. What is hovered over is shown, what is pressed stays.
  const isPinned = (what) => (what ? same(pinned, what) : Boolean(pinned));
  function pin(what) {
    pinned = what;
    hovered = null;
    buttons.forEach((list, level) => {
      list.forEach((button, i) => {
        button.setAttribute("aria-pressed", String(same(what, { level, i })));
      });
    });
    pad.answer.bars.forEach((bar, i) => {
      bar.firstChild.setAttribute("aria-pressed", String(same(what, { level: 2, i })));
    });
    const words = pad.showLens();
    show();
    if (what) pad.announce(words);
  }
  const press = (what) => pin(what && isPinned(what) ? null : what);
  function hover(what) {
    if (same(hovered, what)) return "";
    hovered = what;
    show();
    return pad.showLens();
  }
  function nearest({ clientX, clientY }) {
    const { left, top, width } = net.getBoundingClientRect();
    const scale = width / net.offsetWidth;
    const [x, y] = [(clientX - left) / scale, (clientY - top) / scale];
    let least = 16;
    let found = null;
    places.points.slice(0, places.beside ? 2 : 3).forEach((list, level) => {
      list.forEach((point, i) => {
        const away = Math.hypot(point.x - x, point.y - y);
        if (away >= least) return;
        least = away;
        found = { level, i };
      });
    });
    return found;
  }
  const ofButton = ({ dataset }) =>
    dataset.i ? { level: Number(dataset.level), i: Number(dataset.i) } : null;

  box.addEventListener("pointermove", (event) => hover(nearest(event)));
  box.addEventListener("pointerleave", () => hover(null));
  box.addEventListener("click", (event) =>
    press(ofButton(event.target) ?? nearest(event)),
  );
  // The tab key reaches one neuron of each layer, arrows reach the others from there.
  function enter(level, k) {
    const i = order[level][Math.min(Math.max(k, 0), order[level].length - 1)];
    for (const button of buttons[level]) button.tabIndex = -1;
    buttons[level][i].tabIndex = 0;
    return buttons[level][i];
  }
  box.addEventListener("keydown", (event) => {
    const what = ofButton(event.target);
    if (!what || !(event.key in DIRECTIONS)) return;
    event.preventDefault();
    const [right, down] = DIRECTIONS[event.key];
    const k = order[what.level].indexOf(what.i);
    enter(what.level, k + right + COLUMNS[what.level] * down).focus();
  });
  box.addEventListener("focusin", ({ target }) => {
    if (target.matches(":focus-visible")) pad.announce(hover(ofButton(target)));
  });
  box.addEventListener("focusout", () => hover(null));
  pad.answer.bars.forEach((bar, i) => {
    const what = { level: 2, i };
    bar.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") hover(what);
    });
    bar.addEventListener("pointerleave", () => hover(null));
    bar.addEventListener("click", () => press(what));
  });

  return {
    touched,
    isPinned,
    pin,
    show,
    layOut() {
      layOut();
      paint();
    },
    // Another network: its neurons stand in another order. examples: [activations].
    turnTo(layers, examples) {
      order = [0, 1].map((level) => ordered(layers, level));
      full = [0, 1].map((level) =>
        Math.max(...examples.flatMap((of) => [...of[level]])),
      );
      places = null;
      for (const level of [0, 1]) enter(level, 0);
      pin(null);
    },
  };
}
