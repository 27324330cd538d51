// The call handler's page. Everything here presses buttons that are on the page already, or keeps what was typed until
// the station has it. Without it the page works by its buttons.

const RETRY_S = [1, 2, 3, 5];
const SAVE_AFTER_MS = 900;

const room = document.querySelector("[data-triage-call]");
const line = document.querySelector("[data-triage-line]");
const work = () => document.getElementById("call-work");

// --- What is sent: one thing after another, each again and again until the station has answered. ---------------------
// A form carries a key of its own. The station adds what it gets under a key once, so sending again is harmless.

const waiting = [];
let sending = false;

function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
}

function put(item) {
  // Of several unsent states of the same notes only the newest matters; one that is on its way is left alone.
  const older = waiting.findIndex((one, n) => item.same && one.same === item.same && !(sending && n === 0));
  if (older >= 0) waiting.splice(older, 1);
  waiting.push(item);
  if (!sending) drain();
}

async function drain() {
  sending = true;
  room.classList.add("triage-sending");
  while (waiting.length) {
    let tries = 0;
    while (!(await attempt(waiting[0]))) {
      tell("lost", waiting[0]);
      await new Promise((done) => setTimeout(done, 1000 * RETRY_S[Math.min(tries, RETRY_S.length - 1)]));
      tries += 1;
    }
    waiting.shift();
  }
  sending = false;
  room.classList.remove("triage-sending");
  tell("kept");
}

// True when the station has answered for good, whatever it said.
async function attempt(item) {
  let answer, text;
  try {
    answer = await fetch(item.url, {
      method: "POST",
      headers: { "X-Triage-Part": "1", "Content-Type": "application/x-www-form-urlencoded" },
      body: item.body.toString(),
      signal: AbortSignal.timeout(15000),
    });
    text = await answer.text();
  } catch {
    return false;
  }
  if (answer.status >= 500 || answer.status === 429) return false;
  const signIn = answer.redirected && new URL(answer.url).pathname.startsWith("/account/");
  if (signIn || answer.status === 403 && text.includes("data-csrf-failure")) {
    tell("signed-out", item);
    await renew(item);
    return false;
  }
  item.after(answer, text);
  return true;
}

// After signing in again in another window the old form's token is of no use: take a new one from a fresh page.
async function renew(item) {
  try {
    const page = await (await fetch(location.href)).text();
    const token = new DOMParser().parseFromString(page, "text/html").querySelector("[data-triage-call] [name=csrfmiddlewaretoken]");
    if (!token) return;
    item.body.set("csrfmiddlewaretoken", token.value);
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token.value;
  } catch {
    // Still not to be reached; the next attempt says so.
  }
}

function tell(how, item) {
  const words = {
    lost: `The station cannot be reached. ${item?.words ?? "What you typed"} is kept on this page and is sent again by itself. Go on with the call; do not close this window.`,
    "signed-out": "You are signed out. Sign in again in another window; what you typed is kept here and is sent then.",
    kept: "",
  }[how];
  if (line.dataset.how === how) return;
  if (how === "kept" && line.dataset.how) line.textContent = "The station can be reached again. Everything is kept.";
  else line.textContent = words;
  line.classList.toggle("triage-line--lost", how !== "kept");
  line.dataset.how = how === "kept" ? "" : how;
}

addEventListener("beforeunload", (event) => {
  if (waiting.length || document.querySelector("[data-unsaved]")) event.preventDefault();
});

// --- Answers and steps ------------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-send]");
  if (!form || !room) return;
  event.preventDefault();
  if (form.dataset.sent) return; // pressed twice
  flushAll();
  form.dataset.sent = "yes";
  const body = new URLSearchParams(new FormData(form, event.submitter));
  form.setAttribute("aria-busy", "true");
  put({ url: form.action, body, words: "Your answer", after: show });
});

function show(answer, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("call-work");
  if (!fresh) {
    const said = page.querySelector("main h1")?.textContent.trim() ?? "The station did not take this.";
    const more = page.querySelector("main p.govuk-body")?.textContent.trim() ?? "";
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
    line.textContent = `${said} ${more}`;
    line.classList.add("triage-line--lost");
    line.dataset.how = "refused";
    return;
  }
  const typed = typingNow();
  const before = work().querySelector("[data-question]")?.dataset.question;
  work().replaceWith(document.adoptNode(fresh));
  window.htmx?.process(work());
  startParts(work());
  if (line.dataset.how === "refused") {
    line.dataset.how = "lost";
    tell("kept");
  }
  if (!typed) askFor(work(), before);
  document.dispatchEvent(new CustomEvent("triage:shown"));
}

function typingNow() {
  const at = document.activeElement;
  return at && !work().contains(at) && at.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
}

// The next thing to do gets the focus, so that a reader hears it and Tab goes on from there.
// A number is typed at once; choices are picked by key, for which the question has the focus.
function firstField(root) {
  const field = root.querySelector("[data-question] input:not([type=hidden])");
  return field?.inputMode === "numeric" ? field : null;
}

function askFor(root) {
  const place =
    root.querySelector(".govuk-form-group--error input, .govuk-form-group--error textarea") ||
    firstField(root) ||
    root.querySelector("#question") ||
    root.querySelector("[data-next]") ||
    root;
  place.focus({ preventScroll: false });
}

// --- Keys ---------------------------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const field = event.target.closest("input, textarea, select, [contenteditable]");
  const types = field && !["checkbox", "radio"].includes(field.type);
  if (event.key === "Escape" && room) {
    event.preventDefault();
    askFor(work());
    return;
  }
  if (types || document.body.querySelector("[data-keys=off]")) return;
  const key = event.key === "Enter" ? "enter" : event.key.toLowerCase();
  if (key === "enter" && event.target.closest("button, a, summary, input")) return;
  const fits = (name) => (one) => one.dataset[name]?.split(" ").includes(key) && one.offsetParent !== null;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const toggle = all("[data-toggle-key]").find(fits("toggleKey"));
  const press = all("[data-press]").find(fits("press"));
  const open = all("[data-open-key]").find(fits("openKey"));
  const go = all("[data-go]").find(fits("go"));
  if (!toggle && !press && !open && !go) return;
  event.preventDefault();
  if (toggle) {
    toggle.checked = !toggle.checked;
    toggle.dispatchEvent(new Event("change", { bubbles: true }));
    toggle.focus();
  } else if (press) press.click();
  else if (open) {
    open.open = true;
    open.querySelector("input:not([type=hidden]), textarea, select, button")?.focus();
  } else {
    const shut = go.closest("details");
    if (shut) shut.open = true;
    go.focus();
    go.scrollIntoView({ block: "nearest" });
  }
});

// A list of things to tick says on its button what pressing it will mean.
document.addEventListener("change", (event) => {
  const set = event.target.closest("[data-many]");
  if (!set) return;
  const ticked = set.querySelectorAll("input:checked").length;
  set.querySelector("[data-many-words]").textContent = ticked ? `These ${ticked === 1 ? "(1)" : `(${ticked})`}, and no other` : "None of these";
});

// --- Notes, who and where, THRIVE: kept by themselves ----------------------------------------------------------------

const timers = new Map();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (!form || !room) return;
  form.dataset.unsaved = "yes";
  say(form, "Typing…");
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), SAVE_AFTER_MS));
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (form && room && form.dataset.unsaved) save(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (!form || !room) return;
  event.preventDefault();
  form.dataset.unsaved = "yes";
  save(form);
});

function flushAll() {
  for (const form of document.querySelectorAll("form[data-unsaved]")) save(form);
}

function save(form) {
  clearTimeout(timers.get(form));
  if (!form.dataset.unsaved) return;
  delete form.dataset.unsaved;
  form.querySelector("[name=key]").value = freshKey();
  const body = new URLSearchParams(new FormData(form));
  say(form, "Keeping…");
  put({
    url: form.action,
    body,
    same: form.action,
    words: "What you typed",
    after: (answer, text) => {
      const part = new DOMParser().parseFromString(text, "text/html").querySelector("[data-kept]");
      say(form, part ? part.textContent.trim() : "Not kept. Check what you typed, or load the page again.");
    },
  });
}

function say(form, words) {
  const place = form.querySelector("[data-said]");
  if (place) place.textContent = words;
}

// --- The timer ----------------------------------------------------------------------------------------------------------

function tick() {
  for (const clock of document.querySelectorAll("[data-since]")) {
    const s = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.since) + skew) / 1000));
    const two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(s / 3600);
    clock.textContent = `${hours ? `${hours}:` : ""}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  }
}
const skew = room ? Date.parse(room.dataset.now) - Date.now() : 0;

function startParts(root) {
  if (!root) return;
  tick();
}

document.body.classList.add("triage-scripted");
startParts(document.body);
setInterval(tick, 1000);
if (room && !document.querySelector(".govuk-error-summary")) askFor(work());
