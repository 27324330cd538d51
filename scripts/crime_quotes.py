"""Whether the words an authored list quotes stand on the page it cites."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["TEXTS", "faults", "read_pages"]

TEXTS = {
    "rules": "crime-recording-rules-2026_27-April-v2.txt",
    "outcomes": "outcomes-framework-guidance-2026.txt",
    "schools": "crime-recording-schools-protocol.txt",
    "nfib": "nfib-fraud-april-2026.txt",
    "nsir": "count-nsir11.txt",
}
"""Text extraction of each document. Its pages start with `=== pN ===`; the offence list is a sheet and has none."""

_ALIKE = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2013\u2014\u2022\uf0b7", "''\"\"----  ")
"""Quotation marks, dashes and bullets, which the extractions write in several ways."""


def read_pages(folder: Path) -> dict[str, dict[str, str]]:
    """Document id → page number → its words, in lower case with single blanks."""
    pages: dict[str, dict[str, str]] = {}
    for document, name in TEXTS.items():
        parts = re.split(r"^=== p(\d+) ===$", (folder / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        pages[document] = {number: _plain(text) for number, text in zip(parts[1::2], parts[2::2], strict=True)}
    return pages


def faults(row: Mapping[str, str], pages: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """What is wrong with the citation of one row.

    `page` may name several pages, `13;48;63`, and `quote` several quotations, `one|two`: as many quotations as pages
    stand each on its own page, a single one on the first. Pictures of the documents hold no words to quote; such a row
    leaves `quote` empty and says so in `why`.
    """
    document = pages.get(row["document"])
    if document is None:
        return
    cited = row["page"].split(";")
    for page in cited:
        if page not in document:
            yield f"{row['document']} has no page {page}"
            return
    quotes = [quote for quote in row.get("quote", "").split("|") if quote]
    if quotes and len(quotes) not in (1, len(cited)):
        yield f"{len(quotes)} quotations for {len(cited)} pages"
        return
    for page, quote in zip(cited, quotes, strict=False):
        if _plain(quote) not in document[page]:
            yield f"{row['document']} p{page} does not say: {quote}"


def _plain(text: str) -> str:
    return " ".join(text.translate(_ALIKE).casefold().split())
