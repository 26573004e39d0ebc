/** Signs on the cards, and the list that says what each sign, line and colour means. */

const SVG = "http://www.w3.org/2000/svg";

function makeSvg(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** What a card says in a corner besides its numbers: kind of the sign, and its text. */
function listSigns(card) {
  const step = steps[state.step];
  const [member] = card.members;
  const found = [];
  if (!state.recursive && changedLeaves().length && card.members.some((i) => card.known(i))) found.push(["moved", "Δ"]);
  if (card.members.length > 1 || step.forward) return found;
  if (state.recursive) {
    const wrong = wrongAt(member);
    if (step.early && step.node === member) found.push(["wrong", `too early: ${arrivals(member)}`]);
    else if (wrong) found.push(["wrong", `right: ${wrong}`]);
    return found;
  }
  const waits = arrivals(member);
  if (waits) found.push(["waits", waits]);
  return found;
}

/** "2 of 3 arrived": what has reached a node with more than one consumer; empty once it has passed on. */
function arrivals(member) {
  const all = DATA.backward.filter((step) => step.node !== null && step.parent === member).length;
  if (all < 2) return "";
  const reached = new Set();
  steps.slice(DATA.forward.length, state.step + 1).forEach((step) => {
    if (step.node !== null && step.parent === member) reached.add(`${step.node} ${step.operand}`);
  });
  const last = steps.findLastIndex((step) => !step.forward && step.parent === member);
  return state.recursive || state.step <= last ? `${reached.size} of ${all} arrived` : "";
}

/** Write the signs of this step on the cards. */
function drawSigns(asking) {
  for (const old of $("picture").querySelectorAll(".sign")) old.remove();
  for (const card of cards.values()) {
    // a gradient that is still to come has not moved
    card.known = (i) => valueMoved(i) || (gradientMoved(i) && complete(i));
    const { x, y, width } = card.group.getBBox();
    let right = x + width + 3;
    for (const [kind, text] of asking ? [] : listSigns(card)) right = drawSign(card, kind, text, right, y);
  }
  listMeanings();
}

/** In the upper corner, to the left of ``right``; returns where the next one ends. */
function drawSign(card, kind, text, right, y) {
  const sign = makeSvg("g", { class: `sign ${kind}` });
  const words = makeSvg("text", { "text-anchor": "end", "font-size": 12 }, text);
  sign.append(words);
  card.group.append(sign);
  const length = words.getComputedTextLength();
  words.setAttribute("x", right - 4);
  words.setAttribute("y", y + 8);
  sign.prepend(makeSvg("rect", { x: right - length - 8, y: y - 4, width: length + 8, height: 16, rx: 4 }));
  const label = card.group.getAttribute("aria-label");
  if (label) card.group.setAttribute("aria-label", `${label}; ${kind === "moved" ? "moved by the last change" : text}`);
  return right - length - 10;
}

/** What can be seen in the picture -> how it is shown in the list, and what it means. */
const MEANINGS = [
  [".node.todo", "todo", "not computed yet"],
  [".node.lit.forward", "lit forward", "computed in this step"],
  [".node.lit:not(.forward)", "lit", "a gradient goes this way in this step"],
  [".node.pinned", "path", "kept node, and the way of its gradient"],
  [".sign.moved", "moved", "moved by the last change"],
  [".sign.wrong", "wrong", "wrong without the order"],
];

function listMeanings() {
  const shown = MEANINGS.filter(([seen]) => $("picture").querySelector(seen));
  $("signs").replaceChildren(...shown.map(([, kind, meaning]) => {
    const item = document.createElement("li");
    const swatch = makeSvg("svg", { viewBox: "0 0 22 16", "aria-hidden": "true", class: kind });
    if (kind === "moved") swatch.append(makeSvg("text", { x: 5, y: 14, "font-size": 15 }, "Δ"));
    else swatch.append(makeSvg("rect", { x: 3, y: 3, width: 16, height: 10 }));
    item.append(swatch, meaning);
    return item;
  }));
}
