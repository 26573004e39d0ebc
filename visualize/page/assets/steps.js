/** What is walked, and what is shown of a step. */

const graph = new Graph(DATA);
const given = new Graph(DATA); // with the numbers that the page came with
const $ = (id) => document.getElementById(id);
const state = { step: 0, recursive: false, playing: null, running: null, pinned: null, view: DATA.opening, sample: 0, window: 0, seen: new Set(), asked: 0, right: 0, history: [], way: [] };

/** The steps that are walked, forward and backward, and their numbers. */
let steps = [];
let swept = new Numbers(0);
let walked = null; // the steps of the backward pass that ``steps`` ends with

const FORWARD = DATA.forward.map((step) => ({ ...step, forward: true }));
const RECURSIVE = (DATA.recursive || []).map((step) => Object.assign(Object.create(DATA.backward[step.at]), step));

function arrange() {
  const backward = state.recursive ? RECURSIVE : DATA.backward;
  if (state.recursive) graph.right = graph.sweep(DATA.backward) && graph.gradients.slice();
  swept = graph.sweep(backward);
  if (walked !== backward || steps.length !== FORWARD.length + swept.length) steps = [...FORWARD, ...backward.slice(0, swept.length)];
  walked = backward;
  state.step = Math.min(state.step, steps.length - 1);
  sayOrder(state.recursive ? tooEarly() : "");
  $("failure").textContent = failure();
  $("failed-kind").hidden = !graph.failed;
}

const fails = (index) => graph.failed !== null && index === steps.length - 1;
const NAMES = 6; // in a sentence

/** Names, and how many more there are than are said. */
function listFew(names, most = NAMES, few = most) {
  if (names.length <= most) return names.join(", ");
  return fill("and more", { names: names.slice(0, few).join(", "), count: names.length - few });
}

/** Where and why the backward pass ends too soon, and what is not complete then. */
function failure() {
  if (!graph.failed) return "";
  const names = graph.nodes.filter((_, i) => graph.gradients[i] === null).map((node) => node.name);
  return fill("failure", { step: steps.length, why: graph.failed.sentence, names: listFew(names) });
}

const numbersOf = (index) => swept.at(index - DATA.forward.length);
const scaled = (node, gradient) => (node.delta ? node.delta.scale : 1) * gradient;

/** Both lines of a step as text: the rule, and the rule with numbers. */
function texts(index) {
  const step = steps[index];
  if (step.forward) {
    const node = graph.nodes[step.node];
    const value = format(graph.values[step.node]);
    const numbers = filled(step.numbers, graph.operands(node));
    return [fill("computes", { node: node.name, formula: step.symbols }), numbers === value ? value : fill("in numbers", { numbers, result: value })];
  }
  const { gradient } = graph.nodes[step.parent];
  if (step.node === null) return [fill("computes", { node: gradient, formula: step.symbols }), ""];
  return [fill("adds", { gradient, symbols: step.symbols }), writeProduct(numbersOf(index))];
}

const putIn = ({ upstream, partial }) => filled(DATA.product.text, [upstream, partial]);
const writeProduct = (numbers) => fill("in numbers", { numbers: putIn(numbers), result: format(numbers.product) });

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
    if (i === step.labels.length) return derivative(step.node);
    const { math: label, odd } = graph.nodes[step.labels[i]];
    const named = `<mrow data-node="${step.labels[i]}">${label}</mrow>`;
    return kind === 1 && odd ? `<mrow><mo>(</mo>${named}<mo>)</mo></mrow>` : named;
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
const derivative = (i) => `<mfrac data-node="${i}"><mrow><mo>∂</mo>${graph.nodes[DATA.output].math}</mrow><mrow><mo>∂</mo>${graph.nodes[i].math}</mrow></mfrac>`;

function showEquations(index) {
  const step = steps[index];
  if (step.forward) {
    const node = graph.nodes[step.node];
    const value = graph.values[step.node];
    const shape = DATA.shapes[step.shape];
    $("equation").innerHTML = math([`<mrow data-node="${step.node}">${node.math}</mrow>`, "<mo>=</mo>", withLabels(shape, step)]);
    // two pieces, so that a narrow window can break the line between them
    $("numbers").innerHTML = `${math([node.math, "<mo>=</mo>", withPlaces(shape)])} ${math(["<mo>=</mo>", number(value, "value")])}`;
    putNumbers($("numbers"), graph.operands(node), node.operands.map(() => "value"));
    return;
  }
  const parent = graph.nodes[step.parent];
  const sign = step.node === null ? "=" : "+=";
  const right = step.node === null ? "<mn>1</mn>" : withLabels(DATA.shapes[step.shape], step);
  $("equation").innerHTML = math([derivative(step.parent), `<mo>${sign}</mo>`, right]);
  if (step.node === null) {
    $("numbers").textContent = "";
    return;
  }
  const { upstream, partial, product } = numbersOf(index);
  const local = ["<mrow><mo>∂</mo>", graph.nodes[step.node].math, "</mrow>"].join("");
  const under = ["<mrow><mo>∂</mo>", parent.math, "</mrow>"].join("");
  $("numbers").innerHTML = `${math([withPlaces(DATA.product.math)])} ${math(["<mo>=</mo>", number(product, "gradient")])}`
    + ` <span class="with">with </span>${math([`<mfrac>${local}${under}</mfrac><mo>=</mo>`, withLabels(DATA.shapes[step.partialShape], step),
      partialIsNumber(step, partial) ? "" : `<mo>=</mo>${number(partial, "value")}`])}`;
  putNumbers($("numbers"), [upstream, partial], ["gradient", "value"]);
}

const partialIsNumber = (step, partial) => step.partial === format(partial);

const isFinished = (index) => index === steps.length - 1 && !graph.failed && !state.recursive;

function waitsText(step) {
  if (step.forward) return "";
  const parent = graph.nodes[step.parent];
  if (fails(state.step)) return `${parent.gradientLine}${graph.gradientText(step.parent)}. ${fill("fails", { how: graph.failed.word })}.`;
  const { name: node } = parent;
  const { consumers, waits } = step;
  const reports = walked.map((_, i) => i).filter((i) => walked[i].parent === step.parent);
  const nameReporters = (some) => listFew([...new Set(some.map((i) => graph.nodes[walked[i].node].name))]);
  const later = nameReporters(reports.filter((i) => i > state.step - DATA.forward.length));
  if (waits && state.recursive) return `${fill("heard", { node, count: consumers - waits, consumers })} consumers.`;
  if (waits) return `${fill("waits", { node, count: waits, consumers })} consumers: ${later}.`;
  const heard = fill("heard", { node, count: "all", consumers: "its consumers" });
  if (state.recursive && later) return `${heard}, but not for the last time: more is to come from ${later}.`;
  const edges = new Set();
  const again = nameReporters(reports.filter((i) => edges.size === edges.add(`${walked[i].node} ${walked[i].operand}`).size));
  if (again) return `${heard}, but more than once from ${again}${judgeSum(step.parent)}.`;
  if (!parent.delta) return `${heard}: its gradient is complete.`;
  return `${heard}: ${parent.gradientLine}${format(scaled(parent, numbersOf(state.step).after))}`;
}

function show() {
  const index = state.step;
  const step = steps[index];
  const asking = mustAsk(index);
  $("time").max = steps.length;
  $("time").value = index + 1;
  [DATA.forward.length, steps.length - DATA.forward.length].forEach((count, i) => { $("passes").children[i].style.flexGrow = count; });
  const where = fill("step of", { step: index + 1, steps: steps.length });
  $("time").setAttribute("aria-valuetext", where);
  $("where").textContent = `${where[0].toUpperCase()}${where.slice(1)}, ${step.forward ? "forward" : "backward"}${isFinished(index) ? ": both passes are finished" : ""}`;
  $("guess").hidden = !asking;
  $("verdict").textContent = $("unanswered").textContent = "";
  for (const id of ["equation", "numbers", "change", "waits", "before"]) $(id).hidden = asking;
  $("hand").hidden = true;
  if (asking) ask(index);
  else {
    state.seen.add(index);
    showEquations(index);
    tintEquation(step);
    nameSymbols();
    $("change").innerHTML = "";
    if (!step.forward) {
      const { before, after } = numbersOf(index);
      $("change").innerHTML = `<span class="gradient"></span>`;
      $("change").firstChild.textContent = `${graph.nodes[step.parent].gradient}: ${fill("change", { before: format(before), after: format(after) })}`;
    }
    $("waits").textContent = waitsText(step) + (step.early ? ` ${fill("early", { node: graph.nodes[step.node].name })}.` : "");
    showBefore(step);
    showHand(step);
    const [rule, withNumbers] = texts(index);
    say(`Step ${index + 1}: ${rule}${withNumbers ? `; ${withNumbers}` : ""}. ${$("waits").textContent}`);
  }
  stopTravelling();
  const arrived = followed !== state.step;
  followStep();
  refresh(asking);
  showNode(state.pinned);
  showMoves();
  sayGradientStep();
  if (arrived) bringIntoView(); // after a change the picture stays where the reader has it
}

let speaking = null;

/** Tell a screen reader, once what is said stands still. */
function say(sentence) {
  clearTimeout(speaking);
  $("live").textContent = ""; // what was said of another step may answer a question
  speaking = setTimeout(() => { $("live").textContent = sentence; }, 250);
}

const WAY = 6; // steps of the way to a gradient that are listed

/** What the reader's changes did to this step: the leaves, the output, and the way on which this gradient arrives. */
function showBefore(step) {
  const changed = changedLeaves();
  $("before").replaceChildren();
  if (!changed.length || state.recursive) return;
  const value = (i) => writeChange(graph.nodes[i].name, format(earlier.values[i]), format(graph.values[i]));
  const lines = changed.slice(0, 4).map(value);
  if (changed.length > 4) lines.push(`… and ${changed.length - 4} more`);
  const because = [];
  const operandsOf = (i) => new Set(graph.nodes[i].operands.map((operand) => operand.node));
  if (step.forward) lines.push(...[...operandsOf(step.node)].filter((i) => graph.nodes[i]?.operation && valueMoved(i)).map(value), value(step.node));
  else {
    const now = graph.sweep(DATA.backward);
    const then = earlier.sweep(DATA.backward);
    const node = graph.nodes[step.parent];
    const product = (numbers) => numbers && writeProduct(numbers);
    lines.push(value(DATA.output), writeChange(node.gradientLine.slice(0, -3), earlier.gradientText(step.parent), graph.gradientText(step.parent)));
    const way = [...wayTo(step.parent)].sort((i, j) => j - i).filter((place) => product(then.at(place)) !== product(now.at(place)));
    const isOwn = (place) => changed.some((leaf) => operandsOf(DATA.backward[place].node ?? DATA.output).has(leaf)); // the changed number is in it
    const told = new Set([...way.filter(isOwn), ...way.filter((place) => !isOwn(place))].slice(0, WAY));
    for (const i of way.filter((place) => told.has(place))) {
      const { parent, symbols } = DATA.backward[i];
      because.push(writeChange(fill("adds", { gradient: graph.nodes[parent].gradient, symbols }), ...[then, now].map((pass) => product(pass.at(i)) || fill("not reached"))));
    }
    if (way.length > WAY) because.push(`… and ${way.length - WAY} more`);
  }
  $("before").append("What the last change did here:", makeList(lines));
  if (because.length) $("before").append(`Why, from ${graph.nodes[step.parent].gradient} back to the output:`, makeList(because));
}

function makeList(lines) {
  const list = document.createElement("ul");
  list.append(...lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
  return list;
}

/** Scroll the picture, and nothing else: both ends of the step to the middle; where they do not fit, what it leads to and as much of the way as there is room for. */
function bringIntoView() {
  const step = steps[state.step];
  const ends = step.forward ? [step.node] : [step.node, step.parent];
  const boxes = ends.map(groupOf).filter(Boolean).map((group) => group.getBoundingClientRect());
  if (!boxes.length) return;
  const frame = $("picture").getBoundingClientRect();
  for (const [low, high, scroll] of [["left", "right", "scrollLeft"], ["top", "bottom", "scrollTop"]]) {
    let from = Math.min(...boxes.map((box) => box[low]));
    let to = Math.max(...boxes.map((box) => box[high]));
    const room = frame[high] - frame[low] - 40;
    if (to - from > room) [from, to] = boxes.at(-1)[low] === from ? [from, from + room] : [to - room, to];
    if (from < frame[low] || to > frame[high]) $("picture")[scroll] += (from + to - frame[low] - frame[high]) / 2;
  }
}

/** The derivation by hand beside the engine, recomputed with the numbers that stand in the page. */
function showHand(step) {
  const node = graph.nodes[step.forward ? step.node : step.parent];
  const hand = node.hand[step.forward ? "value" : "gradient"];
  const complete = step.forward || (!step.waits && !fails(state.step));
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
