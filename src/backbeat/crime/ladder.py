"""The conduct crimes in order of gravity: what stalking, harassment and coercive behaviour prevail over (rules p56-57).

Each tier names what it prevails over. Where it names nothing it is silent; it never says *less serious* by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from backbeat.crime.model import Offence, Source

__all__ = ["Ladder", "Lists", "Offences", "Said", "Voice", "source_of"]

Lists = Callable[[str], Sequence[Mapping[str, str]]]
"""Rows of a reference list of the edition by its id, as `Rules.rows`."""


class Offences(Protocol):
    """What is asked of the offence list."""

    def matches(self, offence: Offence, selector: str) -> bool:
        """Whether a selector (`CLASS`, `CODE CLASS` or `@set`) takes the offence in."""
        ...


class Said(Enum):
    """What the ladder says of a conduct crime beside another offence."""

    CONDUCT = "conduct"
    OTHER = "other"
    NOTHING = "nothing"
    OUTSIDE = "outside"
    """The tier's list is closed and does not name the other."""
    BEYOND = "beyond"
    """A class the tier names takes the other in, but a limit it sets in years does not."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What is said, and where."""

    said: Said
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class _Scope:
    kind: str
    selector: str
    days: int | None
    voice: Voice


class _Tier:
    def __init__(self, number: int, source: Source) -> None:
        self.number, self.source = number, source
        self.scopes: list[_Scope] = []
        self.excepted: list[_Scope] = []

    @property
    def closed(self) -> bool:
        """A tier that sets no limit in years is a list of offences, and nothing else."""
        return not any(scope.days for scope in self.scopes)


class Ladder:
    """The tiers of one edition, from its lists `ladder` and `ladder_scope`."""

    def __init__(self, rows: Lists, offences: Offences) -> None:
        self._offences = offences
        self._tiers: dict[int, _Tier] = {}
        self._tier_of: dict[tuple[str, str], int] = {}
        for row in rows("ladder"):
            number = int(row["tier"])
            self._tiers.setdefault(number, _Tier(number, source_of(row)))
            self._tier_of[row["code"], row["class"]] = number
        for row in rows("ladder_scope"):
            tier = self._tiers[int(row["tier"])]
            excepted = row["kind"] == "except"
            days = int(row["value"]) if row["value"].isdecimal() else None
            why = f"tier {tier.number} of the conduct crimes: {row['why']}"
            voice = Voice(Said.OTHER if excepted else Said.CONDUCT, source_of(row), why)
            scope = _Scope(row["kind"], row["selector"], days, voice)
            (tier.excepted if excepted else tier.scopes).append(scope)
        # The tiers stand in order of gravity (p56): a lower one never reaches further in years than those above it.
        self._limits: dict[int, int | None] = {}
        limit: int | None = None
        for number in sorted(self._tiers):
            for scope in self._tiers[number].scopes:
                if scope.kind.startswith("beats-sexual") and scope.days is not None:
                    reach = scope.days - (scope.kind == "beats-sexual-under")
                    limit = reach if limit is None else min(limit, reach)
            self._limits[number] = limit

    def tier(self, offence: Offence) -> int | None:
        """1 to 5 for a conduct crime; None for what is none, breaches of orders in a conduct class among them."""
        return self._tier_of.get((offence.code, offence.class_))

    def tier_at(self, code: str, class_: str) -> int | None:
        """The same, by code and class."""
        return self._tier_of.get((code, class_))

    def source(self, tier: int) -> Source:
        """Where a tier stands."""
        return self._tiers[tier].source

    def says(self, conduct: Offence, other: Offence, *, placed: bool) -> Voice:
        """What the ladder says of a conduct crime beside an offence of another kind (p56-57).

        Args:
            conduct: of one of the tiers.
            other: of none of them.
            placed: whether the look-up table places the other; a class label is not held against its limit then.
        """
        number = self._tier_of[conduct.code, conduct.class_]
        tier = self._tiers[number]
        own = self._of_tier(tier, other)
        if own is None:
            own = self._of_milder(number, other)
        if own is not None and own.said is Said.CONDUCT:
            limit = self._limits[number]
            beyond = limit is not None and other.max_days is not None and other.max_days > limit
            if beyond and not placed:
                why = f"{own.why} But its maximum is beyond the years the tier reaches to in other offences."
                return Voice(Said.BEYOND, own.source, why)
        if own is not None:
            return own
        if tier.closed:
            why = f"tier {number} of the conduct crimes names what it prevails over, and {other.label} is not named"
            return Voice(Said.OUTSIDE, tier.source, why)
        return self._past_sexual_limit(tier, conduct, other) or Voice(
            Said.NOTHING,
            tier.source,
            f"tier {number} of the conduct crimes does not say whether it reaches {other.label}",
        )

    def explicit(self, one: Offence, other: Offence) -> Voice | None:
        """What a tier says in terms about another conduct crime; None where it does not name it."""
        tier = self._tiers[self._tier_of[one.code, one.class_]]
        if any(self._offences.matches(other, scope.selector) for scope in tier.excepted):
            return None
        for scope in tier.scopes:
            if scope.kind == "beats-conduct" and self._offences.matches(other, scope.selector):
                return scope.voice
        return None

    def _of_tier(self, tier: _Tier, other: Offence) -> Voice | None:
        for scope in tier.excepted:
            if self._offences.matches(other, scope.selector):
                return scope.voice
        for scope in tier.scopes:
            if self._takes_in(scope, other):
                return scope.voice
        return None

    def _of_milder(self, number: int, other: Offence) -> Voice | None:
        """What a milder tier prevails over, a graver one does: they stand in order of gravity (p56)."""
        for milder in sorted(self._tiers):
            if milder > number:
                voice = self._of_tier(self._tiers[milder], other)
                if voice is not None and voice.said is Said.CONDUCT:
                    return Voice(Said.CONDUCT, voice.source, f"{voice.why} The tiers stand in order of gravity (p56).")
        return None

    def _past_sexual_limit(self, tier: _Tier, conduct: Offence, other: Offence) -> Voice | None:
        """A sexual offence above the years a tier reaches to, and graver than the conduct crime itself."""
        if other.max_days is None or conduct.max_days is None or other.max_days <= conduct.max_days:
            return None
        for scope in tier.scopes:
            if scope.kind.startswith("beats-sexual") and self._offences.matches(other, scope.selector):
                return Voice(Said.OTHER, scope.voice.source, f"{scope.voice.why} {other.label} carries more.")
        return None

    def _takes_in(self, scope: _Scope, other: Offence) -> bool:
        if not (scope.selector == "*" or self._offences.matches(other, scope.selector)):
            return False
        if scope.days is None:
            return True
        if other.max_days is None:
            return False
        return other.max_days <= scope.days if scope.kind.endswith("-to") else other.max_days < scope.days


def source_of(row: Mapping[str, str]) -> Source:
    """Where a list row stands; the first page where it names several."""
    return Source(row["document"], row["page"].partition(";")[0])
