"use strict";

/** A sentence of the table in Python, filled in; steps/sentences.py has it. */
function fill(name, fields = {}) {
  return DATA.sentences[name].replace(/\{(\w+)\}/g, (_, field) => fields[field]);
}

/** What the engine refuses, in Python's words. */
class Refused extends Error {}

/** The numbers of the steps of a sweep, four a step: some ten thousand steps are swept at every change. */
class Numbers {
  constructor(room) {
    this.length = 0;
    this.all = new Float64Array(4 * room);
  }

  add(before, after, upstream, partial) {
    const place = 4 * this.length;
    this.all[place] = before;
    this.all[place + 1] = after;
    this.all[place + 2] = upstream;
    this.all[place + 3] = partial;
    this.length += 1;
  }

  /** What a step makes of a gradient. */
  after(i) { return this.all[4 * i + 1]; }

  /** All of a step; undefined of one that is not reached. */
  at(i) {
    if (i >= this.length) return undefined;
    const [before, after, upstream, partial] = this.all.subarray(4 * i, 4 * i + 4);
    return { before, after, upstream, partial, product: upstream === 0 ? 0 : upstream * partial };
  }
}

/** A graph that recomputes itself: values, local partials, and the sweep over given steps. */
class Graph {
  constructor(data) {
    this.nodes = data.nodes;
    this.reset();
  }

  reset() {
    this.values = this.nodes.map((node) => node.value);
    this.compute();
  }

  operands(node) {
    return node.operands.map((operand) => (typeof operand === "number" ? operand : this.values[operand.node]));
  }

  /** Set one leaf, and all that follows from it; where a value is refused, nothing changes. */
  set(changes) {
    const before = this.keep();
    this.values = this.values.slice();
    for (const [index, value] of changes) this.values[index] = value;
    try {
      this.compute(before);
    } catch (refused) {
      this.restore(before);
      throw refused;
    }
  }

  /** Its numbers as they are; a change makes new ones, and leaves these alone. */
  keep() {
    const { values, partials, known, gradients, failed } = this;
    return { values, partials, known, gradients, failed };
  }

  restore(kept) {
    Object.assign(this, kept);
  }

  /** Every node anew; of a graph that was computed ``before``, only what follows from a number that changed. */
  compute(before = null) {
    this.partials = before ? before.partials.slice() : this.nodes.map(() => []);
    this.known = new Map(); // steps -> what a sweep over them gives with these values
    const stands = (operand) => typeof operand === "number" || Object.is(this.values[operand.node], before.values[operand.node]);
    this.nodes.forEach((node, index) => {
      if (!node.operation || (before && node.operands.every(stands))) return;
      const given = this.operands(node);
      const value = RULES[node.operation].value(given);
      if (!Number.isFinite(value)) throw new Refused(this.refusal(node, given, value));
      this.values[index] = value;
      // a quotient by zero is undefined, as Python has it; any other infinity does not fit a float
      const atZero = given.includes(0) || value === 0;
      const partials = RULES[node.operation].partials(given, value);
      if (atZero) partials.forEach((partial, i) => { if (!Number.isFinite(partial)) partials[i] = NaN; });
      this.partials[index] = partials;
    });
    this.sweep(DATA.backward);
  }

  /** Where Python's recording of the node would raise, and what it would say. */
  refusal(node, given, value) {
    const { domain, limited } = RULES[node.operation];
    const largest = given.map((_, i) => i).sort((i, j) => Math.abs(given[j]) - Math.abs(given[i]) || i - j).slice(0, 4);
    const shown = largest.sort((i, j) => i - j).map((i) => {
      const operand = node.operands[i];
      const label = typeof operand === "number" ? "" : this.nodes[operand.node].label;
      return `${node.places[i]} = ${repr(given[i])}${label ? fill("label", { label }) : ""}`;
    });
    const place = shown.join(", ") + (shown.length < given.length ? ", …" : "");
    if (!limited || !(Number.isNaN(value) || given.includes(0))) return fill("overflow", { operation: node.operation, place });
    return fill(domain ? "outside" : "undefined", { operation: node.operation, place, domain });
  }

  /**
   * The numbers of every step, up to the one that fails; ``gradients`` is what they end with, null where not complete.
   * ``failed`` is that step, the word for what it leads to, and the sentence; null where none fails.
   */
  sweep(steps) {
    if (!this.known.has(steps)) this.known.set(steps, this.sweepAnew(steps));
    const { gradients, failed, numbers } = this.known.get(steps);
    Object.assign(this, { gradients, failed });
    return numbers;
  }

  sweepAnew(steps) {
    const gradients = this.nodes.map(() => 0);
    const numbers = new Numbers(steps.length);
    let failed = null;
    for (const step of steps) {
      if (step.node === null) {
        gradients[step.parent] = 1;
        numbers.add(0, 1, 1, 1);
        continue;
      }
      const partial = this.partials[step.node][step.operand];
      const upstream = gradients[step.node];
      const before = gradients[step.parent];
      const after = before + (upstream === 0 ? 0 : upstream * partial);
      gradients[step.parent] = after;
      numbers.add(before, after, upstream, partial);
      if (Number.isFinite(after)) continue;
      failed = { step, word: format(after), sentence: this.notFinite(step, partial, upstream, before) };
      for (const left of steps.slice(numbers.length - 1)) gradients[left.parent] = null;
      break;
    }
    return { gradients, failed, numbers };
  }

  /** The gradient of a node, or δ, as text; where it is missing, why. */
  gradientText(index) {
    const gradient = this.gradients[index];
    if (gradient !== null) return format(scaled(this.nodes[index], gradient));
    return fill("missing", { why: index === this.failed.step.parent ? this.failed.word : fill("not complete") });
  }

  notFinite(step, partial, upstream, before) {
    const node = this.nodes[step.node];
    const given = this.operands(node);
    const shown = node.operands.map((operand, i) => {
      if (typeof operand === "number") return repr(given[i]);
      const { plain } = this.nodes[operand.node];
      return plain ? `${plain} = ${repr(given[i])}` : repr(given[i]);
    });
    const call = `${node.operation}(${shown.join(", ")})`;
    const place = node.plain ? `${node.plain} = ${call}` : call;
    const { plain, operation } = this.nodes[step.parent];
    const parent = plain || fill("unnamed", { kind: operation || "leaf", value: repr(this.values[step.parent]) });
    const why = Number.isNaN(partial) ? "no partial" : Number.isFinite(partial) ? "sum" : "large partial";
    const derivative = fill("derivative", { place, parent });
    return fill(why, { derivative, place, parent, before: repr(before), upstream: repr(upstream), partial: repr(partial) });
  }
}
