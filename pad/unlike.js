// Is a picture like anything that is known of the digit that it is read as?

import { LIMITS, PROTOTYPES } from "./known.js";
import { bytes } from "./tools.js";

const SIZE = 196; // pixels of a prototype, 14 x 14
const LEVELS = 15;

// Of each digit, its prototypes: two grey values in a byte.
const greys = Float64Array.from(
  [...bytes(PROTOTYPES)].flatMap((pair) => [pair >> 4, pair & 15]),
  (value) => value / LEVELS,
);
const prototypes = Array.from({ length: greys.length / SIZE }, (_, k) =>
  greys.subarray(SIZE * k, SIZE * (k + 1)),
);
const perDigit = prototypes.length / 10;

// Returns a picture of 28 x 28 pixels as the means of 2 x 2 of them.
function coarse(picture) {
  const small = new Float64Array(SIZE);
  picture.forEach((value, i) => {
    small[14 * Math.floor(i / 56) + ((i % 28) >> 1)] += value / 4;
  });
  return small;
}

const dot = (one, other) => one.reduce((sum, value, i) => sum + value * other[i], 0);
const lengthOf = (numbers) => Math.sqrt(dot(numbers, numbers));
const less = (numbers, times, others) =>
  numbers.map((number, i) => number - times * others[i]);

// Returns how much each of 14 x 14 pixels changes towards the pixel `step` further.
function slopesOf(image, step) {
  return image.map((_, i) => {
    const place = step === 1 ? i % 14 : Math.floor(i / 14);
    const [before, after] = [place > 0 ? i - step : i, place < 13 ? i + step : i];
    return (image[after] - image[before]) / ((after - before) / step);
  });
}

// Returns directions at right angles, of length 1: their sums are what becomes of a
// prototype that is moved, turned, stretched, slanted, thickened or brightened a little.
function changesOf(image) {
  const [down, across] = [14, 1].map((step) => slopesOf(image, step));
  const y = (i) => Math.floor(i / 14) - 6.5;
  const x = (i) => (i % 14) - 6.5;
  const ways = [
    down,
    across,
    down.map((value, i) => y(i) * value),
    down.map((value, i) => x(i) * value),
    across.map((value, i) => y(i) * value),
    across.map((value, i) => x(i) * value),
    down.map((value, i) => value ** 2 + across[i] ** 2),
    image,
  ];
  const found = [];
  for (const way of ways) {
    let rest = way;
    for (const known of found) rest = less(rest, dot(rest, known), known);
    const length = lengthOf(rest);
    found.push(rest.map((value) => value / length));
  }
  return found;
}

const changes = new Map(); // of each prototype, once it was needed

// Returns how far a picture is from a prototype that may change a little.
function distance(small, prototype) {
  if (!changes.has(prototype)) changes.set(prototype, changesOf(prototype));
  let rest = less(small, 1, prototype);
  for (const way of changes.get(prototype)) rest = less(rest, dot(rest, way), way);
  return lengthOf(rest);
}

// Returns how far a picture is from the nearest prototype of a digit, as a share of what
// is usual: as it is, as a share of its own length, or without any change, whichever is
// most. Above 1, it is unlike that digit.
export function unlikeness(picture, digit) {
  const small = coarse(picture);
  const own = prototypes.slice(perDigit * digit, perDigit * (digit + 1));
  const nearest = Math.min(...own.map((one) => distance(small, one)));
  const plain = Math.min(...own.map((one) => lengthOf(less(small, 1, one))));
  const [limit, shareLimit, plainLimit] = LIMITS[digit];
  const share = nearest / lengthOf(small);
  return Math.max(nearest / limit, share / shareLimit, plain / plainLimit);
}
