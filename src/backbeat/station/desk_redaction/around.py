"""The words around a place, which a reviewer needs to judge it."""

import re

__all__ = ["around"]

CHARACTERS = 60
"""Kept on either side."""


def around(text: str, start: int, end: int) -> tuple[str, str]:
    r"""What stands before and after [start, end); every run of white space is one space.

    >>> around("of\nJ. Bowen, here", 3, 11)
    ('of ', ', here')
    """
    before, after = text[max(0, start - CHARACTERS) : start], text[end : end + CHARACTERS]
    return re.sub(r"\s+", " ", before), re.sub(r"\s+", " ", after)
