/** What travels in a step: values with the arrows, and in the backward pass a gradient against them. */

const TRAVEL = 700; // milliseconds along an edge
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
let travelling = 0; // the request for the next frame

/** The lines on which something goes in this step, and how much of each: a weight's own gradient ends on its line. */
function listWays() {
  const step = steps[state.step];
  const value = (i) => graph.values[i];
  const product = step.forward || step.node === null ? 0 : numbersOf(state.step).product;
  if (state.view !== NETWORK) {
    return edges.filter(({ group }) => group.classList.contains("lit"))
      .map(({ group, steps: [place] }) => ({ group, part: 1, number: step.forward ? value(DATA.backward[place].parent) : product }));
  }
  const { before, after } = network.samples[state.sample];
  const part = !step.forward && step.node !== null && step.operand < pairs(graph.nodes[step.node]) && before.includes(step.node) ? 0.5 : 1;
  return drawn.lines.filter(({ group }) => group.classList.contains("lit"))
    .map(({ group, start }) => ({ group, part, number: step.forward ? (typeof after[start] === "number" ? value(after[start]) : after[start][0]) : product }));
}

const lineOf = (group) => group.querySelector("path, line");

let headed = { step: null, groups: [] }; // the lines that bear a head of which step

function removeHeads() {
  for (const old of $("picture").querySelectorAll(".backward-head")) old.remove();
  headed = { step: null, groups: [] };
}

/** Turn the heads of the lit lines: a gradient goes from the consumer to the operand. */
function turnHeads() {
  const step = steps[state.step];
  const ways = step.forward ? [] : listWays();
  if (headed.step === step && ways.length === headed.groups.length && ways.every(({ group }, i) => group === headed.groups[i])) return;
  removeHeads();
  headed = { step, groups: ways.map(({ group }) => group) };
  for (const { group, part } of ways) {
    const line = lineOf(group);
    const length = line.getTotalLength();
    const from = (1 - part) * length;
    const [tip, base] = [from, from + Math.min(11, length / 2)].map((at) => line.getPointAtLength(at));
    const across = [(base.y - tip.y) * 0.45, (tip.x - base.x) * 0.45];
    const corners = [[tip.x, tip.y], [base.x + across[0], base.y + across[1]], [base.x - across[0], base.y - across[1]]];
    group.append(make("polygon", { class: "backward-head", points: corners.map((corner) => corner.join(",")).join(" ") }));
  }
}

function stopTravelling() {
  cancelAnimationFrame(travelling);
  for (const old of $("picture").querySelectorAll(".traveller")) old.remove();
}

/** Move the number of this step along its lines, once. */
function travel() {
  const step = steps[state.step];
  if (still.matches || mustAsk(state.step) || fails(state.step) || (!step.forward && step.node === null)) return;
  const kind = step.forward ? "value" : "gradient";
  const ways = listWays().slice(0, MOST_WAYS).map(({ group, part, number }) => {
    const dot = make("g", { class: `traveller ${kind}` }, make("rect", { x: -5, y: -5, width: 10, height: 10, rx: 5 }), make("text", { x: 9, y: 4, "font-size": 12 }, format(number)));
    group.append(dot);
    return { dot, part, line: lineOf(group), length: lineOf(group).getTotalLength() };
  });
  const begun = performance.now();
  const move = (now) => {
    const done = Math.min(1, Math.max(0, (now - begun) / TRAVEL));
    for (const { line, dot, length, part } of ways) {
      const { x, y } = line.getPointAtLength(length * (step.forward ? done : 1 - done * part));
      dot.setAttribute("transform", `translate(${x} ${y})`);
    }
    if (done < 1) travelling = requestAnimationFrame(move);
    else for (const { dot } of ways) dot.remove();
  };
  move(begun);
}

const MOST_WAYS = 40; // into one node that something goes on at once
