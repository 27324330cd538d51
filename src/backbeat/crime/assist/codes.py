"""Codes and classes typed outright: `8/6`, `008/06`, `8N`, `8N 008/06`."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

__all__ = ["Typed", "typed_codes"]

SHORT = 40
"""Characters of a text that is a look-up. In a longer one `1/2` is half a bottle, so that only `001/02` is a code."""

_FULL = re.compile(r"(?<![\d/])(\d{3})/(\d{2})(?![\d/])")
_LOOSE = re.compile(r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])")
_CLASS = re.compile(r"(?<![\w/])(?:NFIB)?\d{1,3}(?:/\d{1,2}|[A-Z])?(?![\w/])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typed:
    """A code or a class at characters [start, end); one of the two is empty."""

    start: int
    end: int
    code: str = ""
    class_: str = ""


def typed_codes(text: str, classes: Collection[str]) -> Iterator[Typed]:
    """Every code, and in a look-up every class of the edition, that stands in a text."""
    short = len(text.strip()) <= SHORT
    for found in (_LOOSE if short else _FULL).finditer(text):
        yield Typed(found.start(), found.end(), code=f"{found[1].zfill(3)}/{found[2].zfill(2)}")
    if short:
        for found in _CLASS.finditer(text):
            # `36` is a class, but in `36 bottles` a number.
            bare = found[0].isdigit() and found[0] != text.strip()
            if found[0].upper() in classes and not bare:
                yield Typed(found.start(), found.end(), class_=found[0].upper())
