// The challenge: digits that you read and the network does not, one of each.

import { predict } from "./network.js";
import { prepare } from "./preparation.js";
import { hasInk, showPage } from "./sheet.js";
import { bestOf, make } from "./tools.js";

const SLOT = 160; // pixels of a kept page in the picture that is saved

export function makeChallenge(pad) {
  let asked = null; // the digit to draw
  const kept = Array(10).fill(null); // {page, reads: by each network}
  const slots = kept.map((_, d) =>
    make(
      "li",
      pad.find(".slots"),
      `<button type="button">${d}</button><small></small>`,
    ),
  );
  const count = () => kept.filter(Boolean).length;
  const nextAfter = (d) => {
    const others = Array.from({ length: 10 }, (_, k) => (d + 1 + k) % 10);
    return others.find((digit) => !kept[digit]) ?? null;
  };
  const copyOf = (page) => ({ ...page, strokes: [...page.strokes] });

  function ask(digit, before = "") {
    asked = digit;
    pad.strip.allOn();
    pad.turnTo();
    pad.find(".paper").scrollIntoView({ block: "nearest" });
    const words =
      digit === null
        ? "You have found one of each."
        : `Draw a ${digit} that you can read and the network cannot.`;
    pad.announce(before + words);
  }

  function keep() {
    const page = pad.sheet.toRead();
    const found = prepare(page);
    const reads = pad.networks.map((layers) => bestOf(predict(layers, found)));
    kept[asked] = { page: copyOf(pad.sheet.last()), reads };
    ask(nextAfter(asked), `Kept: your ${asked}, read as ${reads[pad.number]}. `);
  }

  // Returns what was kept as one picture.
  function poster() {
    const found = [...kept.keys()].filter((d) => kept[d]);
    const columns = Math.min(found.length, 5);
    const canvas = document.createElement("canvas");
    const step = SLOT + 20;
    canvas.width = 20 + step * columns;
    canvas.height = 70 + (step + 30) * Math.ceil(found.length / columns);
    const pencil = canvas.getContext("2d");
    pencil.fillStyle = "#faf9f6";
    pencil.fillRect(0, 0, canvas.width, canvas.height);
    pencil.fillStyle = "#20242b";
    pencil.font = "bold 20px sans-serif";
    pencil.fillText("I read them.", 20, 30);
    pencil.font = "18px sans-serif";
    pencil.fillText("A network does not.", 20, 54);
    found.forEach((d, k) => {
      const [x, y] = [
        20 + step * (k % columns),
        70 + (step + 30) * Math.floor(k / columns),
      ];
      const page = Object.assign(document.createElement("canvas"), {
        width: SLOT,
        height: SLOT,
      });
      showPage(page, kept[d].page, "#ffffff");
      pencil.drawImage(page, x, y);
      pencil.fillText(`${d}, read as ${kept[d].reads[pad.number]}`, x, y + SLOT + 24);
    });
    return canvas;
  }

  function save() {
    const link = { download: "misread.png", href: poster().toDataURL() };
    Object.assign(document.createElement("a"), link).click();
  }

  // Returns [on the page, on its tag, in the challenge]: what there is to do.
  function words(read) {
    if (asked === null) {
      const plain = "Draw digits that you can read and the network cannot.";
      return ["Draw a digit<br>from 0 to 9", "", `${plain} Find one of each.`];
    }
    const task = `Draw a ${asked} that you can read and the network cannot.`;
    const print = task.replace(`a ${asked} that`, `a <b>${asked}</b><br>that`);
    if (read === null) return [print, `Draw a ${asked}`, task];
    if (read === asked) {
      const harder = `It reads ${read}, rightly. Make it harder.`;
      return [print, harder, harder];
    }
    const keepIt = `It reads ${read}. Still a ${asked} to you? Keep it.`;
    return [print, keepIt, keepIt];
  }

  function showSlot(slot, d) {
    const [button, small] = slot.children;
    const one = kept[d];
    button.className = one ? "kept" : asked === d ? "asked" : "";
    const read = one?.reads[pad.number];
    small.textContent = !one ? "" : read === d ? "read rightly" : `read ${read}`;
    button.setAttribute(
      "aria-label",
      one
        ? `Your ${d}, ${small.textContent}: put it on the page`
        : `Challenge: draw a ${d}`,
    );
    if (!one || button.querySelector("canvas")) return;
    button.textContent = "";
    const canvas = make("canvas", button, "", { width: 128, height: 128 });
    showPage(canvas, one.page, pad.colour("paper"));
  }

  // drawing: a stroke is being drawn, so nobody is told yet that it is right or wrong.
  function show(drawing) {
    const { shares } = pad.now;
    const read = shares && !drawing ? bestOf(shares) : null;
    const [print, tag, brief] = words(read);
    pad.find(".print").innerHTML = print;
    pad.find(".tag").textContent = tag;
    pad.find(".tag").hidden = asked === null || !hasInk(pad.sheet.last());
    pad.find(".brief").textContent = brief;
    pad.find(".tally").textContent = `${count()} of 10`;
    pad.find(".sources").hidden = asked !== null;
    pad.find(".play").hidden = asked === null;
    pad.find(".keep").disabled =
      asked === null ||
      read === null ||
      read === asked ||
      pad.strip.leftOut().length > 0;
    pad.find(".save").hidden = count() === 0;
    slots.forEach(showSlot);
  }

  slots.forEach((slot, d) => {
    slot.firstChild.addEventListener("click", () =>
      kept[d] ? pad.turnTo(copyOf(kept[d].page)) : ask(d),
    );
  });
  pad.find(".challenge").addEventListener("click", () => ask(nextAfter(9)));
  pad.find(".keep").addEventListener("click", keep);
  pad.find(".skip").addEventListener("click", () => ask(nextAfter(asked)));
  pad.find(".save").addEventListener("click", save);
  pad.find(".stop").addEventListener("click", () => {
    asked = null;
    pad.show();
    pad.find(".challenge").focus();
  });

  return { show };
}
