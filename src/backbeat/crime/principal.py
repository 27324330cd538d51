"""Which of several crimes between one victim and the same offenders is counted: the principal crime (p12-14, 55-57).

Two offences are compared by the conduct ladder, the look-up table and the tests of page 13, in that order of speaking.
Where two of them speak and disagree, or none settles it, the registrar decides. Sentence never orders the table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from backbeat.crime.attempts import Attempts
from backbeat.crime.ladder import Ladder, Lists, Offences, Said, Voice, source_of
from backbeat.crime.model import Candidate, Offence, Source

__all__ = ["Contest", "OffenceKey", "Precedence", "Prevails", "Ruling", "key_of"]

OffenceKey = tuple[str, str, int | None]
"""Code, class and maximum in days: what is recorded alike and weighs alike."""

_MOST_REMEMBERED = 4096
"""Contests kept; offences meet in more sets than any memory holds."""
P13 = Source("rules", "13")
P55 = Source("rules", "55")
P57 = Source("rules", "57")


class Prevails(Enum):
    """Outcome of one comparison."""

    FIRST = "first"
    SECOND = "second"
    REFER = "refer"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say of two offences side by side."""

    prevails: Prevails
    source: Source
    why: str
    candidates: tuple[Candidate, ...] = ()
    """Both, each with the page that speaks for it, where the registrar decides."""

    def turned(self) -> "Ruling":
        """The same, seen from the second offence."""
        return Ruling(_TURNED[self.prevails], self.source, self.why, self.candidates)


_TURNED = {
    Prevails.FIRST: Prevails.SECOND,
    Prevails.SECOND: Prevails.FIRST,
    Prevails.REFER: Prevails.REFER,
}


@dataclass(frozen=True, slots=True)
class Contest:
    """The outcome among several different offences of one group."""

    winner: OffenceKey | None
    """It prevails over every other; None where the registrar decides."""
    rulings: Mapping[OffenceKey, Ruling]
    """For each offence that lost to the winner: the ruling, the winner first."""
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""


class _Kind(Enum):
    """For the first test of page 13. Sexual offences other than rape may or may not be meant by violent crime there."""

    VIOLENT = "violent"
    PROPERTY = "property"
    SEXUAL = "sexual"
    OTHER = "other"


def key_of(offence: Offence) -> OffenceKey:
    """What an offence is told from others by, when crimes are weighed and counted."""
    return (offence.code, offence.class_, offence.max_days)


class Precedence:
    """The principal crime rule of one edition. What it has worked out it remembers."""

    def __init__(self, rows: Lists, offences: Offences) -> None:
        self.ladder = Ladder(rows, offences)
        self._ranks = {
            (row["code"], row["class"]): (int(row["rank"]), source_of(row), row["offence"]) for row in rows("lookup")
        }
        self._attempts = Attempts(rows)
        self._offences = offences
        self._rulings: dict[tuple[OffenceKey, OffenceKey], Ruling] = {}
        self._contests: dict[tuple[OffenceKey, ...], Contest] = {}
        self._alone: dict[OffenceKey, Contest] = {}
        self._kinds: dict[OffenceKey, _Kind] = {}

    def prevails(self, first: Offence, second: Offence) -> Ruling:
        """Which of two different offences is the more serious for recording (p13-14, 55-57).

        Neither is to be one that is always recorded in addition; those are taken out before.
        """
        key = (key_of(first), key_of(second))
        ruling = self._rulings.get(key)
        if ruling is None:
            tiers = self.tier(first), self.tier(second)
            if tiers[0] is not None and tiers[1] is not None:
                ruling = self._both_conduct(first, second, tiers[0], tiers[1])
            elif tiers[0] is not None:
                ruling = self._conduct_and_other(first, second)
            elif tiers[1] is not None:
                ruling = self._conduct_and_other(second, first).turned()
            else:
                ruling = self._by_rank(first, second) or self._by_tests(first, second)
            self._rulings[key] = ruling
        return ruling

    def principal(self, offences: Sequence[Offence]) -> Contest:
        """The offence that prevails over every other, or who might; the same in whatever order they are given.

        Args:
            offences: at least one; alike ones count once.
        """
        unlike = {key_of(one): one for one in offences}
        if len(unlike) == 1:
            (only,) = unlike
            alone = self._alone.get(only)
            if alone is None:
                alone = self._alone[only] = Contest(only, {})
            return alone
        keys = tuple(sorted(unlike, key=_sortable))
        contest = self._contests.get(keys)
        if contest is None:
            if len(self._contests) >= _MOST_REMEMBERED:
                self._contests.clear()
            contest = self._contests[keys] = self._decide(keys, unlike)
        return contest

    def tier(self, offence: Offence) -> int | None:
        """Tier of a conduct crime, 1 to 5; None for any other."""
        return self.ladder.tier(offence)

    def rank(self, offence: Offence) -> int | None:
        """Rank in the look-up table of page 14, 1 first; None where it is not placed."""
        placed = self._ranks.get((offence.code, offence.class_))
        return None if placed is None else placed[0]

    # --- several ------------------------------------------------------------------------------------------------------

    def _decide(self, keys: Sequence[OffenceKey], unlike: Mapping[OffenceKey, Offence]) -> Contest:
        beats = {
            key: {other for other in keys if other != key and self._beats(unlike[key], unlike[other])} for key in keys
        }
        for key in keys:
            if len(beats[key]) == len(keys) - 1:
                won = {other: self.prevails(unlike[key], unlike[other]) for other in keys if other != key}
                return Contest(key, won)
        left = [key for key in keys if not any(key in beats[other] for other in keys)]
        if len(left) < 2:
            left = _dominant(keys, beats)
        return self._refer([unlike[key] for key in left])

    def _beats(self, first: Offence, second: Offence) -> bool:
        return self.prevails(first, second).prevails is Prevails.FIRST

    def _refer(self, left: Sequence[Offence]) -> Contest:
        """Those left, each with the page that speaks for it, and why they cannot be told apart."""
        candidates: dict[str, Candidate] = {}
        reasons: dict[str, None] = {}
        for i, one in enumerate(left):
            for other in left[i + 1 :]:
                ruling = self.prevails(one, other)
                if ruling.prevails is Prevails.REFER:
                    reasons[ruling.why] = None
                    for candidate in ruling.candidates:
                        candidates.setdefault(candidate.label, candidate)
                else:
                    better = one if ruling.prevails is Prevails.FIRST else other
                    candidates.setdefault(better.label, Candidate(better.label, ruling.source, ruling.why))
        return Contest(None, {}, tuple(candidates[label] for label in sorted(candidates)), " ".join(reasons))

    # --- two ----------------------------------------------------------------------------------------------------------

    def _both_conduct(self, first: Offence, second: Offence, tier: int, other_tier: int) -> Ruling:
        table = self._by_rank(first, second)
        if tier == other_tier:
            return table or _undecided(first, second, P57, "One tier holds both and no table places them.")
        order = Prevails.FIRST if tier < other_tier else Prevails.SECOND
        higher, lower = (first, second) if order is Prevails.FIRST else (second, first)
        source = self.ladder.source(min(tier, other_tier))
        words = f"tier {min(tier, other_tier)} of the conduct crimes stands above tier {max(tier, other_tier)}"
        against = self.ladder.explicit(lower, higher)
        contrary = against or (table if table is not None and table.prevails is not order else None)
        if contrary is None:
            return Ruling(order, source, words)
        pair = (Candidate(higher.label, source, words), Candidate(lower.label, contrary.source, contrary.why))
        return _refer_to(pair, source)

    def _conduct_and_other(self, conduct: Offence, other: Offence) -> Ruling:
        table = self._by_rank(conduct, other)
        voice = self.ladder.says(conduct, other, placed=self.rank(other) is not None)
        by_table = None if table is None else table.prevails
        match voice.said:
            case Said.CONDUCT if by_table is not Prevails.SECOND:
                return Ruling(Prevails.FIRST, voice.source, voice.why)
            case Said.OTHER if by_table is not Prevails.FIRST:
                return table or Ruling(Prevails.SECOND, voice.source, voice.why)
            case Said.NOTHING if table is not None:
                return table
            case Said.OUTSIDE if table is not None and by_table is Prevails.SECOND:
                return table
        if table is None:
            return _refer_to(_sides(conduct, other, voice), P57)
        mine, theirs = (table, voice) if by_table is Prevails.FIRST else (voice, table)
        pair = (Candidate(conduct.label, mine.source, mine.why), Candidate(other.label, theirs.source, theirs.why))
        return _refer_to(pair, P57)

    def _by_rank(self, first: Offence, second: Offence) -> Ruling | None:
        """The look-up table, where it places both apart (p14)."""
        one, other = self._ranks.get((first.code, first.class_)), self._ranks.get((second.code, second.class_))
        if one is None or other is None or one[0] == other[0]:
            return None
        higher, lower = (one, other) if one[0] < other[0] else (other, one)
        why = f"the look-up table places {higher[2]} ({higher[0]}) above {lower[2]} ({lower[0]})"
        return Ruling(Prevails.FIRST if higher is one else Prevails.SECOND, higher[1], why)

    def _by_tests(self, first: Offence, second: Offence) -> Ruling:
        """The tests of page 13: violence over property, then the maximum sentence; only where they do not oppose."""
        kinds = self._kind(first), self._kind(second)
        longer = _longer(first, second)
        if longer is None:
            complete = self._attempts.completed(first, second)
            if complete is not None:
                why = "the crime done before the attempt at it: their maximum is equal, the sentence likely is not"
                return Ruling(Prevails.FIRST if complete is first else Prevails.SECOND, P13, why)
        for order, one, other in ((Prevails.FIRST, kinds[0], kinds[1]), (Prevails.SECOND, kinds[1], kinds[0])):
            if one in (_Kind.VIOLENT, _Kind.SEXUAL) and other is _Kind.PROPERTY:
                return self._violence_and_property(first, second, order, longer, certain=one is _Kind.VIOLENT)
        if longer is None:
            why = "Neither is placed above the other, and their maximum sentences do not tell them apart."
            return _undecided(first, second, P13, why)
        return Ruling(longer, P13, "the greater maximum sentence, where the look-up table does not place both")

    def _violence_and_property(
        self, first: Offence, second: Offence, violent: Prevails, longer: Prevails | None, *, certain: bool
    ) -> Ruling:
        known = first.max_days is not None and second.max_days is not None
        if longer is violent:
            return Ruling(violent, P13, "violent crime before property crime, and the greater maximum sentence")
        if longer is None and known and certain:
            return Ruling(violent, P13, "violent crime before property crime, with the same maximum sentence")
        one, other = (first, second) if violent is Prevails.FIRST else (second, first)
        why = "the most serious violent crime generally takes precedence over the most serious property crime"
        pair = (
            Candidate(one.label, P13, why),
            Candidate(other.label, P13, "regard must be had to the maximum sentence"),
        )
        return _refer_to(pair, P13, "The tests of page 13 do not agree or are not certain to apply.")

    def _kind(self, offence: Offence) -> _Kind:
        key = key_of(offence)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = next(
                (kind for name, kind in _KINDS if self._offences.matches(offence, name)), _Kind.OTHER
            )
        return kind


_KINDS = (
    ("@violence", _Kind.VIOLENT),
    ("@rape", _Kind.VIOLENT),
    ("@robbery", _Kind.VIOLENT),
    ("@sexual", _Kind.SEXUAL),
    ("@property", _Kind.PROPERTY),
)


def _longer(first: Offence, second: Offence) -> Prevails | None:
    """Which has the strictly greater maximum; None where equal or not both known."""
    if first.max_days is None or second.max_days is None or first.max_days == second.max_days:
        return None
    return Prevails.FIRST if first.max_days > second.max_days else Prevails.SECOND


def _sides(conduct: Offence, other: Offence, voice: Voice) -> tuple[Candidate, Candidate]:
    """What can be said for either where the table does not place both."""
    if voice.said is Said.BEYOND:
        graver = f"its maximum sentence is above that of {conduct.label} and above every limit the tier sets in years"
        return Candidate(conduct.label, voice.source, voice.why), Candidate(other.label, P13, graver)
    usual = "in most cases a conduct crime disclosed with other crimes is the principal crime"
    unlisted = f"{voice.why}; what is not listed and unclear goes to the registrar"
    return Candidate(conduct.label, P55, usual), Candidate(other.label, P57, unlisted)


def _undecided(first: Offence, second: Offence, source: Source, why: str) -> Ruling:
    likely = "if the maximum sentence likely to be imposed is the greater"
    pair = (Candidate(first.label, P13, likely), Candidate(second.label, P13, likely))
    return _refer_to(pair, source, why)


def _refer_to(pair: tuple[Candidate, Candidate], source: Source, why: str = "") -> Ruling:
    one, other = sorted(pair, key=lambda candidate: candidate.label)
    reason = why or (
        f"{one.label} (p{one.source.page}) or {other.label} (p{other.source.page}): "
        "the rules name no principal crime without contradiction."
    )
    return Ruling(Prevails.REFER, source, reason, (one, other))


def _dominant(keys: Sequence[OffenceKey], beats: Mapping[OffenceKey, set[OffenceKey]]) -> list[OffenceKey]:
    """The smallest set each of whose members prevails over everything outside it."""
    best: Iterable[OffenceKey] = keys
    for start in keys:
        inside = {start}
        while grown := {one for one in keys if one not in inside and any(one not in beats[each] for each in inside)}:
            inside |= grown
        if len(inside) < len(tuple(best)):
            best = inside
    return [key for key in keys if key in set(best)]


def _sortable(key: OffenceKey) -> tuple[str, str, int]:
    return (key[0], key[1], -1 if key[2] is None else key[2])
