/** A picture of cards, drawn from its positions. */

const SVG = "http://www.w3.org/2000/svg";
const LETTERS = 12; // pixels, on a card
const SMALL_LETTERS = 10; // on small cards and on edges
const LINE = 1.3; // from one line of text to the next, in sizes of the letters
const MARGIN = 8;
const PADDING = 6;

/** An element of a picture. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Elements with spaces between them, without which their texts are one word to who does not see them. */
const spaced = (elements) => elements.flatMap((element) => [element, " "]);

const drawPath = (corners, closed) => `M${corners.map(([x, y]) => `${x},${y}`).join(" L")}${closed ? " Z" : ""}`;

function drawBox(x, y, width, height, radius = 0) {
  const [r, u, v] = [Math.min(radius, width / 2, height / 2), x + width, y + height];
  return `M${x + r},${y} L${u - r},${y} Q${u},${y} ${u},${y + r} L${u},${v - r} Q${u},${v} ${u - r},${v} `
    + `L${x + r},${v} Q${x},${v} ${x},${v - r} L${x},${y + r} Q${x},${y} ${x + r},${y} Z`;
}

/** The outline of a card and what is drawn on it, by the shape of its role. */
const SHAPES = {
  box: (x, y, u, v) => [drawPath([[x, y], [u, y], [u, v], [x, v]], true)],
  note: (x, y, u, v, fold = 7) => [drawPath([[x, y], [u - fold, y], [u, y + fold], [u, v], [x, v]], true),
    drawPath([[u - fold, y], [u - fold, y + fold], [u, y + fold]])],
  box3d: (x, y, u, v, deep = 4) => [drawPath([[x, y + deep], [x + deep, y], [u, y], [u, v - deep], [u - deep, v], [x, v]], true),
    `${drawPath([[x, y + deep], [u - deep, y + deep], [u, y]])} ${drawPath([[u - deep, y + deep], [u - deep, v]])}`],
  folder: (x, y, u, v, deep = 4) => {
    const tab = u - Math.min(40, (u - x) / 3);
    return [drawPath([[x, y + deep], [tab, y + deep], [tab + deep, y], [u - deep, y], [u, y + deep], [u, v], [x, v]], true),
      drawPath([[tab, y + deep], [u, y + deep]])];
  },
};

function drawOutline(name, [x, y, width, height]) {
  const role = DATA.roles[name];
  if (role.shape === "plain") return [];
  const [outline, inside] = SHAPES[role.shape](x, y, x + width, y + height);
  const look = { "data-fill": `${name}-fill`, "data-stroke": `${name}-line` };
  if (role.dashed) look["stroke-dasharray"] = "5,2";
  const paths = [make("path", { ...look, d: role.rounded ? drawBox(x, y, width, height, 9) : outline })];
  const more = role.double ? drawPath([[x + 3, y + 3], [x + width - 3, y + 3], [x + width - 3, y + height - 3], [x + 3, y + height - 3]], true) : inside;
  if (more) paths.push(make("path", { "data-stroke": `${name}-line`, fill: "none", d: more }));
  return paths;
}

/** The lines on a card; those of one node follow from the node, their numbers from the step. */
function linesOf(card) {
  if (card.lines) return card.lines;
  const { name, formula, gradientLine } = DATA.nodes[card.nodes[0]];
  return [formula ? fill("computes", { node: name, formula }) : name, fill("value", { value: "…" }), `${gradientLine}…`];
}

/** How a line of a card looks: the name, of one node the value, and last the gradient. */
function lookOf(i, { nodes }, count) {
  if (count < 2) return {};
  if (i === 0) return { "font-weight": "bold" };
  return i === count - 1 && nodes.length ? { class: "gradient" } : nodes.length === 1 ? { class: "value" } : {};
}

function drawCard(card) {
  const { role, box: [x, y] } = card;
  const size = role === "number" || card.repeats !== undefined ? SMALL_LETTERS : LETTERS;
  const room = PADDING + DATA.roles[role].inset;
  const lines = linesOf(card);
  const texts = lines.map((line, i) => make("text", {
    x: x + room, y: y + room + (0.98 + LINE * i) * size, "font-size": size, ...lookOf(i, card, lines.length),
  }, line));
  return { group: make("g", { class: "node" }, ...drawOutline(role, card.box), ...spaced(texts)), texts, lines, box: card.box, room: card.box[2] - 2 * room };
}

/** The way of an edge: straight to every second corner, bent on to the next; and its arrow. */
function drawEdge({ points, label, text }, { right, quiet }) {
  const corners = points.flatMap((x, i) => (i % 2 ? [] : [[x, points[i + 1]]]));
  const parts = corners.slice(0, -1).map(([x, y], i) => {
    if (i === 0) return `M${x},${y}`;
    if (i % 2) return `L${x},${y}`;
    const [u, v] = corners[i - 1];
    return right ? `C${(u + x) / 2},${v} ${(u + x) / 2},${y} ${x},${y}` : `C${u},${(v + y) / 2} ${x},${(v + y) / 2} ${x},${y}`;
  });
  const [[u, v], [x, y]] = corners.slice(-2);
  const arrow = right ? [[u, v - 2.6], [x, y], [u, v + 2.6]] : [[u - 2.6, v], [x, y], [u + 2.6, v]];
  const group = make("g", { class: "edge" },
    make("path", { d: parts.join(" "), fill: "none", "data-stroke": "line", ...(quiet ? { "stroke-dasharray": "1,5" } : {}) }),
    make("polygon", { points: arrow.map((corner) => corner.join()).join(" "), "data-fill": "line", "data-stroke": "line" }));
  if (!label) return { group, label: null };
  const written = make("text", { x: label[0], y: label[1] + 0.98 * SMALL_LETTERS, "font-size": SMALL_LETTERS }, text || "");
  group.append(written);
  return { group, label: written };
}

/** The whole picture. Returns what is drawn for each card and each edge, in order, and how large it all is. */
function drawCards(svg, view) {
  const top = MARGIN + (view.notes.length ? view.notes.length * LINE * LETTERS + MARGIN : 0);
  view.notes.forEach((note, i) => svg.append(make("text", { x: MARGIN, y: MARGIN + (0.95 + LINE * i) * LETTERS, "font-size": LETTERS }, note)));
  const all = make("g", { transform: `translate(${MARGIN} ${top})` });
  for (const [name, [x, y, width, height]] of view.frames) {
    all.append(make("path", { d: drawBox(x, y, width, height, 10), fill: "none", "data-stroke": "line", "stroke-dasharray": "1,5" }),
      make("text", { x: x + 10, y: y + 12.5, "font-size": LETTERS }, name));
  }
  const edges = view.edges.map((edge) => drawEdge(edge, { right: view.right, quiet: view.cards[edge.ends[0]].role === "number" }));
  const cards = view.cards.map(drawCard);
  all.append(...edges.map(({ group }) => group), ...cards.map(({ group }) => group));
  svg.append(all);
  const width = Math.max(view.size[0], ...view.notes.map((note) => 0.58 * LETTERS * note.length));
  return { cards, edges, size: [width + 2 * MARGIN, view.size[1] + top + MARGIN] };
}
