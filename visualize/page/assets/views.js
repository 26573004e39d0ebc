/** Which picture is shown: from the network into a layer or a neuron and back, and after the step. */

let followed = -1; // the step that the picture has followed

/** The views by name, in the order in which they are offered. */
function listViews() {
  return [...(network ? [NETWORK] : []), ...(DATA.windows.length ? [WINDOWS] : []), ...Object.keys(DATA.views)];
}

/** Show another view, and move to the first of these nodes in it. */
function goTo(name, members = []) {
  state.view = name;
  $("view").value = name;
  drawView();
  show();
  writeAddress();
  if (members.length) focusOn(members);
}

/** Back in the network, at the circle or the heading that the view was opened from. */
function goBack() {
  const view = state.view;
  goTo(NETWORK);
  const circle = network.circles.findIndex(({ opens, at }) => opens === view && at.length);
  const column = network.columns.findIndex(({ opens }) => opens === view);
  const from = circle >= 0 ? drawn.circles[circle].group : column >= 0 ? drawn.headings[column] : $("view");
  from.focus({ preventScroll: true });
}

function focusOn(members) {
  const first = members.map((member) => [...cards.values()].find((card) => card.members.length === 1 && card.members[0] === member)).find(Boolean);
  if (!first) return;
  first.group.focus({ preventScroll: true });
  const [card, frame] = [first.group, $("picture")].map((element) => element.getBoundingClientRect());
  $("picture").scrollLeft += (card.left + card.right - frame.left - frame.right) / 2;
  $("picture").scrollTop += (card.top + card.bottom - frame.top - frame.bottom) / 2;
  if (window.matchMedia("(max-width: 60rem)").matches) showNode(state.pinned); // the sheet would hide the picture
}

/** The layer of the neuron that is shown; empty elsewhere. */
function layerAbove() {
  const circle = network ? network.circles.findIndex(({ opens }) => opens === state.view) : -1;
  if (circle < 0) return "";
  const [x] = network.circles[circle].at.length ? network.circles[circle].at : [null];
  return network.columns.find((column) => Math.abs(column.x - x) < 1)?.opens
    || Object.keys(DATA.views).find((name) => DATA.views[name].units?.includes(state.view)) || "";
}

/** What stands in the place of a picture that would be too large: why there is none, and what there is. */
function listUnits({ notes: [note], units }) {
  const list = document.createElement("div");
  list.className = "units";
  const sentence = document.createElement("p");
  sentence.textContent = note;
  list.append(sentence, ...units.map((unit) => {
    const button = document.createElement("button");
    button.textContent = unit;
    button.addEventListener("click", () => goTo(unit, DATA.views[unit].samples[state.sample].slice(0, 1))); // its sum
    return button;
  }));
  return list;
}

/** The buttons that lead back, and what else can be chosen in this view. */
function showPlace() {
  const layer = layerAbove();
  $("up").hidden = !network || state.view === NETWORK;
  $("up-layer").hidden = !layer;
  $("up-layer").textContent = `◀ ${layer}`;
  const several = network && network.samples.length > 1;
  for (const id of ["fit", "smaller", "larger"]) $(id).hidden = Boolean(DATA.views[state.view]?.units);
  $("of-lines").hidden = state.view !== NETWORK;
  $("of-sample").hidden = !several || !(state.view === NETWORK || viewNow().samples);
}

/** Let the picture follow the step to its sample, or to its part of the graph. */
function followStep() {
  if (followed === state.step) return;
  followed = state.step;
  const step = steps[state.step];
  const sample = network ? sampleOfStep(step) : undefined;
  if (sample !== undefined) showSample(sample);
  if (state.view === WINDOWS) moveWindow(step.node ?? step.parent);
}

function showSample(sample) {
  if (sample === state.sample) return;
  state.sample = sample;
  $("sample").value = String(sample);
  if (state.view === NETWORK) readSample();
  else if (DATA.views[state.view]?.samples) drawView();
}

/** Show the window in which a node is computed; the present one as long as it does. */
function moveWindow(node) {
  if (DATA.windows[state.window].computes.includes(node)) return;
  const distance = ({ computes }) => {
    const place = computes.indexOf(node);
    return place < 0 ? Infinity : Math.abs(place - (computes.length - 1) / 2);
  };
  const nearest = DATA.windows.map(distance);
  const found = nearest.indexOf(Math.min(...nearest));
  if (nearest[found] === Infinity || found === state.window) return;
  state.window = found;
  drawView();
}

function beginViews() {
  const views = listViews();
  $("fold").hidden = views.length < 2;
  const plain = [NETWORK, WINDOWS, "folded", "every node"];
  for (const view of views) $("view").add(new Option(plain.includes(view) ? view : `${view} opened`, view));
  $("view").value = state.view;
  $("view").addEventListener("change", () => goTo($("view").value));
  if (network) network.samples.forEach((_, i) => $("sample").add(new Option(String(i + 1), String(i))));
  $("sample").addEventListener("change", () => {
    showSample(Number($("sample").value));
    refresh(mustAsk(state.step));
    writeAddress();
  });
  $("lines").addEventListener("change", () => {
    showLegend(networkKinds());
    refresh(mustAsk(state.step));
  });
  $("up").addEventListener("click", goBack);
  $("up-layer").addEventListener("click", () => {
    goTo(layerAbove());
    $("up").focus(); // this button is gone
  });
  document.addEventListener("keydown", (event) => { // before the key takes back a mark
    if (event.key === "Escape" && state.pinned === null && network && state.view !== NETWORK) goBack();
  }, true);
}

/** The legend of the network. */
function networkKinds() {
  const line = (sign, meaning) => {
    const item = document.createElement("li");
    item.innerHTML = `<svg viewBox="0 0 22 16" aria-hidden="true"><line class="weight ${sign}" x1="1" x2="21" y1="8" y2="8" stroke-width="3"/></svg>`;
    item.append(meaning);
    return item;
  };
  const of = $("lines").value === "weight" ? "weight" : fill("derivative of", { of: DATA.nodes[DATA.output].name, by: "w" });
  return [swatch("leaf", "input, target"), swatch("activation", "unit: its value, and δ"), line("positive", `${of} > 0`), line("negative", `${of} < 0; the wider, the larger`)];
}
