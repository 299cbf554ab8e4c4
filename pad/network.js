// A network of dense layers, as lesson 03 builds it: what it answers, and why.

import { bestOf, bytes } from "./tools.js";

// Returns a layer whose weights are whole numbers times a scale for each neuron. They
// stand row by row: first those of the first input.
function layerOf(inputs, units, whole, scales, bias) {
  const weights = Float32Array.from(whole, (value, i) => value * scales[i % units]);
  return { inputs, units, weights, bias };
}

// Returns the layers of a network as the lesson stores it, in 8 bits a weight.
export function unpack({ layers }) {
  return layers.map(({ inputs, units, weights, scale, bias }) => {
    const [scales, biases] = [scale, bias].map(
      (text) => new Float32Array(bytes(text).buffer),
    );
    return layerOf(inputs, units, new Int8Array(bytes(weights).buffer), scales, biases);
  });
}

// Returns another network of the same shape, packed to be small: for each layer whole
// numbers, scales and biases, deflated. The page alone has one.
export async function unpackDeflated(text, like) {
  const inflated = new Blob([bytes(text)])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  const all = await new Response(inflated).arrayBuffer();
  let start = 0;
  const take = (Kind, n) => {
    const end = start + n * Kind.BYTES_PER_ELEMENT;
    const part = new Kind(all.slice(start, end));
    start = end;
    return part;
  };
  return like.map(({ inputs, units }) => {
    const whole = take(Int8Array, inputs * units);
    return layerOf(
      inputs,
      units,
      whole,
      take(Float32Array, units),
      take(Float32Array, units),
    );
  });
}

// Returns what the neurons of each layer come to; of the last, the ten scores.
// pixels: 784 numbers from 0 to 1.
export function activations(layers, pixels) {
  const all = [];
  let values = pixels;
  for (const { units, weights, bias } of layers) {
    const sums = Float64Array.from(bias);
    values.forEach((value, i) => {
      if (value === 0) return;
      for (let u = 0; u < units; u++) sums[u] += value * weights[i * units + u];
    });
    values = units > 10 ? sums.map((sum) => Math.max(sum, 0)) : sums;
    all.push(values);
  }
  return all;
}

// Returns ten probabilities.
export function softmax(scores) {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

// Returns ten probabilities for what `prepare` returns: the means, if it is to be read
// as several pictures; a reading that hesitates counts less.
export function predict(layers, { picture, turns = [picture] }) {
  const all = turns.map((pixels) => softmax(activations(layers, pixels)[2]));
  const weights = all.map((shares) => Math.max(...shares) ** 4);
  const total = weights.reduce((sum, weight) => sum + weight);
  const mean = (digit) =>
    all.reduce((sum, shares, k) => sum + weights[k] * shares[digit], 0) / total;
  return Array.from({ length: 10 }, (_, digit) => mean(digit));
}

export const oneOf = (n, i) => Float64Array.from({ length: n }, (_, k) => +(k === i));

// Returns numbers less their mean.
export function centred(numbers) {
  const mean = numbers.reduce((sum, number) => sum + number) / numbers.length;
  return numbers.map((number) => number - mean);
}

// Returns by how much a sum of the neurons of layer `level`, each one taken `times` so
// often, grows with each pixel. A neuron below them that is not lit passes nothing on.
export function slopes(layers, level, times, values) {
  let of = times;
  for (let number = level; number >= 0; number--) {
    const { inputs, units, weights } = layers[number];
    const lower = new Float64Array(inputs);
    for (let i = 0; i < inputs; i++) {
      if (number > 0 && values[number - 1][i] <= 0) continue;
      for (let u = 0; u < units; u++) lower[i] += weights[i * units + u] * of[u];
    }
    of = lower;
  }
  return of;
}

// Returns what the ink on each pixel adds to a digit's score, compared with the mean of
// all ten scores. With what the biases add, that sums up to the score.
export function contributions(layers, pixels, digit) {
  const values = activations(layers, pixels);
  return slopes(layers, 2, centred(oneOf(10, digit)), values).map(
    (slope, i) => slope * pixels[i],
  );
}

// Returns how a neuron of layer `level` moves the ten scores, compared with their mean.
export function votes(layers, level, i) {
  let values = oneOf(layers[level].units, i);
  for (const { inputs, units, weights } of layers.slice(level + 1)) {
    const sums = new Float64Array(units);
    for (let k = 0; k < inputs; k++) {
      for (let u = 0; u < units; u++) sums[u] += values[k] * weights[k * units + u];
    }
    values = sums;
  }
  return centred(values);
}

// Returns the numbers of a layer's neurons, ordered by the digit that each speaks for
// most: so the lines of a picture of the network cross little.
export function ordered(layers, level) {
  const neurons = Array.from({ length: layers[level].units }, (_, i) => {
    const all = votes(layers, level, i);
    const digit = bestOf(all);
    return { i, digit, most: all[digit] };
  });
  neurons.sort((a, b) => a.digit - b.digit || b.most - a.most);
  return neurons.map(({ i }) => i);
}
