"""The account of letters: what a page lost, and what it has that nobody decided to keep."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from backbeat.redaction.model import Applied, Finding
from backbeat.redaction.verify.expectation import GONE, Expectation
from backbeat.redaction.verify.search import Haystack, each_once

__all__ = ["account"]

_LOSSY = frozenset({"page.rasterised", "content.hidden-dropped", "content.outside-dropped"})
"""Notices about a page that say text of it is gone."""


def account(
    check: str,
    pages: Sequence[str],
    expectation: Expectation,
    applied: Applied,
    again: Callable[[], Sequence[str]] | None = None,
) -> Iterator[Finding]:
    """Letters and digits the output lost beyond 0.1 %, and any it has that nobody decided to keep.

    Half a name left behind is no spelling of the name; here it shows as letters too many. On a page that became a
    picture, or of which hidden content was dropped, letters may be lost: a notice tells the reviewer so.

    Args:
        check: name of the reader, for the findings.
        pages: what the reader got, in the order of the regions.
        expectation: what was decided.
        applied: labels, stand-ins and notices.
        again: the output through another reader. Asked only where letters are missing: pdfium takes like words on
            tightly leaded lines for one word painted twice and leaves them out. Lost is what no reader finds.
    """
    labels = each_once(applied.drawn_text)
    # A label's words may stand in the kept text too, so they are taken out of both.
    kept = [_letters(region.kept, labels) for region in expectation.regions]
    found = [_letters(text, labels) for text in pages]
    for region, should, letters in zip(expectation.regions, kept, found, strict=True):
        if extra := (letters - should).total():
            yield Finding(
                "text.extra", f"{extra} letters or digits stand here that should not. Reader: {check}.", region.page
            )
    most = sum(should.total() for should in kept) / 1000 + 2
    excused = {notice.page for notice in applied.notices if notice.code in _LOSSY}
    missing = _missing(expectation, kept, found, excused)
    if sum(missing) > most and again is not None and len(others := again()) == len(pages):
        second = _missing(expectation, kept, [_letters(text, labels) for text in others], excused)
        missing = list(map(min, missing, second))
    if (lost := sum(missing)) > most:
        worst = expectation.regions[missing.index(max(missing))]
        message = f"{lost} of {sum(should.total() for should in kept)} letters and digits that were to stay are gone."
        yield Finding("text.lost", f"{message} Reader: {check}.", worst.page)


def _letters(text: str, labels: Iterable[str]) -> Counter[str]:
    letters = Counter(Haystack(text, labels).compact)
    del letters[GONE]
    return letters


def _missing(
    expectation: Expectation,
    kept: Sequence[Counter[str]],
    found: Sequence[Counter[str]],
    excused: Iterable[int | None],
) -> list[int]:
    """How many letters of each region are gone, less those that may be."""
    return [
        0 if region.page in excused else max(0, (should - letters).total() - region.optional)
        for region, should, letters in zip(expectation.regions, kept, found, strict=True)
    ]
