// Pictures take the room that their slide has left, as far as they stay sharp: they have
// two pixels for each of their size, and a screen of 1080 lines takes one and a half.
const SHARP = 2 / 1.5;
const FOOT = 16; // pixels that stay free at the bottom

const fill = (slide) => {
  const pictures = [
    ...slide.querySelectorAll(".jp-Cell:not(.celltag_right) img"),
  ];
  if (!pictures.length) {
    return;
  }
  for (const picture of pictures) {
    picture.style.width = picture.style.maxHeight = "";
  }
  const box = slide.getBoundingClientRect();
  const scale = box.height / slide.offsetHeight;
  const ends = [...slide.children].map(
    (part) => part.getBoundingClientRect().bottom,
  );
  const free = slide.offsetHeight - FOOT - (Math.max(...ends) - box.top) / scale;
  const heights = pictures.map((picture) => picture.offsetHeight);
  const factor = Math.min(
    SHARP,
    1 + free / heights.reduce((sum, height) => sum + height),
    ...pictures.map(
      (picture) => picture.parentElement.clientWidth / picture.offsetWidth,
    ),
  );
  if (factor > 1) {
    for (const picture of pictures) {
      picture.style.width = `${Math.floor(factor * picture.offsetWidth)}px`;
      picture.style.maxHeight = "none";
    }
  }
};

const fillAll = () => {
  const printed = document.querySelectorAll(".pdf-page > section");
  [...(printed.length ? printed : [Reveal.getCurrentSlide()])].forEach(fill);
};

window.addEventListener("load", () => {
  fillAll();
  Reveal.on("slidechanged", fillAll);
  Reveal.on("pdf-ready", fillAll);
});
