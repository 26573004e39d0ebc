/** Signs on cards and circles, and the list that says what each sign, line and colour means. */

/**
 * What is drawn of nodes: { group, body, box, members, shows, passes }. ``box`` is left, top, width and height of the
 * body; a line has none. ``shows`` is the node whose gradient stands there, ``passes``
 * the one that waits there until it passes its gradient on; null where there is none, or more than one.
 */
function listShown() {
  if (state.view !== NETWORK) {
    return [...cards.values()].map(({ group, box, members }) => {
      const only = members.length === 1 ? members[0] : null;
      return { group, body: group, box, members, shows: only, passes: only };
    });
  }
  const members = new Map();
  for (const [node, places] of drawn.places) {
    for (const place of places) {
      if (members.has(place)) members.get(place).push(node);
      else members.set(place, [node]);
    }
  }
  const { before, after } = network.samples[state.sample];
  return [...members].map(([place, nodes]) => {
    const i = drawn.circles.indexOf(place);
    const passes = i >= 0 && before[i] !== null ? after[i] : null; // of an input no gradient is shown
    return { group: place.group, body: place.group.querySelector("circle, path, line"), box: place.box, members: nodes, shows: i < 0 ? null : before[i], passes };
  });
}

/** What stands in a corner: kind of the sign, and its text. */
function listSigns({ members, shows, passes }, changed) {
  const step = steps[state.step];
  const moved = (i) => hasMoved(i, VALUE) || hasMoved(i, GRADIENT);
  const found = [];
  if (!state.recursive && changed && members.some(moved)) found.push(["moved", "Δ"]);
  if (step.forward) return found;
  if (!state.recursive) {
    const waits = passes === null ? "" : arrivals(passes);
    return waits ? [...found, ["waits", waits]] : found;
  }
  if (step.early && step.node === passes) return [["wrong", `too early: ${arrivals(passes)}`]];
  const right = shows === null ? "" : wrongAt(shows);
  return right ? [["wrong", `right: ${right}`]] : [];
}

const CONSUMERS = DATA.nodes.map(() => 0); // how many gradients a node waits for
for (const { node, parent } of DATA.backward) if (node !== null) CONSUMERS[parent] += 1;

let arriving = { steps: null, at: null }; // node -> the places of the steps that lead to it

function stepsTo(member) {
  if (arriving.steps !== steps) {
    arriving = { steps, at: new Map() };
    steps.forEach((step, i) => {
      if (step.forward) return;
      if (!arriving.at.has(step.parent)) arriving.at.set(step.parent, []);
      arriving.at.get(step.parent).push(i);
    });
  }
  return arriving.at.get(member) || [];
}

/** "2 of 3 arrived": what has reached a node with more than one consumer; empty once it has passed on. */
function arrivals(member) {
  if (CONSUMERS[member] < 2) return "";
  const all = stepsTo(member);
  const reached = new Set(all.filter((i) => i <= state.step).map((i) => `${steps[i].node} ${steps[i].operand}`));
  return state.recursive || state.step <= all.at(-1) ? `${reached.size} of ${CONSUMERS[member]} arrived` : "";
}

/** Write the signs of this step into the picture: those that stand there already stay, and all others come at once. */
function drawSigns(asking) {
  const changed = changedLeaves().length > 0;
  const missing = [];
  for (const shown of listShown()) {
    if (!shown.box) continue; // a line has no corner; what moved is in the list
    const signs = asking ? [] : listSigns(shown, changed);
    const { group } = shown;
    nameGroup(group, signs);
    if (String(signs) === (group.signs || "")) continue;
    group.signs = String(signs);
    group.querySelector(".signs")?.remove();
    if (signs.length) missing.push({ ...shown, signs });
  }
  measureSigns(missing.flatMap(({ signs }) => signs.map(([, text]) => text)));
  for (const { group, body, box: [x, y, width], signs } of missing) {
    let right = x + width + 3;
    const drawnSigns = signs.map(([kind, text]) => {
      const length = signLengths.get(text) + 8;
      if (body.localName === "circle" && kind !== "moved") return makeSign(kind, text, length, x + width / 2 - 14, y + 3);
      right -= length + 2;
      return makeSign(kind, text, length, right + length + 2, y);
    });
    group.append(make("g", { class: "signs" }, ...spaced(drawnSigns.reverse()))); // what moved comes last in its name
  }
  listMeanings();
}

function removeSigns() {
  for (const { group } of listShown()) group.signs = "";
  for (const old of $("picture").querySelectorAll(".signs")) old.remove();
}

/** The name of a card or circle for who does not see it: all that is written there, in order, and then what else is told. */
function nameGroup(group, signs) {
  if (!group.said) return;
  const told = signs.map(([kind, text]) => (kind === "moved" ? `${text} moved by the last change` : text)).reverse();
  const label = [...group.said, ...told, ...group.more].join("; ");
  if (group.getAttribute("aria-label") !== label) group.setAttribute("aria-label", label);
}

const SIGN_LETTERS = 12;
const signLengths = new Map(); // text -> pixels: a browser lays the page out to measure one

function measureSigns(texts) {
  const svg = $("picture").querySelector("svg");
  const words = [...new Set(texts)].filter((text) => !signLengths.has(text)).map((text) => make("text", { "font-size": SIGN_LETTERS }, text));
  svg.append(...words);
  for (const word of words) signLengths.set(word.textContent, word.getComputedTextLength());
  for (const word of words) word.remove();
}

/** A sign up to the right end that is given. */
function makeSign(kind, text, length, right, y) {
  return make("g", { class: `sign ${kind}` }, make("rect", { x: right - length, y: y - 6, width: length, height: 14, rx: 4 }),
    make("text", { "text-anchor": "end", "font-size": SIGN_LETTERS, x: right - 4, y: y + 5 }, text));
}

/** What can be seen in the picture -> how it is shown in the list, and what it means. */
const MEANINGS = [
  [".node.todo", "todo", "not computed yet"],
  [".node.lit.forward", "lit forward", "computed in this step"],
  [".node.lit:not(.forward)", "lit", "a gradient goes this way in this step"],
  [".pinned", "path", "kept node, and the way of its gradient"],
  [".sign.moved", "moved", "moved by the last change"],
  [".sign.wrong", "wrong", "wrong without the order"],
];

function listMeanings() {
  const shown = MEANINGS.filter(([seen]) => $("picture").querySelector(seen));
  $("signs").replaceChildren(...shown.map(([, kind, meaning]) => {
    const item = document.createElement("li");
    const swatch = make("svg", { viewBox: "0 0 22 16", "aria-hidden": "true", class: kind });
    if (kind === "moved") swatch.append(make("text", { x: 5, y: 14, "font-size": 15 }, "Δ"));
    else swatch.append(make("rect", { x: 3, y: 3, width: 16, height: 10 }));
    item.append(swatch, meaning);
    return item;
  }));
}
