"""Texts that stand in for what a page shows (/ActualText): set aside, so that what is read is what can be seen.

pdfium reports such a text in place of the letters it covers. The letters would then go unread, and unredacted.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf

from backbeat.redaction.formats.pdf.admission import open_source

__all__ = ["without_stand_ins"]

KEY = b"ActualText"
UNREAD = b"actualtext"
"""Of the same length and of no meaning to any reader."""


def without_stand_ins(path: Path) -> bytes | None:
    """A copy of the PDF, for reading only, whose stand-in texts have no effect; None where it has none."""
    with open_source(path) as pdf:
        found = False
        for stream in _contents(pdf):
            data = stream.read_bytes()
            if KEY in data:
                stream.write(data.replace(KEY, UNREAD))
                found = True
        for entry in pdf.objects:
            if isinstance(entry, pikepdf.Dictionary | pikepdf.Stream):
                found |= _drop_from(entry)
        if not found:
            return None
        copy = io.BytesIO()
        pdf.save(copy)
        return copy.getvalue()


def _contents(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        parts = contents.as_list() if isinstance(contents, pikepdf.Array) else [contents]
        yield from (part for part in parts if isinstance(part, pikepdf.Stream))
    for entry in pdf.objects:
        if isinstance(entry, pikepdf.Stream) and str(entry.get("/Subtype", "")) == "/Form":
            yield entry


def _drop_from(entry: pikepdf.Object) -> bool:
    """Take stand-in texts out of one object, or of the marks in the resources it is or has."""
    resources = entry.get("/Resources")
    holder = resources if isinstance(resources, pikepdf.Dictionary) else entry
    marks = holder.get("/Properties")
    named = [mark for _, mark in marks.items()] if isinstance(marks, pikepdf.Dictionary) else []
    found = False
    for candidate in [entry, *named]:
        if isinstance(candidate, pikepdf.Dictionary) and "/ActualText" in candidate:
            del candidate["/ActualText"]
            found = True
    return found
