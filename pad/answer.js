// The answer: the digit, how sure the network is of it, and ten bars.

import { hasInk } from "./sheet.js";
import { make, percent } from "./tools.js";

const UNSURE = 0.9; // below that, the second digit is named, too

export function makeAnswer(pad) {
  const bars = Array.from("0123456789", (digit) =>
    make(
      "li",
      pad.find(".bars"),
      `<button type="button" aria-pressed="false"><b>${digit}</b>
      <span><i></i></span><em></em></button>`,
    ),
  );

  // Returns what the answer is: {kind, digit (HTML), share, note, said}.
  function answer(order) {
    const { shares, problem } = pad.now;
    if (!shares) {
      if (hasInk(pad.sheet.last()))
        return { kind: "empty", share: "No answer.", note: problem, said: problem };
      const note = "Draw, open a photo, or press one of the small digits.";
      return { kind: "empty", share: "No ink yet.", note, said: "Draw a digit." };
    }
    const [first, second] = order;
    const [one, two] = [first, second].map((d) => percent(shares[d]));
    const doubt = pad.now.crossed
      ? "A band of shadow crosses it."
      : pad.now.unlike && `Unlike every ${first} known here.`;
    if (doubt) {
      return {
        kind: "unsure",
        digit: `${first}<small>?</small>`,
        share: "Unsure",
        note: doubt,
        said: `Unsure: ${first}, ${one}, but ${doubt[0].toLowerCase()}${doubt.slice(1)}`,
      };
    }
    if (shares[first] >= UNSURE) {
      return {
        kind: "sure",
        digit: first,
        share: one,
        said: `Read as ${first}, ${one}.`,
      };
    }
    return {
      kind: "unsure",
      digit: `${first}<small>or</small>${second}`,
      share: "Unsure",
      note: "No digit gets 90 %.",
      said: `Unsure: ${first}, ${one}, or ${second}, ${two}.`,
    };
  }

  // Shows the answer; returns it in a sentence. note: said where there is room.
  function show(note = "") {
    const { shares } = pad.now;
    const order = shares
      ? [...shares.keys()].sort((a, b) => shares[b] - shares[a])
      : [];
    const found = answer(order);
    pad.find(".answer").className = `answer ${found.kind}`;
    pad.find(".digit").innerHTML = found.digit ?? "";
    pad.find(".share").textContent = found.share;
    pad.find(".note").textContent = [found.note, note].filter(Boolean).join(" ");
    bars.forEach((bar, d) => {
      const button = bar.firstChild;
      const share = shares ? percent(shares[d]).replace("over", ">") : "";
      bar.classList.toggle("best", d === order[0]);
      bar.classList.toggle("second", d === order[1]);
      button.querySelector("em").textContent = share === "0 %" ? "" : share;
      button.setAttribute("aria-label", `${d} ${share}: show what speaks for it`);
    });
    return found.said;
  }

  // Shows a sentence in place of an answer.
  function refuse(words) {
    pad.find(".answer").className = "answer empty";
    pad.find(".share").textContent = "No answer.";
    pad.find(".note").textContent = words;
    pad.announce(words);
  }

  return { bars, show, refuse };
}
