"""Policies by date: the packaged national edition, and the versions a force has signed over it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from backbeat.rulebook import Edition, Shelf
from backbeat.rulebook.values import Shape, ValueType
from backbeat.triage.model import Choice, Gate, Source, Strand

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["CORE_TABLES", "Group", "Policy", "PolicyShelf", "open_policies"]

PACKAGED = Path(__file__).parent / "data"
CORE_TABLES = ("gate_crime", "gate_risk", "gate_duty", "gate_repeat")
"""Gates no force may edit; nor may it what is owed (`duties`) and what the caller is told (`statements`)."""
_MINUTES = ValueType(Shape.INT, low=0, high=10_080)
NUMBERS: Mapping[str, ValueType] = {
    "ambulance_eta_minutes": _MINUTES,
    "risk_window_minutes": _MINUTES,
    "partner_eta_minutes": _MINUTES,
}
"""Facts no table asks for as they are: times from which the engine derives one."""
TRIS: Mapping[str, ValueType] = {"ambulance_accepted": ValueType.parse("tri")}
DERIVED = frozenset({"ambulance_in_time", "partner_in_time"})
"""Facts nobody gives."""
_NOT_OF_A_CALL = frozenset({"agencies", "timers", "statements", "duties"})


@dataclass(frozen=True, slots=True)
class Group:
    """Facts asked for together, and the words they are asked in."""

    id: str
    order: int
    gate: Gate
    kind: str
    """`one`, `many` or `fields`; see `Question.kind`."""
    text: str
    help: str
    facts: tuple[str, ...]
    choices: tuple[Choice, ...]
    source: Source


class Policy:
    """One version of the policy. Immutable; share it."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    @property
    def id(self) -> str:
        """`rcrp-national-2026`, or that with `+` and the id of the force's version."""
        return self.edition.id

    @property
    def hash(self) -> str:
        """Of every table and list of it."""
        return self.edition.hash

    @cached_property
    def types(self) -> Mapping[str, ValueType]:
        """Every fact of a call that may be given, and its type."""
        found: dict[str, ValueType] = {**NUMBERS, **TRIS}
        for table in self.edition.tables.values():
            if table.id not in _NOT_OF_A_CALL:
                found |= {input_.name: input_.type for input_ in table.inputs if input_.name not in DERIVED}
        return dict(sorted(found.items()))

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """Questions by group, in the order they are asked."""
        facts: dict[str, list[str]] = {}
        for row in self.edition.lists["questions"].rows:
            facts.setdefault(row["group"], []).append(row["fact"])
        choices: dict[str, list[Choice]] = {}
        for row in self.edition.lists["choices"].rows:
            sets = tuple((name, word) for name, _, word in (one.partition("=") for one in row["sets"].split()))
            choices.setdefault(row["group"], []).append(Choice(row["choice"], row["words"], sets))
        gates = list(Gate)
        rows = sorted(
            self.edition.lists["groups"].rows, key=lambda row: (gates.index(Gate(row["gate"])), int(row["order"]))
        )
        return {
            row["group"]: Group(
                row["group"],
                int(row["order"]),
                Gate(row["gate"]),
                row["kind"],
                row["text"],
                row["help"],
                tuple(facts[row["group"]]),
                tuple(choices.get(row["group"], ())) or _tri_choices(facts[row["group"]], row["kind"]),
                Source(row["document"], row["page"]),
            )
            for row in rows
        }

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """Group of each fact."""
        return {fact: group.id for group in self.groups.values() for fact in group.facts}

    @cached_property
    def rising(self) -> Mapping[str, tuple[str, ...]]:
        """For each fact that bears on risk its known values, the least risk first (list `risk_order`)."""
        return {row["fact"]: tuple(row["rising"].split()) for row in self.edition.lists["risk_order"].rows}

    def strand_table(self, strand: Strand) -> str:
        """Id of the table of a strand."""
        return f"strand_{strand}"

    def minutes(self, timer: str) -> int:
        """Minutes of a timer (table `timers`)."""
        outcome = self.edition.decide("timers", {"timer": timer}).outcome
        assert outcome is not None  # noqa: S101  # the table is complete, and a complete fact was given
        return int(str(outcome["minutes"]))


class PolicyShelf:
    """Policies by date."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._opened: dict[str, Policy] = {}

    def __iter__(self) -> Iterator[Policy]:
        return (self._open(edition) for edition in self._shelf)

    def on(self, day: date) -> Policy:
        """The policy in force on a day.

        Raises:
            NoRuleForDate: none is.
        """
        return self._open(self._shelf.on(day))

    def named(self, policy_id: str) -> Policy | None:
        """The version with this id, whether or not it is still in force."""
        edition = self._shelf.named(policy_id)
        return None if edition is None else self._open(edition)

    def with_overlays(self, overlays: Sequence[bytes], trusted: Sequence["Ed25519PublicKey"]) -> "PolicyShelf":
        """With a force's signed versions over it (see `policy.checking`, which also asks whether they are safe).

        Raises:
            OverlayRefused: every fault of the first overlay that has any.
        """
        return PolicyShelf(self._shelf.with_overlays(overlays, trusted))

    def _open(self, edition: Edition) -> Policy:
        return self._opened.setdefault(edition.id, Policy(edition))


@lru_cache(maxsize=1)
def open_policies() -> PolicyShelf:
    """The packaged national policy.

    Raises:
        ConfigError: the packaged files are not as they were made.
    """
    return PolicyShelf(Shelf.load(PACKAGED))


def _tri_choices(facts: list[str], kind: str) -> tuple[Choice, ...]:
    if kind != "one":
        return ()
    words = {"yes": "Yes", "no": "No", "unknown": "Cannot tell"}
    return tuple(Choice(word, text, ((facts[0], word),)) for word, text in words.items())
