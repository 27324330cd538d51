// The redaction desk in the browser: keyboard, drawing boxes, marking words, signs of life.
// Everything here only presses buttons that are on the page already; without it the page works by those buttons.

const page = document.querySelector("[data-redaction-page]");

if (page) {
  keyboard(page);
  keepPlace(page);
  for (const canvas of page.querySelectorAll("svg[data-draw]")) drawing(canvas);
  for (const passage of page.querySelectorAll("[data-passage]")) marking(passage);
  signsOfLife(page.dataset.activity);
}

// J and K go from place to place, A accepts, R redacts, X keeps, U undoes, N and P turn the page, D draws.
function keyboard(root) {
  const items = [...root.querySelectorAll("[data-item]")];
  const remembered = Number(sessionStorage.getItem(`item:${location.pathname}${location.search}`));
  let current = remembered > 0 && remembered < items.length ? remembered : firstOpen(items);

  const show = (focus) => {
    items.forEach((item, index) => item.classList.toggle("redaction-item--current", index === current));
    const item = items[current];
    if (!item) return;
    for (const shape of root.querySelectorAll("[data-mention]")) {
      shape.classList.toggle("redaction-box--current", shape.dataset.mention === item.dataset.item);
    }
    if (focus) {
      (item.querySelector("button") || item).focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    }
    sessionStorage.setItem(`item:${location.pathname}${location.search}`, String(current));
  };
  const choose = (index, focus = true) => {
    if (index < 0 || index >= items.length) return;
    current = index;
    show(focus);
  };
  const press = (selector, within = items[current]) => within?.querySelector(selector)?.click();

  for (const shape of root.querySelectorAll("[data-mention]")) {
    const pick = () => choose(items.findIndex((item) => item.dataset.item === shape.dataset.mention));
    shape.addEventListener("click", pick);
    shape.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick();
      }
    });
  }
  items.forEach((item, index) => item.addEventListener("focusin", () => choose(index, false)));

  const keys = {
    j: () => choose(current + 1),
    k: () => choose(current - 1),
    a: () => press("[data-key=a]"),
    r: () => press("[data-key=r]"),
    x: () => press("[data-key=x]"),
    u: () => press("[data-key=u]", root),
    n: () => press("[data-key=n]", root),
    p: () => press("[data-key=p]", root),
    d: () => press("[data-key=d]", root),
  };
  // Decided here: the page comes back at the next place.
  document.addEventListener("submit", (event) => {
    if (items[current]?.contains(event.target) && current + 1 < items.length) {
      sessionStorage.setItem(`item:${location.pathname}${location.search}`, String(current + 1));
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key.toLowerCase()];
    if (act) {
      event.preventDefault();
      act();
    }
  });
  show(false);
}

function firstOpen(items) {
  const open = items.findIndex((item) => item.dataset.state === "open");
  return open < 0 ? 0 : open;
}

// After a decision the page comes back where it was left, and the list beside it too.
function keepPlace(root) {
  const key = `place:${location.pathname}${location.search}`;
  const list = root.querySelector(".redaction-list");
  const [y, inside] = JSON.parse(sessionStorage.getItem(key) || "[0, 0]");
  sessionStorage.removeItem(key);
  if (y) scrollTo(0, y);
  if (list && inside) list.scrollTop = inside;
  document.addEventListener("submit", () => {
    sessionStorage.setItem(key, JSON.stringify([scrollY, list?.scrollTop || 0]));
  });
}

// Drag on the page to draw a box; arrows move the box in the form, with Shift they size it.
function drawing(canvas) {
  const form = document.querySelector("[data-draw-form]");
  if (!form) return;
  const sketch = canvas.querySelector("[data-sketch]");
  const field = (name) => form.elements.namedItem(name);
  let from = null;
  let drawn = false;

  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(canvas.getScreenCTM().inverse());
    return { x: point.x, y: point.y };
  };
  const put = (x, y, width, height) => {
    const values = { x, y, width, height };
    for (const name of Object.keys(values)) {
      field(name).value = values[name].toFixed(1);
      sketch.setAttribute(name, values[name]);
    }
    sketch.removeAttribute("hidden");
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-mention]") || event.button !== 0) return;
    from = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event);
    put(Math.min(from.x, to.x), Math.min(from.y, to.y), Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  });
  canvas.addEventListener("pointerup", () => {
    drawn = from !== null && Number(field("width").value) > 2 && Number(field("height").value) > 2;
    from = null;
    if (drawn) {
      form.closest("details").open = true;
      field("kind").focus();
    }
  });
  const follow = () => {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(field(name).value));
    if (width > 0 && height > 0) put(x, y, width, height);
  };
  form.addEventListener("input", follow);
  const nudge = form.querySelector("[data-nudge]");
  nudge.hidden = false;
  form.closest("details").addEventListener("toggle", (event) => {
    if (!event.target.open || drawn) return;
    const box = canvas.viewBox.baseVal;
    if (!Number(field("width").value)) put(box.width / 2 - 60, box.height / 2 - 10, 120, 20);
    nudge.focus();
  });
  nudge.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [first, second] = event.shiftKey ? ["width", "height"] : ["x", "y"];
    field(first).value = Math.max(0, Number(field(first).value) + step[0]);
    field(second).value = Math.max(0, Number(field(second).value) + step[1]);
    follow();
  });
}

// Select words in a passage to mark exactly that place.
function marking(passage) {
  const form = document.querySelector("[data-draw-form]");
  if (!form) return;
  const offset = (node, inside) => {
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    return piece && passage.contains(piece) ? Number(piece.dataset.start) + inside : null;
  };
  passage.addEventListener("mouseup", () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return;
    form.elements.namedItem("start").value = start;
    form.elements.namedItem("end").value = end;
    form.elements.namedItem("words").value = selection.toString();
    form.closest("details").open = true;
  });
  form.closest("details").addEventListener("toggle", (event) => {
    if (event.target.open) form.elements.namedItem("words").focus();
  });
  form.elements.namedItem("words").addEventListener("input", () => {
    form.elements.namedItem("start").value = "";
    form.elements.namedItem("end").value = "";
  });
}

// Only while somebody moves, types or scrolls: a page left open on a desk is no work.
function signsOfLife(url) {
  if (!url) return;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  let alive = false;
  for (const kind of ["keydown", "pointermove", "pointerdown", "wheel", "scroll"]) {
    document.addEventListener(kind, () => (alive = true), { passive: true, capture: true });
  }
  setInterval(() => {
    if (!alive || document.hidden || !token) return;
    alive = false;
    fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
  }, 20_000);
}
