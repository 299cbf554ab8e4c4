// The lens: what the network sees, a neuron's weights, or the ink for and against a digit.

import { centred, oneOf, slopes, votes } from "./network.js";

const BLUE = [72, 160, 255];
const RED = [255, 88, 56];
const DARK = 12;

// Returns the colour of a pixel: black, grey where ink lies, and blue or red by `count`,
// from -1 to 1.
function colourOf(count, ink) {
  const strength = Math.min(Math.abs(count), 1);
  const base = DARK + 70 * ink;
  return (count > 0 ? BLUE : RED).map((full) => base + (full - base) * strength);
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const plain = (number) => Math.abs(number).toFixed(1);

export function makeLens(pad) {
  const screen = pad.find(".screen").getContext("2d");

  // Each returns {title, words (HTML), colours: of the 784 pixels}.
  function picture(pixels) {
    return {
      title: "What it sees",
      words: pad.now.picture
        ? "28 x 28 pixels. Touch a neuron or a digit."
        : "28 x 28 pixels, all dark.",
      colours: Array.from(pixels, (ink) => Array(3).fill(DARK + 243 * ink)),
    };
  }

  function digit(i, pixels, values) {
    const of = slopes(pad.layers, 2, centred(oneOf(10, i)), values);
    const counts = of.map((slope, k) => slope * pixels[k]);
    const most = Math.max(...counts.map(Math.abs)) || 1;
    const [plus, minus] = [1, -1].map((sign) =>
      plain(sum(counts.filter((count) => count * sign > 0))),
    );
    return {
      title: `For and against ${i}`,
      words: pad.now.picture
        ? `<b class="for">Blue</b> ink speaks for a ${i} (+${plus}),
          <b class="against">red</b> ink against it (-${minus}).`
        : `Draw, and see which ink speaks for a ${i}.`,
      colours: Array.from(counts, (count, k) =>
        colourOf(Math.sign(count) * Math.sqrt(Math.abs(count) / most), 0.6 * pixels[k]),
      ),
    };
  }

  function neuron({ level, i }, pixels, values) {
    const { units } = pad.layers[level];
    const counts = slopes(pad.layers, level, oneOf(units, i), values);
    const most = counts.map(Math.abs).sort()[784 - 13] || 1; // a dozen may be larger
    const speaks = votes(pad.layers, level, i);
    const order = [...speaks.keys()].sort((a, b) => speaks[b] - speaks[a]);
    const value = values[level][i];
    const state = value > 0 ? `Lit: <b>${plain(value)}</b>.` : "Dark.";
    return {
      title: `Neuron ${i} of ${units}`,
      words: `<b class="small">Neuron ${i} of ${units}.</b>
        ${pad.now.picture ? state : ""} Ink on <b class="for">blue</b> lights it, on
        <b class="against">red</b> dims it. Lit, it speaks for ${order[0]} and
        ${order[1]}, against ${order[9]}.`,
      colours: Array.from(counts, (count, k) => colourOf(count / most, pixels[k])),
    };
  }

  // Shows what was touched, or the picture; returns the words below it.
  return function show() {
    const what = pad.inside.touched();
    const pixels = pad.now.picture ?? new Float32Array(784);
    const values =
      pad.now.values ?? pad.layers.map(({ units }) => Array(units).fill(1));
    const { title, words, colours } = !what
      ? picture(pixels)
      : what.level === 2
        ? digit(what.i, pixels, values)
        : neuron(what, pixels, values);
    const image = new ImageData(28, 28);
    colours.forEach((colour, k) => {
      image.data.set([...colour, 255], 4 * k);
    });
    screen.putImageData(image, 0, 0);
    pad.find(".lens h2").textContent = title;
    const said = pad.find(".said p");
    said.innerHTML = words;
    pad.find(".back").hidden = !pad.inside.isPinned();
    return said.textContent.replace(/\s+/g, " ").trim();
  };
}
