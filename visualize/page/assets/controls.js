/** Numbers that can be changed, gradient steps, the other order, and the beginning of it all. */

const fields = new Map();

function makeFields() {
  for (const index of DATA.leaves) {
    const node = graph.nodes[index];
    const row = document.createElement("div");
    row.className = "leaf";
    const name = document.createElement("label");
    const field = document.createElement("input");
    const slider = document.createElement("input");
    field.type = "text"; // a field for numbers drops what it does not know, a decimal comma among it, without a word
    field.inputMode = "decimal";
    field.autocomplete = "off";
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
  const value = numberIn(text);
  const { name } = graph.nodes[index];
  if (value === null) {
    refuse(`${name} must be a finite number; the graph still has ${format(graph.values[index])}.`);
    return;
  }
  if (attempt([[index, value]], slid ? undefined : index)) {
    state.history = []; // gradient steps are counted from here
    plot();
  }
}

/** Change leaves; where the engine refuses a value, nothing changes, and its sentence is shown. */
function attempt(changes, except) {
  try {
    graph.set(changes);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    arrange();
    refuse(error.message, changes);
    return false;
  }
  arrange();
  refuse("");
  writeFields(except);
  show();
  return true;
}

/** Show a sentence of the engine, and under it what the graph has instead of changes that were refused. */
function refuse(sentence, changes = []) {
  $("problem").textContent = sentence;
  const kept = changes.slice(0, 3).map(([i]) => `${graph.nodes[i].name} = ${format(graph.values[i])}`);
  $("kept").textContent = kept.length ? `The graph still has ${kept.join(", ")}${changes.length > 3 ? " and so on" : ""}.` : "";
}

/** The finite number in a text, with a decimal point or comma and either minus sign; null where there is none. */
function numberIn(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

function descend() {
  const eta = numberIn($("eta").value);
  if (eta === null) {
    refuse("η must be a finite number.");
    return;
  }
  graph.sweep(DATA.backward);
  if (graph.failed) {
    refuse(`A gradient step needs every gradient, and ${graph.failed.sentence}.`);
    arrange(); // the gradients of the order that is shown
    return;
  }
  const changes = DATA.parameters.map((i) => [i, graph.values[i] - eta * graph.gradients[i]]);
  const before = graph.values[DATA.output];
  const { name } = graph.nodes[DATA.output];
  if (changes.some(([, value]) => !Number.isFinite(value))) {
    refuse(`With η = ${format(eta)} this step leads to numbers that do not fit a float; choose a smaller η.`);
    arrange(); // the gradients of the order that is shown
  } else if (attempt(changes)) {
    if (!state.history.length) state.history.push(before);
    state.history.push(graph.values[DATA.output]);
    if (graph.values[DATA.output] > before) refuse(`${name} rose: η = ${format(eta)} is too large here.`);
  } else refuse(`With η = ${format(eta)} this step is too large: ${$("problem").textContent}`);
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
  const x = (i) => 62 + (230 * i) / Math.max(1, costs.length - 1);
  const y = (c) => 105 - (95 * (c - low)) / (high - low || 1);
  const draw = (tag, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  $("plot").replaceChildren(
    draw("line", { x1: 62, y1: 105, x2: 292, y2: 105 }), draw("line", { x1: 62, y1: 10, x2: 62, y2: 105 }),
    draw("text", { x: 58, y: 14, "text-anchor": "end" }, format(high)), draw("text", { x: 58, y: 105, "text-anchor": "end" }, format(low)),
    draw("text", { x: 290, y: 118, "text-anchor": "end" }, `${costs.length - 1} steps`),
    draw("polyline", { points: costs.map((c, i) => `${x(i)},${y(c)}`).join(" ") }),
  );
}

function reset() {
  graph.reset();
  writeEta(DATA.eta);
  state.history = [];
  state.seen.clear();
  arrange();
  refuse("");
  writeFields();
  plot();
  go(Math.min(state.step, steps.length - 1));
}

function reorder() {
  state.recursive = $("recursive").checked;
  arrange();
  $("predict").disabled = state.recursive;
  const early = state.recursive ? steps.findIndex((step) => step.early) : -1;
  if (state.recursive) go(early < 0 ? DATA.forward.length : early);
  else go(Math.min(state.step, steps.length - 1));
}

function sayOrder(sentence) {
  $("order").textContent = sentence;
  $("order").className = sentence && !sentence.startsWith(RIGHT) ? "wrong" : "";
}

const RIGHT = "No computed node is shared here";
const FEW = 4; // wrong gradients that are listed

/** Where the recursion first goes wrong, and what it ends with. */
function tooEarly() {
  const early = steps.findIndex((step) => step.early);
  if (early < 0 && graph.failed) return ""; // which of the two it would have been is not known
  if (early < 0) return `${RIGHT}, so recursion without a topological order comes out right.`;
  const wrong = graph.nodes.map((_, i) => i)
    .filter((i) => graph.gradients[i] !== null && graph.right[i] !== null)
    .filter((i) => Math.abs(graph.gradients[i] - graph.right[i]) > 1e-12 * Math.abs(graph.right[i]));
  const ends = wrong.slice(0, FEW).map((i) => `${graph.nodes[i].gradient} = ${format(graph.gradients[i])} instead of ${format(graph.right[i])}`);
  const more = wrong.length > FEW ? `; and ${wrong.length - FEW} more` : "";
  return `Step ${early + 1} goes wrong: ${graph.nodes[steps[early].node].name} passes its gradient on before all its consumers `
    + "have reported. What it passes on here is passed on again as part of its whole gradient."
    + (graph.failed && !ends.length ? "" : ` It ends with ${ends.join("; ") || "the right numbers, by chance"}${more}.`);
}

function writeEta(value) {
  $("eta").value = String(value);
  const reach = Math.max(1, 2 * Math.abs(value));
  Object.assign($("eta-slider"), { min: 0, max: reach, step: reach / 200, value: String(value) });
}

function begin() {
  writeEta(DATA.eta);
  $("eta-slider").addEventListener("input", () => { $("eta").value = $("eta-slider").value; });
  $("eta").addEventListener("input", () => { $("eta-slider").value = $("eta").value; });
  const moved = DATA.parameters.map((i) => graph.nodes[i].name);
  $("moves").textContent = `A gradient step takes η times its gradient from ${moved.length > 6 ? `${moved.slice(0, 3).join(", ")} and ${moved.length - 3} more` : moved.join(", ")}.`;
  $("orders").hidden = DATA.recursive === null;
  const views = Object.keys(DATA.views);
  $("fold").hidden = views.length < 2;
  for (const view of views) $("view").add(new Option(["folded", "every node"].includes(view) ? view : `${view} opened`, view));
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
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea, #picture"); // which scrolls
    if (event.key === "Escape" && state.pinned !== null) pin(state.pinned);
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
  $("fit").addEventListener("click", () => fit(!$("picture").classList.contains("fit")));
  drawView();
  show();
  fromFragment();
}

begin();

// for who looks into the page from the console, and for the tests
window.page = { graph, texts, go, change: attempt, steps: () => steps, numbers: numbersOf, hand: (hand) => byHand(hand), format, repr };
