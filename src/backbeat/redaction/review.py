"""From suggestions to decisions: what a person named one by one, what they accepted or rejected in bulk, what is left.

The order of authority, highest first:

1. a decision written down for a place rules exactly its own characters;
2. a value removed by such a decision is removed wherever else it stands, unless that place was decided one by one too,
   or is known to be about a different person;
3. `--accept` rules the rest. Under `all` the profile's action stands, and a question becomes a redaction: unknown never
   counts as keep. Under `none` every suggestion is rejected.
Without `--accept` anything left is undecided, and the document waits.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from backbeat.redaction.decisions import BY_HAND, Named
from backbeat.redaction.model import Action, Decision, Document, Kind, Suggestion
from backbeat.redaction.propagation import occurrences

__all__ = ["Accept", "Review", "StandIn", "review"]

StandIn = Callable[[str, Kind], str]
"""From a person's register id and a kind to the pseudonym that stands in."""


UNDECIDED = "undecided"


class Accept(StrEnum):
    """What happens in bulk to suggestions nobody decided one by one."""

    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Review:
    """Every decision about one document, by place, and how many suggestions nobody decided."""

    decisions: tuple[Decision, ...]
    undecided: int


def review(
    document: Document,
    suggestions: Sequence[Suggestion],
    named: Sequence[Named],
    accept: Accept | None,
    *,
    author: str,
    stand_in: StandIn,
) -> Review:
    """Decide every suggestion of a document, or count those left undecided.

    `named` must be free of contradictions and lie inside the document (`decisions.faults_in`, `faults_against`).
    The decisions returned do not overlap.
    """
    exact = {(s.mention.start, s.mention.end): s for s in suggestions}
    by_hand = _merged([_individual(entry, exact, author, stand_in) for entry in named if not entry.boxes])
    boxes = [_drawn(entry, author) for entry in named if entry.boxes]
    ruled = _Spans(by_hand)
    bulk = [
        _in_bulk(suggestion, start, end, accept, author, stand_in)
        for suggestion in suggestions
        for start, end in ruled.outside(document.text, suggestion.mention.start, suggestion.mention.end)
    ]
    spread = _spread(document.text, by_hand, bulk)
    undecided = sum(1 for decision in spread if decision.basis == UNDECIDED)
    decided = (*by_hand, *(decision for decision in spread if decision.basis != UNDECIDED))
    decisions = sorted(decided, key=lambda d: (d.start or 0, d.end or 0))
    return Review((*decisions, *boxes), undecided)


def _individual(entry: Named, exact: dict[tuple[int, int], Suggestion], author: str, stand_in: StandIn) -> Decision:
    start, end = entry.start or 0, entry.end or 0
    suggestion = exact.get((start, end))
    kind = entry.kind or (suggestion.mention.kind if suggestion else Kind.OTHER)
    person = entry.person or (suggestion.mention.person if suggestion else None)
    reason = entry.reason or (suggestion.reason if suggestion else "") or BY_HAND
    return _decision(entry.action, kind, reason, "individual", start, end, person, author, stand_in)


def _drawn(entry: Named, author: str) -> Decision:
    kind = entry.kind or Kind.OTHER
    return Decision(Action.REDACT, kind, entry.reason or BY_HAND, author, "individual", boxes=entry.boxes)


def _in_bulk(
    suggestion: Suggestion, start: int, end: int, accept: Accept | None, author: str, stand_in: StandIn
) -> Decision:
    mention = suggestion.mention
    if accept is not Accept.ALL:
        # Undecided places are carried along as kept until the values removed elsewhere had their say over them.
        action, basis = Action.KEEP, UNDECIDED if accept is None else "rejected-all"
    else:
        action = Action.REDACT if suggestion.action is Action.ASK else suggestion.action
        basis = "accepted-all"
    return _decision(action, mention.kind, suggestion.reason, basis, start, end, mention.person, author, stand_in)


def _decision(
    action: Action,
    kind: Kind,
    reason: str,
    basis: str,
    start: int,
    end: int,
    person: str | None,
    author: str,
    stand_in: StandIn,
) -> Decision:
    """A pseudonym needs to know whom it stands for; without that the value is redacted, never kept."""
    if action is Action.PSEUDONYM and person is None:
        action = Action.REDACT
    replacement = stand_in(person, kind) if action is Action.PSEUDONYM and person is not None else None
    return Decision(action, kind, reason, author, basis, start, end, person=person, replacement=replacement)


def _merged(decisions: list[Decision]) -> list[Decision]:
    """Overlapping decisions (which say the same) as one; two that only touch stay two."""
    merged: list[Decision] = []
    for decision in sorted(decisions, key=lambda d: (d.start or 0, -(d.end or 0))):
        last = merged[-1] if merged else None
        if last is not None and (decision.start or 0) < (last.end or 0):
            merged[-1] = replace(last, end=max(last.end or 0, decision.end or 0))
        else:
            merged.append(decision)
    return merged


def _spread(text: str, by_hand: Sequence[Decision], bulk: Sequence[Decision]) -> list[Decision]:
    """The bulk decisions and what follows from the values removed, with no two over the same place."""
    removed = [d for d in (*by_hand, *bulk) if d.action is not Action.KEEP]
    settled = _Spans([*by_hand, *(d for d in bulk if d.action is not Action.KEEP)])
    kept = _Spans(d for d in bulk if d.action is Action.KEEP)
    dropped: set[int] = set()
    added: list[Decision] = []
    taken = -1
    found = sorted(occurrences(text, removed), key=lambda o: (o[0], -o[1]))
    for start, end, origin in found:
        over = list(kept.over(start, end))
        if start < taken or settled.touches(start, end) or any(_about_another(k, origin) for k in over):
            continue
        dropped.update(id(k) for k in over)
        added.append(replace(origin, start=start, end=end, basis="propagated"))
        taken = end
    return [*(d for d in bulk if id(d) not in dropped), *added]


def _about_another(kept: Decision, origin: Decision) -> bool:
    """Whether a kept place is known to be about somebody other than the value removed elsewhere.

    A value removed in bulk without knowing whose it is does not outweigh a known person; one removed by hand does.
    """
    if kept.person is None or kept.person == origin.person:
        return False
    return origin.person is not None or origin.basis != "individual"


class _Spans:
    """Decisions about spans that do not overlap, to be asked what they cover."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._decisions = sorted(decisions, key=lambda d: d.start or 0)
        self._ends = [d.end or 0 for d in self._decisions]

    def over(self, start: int, end: int) -> Iterator[Decision]:
        """Decisions that share a character with [start, end)."""
        index = bisect_left(self._ends, start + 1)
        while index < len(self._decisions) and (self._decisions[index].start or 0) < end:
            yield self._decisions[index]
            index += 1

    def touches(self, start: int, end: int) -> bool:
        return next(self.over(start, end), None) is not None

    def outside(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """[start, end) itself where no decision touches it; else what is left of it, if that has a letter or digit."""
        if not self.touches(start, end):
            yield start, end
            return
        edge = start
        for decision in [*self.over(start, end), None]:
            until = end if decision is None else max(edge, decision.start or 0)
            piece = text[edge:until]
            if any(character.isalnum() for character in piece):
                begin = edge + len(piece) - len(piece.lstrip())
                yield begin, begin + len(piece.strip())
            if decision is not None:
                edge = max(edge, decision.end or 0)
