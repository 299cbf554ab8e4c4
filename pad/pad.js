// The pad: its parts put together, the pen, and the keys.

import { makeAnswer } from "./answer.js";
import { makeChallenge } from "./challenge.js";
import { makeInside } from "./inside.js";
import { makeLens } from "./lens.js";
import {
  activations,
  contributions,
  oneOf,
  predict,
  slopes,
  unpack,
  unpackDeflated,
} from "./network.js";
import { makePhotos } from "./photo.js";
import { prepare } from "./preparation.js";
import { digitsOf, hasInk, makeSheet, SIDE, showPage, stampOf } from "./sheet.js";
import { makeStrip } from "./strip.js";
import { bestOf, fitToScreen, make } from "./tools.js";
import { unlikeness } from "./unlike.js";

const NETWORK = __NETWORK__;
const RECORD = null; // on the page alone, lesson 09's network
const PARTS = __PARTS__;

const ARROWS = {
  ArrowLeft: [-7, 0],
  ArrowRight: [7, 0],
  ArrowUp: [0, -7],
  ArrowDown: [0, 7],
};
// A 7 that draws itself once on the page alone, to show what happens there.
const SEVEN = [
  [62, 42],
  [84, 39],
  [106, 37],
  [130, 37],
  [162, 36],
  [155, 56],
  [145, 80],
  [133, 106],
  [122, 136],
  [113, 168],
].map(([x, y]) => ({ x, y }));
const DEMO_INK = "#96938a";

// Returns the classes of the layout that fits where the pad is: look.css has them.
function layoutFor(width) {
  if (width > 1040) return "desk";
  if (width <= 608) return "small phone";
  return innerHeight <= 500 ? "small side" : "tablet";
}

// Says whether the text round an element is light, so that its ground is dark.
function isOnDark(element) {
  const [red, green, blue] = getComputedStyle(element).color.match(/\d+/g).map(Number);
  return red + green + blue > 3 * 128;
}

function setUp(host) {
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = PARTS;
  const find = (selector) => root.querySelector(selector);
  const [paper, shown, pen, hand] = [".paper", ".paper canvas", ".pen", ".hand"].map(
    find,
  );
  const networks = [unpack(NETWORK)];
  const pad = {
    root,
    find,
    sheet: makeSheet(),
    networks,
    number: 0, // of the network that reads
    layers: networks[0],
    now: { pictures: {} }, // what the last reading found
    colour: (name) => getComputedStyle(find(".pad")).getPropertyValue(`--${name}`),
    announce(words) {
      find(".announced").textContent = words;
    },
    turnTo,
    show,
  };
  pad.answer = makeAnswer(pad);
  pad.inside = makeInside(pad);
  pad.showLens = makeLens(pad);
  pad.strip = makeStrip(pad);
  pad.photos = makePhotos(pad);
  pad.challenge = makeChallenge(pad);

  // ---- Reading.

  // Says what the other network reads, if that differs.
  function otherReading() {
    const other = networks[1 - pad.number];
    if (!other || !pad.now.shares) return "";
    const read = bestOf(predict(other, pad.now));
    return read === bestOf(pad.now.shares) ? "" : `The other network reads ${read}.`;
  }

  // Shows the page and its reading; returns that in a sentence.
  function show() {
    const colours = isOnDark(host.parentElement) ? "dark" : "light";
    find(".pad").className = `pad ${layoutFor(host.clientWidth)} ${colours}`;
    const page = pad.sheet.toRead();
    pad.now = prepare(page, pad.strip.leftOut());
    if (pad.now.picture) {
      pad.now.values = activations(pad.layers, pad.now.picture);
      pad.now.shares = predict(pad.layers, pad.now);
      pad.now.unlike = unlikeness(pad.now.picture, bestOf(pad.now.shares)) > 1;
    }
    fitToScreen(shown);
    showPage(shown, pad.sheet.last(), pad.colour("paper"), demo ? DEMO_INK : undefined);
    paper.classList.toggle("inked", hasInk(pad.sheet.last()));
    find(".undo").disabled = !pad.sheet.canUndo();
    find(".clear").disabled = !hasInk(pad.sheet.last());
    pad.strip.show(page);
    if (!pad.photos.isOn()) pad.strip.compareSoon(stroke ? 400 : 60);
    const words = pad.answer.show(otherReading());
    pad.showLens();
    pad.inside.show();
    pad.challenge.show(Boolean(stroke));
    return words;
  }
  let waiting = false; // for the next frame, which shows all that happened until then
  function showSoon() {
    if (!waiting)
      requestAnimationFrame(() => {
        waiting = false;
        show();
      });
    waiting = true;
  }

  // ---- The pen.

  let stroke = null; // the one being drawn
  function begin(points) {
    pad.photos.stop();
    endDemo();
    if (pad.sheet.last().photo) pad.sheet.turnTo();
    stroke = { width: Number(find("[name=pen]:checked").value), points };
    pad.sheet.last().strokes.push(stroke);
    showSoon();
  }
  function extend(point) {
    stroke.points.push(point);
    showSoon();
  }
  function end() {
    stroke = null;
    tip.down = false;
    showPen();
    pad.announce(show());
  }
  function turnTo(page) {
    pad.photos.stop();
    endDemo();
    pad.sheet.turnTo(page);
    end();
  }
  function undo() {
    pad.photos.stop();
    if (!endDemo()) pad.sheet.undo();
    end();
  }

  const pointOf = ({ clientX, clientY }) => {
    const { left, top, width } = shown.getBoundingClientRect(); // slides are scaled
    return {
      x: ((clientX - left) * SIDE) / width,
      y: ((clientY - top) * SIDE) / width,
    };
  };
  const isOnPage = ({ x, y }) => Math.min(x, y) >= 0 && Math.max(x, y) <= SIDE;
  let pointer = null; // the one that draws; a second finger does not
  let before = null; // where a pressed one was last, beside the page

  // Ends the stroke of a pointer that was lifted, or lost.
  function lose({ pointerId }) {
    before = null;
    if (pointer === null || pointerId !== pointer) return;
    pointer = null;
    end();
  }

  // A stroke may begin beside the page: then it comes in from there.
  function follow(event) {
    if (!(event.buttons & 1)) lose(event);
    else if (pointer === null || event.pointerId === pointer) {
      const events = event.getCoalescedEvents?.() ?? [];
      for (const point of (events.length ? events : [event]).map(pointOf)) {
        if (stroke && pointer !== null) extend(point);
        else if (isOnPage(point)) {
          pointer = event.pointerId;
          hand.setPointerCapture(pointer);
          tip.down = false;
          begin(before ? [before, point] : [point]);
        } else before = point;
      }
    }
  }
  hand.addEventListener("pointerdown", (event) => {
    before = null;
    if (!hand.hasPointerCapture(pointer ?? -1)) lose({ pointerId: pointer }); // unheard
    if (event.button === 0 && event.target !== find(".snap")) follow(event);
  });
  root.addEventListener("pointermove", follow);
  addEventListener("pointermove", follow); // beside the pad
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    hand.addEventListener(type, lose);
  }

  const tip = { x: SIDE / 2, y: SIDE / 2, down: false }; // of the keyboard's pen
  function showPen() {
    const width = `${(100 * find("[name=pen]:checked").value) / SIDE}%`;
    const [left, top] = [tip.x, tip.y].map((n) => `${(100 * n) / SIDE}%`);
    Object.assign(pen.style, { left, top, width, height: width });
    pen.classList.toggle("down", tip.down);
  }
  shown.addEventListener("keydown", (event) => {
    if (event.key !== " " && !(event.key in ARROWS)) return;
    event.preventDefault();
    const [right, down] = ARROWS[event.key] ?? [0, 0];
    tip.x = Math.min(Math.max(tip.x + right, 0), SIDE);
    tip.y = Math.min(Math.max(tip.y + down, 0), SIDE);
    const point = { x: tip.x, y: tip.y };
    if (event.key === " " && tip.down) return end();
    if (event.key === " ") {
      begin([point]);
      tip.down = true;
      pad.announce("The pen is down.");
    } else if (tip.down) extend(point);
    showPen();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") pad.inside.pin(null);
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey) return; // that is: redo
    if (event.key.toLowerCase() !== "z") return; // large, with Caps Lock
    event.preventDefault();
    undo();
  });
  // Otherwise keys and fingers would turn the slides, too.
  for (const type of ["keydown", "pointerdown", "pointermove"]) {
    root.addEventListener(type, (event) => event.stopPropagation());
  }

  find(".undo").addEventListener("click", undo);
  find(".clear").addEventListener("click", () => turnTo());
  find(".pens").addEventListener("change", showPen);
  find(".screen").addEventListener("click", () => pad.inside.pin(null));
  find(".back").addEventListener("click", () => pad.inside.pin(null));

  const stamp = (pixels) => turnTo({ stamp: stampOf(pixels) });
  const digits = digitsOf(NETWORK.digits);
  digits.forEach((pixels, digit) => {
    const label = `Test digit ${digit}`;
    const attributes = { type: "button", title: label, "aria-label": label };
    const button = make("button", find(".samples"), "", attributes);
    button.append(stampOf(pixels));
    button.addEventListener("click", () => stamp(pixels));
  });

  // ---- Two networks.

  function choose(number) {
    pad.number = number;
    pad.layers = networks[number];
    const examples = digits.map((pixels) =>
      activations(
        pad.layers,
        Array.from(pixels, (grey) => grey / 255),
      ),
    );
    pad.inside.turnTo(pad.layers, examples);
    return show();
  }
  find(".which").addEventListener("change", (event) =>
    pad.announce(choose(Number(event.target.value))),
  );

  if (RECORD)
    unpackDeflated(RECORD, networks[0]).then((layers) => {
      networks.push(layers);
      find(".which").hidden = false;
      showSoon();
    });

  // ---- The first moment.

  let demo = 0; // the request for its next frame
  function runDemo() {
    const points = [SEVEN[0]];
    pad.sheet.last().strokes.push({ width: 15, points });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let frames = 0;
    const next = () => {
      const until = still ? SEVEN.length : ++frames / 6;
      points.splice(0, points.length, ...SEVEN.slice(0, Math.floor(until) + 1));
      demo = requestAnimationFrame(until < SEVEN.length ? next : () => {});
      show();
    };
    demo = requestAnimationFrame(next);
  }
  const isAlone = host.classList.contains("alone");
  const waitingDemo = isAlone ? setTimeout(runDemo, 700) : 0;
  // Takes the 7 away for good; says whether it was there.
  function endDemo() {
    clearTimeout(waitingDemo);
    if (!demo) return false;
    cancelAnimationFrame(demo);
    demo = 0;
    pad.sheet.last().strokes.length = 0;
    return true;
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showSoon);
  new ResizeObserver(() => {
    show();
    pad.inside.layOut();
  }).observe(find(".pad"));
  showPen();
  choose(0);
  host.digitPad = {
    prepare,
    unlikeness,
    stamp,
    page: pad.sheet.greys,
    predict: (found) => predict(pad.layers, found),
    activations: (picture) => activations(pad.layers, picture),
    contributions: (picture, digit) => contributions(pad.layers, picture, digit),
    neuronWeights: (picture, level, i) =>
      slopes(
        pad.layers,
        level,
        oneOf(pad.layers[level].units, i),
        activations(pad.layers, picture),
      ),
  };
}

for (const host of document.querySelectorAll(".digit-pad")) {
  if (!host.shadowRoot) setUp(host);
}
