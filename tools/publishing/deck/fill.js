// Pictures take the room that their slide has left, or give up what it lacks, as far as
// they stay sharp: they have two pixels for each of their size, and a screen of 1080
// lines takes one and a half.
const SHARP = 2 / 1.5;
const FOOT = 16; // pixels that stay free at the bottom

const fill = (slide) => {
  const pictures = [...slide.querySelectorAll(".jp-Cell:not(.celltag_right) img")];
  if (!pictures.length) {
    return;
  }
  for (const picture of pictures) {
    picture.style.width = picture.style.height = picture.style.maxHeight = "";
  }
  const box = slide.getBoundingClientRect();
  const scale = box.height / slide.offsetHeight;
  const ends = [...slide.children].map((part) => part.getBoundingClientRect().bottom);
  const free = slide.offsetHeight - FOOT - (Math.max(...ends) - box.top) / scale;
  // A picture that is cut to a height keeps its width, with paper at both sides.
  const sizes = pictures.map((picture) => {
    const height = picture.offsetHeight;
    return [(height * picture.naturalWidth) / picture.naturalHeight, height];
  });
  const factor = Math.min(
    1 + free / sizes.reduce((sum, [, height]) => sum + height, 0),
    ...pictures.map((picture, number) => {
      const most = SHARP * Number(picture.getAttribute("width"));
      return Math.min(most, picture.parentElement.clientWidth) / sizes[number][0];
    }),
  );
  pictures.forEach((picture, number) => {
    const [width, height] = sizes[number].map((size) => Math.floor(factor * size));
    picture.style.maxHeight = "none";
    picture.style.width = `${width}px`;
    picture.style.height = `${height}px`;
  });
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
