/** What the network shows of a step: values and δ in the circles, weights on the lines, of the sample that the step belongs to. */

const SMALLEST = 9.5; // pixels: letters of a long name in a circle
const THICKEST = 5; // pixels: the line of the largest weight; that of the least has half a pixel
const THICK = 1.5; // the same among dots
const LIT = 3; // the least of a line that is lit

/** So few digits that they fit a circle. */
const short = (x) => format(x, DATA.numbers.short).replaceAll("-", "−");

/** The width of a text in sizes of its letters, as far as it can be told without the font. */
const lettersOf = (text) => [...text].reduce((sum, c) => sum + (c === " " ? 0.33 : /[₀-₉⁰¹²³⁴-⁹⁽⁾₍₎]/.test(c) ? 0.42 : 0.62), 0);

/** The places of a node's operands: n weights, n inputs, then the bias. */
const pairs = (node) => (node.operands.length - 1) / 2;

/** Node -> its sample; none for what samples share, null for what comes after several. */
const sampleOf = findSamples();

function findSamples() {
  const found = DATA.nodes.map(() => undefined);
  if (!network) return found;
  network.samples.forEach(({ after, targets }, sample) => {
    for (const node of [...after, ...targets]) if (typeof node === "number") found[node] = sample;
  });
  const own = new Set(network.samples.flatMap(({ before }) => before));
  network.samples.forEach(({ before }, sample) => { for (const node of before) if (node !== null) found[node] = sample; });
  DATA.nodes.forEach((node, i) => {
    if (!node.operation || own.has(i)) return;
    const samples = new Set(node.operands.map((operand) => found[operand.node]).filter((sample) => sample !== undefined));
    if (samples.size) found[i] = samples.size === 1 ? [...samples][0] : null;
  });
  return found;
}

/** The sample of a step; none where it belongs to all. */
function sampleOfStep(step) {
  return [step.node, step.parent].map((node) => sampleOf[node]).find((sample) => typeof sample === "number");
}

/** Which circles, lines and boxes stand for each node in the sample that is shown. */
function readSample() {
  const { before, after, targets } = network.samples[state.sample];
  const places = new Map();
  const put = (node, place) => { if (typeof node === "number" && place) places.set(node, [...(places.get(node) || []), place]); };
  drawn.circles.forEach((circle, i) => {
    put(after[i], circle);
    if (before[i] === null) return;
    if (before[i] !== after[i]) put(before[i], circle);
    const bias = DATA.nodes[before[i]].operands.at(-1);
    if (typeof bias !== "number") put(bias.node, circle);
  });
  for (const line of drawn.lines) {
    const weight = DATA.nodes[before[line.end]].operands[line.k];
    if (typeof weight !== "number") put(weight.node, line);
  }
  for (const [k, target] of drawn.targets) put(targets[k], target);
  const known = new Set([...before, ...after]);
  const inside = nodesBefore(before);
  DATA.nodes.forEach((node, i) => { if (node.operation && !known.has(i) && !inside.has(i) && drawn.cost) put(i, drawn.cost); });
  if (drawn.cost) put(DATA.output, drawn.cost);
  drawn.places = places;
}

/** The nodes that some sum depends on: they belong to the layers, not to the cost. */
function nodesBefore(sums) {
  const found = new Set();
  for (let i = DATA.nodes.length - 1; i >= 0; i -= 1) {
    if (!found.has(i) && !sums.includes(i)) continue;
    for (const operand of DATA.nodes[i].operands) if (typeof operand !== "number") found.add(operand.node);
  }
  return found;
}

/** Put the numbers of the step into circles and lines, and light what is active. */
function paintNetwork({ index, step, computed, gradients, way }) {
  const { before, after, targets, cost } = network.samples[state.sample];
  const value = (operand) => (typeof operand === "number" ? operand : computed.has(operand.node) ? graph.values[operand.node] : null);
  const write = (x) => (x === null ? "…" : short(x));
  const wrap = (node) => (typeof node === "number" ? { node } : node[0]);
  const known = (node) => {
    const { scale } = DATA.nodes[node].delta || { scale: 1 };
    if (fails(index)) return graph.gradients[node] === null ? graph.gradientText(node) : short(scale * graph.gradients[node]);
    return gradients.has(node) ? short(scale * gradients.get(node)) : "…";
  };
  const active = new Set(activePlaces(step));

  network.circles.forEach((circle, i) => {
    if (!drawn.circles[i]) return;
    const { group, texts } = drawn.circles[i];
    const operand = wrap(after[i]);
    const name = typeof operand === "number" ? circle.name : DATA.nodes[operand.node].name;
    const number = write(value(operand));
    const sum = before[i] === null ? null : DATA.nodes[before[i]];
    const symbol = sum && (sum.delta ? sum.delta.symbol : fill("delta", { node: sum.name }));
    const delta = sum && `${symbol} = ${known(before[i])}`;
    const sums = sum && before[i] !== after[i] ? [`${sum.name} = ${write(value({ node: before[i] }))}`] : [];
    const told = [...sums, ...(delta ? [delta] : [])];
    group.said = [`${name} = ${number}`];
    if (network.full) {
      fit(texts.name, name);
      fit(texts.value, number);
      const under = told.slice(-network.rows || 99);
      texts.under.forEach((text, k) => {
        text.textContent = under[k] || "";
        text.setAttribute("class", under[k] === delta ? "halo gradient" : "halo value");
      });
      const bias = sum && sum.operands.at(-1);
      texts.bias.textContent = bias && (typeof bias !== "number" || bias) ? `${typeof bias === "number" ? "bias" : DATA.nodes[bias.node].name} = ${write(value(bias))}` : "";
      group.said.push(...under, ...(texts.bias.textContent ? [texts.bias.textContent] : []));
    } else {
      const after = delta ? `, ${symbol} ${known(before[i])}` : "";
      texts.beside.textContent = [`${name} ${number}${after}`, `${name} ${number}`, number, ""][circle.beside];
      if (delta) group.said.push(delta);
    }
    group.more = [...told.filter((one) => !group.said.includes(one)), ...(circle.opens ? ["press Enter to open its graph"] : [])];
    group.classList.toggle("todo", value(operand) === null && (before[i] === null || !computed.has(before[i])));
    group.classList.toggle("pinned", state.pinned !== null && [before[i], after[i]].includes(state.pinned));
  });

  const ofWeight = $("lines").value === "weight";
  const weights = drawn.lines.map(({ end, k }) => {
    const operand = DATA.nodes[before[end]].operands[k];
    if (ofWeight) return value(operand);
    return typeof operand === "number" ? 0 : (fails(index) ? graph.gradients[operand.node] : gradients.get(operand.node)) ?? null;
  });
  const largest = Math.max(...weights.map(Math.abs)) || 1; // of null 0
  drawn.lines.forEach((line, i) => {
    const weight = weights[i];
    const { group, text, end, k } = line;
    const operand = DATA.nodes[before[end]].operands[k];
    const steps = [k, k + pairs(DATA.nodes[before[end]])].map((place) => STEP_OF[before[end]][place]);
    const thick = Math.max(0.6, (network.full ? THICKEST : THICK) * Math.abs(weight) / largest);
    const width = active.has(line) ? Math.max(LIT, thick) : thick;
    if (width !== line.width) line.line.setAttribute("stroke-width", width);
    line.width = width;
    group.classList.toggle("positive", weight > 0);
    group.classList.toggle("negative", weight < 0);
    group.classList.toggle("path", steps.some((place) => way.has(place)));
    group.classList.toggle("pinned", typeof operand !== "number" && operand.node === state.pinned);
    const named = ofWeight && network.lines[i].named && typeof operand !== "number";
    if (text) text.textContent = named ? `${DATA.nodes[operand.node].name} = ${write(weight)}` : write(weight);
  });

  for (const [k, { group, text }] of drawn.targets) {
    text.textContent = `${DATA.nodes[targets[k]].name} = ${short(graph.values[targets[k]])}`;
    group.classList.toggle("pinned", targets[k] === state.pinned);
  }
  if (drawn.cost) {
    const { name } = DATA.nodes[DATA.output];
    drawn.cost.text.textContent = `${name} = ${write(value({ node: DATA.output }))}`;
    const about = [network.over, cost === undefined ? "" : `${fill("of sample", { name, sample: state.sample + 1 })} = ${write(value({ node: cost }))}`].filter(Boolean);
    drawn.about.forEach((text, k) => { text.textContent = about[k] || ""; });
    drawn.cost.group.classList.toggle("todo", !computed.has(DATA.output));
    drawn.cost.group.classList.toggle("pinned", state.pinned === DATA.output);
  }
  for (const place of [...drawn.circles.filter(Boolean), ...drawn.lines, ...drawn.targets.values(), ...(drawn.cost ? [drawn.cost] : [])]) {
    const lit = active.has(place);
    place.group.classList.toggle("lit", lit);
    place.group.classList.toggle("forward", Boolean(step.forward));
    place.group.classList.toggle("failed", lit && fails(index));
    if (lit) place.group.setAttribute("aria-current", "step");
    else place.group.removeAttribute("aria-current");
  }
}

/** A text as large as it fits its room, within bounds. */
function fit(text, content, room = 1.8 * network.radius, least = SMALLEST, most = network.font) {
  if (text.textContent === content) return;
  text.textContent = content;
  text.setAttribute("font-size", Math.max(least, Math.min(most, room / lettersOf(content))));
}

/** The circles, lines and boxes that a step is about: what is computed, or both ends and the line on which δ goes back. */
function activePlaces(step) {
  const { before } = network.samples[state.sample];
  const places = (node) => drawn.places.get(node) || [];
  const circle = before.indexOf(step.node);
  const into = circle < 0 ? [] : drawn.lines.filter((line) => line.end === circle);
  if (step.forward) return [...places(step.node), ...into];
  if (step.node === null) return places(step.parent);
  if (circle < 0) return [...places(step.node), ...places(step.parent)];
  const n = pairs(DATA.nodes[step.node]);
  const line = into.filter(({ k }) => step.operand < 2 * n && k === step.operand % n);
  const end = step.operand >= n && step.operand < 2 * n ? places(step.parent) : [];
  return [...places(step.node), ...line, ...end];
}
