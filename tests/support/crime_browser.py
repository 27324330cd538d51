"""The crime desk in a real Chromium, on a real station: what acceptance tests share. Nobody in them exists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, expect
from station_server import PASSWORD, Station

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
STAFF = (
    ("recorder", ["crime-recorder"], "North", "CR 21 Doyle"),
    ("registrar", ["force-crime-registrar"], "", "FCR Imre"),
    ("supervisor", ["supervisor"], "North", "PS 9 Ode"),
)
ORDINARY = {
    "amounts_to_crime": "yes",
    "anything_taken": "yes",
    "damage_owner": "another",
    "damage_to": "other",
    "injury": "minor",
    "points_to_prove": "yes",
    "reported_by": "victim",
    "theft_force": "none",
    "theft_from_person": "yes",
    "theft_place": "elsewhere",
    "victim_role": "other",
}


@dataclass
class Sitting:
    """Somebody's hands and eyes."""

    page: Page
    station: Station
    scripted: bool = True
    """Whether the window runs the pages' own scripts."""
    violations: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.station.url + path)

    def look(self, state: str) -> None:
        """Have axe look at the page as it stands, and measure that nothing runs over."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run()")["violations"]
        self.violations += [f"{state}: {v['id']} {[node['html'][:120] for node in v['nodes']]}" for v in found]
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            self.violations.append(f"{state}: runs {over} px over")

    def sign_in(self, username: str) -> None:
        self.go("/account/login/")
        self.page.get_by_label(re.compile("user name", re.I)).fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.locator("main button.govuk-button").click()
        expect(self.page.locator(".bb-account")).to_be_visible()

    @property
    def current(self) -> str:
        """Key of the question asked now; empty when there is none."""
        shown = self.page.locator("[data-question] [name^='answer-']")
        return shown.first.get_attribute("name").removeprefix("answer-") if shown.count() else ""

    def choices(self) -> list[tuple[str, str]]:
        """What can be picked now, with the key of each."""
        buttons = self.page.locator("[data-question] .crime-choices button")
        return [
            (buttons.nth(n).get_attribute("value") or "", buttons.nth(n).get_attribute("data-press") or "")
            for n in range(buttons.count())
        ]

    def wanted(self, answers: Mapping[str, str]) -> str:
        """What to say: by key, by fact, else no, else the first."""
        key = self.current
        values = [value for value, _key in self.choices()]
        said = answers.get(key) or answers.get(key.partition("|")[2])
        return said or ("no" if "no" in values else values[0] if values else "30")

    def choose(self, value: str) -> None:
        """Press the button of one choice, and wait for the server's answer."""
        before = self.current
        button = self.page.locator(f"[data-question] .crime-choices button[value='{value}']")
        if self.scripted:
            button.click()
            self.wait_for_another(before)
        else:  # a click returns before the next page is there
            with self.page.expect_navigation():
                button.click()

    def wait_for_another(self, before: str) -> None:
        """Until the server has answered and another question, or none, is shown."""
        self.page.wait_for_function(
            "before => { const e = document.querySelector(\"[data-question] [name^='answer-']\");"
            " return document.readyState === 'complete' && (!e || e.name !== 'answer-' + before) }",
            arg=before,
        )

    def answer_by_keys(self, answers: Mapping[str, str] = ORDINARY) -> int:
        """Answer until nothing is asked, with the keyboard only; how many keys it took."""
        self.page.locator(".crime-panel").wait_for()
        pressed = 0
        for _ in range(90):
            key = self.current
            if not key:
                return pressed
            # A person sees the question before pressing a key; a script may be faster than the page's own.
            self.page.wait_for_load_state("load")
            value = self.wanted(answers)
            press = dict(self.choices()).get(value)
            if press:
                same = self.page.locator("[data-question] [name=same]")
                if same.count() and f"allegation:a1|{key.partition('|')[2]}" not in answers:
                    self.page.keyboard.press("s")
                    pressed += 1
                self.page.keyboard.press(press)
            else:
                self.page.keyboard.type(value)
                self.page.keyboard.press("Enter")
            pressed += 1
            self.wait_for_another(key)
        raise AssertionError("the questions never end")

    def answer_by_buttons(self, answers: Mapping[str, str] = ORDINARY) -> None:
        """Answer until nothing is asked, pressing buttons; works without JavaScript too."""
        self.page.locator(".crime-panel").wait_for()  # an earlier click may still be fetching the page
        for _ in range(90):
            if not self.current:
                return
            self.choose(self.wanted(answers))
        raise AssertionError("the questions never end")
