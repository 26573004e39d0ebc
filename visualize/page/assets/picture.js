/** The picture: cards with their numbers, what is lit, and what is said of a node. */

const cards = new Map(); // place -> { group, texts, members, lines }
let edges = []; // { group, label, bundle, steps }

const WINDOWS = "step by step";

/** The picture of cards that is shown, with the nodes of the present sample. */
function viewNow() {
  const view = state.view === WINDOWS ? DATA.windows[state.window] : DATA.views[state.view];
  if (view.units) return { cards: [], edges: [], frames: [], size: [0, 0], ...view, notes: [] }; // there is a list in its place
  if (!view.samples) return view;
  const picture = DATA.pictures[view.pictures[state.sample]];
  const nodes = view.samples[state.sample];
  return { ...picture, samples: view.samples, cards: picture.cards.map((card) => ({ ...card, nodes: card.nodes.map((place) => nodes[place]) })) };
}

function drawView() {
  const svg = make("svg", { role: "group", "aria-label": "Nodes" });
  $("picture").replaceChildren(svg);
  cards.clear();
  edges = [];
  const view = state.view === NETWORK ? null : viewNow();
  const [width, height] = view ? drawAllCards(svg, view) : drawNetwork(svg);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const kinds = view ? Object.keys(DATA.roles).filter((role) => view.cards.some((card) => card.role === role))
    .map((role) => swatch(role, DATA.roles[role].meaning)) : networkKinds();
  showLegend(kinds);
  showPlace();
  openPicture(width, height); // last: the legend takes room from it
  if (view?.units) $("picture").append(listUnits(DATA.views[state.view]));
  bringIntoView();
}

function showLegend(kinds) {
  $("legend").replaceChildren(...kinds, $("failed-kind"));
}

/** An entry of the legend. */
function swatch(role, meaning) {
  const item = document.createElement("li");
  item.innerHTML = '<svg viewBox="0 0 22 16" aria-hidden="true"><rect x="1" y="1" width="20" height="14"/></svg>';
  item.querySelector("rect").dataset.fill = `${role}-fill`;
  item.querySelector("rect").dataset.stroke = `${role}-line`;
  item.append(meaning);
  return item;
}

function drawAllCards(svg, view) {
  const { cards: drawnCards, edges: drawnEdges, size } = drawCards(svg, view);
  const cardOf = new Map();
  view.cards.forEach(({ nodes: members }, id) => {
    if (!members.length) return;
    const { group } = drawnCards[id];
    cards.set(id, { ...drawnCards[id], members });
    for (const member of members) cardOf.set(member, id);
    const opens = members.length === 1 ? "" : opening(drawnCards[id].lines);
    if (members.length > 1 && !opens) return;
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    group.addEventListener("click", members.length === 1 ? () => pin(members[0]) : () => goTo(opens, members));
    onEnter(group);
    if (members.length > 1) return;
    group.addEventListener("mouseenter", () => showNode(members[0]));
    group.addEventListener("focus", () => showNode(members[0]));
    for (const end of ["mouseleave", "blur"]) group.addEventListener(end, () => showNode(state.pinned));
  });
  const waiting = new Map();
  DATA.backward.forEach((step, place) => {
    if (step.node === null || !cardOf.has(step.parent) || !cardOf.has(step.node)) return;
    const key = `${cardOf.get(step.parent)}->${cardOf.get(step.node)}`;
    if (!waiting.has(key)) waiting.set(key, []);
    waiting.get(key).push(place);
  });
  view.edges.forEach(({ ends, text }, i) => {
    const [start, end] = ends.map((card) => view.cards[card].repeats ?? card);
    const found = waiting.get(`${start}->${end}`);
    if (!found) return;
    const { group, label } = drawnEdges[i];
    const bundled = [start, end].some((card) => cards.get(card).members.length > 1);
    edges.push({ group, label, bundle: bundled ? text || "" : "", steps: bundled ? found : [found.shift()] });
  });
  return size;
}

/** The element that stands for a node, if it is in the picture. */
function groupOf(node) {
  if (state.view === NETWORK) return drawn.places.get(node)?.[0].group;
  return [...cards.values()].find((card) => card.members.includes(node))?.group;
}

/** The name of the view that shows what is folded into a card; empty where there is none. */
function opening(lines) {
  const layer = /^layer (\d+)/.exec(lines[0]);
  return [layer ? `layer ${layer[1]}` : "", "every node"].find((name) => name in DATA.views) || "";
}

/** All of the picture that follows from the step and the numbers. */
function refresh(asking) {
  paint(asking);
  drawSigns(asking);
  turnHeads();
}

/** Put the numbers of this step into the picture, and light what is active. ``withMoves``: those that moved with what they were. */
function paint(asking, withMoves = true) {
  const index = state.step;
  const step = steps[index];
  const computed = new Set(graph.nodes.flatMap((node, i) => (node.operation ? [] : [i])));
  for (let i = 0; i <= Math.min(index, DATA.forward.length - 1); i += 1) computed.add(steps[i].node);
  const gradients = new Map();
  for (let i = DATA.forward.length; i <= index - (asking ? 1 : 0); i += 1) gradients.set(steps[i].parent, swept.after(i - DATA.forward.length));
  const way = state.pinned === null ? new Set() : wayTo(state.pinned);
  const moment = { index, step, computed, gradients, way, withMoves };
  if (state.view === NETWORK) paintNetwork(moment);
  else paintCards(moment);
}

function paintCards({ index, step, computed, gradients, way, withMoves }) {
  for (const card of cards.values()) {
    if (card.members.length === 1) {
      const [member] = card.members;
      const node = graph.nodes[member];
      const known = fails(index) ? graph.gradientText(member) : gradients.has(member) ? format(scaled(node, gradients.get(member))) : "…";
      const [value, gradient] = [VALUE, GRADIENT].map((kind) => withMoves && computed.has(member) && tellMove(member, kind));
      const write = (line, move, text) => fit(card.texts[line], text, move ? card.room : Infinity, SMALL_LETTERS, LETTERS);
      write(1, value, fill("value", { value: value || (computed.has(member) ? format(graph.values[member]) : "…") }));
      write(2, gradient, node.gradientLine + (gradient || known));
    } else {
      const last = card.texts[card.texts.length - 1];
      const inside = fails(index) && [step.node, step.parent].every((member) => card.members.includes(member));
      const largest = folded(card, gradients) + (inside ? ` ✗ ${graph.failed.word}` : "");
      card.group.classList.toggle("failed", inside);
      setText(last, card.lines[card.lines.length - 1].replace(/ [^ ]*$/, ` ${largest}`));
    }
    card.group.said = card.texts.map((text) => text.textContent);
    card.group.more = card.members.length > 1 ? ["press Enter to open"] : [];
    const active = step.forward ? [step.node] : [step.parent, step.node];
    card.group.classList.toggle("todo", !card.members.some((member) => computed.has(member)));
    card.group.classList.toggle("lit", card.members.some((member) => active.includes(member)));
    card.group.classList.toggle("forward", Boolean(step.forward));
    if (card.group.classList.contains("lit")) card.group.setAttribute("aria-current", "step");
    else card.group.removeAttribute("aria-current");
    card.group.classList.toggle("pinned", card.members.includes(state.pinned));
    if (card.members.length === 1) card.group.setAttribute("aria-pressed", String(card.members[0] === state.pinned));
  }
  const place = step.forward ? null : edgeOf(step);
  for (const edge of edges) {
    const failed = fails(index) && edge.steps.includes(place);
    const lit = step.forward ? edge.steps.some((i) => DATA.backward[i].node === step.node) : edge.steps.includes(place);
    edge.group.classList.toggle("lit", lit);
    edge.group.classList.toggle("forward", Boolean(step.forward));
    edge.group.classList.toggle("path", edge.steps.some((i) => way.has(i)));
    edge.group.classList.toggle("failed", failed);
    const [only] = edge.steps;
    const mark = failed ? ` ✗ ${graph.failed.word}` : "";
    if (edge.bundle) setText(edge.label, edge.bundle + mark);
    else if (edge.label && edge.steps.length === 1) {
      const { node, parent, operand, partial } = DATA.backward[only];
      const value = graph.partials[node][operand];
      const formula = partial === format(value) ? "" : ` = ${partial}`;
      const shown = mark || (computed.has(node) ? ` = ${format(value)}` : " = …");
      setText(edge.label, `${writePartial(node, parent)}${formula}${shown}`);
    }
  }
}

const writePartial = (node, parent) => fill("derivative of", { of: graph.nodes[node].name, by: graph.nodes[parent].name });

const edgeOf = (step) => (step.node === null ? 0 : STEP_OF[step.node][step.operand]);

/** The largest size of a gradient so far in a folded card, or … where none has arrived. */
function folded(card, gradients) {
  const line = card.lines[card.lines.length - 1];
  const units = card.members.filter((member) => gradients.has(member) && Number.isFinite(gradients.get(member)) && (!line.includes("δ") || graph.nodes[member].delta));
  const sizes = units.map((member) => Math.abs(line.includes("δ") ? scaled(graph.nodes[member], gradients.get(member)) : gradients.get(member)));
  if (sizes.length) return format(Math.max(...sizes));
  return fails(state.step) ? fill("missing", { why: fill("not complete") }) : "…";
}

/** Whether a node's gradient is complete at the present step, and has been shown. */
function complete(member) {
  if (graph.gradients[member] === null) return false;
  const last = stepsTo(member).at(-1) ?? Infinity;
  return last <= state.step && !(last === state.step && mustAsk(state.step));
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The edges on all ways from the output down to a node. */
function wayTo(target) {
  const reached = new Set([target]);
  const found = new Set();
  for (let i = DATA.backward.length - 1; i >= 0; i -= 1) {
    const step = DATA.backward[i];
    if (step.node !== null && reached.has(step.parent)) {
      reached.add(step.node);
      found.add(i);
    }
  }
  return found;
}

function pin(member) {
  state.pinned = state.pinned === member ? null : member;
  show();
}

function showNode(member) {
  $("node-hint").hidden = member !== null;
  $("about-node").classList.toggle("kept", member !== null);
  openSheet();
  $("node-text").hidden = member === null;
  $("node-name").textContent = member === null ? "A node" : graph.nodes[member].name;
  if (member === null) return;
  const node = graph.nodes[member];
  const value = (node.operation && tellMove(member, VALUE)) || format(graph.values[member]);
  const missing = fails(state.step) && graph.gradients[member] === null;
  const known = missing ? graph.gradientText(member) : complete(member) ? tellMove(member, GRADIENT) || format(scaled(node, graph.gradients[member])) : `… (${fill("not complete")} at this step)`;
  const lines = [
    node.operation ? fill("computes", { node: node.name, formula: `${node.formula} = ${value}` }) : fill("value", { value }),
    `${node.gradientLine}${known}`,
  ];
  if (changedLeaves().includes(member)) lines.push(`${node.name} was changed: ${fill("change", { before: format(earlier.values[member]), after: value })}. It is a leaf: no step computes it.`);
  DATA.backward.forEach((step) => {
    if (step.node === member) {
      const shown = format(graph.partials[member][step.operand]);
      lines.push(`${writePartial(member, step.parent)} = ${step.partial === shown ? "" : `${step.partial} = `}${shown}`);
    }
  });
  const incoming = DATA.backward.filter((step) => step.node !== null && step.parent === member);
  if (incoming.length) {
    const terms = incoming.map((step) => step.symbols);
    lines.push(`${node.gradient} = ${terms.join(" + ")}`);
  }
  $("node-text").replaceChildren(...lines.map((line) => {
    const p = document.createElement("p");
    p.textContent = line;
    return p;
  }));
}
