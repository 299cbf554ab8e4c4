// Find the ink on a page: what lesson 10 does in Python, function by function.
// A picture is {data, width, height}: numbers row by row.

import { boxOf, findParts, inkIn, penWidth } from "./parts.js";

const FRAME = 64; // pixels round a photo, and the size of the windows that find its paper

const like = (picture, data) => ({ ...picture, data });

// Returns the share `q` of numbers lies below: between two of them, if need be.
function quantile(numbers, q) {
  const sorted = Float64Array.from(numbers).sort();
  const place = q * (sorted.length - 1);
  const before = Math.floor(place);
  const next = sorted[Math.min(before + 1, sorted.length - 1)];
  return sorted[before] + (next - sorted[before]) * (place - before);
}

// Returns each value as the median of 3 x 3; beyond the edge, its values go on.
function medians(picture) {
  const { data, width, height } = picture;
  const nine = new Uint8Array(9);
  const clamp = (n, size) => Math.min(Math.max(n, 0), size - 1);
  const middles = data.map((_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    for (let k = 0; k < 9; k++) {
      const y = clamp(row + Math.floor(k / 3) - 1, height);
      nine[k] = data[y * width + clamp(column + (k % 3) - 1, width)];
    }
    return nine.sort()[4];
  });
  return like(picture, middles);
}

// Returns how bright the paper is at each pixel, if ink is darker: the darkest of the
// brightest of 64 x 64 values. beyond: the paper's brightness beyond the picture, and the
// least; without it, the edge goes on.
function paperOf({ data, width, height }, beyond) {
  const [across, down] = [width + 2 * FRAME, height + 2 * FRAME];
  const values = new Float64Array(across * down);
  for (let y = 0, i = 0; y < down; y++) {
    for (let x = 0; x < across; x++, i++) {
      const row = Math.min(Math.max(y - FRAME, 0), height - 1);
      const column = Math.min(Math.max(x - FRAME, 0), width - 1);
      const isInside = row === y - FRAME && column === x - FRAME;
      values[i] =
        isInside || beyond === undefined ? data[row * width + column] : beyond;
    }
  }
  for (let step = 1; step < FRAME; step *= 2) {
    for (const far of [step, step * across]) {
      for (let i = values.length - 1; i >= far; i--) {
        values[i] = Math.max(values[i], values[i - far]);
      }
    }
  }
  for (let step = 1; step < FRAME; step *= 2) {
    for (const far of [step, step * across]) {
      for (let i = 0; i + far < values.length; i++) {
        values[i] = Math.min(values[i], values[i + far]);
      }
    }
  }
  return data.map((_, i) => {
    const row = Math.floor(i / width) + FRAME;
    const paper = values[row * across + (i % width) + FRAME];
    return beyond === undefined ? paper : Math.max(paper, beyond);
  });
}

// Returns by which share of its paper each pixel is darker: 0 on most of the page.
function darkness(grey, smooth, beyond) {
  const paper = paperOf(smooth, beyond);
  const darker = grey.data.map((value, i) => 1 - value / Math.max(paper[i], 0.05));
  const usual = quantile(darker, 0.25);
  return like(
    grey,
    darker.map((value) => value - usual),
  );
}

// Returns the means of 3 x 3 values, for all but the outermost.
function meansOf({ data, width, height }) {
  const means = new Float64Array(Math.max(width - 2, 0) * Math.max(height - 2, 0));
  const column = (i) => data[i - width] + data[i] + data[i + width];
  for (let row = 1, k = 0; row < height - 1; row++) {
    for (let i = row * width + 1; i < (row + 1) * width - 1; i++, k++) {
      means[k] = (column(i - 1) + column(i) + column(i + 1)) / 9;
    }
  }
  return means;
}

const largestOf = (numbers) => numbers.reduce((a, b) => Math.max(a, b), -Infinity);

// Returns {ink, contrast}: paper, ink, or an edge between them.
function decided(darker) {
  const contrast = Math.max(largestOf(meansOf(darker)), 1e-3);
  const share = (value) => Math.min(Math.max((value / contrast - 0.3) / 0.4, 0), 1);
  return { ink: like(darker, darker.data.map(share)), contrast };
}

// Returns the extreme of the values at most `steps` away, in all 8 directions; behind
// the last row comes the first, and so with columns.
function around(picture, extreme, steps = 1) {
  const { width, height } = picture;
  let { data } = picture;
  for (let step = 0; step < 2 * steps; step++) {
    const last = data;
    data = last.map((value, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      const [before, behind] =
        step % 2
          ? [
              row * width + ((column + width - 1) % width),
              row * width + ((column + 1) % width),
            ]
          : [
              ((row + height - 1) % height) * width + column,
              ((row + 1) % height) * width + column,
            ];
      return extreme(value, extreme(last[before], last[behind]));
    });
  }
  return like(picture, data);
}

// Returns which cells of 4 x 4 pixels hold a trace of ink that hangs together with one
// at the edge.
function atTheEdge(ink) {
  const [width, height] = [ink.width, ink.height].map((n) => Math.ceil(n / 4));
  const cells = { data: new Uint8Array(width * height), width, height };
  let reached = like(cells, new Uint8Array(width * height));
  ink.data.forEach((value, i) => {
    if (value <= 0.1) return;
    const [row, column] = [Math.floor(i / ink.width), i % ink.width];
    const cell = (row >> 2) * width + (column >> 2);
    cells.data[cell] = 1;
    const isInside = row % (ink.height - 1) > 0 && column % (ink.width - 1) > 0;
    if (!isInside) reached.data[cell] = 1;
  });
  const count = () => reached.data.reduce((sum, value) => sum + value, 0);
  for (let before = -1; count() > before; ) {
    before = count();
    const grown = around(reached, Math.max).data;
    reached = like(
      cells,
      grown.map((value, i) => value & cells.data[i]),
    );
  }
  return reached;
}

// Returns what cells of 4 x 4 say of a pixel, in a picture of a width.
const onPixels = (cells, width) => (i) =>
  cells.data[(Math.floor(i / width) >> 2) * cells.width + ((i % width) >> 2)];

// Returns how much darker than its paper each pixel is, in a narrow band of shadow, too:
// what reaches the edge has a darkness there; where that is met again, it is paper. What
// is uneven there is no shadow, but a table.
function liftBand(darker, ink, edge) {
  const [values, inked] = [darker, ink].map((picture) =>
    sidesOf(picture).flatMap((side) => [...side]),
  );
  const rim = values.filter((_, i) => inked[i] > 0.1);
  const level = Math.min(quantile(rim, 0.5), 0.95);
  const isAlike = (value) => Math.abs(value - level) < 0.05;
  if (rim.filter(isAlike).length < 0.5 * rim.length) return darker;
  const isNear = onPixels(around(edge, Math.max, 2), darker.width);
  const alike = darker.data.map((value, i) => Number(isNear(i) && isAlike(value)));
  const band = around(around(like(darker, alike), Math.min), Math.max, 4).data; // and its border
  const lifted = darker.data.map((value, i) =>
    band[i] ? 1 - (1 - value) / (1 - level) : value,
  );
  return like(darker, lifted);
}

// Returns the same with what hangs together with the edge as paper: 0.
function dropEdge(darker, _, edge) {
  const isOut = onPixels(around(edge, Math.max, 2), darker.width);
  return like(
    darker,
    darker.data.map((value, i) => (isOut(i) ? 0 : value)),
  );
}

// Returns {ink, darker, contrast, part}: ink inside the picture, and where its largest
// part is; or null. With `beyond`, the ink may touch the picture's edge.
function darkInk(grey, smooth, beyond) {
  let darker = darkness(grey, smooth, beyond);
  let { ink, contrast } = decided(darker);
  for (const step of beyond === undefined ? [liftBand, dropEdge, dropEdge] : []) {
    const edge = atTheEdge(ink);
    if (!edge.data.includes(1)) break;
    darker = step(darker, ink, edge);
    ({ ink, contrast } = decided(darker)); // what is left may be fainter
  }
  const [largest] = findParts(ink);
  if (contrast < 0.03 || !largest || largest.cells.length < 3) return null;
  const inLargest = inkIn(ink, [largest]).data;
  const part = like(
    ink,
    inLargest.map((value) => Number(value > 0.5)),
  );
  return { ink, darker, contrast, part };
}

// Returns a part of a picture, `reach` pixels larger than a box on each side.
function cut({ data, width, height }, box, reach) {
  const [top, left] = [box.top, box.left].map((n) => Math.max(n - reach, 0));
  const bottom = Math.min(box.bottom + reach, height);
  const right = Math.min(box.right + reach, width);
  const rows = [];
  for (let row = top; row < bottom; row++) {
    rows.push(...data.subarray(row * width + left, row * width + right));
  }
  return { data: Float64Array.from(rows), width: right - left, height: bottom - top };
}

const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

// Returns how much values change within two pixels, for the pixels two away from a part,
// and for those on it.
function rimOf(part, values) {
  const box = boxOf(part);
  const [own, near] = [cut(part, box, 4), cut(values, box, 4)];
  const [high, low] = [Math.max, Math.min].map((most) => around(near, most, 2).data);
  const steps = high.map((value, i) => value - low[i]);
  const [one, two] = [1, 2].map((n) => around(own, Math.max, n).data);
  const isInside = (i) => {
    const [row, column] = [Math.floor(i / near.width), i % near.width];
    return Math.min(row, column, near.height - 1 - row, near.width - 1 - column) > 1;
  };
  return {
    onRing: steps.filter((_, i) => two[i] && !one[i] && isInside(i)),
    onPart: steps.filter((_, i) => own.data[i]),
  };
}

// Returns the share of a part's outline where the grey values have a step.
function outlined(part, grey) {
  const { onRing, onPart } = rimOf(part, grey);
  const limit = Math.max(0.35 * mean(onPart), 0.03); // a soft shadow has no step
  return onRing.length ? mean(onRing.map((step) => Number(step > limit))) : 0;
}

// Says whether a part is a page, and another one in it the digit on that page: then the
// outer one has thicker lines, and both together fill its box.
function isPageRound(outer, inner) {
  const [large, small] = [outer, inner].map(boxOf);
  const lengthOf = ({ top, bottom, left, right }) =>
    Math.max(bottom - top, right - left);
  const isWithin =
    small.top >= large.top - 2 &&
    small.bottom <= large.bottom + 2 &&
    small.left >= large.left - 2 &&
    small.right <= large.right + 2;
  const area = (large.bottom - large.top) * (large.right - large.left);
  const inked = mean([...outer.data, ...inner.data]) * 2 * outer.data.length;
  const filled = inked / area; // of a ring at most 0.8
  const thick = penWidth(outer) / lengthOf(large);
  const thicker = thick / (penWidth(inner) / lengthOf(small));
  return isWithin && filled > 0.75 && thicker > (filled > 0.83 ? 1 : 1.3);
}

// Says which of two inks from `darkInk` (or null) is what was written: the first?
function isBetter(one, other, grey) {
  if (!one || !other) return !other;
  const contrasts = [one.contrast, other.contrast];
  if (Math.min(...contrasts) < Math.max(...contrasts) / 3)
    return one.contrast > other.contrast;
  const [own, its] = [one, other].map(({ part }) => outlined(part, grey));
  if (Math.abs(own - its) > 0.1) return own > its;
  const [length, itsLength] = [one, other].map(({ part }) => {
    const { top, bottom, left, right } = boxOf(part);
    return Math.max(bottom - top, right - left);
  });
  if (length >= itsLength) return !isPageRound(one.part, other.part);
  return isPageRound(other.part, one.part);
}

// Returns the outermost rows and columns.
function sidesOf({ data, width, height }) {
  const column = (x) => data.filter((_, i) => i % width === x);
  return [
    data.subarray(0, width),
    data.subarray(width * (height - 1)),
    column(0),
    column(width - 1),
  ];
}

// Says whether a box goes from side to side and from top to bottom.
function isNearAllSides({ top, bottom, left, right }, { width, height }) {
  return Math.max(top, left, height - bottom, width - right) <= 12;
}

// Says whether what reaches across is of one ink: a band with a digit has two.
function isDigitAcross({ darker, contrast, part }) {
  const values = darker.data.filter((_, i) => part.data[i]);
  return isNearAllSides(boxOf(part), part) && quantile(values, 0.5) > 0.7 * contrast;
}

// Says whether something stands out near all four sides and fills none of them.
function isCutClosely(grey, usual) {
  const range = largestOf(grey.data) + largestOf(grey.data.map((value) => -value));
  const standsOut = (value) => Math.abs(value - usual) > 0.2 * range;
  const box = boxOf(
    like(
      grey,
      grey.data.map((value) => Number(standsOut(value))),
    ),
  );
  return (
    isNearAllSides(box, grey) && !sidesOf(grey).some((side) => side.every(standsOut))
  );
}

// Says whether what `darkInk` found is the paper's grain, or a soft shadow.
function isEmpty({ darker, contrast, part }) {
  const box = boxOf(part);
  const length = Math.max(box.bottom - box.top, box.right - box.left);
  const near = meansOf(cut(darker, box, Math.floor(length / 2) + 8));
  const { onRing } = rimOf(part, darker);
  const isSoft = !onRing.length || quantile(onRing, 0.5) < 0.1 * contrast;
  return isSoft || contrast < Math.max(0.03, 50 * quantile(near.map(Math.abs), 0.1));
}

// Returns the box of a sheet that lies on uneven ground; without one, of the whole.
function sheetIn(smooth) {
  const [width, height] = [smooth.width, smooth.height].map((n) => n - (n % 4));
  const size = { width: width / 4, height: height / 4 };
  const [darkest, brightest] = [Infinity, -Infinity].map((none) =>
    new Float64Array(size.width * size.height).fill(none),
  );
  const whole = { top: 0, bottom: smooth.height, left: 0, right: smooth.width };
  const inside = { data: new Float64Array(width * height), width, height };
  const cellOf = (i) => (Math.floor(i / width) >> 2) * size.width + ((i % width) >> 2);
  inside.data.forEach((_, i) => {
    const value = smooth.data[Math.floor(i / width) * smooth.width + (i % width)];
    const cell = cellOf(i);
    darkest[cell] = Math.min(darkest[cell], value);
    brightest[cell] = Math.max(brightest[cell], value);
  });
  const isEven = darkest.map((low, cell) => {
    const high = brightest[cell];
    return Number(high - low < Math.max(0.08 * high, 0.04));
  });
  const edge = sidesOf({ data: isEven, ...size }).flatMap((side) => [...side]);
  if (mean(edge) > 2 / 3) return whole;
  inside.data = inside.data.map((_, i) => isEven[cellOf(i)]);
  const [sheet] = findParts(inside);
  if (!sheet || sheet.amount < smooth.data.length / 20) return whole; // a patch
  const { top, bottom, left, right } = sheet;
  return {
    top: 4 * top,
    bottom: 4 * bottom + 4,
    left: 4 * left,
    right: 4 * right + 4,
  };
}

const shares = ({ data, ...size }) => ({
  data: Float64Array.from(data, (value) => value / 255),
  ...size,
});
const negativeOf = (picture) =>
  like(
    picture,
    picture.data.map((value) => 1 - value),
  );

// Returns {ink, dark}, is it darker than paper?, or null if there is none.
function inkOn(own, smooth) {
  const [negative, smoothNegative] = [own, smooth].map(negativeOf);
  const found = [
    [darkInk(own, smooth), true],
    [darkInk(negative, smoothNegative), false],
  ];
  const isClear = found.some(([one]) => one?.contrast > 0.25);
  const paper = quantile(
    sidesOf(smooth).flatMap((side) => [...side]),
    0.5,
  );
  if (!isClear || isCutClosely(smooth, paper)) {
    const cutOut = [
      [darkInk(own, smooth, paper), true],
      [darkInk(negative, smoothNegative, 1 - paper), false],
    ];
    const isLikely = ([one]) => one && (!isClear || isDigitAcross(one));
    found.push(...cutOut.filter(isLikely));
  }
  const [best, dark] = found.reduce((before, next) =>
    isBetter(next[0], before[0], own) ? next : before,
  );
  return best && !isEmpty(best) ? { ink: best.ink, dark } : null;
}

// The same, where there is a sheet on uneven ground: only on that. grey: bytes.
export function findInkOnPhoto(grey, width, height) {
  const photo = { data: grey, width, height };
  const [own, smooth] = [photo, medians(photo)].map(shares);
  const sheet = sheetIn(smooth);
  const found = inkOn(cut(own, sheet, 0), cut(smooth, sheet, 0));
  if (!found) return null;
  const data = new Float64Array(grey.length);
  found.ink.data.forEach((value, i) => {
    const row = sheet.top + Math.floor(i / found.ink.width);
    data[row * width + sheet.left + (i % found.ink.width)] = value;
  });
  return { ink: { data, width, height }, dark: found.dark };
}

// Says whether a band of shadow that `liftBand` takes for paper crosses a digit. ink, dark:
// from `findInkOnPhoto`; box: where the digit is.
export function isCrossed(grey, { ink, dark }, box) {
  const { width, height } = ink;
  const isInked = (side) => side.some((value) => value > 0.5);
  if (sidesOf(ink).some(isInked)) return false; // it is cut closely, and that is no band
  const photo = { data: grey, width, height };
  const [own, smooth] = [photo, medians(photo)]
    .map(shares)
    .map((picture) => (dark ? picture : negativeOf(picture)));
  const darker = darkness(own, smooth);
  const marked = decided(darker).ink;
  const edge = atTheEdge(marked);
  if (!edge.data.includes(1)) return false;
  const lifted = liftBand(darker, marked, edge);
  const [before, after] = [darker, lifted].map((picture) => cut(picture, box, 0).data);
  return after.some((value, i) => value !== before[i]);
}

// The same for a page that was drawn here: its paper is known to be white, 255.
export function findInkOnWhite(grey, width, height) {
  const data = Float64Array.from(grey, (value) => 1 - value / 255);
  const { ink, contrast } = decided({ data, width, height });
  return contrast < 0.03 ? null : { ink, dark: true };
}
