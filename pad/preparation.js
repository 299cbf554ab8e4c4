// From ink to a picture of 28 x 28: what lesson 10 does in Python.

import { findInkOnPhoto, findInkOnWhite, isCrossed } from "./ink.js";
import { boxOf, findParts, forEachInked, inkIn, penWidth } from "./parts.js";

// Returns how many pixels lie between two boxes.
function gapsOf(box, other) {
  return {
    across: Math.max(other.left - box.right, box.left - other.right),
    down: Math.max(other.top - box.bottom, box.top - other.bottom),
  };
}

// Says whether boxes stand like those of two digits, side by side or one below.
function areTwoDigits(box, other) {
  const [low, high] = [box, other]
    .map(({ top, bottom }) => bottom - top)
    .sort((a, b) => a - b);
  const { across, down } = gapsOf(box, other);
  const apart = Math.max(across - 2, (down - 2) / 1.5); // outlines are blurred
  return low > high / 2 && apart > high / 10;
}

// Returns null if there are several digits.
function dropSpecks(ink) {
  const parts = findParts(ink);
  const [largest] = parts;
  const boxOfPart = (part) => boxOf(inkIn(ink, [part]));
  const near = parts
    .filter(({ amount }) => amount >= largest.amount / 10)
    .map((part) => ({ part, box: boxOfPart(part) }));
  const [{ box }] = near;
  const isAnother = (other) =>
    other.part.amount > largest.amount / 5 && areTwoDigits(box, other.box);
  if (near.some(isAnother)) return null;
  const reach = 0.3 * Math.max(box.bottom - box.top, box.right - box.left);
  const isOfDigit = (other) => {
    const { across, down } = gapsOf(box, other.box);
    return Math.max(across, down) <= reach;
  };
  return inkIn(
    ink,
    near.filter(isOfDigit).map(({ part }) => part),
  );
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

// Turns a picture of float32 against the clock, as Pillow does: each pixel is a mean of
// four, and the picture becomes as large as it has to be.
function rotate({ data, width, height }, degrees) {
  const angle = (-degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turn = (x, y) => [cos * x + sin * y, cos * y - sin * x];
  const middle = ([x, y]) => [x + width / 2, y + height / 2];
  const corners = [0, width].flatMap((x) =>
    [0, height].map((y) => middle(turn(x - width / 2, y - height / 2))),
  );
  const [across, down] = [0, 1].map((axis) => {
    const ends = corners.map((corner) => corner[axis]);
    return Math.ceil(Math.max(...ends)) - Math.floor(Math.min(...ends));
  });
  const turned = new Float32Array(across * down);
  const at = (x, y) => {
    const row = Math.min(Math.max(y, 0), height - 1);
    return data[row * width + Math.min(Math.max(x, 0), width - 1)];
  };
  for (let row = 0, i = 0; row < down; row++) {
    for (let column = 0; column < across; column++, i++) {
      const from = turn(column + 0.5 - across / 2, row + 0.5 - down / 2);
      const [x, y] = middle(from);
      if (x < 0 || x >= width || y < 0 || y >= height) continue;
      const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
      const [dx, dy] = [x - 0.5 - left, y - 0.5 - top];
      const [upper, lower] = [top, top + 1].map(
        (line) => at(left, line) * (1 - dx) + at(left + 1, line) * dx,
      );
      turned[i] = upper * (1 - dy) + lower * dy;
    }
  }
  return { data: turned, width: across, height: down };
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

// Returns what is in the box of the ink, 20 pixels long, balanced in 28 x 28.
function fit(ink) {
  const small = shrink(ink, boxOf(ink), true);
  const [top, left] = centreOfMass(small).map((n) => 14 - n);
  return place(small, top, left);
}

// Returns pictures of a digit as it stands, and turned a little: the mean of their
// readings is seldom wrong and sure.
function turnsOf(ink) {
  const { top, bottom, left, right } = boxOf(ink);
  const [width, height] = [right - left, bottom - top];
  const data = new Float32Array(width * height).map((_, i) => {
    const row = top + Math.floor(i / width);
    return ink.data[row * ink.width + left + (i % width)];
  });
  const turned = (angle) =>
    angle ? rotate({ data, width, height }, angle) : { data, width, height };
  return [-25, -15, 0, 15, 25].map((angle) => fit(turned(angle)));
}

const EMPTY =
  "The page looks empty: go nearer, leave paper round it, or use a darker pen.";
const SEVERAL = "There are several digits: cut out one of them.";

// page: {grey, width, height, photo}, grey as bytes, row by row; leaveOut: names of
// steps. Returns {pictures, picture, crossed, turns}: what each step comes to, by its name,
// 784 numbers from 0 to 1, whether a band of shadow crosses the digit, and for a whole
// photo the pictures to read in its place; or {pictures, problem}: those that were reached,
// and a sentence.
export function prepare({ grey, width, height, photo }, leaveOut = []) {
  const out = (step) => leaveOut.includes(step);
  const pictures = {};
  const found = photo
    ? findInkOnPhoto(grey, width, height)
    : findInkOnWhite(grey, width, height);
  if (!found) return { pictures, problem: photo ? EMPTY : "Draw a digit." };
  let { ink } = found;
  const negative = out("invert") && found.dark;
  const keep = (step, picture) => {
    pictures[step] = { ...picture, negative };
  };
  keep("invert", ink);
  if (!out("specks")) ink = dropSpecks(ink);
  if (!ink) return { pictures, problem: SEVERAL };
  keep("specks", ink);
  const crossed = photo && isCrossed(grey, found, boxOf(ink));
  if (!out("pen")) ink = thicken(ink);
  keep("pen", ink);
  const page = { top: 0, bottom: ink.height, left: 0, right: ink.width };
  const box = out("crop") ? page : boxOf(ink);
  keep("crop", { ...ink, box });
  const small = shrink(ink, box, !out("shape"));
  keep("shape", { ...small, pixels: true });
  let [top, left] = centreOfMass(small).map((n) => 14 - n);
  if (out("centre")) {
    // it stays where it stood on the page
    top = ((box.top + box.bottom) / ink.height / 2) * (28 - small.height);
    left = ((box.left + box.right) / ink.width / 2) * (28 - small.width);
  }
  const frame = place(small, top, left);
  const size = { width: 28, height: 28 };
  keep("centre", { data: frame, ...size, pixels: true, cross: !out("centre") });
  const picture = negative ? frame.map((value) => 1 - value) : frame;
  return photo && !leaveOut.length
    ? { pictures, picture, crossed, turns: turnsOf(ink) }
    : { pictures, picture, crossed };
}
