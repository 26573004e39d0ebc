/** What goes wrong without a topological order: offered for graphs in which a node would pass on too early. */

function beginOrder() {
  $("orders").hidden = !(DATA.recursive && DATA.recursive.some((step) => step.early));
  $("recursive").addEventListener("change", reorder);
}

function reorder() {
  state.recursive = $("recursive").checked;
  arrange();
  $("predict").disabled = state.recursive;
  const early = state.recursive ? steps.findIndex((step) => step.early) : -1;
  if (state.recursive) go(early < 0 ? DATA.forward.length : early);
  else go(Math.min(state.step, steps.length - 1));
}

function sayOrder(sentence) {
  $("order").textContent = sentence;
}

const FEW = 4; // wrong gradients that are listed

/** Whether a gradient that the recursion ends with is another than the right one, by more than rounding. */
function isWrong(i) {
  if (graph.gradients[i] === null || graph.right[i] === null) return false;
  return Math.abs(graph.gradients[i] - graph.right[i]) > 1e-12 * Math.abs(graph.right[i]);
}

/** The right number for a card whose gradient is final in the recursion, and wrong; else empty. */
function wrongAt(member) {
  const last = stepsTo(member).at(-1) ?? Infinity;
  return last <= state.step && isWrong(member) ? format(scaled(graph.nodes[member], graph.right[member])) : "";
}

/** What a gradient is that counts something more than once; nothing where the right one is not known. */
function judgeSum(i) {
  if (graph.right[i] === null) return "";
  return isWrong(i) ? `: ${sayWrong(i)}` : `: ${graph.nodes[i].gradient} = ${format(graph.right[i])} is right by chance`;
}

const sayWrong = (i) => fill("wrong", { gradient: graph.nodes[i].gradient, wrong: format(graph.gradients[i]), right: format(graph.right[i]) });

/** Where the recursion first goes wrong, and what it ends with. */
function tooEarly() {
  const early = steps.findIndex((step) => step.early);
  if (early < 0) return ""; // the pass fails before that
  const wrong = graph.nodes.map((_, i) => i).filter(isWrong);
  const ends = wrong.slice(0, FEW).map(sayWrong);
  const more = wrong.length > FEW ? `; and ${wrong.length - FEW} more` : "";
  const said = fill("goes wrong", { step: early + 1, node: graph.nodes[steps[early].node].name });
  return graph.failed && !ends.length ? said : `${said} ${fill("ends", { ends: (ends.join("; ") || fill("by chance")) + more })}`;
}
