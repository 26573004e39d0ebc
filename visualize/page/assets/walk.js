/** Moving through the steps, and predicting the next. */

function go(index, keep = true) {
  const from = state.step;
  state.step = Math.max(0, Math.min(steps.length - 1, index));
  const left = listUnanswered(from, state.step);
  show();
  if (left.length) {
    $("unanswered").textContent = left.length > 1 ? `${left.length} questions were left unanswered, from step ${left[0] + 1} on.` : `The question of step ${left[0] + 1} was left unanswered.`;
  }
  if (state.step !== from) travel();
  if (keep) writeAddress();
}

/** The steps whose questions are passed over on the way to another one; on the way back that which is left. */
function listUnanswered(from, to) {
  if (to < from) return !$("guess").hidden && mustAsk(from) ? [from] : [];
  return steps.slice(from, to).map((_, i) => from + i).filter(mustAsk);
}

const PAUSE = 400; // milliseconds between two addresses: browsers refuse a page that writes many, and each takes them long
let pausing = null;
let isLate = false; // whether something changed in the pause

/** Write the address at once, or after the pause. */
function writeAddress() {
  isLate = pausing !== null;
  if (isLate) return;
  putAddress();
  pausing = setTimeout(() => {
    pausing = null;
    if (isLate) writeAddress();
  }, PAUSE);
}

const STEP_KEY = "step", VIEW_KEY = "view", SAMPLE_KEY = "sample";

/** What a leaf is called in the address: by its name, unless that means something else there. */
const keyOf = (i) => ([STEP_KEY, VIEW_KEY, SAMPLE_KEY].includes(graph.nodes[i].name) ? `leaf ${graph.nodes[i].name}` : graph.nodes[i].name);

/** The sample that is shown at a step if no other one is chosen. */
const usualSample = () => (network && sampleOfStep(steps[state.step])) ?? 0;

/** Keep what was chosen and changed in the address, so that it can be sent to somebody. */
function putAddress() {
  const changed = DATA.leaves.filter((i) => graph.values[i] !== given.values[i]);
  const parts = [[STEP_KEY, state.step + 1], ...(state.view === DATA.opening ? [] : [[VIEW_KEY, state.view]]),
    ...(state.sample === usualSample() ? [] : [[SAMPLE_KEY, state.sample + 1]]), ...changed.map((i) => [keyOf(i), graph.values[i]])];
  try {
    history.replaceState(null, "", `#${parts.map((pair) => pair.map(encodeURIComponent).join("=")).join("&")}`);
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

/** Show what an address asks for: numbers, view, step and sample; what it cannot mean is left out. */
function fromAddress() {
  if (!location.hash.includes("=")) return; // a place in the page, or nothing
  const asked = new Map();
  for (const part of location.hash.slice(1).split("&")) {
    try {
      const [name, text = ""] = part.split("=").map(decodeURIComponent);
      asked.set(name, text);
    } catch { // no name that could be decoded
    }
  }
  const number = (key) => readNumber(asked.get(key) ?? "").value;
  const changes = DATA.leaves.map((i) => [i, number(keyOf(i)) ?? given.values[i]]).filter(([i, value]) => value !== graph.values[i]);
  if (changes.length) attempt(changes);
  const view = listViews().includes(asked.get(VIEW_KEY)) ? asked.get(VIEW_KEY) : DATA.opening;
  if (view !== state.view) goTo(view);
  if (Number.isInteger(number(STEP_KEY))) go(number(STEP_KEY) - 1);
  const sample = number(SAMPLE_KEY) - 1;
  showSample(network && sample in network.samples ? sample : usualSample());
  refresh(mustAsk(state.step));
  writeAddress();
}

/** Predictions begin where the backward pass does, if it has been walked to its end. */
function beginPredicting() {
  state.seen.clear();
  if ($("predict").checked && state.step === steps.length - 1) go(DATA.forward.length);
  else show();
}

function mustAsk(index) {
  const step = steps[index];
  return $("predict").checked && !state.recursive && !step.forward && step.node !== null && !fails(index) && !state.seen.has(index);
}

function ask(index) {
  const step = steps[index];
  const node = graph.nodes[step.node];
  const parent = graph.nodes[step.parent];
  $("question").textContent = fill("question", { node: node.name, parent: parent.name, gradient: parent.gradient });
  $("answer").value = "";
  $("guess").dataset.attempts = "0";
  say($("question").textContent);
}

const RIGHT_ANSWER = "right";
const MORE_DIGITS = "digits";
const NO_NUMBER = "no number";
const WRONG_ANSWER = "wrong";

/** What an answer is worth: right to the digits that were typed, of which there should be two. */
function judgeAnswer(answer, value) {
  const text = answer.trim().replace("−", "-").replace(",", ".");
  const found = /^[-+]?(\d+\.?(\d*)|\.(\d+))(?:e([-+]?\d+))?$/i.exec(text);
  if (!found) return NO_NUMBER;
  const decimals = (found[2] || found[3] || "").length;
  const unit = 10 ** (Number(found[4] || 0) - decimals);
  const error = Math.abs(Number(text) - value);
  if (Number(text) === 0 && value !== 0) return WRONG_ANSWER; // however small: it has no digit that is right
  if (error > 0.5 * unit * (1 + 1e-9)) return WRONG_ANSWER;
  return error <= 0.02 * Math.abs(value) ? RIGHT_ANSWER : MORE_DIGITS;
}

function judge(event) {
  event.preventDefault();
  const index = state.step;
  const numbers = numbersOf(index);
  const before = format(numbers.before);
  const answer = $("answer").value;
  const worth = judgeAnswer(answer, numbers.after);
  const [rule] = texts(index);
  const hints = [fill("rule", { rule, before }), fill("with numbers", { before, numbers: putIn(numbers) })];
  const told = Number($("guess").dataset.attempts); // hints that were given
  if (worth === MORE_DIGITS) {
    $("verdict").textContent = `${fill("more digits")}.`;
    $("answer").select();
    return;
  }
  if (worth === NO_NUMBER && answer.trim().toLowerCase() !== "hint") {
    $("verdict").textContent = `${fill("no number")}.`;
    $("answer").select();
    return;
  }
  if (worth === RIGHT_ANSWER || told === hints.length) {
    state.asked += 1;
    state.right += worth === RIGHT_ANSWER && told === 0 ? 1 : 0;
    state.seen.add(index);
    show();
    const hint = `It is ${format(numbers.after)}.`;
    const verdict = worth === RIGHT_ANSWER ? fill("right") : worth === WRONG_ANSWER ? fill("not that", { hint }) : hint;
    $("waits").textContent = `${verdict} ${$("waits").textContent} ${state.right} of ${state.asked} ${fill("first attempt")}.`;
    say($("waits").textContent);
    $("next").focus();
    return;
  }
  $("guess").dataset.attempts = String(told + 1);
  $("verdict").textContent = worth === WRONG_ANSWER ? fill("not that", { hint: hints[told] }) : hints[told];
  $("answer").select();
}
