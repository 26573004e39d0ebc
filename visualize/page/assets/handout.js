/** The page on paper: a picture that can be read, in parts where it is large, and all steps as a table. */

const PAPER = [1040, 655]; // pixels of a landscape page of A4 inside its margins, below a heading
const READABLE = 0.7; // of its own size, where the letters of a card have 9 points: so they have 6.3
const MOST_PARTS = 8;
const OVERLAP = [200, 70]; // of two parts of a picture, in width and height: a card is whole in one of them

/** Where the parts of a length begin, and how long each is. */
function cut(length, room, overlap) {
  const count = Math.max(1, Math.ceil((length - overlap) / (room - overlap)));
  const part = (length + (count - 1) * overlap) / count;
  return { part, starts: Array.from({ length: count }, (_, i) => i * (part - overlap)) };
}

/** The picture as it stands, in as many parts as its letters need. */
function makeFigures() {
  const svg = $("picture").querySelector("svg");
  const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const frame = svg.getBoundingClientRect();
  const boxes = listShown().map(({ body }) => body.getBoundingClientRect()).map((box) => ({
    left: (box.left - frame.left) / scale, right: (box.right - frame.left) / scale, top: (box.top - frame.top) / scale, bottom: (box.bottom - frame.top) / scale,
  }));
  const per = width / own[0]; // units of the picture in a pixel
  let size = Math.min(1, PAPER[0] / own[0], PAPER[1] / own[1]);
  let [across, down] = [0, 1].map((axis) => cut(own[axis], PAPER[axis] / READABLE, OVERLAP[axis]));
  const listParts = () => down.starts.flatMap((y) => across.starts.map((x) => [x, y]))
    .filter(([x, y]) => boxes.some((box) => box.left < x + across.part && box.right > x && box.top < y + down.part && box.bottom > y));
  if (size >= READABLE || listParts().length > MOST_PARTS) [across, down] = own.map((length) => ({ part: length, starts: [0] }));
  else size = Math.min(PAPER[0] / across.part, PAPER[1] / down.part, 1);
  const parts = listParts();
  return parts.map(([x, y], i) => {
    const figure = document.createElement("figure");
    const copy = svg.cloneNode(true);
    copy.setAttribute("viewBox", [left + x * per, top + y * per, across.part * per, down.part * per].join(" "));
    copy.setAttribute("width", across.part * size);
    copy.setAttribute("height", down.part * size);
    figure.append(copy);
    if (parts.length > 1) {
      const caption = document.createElement("figcaption");
      caption.textContent = `The picture, part ${i + 1} of ${parts.length}: row ${down.starts.indexOf(y) + 1}, column ${across.starts.indexOf(x) + 1}`;
      figure.append(caption);
    }
    return figure;
  });
}

/** Every step: its rule, its numbers, and what is then known. Where gradients are to be predicted they are left blank. */
function makeTable(blank) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const title of ["step", "rule", "with numbers", "then", "by hand"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    head.append(cell);
  }
  const body = table.createTBody();
  steps.forEach((step, i) => {
    const [rule, numbers] = texts(i);
    const row = body.insertRow();
    row.className = step.forward ? "value" : "gradient";
    const cells = [String(i + 1), rule, numbers, thenText(step, i), handText(step)];
    cells.forEach((text, place) => { row.insertCell().textContent = blank && !step.forward && place > 1 ? "" : text; });
  });
  return table;
}

function thenText(step, i) {
  if (step.forward) return `${graph.nodes[step.node].name} = ${format(graph.values[step.node])}`;
  const parent = graph.nodes[step.parent];
  const { after } = numbersOf(i);
  if (fails(i)) return `${parent.gradientLine}${graph.gradientText(step.parent)}`;
  const waits = step.waits ? `, ${step.consumers - step.waits} of ${step.consumers} arrived` : "";
  return waits ? `${parent.gradient} = ${format(after)}${waits}` : `${parent.gradientLine}${format(scaled(parent, after))}`;
}

function handText(step) {
  const node = graph.nodes[step.forward ? step.node : step.parent];
  const hand = node.hand[step.forward ? "value" : "gradient"];
  if (!hand || state.recursive || step.waits) return "";
  const name = step.forward ? node.name : (node.delta ? node.delta.symbol : node.gradient);
  return `${name} = ${hand.formula}`;
}

function makeHandout() {
  const blank = $("predict").checked;
  const shown = state.step;
  state.step = blank ? DATA.forward.length - 1 : steps.length - 1;
  paint(false, false);
  stopTravelling();
  removeHeads();
  removeSigns();
  for (const lit of $("picture").querySelectorAll(".lit")) lit.classList.remove("lit");
  const figures = makeFigures();
  state.step = shown;
  const numbers = document.createElement("p");
  numbers.textContent = `With ${DATA.leaves.map((i) => `${graph.nodes[i].name} = ${format(graph.values[i])}`).join(", ")}.`;
  const sentences = [$("order"), $("failure")].filter((element) => element.textContent).map((element) => {
    const p = document.createElement("p");
    p.textContent = element.textContent;
    return p;
  });
  const all = document.createElement("div");
  all.id = "all-steps";
  all.append($("legend").cloneNode(true), numbers, makeTable(blank), ...sentences);
  $("handout").replaceChildren(...figures, all);
}

function beginHandout() {
  window.addEventListener("beforeprint", makeHandout);
  window.addEventListener("afterprint", () => {
    $("handout").replaceChildren();
    show();
  });
}
