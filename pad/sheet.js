// The page: what is drawn on it, or the photo that takes its place.

import { bytes, pictureOf } from "./tools.js";

export const SIDE = 224; // pixels of the page that is read; the one on screen is finer
const INK = "#16181c";
const BOARD = "#0c0d10"; // round a photo that is not square

export const hasInk = ({ stamp, photo, strokes }) =>
  Boolean(stamp || photo || strokes.length);

function drawStroke(pencil, { width, points }) {
  pencil.lineCap = pencil.lineJoin = "round";
  pencil.lineWidth = width;
  pencil.beginPath();
  pencil.moveTo(points[0].x + 0.01, points[0].y); // so that a single point shows
  for (const { x, y } of points) pencil.lineTo(x, y);
  pencil.stroke();
}

// Shows a page on a square canvas of any size. paper: its colour.
export function showPage(canvas, { stamp, photo, strokes }, paper, ink = INK) {
  const pencil = canvas.getContext("2d");
  const scale = canvas.width / SIDE;
  pencil.setTransform(scale, 0, 0, scale, 0, 0);
  pencil.fillStyle = photo ? BOARD : paper;
  pencil.fillRect(0, 0, SIDE, SIDE);
  pencil.imageSmoothingQuality = "high";
  if (stamp) {
    pencil.globalCompositeOperation = "multiply"; // its white lets the paper through
    pencil.drawImage(stamp, 0, 0, SIDE, SIDE);
    pencil.globalCompositeOperation = "source-over";
  }
  if (photo) {
    const { image, width, height } = photo;
    pencil.drawImage(image, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  }
  pencil.strokeStyle = ink;
  for (const stroke of strokes) drawStroke(pencil, stroke);
}

// The pages that were drawn on, the present one last: so that each can be taken back.
export function makeSheet() {
  const pages = [{ strokes: [] }];
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const last = () => pages[pages.length - 1];

  // Returns the page that is drawn, in bytes, row by row.
  function greys() {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIDE, SIDE);
    const { stamp, strokes } = last();
    if (stamp) context.drawImage(stamp, 0, 0, SIDE, SIDE);
    for (const stroke of strokes) drawStroke(context, stroke);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    return new Uint8Array(SIDE * SIDE).map((_, i) => data[4 * i]);
  }

  return {
    last,
    greys,
    // Returns the page as `prepare` takes it.
    toRead() {
      const { photo } = last();
      if (photo) return { ...photo, photo: true };
      return { grey: greys(), width: SIDE, height: SIDE };
    },
    turnTo: (page = {}) => pages.push({ strokes: [], ...page }),
    turnBack: () => pages.length > 1 && pages.pop(),
    canUndo: () => pages.length > 1 || last().strokes.length > 0,
    undo() {
      if (!last().strokes.pop() && pages.length > 1) pages.pop();
    },
  };
}

// Returns a stamp of a stored digit: 784 bytes, ink bright, as a page of black on white.
export const stampOf = (pixels) => pictureOf(pixels.map((grey) => 255 - grey));

export const digitsOf = (text) => {
  const all = bytes(text);
  return Array.from({ length: 10 }, (_, d) => all.subarray(784 * d, 784 * (d + 1)));
};
