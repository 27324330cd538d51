"""Tables: what a column's heading says about its cells, and mentions kept within one cell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from backbeat.redaction.model import Cell, Document, Kind, Mention

__all__ = ["DETECTOR", "find_in_columns", "split_at_cells"]

DETECTOR = "cells"

_HEADINGS: Final[tuple[tuple[str, Kind], ...]] = (
    (r"e-?mail", Kind.EMAIL),
    (r"\bip\b", Kind.IP_ADDRESS),
    (r"phone|mobile|\btel\b|\bmob\b|landline|msisdn", Kind.PHONE),
    (r"\bd\.?o\.?b\b|birth", Kind.DATE_OF_BIRTH),
    (r"post\s?code", Kind.POSTCODE),
    (r"address|street", Kind.ADDRESS),
    (r"\bnhs\b", Kind.NHS_NUMBER),
    (r"\bni(?:no)?\b|national insurance", Kind.NINO),
    (r"\bvrm\b|\bvrn\b|registration|number plate", Kind.VRM),
    (r"licen[cs]e", Kind.DRIVING_LICENCE),
    (r"passport", Kind.PASSPORT),
    (r"\bpnc", Kind.PNCID),
    (r"\bcro\b", Kind.CRO),
    (r"crime (?:no|ref|num)|\burn\b|occurrence", Kind.CRIME_REFERENCE),
    (r"collar|shoulder|warrant n", Kind.COLLAR_NUMBER),
    (r"sort\s?code", Kind.SORT_CODE),
    (r"\biban\b", Kind.IBAN),
    (r"account (?:no|num)|acc(?:oun)?t\.? no", Kind.BANK_ACCOUNT),
    (r"card (?:no|num)", Kind.CARD),
    (r"\bimei\b|\bimsi\b", Kind.OTHER),
    (r"company|employer|organi[sz]ation|school", Kind.ORGANISATION),
    (r"\btown\b|\bcity\b|\bplace\b|location|county", Kind.PLACE),
    (r"user\s?name|handle|website|\burl\b", Kind.URL),
    (r"(?:^|\b(?:fore|sur|first|last|middle|full|given|family|known) ?)names?\b", Kind.PERSON),
    (r"\b(?:witness|victim|suspect|officer|customer|contact|staff) ?names?\b", Kind.PERSON),
    (r"^(?:witness|victim|suspect|officer|person|subscriber|complainant|initials)$", Kind.PERSON),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), kind) for pattern, kind in _HEADINGS)
_EMPTY: Final = frozenset(
    {"", "-", "n/a", "na", "none", "nil", "unknown", "not known", "null", "yes", "no", "tbc", "?"}
)


def heading_kind(header: str) -> Kind | None:
    """What a column with this heading holds, if the heading says so."""
    heading = header.strip().strip('"').lower().replace("_", " ")
    return next((kind for pattern, kind in _COMPILED if pattern.search(heading)), None)


def find_in_columns(document: Document) -> Iterator[Mention]:
    """Every filled cell below a heading that names a kind."""
    kinds: dict[str, Kind | None] = {}
    for cell in document.cells:
        if cell.header not in kinds:
            kinds[cell.header] = heading_kind(cell.header)
        kind = kinds[cell.header]
        start, end = _inside(document.text, cell)
        value = document.text[start:end]
        if kind is None or cell.row == 0 or value.lower() in _EMPTY or not any(c.isalnum() for c in value):
            continue
        if value.strip('"') == cell.header.strip().strip('"'):
            continue
        why = f"In a column whose heading says {kind.value.replace('-', ' ')}."
        yield Mention(kind, value, start, end, 0.9, DETECTOR, why)


def split_at_cells(document: Document, mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Mentions cut where a cell ends, each piece with a letter or digit in it kept; what is in no cell is dropped."""
    if not document.cells:
        yield from mentions
        return
    cells = sorted((_inside(document.text, cell) for cell in document.cells), key=lambda span: span[0])
    at = 0
    for mention in sorted(mentions, key=lambda m: m.start):
        while at < len(cells) and cells[at][1] <= mention.start:
            at += 1
        look = at
        while look < len(cells) and cells[look][0] < mention.end:
            start, end = max(mention.start, cells[look][0]), min(mention.end, cells[look][1])
            if start < end and any(c.isalnum() for c in document.text[start:end]):
                yield replace(mention, text=document.text[start:end], start=start, end=end)
            look += 1


def _inside(text: str, cell: Cell) -> tuple[int, int]:
    """The span of a cell's value without quotes and white space around it."""
    start, end = cell.start, cell.end
    while start < end and (text[start].isspace() or text[start] == '"'):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == '"'):
        end -= 1
    return start, end
