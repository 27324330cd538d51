"""Read, mark and redact one made PDF: what the PDF tests share."""

import re
from collections.abc import Sequence
from pathlib import Path

from pdf_factory import Hiding

from backbeat.files import hash_file
from backbeat.redaction.formats.limits import DEFAULT_LIMITS
from backbeat.redaction.formats.pdf import apply, read
from backbeat.redaction.model import Action, Applied, Box, Decision, Document, Kind

REASON = "Witness"


def put(folder: Path, data: bytes, name: str = "source.pdf") -> tuple[Path, Document]:
    path = folder / name
    path.write_bytes(data)
    return path, read(path, hash_file(path), DEFAULT_LIMITS)


def on_spans(document: Document, words: str) -> list[Decision]:
    """A decision for each place that holds one of the words, whatever breaks a line put between its letters."""
    pattern = "|".join(
        r"[\s-]*".join(re.escape(c) for c in word) for word in re.split(r"[^\w]+", words) if len(word) >= 5
    )
    return [
        Decision(Action.REDACT, Kind.PERSON, REASON, "P", "individual", found.start(), found.end())
        for found in re.finditer(pattern, document.text)
    ]


def on_boxes(boxes: Sequence[tuple[int, float, float, float, float]]) -> list[Decision]:
    return [Decision(Action.REDACT, Kind.OTHER, REASON, "P", "individual", boxes=(Box(*box),)) for box in boxes]


def redact(folder: Path, hiding: Hiding) -> tuple[Path, Applied]:
    source, document = put(folder, hiding.data)
    target = folder / "target.pdf"
    decisions = [*on_spans(document, hiding.secret), *on_boxes(hiding.boxes)]
    return target, apply(source, document, decisions, target)
