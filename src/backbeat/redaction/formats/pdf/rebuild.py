"""Copy what a page needs into a new document, key by key from lists of what is allowed; nothing else comes along."""

import re
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pikepdf

from backbeat.redaction.formats.pdf.cmaps import rewrite_to_unicode
from backbeat.redaction.formats.pdf.errors import PageUnsupported
from backbeat.redaction.formats.pdf.fonts import Font, load_font
from backbeat.redaction.formats.pdf.payload import clean_jp2, clean_jpeg

__all__ = ["Copier"]

IMAGE = ("Type", "Subtype", "Width", "Height", "BitsPerComponent", "Intent", "ImageMask", "Decode", "Interpolate",
         "SMaskInData", "Matte")  # fmt: skip
FONT = ("Type", "Subtype", "BaseFont", "FirstChar", "LastChar", "Widths", "W", "DW", "W2", "DW2", "FontMatrix",
        "FontBBox")  # fmt: skip
DESCRIPTOR = ("Type", "FontName", "Flags", "FontBBox", "ItalicAngle", "Ascent", "Descent", "Leading", "CapHeight",
              "XHeight", "StemV", "StemH", "AvgWidth", "MaxWidth", "MissingWidth")  # fmt: skip
FONT_FILE = ("Length1", "Length2", "Length3", "Subtype")
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
SHADING = ("ShadingType", "Background", "BBox", "AntiAlias", "Coords", "Domain", "Extend", "Matrix",
           "BitsPerCoordinate", "BitsPerComponent", "BitsPerFlag", "Decode", "VerticesPerRow")  # fmt: skip
FUNCTION = ("FunctionType", "Domain", "Range", "Size", "BitsPerSample", "Order", "Encode", "Decode", "C0", "C1", "N",
            "Bounds")  # fmt: skip
GRAPHICS_STATE = ("Type", "LW", "LC", "LJ", "ML", "D", "RI", "OP", "op", "OPM", "FL", "SM", "SA", "BM", "CA", "ca",
                  "AIS", "TK")  # fmt: skip
CALIBRATED = ("WhitePoint", "BlackPoint", "Gamma", "Matrix", "Range")
PARAMETERS = frozenset("/" + key for key in (
    "Predictor", "Colors", "BitsPerComponent", "Columns", "EarlyChange", "K", "EndOfLine", "EncodedByteAlign", "Rows",
    "EndOfBlock", "BlackIs1", "DamagedRowsBeforeError", "ColorTransform", "JBIG2Globals"))  # fmt: skip
DEVICE_SPACES = frozenset({"/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern", "/G", "/RGB", "/CMYK"})
DEEPEST = 12


class Copier:
    """Builds the objects of one new document from those of its source. Each source object is copied once."""

    def __init__(self, source: pikepdf.Pdf, target: pikepdf.Pdf) -> None:
        self.source, self.target = source, target
        self._copied: dict[tuple[str, int, int], Any] = {}
        self._fonts: dict[tuple[int, int], tuple[Any, Font, Any]] = {}
        self._loose_fonts: list[tuple[Any, Font, Any]] = []

    def once(self, kind: str, source: Any, make: Callable[[Any], Any]) -> Any:
        """The copy of `source` as a `kind`, made by `make` the first time it is asked for."""
        if not getattr(source, "is_indirect", False):
            return make(source)
        key = (kind, *source.objgen)
        if key not in self._copied:
            self._copied[key] = make(source)
        return self._copied[key]

    def scalars(self, value: Any, depth: int = 0) -> Any:
        """Numbers, names, booleans and lists of them; None for anything that could carry text or more."""
        if isinstance(value, bool | int | float | Decimal):
            return value
        if isinstance(value, pikepdf.Name):
            return pikepdf.Name(str(value))
        if isinstance(value, pikepdf.Array) and depth < 4:
            items = [self.scalars(item, depth + 1) for item in value.as_list()]
            return None if any(item is None for item in items) else pikepdf.Array(items)
        return None

    def keys(self, source: Any, into: Any, allowed: Iterable[str]) -> Any:
        """Copy the scalar values of the allowed keys."""
        for key in allowed:
            value = self.scalars(source.get("/" + key))
            if value is not None:
                into["/" + key] = value
        return into

    def indirect(self, value: Any) -> Any:
        """Make an object of the new document shareable."""
        return self.target.make_indirect(value)

    def raw_stream(self, source: pikepdf.Stream, allowed: Iterable[str]) -> Any:
        """Copy a stream's data as it is packed, with scalar keys from `allowed` only.

        Unless there is something to clean away, the data is not read before the new document is written: memory
        stays flat.
        """
        if "/F" in source:
            raise PageUnsupported("A part of the page lies in another file.")
        clean = self._cleaned(source)
        held = {key: source[key] for key in list(source.keys()) if key not in ("/Length", "/Filter", "/DecodeParms")}
        for key in held:
            del source[key]
        made: Any
        try:
            made = self.target.copy_foreign(source)
        finally:
            for key, value in held.items():
                source[key] = value
        parameters = made.get("/DecodeParms")
        for entry in parameters.as_list() if isinstance(parameters, pikepdf.Array) else [parameters]:
            if isinstance(entry, pikepdf.Dictionary):
                for key in [key for key in entry.keys() if key not in PARAMETERS]:
                    del entry[key]
        if clean is not None:
            made.write(clean, filter=made.get("/Filter"), decode_parms=made.get("/DecodeParms"))
        self.keys(source, made, allowed)
        return made

    def _cleaned(self, source: pikepdf.Stream) -> bytes | None:
        """The packed data without anything hidden beside it; None where it is clean already."""
        filters = source.get("/Filter")
        name = str(filters[0]) if isinstance(filters, pikepdf.Array) and len(filters) == 1 else str(filters)
        if name == "/DCTDecode":
            return clean_jpeg(source.read_raw_bytes())
        if name == "/JPXDecode":
            return clean_jp2(source.read_raw_bytes())
        if name == "/FlateDecode":
            return _without_tail(source.read_raw_bytes())
        return None

    # Fonts -----------------------------------------------------------------------------------------------------------

    def font(self, source: Any, char_procs: Callable[[Any, Any], None]) -> tuple[Any, Font]:
        """A font's copy and its metrics. `char_procs(source, copy)` adds the drawings of a Type 3 font."""
        known = self._fonts.get(source.objgen) if source.is_indirect else None
        if known is None:
            metrics = load_font(source)
            made = self.indirect(self._font_dictionary(source))
            if str(source.get("/Subtype")) == "/Type3":
                char_procs(source, made)
            known = (made, metrics, source)
            if source.is_indirect:
                self._fonts[source.objgen] = known
            else:
                self._loose_fonts.append(known)
        return known[0], known[1]

    def _font_dictionary(self, source: Any) -> Any:
        made = self.keys(source, pikepdf.Dictionary(), FONT)
        encoding = source.get("/Encoding")
        if isinstance(encoding, pikepdf.Name):
            made.Encoding = pikepdf.Name(str(encoding))
        elif isinstance(encoding, pikepdf.Stream):
            made.Encoding = self.once("cmap", encoding, self._cmap)
        elif isinstance(encoding, pikepdf.Dictionary):
            made.Encoding = self.keys(encoding, pikepdf.Dictionary(), ("Type", "BaseEncoding", "Differences"))
        if isinstance(found := source.get("/FontDescriptor"), pikepdf.Dictionary):
            made.FontDescriptor = self.once("descriptor", found, self._descriptor)
        if isinstance(found := source.get("/DescendantFonts"), pikepdf.Array):
            made.DescendantFonts = pikepdf.Array([self.once("descendant", found[0], self._descendant)])
        return made

    def _descendant(self, source: Any) -> Any:
        made = self._font_dictionary(source)
        system = source.get("/CIDSystemInfo")
        if isinstance(system, pikepdf.Dictionary):
            made.CIDSystemInfo = _system_info(system)
        mapping = source.get("/CIDToGIDMap")
        if isinstance(mapping, pikepdf.Stream):
            made.CIDToGIDMap = self.once("gids", mapping, lambda s: self.raw_stream(s, ()))
        elif isinstance(mapping, pikepdf.Name):
            made.CIDToGIDMap = pikepdf.Name(str(mapping))
        return self.indirect(made)

    def _descriptor(self, source: Any) -> Any:
        made = self.keys(source, pikepdf.Dictionary(), DESCRIPTOR)
        for key in FONT_FILES:
            if isinstance(found := source.get(key), pikepdf.Stream):
                made[key] = self.once("font-file", found, lambda s: self.raw_stream(s, FONT_FILE))
        return self.indirect(made)

    def _cmap(self, source: pikepdf.Stream) -> Any:
        made = pikepdf.Stream(self.target, _uncommented(source.read_bytes()))
        self.keys(source, made, ("Type", "CMapName", "WMode"))
        if isinstance(system := source.get("/CIDSystemInfo"), pikepdf.Dictionary):
            made.CIDSystemInfo = _system_info(system)
        if isinstance(base := source.get("/UseCMap"), pikepdf.Name):
            made.UseCMap = pikepdf.Name(str(base))
        return made

    def finish_fonts(self) -> None:
        """Cut what fonts say about their characters down to those still shown. Call once every page is done."""
        for made, metrics, source in [*self._fonts.values(), *self._loose_fonts]:
            meaning = source.get("/ToUnicode")
            if isinstance(meaning, pikepdf.Stream):
                # A map that cannot be read means nothing to other readers either: it is left out.
                with suppress(pikepdf.PikepdfError, ValueError, ArithmeticError):
                    text = rewrite_to_unicode(meaning.read_bytes(), metrics.used)
                    made.ToUnicode = pikepdf.Stream(self.target, text)
            encoding = made.get("/Encoding")
            if isinstance(encoding, pikepdf.Dictionary) and "/Differences" in encoding:
                encoding.Differences = _used_differences(encoding.Differences, metrics.used)

    # Graphics --------------------------------------------------------------------------------------------------------

    def image(self, source: pikepdf.Stream) -> Any:
        """An image with its masks, without metadata, alternates or thumbnails."""
        return self.once("image", source, self._image)

    def _image(self, source: pikepdf.Stream) -> Any:
        made = self.raw_stream(source, IMAGE)
        if (space := source.get("/ColorSpace")) is not None:
            made.ColorSpace = self.color_space(space)
        for key in ("/SMask", "/Mask"):
            mask = source.get(key)
            if isinstance(mask, pikepdf.Stream):
                made[key] = self.image(mask)
            elif isinstance(mask, pikepdf.Array):
                made[key] = self.scalars(mask)
        return made

    def color_space(self, source: Any, depth: int = 0) -> Any:
        """A colour space of any kind."""
        if isinstance(source, pikepdf.Name):
            return pikepdf.Name(str(source))
        if not isinstance(source, pikepdf.Array) or not len(source) or depth > DEEPEST:
            raise PageUnsupported("A colour space is malformed.")
        kind, *rest = source.as_list()
        head = pikepdf.Name(str(kind))
        match str(kind), rest:
            case "/ICCBased", [profile]:
                return pikepdf.Array([head, self.once("icc", profile, lambda s: self.raw_stream(s, ("N", "Range")))])
            case "/CalGray" | "/CalRGB" | "/Lab", [values]:
                return pikepdf.Array([head, self.keys(values, pikepdf.Dictionary(), CALIBRATED)])
            case "/Indexed" | "/I", [base, highest, pikepdf.Stream() as table]:
                copied = self.once("table", table, lambda s: self.raw_stream(s, ()))
                return pikepdf.Array([head, self.color_space(base, depth + 1), int(highest), copied])
            case "/Indexed" | "/I", [base, highest, table]:
                # Only as many bytes as there are colours: the rest of the string could hold anything.
                colors = pikepdf.String(bytes(table)[: (int(highest) + 1) * 4])
                return pikepdf.Array([head, self.color_space(base, depth + 1), int(highest), colors])
            case "/Separation" | "/DeviceN", [names, alternate, tint, *_]:
                parts = [self.scalars(names), self.color_space(alternate, depth + 1), self.function(tint)]
                return pikepdf.Array([head, *parts])
            case "/Pattern", [base]:
                return pikepdf.Array([head, self.color_space(base, depth + 1)])
            case name, []:
                return pikepdf.Name(name)
        raise PageUnsupported("A colour space is of an unknown kind.")

    def function(self, source: Any, depth: int = 0) -> Any:
        """A function of any of the four kinds, or a list of them."""
        if depth > DEEPEST:
            raise PageUnsupported("Functions are nested too deeply.")
        if isinstance(source, pikepdf.Name):
            return pikepdf.Name(str(source))
        if isinstance(source, pikepdf.Array):
            return pikepdf.Array([self.function(item, depth + 1) for item in source.as_list()])
        if isinstance(source, pikepdf.Stream):
            if int(source.get("/FunctionType", 0)) == 4:
                made = pikepdf.Stream(self.target, _uncommented(source.read_bytes()))
                return self.keys(source, made, FUNCTION)
            return self.once("function", source, lambda s: self.raw_stream(s, FUNCTION))
        made = self.keys(source, pikepdf.Dictionary(), FUNCTION)
        if "/Functions" in source:
            made.Functions = self.function(source.Functions, depth + 1)
        return made

    def group(self, source: Any) -> Any:
        """A transparency group's dictionary, or None where there is none."""
        if not isinstance(source, pikepdf.Dictionary):
            return None
        made = self.keys(source, pikepdf.Dictionary(), ("Type", "S", "I", "K"))
        if (space := source.get("/CS")) is not None:
            made.CS = self.color_space(space)
        return made

    def shading(self, source: Any) -> Any:
        """A shading of any kind."""
        made = (
            self.raw_stream(source, SHADING)
            if isinstance(source, pikepdf.Stream)
            else self.keys(source, pikepdf.Dictionary(), SHADING)
        )
        made.ColorSpace = self.color_space(source.ColorSpace)
        if "/Function" in source:
            made.Function = self.function(source.Function)
        return made


def _system_info(source: Any) -> Any:
    # Registry and ordering are strings by the format's own rule; only plain short ones pass.
    def word(key: str) -> str:
        found = str(source.get(key, ""))
        return found if re.fullmatch(r"[A-Za-z0-9_+-]{1,32}", found) else "Adobe"

    return pikepdf.Dictionary(
        Registry=pikepdf.String(word("/Registry")),
        Ordering=pikepdf.String(word("/Ordering")),
        Supplement=int(source.get("/Supplement", 0)),
    )


def _used_differences(source: Any, used: set[bytes]) -> Any:
    kept: list[Any] = []
    code = expected = -1
    for entry in source.as_list():
        if not isinstance(entry, pikepdf.Name):
            code = int(entry)
            continue
        if 0 <= code < 256 and bytes([code]) in used:
            if code != expected:
                kept.append(code)
            kept.append(pikepdf.Name(str(entry)))
            expected = code + 1
        code += 1
    return pikepdf.Array(kept)


def _uncommented(data: bytes) -> bytes:
    return re.sub(rb"%[^\r\n]*", b"", data)


def _without_tail(packed: bytes) -> bytes | None:
    """Deflated data without what follows its end; None where nothing does."""
    engine = zlib.decompressobj()
    rest = packed
    try:
        while rest and not engine.eof:
            engine.decompress(rest, 1 << 20)
            rest = engine.unconsumed_tail
    except zlib.error as error:
        raise PageUnsupported("A packed part of the page is damaged.") from error
    tail = engine.unused_data
    return packed[: len(packed) - len(tail)] if tail.strip(b"\r\n\x00 ") else None
