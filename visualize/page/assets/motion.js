/** What travels in a step: values with the arrows, and in the backward pass a gradient against them. */

const TRAVEL = 700; // milliseconds along an edge
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
let travelling = 0; // the request for the next frame

/** Turn the heads of the lit edges: a gradient goes from the consumer to the operand. */
function turnHeads() {
  for (const old of $("picture").querySelectorAll(".backward-head")) old.remove();
  if (steps[state.step].forward) return;
  for (const { group } of edges.filter((edge) => edge.group.classList.contains("lit"))) {
    const line = group.querySelector("path, line, polyline");
    const length = line.getTotalLength();
    const [tip, base] = [0, Math.min(11, length / 2)].map((at) => line.getPointAtLength(at));
    const across = [(base.y - tip.y) * 0.45, (tip.x - base.x) * 0.45];
    const corners = [[tip.x, tip.y], [base.x + across[0], base.y + across[1]], [base.x - across[0], base.y - across[1]]];
    group.append(makeSvg("polygon", { class: "backward-head", points: corners.map((corner) => corner.join(",")).join(" ") }));
  }
}

function stopTravelling() {
  cancelAnimationFrame(travelling);
  for (const old of $("picture").querySelectorAll(".traveller")) old.remove();
}

/** Move the number of this step along its edges, once. */
function travel() {
  const step = steps[state.step];
  if (still.matches || mustAsk(state.step) || (!step.forward && step.node === null)) return;
  const ways = edges.filter((edge) => edge.group.classList.contains("lit")).map(({ group, steps: [place] }) => {
    const line = group.querySelector("path, line, polyline");
    const dot = makeSvg("g", { class: `traveller ${step.forward ? "value" : "gradient"}` });
    const number = step.forward ? graph.values[DATA.backward[place].parent] : numbersOf(state.step).product;
    dot.append(makeSvg("circle", { r: 5 }), makeSvg("text", { x: 9, y: 4, "font-size": 12 }, format(number)));
    group.append(dot);
    return { line, dot, length: line.getTotalLength() };
  });
  const begun = performance.now();
  const move = (now) => {
    const part = Math.min(1, Math.max(0, (now - begun) / TRAVEL));
    for (const { line, dot, length } of ways) {
      const { x, y } = line.getPointAtLength(length * (step.forward ? part : 1 - part));
      dot.setAttribute("transform", `translate(${x} ${y})`);
      dot.dataset.part = part;
    }
    if (part < 1) travelling = requestAnimationFrame(move);
    else for (const { dot } of ways) dot.remove();
  };
  move(begun);
}
