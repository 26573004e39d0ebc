/** What the last change moved: before and after in a list beside the picture, a sign on each card, a tint in the equation. */

const earlier = new Graph(DATA); // as it was before the last change
let sliding = null; // the leaf whose slider is moved: all of its way is one change
let shownMoves = false; // whether the list is to be seen; it can be closed

/** Keep what the numbers were, once those of a change are accepted. */
function remember(numbers, slid = null) {
  shownMoves = true;
  if (slid !== null && slid === sliding) return;
  sliding = slid;
  earlier.restore(numbers);
  earlier.sweep(DATA.backward); // it is known, and may have been swept without the order since
}

function forgetChanges() {
  sliding = null;
  shownMoves = false;
  earlier.reset();
}

/** The gradients of a whole backward pass in topological order, whatever order is shown. */
const finished = () => (state.recursive ? graph.right : graph.gradients);

const changedLeaves = () => DATA.leaves.filter((i) => graph.values[i] !== earlier.values[i]);

/** Whether a number is another one to the digits that are shown. */
function differs(was, is) {
  if (was === is) return false;
  if (was === null || is === null || Math.abs(was - is) > 1e-5 * Math.abs(was)) return true; // seen without writing them
  return format(was) !== format(is);
}

const VALUE = "value", GRADIENT = "gradient"; // what moves

const valueMoved = (i) => differs(earlier.values[i], graph.values[i]);
const gradientMoved = (i) => differs(earlier.gradients[i], finished()[i]);

/** Whether a number of a node moved, a gradient that is still to come apart. */
const hasMoved = (i, kind) => (kind === VALUE ? valueMoved(i) : gradientMoved(i) && complete(i));

/** A number of a node, or δ, before the last change and after it. */
function readMove(i, kind) {
  const numbers = kind === VALUE ? [earlier, graph].map(({ values }) => values[i]) : [earlier.gradients[i], finished()[i]];
  const scale = kind === VALUE ? 1 : scaled(graph.nodes[i], 1);
  return numbers.map((x) => (x === null ? "—" : format(scale * x)));
}

/** before → after of a number that the last change moved; empty of any other. */
function tellMove(i, kind) {
  if (state.recursive || !hasMoved(i, kind)) return "";
  const [before, after] = readMove(i, kind);
  return fill("change", { before, after });
}

const MOST_MOVES = 80; // that are listed
const FEW_LEAVES = 4; // that stand before what they lead to

/** Changed leaves, the output, each δ that moved, then each other gradient. What is still to be predicted is left out. */
function listMoves() {
  const leaves = changedLeaves().map((node) => ({ node, kind: VALUE }));
  if (!leaves.length) return [];
  const told = (i) => !$("predict").checked || complete(i);
  const gradients = graph.nodes.map((_, i) => i).reverse().filter((i) => i !== DATA.output && gradientMoved(i) && told(i))
    .map((node) => ({ node, kind: GRADIENT }));
  const few = leaves.length <= FEW_LEAVES;
  return [
    ...(few ? leaves : []), { node: DATA.output, kind: VALUE }, ...gradients.filter(({ node }) => graph.nodes[node].delta),
    ...(few ? [] : leaves), ...gradients.filter(({ node }) => !graph.nodes[node].delta),
  ];
}

/** The name of what moved, before and after. */
function writeMove({ node: i, kind }) {
  const { name, gradient, delta } = graph.nodes[i];
  return writeChange(kind === VALUE ? name : delta ? delta.symbol : gradient, ...readMove(i, kind));
}

const writeChange = (name, was, is) => (was === is ? `${name} = ${is}, as before` : `${name}: ${fill("change", { before: was, after: is })}`);

let movesOf = []; // the numbers that the list was made of

function showMoves() {
  const numbers = [graph.known, earlier.known, shownMoves, $("predict").checked && `${state.step} ${mustAsk(state.step)}`];
  if (numbers.every((one, i) => one === movesOf[i])) return; // as it stands there
  movesOf = numbers;
  const moves = shownMoves ? listMoves() : [];
  $("moved").hidden = !moves.length;
  $("sheet").style.setProperty("--told", moves.findLastIndex(({ node }) => node === DATA.output || graph.nodes[node].delta) + 1);
  openSheet();
  if (!moves.length) return;
  const list = $("moves-list");
  const lines = moves.slice(0, MOST_MOVES).map((move) => ({ ...move, text: writeMove(move) }));
  if (moves.length > MOST_MOVES) lines.push({ kind: "", text: `… and ${moves.length - MOST_MOVES} more` });
  while (list.children.length > lines.length) list.lastChild.remove();
  while (list.children.length < lines.length) list.append(makeMove());
  lines.forEach(({ node, kind, text }, i) => { // of a slider's way most lines stand already
    const item = list.children[i];
    if (item.textContent !== text) item.firstChild.textContent = text;
    item.firstChild.disabled = node === undefined;
    item.className = kind;
    if (node === undefined) delete item.dataset.node;
    else item.dataset.node = node;
  });
}

/** A line of the list: a button that leads to the step in which its number is made, where it is said why it moved; a leaf is made in none. */
function makeMove() {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.addEventListener("click", () => {
    const node = Number(item.dataset.node);
    const makes = item.classList.contains("value") ? FORWARD.findIndex((step) => step.node === node) : stepsTo(node).at(-1) ?? -1;
    if (makes < 0) {
      if (state.pinned !== node) pin(node);
    } else {
      play(false);
      go(makes);
      if (getComputedStyle($("sheet")).position === "fixed") $("walk").scrollIntoView(); // it is not beside the picture
    }
  });
  item.append(button);
  return item;
}

/** The sheet is at the bottom of a small window while there is something in it. */
function openSheet() {
  $("sheet").classList.toggle("open", !$("moved").hidden || $("about-node").classList.contains("kept"));
}

/** Do what was asked for, and leave what was touched in place: neither pushed away by what is said above it, nor under the sheet. */
function keepInPlace(element, act) {
  const { top } = element.getBoundingClientRect();
  const done = act();
  const now = element.getBoundingClientRect();
  if (window.scrollY > 0) window.scrollBy(0, now.top - top);
  if (getComputedStyle($("sheet")).position !== "fixed") return done;
  const under = element.getBoundingClientRect().bottom - $("sheet").getBoundingClientRect().top;
  if (under > 0) window.scrollBy(0, under + 8);
  return done;
}

function closeSheet() {
  shownMoves = false;
  if (state.pinned !== null) pin(state.pinned);
  showNode(null);
  showMoves();
}

/** Tint the factors of the step that is shown which the last change moved: names above, numbers below. */
function tintEquation(step) {
  if (state.recursive || !changedLeaves().length) return;
  const [, ...names] = $("equation").querySelectorAll("[data-node]"); // the first is the result
  for (const symbol of names) {
    const node = Number(symbol.dataset.node);
    symbol.classList.toggle("moved", symbol.localName === "mfrac" ? gradientMoved(node) : valueMoved(node));
  }
  if (!step.forward && step.node === null) return;
  const now = step.forward ? graph.operands(graph.nodes[step.node]) : factors(graph, step);
  const then = step.forward ? earlier.operands(graph.nodes[step.node]) : factors(earlier, step);
  for (const place of $("numbers").querySelectorAll("mn.n")) {
    const i = Number(place.dataset.slot);
    if (differs(then[i], now[i])) {
      place.classList.add("moved");
      place.title = `was ${then[i] === null ? "—" : format(then[i])}`;
    }
  }
}

/** What comes from above, and the local partial. */
const factors = (of, step) => [of.gradients[step.node], of.partials[step.node][step.operand]];

let pointedAt = []; // cards, circles and lines that are lit so

/** Light a node: its card, its names in the equation, and what is listed of it; none if null. */
function point(member) {
  const told = document.querySelectorAll("#equation [data-node], #moved [data-node]");
  for (const symbol of told) symbol.classList.toggle("pointed", member !== null && Number(symbol.dataset.node) === member);
  for (const { group } of pointedAt) group.classList.remove("pointed");
  pointedAt = member === null ? [] : listShown().filter(({ members }) => members.includes(member));
  for (const { group } of pointedAt) group.classList.add("pointed");
}

/** The node that an element stands for: a name in an equation, a line of the list, a card. */
function nodeAt(target) {
  const named = target.closest("[data-node]");
  if (named) return Number(named.dataset.node);
  const group = target.closest("#picture g.node, #picture g.edge");
  const shown = group && listShown().find((other) => other.group === group);
  return shown ? shown.shows ?? (shown.members.length === 1 ? shown.members[0] : null) : null;
}

/** Names in the equation can be reached by keyboard; Enter keeps their node, as on its card. */
function nameSymbols() {
  for (const math of $("equation").querySelectorAll("math")) math.setAttribute("role", "group"); // the role math hides buttons in it
  for (const symbol of $("equation").querySelectorAll("[data-node]")) {
    symbol.setAttribute("tabindex", "0");
    symbol.setAttribute("role", "button");
    const written = symbol.localName === "mfrac" ? [...symbol.children].map((part) => part.textContent).join("/") : symbol.textContent;
    symbol.setAttribute("aria-label", `${written}, show its node`);
  }
}

function chooseSymbol(symbol) {
  const place = [...$("equation").querySelectorAll("[data-node]")].indexOf(symbol);
  pin(Number(symbol.dataset.node));
  const again = $("equation").querySelectorAll("[data-node]")[place]; // the equation was written anew
  if (again) again.focus();
}

function beginChanges() {
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, (event) => point(nodeAt(event.target)));
  document.addEventListener("focusout", () => point(null));
  $("equation").addEventListener("click", (event) => {
    const symbol = event.target.closest("[data-node]");
    if (symbol) chooseSymbol(symbol);
  });
  $("equation").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    const symbol = event.target.closest("[data-node]");
    if (!symbol) return;
    event.preventDefault();
    event.stopPropagation();
    chooseSymbol(symbol);
  });
  $("close-sheet").addEventListener("click", () => {
    closeSheet();
    $("time").focus(); // the button is gone
  });
}
