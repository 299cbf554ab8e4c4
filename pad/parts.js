// Ink and its parts: what lesson 10 does in Python, function by function.
// Ink is {data, width, height}: how much lies on each pixel, 0 to 1, row by row.
// Most of a page is empty, so only pixels with ink are visited.

export function forEachInked({ data, width, height }, visit) {
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      if (data[i] > 0) visit(data[i], row, column, i);
    }
  }
}

// Cells are 4 x 4 pixels. Behind each row of them comes an empty one, which keeps a
// row's end and the next one's beginning from being neighbours.
const cellsAcross = (ink) => Math.ceil(ink.width / 4) + 1;
const cellOf = (ink, row, column) => (row >> 2) * cellsAcross(ink) + (column >> 2);

export function findParts(ink) {
  const across = cellsAcross(ink);
  const amounts = new Float64Array(across * Math.ceil(ink.height / 4));
  const todo = new Set();
  forEachInked(ink, (value, row, column) => {
    const cell = cellOf(ink, row, column);
    amounts[cell] += value;
    if (value > 0.5) todo.add(cell);
  });
  const parts = [];
  for (const start of todo) {
    todo.delete(start);
    const cells = [start];
    for (const cell of cells) {
      // the list grows while the loop goes through it
      for (const row of [cell - across, cell, cell + across]) {
        for (const near of [row - 1, row, row + 1]) {
          if (todo.delete(near)) cells.push(near);
        }
      }
    }
    const rows = cells.map((cell) => Math.floor(cell / across));
    const columns = cells.map((cell) => cell % across);
    const amount = cells.reduce((sum, cell) => sum + amounts[cell], 0);
    const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
    const [left, right] = [Math.min(...columns), Math.max(...columns)];
    parts.push({ cells, amount, top, bottom, left, right });
  }
  return parts.sort((part, other) => other.amount - part.amount);
}

// Returns the ink in the cells of some parts.
export function inkIn(ink, parts) {
  const kept = new Set(parts.flatMap(({ cells }) => cells));
  const data = new Float64Array(ink.data.length);
  forEachInked(ink, (value, row, column, i) => {
    if (kept.has(cellOf(ink, row, column))) data[i] = value;
  });
  return { ...ink, data };
}

export function boxOf(ink) {
  const box = { top: ink.height, bottom: 0, left: ink.width, right: 0 };
  forEachInked(ink, (value, row, column) => {
    if (value <= 0.5) return;
    box.top = Math.min(box.top, row);
    box.bottom = row + 1;
    box.left = Math.min(box.left, column);
    box.right = Math.max(box.right, column + 1);
  });
  return box;
}

export function penWidth(ink) {
  const { data, width, height } = ink;
  let steps = 0,
    area = 0;
  forEachInked(ink, (value, row, column, i) => {
    area += value;
    if (row > 0) steps += Math.abs(value - data[i - width]);
    if (column > 0) steps += Math.abs(value - data[i - 1]);
    if (row < height - 1 && data[i + width] === 0) steps += value;
    if (column < width - 1 && data[i + 1] === 0) steps += value;
  });
  return (2 * area) / ((steps * Math.PI) / 4);
}
