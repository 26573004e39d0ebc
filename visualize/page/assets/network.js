/** The network as lectures draw it, from its positions: units as circles, weights as lines. */

const NETWORK = "network";
const HEAD = 30; // pixels above the columns, for their headings

const network = DATA.network;
let drawn = null; // what is drawn: { circles, lines, targets, cost, ties, places }

function drawNetwork(svg) {
  const { font, radius, full } = network;
  const all = make("g", { transform: `translate(0 ${HEAD})`, "font-size": font });
  const at = (circle) => network.circles[circle].at;
  const write = (x, y, size, look = {}, anchor = "middle") => make("text", { x, y, "font-size": size, "text-anchor": anchor, ...look });

  const lines = network.lines.map(({ ends: [start, end], k, label }) => {
    const [[x1, y1], [x2, y2]] = [at(start), at(end)];
    const part = radius / Math.max(1, Math.hypot(x2 - x1, y2 - y1));
    const place = { x1: x1 + part * (x2 - x1), y1: y1 + part * (y2 - y1), x2: x2 - part * (x2 - x1), y2: y2 - part * (y2 - y1) };
    const line = make("line", { ...place, class: "weight" });
    const group = make("g", { class: "edge" }, line, make("line", { ...place, class: "hit" }));
    let text = null;
    if (label) {
      const [x, y, slope] = label;
      text = write(x, y + 0.3 * font, 0.9 * font, { class: "halo", transform: `rotate(${Math.atan(slope) * 180 / Math.PI} ${x} ${y})` });
    }
    return { start, end, k, group, line, text };
  });

  const tie = (x1, y1, [x2, y2]) => make("polyline", { class: "tie", points: `${x1},${y1} ${x2},${y2} ${network.cost.slice(0, 2)}` });
  const ties = network.cost ? network.outputs.map((circle, i) => {
    const [x, y] = at(circle);
    return tie(x + radius + (full ? 0 : 14 * font), y, network.targets[i] || network.cost);
  }) : [];
  const boxed = ([x, y, width], role) => {
    const wide = width + font;
    const text = write(x, y + 0.33 * font, font);
    return { text, box: [x - wide / 2, y - font, wide, 2 * font], group: make("g", { class: "node", role: "button", tabindex: "0" }, make("path", { d: drawBox(x - wide / 2, y - font, wide, 2 * font, 6), "data-fill": `${role}-fill`, "data-stroke": `${role}-line` }), ...spaced([text])) };
  };
  const targets = new Map(Object.entries(network.targets).map(([k, place]) => [Number(k), boxed(place, "leaf")]));
  const cost = network.cost && boxed(network.cost, "output");
  const about = cost ? [0, 1].map((k) => write(network.cost[0], network.cost[1] + (2.1 + 1.15 * k) * font, 0.95 * font, { class: "halo value" })) : [];

  const circles = network.circles.map((circle, i) => {
    if (!circle.at.length) return null; // left out
    const [x, y] = circle.at;
    const role = circle.unit ? "activation" : "leaf";
    const group = make("g", { class: "node", role: "button", tabindex: "0" }, make("circle", { cx: x, cy: y, r: radius, "data-fill": `${role}-fill`, "data-stroke": `${role}-line` }));
    const texts = full
      ? { name: write(x, y - 0.25 * font, font, { "font-weight": "bold" }), value: write(x, y + 1.05 * font, 0.95 * font, { class: "value" }),
        under: Array.from({ length: network.rows }, (_, k) => write(x, y + radius + (1.2 + 1.15 * k) * font, 0.95 * font, { class: "halo" })),
        bias: write(x, y - radius - 0.45 * font, 0.9 * font, { class: "halo bias" }) }
      : { beside: write(x + (circle.unit ? 1.2 : -1.2) * font, y + 0.33 * font, font, { class: "halo beside" }, circle.unit ? "start" : "end") };
    group.append(...spaced(Object.values(texts).flat()));
    group.addEventListener("click", () => openCircle(i));
    for (const begin of ["mouseenter", "focus"]) group.addEventListener(begin, () => showNode(nodeOf(i) ?? state.pinned));
    return { group, texts, box: [x - radius, y - radius, 2 * radius, 2 * radius] };
  });
  for (const line of lines) {
    line.group.addEventListener("click", () => keep(weightOf(line)));
    line.group.addEventListener("mouseenter", () => showNode(weightOf(line) ?? state.pinned));
  }
  for (const [k, { group }] of targets) {
    group.addEventListener("click", () => pin(network.samples[state.sample].targets[k]));
    for (const begin of ["mouseenter", "focus"]) group.addEventListener(begin, () => showNode(network.samples[state.sample].targets[k]));
  }
  if (cost) {
    cost.group.addEventListener("click", () => pin(DATA.output));
    for (const begin of ["mouseenter", "focus"]) cost.group.addEventListener(begin, () => showNode(DATA.output));
  }
  const buttons = [...circles.filter(Boolean), ...targets.values(), ...(cost ? [cost] : [])].map(({ group }) => group);
  for (const group of [...buttons, ...lines.map((line) => line.group)]) {
    for (const end of ["mouseleave", "blur"]) group.addEventListener(end, () => showNode(state.pinned));
  }
  for (const group of buttons) onEnter(group);

  const headings = network.columns.map(({ heading, x, opens }) => {
    const text = write(x, 14, font, { "font-weight": "bold" });
    text.textContent = opens ? `${heading} ▸` : heading;
    const group = make("g", { class: opens ? "heading opens" : "heading" }, text);
    if (!opens) return group;
    for (const [name, value] of Object.entries({ role: "button", tabindex: "0", "aria-label": `${heading}: open its graph` })) group.setAttribute(name, value);
    group.addEventListener("click", () => goTo(opens));
    onEnter(group);
    return group;
  });
  const gaps = network.gaps.map(([x, y, count]) => {
    const text = write(x, y + 0.3 * font, font);
    text.textContent = `⋮ ${count} more`;
    return text;
  });
  const notes = network.notes.map((note, i) => {
    const text = write(8, network.size[1] + HEAD + 4 + 1.3 * font * i, font, {}, "start");
    text.textContent = note;
    return text;
  });
  all.append(...lines.map(({ group }) => group), ...ties, ...lines.flatMap(({ text }) => (text ? [text] : [])), ...[...targets.values()].map(({ group }) => group),
    ...(cost ? [cost.group] : []), ...about, ...circles.filter(Boolean).map(({ group }) => group), ...gaps);
  svg.append(...headings, all, ...notes);
  drawn = { circles, lines, ties, targets, cost, about, headings };
  readSample();
  return [network.size[0], network.size[1] + HEAD + 1.3 * font * notes.length];
}

/** Enter and the space bar do what a click does. */
function onEnter(group) {
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    group.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
}

/** The node that is said of a circle: its sum, which carries δ, or the input; null for a plain number. */
function nodeOf(circle) {
  const { before, after } = network.samples[state.sample];
  if (before[circle] !== null) return before[circle];
  return typeof after[circle] === "number" ? after[circle] : null;
}

/** The node of a weight; null for a plain number. */
function weightOf({ end, k }) {
  const operand = DATA.nodes[network.samples[state.sample].before[end]].operands[k];
  return typeof operand === "number" ? null : operand.node;
}

function keep(node) {
  if (node !== null) pin(node);
}

function openCircle(circle) {
  const { opens } = network.circles[circle];
  if (opens) goTo(opens, [nodeOf(circle)]);
  else keep(nodeOf(circle));
}
