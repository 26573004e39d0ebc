/** Moving through the steps, and predicting the next. */

function go(index, remember = true) {
  state.step = Math.max(0, Math.min(steps.length - 1, index));
  show();
  if (!remember) return;
  try {
    history.replaceState(null, "", `#step=${state.step + 1}`);
  } catch { // a page within a notebook has no address
  }
}

function play(on) {
  if (on && state.step >= steps.length - 1) go(0);
  if (state.playing) clearInterval(state.playing);
  state.playing = on ? setInterval(() => {
    if (state.step >= steps.length - 1 || mustAsk(state.step)) play(false);
    else go(state.step + 1);
  }, Number($("speed").value)) : null;
  $("play").textContent = on ? "⏸ pause" : "▶ play";
}

function fromFragment() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  if (found) go(Number(found[1]) - 1, false);
}

function mustAsk(index) {
  const step = steps[index];
  return $("predict").checked && !state.recursive && !step.forward && step.node !== null && !fails(index) && !state.seen.has(index);
}

function ask(index) {
  const step = steps[index];
  const node = graph.nodes[step.node];
  const parent = graph.nodes[step.parent];
  $("question").textContent = `${node.name} passes on to ${parent.name}. What does it make ${parent.gradient}, to two digits?`;
  $("answer").value = "";
  $("guess").dataset.attempts = "0";
  say($("question").textContent);
}

/** Right to the digits that were typed, of which there should be two. */
function agrees(answer, value) {
  const text = answer.trim().replace("−", "-").replace(",", ".");
  const found = /^[-+]?(\d+\.?(\d*)|\.(\d+))(?:e([-+]?\d+))?$/i.exec(text);
  if (!found) return false;
  const decimals = (found[2] || found[3] || "").length;
  const unit = 10 ** (Number(found[4] || 0) - decimals);
  const error = Math.abs(Number(text) - value);
  return error <= 0.5 * unit * (1 + 1e-9) && error <= 0.02 * Math.abs(value);
}

function judge(event) {
  event.preventDefault();
  const index = state.step;
  const { before, after } = numbersOf(index);
  const attempts = Number($("guess").dataset.attempts) + 1;
  $("guess").dataset.attempts = String(attempts);
  if (agrees($("answer").value, after) || attempts > 2) {
    const right = agrees($("answer").value, after);
    state.asked += 1;
    state.right += right && attempts === 1 ? 1 : 0;
    state.seen.add(index);
    show();
    $("waits").textContent = `${right ? "Right. " : ""}${$("waits").textContent} ${state.right} of ${state.asked} right at the first attempt.`;
    say($("waits").textContent);
    return;
  }
  const [rule, numbers] = texts(index);
  $("verdict").textContent = attempts === 1
    ? `Not that. The rule is ${rule}, starting from ${format(before)}.`
    : `Not that. With numbers: ${format(before)} + ${numbers.slice(0, numbers.lastIndexOf(" = "))}.`;
}
