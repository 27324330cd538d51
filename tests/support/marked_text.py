"""Texts with their answers written in: `Call [[phone|07700 900123]]` is a text and one span of it."""

import hashlib
import re
from dataclasses import dataclass

from backbeat.redaction.model import Document, Kind, Mention

__all__ = ["Span", "covered", "document", "read_marked", "typed"]

_MARK = re.compile(r"\[\[([a-z-]+)\|(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Span:
    """What a person would mark: characters [start, end) are of this kind."""

    kind: Kind
    start: int
    end: int


def read_marked(marked: str) -> tuple[str, tuple[Span, ...]]:
    """The plain text, and the spans that were marked in it."""
    parts: list[str] = []
    spans: list[Span] = []
    done = length = 0
    for match in _MARK.finditer(marked):
        parts += [marked[done : match.start()], match[2]]
        length += match.start() - done
        spans.append(Span(Kind(match[1]), length, length + len(match[2])))
        length += len(match[2])
        done = match.end()
    return "".join([*parts, marked[done:]]), tuple(spans)


def document(text: str) -> Document:
    """A plain-text document."""
    return Document(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "text/plain", text)


def covered(text: str, span: Span, mentions: tuple[Mention, ...]) -> bool:
    """Does every letter and digit of the span lie inside some mention, of whatever kind?"""
    inside = {i for m in mentions if m.start < span.end and m.end > span.start for i in range(m.start, m.end)}
    return all(i in inside for i in range(span.start, span.end) if text[i].isalnum())


def typed(span: Span, mentions: tuple[Mention, ...]) -> bool:
    """Does a mention of the same kind cover at least half of the span?"""
    return any(
        m.kind is span.kind and 2 * (min(m.end, span.end) - max(m.start, span.start)) >= span.end - span.start
        for m in mentions
    )
