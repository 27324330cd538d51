"""The file as bytes and as objects: finds values that no reader of pages would show.

Two passes that do not depend on each other. `carve` looks at the bytes alone: it unpacks whatever follows the word
`stream`, whether or not the cross-reference table knows of it, so left-over revisions and orphans are searched too.
Font programs are left out there: they carry the names of their makers, who may share a name with anybody.
`walk` asks pikepdf for every object and looks at each string, name and key, with escapes, hex and UTF-16 resolved.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from backbeat.redaction.model import Finding
from backbeat.redaction.verify.expectation import Expectation
from backbeat.redaction.verify.forms import SHORT, byte_forms, compact, spellings, views
from backbeat.redaction.verify.present import Present

__all__ = ["carve", "resolve_literal", "search_codes", "shown_codes", "strings_in", "walk"]

CERTAIN = 6
"""Bytes from which a value is not met by chance in megabytes of compressed or picture data."""
UNPACK_LIMIT = 1 << 28
"""Bytes unpacked from one stream at most."""

_FONT_PROGRAMS = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf", b"%!PS-AdobeFont", b"%!FontType", b"\1\0\4")
"""How TrueType, OpenType, Type 1 and CFF fonts begin."""
_TYPEFACES = re.compile(
    "arial|bodoni|bold|book|bookman|calibri|cambria|candara|century|consolas|constantia|corbel|courier|frutiger|futura"
    "|garamond|georgia|gill|helvetica|italic|liberation|lucida|medium|minion|myriad|new|noto|oblique|open|optima"
    "|palatino|regular|roman|sans|schoolbook|segoe|serif|symbol|tahoma|times|trebuchet|univers|verdana|wingdings|zapf"
)
"""Words of typeface names; some are names of people too, but not here."""

_STANDARD = frozenset(
    "/ASCII85Decode /BaseEncoding /BaseFont /BitsPerComponent /BitsPerSample /BlackPoint /Catalog /CIDFontType0 "
    "/CIDFontType0C /CIDFontType2 /CIDSystemInfo /CIDToGIDMap /CapHeight /CharProcs /CharSet /ColorSpace "
    "/ColorTransform /Contents /CropBox /DCTDecode /DecodeParms /DescendantFonts /DeviceCMYK /DeviceGray /DeviceN "
    "/DeviceRGB /Differences /EarlyChange /Encoding /ExtGState /Filter /FirstChar /Flags /FlateDecode /FontBBox "
    "/FontDescriptor /FontFamily /FontFile /FontFile2 /FontFile3 /FontMatrix /FontName /FontStretch /FontWeight "
    "/FunctionType /Functions /Group /Height /ICCBased /Identity-H /Identity-V /ImageMask /Image /Index /Indexed "
    "/Intent /Interpolate /ItalicAngle /JPXDecode /LastChar /Leading /Length /Length1 /Length2 /Length3 /Luminosity "
    "/MMType1 /MacExpertEncoding /MacRomanEncoding /Matrix /MaxWidth /MediaBox /MissingWidth /Multiply /Normal "
    "/OpenType /Ordering /Overlay /Pages /PaintType /Parent /Pattern /PatternType /Perceptual /Predictor /ProcSet "
    "/Registry /RelativeColorimetric /Resources /Rotate /Saturation /Screen /Separation /Shading /ShadingType "
    "/StandardEncoding /Subtype /Supplement /TilingType /ToUnicode /Transparency /TrueType /Type /Type1C /UserUnit "
    "/WhitePoint /Widths /WinAnsiEncoding /XHeight /XObject /XStep /YStep".split()
)
"""Names of the PDF language that hold a word somebody may be called (`State`, `Roman`, `Court`); not searched."""

_STREAM = re.compile(rb"stream\r?\n")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LITERAL = re.compile(rb"\\(?:([0-7]{1,3})|\r\n?|\n|(.))", re.DOTALL)
_STRINGS = re.compile(rb"\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)|<([0-9A-Fa-f\s]*)>", re.DOTALL)


def carve(content: bytes, expectation: Expectation, drawn: Sequence[str]) -> Iterator[Finding]:
    """Search the bytes of the file and of everything in it that can be unpacked."""
    rightly = "\n".join([expectation.kept, *drawn]).lower().encode()
    # A value that rightly stands somewhere is left to the readers, which count page by page.
    all_forms = {form for value in expectation.values if value.by_span for form in byte_forms(value.text)}
    certain = Present(form for form in all_forms if len(form) >= CERTAIN)
    forms = Present(certain.needles - certain.within(rightly))
    if not forms.needles:
        return
    found = sum(any(forms.within(view) for view in views(data)) for data in _pieces(content))
    if found:
        yield Finding("raw.bytes", f"Removed values stand in {found} places of the file's raw or unpacked data.")


def _pieces(content: bytes) -> Iterator[bytes]:
    yield _without_grammar(content)
    for match in _STREAM.finditer(content):
        unpacked = _inflated(content[match.end() : match.end() + 2]) and _unpack(content, match.end())
        if unpacked and not unpacked.startswith(_FONT_PROGRAMS):
            yield _without_grammar(unpacked)


_GRAMMAR = re.compile(rb"\d{10} \d{5} [nf]\s|\b(?:endobj|endstream|stream|startxref|trailer)\b|/[A-Za-z0-9-]{6,}")


def _without_grammar(content: bytes) -> bytes:
    """Data without what every PDF holds: cross-reference offsets, which look like any ten digits, and its own words."""
    return _GRAMMAR.sub(_not_standard, content)


def _not_standard(match: "re.Match[bytes]") -> bytes:
    word = match[0]
    return word if word.startswith(b"/") and word.decode("ascii") not in _STANDARD else b" "


def _inflated(head: bytes) -> bool:
    """Do two bytes begin a zlib stream?"""
    return len(head) == 2 and head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0


def _unpack(content: bytes, start: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        return unpacker.decompress(memoryview(content)[start:], UNPACK_LIMIT)
    except zlib.error:
        return b""


def walk(pdf: Any, expectation: Expectation, drawn: Sequence[str]) -> Iterator[Finding]:
    """Search every string, name and key of every object, content streams aside."""
    import pikepdf

    texts: list[str] = []
    for number, item in enumerate(pdf.objects, 1):
        if isinstance(item, pikepdf.Object):
            texts += strings_in(item)
        if number > 5_000_000:
            yield Finding("reader.failed", "The output has more objects than can be searched.")
            return
    yield from _search(texts, expectation, drawn, "raw.object")


def _search(texts: Sequence[str], expectation: Expectation, drawn: Sequence[str], check: str) -> Iterator[Finding]:
    # Kept apart: the names of two glyphs, one after the other, are not a word.
    haystack = "\0".join(map(compact, texts))
    rightly = compact("\n".join([expectation.kept, *drawn]))
    forms = {form for value in expectation.values if value.by_span for form in spellings(value.kind, value.text)}
    found = Present(form for form in forms if len(form) > SHORT).within(haystack)
    number = sum(form not in rightly for form in found)
    if number:
        yield Finding(check, f"{number} spellings of removed values stand in objects of the file.")


def strings_in(item: Any) -> Iterator[str]:
    """Strings, names and keys inside one object, without following references to others."""
    import pikepdf

    stack = [item]
    while stack:
        node = stack.pop()
        if isinstance(node, pikepdf.String):
            data = bytes(node)
            yield str(node)
            yield data.decode("latin-1")
            if b"\0" in data:
                yield from (data.decode(codec, "replace") for codec in ("utf-16-be", "utf-16-le"))
        elif isinstance(node, pikepdf.Name):
            if str(node) not in _STANDARD:
                yield str(node)
        elif isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
            for key, value in node.items():
                if key not in _STANDARD:
                    yield key
                if key in {"/BaseFont", "/FontName", "/FontFamily"}:
                    yield _TYPEFACES.sub("", str(value).lower())
                elif not _is_reference(value):
                    stack.append(value)
        elif isinstance(node, pikepdf.Array):
            stack += [value for value in node if not _is_reference(value)]


def _is_reference(value: Any) -> bool:
    return bool(getattr(value, "is_indirect", False))


def shown_codes(content: bytes) -> str:
    """The strings of a content stream as bare codes, joined: a reader that believes no character map.

    Escapes, octal and hex are resolved; codes are taken as Latin-1, and two-byte codes also without their high bytes.
    """
    pieces: list[bytes] = []
    for literal, hexed in _STRINGS.findall(content):
        if hexed:
            digits = re.sub(rb"\s", b"", hexed)
            pieces.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
        else:
            pieces.append(resolve_literal(literal) if b"\\" in literal else literal)
    return b"".join(pieces).decode("latin-1")


def resolve_literal(literal: bytes) -> bytes:
    """The bytes a literal string stands for: escapes, octal codes and broken lines resolved."""
    return _LITERAL.sub(_resolved, literal)


def _resolved(match: "re.Match[bytes]") -> bytes:
    octal, character = match.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    return _ESCAPES.get(character, character) if character else b""


def search_codes(texts: Sequence[str], expectation: Expectation, drawn: Sequence[str]) -> Iterator[Finding]:
    """Values in the bare codes of content streams; a value that rightly stands somewhere is left to the readers."""
    yield from _search(texts, expectation, drawn, "raw.content-stream")
