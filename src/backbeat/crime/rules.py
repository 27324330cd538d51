"""One edition of the counting rules, opened for the engine: tables, offences, precedence, units and questions.

`open_rules()` gives the packaged editions; which applies is chosen by the day a report was received.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from backbeat.crime.how_many import CountingRules
from backbeat.crime.ladder import source_of
from backbeat.crime.model import Source
from backbeat.crime.offences import Offences
from backbeat.rulebook import Edition, Shelf

__all__ = ["Act", "Asking", "Rules", "RulesShelf", "open_rules", "source_of"]

PACKAGED = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Act:
    """A happening a recorder can pick, and the table that says what it is in law."""

    id: str
    title: str
    """In a recorder's words."""
    group: str
    """Heading it stands under in a list."""
    table: str
    source: Source


@dataclass(frozen=True, slots=True)
class Asking:
    """How a fact is asked for."""

    about: str
    """`report`, `victim`, `offender`, `relationship`, `allegation` or `request`."""
    text: str
    source: Source


class Rules:
    """An edition with what the engine reads off its lists. Immutable; share one per edition."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.offences = Offences(edition.lists["offences"].rows, edition.lists["sets"].rows)
        self.counting = CountingRules(self.rows, self.offences)

    @property
    def id(self) -> str:
        """`hocr-2026-27`."""
        return self.edition.id

    def rows(self, list_id: str) -> tuple[Mapping[str, str], ...]:
        """Rows of a reference list."""
        return self.edition.lists[list_id].rows

    def is_incident(self, code: str, class_: str) -> bool:
        """Whether it is one of the notifiable incidents (`300/01` of class `N300`), and so no crime."""
        return (code, class_) in self._incidents

    @cached_property
    def _incidents(self) -> frozenset[tuple[str, str]]:
        return frozenset((row["code"], row["class"]) for row in self.rows("incidents"))

    @cached_property
    def acts(self) -> Mapping[str, Act]:
        """What a recorder can pick, by id, in the order of the list."""
        return {
            row["act"]: Act(row["act"], row["title"], row["group"], row["table"], source_of(row))
            for row in self.rows("acts")
        }

    @cached_property
    def askings(self) -> Mapping[str, Asking]:
        """How each fact is asked, by fact."""
        return {row["fact"]: Asking(row["about"], row["text"], source_of(row)) for row in self.rows("questions")}


class RulesShelf:
    """Editions by date."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._opened: dict[str, Rules] = {}

    def on(self, day: date) -> Rules:
        """The edition in force on the day a report was received.

        Raises:
            NoRuleForDate: none is.
        """
        return self._open(self.shelf.on(day))

    def named(self, edition_id: str) -> Rules | None:
        """An edition by its id; None where the shelf has none of that name."""
        edition = self.shelf.named(edition_id)
        return None if edition is None else self._open(edition)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every edition, oldest first."""
        return tuple(edition.id for edition in self.shelf)

    def _open(self, edition: Edition) -> Rules:
        if edition.hash not in self._opened:
            self._opened[edition.hash] = Rules(edition)
        return self._opened[edition.hash]


@lru_cache(maxsize=4)
def open_rules(folder: Path = PACKAGED) -> RulesShelf:
    """The editions in a folder, by default the packaged ones; read once per process.

    Raises:
        ConfigError: the rules are at fault; every fault at once.
    """
    return RulesShelf(Shelf.load(folder))
