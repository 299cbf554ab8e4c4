// Photos: from a file, dropped or pasted, or from the camera, which is read as it runs.

import { SIDE } from "./sheet.js";

const LARGE = 50e6; // bytes
const LOOK = 200; // milliseconds between two readings of the camera
const LEAST = 12; // pixels of a shorter side

// Returns how bright a paper is, from 0 to 255, under greys that let it through: where
// most of them are opaque, as those; else they are ink on paper of the other kind. Or
// null, if nothing is there.
function paperUnder(greys, opacity) {
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const all = sum(opacity);
  if (all === 0) return null;
  if (all / greys.length > 127) {
    const opaque = greys.filter((_, i) => opacity[i] > 127).sort();
    return opaque[opaque.length >> 1];
  }
  return sum(greys.map((grey, i) => grey * opacity[i])) / all > 127 ? 0 : 255;
}

const greysOf = (data) =>
  Float64Array.from({ length: data.length / 4 }, (_, i) =>
    Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]),
  );

// Returns a photo as the preparation takes it, and its picture: {image, grey, width,
// height}, the longer side as long as the page; or null, if it is transparent all over.
// source: what a canvas can draw.
export function photoOf(source, across, down) {
  const scale = SIDE / Math.max(across, down);
  const [width, height] = [across, down].map((n) =>
    Math.max(Math.round(n * scale), LEAST),
  );
  let image = source;
  let pencil;
  let [w, h] = [across, down];
  do {
    // halved again and again, so that no pixel is skipped
    [w, h] = [Math.max(w >> 1, width), Math.max(h >> 1, height)];
    const smaller = document.createElement("canvas");
    [smaller.width, smaller.height] = [w, h];
    pencil = smaller.getContext("2d", { willReadFrequently: true });
    pencil.imageSmoothingQuality = "high";
    pencil.drawImage(image, 0, 0, w, h);
    image = smaller;
  } while (w > width || h > height);
  const look = () => pencil.getImageData(0, 0, width, height).data;
  const data = look();
  const opacity = Float64Array.from(
    { length: width * height },
    (_, i) => data[4 * i + 3],
  );
  const paper = paperUnder(greysOf(data), opacity);
  if (paper === null) return null;
  pencil.globalCompositeOperation = "destination-over";
  pencil.fillStyle = `rgb(${paper} ${paper} ${paper})`;
  pencil.fillRect(0, 0, width, height);
  return { image, grey: Uint8Array.from(greysOf(look())), width, height };
}

export function makePhotos(pad) {
  const file = pad.find(".file");
  const video = pad.find("video");
  const camera = pad.find(".camera");
  const snap = pad.find(".snap");

  async function open(picture) {
    if (!picture) return;
    const { name, size } = picture;
    if (size > LARGE)
      return pad.answer.refuse(`${name} is larger than 50 MB: take a smaller copy.`);
    let bitmap;
    try {
      bitmap = await createImageBitmap(picture);
    } catch {
      const heic = /\.hei[cf]$/i.test(name);
      return pad.answer.refuse(
        heic
          ? `${name} is an iPhone's HEIC: save it as JPEG first.`
          : `${name} is no picture that a browser can open: use PNG or JPEG.`,
      );
    }
    const { width, height } = bitmap;
    if (Math.min(width, height) < 8 || Math.max(width / height, height / width) > 20)
      return pad.answer.refuse(
        `${width} x ${height} pixels do not do: 8 or more a side, one at most 20 times the other.`,
      );
    const photo = photoOf(bitmap, width, height);
    if (!photo)
      return pad.answer.refuse(`${name} is transparent all over: draw on it.`);
    pad.turnTo({ photo });
  }

  file.addEventListener("change", () => {
    open(file.files[0]);
    file.value = ""; // so that the same one can be chosen again
  });
  const paper = pad.find(".paper");
  pad.root.addEventListener("dragover", (event) => {
    event.preventDefault();
    paper.classList.add("over");
  });
  pad.root.addEventListener("dragleave", () => paper.classList.remove("over"));
  pad.root.addEventListener("drop", (event) => {
    event.preventDefault();
    paper.classList.remove("over");
    open(event.dataTransfer.files[0]);
  });
  pad.root.addEventListener("paste", (event) => open(event.clipboardData.files[0]));

  // ---- The camera.

  let looking = 0;
  // Returns the middle of what it sees.
  function look() {
    const { videoWidth: width, videoHeight: height } = video;
    const side = Math.min(width, height);
    const square = document.createElement("canvas");
    square.width = square.height = side;
    const place = [(side - width) / 2, (side - height) / 2];
    square.getContext("2d").drawImage(video, ...place);
    return photoOf(square, side, side);
  }
  const isOn = () => !video.hidden;
  let asked = 0; // counts: a camera that comes when all has gone on is not wanted
  function show(on) {
    video.hidden = !on;
    snap.hidden = true; // until there is a picture
    camera.lastChild.textContent = on ? "Stop" : "Camera";
  }
  function turnOff(stream) {
    for (const track of stream.getTracks()) track.stop();
  }
  function stop() {
    asked++;
    if (!isOn()) return;
    clearInterval(looking);
    turnOff(video.srcObject);
    video.srcObject = null;
    show(false);
    pad.sheet.turnBack();
  }
  async function start() {
    const own = ++asked;
    let stream;
    camera.disabled = true; // a second press would leave a camera on
    try {
      const wanted = { video: { facingMode: "environment" } };
      stream = await navigator.mediaDevices.getUserMedia(wanted);
    } catch {
      if (own !== asked) return;
      pad.announce("No camera here: choose a photo.");
      file.click();
      return;
    } finally {
      camera.disabled = false;
    }
    if (own !== asked) return turnOff(stream);
    video.srcObject = stream;
    video.play().catch(() => {}); // it may be stopped before its first picture
    show(true);
    pad.sheet.turnTo();
    pad.show(); // an empty page, until its first picture
    looking = setInterval(() => {
      if (!video.videoWidth) return; // no picture has come yet
      snap.hidden = false;
      pad.sheet.last().photo = look();
      pad.show();
    }, LOOK);
  }
  camera.addEventListener("click", () => {
    if (!isOn()) return start();
    stop();
    pad.announce(pad.show());
  });
  snap.addEventListener("click", () => pad.turnTo({ photo: look() }));

  return { isOn, stop };
}
