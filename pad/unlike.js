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

const lengthOf = (numbers) => Math.hypot(...numbers);
const unit = (numbers) => {
  const length = lengthOf(numbers);
  return numbers.map((number) => number / length);
};
const distance = (one, other) => lengthOf(one.map((number, i) => number - other[i]));

// Returns how far a picture is from the nearest prototype of a digit, as a share of what
// is usual; as it is, or as bright, whichever is more. Above 1, it is unlike that digit.
export function unlikeness(picture, digit) {
  const small = coarse(picture);
  const own = prototypes.slice(perDigit * digit, perDigit * (digit + 1));
  const away = [
    Math.min(...own.map((one) => distance(small, one))),
    Math.min(...own.map((one) => distance(unit(small), unit(one)))),
  ];
  return Math.max(...away.map((n, k) => n / LIMITS[digit][k]));
}
