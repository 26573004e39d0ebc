/** The plane of the weight and the bias: one sample leaves a whole line of minima, and a gradient step goes straight to it. */

const PLANE = { left: 34, right: 292, top: 8, bottom: 246 }; // of the plot

/** The weight and the bias: a point of the plane. */
const inPlane = () => (DATA.plane ? [DATA.plane.w, DATA.plane.b].map((i) => graph.values[i]) : []);

/** The weight, the bias, the sample, and where steps along (x, 1) meet the line w·x + b = y. */
function readPlane() {
  const [w, b, x, y] = ["w", "b", "x", "y"].map((key) => graph.values[DATA.plane[key]]);
  const along = (y - w * x - b) / (x * x + 1);
  return { w, b, x, y, end: [w + along * x, b + along], truth: DATA.plane.truth };
}

function drawPlane() {
  if (!DATA.plane) return;
  const { w, b, x, y, end, truth } = readPlane();
  const way = state.history.length ? state.way : [[w, b]];
  const points = [...way, end, ...(truth ? [truth] : [])];
  if (!points.flat().every((number) => Math.abs(number) < 1e6)) { // steps that grow without end
    $("plane").toggleAttribute("hidden", true);
    $("plane-text").textContent = "";
    return;
  }
  $("plane").toggleAttribute("hidden", false);
  const [middle, unit] = frame(points);
  // one unit is as long on both axes: a step stands at a right angle to the line
  const at = ([u, v]) => [(PLANE.left + PLANE.right) / 2 + (u - middle[0]) * unit, (PLANE.top + PLANE.bottom) / 2 - (v - middle[1]) * unit];
  const reach = 400 / unit; // beyond the frame, which cuts it
  const [length, [u, v]] = [Math.hypot(1, x), end];
  const line = [-1, 1].map((sign) => at([u + (sign * reach) / length, v - (sign * reach * x) / length]));
  const circle = (point, kind, r) => { const [cx, cy] = at(point); return make("circle", { class: kind, cx, cy, r }); };
  const name = (point, text, below) => { const [px, py] = at(point); return make("text", { x: px + 6, y: py + (below ? 14 : -6) }, text); };
  const inside = make("svg", { x: PLANE.left, y: PLANE.top, width: PLANE.right - PLANE.left, height: PLANE.bottom - PLANE.top, viewBox: `${PLANE.left} ${PLANE.top} ${PLANE.right - PLANE.left} ${PLANE.bottom - PLANE.top}` });
  inside.append(
    make("line", { class: "minima", x1: line[0][0], y1: line[0][1], x2: line[1][0], y2: line[1][1] }),
    make("polyline", { points: way.map((point) => at(point).join(",")).join(" ") }),
    ...way.slice(-MOST_DOTS).map((point) => circle(point, "step", 2.5)), circle([w, b], "here", 4.5),
  );
  if (truth) inside.append(circle(truth, "truth", 4.5), name(truth, `(${truth.map((number) => format(number)).join(", ")})`, truth[1] < v));
  $("plane").replaceChildren(...drawAxes(middle, unit, at), inside);
  sayPlane(x, y, end, truth);
}

const MOST_DOTS = 60; // of the way; it is a line all the same

/** The middle of the plane that is shown, and how long one unit is in it. */
function frame(points) {
  const spans = [0, 1].map((axis) => [Math.min(...points.map((point) => point[axis])), Math.max(...points.map((point) => point[axis]))]);
  const wide = Math.max(...spans.map(([low, high]) => high - low), 1e-3) * 1.35;
  return [spans.map(([low, high]) => (low + high) / 2), Math.min(PLANE.right - PLANE.left, PLANE.bottom - PLANE.top) / wide];
}

function drawAxes(middle, unit, at) {
  const half = [(PLANE.right - PLANE.left) / 2 / unit, (PLANE.bottom - PLANE.top) / 2 / unit];
  const rough = half[1] / 2;
  const power = 10 ** Math.floor(Math.log10(rough));
  const gap = [5, 2, 1].find((n) => n * power <= rough) * power;
  const found = [
    make("rect", { class: "box", x: PLANE.left, y: PLANE.top, width: PLANE.right - PLANE.left, height: PLANE.bottom - PLANE.top }),
    make("text", { x: PLANE.right, y: PLANE.bottom + 23, "text-anchor": "end" }, graph.nodes[DATA.plane.w].name),
    make("text", { x: 4, y: PLANE.top + 8 }, graph.nodes[DATA.plane.b].name),
  ];
  [0, 1].forEach((axis) => {
    for (let k = Math.ceil((middle[axis] - half[axis]) / gap); k * gap <= middle[axis] + half[axis]; k += 1) {
      const point = middle.slice();
      point[axis] = k * gap;
      const [px, py] = at(point);
      const text = format(Number((k * gap).toPrecision(12)));
      if (axis === 0) found.push(make("line", { x1: px, x2: px, y1: PLANE.bottom, y2: PLANE.bottom + 4 }), make("text", { x: px, y: PLANE.bottom + 14, "text-anchor": "middle" }, text));
      else if (py > PLANE.top + 14) found.push(make("line", { x1: PLANE.left - 4, x2: PLANE.left, y1: py, y2: py }), make("text", { x: PLANE.left - 6, y: py + 3, "text-anchor": "end" }, text));
    }
  });
  return found;
}

/** Why one sample does not lead to the line that is meant. */
function sayPlane(x, y, end, truth) {
  const [w, b] = [graph.nodes[DATA.plane.w].name, graph.nodes[DATA.plane.b].name];
  const pair = (point) => `(${point.map((number) => format(number)).join(", ")})`;
  const close = (p, q) => p.every((number, i) => Math.abs(number - q[i]) <= 1e-6 * Math.max(1, Math.abs(q[i])));
  const meets = truth && Math.abs(truth[0] * x + truth[1] - y) <= 1e-9 * Math.max(1, Math.abs(y));
  const sum = graph.nodes.findIndex(({ operands }) => operands.some(({ node }) => node === DATA.plane.w));
  const line = truth && `y = ${format(truth[0])}x + ${format(truth[1])}`;
  const first = `The cost is 0 wherever ${w}·${inSlot(1, x)} + ${b} = ${format(y)}: this is the straight line in the plane.`;
  const gradient = `The gradient (${[DATA.plane.w, DATA.plane.b].map((i) => graph.nodes[i].gradient).join(", ")}) is ${graph.nodes[sum].gradient}·(${format(x)}, 1).`;
  const second = `So every gradient step moves (${w}, ${b}) along ±(${format(x)}, 1), at a right angle to that line; from here small steps end at ${pair(end)}`;
  let last = ". Another sample with another input has a line of its own; only where both lines meet both costs are 0.";
  if (truth && !meets) last = `. The point ${pair(truth)} is not on the line: this sample is not one of ${line}, the line of the example.`;
  else if (truth && close(end, truth)) last = `, which is ${pair(truth)}, weight and bias of ${line}, by the choice of where the steps began.`;
  else if (truth) last = ` and not at ${pair(truth)}, another point of the line: weight and bias of ${line}, from which the example takes its sample. A second sample of ${line}, with another x, has another line, which meets this one at ${pair(truth)} only.`;
  $("plane-text").textContent = `${first} ${gradient} ${second}${last}`;
  $("plane").setAttribute("aria-label", `The plane of ${w} and ${b}: the line of minima, the way of the gradient steps to ${pair([graph.values[DATA.plane.w], graph.values[DATA.plane.b]])}`);
}
