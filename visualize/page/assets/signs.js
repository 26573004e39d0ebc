/** Signs on cards and circles, and the list that says what each sign, line and colour means. */

/**
 * What is drawn of nodes: { group, body, members, shows, passes }. ``shows`` is the node whose gradient stands there, ``passes``
 * the one that waits there until it passes its gradient on; null where there is none, or more than one.
 */
function listShown() {
  if (state.view !== NETWORK) {
    return [...cards.values()].map(({ group, members }) => {
      const only = members.length === 1 ? members[0] : null;
      return { group, body: group, members, shows: only, passes: only };
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
    return { group: place.group, body: place.group.querySelector("circle, path, line"), members: nodes, shows: i < 0 ? null : before[i], passes };
  });
}

/** What stands in a corner: kind of the sign, and its text. */
function listSigns({ members, shows, passes }, changed) {
  const step = steps[state.step];
  const moved = (i) => valueMoved(i) || (gradientMoved(i) && complete(i)); // a gradient that is still to come has not moved
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

/** Write the signs of this step into the picture. */
function drawSigns(asking) {
  for (const old of $("picture").querySelectorAll(".sign")) old.remove();
  const changed = changedLeaves().length > 0;
  for (const shown of asking ? [] : listShown()) {
    if (shown.body.localName === "line") continue; // it has no corner; what moved is in the list
    const signs = listSigns(shown, changed);
    if (!signs.length) continue;
    const { x, y, width } = shown.body.getBBox();
    let right = x + width + 3;
    for (const [kind, text] of signs) {
      if (shown.body.localName === "circle" && kind !== "moved") drawSign(shown.group, kind, text, x + width / 2 - 14, y + 3);
      else right = drawSign(shown.group, kind, text, right, y);
    }
  }
  listMeanings();
}

/** Up to the right end that is given; returns where the next one ends. */
function drawSign(group, kind, text, right, y) {
  const sign = make("g", { class: `sign ${kind}` });
  const words = make("text", { "text-anchor": "end", "font-size": 12, y: y + 8 }, text);
  sign.append(words);
  group.append(sign);
  const length = words.getComputedTextLength() + 8;
  words.setAttribute("x", right - 4);
  sign.prepend(make("rect", { x: right - length, y: y - 4, width: length, height: 16, rx: 4 }));
  const label = group.getAttribute("aria-label");
  if (label) group.setAttribute("aria-label", `${label}; ${kind === "moved" ? "moved by the last change" : text}`);
  return right - length - 2;
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
