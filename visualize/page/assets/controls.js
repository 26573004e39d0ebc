/** Numbers that can be changed, gradient steps, the other order, and the beginning of it all. */

const fields = new Map(); // leaf -> { field, slider, why }
const MANY = 12; // numbers in a group that is shown open

function makeFields() {
  for (const { heading, leaves } of DATA.groups) {
    const group = document.createElement("details");
    group.open = leaves.length <= MANY;
    const summary = document.createElement("summary");
    summary.textContent = heading;
    group.append(summary, ...leaves.map(makeField));
    $("leaves").append(group);
  }
  writeFields();
}

function makeField(index) {
  const node = graph.nodes[index];
  const row = document.createElement("div");
  row.className = "leaf";
  row.dataset.node = index;
  const name = document.createElement("label");
  const field = document.createElement("input");
  const slider = document.createElement("input");
  const why = document.createElement("p");
  field.type = "text"; // a field for numbers drops what it does not know, a decimal comma among it, without a word
  field.inputMode = "text"; // a keyboard with digits alone has no minus sign and no stroke
  field.autocomplete = slider.autocomplete = "off";
  field.id = `leaf-${index}`;
  why.id = `why-${index}`;
  why.className = "why";
  why.setAttribute("role", "alert");
  field.setAttribute("aria-describedby", why.id);
  name.htmlFor = field.id;
  name.textContent = node.name;
  slider.type = "range";
  slider.setAttribute("aria-label", `${node.name}, slider`);
  field.addEventListener("change", () => change(index, field.value)); // Enter, or another field: the number is complete
  slider.addEventListener("input", () => change(index, slider.value, true));
  slider.addEventListener("change", () => { sliding = null; });
  row.append(name, field, slider, why);
  fields.set(index, { field, slider, why });
  return row;
}

const WIDE = 9; // letters that a field has room for

/** Write the numbers of the graph into the fields. A slider reaches to twice its number, but not while it is moved. */
function writeFields(slid) {
  for (const [index, entry] of fields) {
    const { field, slider } = entry;
    const value = graph.values[index];
    const text = String(value);
    if (field.value !== text) field.value = text;
    field.title = text.length > WIDE ? text : ""; // the field cuts it
    const reach = index === slid && Math.abs(value) <= entry.reach ? entry.reach : Math.max(2, 2 * Math.abs(value));
    if (reach !== entry.reach) Object.assign(slider, { min: -reach, max: reach, step: reach / 200 });
    else if (value === entry.value && slider.value === entry.shown) continue; // most of them
    slider.value = text;
    Object.assign(entry, { reach, value, shown: slider.value });
  }
}

function change(index, text, slid = false) {
  const { value, problem } = readNumber(text);
  const refused = keepInPlace(fields.get(index).field, () => {
    clearProblems();
    return problem || attempt([[index, value]], slid ? index : undefined);
  });
  if (!refused) {
    state.history = []; // gradient steps are counted from here
    state.way = [];
    plot();
    return;
  }
  const { field, why } = fields.get(index);
  writeFields(); // the number from before
  field.setAttribute("aria-invalid", "true");
  why.textContent = `${refused.replace(/[^.]$/, "$&.")} ${graph.nodes[index].name} is still ${format(graph.values[index])}.`;
}

function clearProblems() {
  for (const { field, why } of fields.values()) {
    field.removeAttribute("aria-invalid");
    why.textContent = "";
  }
  refuse("");
}

/** Change leaves, and show it; where the engine refuses a value nothing changes, and its sentence is returned. */
function attempt(changes, slid) {
  const before = graph.keep();
  try {
    graph.set(changes);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    arrange();
    return error.message;
  }
  remember(before, slid ?? null);
  arrange();
  writeFields(slid);
  show();
  writeAddress();
  return "";
}

/** Say beside the button why a gradient step was not made, or what came of it. */
function refuse(sentence) {
  $("problem").textContent = sentence;
}

/** Make gradient steps, one or more; they end where one is refused or makes the output larger. */
function descend(count) {
  const eta = readNumber($("eta").value);
  clearProblems();
  $("eta").toggleAttribute("aria-invalid", Boolean(eta.problem));
  if (eta.problem) {
    refuse(`η: ${eta.problem}`);
    return false;
  }
  let refused = "";
  const before = graph.keep();
  const begun = countTaken();
  for (let i = 0; i < count && !refused; i += 1) refused = takeStep(eta.value);
  const taken = countTaken() - begun;
  if (graph.values.some((value, i) => value !== before.values[i])) remember(before, state.running && RUNNING);
  arrange(); // the gradients of the order that is shown
  writeFields();
  show();
  writeAddress();
  refuse(refused && taken < count && count > 1 ? `${refused} Stopped after ${taken} of ${count} steps.` : refused);
  plot();
  return !refused;
}

const countTaken = () => state.history.at(-1)?.[0] ?? 0;
const countSteps = (count) => `${count} ${count === 1 ? "step" : "steps"}`;

function takeStep(eta) {
  graph.sweep(DATA.backward);
  if (graph.failed) return `A gradient step needs every gradient, and ${graph.failed.sentence}.`;
  const changes = DATA.parameters.map((i) => [i, graph.values[i] - eta * graph.gradients[i]]);
  const before = graph.values[DATA.output];
  const was = inPlane();
  if (changes.some(([, value]) => !Number.isFinite(value))) {
    return `With η = ${format(eta)} this step leads to numbers that do not fit a float; choose a smaller η.`;
  }
  try {
    graph.set(changes);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return `With η = ${format(eta)} this step is too large: ${error.message}`;
  }
  if (!state.history.length) {
    state.history.push([0, before]);
    state.way = [was];
  }
  state.history.push([countTaken() + 1, graph.values[DATA.output]]);
  state.way.push(inPlane());
  for (const points of [state.history, state.way]) if (points.length > MOST_POINTS) thin(points);
  return graph.values[DATA.output] > before ? `${graph.nodes[DATA.output].name} rose: η = ${format(eta)} is too large here.` : "";
}

const MOST_POINTS = 400; // of the plot, which is drawn again after each step
const RUN = 100; // milliseconds between the steps of a run
const RUNNING = -1; // in the place of the leaf whose slider is moved: a run is one change

/** Leave out every second point, but not the first and the last. */
function thin(points) {
  const last = points.at(-1);
  points.splice(0, points.length, ...points.filter((_, i) => i % 2 === 0));
  if (points.at(-1) !== last) points.push(last);
}

function run(on) {
  if (state.running) clearInterval(state.running);
  sliding = null;
  state.running = on ? setInterval(() => { if (!descend(1)) run(false); }, RUN) : null;
  $("run").textContent = on ? "⏸ pause" : "▶ run";
}

function plot() {
  drawPlane();
  const points = state.history;
  const { name } = graph.nodes[DATA.output];
  $("plot").toggleAttribute("hidden", points.length < 2);
  const [taken, last] = points.at(-1) || [0, 0];
  const before = points.length < 2 ? "" : fill("change", { before: format(points[0][1]), after: format(last) });
  $("descent").textContent = before && `${name} after ${taken} gradient ${taken === 1 ? "step" : "steps"}: ${before}`;
  if (points.length < 2) return;
  const low = Math.min(...points.map(([, cost]) => cost), 0);
  const high = Math.max(...points.map(([, cost]) => cost));
  const x = (n) => 62 + (230 * n) / taken;
  const y = (c) => 105 - (95 * (c - low)) / (high - low || 1);
  $("plot").replaceChildren(
    make("line", { x1: 62, y1: 105, x2: 292, y2: 105 }), make("line", { x1: 62, y1: 10, x2: 62, y2: 105 }),
    make("text", { x: 58, y: 14, "text-anchor": "end" }, format(high)), make("text", { x: 58, y: 105, "text-anchor": "end" }, format(low)),
    make("text", { x: 66, y: 14 }, name), make("text", { x: 290, y: 118, "text-anchor": "end" }, countSteps(taken)),
    make("polyline", { points: points.map(([n, cost]) => `${x(n)},${y(cost)}`).join(" ") }),
  );
}

/** Everything as the page came, but for the step that is looked at. */
function reset() {
  play(false);
  run(false);
  graph.reset();
  forgetChanges();
  writeEta(DATA.eta);
  Object.assign(state, { history: [], way: [], pinned: null, recursive: false, asked: 0, right: 0 });
  state.seen.clear();
  $("lines").value = "weight";
  for (const box of ["predict", "recursive"]) $(box).checked = $(box).disabled = false;
  $("speed").value = "1500";
  $("eta").removeAttribute("aria-invalid");
  goTo(DATA.opening);
  clearProblems();
  arrange();
  writeFields();
  plot();
  go(Math.min(state.step, steps.length - 1));
}

/** What a gradient step does; in numbers for the first that it moves, once its gradient is known. */
function sayGradientStep() {
  const [first] = DATA.parameters;
  const moved = DATA.parameters.map((i) => graph.nodes[i].name);
  const { value: eta } = readNumber($("eta").value);
  const [value, gradient] = [graph.values[first], graph.gradients[first]];
  const sum = eta === undefined || state.recursive || !complete(first) ? ""
    : `: ${moved[0]} − η·${graph.nodes[first].gradient} = ${format(value)} − ${format(eta)}·${inSlot(1, gradient)} = ${format(value - eta * gradient)}`;
  $("moves").textContent = `A gradient step subtracts η times its gradient from ${moved.length > 1 ? "each of " : ""}${listFew(moved, NAMES, 3)}${sum}.`;
}

function writeEta(value) {
  $("eta").value = String(value);
  const reach = Math.max(1, 2 * Math.abs(value));
  Object.assign($("eta-slider"), { min: 0, max: reach, step: reach / 200, value: String(value) });
}

function begin() {
  writeEta(DATA.eta);
  $("eta-slider").addEventListener("input", () => { $("eta").value = $("eta-slider").value; sayGradientStep(); });
  $("eta").addEventListener("change", () => {
    const { value, problem } = readNumber($("eta").value);
    $("eta").toggleAttribute("aria-invalid", Boolean(problem));
    refuse(problem ? `η: ${problem}` : "");
    if (!problem) writeEta(value);
    sayGradientStep();
  });
  beginViews();
  for (const [id, to] of [["first", () => 0], ["back", () => state.step - 1], ["next", () => state.step + 1], ["last", () => steps.length - 1]]) {
    $(id).addEventListener("click", () => { play(false); go(to()); });
  }
  $("play").addEventListener("click", () => play(!state.playing));
  $("speed").addEventListener("change", () => { if (state.playing) play(true); });
  $("time").addEventListener("input", () => { play(false); go(Number($("time").value) - 1); });
  $("predict").addEventListener("change", beginPredicting);
  $("guess").addEventListener("submit", judge);
  for (const [id, count] of [["descend", 1], ["descend20", 20]]) {
    $(id).addEventListener("click", () => keepInPlace($(id), () => { run(false); descend(count); }));
  }
  $("run").addEventListener("click", () => run(!state.running));
  $("reset").addEventListener("click", reset);
  document.addEventListener("keydown", (event) => {
    const presenting = event.target.id === "time" && event.key.startsWith("Page"); // where a slider would leap
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea, #picture") && !presenting; // which scrolls
    if (event.key === "Escape" && getComputedStyle($("sheet")).position === "fixed") closeSheet();
    else if (event.key === "Escape" && state.pinned !== null) pin(state.pinned);
    const pressed = { ArrowLeft: () => go(state.step - 1), ArrowRight: () => go(state.step + 1), PageUp: () => go(state.step - 1), PageDown: () => go(state.step + 1), Home: () => go(0), End: () => go(steps.length - 1), " ": () => play(!state.playing) }[event.key];
    if (typing || !pressed || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.matches("button, [role=button], input")) return;
    event.preventDefault();
    if (event.key !== " ") play(false);
    pressed();
  });
  window.addEventListener("hashchange", fromAddress);
  arrange();
  makeFields();
  beginZoom();
  beginChanges();
  beginOrder();
  beginHandout();
  state.step = steps.length - 1; // both passes are finished
  drawView();
  show();
  plot();
  fromAddress();
  if ($("recursive").checked) reorder(); // a browser may restore what was ticked before the page was loaded again
}

begin();

// for who looks into the page from the console, and for the tests
window.page = { graph, texts, go, change: (changes) => { refuse(attempt(changes)); return !$("problem").textContent; }, readNumber, steps: () => steps, numbers: numbersOf, hand: (hand) => byHand(hand), format, repr, short: DATA.numbers.short };
