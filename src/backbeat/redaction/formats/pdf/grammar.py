"""The operators a content stream may hold and what each takes. Anything else could carry text out unseen."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from backbeat.redaction.formats.pdf.errors import PageUnsupported

__all__ = ["PAINT", "PATH", "PLAIN", "SKIPPED", "TEXT_SETTERS", "check_operands"]

PATH = {"m": 2, "l": 2, "c": 6, "v": 4, "y": 4, "re": 4, "h": 0}
PAINT = dict.fromkeys(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"), 0)
PLAIN = {
    "w": 1, "J": 1, "j": 1, "M": 1, "d": 2, "i": 1, "ri": 1, "g": 1, "G": 1, "rg": 3, "RG": 3, "k": 4, "K": 4,
    "d0": 2, "d1": 6,
}  # fmt: skip
"""Copied as they are."""
SKIPPED = frozenset({"BX", "EX", "MP", "DP"})
TEXT_SETTERS = {"Tc": "spacing", "Tw": "word_spacing", "TL": "leading", "Ts": "rise", "Tr": "mode"}
NUMBERS = {
    **PATH, **PAINT, **dict.fromkeys(TEXT_SETTERS, 1), "Tz": 1, "Td": 2, "TD": 2, "Tm": 6, "T*": 0, "BT": 0, "ET": 0,
    "q": 0, "Q": 0, "cm": 6, "W": 0, "W*": 0,
}  # fmt: skip
"""Operators that take this many numbers and nothing else."""
COUNTS = {**NUMBERS, **PLAIN, "Tj": 1, "TJ": 1, "'": 1, '"': 3, "Tf": 2, "gs": 1, "cs": 1, "CS": 1, "sh": 1, "Do": 1}


def check_operands(name: str, operands: Sequence[Any]) -> None:
    """Hold one instruction against the table: a stray operand is a place to hide a value.

    Raises:
        PageUnsupported: too many or too few operands, or something other than a number where only numbers may stand.
    """
    if len(operands) != COUNTS.get(name, len(operands)):
        raise PageUnsupported("The page's content is malformed.")
    if name in NUMBERS:
        for value in operands:
            if not isinstance(value, int | float | Decimal):
                raise PageUnsupported("The page's content is malformed.")
