"""The shape of a redacted PDF: only what a page needs to be seen may be in it.

A white list, because a list of bad keys is never complete: associated files, page-piece data and page labels all came
through lists of that kind. Keys not known to be harmless are findings.
"""

import re
from collections.abc import Iterator
from typing import Any

from backbeat.redaction.model import Finding

__all__ = ["check_bytes", "check_objects"]

CATALOGUE = frozenset({"/Type", "/Pages", "/Version", "/Extensions"})
PAGE_TREE = frozenset({"/Type", "/Kids", "/Count", "/Parent"})
PAGE = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"}
)
TRAILER = frozenset("/Root /Size /ID /Type /W /Index /Length /Filter /DecodeParms".split())
RESOURCES = frozenset("/Font /XObject /ExtGState /ColorSpace /Pattern /Shading /ProcSet".split())
STREAM = frozenset("/Length /Filter /DecodeParms".split())
IMAGE = STREAM | frozenset(
    "/Type /Subtype /Width /Height /ColorSpace /BitsPerComponent /Decode /ImageMask /Mask /SMask /Interpolate /Intent "
    "/SMaskInData /Matte /Name".split()
)
FORM = STREAM | frozenset("/Type /Subtype /FormType /BBox /Matrix /Resources /Group /Name".split())

FORBIDDEN = frozenset(
    "/A /AA /AF /AcroForm /ActualText /Alt /Alternates /AltText /Annots /B /Collection /Contents.Old /DSS /Dests /EF "
    "/EmbeddedFiles /EmbeddedFile /Info /JS /JavaScript /LastModified /Launch /MarkInfo /Metadata /Measure /Names /OC "
    "/OCGs /OCProperties /OPI /OpenAction /Outlines /PageLabels /Perms /PieceInfo /Prev /Properties /PZ "
    "/Rendition /RichMedia /SpiderInfo /StructParent /StructParents /StructTreeRoot /TemplateInstantiated /Threads "
    "/Thumb /Tabs /URI /VP /XFA".split()
)
"""Keys that carry hidden content wherever they stand."""


def check_bytes(content: bytes) -> Iterator[Finding]:
    """One revision, nothing before it and nothing after."""
    if not content.startswith(b"%PDF-"):
        yield Finding("structure.leading-data", "The file does not begin with a PDF header.")
    if content.count(b"%%EOF") != 1 or len(re.findall(rb"startxref\s", content)) != 1:
        yield Finding("structure.revisions", "The file holds more than one revision, or an incomplete one.")
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n"):
        yield Finding("structure.trailing-data", "Something follows the end of the PDF.")
    start = re.search(rb"startxref\s+(\d+)\s+%%EOF", content[-64:])
    if start is None or int(start[1]) >= len(content):
        yield Finding("structure.xref", "The file does not say where its cross-reference table is.")


def check_objects(pdf: Any, pages: int) -> Iterator[Finding]:
    """Catalogue, pages, resources and every dictionary against the white lists."""
    import pikepdf

    if pdf.is_encrypted:
        yield Finding("structure.encrypted", "The output is encrypted.")
    yield from _unknown(pdf.trailer, TRAILER, "trailer")
    yield from _unknown(pdf.Root, CATALOGUE, "catalogue")
    if len(pdf.pages) != pages:
        yield Finding("structure.pages", f"The output has {len(pdf.pages)} pages instead of {pages}.")
    for number, page in enumerate(pdf.pages, 1):
        yield from _unknown(page.obj, PAGE, "page", number)
        if not isinstance(page.obj.get("/Resources", pikepdf.Dictionary()), pikepdf.Dictionary):
            yield Finding("structure.resources", "The resources of a page are no dictionary.", number)
        else:
            yield from _unknown(page.obj.get("/Resources", pikepdf.Dictionary()), RESOURCES, "resources", number)
    yield from _everywhere(pdf)


def _everywhere(pdf: Any) -> Iterator[Finding]:
    import pikepdf

    bad: set[str] = set()
    for item in pdf.objects:
        stack = [item]
        while stack:
            node = stack.pop()
            if isinstance(node, pikepdf.Stream):
                bad |= _stream_keys(node)
            if isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
                keys = set(node.keys())
                bad |= keys & FORBIDDEN
                stack += [value for value in node.values() if _is_inner(value)]
            elif isinstance(node, pikepdf.Array):
                stack += [value for value in node if _is_inner(value)]
    for key in sorted(bad):
        yield Finding("structure.forbidden-key", f"The output holds {_quoted(key)}, which can carry hidden content.")


def _stream_keys(stream: Any) -> set[str]:
    kind = stream.get("/Subtype")
    if kind == "/Image":
        return set(stream.keys()) - IMAGE
    if kind == "/Form":
        return set(stream.keys()) - FORM
    return set()


def _is_inner(value: Any) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _unknown(node: Any, known: frozenset[str], where: str, page: int | None = None) -> Iterator[Finding]:
    for key in sorted(set(node.keys()) - known):
        yield Finding(
            "structure.unknown-key", f"The {where} holds {_quoted(key)}, which nothing on a page needs.", page
        )


def _quoted(key: str) -> str:
    """Standard keys are named; anything else could be a value in disguise and is not repeated."""
    return key if key in FORBIDDEN else "a key of its own"
