/** The data of the page, written out: nodes and steps with all that follows from their rules. page_schema.py says what comes in. */

/** A step of the backward pass; its texts are written when they are asked for. */
class BackwardStep {
  constructor(node, operand, parent, rule) {
    Object.assign(this, { node, operand, parent, rule, waits: 0, consumers: 0, early: false });
  }

  get shape() { return DATA.partialRules[this.rule].product; }

  get partialShape() { return DATA.partialRules[this.rule].shape; }

  /** The nodes that the slots stand for: the operands, and the result. */
  get labels() { return [...DATA.nodes[this.node].operands.map((operand) => operand.node ?? 0), this.node]; }

  get partial() {
    if (this.node === null) return "";
    this.text ??= named(DATA.partialRules[this.rule].text, this.labels.map((i) => DATA.nodes[i]));
    return this.text;
  }

  get symbols() {
    if (this.node === null) return "1";
    const upstream = { name: DATA.nodes[this.node].gradient };
    return named(DATA.partialRules[this.rule].factor, [...this.labels.map((i) => DATA.nodes[i]), upstream]);
  }
}

function writeOut(data) {
  const of = data.nodes[data.output].name;
  for (const node of data.nodes) {
    node.operation ??= "";
    node.operands = (node.operands || []).map((operand) => (typeof operand === "number" ? { node: operand } : operand[0]));
    node.places = [];
    node.plain = node.invented ? "" : node.name;
    node.label = node.invented ? "" : node.quoted || `'${node.name}'`;
    node.gradient = fill("derivative of", { of, by: node.name });
    node.gradientLine = `${node.gradient} = `;
    if (node.delta) {
      const { symbol, factor } = node.delta;
      node.gradientLine = fill("computes", { node: symbol, formula: factor + node.gradientLine });
    } else node.delta = null;
    node.hand ??= {};
    node.formula = "";
  }
  data.forward = data.forward.map(([index, rule]) => {
    const { text, shape, places } = data.valueRules[rule];
    const node = data.nodes[index];
    const labels = node.operands.map((operand) => operand.node ?? 0);
    node.places = places;
    node.formula = named(text, labels.map((i) => data.nodes[i]));
    return { node: index, symbols: node.formula, numbers: text, shape, labels };
  });
  const first = new BackwardStep(null, null, data.output, null);
  const steps = data.backward.map(([node, operand, rule]) => new BackwardStep(node, operand, data.nodes[node].operands[operand].node, rule));
  const consumers = data.nodes.map(() => 0);
  for (const { parent } of steps) consumers[parent] += 1;
  const waits = consumers.slice();
  for (const step of steps) {
    waits[step.parent] -= 1;
    step.waits = waits[step.parent];
    step.consumers = consumers[step.parent];
  }
  data.backward = [first, ...steps];
  return data;
}

const DATA = JSON.parse(document.getElementById("data").textContent);
writeOut(DATA);

/** Where the step is in the backward pass that goes from a node to one of its operands. */
const STEP_OF = DATA.nodes.map(() => []);
DATA.backward.forEach((step, place) => { if (step.node !== null) STEP_OF[step.node][step.operand] = place; });
