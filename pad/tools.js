// Small things that several parts of the pad need.

export const bytes = (text) =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export const bestOf = (shares) => shares.indexOf(Math.max(...shares));

export const percent = (share) =>
  share > 0.995 ? "over 99 %" : share < 0.005 ? "0 %" : `${Math.round(100 * share)} %`;

export function make(name, parent, content = "", attributes = {}) {
  const element = document.createElement(name);
  element.innerHTML = content;
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  parent.append(element);
  return element;
}

// Gives a square canvas the pixels that the screen has there; returns how many a side.
export function fitToScreen(canvas) {
  const size = Math.round(canvas.clientWidth * Math.min(devicePixelRatio, 2)) || 100;
  if (canvas.width !== size) canvas.width = canvas.height = size;
  return size;
}

// Returns a canvas that shows grey values from 0 to 255, row by row.
export function pictureOf(greys, width = 28, height = 28) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const image = new ImageData(width, height);
  const whole = new Uint32Array(image.data.buffer); // four bytes, the last one opacity
  greys.forEach((grey, i) => {
    whole[i] = 0xff000000 + 0x010101 * Math.round(grey);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
