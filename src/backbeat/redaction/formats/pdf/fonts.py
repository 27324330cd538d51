"""How far each glyph of a font moves the pen: what is needed to know where every shown character stands."""

from typing import Any

import pikepdf

from backbeat.redaction.formats.pdf.cmaps import CodeMap, parse_code_map, predefined_code_map

__all__ = ["Font", "load_font"]

STANDARD_ALIASES = {
    "Arial": "Helvetica",
    "ArialMT": "Helvetica",
    "Arial-BoldMT": "Helvetica-Bold",
    "Arial,Bold": "Helvetica-Bold",
    "Arial-ItalicMT": "Helvetica-Oblique",
    "Arial,Italic": "Helvetica-Oblique",
    "Arial-BoldItalicMT": "Helvetica-BoldOblique",
    "CourierNew": "Courier",
    "CourierNewPSMT": "Courier",
    "TimesNewRoman": "Times-Roman",
    "TimesNewRomanPSMT": "Times-Roman",
    "TimesNewRoman,Bold": "Times-Bold",
    "TimesNewRomanPS-BoldMT": "Times-Bold",
}

Glyph = tuple[bytes, float, bool]
"""Code, advance in text space at size 1, and whether word spacing applies."""


class Font:
    """Splits shown strings into glyphs with their advances."""

    __slots__ = ("_cache", "_codes", "_table", "_widths", "default", "high", "low", "sound", "used")

    def __init__(self) -> None:
        self.sound = True
        """Whether advances are known; if not, text in this font cannot be placed."""
        self.low, self.high = -0.2, 0.8
        """Bottom and top of a glyph at size 1, measured from the baseline."""
        self.used: set[bytes] = set()
        """Codes still shown in the output."""
        self.default = 0.0
        self._table: list[Glyph] | None = None
        self._codes: CodeMap | None = None
        self._widths: dict[int, float] = {}
        self._cache: dict[bytes, Glyph] = {}

    def split(self, data: bytes) -> list[Glyph]:
        """Glyphs of a shown string, in order."""
        table = self._table
        if table is not None:
            return [table[byte] for byte in data]
        codes = self._codes
        if codes is None:
            return []
        if codes.identity:
            cache = self._cache
            found = []
            for at in range(0, len(data), 2):
                code = data[at : at + 2]
                glyph = cache.get(code)
                if glyph is None:
                    width = self._widths.get(int.from_bytes(code, "big"), self.default)
                    glyph = cache[code] = (code, width, False)
                found.append(glyph)
            return found
        return [(code, self._widths.get(cid, self.default), code == b" ") for code, cid in codes.split(data)]

    def set_simple(self, widths: list[float]) -> None:
        """One byte a glyph; `widths` has 256 entries at size 1."""
        self._table = [(bytes([byte]), widths[byte], byte == 32) for byte in range(256)]

    def set_composite(self, codes: CodeMap, widths: dict[int, float], default: float) -> None:
        """Codes of one or more bytes; widths by CID at size 1."""
        self._codes, self._widths, self.default = codes, widths, default


def load_font(source: Any) -> Font:
    """Metrics of a font dictionary. `sound` is False where they are missing or of a kind not handled."""
    font = Font()
    kind = str(source.get("/Subtype", ""))
    try:
        if kind == "/Type0":
            _load_composite(font, source)
        elif kind == "/Type3":
            _load_type3(font, source)
        else:
            _load_simple(font, source)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, pikepdf.PikepdfError):
        # A malformed font dictionary: place nothing by it.
        font.sound = False
        font.set_simple([0.0] * 256)
    return font


def _load_simple(font: Font, source: Any) -> None:
    widths = source.get("/Widths")
    descriptor = source.get("/FontDescriptor")
    if widths is None:
        standard = _standard_widths(source)
        font.sound = standard is not None
        font.set_simple(standard or [0.0] * 256)
        return
    missing = float(descriptor.get("/MissingWidth", 0)) / 1000 if descriptor is not None else 0.0
    font.set_simple(_table(source, missing, 0.001))


def _table(source: Any, missing: float, scale: float) -> list[float]:
    table = [missing] * 256
    first = int(source.get("/FirstChar", 0))
    for offset, width in enumerate(source.get("/Widths").as_list()):
        if 0 <= first + offset < 256:
            table[first + offset] = float(width) * scale
    return table


def _load_type3(font: Font, source: Any) -> None:
    matrix = [float(value) for value in source.get("/FontMatrix").as_list()]
    if matrix[1] or matrix[2]:
        font.sound = False
    font.set_simple(_table(source, 0.0, matrix[0]))
    box = [float(value) for value in source.get("/FontBBox", pikepdf.Array([0, 0, 0, 0])).as_list()]
    low, high = sorted((box[1] * matrix[3], box[3] * matrix[3]))
    if high > low:
        font.low, font.high = low, high


def _load_composite(font: Font, source: Any) -> None:
    encoding = source.get("/Encoding")
    codes: CodeMap | None
    if isinstance(encoding, pikepdf.Stream):
        codes = parse_code_map(encoding.read_bytes())
    else:
        codes = predefined_code_map(str(encoding)[1:])
    descendant = source.get("/DescendantFonts")[0]
    font.set_composite(
        codes or CodeMap(identity=True), _cid_widths(descendant), float(descendant.get("/DW", 1000)) / 1000
    )
    font.sound = codes is not None and not codes.vertical


def _cid_widths(descendant: Any) -> dict[int, float]:
    found: dict[int, float] = {}
    entries = descendant.get("/W")
    values = entries.as_list() if entries is not None else []
    at = 0
    while at < len(values):
        first = int(values[at])
        following = values[at + 1]
        if isinstance(following, pikepdf.Array):
            for offset, width in enumerate(following.as_list()):
                found[first + offset] = float(width) / 1000
            at += 2
        else:
            same = float(values[at + 2]) / 1000
            found.update(dict.fromkeys(range(first, min(int(following), 0xFFFF) + 1), same))
            at += 3
    return found


def _standard_widths(source: Any) -> list[float] | None:
    """Advances of one of the fourteen fonts that need not bring their own."""
    from pdfminer.encodingdb import EncodingDB
    from pdfminer.fontmetrics import FONT_METRICS

    name = str(source.get("/BaseFont", ""))[1:]
    name = STANDARD_ALIASES.get(name, name)
    if name not in FONT_METRICS:
        return None
    metrics = FONT_METRICS[name][1]
    if name in {"Symbol", "ZapfDingbats"} and "/Encoding" not in source:
        return None
    meanings = EncodingDB.get_encoding(*_encoding(source))
    widths = [0.0] * 256
    for code, text in meanings.items():
        if 0 <= code < 256:
            widths[code] = float(metrics.get(text, 0)) / 1000
    # Viewers show these two where an encoding leaves them free.
    widths[0xA0] = widths[0xA0] or widths[0x20]
    widths[0xAD] = widths[0xAD] or widths[0x2D]
    return widths


def _encoding(source: Any) -> tuple[str, list[object]]:
    from pdfminer.psparser import LIT

    encoding = source.get("/Encoding")
    if encoding is None:
        return "StandardEncoding", []
    if isinstance(encoding, pikepdf.Name):
        return str(encoding)[1:], []
    base = str(encoding.get("/BaseEncoding", "/StandardEncoding"))[1:]
    differences = encoding.get("/Differences")
    entries = differences.as_list() if differences is not None else []
    return base, [LIT(str(entry)[1:]) if isinstance(entry, pikepdf.Name) else int(entry) for entry in entries]
