// Photos: from a file, dropped or pasted, or from the camera, which is read as it runs.

import { SIDE } from "./sheet.js";

const LARGE = 50e6; // bytes
const LOOK = 200; // milliseconds between two readings of the camera

// Returns a photo as the preparation takes it, and its picture: {image, grey, width,
// height}, the longer side as long as the page. source: what a canvas can draw.
export function photoOf(source, across, down) {
  const scale = SIDE / Math.max(across, down);
  const [width, height] = [across, down].map((n) => Math.max(Math.round(n * scale), 1));
  let image = source;
  let [w, h] = [across, down];
  do {
    // halved again and again, so that no pixel is skipped
    [w, h] = [Math.max(w >> 1, width), Math.max(h >> 1, height)];
    const smaller = document.createElement("canvas");
    [smaller.width, smaller.height] = [w, h];
    const pencil = smaller.getContext("2d", { willReadFrequently: true });
    pencil.fillStyle = "#fff"; // paper, where the picture is transparent
    pencil.fillRect(0, 0, w, h);
    pencil.imageSmoothingQuality = "high";
    pencil.drawImage(image, 0, 0, w, h);
    image = smaller;
  } while (w > width || h > height);
  const { data } = image.getContext("2d").getImageData(0, 0, width, height);
  const grey = new Uint8Array(width * height).map((_, i) =>
    Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]),
  );
  return { image, grey, width, height };
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
    pad.turnTo({ photo: photoOf(bitmap, width, height) });
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
  function show(on) {
    video.hidden = snap.hidden = !on;
    camera.lastChild.textContent = on ? "Stop" : "Camera";
  }
  function stop() {
    if (!isOn()) return;
    clearInterval(looking);
    for (const track of video.srcObject.getTracks()) track.stop();
    video.srcObject = null;
    show(false);
    pad.sheet.turnBack();
  }
  async function start() {
    camera.disabled = true; // a second press would leave a camera on
    try {
      const wanted = { video: { facingMode: "environment" } };
      video.srcObject = await navigator.mediaDevices.getUserMedia(wanted);
      await video.play();
    } catch {
      pad.announce("No camera here: choose a photo.");
      file.click();
      return;
    } finally {
      camera.disabled = false;
    }
    show(true);
    pad.sheet.turnTo();
    looking = setInterval(() => {
      if (!video.videoWidth) return; // no picture has come yet
      pad.sheet.last().photo = look();
      pad.show();
    }, LOOK);
  }
  camera.addEventListener("click", () => {
    if (!isOn()) return start();
    stop();
    pad.announce(pad.show());
  });
  snap.addEventListener("click", () => {
    if (video.videoWidth) pad.turnTo({ photo: look() });
  });

  return { isOn, stop };
}
