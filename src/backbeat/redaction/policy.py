"""Profiles: what a recipient may see of whom. Role and kind of information in, proposed action, reason and source out.

The rules are data (`data/profiles/`), read through the rulebook; this module only asks. A profile proposes, a person
decides. What the register does not say counts as unknown, and no profile silently keeps what belongs to nobody known.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from backbeat.errors import Bug, ConfigError
from backbeat.redaction.case import FLAGS
from backbeat.redaction.model import Action, Kind, Mention, Person, Role, Suggestion
from backbeat.rulebook import UNKNOWN, Answer, Edition, Fact, Shelf

__all__ = ["PROFILES", "PROFILE_IDS", "Profile", "Ruling"]

PROFILE_IDS: Final = ("cps-precharge", "defence-service", "sar", "foi")
PROFILES: Final = Path(__file__).parent / "data" / "profiles"
"""The shelf of editions that comes with backbeat."""

_ANSWERS: Final = {"yes": Answer.YES, "no": Answer.NO}


@cache
def _shelf(folder: Path) -> Shelf:
    return Shelf.load(folder)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a profile says about one kind of information of one person."""

    action: Action
    reason: str
    why: str
    rule: str


@dataclass(frozen=True)
class Profile:
    """One profile of one edition. Made by `Profile.load`."""

    id: str
    edition: Edition
    _rulings: dict[tuple[Fact, ...], Ruling] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, profile_id: str, on: date | None, *, shelf: Path = PROFILES) -> "Profile":
        """The profile as in force on a day.

        Raises:
            ConfigError: no such profile, or the rule files are at fault.
            NoRuleForDate: no day given, or no edition in force on it.
        """
        if profile_id not in PROFILE_IDS:
            raise ConfigError.of(
                ["There is no redaction profile of that name."],
                where="the profile asked for",
                do=f"use one of {', '.join(PROFILE_IDS)}",
            )
        return cls(profile_id, _shelf(shelf).on(on))

    @property
    def title(self) -> str:
        """For whom the profile is, in words."""
        return self.edition.tables[self.id].title

    @property
    def edition_id(self) -> str:
        return self.edition.id

    @property
    def edition_hash(self) -> str:
        """SHA-256 of the edition's files, for certificates."""
        return self.edition.hash

    def suggest(self, mention: Mention, person: Person | None) -> Suggestion:
        """What the profile proposes for one mention; `person` is the register's entry for `mention.person`."""
        if person is not None and mention.person != person.id:
            raise Bug("a suggestion was asked for with a person whom the mention does not name")
        ruling = self.rule(mention.kind, person)
        return Suggestion(mention, ruling.action, ruling.reason, ruling.why, ruling.rule)

    def rule(self, kind: Kind, person: Person | None) -> Ruling:
        """The ruling on one kind of information of one person; remembered per combination of facts."""
        role: Fact = UNKNOWN if person is None or person.role is Role.UNKNOWN else person.role.value
        flags = [_flag(person, name) for name in FLAGS]
        key = (role, kind.value, *flags)
        ruling = self._rulings.get(key)
        if ruling is None:
            ruling = self._rulings[key] = self._decide(dict(zip(("role", "kind", *FLAGS), key, strict=True)))
        return ruling

    def _decide(self, facts: dict[str, Fact]) -> Ruling:
        result = self.edition.decide(self.id, facts)
        row, outcome = result.prevails, result.outcome
        if row is None or outcome is None:
            raise Bug(f"profile {self.id} left a combination of role and kind open")
        source = self.edition.documents[row.document]
        place = "" if row.page == "none" else f", {row.page}"
        graded = " (our proposal; a force may change it)" if outcome["grade"] == "proposal" else ""
        return Ruling(
            Action(str(outcome["action"])),
            str(outcome["label"]),
            f"{row.why} Source: {source.title}{place}{graded}.",
            f"{self.id}@{self.edition.id}#{row.row}",
        )


def _flag(person: Person | None, name: str) -> Answer:
    values = person.attributes.get(name, ()) if person else ()
    return _ANSWERS.get(values[0].strip().lower(), UNKNOWN) if len(values) == 1 else UNKNOWN
