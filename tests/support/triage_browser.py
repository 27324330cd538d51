"""The triage desk in a real Chromium, on a real station: what its acceptance tests share. Nobody in them exists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crime_browser import Sitting
from playwright.sync_api import expect

STAFF = (
    ("handler", ["call-handler"], "", "CH 31 Quill"),
    ("control", ["control-room-supervisor"], "", "PS 8 Dace"),
)
SAFE_WALK_OUT = {
    "crime": "4", "risk": "3", "duty": "Enter", "strand": "2", "location": "1", "capacity": "1", "detained": "2",
    "child": "2", "enquiries": "1", "planned": "2", "medical": "2", "police_need": "2", "partner": "1", "repeat": "=1",
}  # fmt: skip
"""Group → key; `=` means typed into its field and sent with Enter."""


@dataclass
class Desk(Sitting):
    """A call handler's hands and eyes."""

    @property
    def group(self) -> str:
        """The question that is asked now; empty when there is none."""
        shown = self.page.locator("[data-question]")
        return (shown.first.get_attribute("data-question") or "") if shown.count() else ""

    @property
    def stands(self) -> str:
        """What the largest words of the page say, as an id."""
        return self.page.locator("[data-outcome]").get_attribute("data-outcome") or ""

    def _state(self) -> str:
        return self.page.locator("#call-work").get_attribute("data-revision") or ""

    def after(self, act) -> None:
        """Do something that sends a step, and wait until what it brings is there."""
        before = self._state()
        act()
        self.page.wait_for_function(
            "before => { const e = document.getElementById('call-work');"
            " return document.readyState === 'complete' && e && e.dataset.revision !== before }",
            arg=before,
        )

    def press(self, key: str) -> None:
        """A key that sends a step."""
        self.after(lambda: self.page.keyboard.press(key))

    def new_call(self) -> None:
        """From anywhere at the desk, by keys."""
        self.go("/triage/calls/")
        expect(self.page.locator("body.triage-scripted")).to_be_visible()
        self.page.keyboard.press("n")
        self.page.wait_for_url(re.compile(r"/triage/calls/[0-9a-f-]{36}/$"))
        expect(self.page.locator("body.triage-scripted [data-question]")).to_be_visible()

    def write_about(self, **fields: str) -> None:
        """Who and where, by keys alone: W goes there, Tab on, Escape back; then wait until it is kept."""
        self.page.keyboard.press("w")
        for name in ("person", "place", "number"):
            self.page.keyboard.type(fields.get(name, ""))
            self.page.keyboard.press("Tab")
        expect(self.page.locator("form[action$='keep/about/'] [data-said]")).to_contain_text("Kept")
        self.page.keyboard.press("Escape")

    def answer_by_keys(self, keys: Mapping[str, str] = SAFE_WALK_OUT) -> int:
        """Answer until nothing is asked, with the keyboard only; how many questions it took."""
        for asked in range(20):
            group = self.group
            if not group:
                return asked
            key = keys[group]
            if key.startswith("="):
                self.page.keyboard.type(key[1:])
                self.press("Enter")
            else:
                self.press(key)
        raise AssertionError("the questions never end")

    def type_into(self, go: str, *words: str) -> None:
        """Go to a field by its key, type, and on with Tab; Enter sends the last."""
        self.page.keyboard.press(go)
        for word in words[:-1]:
            self.page.keyboard.type(word)
            self.page.keyboard.press("Tab")
        self.page.keyboard.type(words[-1])
        self.press("Enter")
