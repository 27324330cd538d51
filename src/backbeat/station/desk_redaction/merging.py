"""Decisions on places that overlap, made into decisions that do not: what anybody wants gone is gone."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from backbeat.redaction.model import Action, Decision

__all__ = ["without_overlaps"]


def without_overlaps(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The same decisions, cut or joined so that no character of the text is decided twice.

    Where a place to remove meets another, the whole of both is removed; where it meets a place to keep, what lies
    outside is kept. Boxes on pages are left as they are.
    """
    decisions = list(decisions)
    placed = [d for d in decisions if d.start is not None and d.end is not None]
    removed = list(_joined(sorted(_of(placed, removes=True), key=lambda d: (d.start, -(d.end or 0)))))
    kept = [piece for keep in _of(placed, removes=False) for piece in _outside(keep, removed)]
    drawn = [d for d in decisions if d.start is None]
    return (*sorted([*removed, *kept], key=lambda d: (d.start, d.end)), *drawn)


def _of(placed: Iterable[Decision], *, removes: bool) -> list[Decision]:
    return [d for d in placed if (d.action is not Action.KEEP) is removes]


def _joined(by_start: Iterable[Decision]) -> Iterator[Decision]:
    last: Decision | None = None
    for decision in by_start:
        start, end = decision.start or 0, decision.end or 0
        if last is None or start >= (last.end or 0):
            if last is not None:
                yield last
            last = decision
        elif end > (last.end or 0):
            if decision.action is last.action is Action.REDACT:
                last = replace(last, end=end)
            else:
                yield last
                last = replace(decision, start=last.end)
    if last is not None:
        yield last


def _outside(keep: Decision, removed: Iterable[Decision]) -> Iterator[Decision]:
    at, end = keep.start or 0, keep.end or 0
    for gone in removed:
        first, last = gone.start or 0, gone.end or 0
        if last <= at or first >= end:
            continue
        if first > at:
            yield replace(keep, start=at, end=first)
        at = max(at, last)
    if at < end:
        yield keep if at == keep.start else replace(keep, start=at)
