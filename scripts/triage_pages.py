"""Write the tables of docs/triage-*.md that the program holds: facts, timers, columns of a log, published figures.

`--check` only compares. A developer's tool, no part of backbeat.

.venv/bin/python scripts/triage_pages.py
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from backbeat.rulebook.values import Shape
from backbeat.triage.model import Gate
from backbeat.triage.policies import Group, Policy, open_policies
from backbeat.triage.simulation.call_log import COLUMNS
from backbeat.triage.simulation.recipe import PublishedFigure, published_figures

DOCS = Path(__file__).resolve().parents[1] / "docs"
_PART = re.compile(r"(<!-- made by scripts/triage_pages\.py: (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
_GATES = {
    Gate.CRIME: "Crime",
    Gate.RISK: "Risk to life, serious harm",
    Gate.DUTY: "Duty taken on",
    Gate.SCOPE: "Scope",
    Gate.STRAND: "Kind of call",
    Gate.PARTNER: "Partner",
    Gate.REPEAT: "Repeat calls",
}


def national() -> Policy:
    """The packaged policy."""
    return tuple(open_policies())[-1]


def facts() -> Iterator[str]:
    """Every fact in the order it is asked: its question, its words, and where the question comes from."""
    policy = national()
    yield from ("| Fact | Asked as | Takes | Source |", "| --- | --- | --- | --- |")
    gate: Gate | None = None
    for group in policy.groups.values():
        if group.gate is not gate:
            gate = group.gate
            yield f"| **{_GATES[gate]}** | | | |"
        for fact in group.facts:
            source = f"`{group.source.document}` {group.source.page}"
            yield f"| `{fact}` | {_asked(policy, group, fact)} | {_takes(policy, fact)} | {source} |"


def _asked(policy: Policy, group: Group, fact: str) -> str:
    texts = {row["fact"]: row["text"] for row in policy.edition.lists["questions"].rows}
    if texts[fact]:
        return f"{group.text} *{texts[fact]}*" if len(group.facts) > 1 else texts[fact]
    setting = [one.words for one in group.choices if any(name == fact and word == "yes" for name, word in one.sets)]
    if len(group.facts) > 1 and setting:
        return f"{group.text} *{' · '.join(setting)}*"
    return f"{group.text} *{group.help}*" if group.help else group.text


def _takes(policy: Policy, fact: str) -> str:
    type_ = policy.types[fact]
    if type_.shape is not Shape.INT:
        return ", ".join(f"`{word}`" for word in (*type_.choices, "unknown"))
    least = "0" if type_.low is None else str(type_.low)
    most = "" if type_.high is None else f" to {type_.high:,}"
    return f"whole number, {least}{most or ' or more'}; `unknown`"


def columns() -> Iterator[str]:
    """The columns of a log of calls."""
    yield from ("| Column | Holds |", "| --- | --- |")
    for name, words in COLUMNS.items():
        yield f"| `{name}` | {words} |"


def figures() -> Iterator[str]:
    """The published figures, with what each is used for and what speaks against it."""
    yield from ("| Published | Used | From | Year | What speaks against it |", "| --- | --- | --- | --- | --- |")
    known = published_figures()
    for one in known.values():
        unit = "%" if one.unit == "per cent" else one.unit
        used = f"a month is fitted to it, within {one.within}" if one.within else _USES[one.use]
        source, caveat = (_said(text, name, known) for text, name in ((one.source, "source"), (one.caveat, "caveat")))
        yield f"| {one.value:,} {unit}: {one.per} | {used} | {source} | {one.date} | {caveat} |"


_USES = {"checked": "not fitted; a test says how far a month lies from it", "context": "shown, used for nothing"}


def _said(text: str, name: str, known: Mapping[str, PublishedFigure]) -> str:
    """`as met-before` stands for what stands there."""
    other = known.get(text.removeprefix("as "))
    if other is not None and text.startswith("as "):
        return str(getattr(other, name))
    return text


def timers() -> Iterator[str]:
    """Times of the national policy, and the longest a force may set."""
    policy = national()
    yield from ("| Timer | Minutes | At most | Why |", "| --- | --- | --- | --- |")
    why = {row.id: row.why for row in policy.edition.tables["timers"].rows}
    for row in policy.edition.lists["timer_limits"].rows:
        timer = row["timer"]
        yield f"| `{timer}` | {policy.minutes(timer)} | {row['most']} | {why[timer]} |"


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "facts": facts, "columns": columns, "figures": figures, "timers": timers
}  # fmt: skip
PAGES = ("triage-facts.md", "triage-policy.md", "triage-simulation.md")


def page(text: str) -> str:
    """A page with its parts made anew."""
    return _PART.sub(lambda found: f"{found[1]}{chr(10).join(PARTS[found[2]]())}\n{found[3]}", text)


def main(arguments: list[str]) -> int:
    """Write or compare; 1 if a page differs."""
    stale = 0
    for path in (DOCS / name for name in PAGES):
        text = path.read_text("utf-8")
        if arguments == ["--check"]:
            stale |= text != page(text)
        else:
            path.write_text(page(text), "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
