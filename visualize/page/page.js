const DATA = JSON.parse(document.getElementById("data").textContent);
const graph = new Graph(DATA);
const given = new Graph(DATA); // with the numbers that the page came with
const $ = (id) => document.getElementById(id);
const state = { step: 0, recursive: false, playing: null, pinned: null, view: "", seen: new Set(), asked: 0, right: 0, history: [] };

/** The steps that are walked, forward and backward, and their numbers. */
let steps = [];
let swept = [];

function arrange() {
  const backward = state.recursive ? DATA.recursive.map((step) => ({ ...DATA.backward[step.at], ...step })) : DATA.backward;
  steps = [...DATA.forward.map((step) => ({ ...step, forward: true })), ...backward];
  swept = graph.sweep(backward);
  if (state.recursive) graph.right = graph.sweep(DATA.backward) && graph.gradients.slice();
  swept = graph.sweep(backward);
}

const numbersOf = (index) => swept[index - DATA.forward.length];
const scaled = (node, gradient) => (node.delta ? node.delta.scale : 1) * gradient;

/** Both lines of a step as text: the rule, and the rule with numbers. */
function texts(index) {
  const step = steps[index];
  if (step.forward) {
    const node = graph.nodes[step.node];
    const value = format(graph.values[step.node]);
    const numbers = filled(step.numbers, operandNumbers(node));
    return [`${node.name} = ${step.symbols}`, numbers === value ? value : `${numbers} = ${value}`];
  }
  const { gradient } = graph.nodes[step.parent];
  if (step.node === null) return [`${gradient} = 1`, ""];
  const { upstream, partial, product } = numbersOf(index);
  return [`${gradient} += ${step.symbols}`, `${filled(DATA.product.text, [upstream, partial])} = ${format(product)}`];
}

function operandNumbers(node) {
  return graph.operands(node);
}

/** MathML whose slots are filled; each number is coloured as a value or as a gradient. */
function math(parts) {
  return `<math display="inline"><mrow>${parts.join("")}</mrow></math>`;
}

/** A shape of formula as MathML, each slot made by a function of its kind and index. */
function shaped(shape, make) {
  return shape.replace(/<mi>([\ue000-\uf7ff])<\/mi>/g, (_, character) => {
    const place = character.codePointAt(0) - FIRST_SLOT;
    return make(Math.floor(place / SLOTS), place % SLOTS);
  });
}

const withPlaces = (shape) => shaped(shape, (kind, i) => `<mn class="n" data-slot="${i}" data-kind="${kind}"></mn>`);

/** A shape with the labels of a step: its operands, its result, and the derivative that comes from above. */
function withLabels(shape, step) {
  return shaped(shape, (kind, i) => {
    if (i === step.labels.length) return derivative(graph.nodes[step.node]);
    const { math: label, odd } = graph.nodes[step.labels[i]];
    return kind === 1 && odd ? `<mrow><mo>(</mo>${label}<mo>)</mo></mrow>` : label;
  });
}

function putNumbers(element, numbers, kinds) {
  for (const place of element.querySelectorAll("mn.n")) {
    const index = Number(place.dataset.slot);
    place.textContent = inSlot(Number(place.dataset.kind), numbers[index]);
    if (kinds[index]) place.classList.add(kinds[index]);
  }
}

const number = (x, kind) => `<mn class="${kind}">${format(x)}</mn>`;
const derivative = (node) => `<mfrac><mrow><mo>∂</mo>${graph.nodes[DATA.output].math}</mrow><mrow><mo>∂</mo>${node.math}</mrow></mfrac>`;

function showEquations(index) {
  const step = steps[index];
  if (step.forward) {
    const node = graph.nodes[step.node];
    const value = graph.values[step.node];
    const shape = DATA.shapes[step.shape];
    $("equation").innerHTML = math([node.math, "<mo>=</mo>", withLabels(shape, step)]);
    $("numbers").innerHTML = math([node.math, "<mo>=</mo>", withPlaces(shape), "<mo>=</mo>", number(value, "value")]);
    putNumbers($("numbers"), operandNumbers(node), node.operands.map(() => "value"));
    return;
  }
  const parent = graph.nodes[step.parent];
  const sign = step.node === null ? "=" : "+=";
  const right = step.node === null ? "<mn>1</mn>" : withLabels(DATA.shapes[step.shape], step);
  $("equation").innerHTML = math([derivative(parent), `<mo>${sign}</mo>`, right]);
  if (step.node === null) {
    $("numbers").textContent = "";
    return;
  }
  const { upstream, partial, product } = numbersOf(index);
  const local = ["<mrow><mo>∂</mo>", graph.nodes[step.node].math, "</mrow>"].join("");
  const under = ["<mrow><mo>∂</mo>", parent.math, "</mrow>"].join("");
  $("numbers").innerHTML = math([withPlaces(DATA.product.math), "<mo>=</mo>", number(product, "gradient")])
    + ` <span class="with">with </span>${math([`<mfrac>${local}${under}</mfrac><mo>=</mo>`, withLabels(DATA.shapes[step.partialShape], step),
      partialIsNumber(step, partial) ? "" : `<mo>=</mo>${number(partial, "value")}`])}`;
  putNumbers($("numbers"), [upstream, partial], ["gradient", "value"]);
}

const partialIsNumber = (step, partial) => step.partial === format(partial);

function waitsText(step) {
  if (step.forward) return "";
  const parent = graph.nodes[step.parent];
  if (step.waits) return `${parent.name} waits for ${step.waits} more of ${step.consumers} consumers.`;
  if (state.recursive) return "All its consumers have reported.";
  if (!parent.delta) return `${parent.name} has heard from all its consumers: its gradient is complete.`;
  const value = format(scaled(parent, numbersOf(state.step).after));
  return `${parent.name} has heard from all its consumers: ${parent.gradientLine}${value}`;
}

function show() {
  const index = state.step;
  const step = steps[index];
  const asking = mustAsk(index);
  $("time").max = steps.length;
  $("time").value = index + 1;
  $("time").setAttribute("aria-valuetext", `step ${index + 1} of ${steps.length}`);
  $("where").textContent = `Step ${index + 1} of ${steps.length}, ${step.forward ? "forward" : "backward"}`;
  $("guess").hidden = !asking;
  $("verdict").textContent = "";
  for (const id of ["equation", "numbers", "change", "waits", "before"]) $(id).hidden = asking;
  $("hand").hidden = true;
  if (asking) ask(index);
  else {
    state.seen.add(index);
    showEquations(index);
    $("change").innerHTML = "";
    if (!step.forward) {
      const { before, after } = numbersOf(index);
      $("change").innerHTML = `<span class="gradient"></span>`;
      $("change").firstChild.textContent = `${graph.nodes[step.parent].gradient}: ${format(before)} → ${format(after)}`;
    }
    $("waits").textContent = waitsText(step) + (step.early ? ` ${graph.nodes[step.node].name} passes on too early.` : "");
    showBefore(step);
    showHand(step);
    const [rule, withNumbers] = texts(index);
    $("live").textContent = `Step ${index + 1}: ${rule}${withNumbers ? `; ${withNumbers}` : ""}. ${$("waits").textContent}`;
  }
  paint(asking);
  showNode(state.pinned);
  bringIntoView();
}

/** What this step led to before anything was changed, so that a reader sees what a change did. */
function showBefore(step) {
  const changed = DATA.leaves.filter((i) => graph.values[i] !== given.values[i]);
  $("before").textContent = "";
  if (!changed.length || state.recursive) return;
  const index = step.forward ? step.node : step.parent;
  const node = graph.nodes[index];
  const was = step.forward ? `${node.name} = ${format(given.values[index])}`
    : `${node.gradientLine}${format(scaled(node, given.gradients[index]))}`;
  const names = changed.length > 4 ? `${changed.length} numbers` : changed.map((i) => graph.nodes[i].name).join(", ");
  $("before").textContent = `Before you changed ${names}: ${was}${step.forward ? "" : " when complete"}.`;
}

/** Scroll the picture, and nothing else, to what is active; what a step leads to counts most. */
function bringIntoView() {
  const step = steps[state.step];
  const ends = step.forward ? [step.node] : [step.node, step.parent];
  for (const end of ends) {
    const lit = [...cards.values()].find((card) => card.members.includes(end));
    if (!lit) continue;
    const frame = $("picture").getBoundingClientRect();
    const card = lit.group.getBoundingClientRect();
    if (card.right > frame.right) $("picture").scrollLeft += card.right - frame.right + 20;
    if (card.left < frame.left) $("picture").scrollLeft -= frame.left - card.left + 20;
    if (card.bottom > frame.bottom) $("picture").scrollTop += card.bottom - frame.bottom + 20;
    if (card.top < frame.top) $("picture").scrollTop -= frame.top - card.top + 20;
  }
}

/** The whole graph at once, or at its own size, to be scrolled. */
function fit(on) {
  $("picture").classList.toggle("fit", on);
  $("fit").setAttribute("aria-pressed", String(on));
  bringIntoView();
}

/** The derivation by hand beside the engine, recomputed with the numbers that stand in the page. */
function showHand(step) {
  const node = graph.nodes[step.forward ? step.node : step.parent];
  const hand = node.hand[step.forward ? "value" : "gradient"];
  const complete = step.forward || !step.waits;
  $("hand").hidden = !(hand && complete && !state.recursive);
  if ($("hand").hidden) return;
  const engine = step.forward ? graph.values[step.node] : scaled(node, numbersOf(state.step).after);
  const name = step.forward ? node.name : (node.delta ? node.delta.symbol : node.gradient);
  const rows = [["formula", `${name} = ${hand.formula}`], ["by hand", format(byHand(hand))], ["engine", format(engine)]];
  $("hand").tBodies[0].replaceChildren(...rows.map(([head, text]) => {
    const row = document.createElement("tr");
    const th = document.createElement("th");
    th.scope = "row";
    th.textContent = head;
    const td = document.createElement("td");
    td.textContent = text;
    row.append(th, td);
    return row;
  }));
}

/** A number of the derivation by hand, computed from the leaves by the lecture's own lines. */
function byHand(hand) {
  return HAND(DATA.leaves.map((index) => graph.values[index]))[hand.at];
}

/* --- the picture ------------------------------------------------------------------------------------------------ */

const cards = new Map(); // card id -> { group, texts, members }
let edges = []; // { group, label, steps }

function drawView() {
  const view = DATA.views[state.view];
  $("picture").innerHTML = view.svg;
  const svg = $("picture").querySelector("svg");
  svg.setAttribute("role", "img");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  $("picture").dataset.width = width;
  cards.clear();
  edges = [];
  const cardOf = new Map();
  for (const group of svg.querySelectorAll("g.node")) {
    const id = group.querySelector("title").textContent;
    group.querySelector("title").remove();
    const members = view.cards[id] || [];
    if (!members.length) continue;
    cards.set(id, { group, texts: [...group.querySelectorAll("text")], members, lines: view.lines[id] });
    for (const member of members) cardOf.set(member, id);
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    const choose = members.length === 1 ? () => pin(members[0]) : () => open(view.lines[id]);
    group.addEventListener("click", choose);
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        choose();
      }
    });
    if (members.length === 1) {
      group.addEventListener("mouseenter", () => showNode(members[0]));
      group.addEventListener("focus", () => showNode(members[0]));
      group.addEventListener("mouseleave", () => showNode(state.pinned));
    }
  }
  const waiting = new Map();
  DATA.backward.forEach((step, place) => {
    if (step.node === null) return;
    const key = `${cardOf.get(step.parent)}->${cardOf.get(step.node)}`;
    if (!waiting.has(key)) waiting.set(key, []);
    waiting.get(key).push(place);
  });
  for (const group of svg.querySelectorAll("g.edge")) {
    const key = group.querySelector("title").textContent;
    group.querySelector("title").remove();
    const found = waiting.get(key);
    if (!found) continue;
    const label = group.querySelector("text");
    const bundled = label && /^\s*\d+ edges?$/.test(label.textContent);
    edges.push({ group, label, steps: bundled ? found : [found.shift()] });
  }
  for (const title of svg.querySelectorAll("title")) title.remove();
  $("legend").replaceChildren(...view.legend.map(([role, meaning]) => {
    const item = document.createElement("li");
    item.innerHTML = '<svg viewBox="0 0 22 16" aria-hidden="true"><rect x="1" y="1" width="20" height="14"/></svg>';
    item.querySelector("rect").dataset.fill = `${role}-fill`;
    item.querySelector("rect").dataset.stroke = `${role}-line`;
    item.append(meaning);
    return item;
  }));
}

function open(lines) {
  const layer = /^layer (\d+)/.exec(lines[0]);
  if (layer && DATA.views[`layer ${layer[1]}`]) {
    state.view = `layer ${layer[1]}`;
    $("view").value = state.view;
    drawView();
    show();
  }
}

/** Put the numbers of this step into the picture, and light what is active. */
function paint(asking) {
  const index = state.step;
  const step = steps[index];
  const computed = new Set(graph.nodes.flatMap((node, i) => (node.operation ? [] : [i])));
  for (let i = 0; i <= Math.min(index, DATA.forward.length - 1); i += 1) computed.add(steps[i].node);
  const gradients = new Map();
  for (let i = DATA.forward.length; i <= index - (asking ? 1 : 0); i += 1) gradients.set(steps[i].parent, numbersOf(i).after);
  for (const card of cards.values()) {
    if (card.members.length === 1) {
      const [member] = card.members;
      const node = graph.nodes[member];
      setText(card.texts[1], computed.has(member) ? `value ${format(graph.values[member])}` : "value …", "value");
      const known = gradients.has(member) ? format(scaled(node, gradients.get(member))) : "…";
      setText(card.texts[2], node.gradientLine + known, "gradient");
      card.group.setAttribute("aria-label", `${card.lines[0]}; ${card.texts[1].textContent}; ${card.texts[2].textContent}`);
    } else {
      const last = card.texts[card.texts.length - 1];
      const largest = folded(card);
      setText(last, card.lines[card.lines.length - 1].replace(/ [^ ]*$/, ` ${format(largest)}`), "gradient");
      card.group.setAttribute("aria-label", `${card.lines.join("; ")}; press Enter to open`);
    }
    const active = step.forward ? [step.node] : [step.parent, step.node];
    card.group.classList.toggle("todo", !card.members.some((member) => computed.has(member)));
    card.group.classList.toggle("lit", card.members.some((member) => active.includes(member)));
    card.group.classList.toggle("forward", Boolean(step.forward));
    card.group.classList.toggle("pinned", card.members.length === 1 && card.members[0] === state.pinned);
  }
  const place = step.forward ? null : edgeOf(step);
  const way = state.pinned === null ? new Set() : wayTo(state.pinned);
  for (const edge of edges) {
    const lit = step.forward ? edge.steps.some((i) => DATA.backward[i].node === step.node) : edge.steps.includes(place);
    edge.group.classList.toggle("lit", lit);
    edge.group.classList.toggle("forward", Boolean(step.forward));
    edge.group.classList.toggle("path", edge.steps.some((i) => way.has(i)));
    const [only] = edge.steps;
    if (edge.label && edge.steps.length === 1 && !/^\s*\d+ edges?$/.test(edge.label.textContent)) {
      const { node, parent, operand, partial } = DATA.backward[only];
      const value = graph.partials[node][operand];
      const formula = partial === format(value) ? "" : ` = ${partial}`;
      const shown = computed.has(node) ? ` = ${Number.isFinite(value) ? format(value) : "undefined"}` : " = …";
      setText(edge.label, `\u00a0∂${graph.nodes[node].name}/∂${graph.nodes[parent].name}${formula}${shown}`, "");
    }
  }
}

const edgeOf = (step) => DATA.backward.findIndex((other) => other.node === step.node && other.parent === step.parent && other.operand === step.operand);

function folded(card) {
  const line = card.lines[card.lines.length - 1];
  const units = card.members.filter((member) => !line.includes("δ") || graph.nodes[member].delta);
  return Math.max(...units.map((member) => Math.abs(line.includes("δ") ? scaled(graph.nodes[member], graph.gradients[member]) : graph.gradients[member])));
}

function setText(element, text, kind) {
  element.textContent = text;
  if (kind) element.classList.add(kind);
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
  $("node-text").hidden = member === null;
  $("node-name").textContent = member === null ? "A node" : graph.nodes[member].name;
  if (member === null) return;
  const node = graph.nodes[member];
  const lines = [node.operation ? `${node.name} = ${node.formula} = ${format(graph.values[member])}` : `value ${format(graph.values[member])}`];
  DATA.backward.forEach((step) => {
    if (step.node === member) {
      const value = graph.partials[member][step.operand];
      const shown = Number.isFinite(value) ? format(value) : "undefined";
      lines.push(`∂${node.name}/∂${graph.nodes[step.parent].name} = ${step.partial === shown ? "" : `${step.partial} = `}${shown}`);
    }
  });
  const incoming = DATA.backward.filter((step) => step.node !== null && step.parent === member);
  if (incoming.length) {
    const terms = incoming.map((step) => step.symbols);
    lines.push(`${node.gradient} = ${terms.join(" + ")}`);
  }
  lines.push(`${node.gradientLine}${format(scaled(node, graph.gradients[member]))} when complete`);
  $("node-text").replaceChildren(...lines.map((line) => {
    const p = document.createElement("p");
    p.textContent = line;
    return p;
  }));
}

/* --- moving ------------------------------------------------------------------------------------------------------ */

function go(index, remember = true) {
  state.step = Math.max(0, Math.min(steps.length - 1, index));
  if (remember) history.replaceState(null, "", `#step=${state.step + 1}`);
  show();
}

function play(on) {
  if (state.playing) clearInterval(state.playing);
  state.playing = on ? setInterval(() => {
    if (state.step >= steps.length - 1 || mustAsk(state.step)) play(false);
    else go(state.step + 1);
  }, Number($("speed").value)) : null;
  $("play").setAttribute("aria-pressed", String(on));
  $("play").textContent = on ? "⏸ pause" : "▶ play";
}

function fromFragment() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  if (found) go(Number(found[1]) - 1, false);
}

/* --- predicting --------------------------------------------------------------------------------------------------- */

function mustAsk(index) {
  const step = steps[index];
  return $("predict").checked && !state.recursive && !step.forward && step.node !== null && !state.seen.has(index);
}

function ask(index) {
  const step = steps[index];
  const node = graph.nodes[step.node];
  const parent = graph.nodes[step.parent];
  $("question").textContent = `${node.name} passes on to ${parent.name}. What does it make ${parent.gradient}?`;
  $("answer").value = "";
  $("guess").dataset.attempts = "0";
  $("live").textContent = $("question").textContent;
}

/** Right to the digits that were typed, of which there should be two. */
function agrees(answer, value) {
  const text = answer.trim().replace("−", "-").replace(",", ".");
  const found = /^[-+]?(\d+\.?(\d*)|\.(\d+))(?:e([-+]?\d+))?$/i.exec(text);
  if (!found) return false;
  const decimals = (found[2] || found[3] || "").length;
  const unit = 10 ** (Number(found[4] || 0) - decimals);
  const error = Math.abs(Number(text) - value);
  return error <= 0.5 * unit * (1 + 1e-9) && error <= 0.02 * Math.abs(value);
}

function judge(event) {
  event.preventDefault();
  const index = state.step;
  const { before, after } = numbersOf(index);
  const attempts = Number($("guess").dataset.attempts) + 1;
  $("guess").dataset.attempts = String(attempts);
  if (agrees($("answer").value, after) || attempts > 2) {
    const right = agrees($("answer").value, after);
    state.asked += 1;
    state.right += right && attempts === 1 ? 1 : 0;
    state.seen.add(index);
    show();
    $("live").textContent = right ? "Right." : "This is the step.";
    $("waits").textContent = `${right ? "Right. " : ""}${$("waits").textContent} ${state.right} of ${state.asked} right at the first attempt.`;
    return;
  }
  const [rule, numbers] = texts(index);
  $("verdict").textContent = attempts === 1
    ? `Not that. The rule is ${rule}, starting from ${format(before)}.`
    : `Not that. With numbers: ${format(before)} + ${numbers.slice(0, numbers.lastIndexOf(" = "))}.`;
}

/* --- changing numbers --------------------------------------------------------------------------------------------- */

const fields = new Map();

function makeFields() {
  for (const index of DATA.leaves) {
    const node = graph.nodes[index];
    const row = document.createElement("div");
    row.className = "leaf";
    const name = document.createElement("label");
    const field = document.createElement("input");
    const slider = document.createElement("input");
    field.type = "number";
    field.step = "any";
    field.id = `leaf-${index}`;
    name.htmlFor = field.id;
    name.textContent = node.name;
    slider.type = "range";
    slider.setAttribute("aria-label", `${node.name}, slider`);
    field.addEventListener("input", () => change(index, field.value));
    slider.addEventListener("input", () => change(index, slider.value, true));
    row.append(name, field, slider);
    $("leaves").append(row);
    fields.set(index, { field, slider });
  }
  writeFields();
}

function writeFields(except) {
  for (const [index, { field, slider }] of fields) {
    const value = graph.values[index];
    if (index !== except) field.value = String(value);
    if (!slider.max || Math.abs(value) > Number(slider.max)) {
      const reach = Math.max(2, 2 * Math.abs(value));
      slider.min = -reach;
      slider.max = reach;
      slider.step = reach / 200;
    }
    slider.value = String(value);
  }
}

function change(index, text, slid = false) {
  const value = Number(text);
  const { name } = graph.nodes[index];
  if (text.trim() === "" || !Number.isFinite(value)) {
    refuse(`${name} must be a finite number.`);
    return;
  }
  attempt([[index, value]], slid ? undefined : index);
}

function attempt(changes, except) {
  try {
    graph.set(changes);
    arrange();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refuse(error.message);
    return false;
  }
  refuse("");
  writeFields(except);
  show();
  return true;
}

function refuse(sentence) {
  $("problem").textContent = sentence;
}

function descend() {
  const eta = Number($("eta").value);
  if ($("eta").value.trim() === "" || !Number.isFinite(eta)) {
    refuse("η must be a finite number.");
    return;
  }
  const wanted = graph.nodes.map((node, i) => i).filter((i) => graph.nodes[i].parameter);
  const moved = wanted.length ? wanted : DATA.leaves;
  graph.sweep(DATA.backward);
  const changes = moved.map((i) => [i, graph.values[i] - eta * graph.gradients[i]]);
  if (!state.history.length) state.history.push(graph.values[DATA.output]);
  if (changes.some(([, value]) => !Number.isFinite(value))) {
    refuse("That step leads to numbers that do not fit a float; choose a smaller η.");
    return;
  }
  if (attempt(changes)) state.history.push(graph.values[DATA.output]);
  plot();
}

function plot() {
  const costs = state.history;
  const { name } = graph.nodes[DATA.output];
  $("plot").toggleAttribute("hidden", costs.length < 2);
  $("descent").textContent = costs.length < 2 ? "" : `${name} after ${costs.length - 1} gradient step${costs.length > 2 ? "s" : ""}: ${format(costs[0])} → ${format(costs[costs.length - 1])}`;
  if (costs.length < 2) return;
  const low = Math.min(...costs, 0);
  const high = Math.max(...costs);
  const x = (i) => 40 + (250 * i) / Math.max(1, costs.length - 1);
  const y = (c) => 105 - (95 * (c - low)) / (high - low || 1);
  const draw = (tag, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  $("plot").replaceChildren(
    draw("line", { x1: 40, y1: 105, x2: 290, y2: 105 }), draw("line", { x1: 40, y1: 10, x2: 40, y2: 105 }),
    draw("text", { x: 36, y: 14, "text-anchor": "end" }, format(high)), draw("text", { x: 36, y: 105, "text-anchor": "end" }, format(low)),
    draw("text", { x: 290, y: 118, "text-anchor": "end" }, `${costs.length - 1} steps`),
    draw("polyline", { points: costs.map((c, i) => `${x(i)},${y(c)}`).join(" ") }),
  );
}

function reset() {
  graph.reset();
  state.history = [];
  state.seen.clear();
  arrange();
  refuse("");
  writeFields();
  plot();
  go(Math.min(state.step, steps.length - 1));
}

/* --- without a topological order ---------------------------------------------------------------------------------- */

function reorder() {
  state.recursive = $("recursive").checked;
  arrange();
  $("order").className = "";
  $("order").textContent = "";
  if (state.recursive) {
    const early = steps.findIndex((step) => step.early);
    const wrong = graph.nodes.map((node, i) => i).filter((i) => Math.abs(graph.gradients[i] - graph.right[i]) > 1e-12 * Math.abs(graph.right[i]));
    $("order").className = early < 0 ? "" : "wrong";
    $("order").textContent = early < 0
      ? "No computed node is shared here, so recursion without a topological order comes out right."
      : `Step ${early + 1} goes wrong: ${graph.nodes[steps[early].node].name} passes its gradient on before all its consumers have reported. It ends with ${wrong.map((i) => `${graph.nodes[i].gradient} = ${format(graph.gradients[i])} instead of ${format(graph.right[i])}`).join("; ")}.`;
    go(early < 0 ? DATA.forward.length : early);
  } else go(Math.min(state.step, steps.length - 1));
}

/* --- beginning ---------------------------------------------------------------------------------------------------- */

function begin() {
  $("eta").value = String(DATA.eta);
  $("orders").hidden = DATA.recursive === null;
  const views = Object.keys(DATA.views);
  $("fold").hidden = views.length < 2;
  for (const view of views) $("view").add(new Option(view === "" ? "folded by layer" : `${view} opened`, view));
  $("view").addEventListener("change", () => { state.view = $("view").value; drawView(); show(); });
  for (const [id, to] of [["first", () => 0], ["back", () => state.step - 1], ["next", () => state.step + 1], ["last", () => steps.length - 1]]) {
    $(id).addEventListener("click", () => { play(false); go(to()); });
  }
  $("play").addEventListener("click", () => play(!state.playing));
  $("speed").addEventListener("change", () => { if (state.playing) play(true); });
  $("time").addEventListener("input", () => { play(false); go(Number($("time").value) - 1); });
  $("predict").addEventListener("change", () => { state.seen.clear(); show(); });
  $("recursive").addEventListener("change", reorder);
  $("guess").addEventListener("submit", judge);
  $("descend").addEventListener("click", descend);
  $("reset").addEventListener("click", reset);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    const pressed = { ArrowLeft: () => go(state.step - 1), ArrowRight: () => go(state.step + 1), Home: () => go(0), End: () => go(steps.length - 1), " ": () => play(!state.playing) }[event.key];
    if (typing || !pressed || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.matches("button, [role=button], input")) return;
    event.preventDefault();
    if (event.key !== " ") play(false);
    pressed();
  });
  window.addEventListener("hashchange", fromFragment);
  arrange();
  makeFields();
  drawView();
  $("fit").addEventListener("click", () => fit(!$("picture").classList.contains("fit")));
  show();
  fit($("picture").clientWidth > 0.75 * Number($("picture").dataset.width)); // smaller, and it could not be read
  fromFragment();
}

begin();

// for who looks into the page from the console, and for the tests
window.page = { graph, texts, go, change: attempt, steps: () => steps, numbers: numbersOf, hand: (hand) => byHand(hand), format, repr };
