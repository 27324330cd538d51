// The board asks every ten seconds what has changed (htmx, the line above it). The lines themselves are drawn afresh only
// while nobody reads them: otherwise a link says how many calls changed, and whoever reads decides when.

const QUIET_MS = 20000;
const AT_TOP_PX = 40;
let touched = 0;

for (const event of ["keydown", "pointerdown", "pointermove", "wheel", "touchmove"]) {
  addEventListener(event, () => (touched = Date.now()), { passive: true });
}

function isRead(board) {
  const focused = board.contains(document.activeElement);
  const selecting = String(getSelection()) !== "";
  return document.hidden || focused || selecting || scrollY > AT_TOP_PX || Date.now() - touched < QUIET_MS;
}

document.addEventListener("htmx:afterSwap", (event) => {
  const board = document.getElementById("board");
  const pulse = document.getElementById("board-pulse");
  if (!board || !pulse || event.detail.target === board) return;
  if (Number(pulse.dataset.changed) > 0 && !isRead(board)) {
    htmx.ajax("GET", location.href, { target: "#board", select: "#board", swap: "outerHTML" });
  }
});

document.body.classList.add("triage-scripted");
