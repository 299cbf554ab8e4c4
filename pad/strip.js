// The strip: a picture of each step of the preparation, and a switch to leave it out.

import { predict } from "./network.js";
import { prepare } from "./preparation.js";
import { hasInk, showPage } from "./sheet.js";
import { bestOf, fitToScreen, make, pictureOf } from "./tools.js";

const STEPS = {
  invert: ["Invert", "Ink becomes bright, paper black."],
  specks: ["Drop specks", "Small parts beside the digit go."],
  pen: ["Thicken pen", "A thin line is drawn thicker."],
  crop: ["Crop", "Only the box round the ink stays."],
  shape: ["Keep shape", "The longer side becomes 20 pixels."],
  centre: ["Centre", "The ink balances in the middle of 28 x 28."],
};
const NAMES = Object.keys(STEPS);
const BLACK = 12; // of the pictures, from 0 to 255
const WHITE = 244;
const MARK = "#58a6ec";

// Shows a step's picture; all but the pictures of 28 x 28 pixels fill their canvas.
function showPicture(canvas, picture) {
  const size = fitToScreen(canvas);
  const pencil = canvas.getContext("2d");
  pencil.clearRect(0, 0, size, size);
  if (!picture) return;
  const { data, width, height, negative, box, pixels, cross } = picture;
  const [ink, paper] = negative ? [BLACK, WHITE] : [WHITE, BLACK];
  pencil.fillStyle = `rgb(${paper} ${paper} ${paper})`;
  pencil.fillRect(0, 0, size, size);
  const greys = data.map((value) => paper + (ink - paper) * value);
  const { left, right, top, bottom } = box ?? {
    left: 0,
    right: width,
    top: 0,
    bottom: height,
  };
  const [across, down] = [right - left, bottom - top];
  const margin = box ? 0.92 : 1;
  const scale = pixels ? size / 28 : (margin * size) / Math.max(across, down);
  const place = [
    (size - across * scale) / 2,
    (size - down * scale) / 2,
    across * scale,
    down * scale,
  ];
  pencil.imageSmoothingEnabled = !pixels;
  pencil.imageSmoothingQuality = "medium";
  const shown = pictureOf(greys, width, height);
  pencil.drawImage(shown, left, top, across, down, ...place);
  pencil.strokeStyle = pencil.fillStyle = MARK;
  pencil.lineWidth = size / 80;
  if (box) pencil.strokeRect(...place);
  if (cross) {
    const middle = (14.5 * size) / 28;
    pencil.globalAlpha = 0.7;
    pencil.fillRect(middle, 0, 1, size);
    pencil.fillRect(0, middle, size, 1);
    pencil.globalAlpha = 1;
  }
}

// Says whether two pictures of a step differ so that it shows; either may be missing.
function differ(one, other) {
  if (!one || !other) return one !== other;
  if (one.negative !== other.negative || one.data.length !== other.data.length)
    return true;
  if (JSON.stringify(one.box) !== JSON.stringify(other.box)) return true;
  return one.data.some((value, i) => Math.abs(value - other.data[i]) > 0.04);
}

export function makeStrip(pad) {
  const cards = pad.find(".cards");
  const pageCard = make(
    "li",
    cards,
    `<div class="card"><span class="rail"></span><canvas></canvas>
    <span class="name">The page</span></div>`,
  );
  const card = Object.fromEntries(
    NAMES.map((step) => {
      const [name, words] = STEPS[step];
      const li = make(
        "li",
        cards,
        `<label class="card" title="${words}"><span class="rail"></span>
        <canvas></canvas><span class="name">${name}</span><span class="set">
        <input type="checkbox" role="switch" value="${step}" checked
        aria-label="${name}" aria-describedby="without-${step}">
        <small id="without-${step}"></small></span></label>`,
      );
      return [step, li.firstChild];
    }),
  );
  const switchOf = (step) => card[step].querySelector("input");
  const leftOut = () => NAMES.filter((step) => !switchOf(step).checked);
  const read = (found) => (found.picture ? bestOf(predict(pad.layers, found)) : null);

  // The sentence above the strip, and whether it tells of something that went wrong.
  function verdict(right) {
    const { problem, shares } = pad.now;
    const names = leftOut().map((step) => `"${STEPS[step][0]}"`);
    if (!hasInk(pad.sheet.last()) || (!names.length && !problem)) {
      return [
        "Switch a step off, and see what the network makes of your digit without it.",
      ];
    }
    if (problem) return [problem, true];
    const [found, whole] = [bestOf(shares), read(right)];
    const without = `Without ${names.join(names.length === 2 ? " and " : ", ")}, it`;
    if (whole === null) return [`${without} reads ${found}.`];
    if (found === whole) return [`${without} still reads ${found}.`];
    return [`${without} reads ${found} instead of ${whole}.`, true];
  }

  function show(page) {
    const canvas = pageCard.querySelector("canvas");
    fitToScreen(canvas);
    showPage(canvas, pad.sheet.last(), pad.colour("paper"));
    const out = leftOut();
    const inked = hasInk(pad.sheet.last());
    const right = out.length ? prepare(page) : pad.now;
    let changed = false; // a step before this one was left out
    let stopped = !inked;
    for (const step of NAMES) {
      const picture = pad.now.pictures[step];
      const off = out.includes(step);
      showPicture(card[step].querySelector("canvas"), picture);
      const classes = card[step].classList;
      classes.toggle("none", !picture);
      classes.toggle("off", off);
      classes.toggle("after", changed && !off && differ(picture, right.pictures[step]));
      classes.toggle("stops", !stopped && !picture);
      stopped ||= !picture;
      changed ||= off && inked;
    }
    const [words, wrong = false] = verdict(right);
    pad.find(".verdict").textContent = words;
    pad.find(".verdict").classList.toggle("wrong", wrong);
  }

  // Under each switch: what would be read without this step alone.
  function compare() {
    const page = pad.sheet.toRead();
    const whole = read(prepare(page));
    for (const step of NAMES) {
      const small = card[step].querySelector("small");
      const without = read(prepare(page, [step]));
      small.textContent =
        without === null
          ? ""
          : switchOf(step).checked
            ? `without: ${without}`
            : "left out";
      small.classList.toggle("differs", without !== null && without !== whole);
    }
  }
  let resting = 0;
  // Compares when the pen rests: that takes as long as six readings.
  function compareSoon(milliseconds) {
    clearTimeout(resting);
    resting = setTimeout(compare, milliseconds);
  }

  cards.addEventListener("change", () => pad.announce(pad.show()));
  return {
    leftOut,
    show,
    compareSoon,
    allOn() {
      for (const step of NAMES) switchOf(step).checked = true;
    },
  };
}
