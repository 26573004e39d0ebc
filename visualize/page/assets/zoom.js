/** How large the picture is: it opens so that it can be read, and is zoomed with buttons, keys, a wheel or two fingers. */

const LEGIBLE = () => (state.view === NETWORK ? 0.84 : 0.901); // of its own size, where the smallest letters have 10.8 px, and those at an edge 10: so they have 9
const LARGEST = 3;
const STEP = 1.25;

let own = [1, 1]; // the width and height of the picture itself
let scale = 1;
let whole = false; // whether all of it is shown, however small

/** The whole picture where it can be read so, not much above its own size; else as small as it can be read. */
function openPicture(width, height) {
  own = [width, height];
  whole = false;
  zoom(Math.min(state.view === NETWORK ? 1.3 : 1, Math.max(LEGIBLE(), fitting())));
}

/** The size at which all of the picture is seen. */
function fitting() {
  const { clientWidth, clientHeight } = $("picture");
  return Math.min((clientWidth - 4) / own[0], (clientHeight - 4) / own[1]);
}

/** Show the picture at this part of its own size; the point of the screen stays over the same point of the picture. */
function zoom(to, [x, y] = middle()) {
  const frame = $("picture");
  const box = frame.getBoundingClientRect();
  const [left, top] = [x - box.left, y - box.top];
  const at = [(frame.scrollLeft + left) / scale, (frame.scrollTop + top) / scale];
  scale = to;
  const svg = frame.querySelector("svg");
  svg.setAttribute("width", own[0] * scale);
  svg.setAttribute("height", own[1] * scale);
  frame.scrollLeft = at[0] * scale - left;
  frame.scrollTop = at[1] * scale - top;
  $("fit").setAttribute("aria-pressed", String(whole));
}

function middle() {
  const { left, top, width, height } = $("picture").getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}

/** Zoom by a factor, no further than the whole picture or a few times its size. */
function zoomBy(factor, at) {
  whole = false;
  zoom(Math.min(LARGEST, Math.max(Math.min(fitting(), LEGIBLE()), scale * factor)), at);
}

/** All of the picture, or as it was opened. */
function showWhole(on) {
  if (!on) {
    openPicture(...own);
    bringIntoView();
    return;
  }
  whole = true;
  zoom(Math.min(1, fitting()));
}

function beginZoom() {
  const frame = $("picture");
  $("fit").addEventListener("click", () => showWhole(!whole));
  $("larger").addEventListener("click", () => zoomBy(STEP));
  $("smaller").addEventListener("click", () => zoomBy(1 / STEP));
  window.addEventListener("resize", () => { if (whole) showWhole(true); });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // without them it scrolls; two fingers on a pad come with Ctrl
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 300), [event.clientX, event.clientY]);
  }, { passive: false });
  let grip = null; // where a drag began
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("[role=button], button")) return;
    grip = [event.clientX + frame.scrollLeft, event.clientY + frame.scrollTop];
    frame.setPointerCapture(event.pointerId);
    frame.classList.add("dragged");
  });
  frame.addEventListener("pointermove", (event) => {
    if (grip) [frame.scrollLeft, frame.scrollTop] = [grip[0] - event.clientX, grip[1] - event.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) {
    frame.addEventListener(end, () => {
      grip = null;
      frame.classList.remove("dragged");
    });
  }
  let apart = 0; // how far two fingers were apart
  frame.addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const [a, b] = event.touches;
    const now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    if (apart) zoomBy(now / apart, [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2]);
    apart = now;
  }, { passive: false });
  for (const end of ["touchend", "touchcancel"]) frame.addEventListener(end, () => { apart = 0; });
}
