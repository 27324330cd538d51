"""pdfminer's interpreter with a quicker way to take content streams apart.

pdfminer reads a content stream one character class at a time in Python, which is four fifths of its work on a page.
Here one regular expression cuts the stream into tokens; fonts, text state, matrices and forms stay pdfminer's. A stream
with anything the expression does not know (inline images, comments, nested parentheses, odd numbers) goes to pdfminer's
own parser as a whole, so speed never decides what is read.
"""

import re
from collections.abc import Sequence
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import stream_value
from pdfminer.psparser import LIT

from backbeat.redaction.verify.raw import resolve_literal

__all__ = ["QuickInterpreter"]

_TOKEN = re.compile(
    rb"([+-]?(?:\d+\.?\d*|\.\d+)(?![^\s\[\]()<>/]))"  # 1 number
    rb"|\(((?:[^()\\]|\\.)*)\)"  # 2 string
    rb"|<([0-9A-Fa-f\s]*)>"  # 3 hex string
    rb"|([\[\]])"  # 4 array
    rb"|/([A-Za-z0-9_.+*:-]*)(?![^\s\[\]()<>/])"  # 5 name
    rb"|(<<|>>)"  # 6 dictionary
    rb"|([A-Za-z][A-Za-z0-9]*\*?|['\"])(?![^\s\[\]()<>/])"  # 7 operator
    rb"|(\S)",  # 8 anything else
    re.DOTALL,
)
_OPERATORS = {
    name.encode(): name.replace("*", "_a").replace("'", "_q").replace('"', "_w")
    for name in "q Q cm BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' \" Do gs".split()
}
"""Operators that place text; all others only paint."""

_Operation = tuple[str, list[Any]]


class QuickInterpreter(PDFPageInterpreter):
    """Runs content streams through `device`."""

    def execute(self, streams: Sequence[object]) -> None:
        """Called by pdfminer for a page and for every form on it."""
        found = [stream_value(item) for item in streams]
        known = {stream.objid for stream in found if stream.objid is not None}
        operations = None
        if len(known) == len(found) and not known & self.parent_stream_ids:
            operations = _operations(b"\n".join(stream.get_data() for stream in found))
        if operations is None:
            super().execute(streams)
            return
        self.stream_ids.clear()
        self.stream_ids.update(known)
        for name, operands in operations:
            function = getattr(self, f"do_{name}")
            wanted = function.__code__.co_argcount - 1
            if len(operands) >= wanted:
                function(*operands[len(operands) - wanted :])


def _operations(data: bytes) -> list[_Operation] | None:
    """The operations of a content stream that place text, or None where it holds something unusual."""
    operations: list[_Operation] = []
    operands: list[Any] = []
    array: list[Any] | None = None
    for number, literal, hexed, bracket, name, _, operator, strange in _TOKEN.findall(data):
        into = operands if array is None else array
        if number:
            into.append(float(number))
        elif operator:
            if operator in {b"BI", b"ID", b"EI"}:
                return None
            if operator in _OPERATORS:
                operations.append((_OPERATORS[operator], operands))
            operands = []
        elif bracket == b"[":
            if array is not None:
                return None
            array = []
        elif bracket:
            if array is None:
                return None
            operands.append(array)
            array = None
        elif name:
            into.append(LIT(name.decode("ascii")))
        elif strange:
            return None
        elif hexed:
            digits = re.sub(rb"\s", b"", hexed)
            into.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
        else:
            into.append(resolve_literal(literal) if b"\\" in literal else literal)
    return operations
