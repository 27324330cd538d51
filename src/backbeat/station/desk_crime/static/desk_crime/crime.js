// The crime desk in the browser: keys, the list that shortens, typing that survives. Everything here only presses
// buttons that are on the page already or hides what was not asked for; without it the pages work by those buttons.

// Y, N, U and digits answer; Z undoes; R records. A letter typed into a field is a letter.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const field = event.target.closest("input, textarea, select, [contenteditable]");
  if (field && !["checkbox", "radio"].includes(field.type)) {
    if (event.key === "Enter" && field.matches("[data-search]")) {
      event.preventDefault();
      field.closest("form").querySelector("[data-search-button]").click();
    }
    return;
  }
  const key = event.key.toLowerCase();
  // On a row of the flags the keys answer that row and go to the next; no other key does anything there.
  const row = event.target.closest("[data-flag]");
  if (row) {
    const picked = row.querySelector(`[data-pick="${key}"]`);
    if (!picked) return;
    event.preventDefault();
    picked.checked = true;
    const next = row.nextElementSibling;
    (next.matches("[data-flag]") ? next.querySelector("input") : next).focus();
    return;
  }
  const button = [...document.querySelectorAll("[data-crime-work] [data-press]")].find((one) => one.dataset.press === key);
  if (button) {
    event.preventDefault();
    button.click();
  }
});

// Flags picked and not kept yet would be lost by recording.
document.addEventListener("submit", (event) => {
  const flags = document.querySelector("[data-flags]");
  if (!event.target.matches("[data-record]") || !flags) return;
  if (![...flags.elements].some((one) => one.checked !== one.defaultChecked || (one.inputMode === "numeric" && one.value !== one.defaultValue))) return;
  event.preventDefault();
  flags.querySelector("[data-flags-unkept]").hidden = false;
  flags.querySelector("button").focus();
});

// After the server has answered: the next question gets the focus, so that a reader hears it and Tab goes on from it.
document.addEventListener("htmx:afterSwap", (event) => {
  const root = document.querySelector("[data-crime-work]");
  if (!root || event.detail.target?.id !== "crime-work") return;
  askFor(root);
});

function askFor(root) {
  const wrong = root.querySelector(".govuk-form-group--error input, .govuk-form-group--error button");
  const field = root.querySelector("[data-question] input:not([type=hidden]):not([type=radio]):not([type=checkbox])");
  const place = wrong || field || root.querySelector("#question");
  place?.focus({ preventScroll: !wrong });
}
const work = document.querySelector("[data-crime-work]");
if (work && !document.querySelector(".govuk-error-summary, .govuk-notification-banner")) askFor(work);

// The server could not be asked: say so, and keep what was typed where it is.
document.addEventListener("htmx:sendError", () => complain("The station could not be reached. Nothing was lost; try again."));
document.addEventListener("htmx:responseError", () => complain("The station did not take this. Load the page again to see why."));

function complain(words) {
  const place = document.querySelector("[data-crime-work] [role=status]");
  if (!place) return;
  place.classList.remove("govuk-visually-hidden");
  place.classList.add("govuk-error-message");
  place.textContent = words;
}

// A long list shortened by typing.
for (const box of document.querySelectorAll("[data-filter]")) {
  const list = document.querySelector(box.dataset.filter);
  box.closest("[data-filter-room]").hidden = false;
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of list.querySelectorAll("[data-filter-group]")) {
      let shown = 0;
      const heading = group.querySelector("legend").textContent.toLowerCase();
      for (const item of group.querySelectorAll("[data-filter-item]")) {
        const text = `${heading} ${item.textContent.toLowerCase()}`;
        const fits = words.every((word) => text.includes(word)) || item.querySelector("input").checked;
        item.hidden = !fits;
        shown += fits;
      }
      group.hidden = !shown;
    }
  });
  // Enter in the filter goes to the first that fits, and sends nothing.
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    list.querySelector("[data-filter-item]:not([hidden]) input")?.focus();
  });
}

// Leaving a form with something typed asks first.
for (const form of document.querySelectorAll("form[data-keep]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
