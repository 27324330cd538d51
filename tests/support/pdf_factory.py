"""Makes PDFs that hide a value where redaction tools have been known to leave it. Nobody in them is real."""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageDraw

SECRET = "Zebediah Quillfeather"
MAIL = "zebediah.quillfeather@example.org"


@dataclass(frozen=True)
class Hiding:
    """One document with the secret planted, and what a reviewer would mark."""

    name: str
    data: bytes
    secret: str = SECRET
    boxes: tuple[tuple[int, float, float, float, float], ...] = ()
    """Page and sides of boxes drawn by hand, for secrets that are not in the text."""
    kept: tuple[str, ...] = ("Statement of", "taken at noon")
    """Words that must still be readable afterwards."""
    pictures: tuple[int, ...] = field(default=())
    """Pages that are expected to become pictures."""


def helvetica(pdf: pikepdf.Pdf) -> Any:
    return pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )


def new_page(pdf: pikepdf.Pdf, content: bytes, *, box: tuple[float, ...] = (0, 0, 400, 300), **resources: Any) -> Any:
    """Add a page with Helvetica as /F1; other resources by category."""
    fonts = resources.pop("Font", {})
    page = pdf.make_indirect(
        Dictionary(
            Type=Name.Page,
            MediaBox=Array(list(box)),
            Resources=Dictionary(Font=Dictionary({"/F1": helvetica(pdf), **fonts}), **resources),
            Contents=Stream(pdf, content),
        )
    )
    pdf.pages.append(pikepdf.Page(page))
    return pdf.pages[-1].obj


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def text(x: float, y: float, words: str | bytes, size: float = 12) -> bytes:
    data = words.encode("cp1252") if isinstance(words, str) else words
    return b"BT /F1 %g Tf %g %g Td (%s) Tj ET\n" % (size, x, y, data)


PLAIN = text(40, 250, "Statement of ") + text(40, 100, "taken at noon")


def statement(extra: bytes = b"", *, with_secret: bool = True) -> bytes:
    return PLAIN + (text(40, 200, f"name: {SECRET}, seen twice") if with_secret else b"") + extra


CASES: dict[str, Callable[[], Hiding]] = {}


def hiding(make: Callable[[], Hiding]) -> Callable[[], Hiding]:
    CASES[make.__name__] = make
    return make


def simple(name: str, content: bytes, **options: Any) -> Hiding:
    pdf = pikepdf.new()
    new_page(pdf, content)
    return Hiding(name, saved(pdf), **options)


@hiding
def box_only() -> Hiding:
    return simple("box_only", statement(b"0 g 70 195 150 16 re f\n"))


@hiding
def box_as_path() -> Hiding:
    return simple("box_as_path", statement(b"0 g 70 195 m 220 195 l 220 211 l 70 211 l h f\n"))


@hiding
def white_text() -> Hiding:
    return simple("white_text", PLAIN + b"1 g " + text(40, 160, f"of {SECRET}") + b"0 g")


@hiding
def invisible_text() -> Hiding:
    return simple("invisible_text", PLAIN + b"BT 3 Tr /F1 12 Tf 40 160 Td (%s) Tj 0 Tr ET" % SECRET.encode())


@hiding
def letter_by_letter() -> Hiding:
    letters = b"".join(text(40 + 8 * i, 160, c) for i, c in enumerate(SECRET) if c != " ")
    return simple("letter_by_letter", PLAIN + letters, secret=SECRET)


@hiding
def kerned_splits() -> Hiding:
    parts = b" ".join(b"(%s) %d" % (c.encode(), -20 if i % 3 else 15) for i, c in enumerate(SECRET))
    return simple("kerned_splits", PLAIN + b"BT /F1 12 Tf 40 160 Td [(made by ) %s ( today)] TJ ET" % parts)


@hiding
def several_in_one_show() -> Hiding:
    line = f"{SECRET} met {SECRET} and then {SECRET} left".encode()
    return simple("several_in_one_show", PLAIN + b"BT /F1 10 Tf 20 160 Td [(%s)] TJ ET" % line)


@hiding
def quote_operators() -> Hiding:
    content = b"BT /F1 12 Tf 14 TL 40 180 Td (one) Tj (two %s) ' 3 1 (three %s four) \" T* (five) Tj ET"
    return simple("quote_operators", PLAIN + content % (SECRET.encode(), SECRET.encode()), kept=("one", "five", "four"))


@hiding
def text_state() -> Hiding:
    content = (
        b"q 0.5 0 0 0.5 20 20 cm BT /F1 24 Tf 2 Tc 5 Tw 80 Tz 3 Ts 40 260 Td (before %s after) Tj "
        b"100 Tz 0 Tc 0 Tw 0 Ts -1 0 0 -1 500 200 Tm (upside %s down) Tj "
        b"/F1 -12 Tf 1 0 0 1 600 100 Tm (backwards %s) Tj ET Q"
    )
    return simple("text_state", PLAIN + content % ((SECRET.encode(),) * 3))


@hiding
def drawn_twice() -> Hiding:
    return simple("drawn_twice", statement(text(40, 200, f"name: {SECRET}, seen twice")))


@hiding
def ligature() -> Hiding:
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Helvetica,
            Encoding=Dictionary(BaseEncoding=Name.WinAnsiEncoding, Differences=Array([1, Name.fi])),
        )
    )
    new_page(pdf, PLAIN + b"BT /F2 12 Tf 40 160 Td (Ms \001nnegan-Wol\001eld here) Tj ET", Font={"/F2": font})
    return Hiding("ligature", saved(pdf), secret="finnegan-Wolfield")


@hiding
def hyphenated() -> Hiding:
    return simple("hyphenated", PLAIN + text(40, 170, "made by Quill-") + text(40, 156, "feather today"))


@hiding
def outside_crop() -> Hiding:
    pdf = pikepdf.new()
    page = new_page(pdf, statement(text(10, 10, SECRET) + text(900, 100, SECRET)))
    page.CropBox = Array([30, 30, 400, 300])
    return Hiding("outside_crop", saved(pdf))


@hiding
def hidden_layer() -> Hiding:
    pdf = pikepdf.new()
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(SECRET)))
    content = statement(b"/OC /L1 BDC " + text(40, 150, SECRET) + b"10 10 50 50 re f EMC /Fm Do")
    form = Stream(pdf, text(0, 0, SECRET), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 300, 50]), OC=group)
    page = new_page(pdf, content, Properties=Dictionary(L1=group), XObject=Dictionary(Fm=form))
    form.Resources = page.Resources
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=Array([group])))
    return Hiding("hidden_layer", saved(pdf))


@hiding
def actual_text() -> Hiding:
    pdf = pikepdf.new()
    content = statement(
        b"/Span <</ActualText (%s) /Alt (%s) /E (%s)>> BDC " % ((SECRET.encode(),) * 3)
        + text(40, 150, "initials Z.Q.")
        + b"EMC /P /M1 BDC "
        + text(40, 130, "more")
        + b"EMC /P <</T (%s)>> DP" % SECRET.encode()
    )
    page = new_page(pdf, content, Properties=Dictionary(M1=Dictionary(ActualText=String(SECRET))))
    element = Dictionary(Type=Name.StructElem, S=Name.P, Alt=String(SECRET), ActualText=String(SECRET), Pg=page)
    pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=pdf.make_indirect(element))
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    return Hiding("actual_text", saved(pdf))


@hiding
def catalogue() -> Hiding:
    pdf = pikepdf.new()
    page = new_page(pdf, statement())
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(SECRET, 0))
    secret = String(SECRET)
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=secret)]))
    pdf.Root.PieceInfo = Dictionary(App=Dictionary(Private=secret, LastModified=String("D:2026")))
    page.PieceInfo = Dictionary(App=Dictionary(Private=Stream(pdf, SECRET.encode())))
    pdf.Root.Names = Dictionary(
        Dests=Dictionary(Names=Array([secret, Array([page, Name.Fit])])),
        JavaScript=Dictionary(Names=Array([secret, Dictionary(S=Name.JavaScript, JS=secret)])),
    )
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{SECRET}')"))
    page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=secret))
    pdf.Root.Lang = secret
    pdf.Root.URI = Dictionary(Base=secret)
    page.LastModified = secret
    page[f"/{SECRET.replace(' ', '')}"] = secret
    pdf.docinfo["/Title"] = SECRET
    pdf.docinfo["/Author"] = SECRET
    return Hiding("catalogue", saved(pdf))


@hiding
def attachments() -> Hiding:
    pdf = pikepdf.new()
    page = new_page(pdf, statement())
    pdf.attachments["name.txt"] = pikepdf.AttachedFileSpec(pdf, SECRET.encode(), filename=f"{SECRET}.txt")
    spec = Dictionary(Type=Name.Filespec, F=String(SECRET), EF=Dictionary(F=Stream(pdf, SECRET.encode())))
    page.AF = Array([pdf.make_indirect(spec)])
    pdf.Root.AF = Array([spec])
    return Hiding("attachments", saved(pdf))


@hiding
def metadata_streams() -> Hiding:
    pdf = pikepdf.new()
    image = Stream(pdf, bytes(3 * 16), Type=Name.XObject, Subtype=Name.Image, Width=4, Height=4)
    image.BitsPerComponent, image.ColorSpace = 8, Name.DeviceRGB
    image.Metadata = Stream(pdf, SECRET.encode(), Type=Name.Metadata, Subtype=Name.XML)
    image.PieceInfo = Dictionary(App=Dictionary(Private=String(SECRET)))
    image.Name = Name(f"/{SECRET.replace(' ', '')}")
    image.Alternates = Array([Dictionary(Image=Stream(pdf, SECRET.encode()))])
    page = new_page(pdf, statement(b"q 40 0 0 40 300 20 cm /Im Do Q"), XObject=Dictionary(Im=image))
    page.Metadata = Stream(pdf, SECRET.encode())
    page.Thumb = Stream(pdf, SECRET.encode(), Width=4, Height=4, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
    pdf.Root.Metadata = Stream(pdf, f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode(), Type=Name.Metadata, Subtype=Name.XML)
    return Hiding("metadata_streams", saved(pdf))


@hiding
def annotations() -> Hiding:
    pdf = pikepdf.new()
    page = new_page(pdf, statement())
    secret = String(SECRET)
    rect = Array([70, 195, 220, 211])
    look = Stream(pdf, text(2, 2, SECRET), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 150, 16]))
    look.Resources = page.Resources
    page.Annots = Array(
        [
            Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=rect, Contents=secret, IC=Array([0])),
            Dictionary(Type=Name.Annot, Subtype=Name.Highlight, Rect=rect, Contents=secret, QuadPoints=rect),
            Dictionary(Type=Name.Annot, Subtype=Name.Redact, Rect=rect, OverlayText=secret),
            Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=rect, Contents=secret, AP=Dictionary(N=look)),
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Link,
                Rect=rect,
                A=Dictionary(S=Name.URI, URI=String(f"mailto:{MAIL}")),
            ),
        ]
    )
    return Hiding("annotations", saved(pdf))


@hiding
def form_field() -> Hiding:
    pdf = pikepdf.new()
    page = new_page(pdf, statement(with_secret=False))
    look = Stream(pdf, text(2, 4, f"value {SECRET}"), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 18]))
    look.Resources = page.Resources
    field_ = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("name"), TU=String(SECRET), V=String(SECRET),
            DV=String(SECRET), Rect=Array([40, 180, 240, 198]), AP=Dictionary(N=look),
            AA=Dictionary(K=Dictionary(S=Name.JavaScript, JS=String(SECRET))),
        )
    )  # fmt: skip
    page.Annots = Array([field_])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field_]), DR=page.Resources)
    return Hiding("form_field", saved(pdf), kept=("Statement of", "value"))


@hiding
def earlier_revision() -> Hiding:
    def body(words: str) -> bytes:
        data = PLAIN + text(40, 200, words)
        return b"<</Length %d>>stream\n%sendstream" % (len(data), data)

    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        body(f"old {SECRET}"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, data in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    first = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    out += b"trailer <</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % first
    changed = len(out)
    out += b"4 0 obj\n%s\nendobj\n" % body("nothing here")
    second = len(out)
    out += b"xref\n4 1\n%010d 00000 n \ntrailer <</Size 6/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        changed, first, second,
    )  # fmt: skip
    return Hiding("earlier_revision", bytes(out))


@hiding
def nested_forms() -> Hiding:
    pdf = pikepdf.new()
    inner = Stream(pdf, text(0, 0, f"by {SECRET} alone"), Type=Name.XObject, Subtype=Name.Form)
    inner.BBox, inner.Matrix = Array([0, -10, 300, 40]), Array([0.8, 0, 0, 0.8, 10, 5])
    outer = Stream(pdf, b"q 1.2 0 0 1.2 4 4 cm /In Do Q", Type=Name.XObject, Subtype=Name.Form)
    outer.BBox, outer.Resources = Array([0, 0, 300, 60]), Dictionary(XObject=Dictionary(In=inner))
    page = new_page(pdf, PLAIN + b"q 1 0 0 1 30 140 cm /Out Do Q", XObject=Dictionary(Out=outer))
    inner.Resources = Dictionary(Font=page.Resources.Font)
    return Hiding("nested_forms", saved(pdf), kept=("Statement of", "alone"))


@hiding
def turned_page() -> Hiding:
    pdf = pikepdf.new()
    page = new_page(pdf, statement(), box=(-50, 20, 400, 300))
    page.Rotate, page.UserUnit = 90, 2
    return Hiding("turned_page", saved(pdf))


@hiding
def slanted_text() -> Hiding:
    content = b"BT /F1 12 Tf 0.866 0.5 -0.5 0.866 60 120 Tm (%s) Tj 0 1 -1 0 380 60 Tm (%s) Tj ET"
    return simple("slanted_text", PLAIN + content % (SECRET.encode(), SECRET.encode()))


@hiding
def type3_font() -> Hiding:
    pdf = pikepdf.new()
    letters = sorted({c for c in SECRET if c != " "})
    names = {c: f"/g{ord(c)}" for c in letters}
    drawings = Dictionary({names[c]: Stream(pdf, b"600 0 50 0 550 700 d1 50 0 500 700 re f") for c in letters})
    first, last = ord(letters[0]), ord(letters[-1])
    meaning = "".join(f"<{ord(c):02x}> <{ord(c):04x}>\n" for c in letters)
    cmap = f"begincmap 1 begincodespacerange <00> <FF> endcodespacerange {len(letters)} beginbfchar {meaning} endbfchar"
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 600, 700]),
        FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), CharProcs=drawings, FirstChar=first, LastChar=last,
        Widths=Array([600 if chr(c) in names else 0 for c in range(first, last + 1)]),
        Encoding=Dictionary(Differences=Array([x for c in letters for x in (ord(c), Name(names[c]))])),
        ToUnicode=Stream(pdf, cmap.encode()),
    )  # fmt: skip
    shown = b"[(%s) -400 (%s)] TJ" % tuple(word.encode() for word in SECRET.split())
    new_page(pdf, PLAIN + b"BT /F3 10 Tf 40 160 Td " + shown + b" ET", Font={"/F3": pdf.make_indirect(font)})
    return Hiding("type3_font", saved(pdf))


@cache
def _vera() -> tuple[bytes, dict[int, int], list[float]]:
    from reportlab.pdfbase.ttfonts import TTFontFile

    face = TTFontFile("Vera.ttf", charInfo=1)
    widths = [0.0] * (max(face.charToGlyph.values()) + 1)
    for code, glyph in face.charToGlyph.items():
        widths[glyph] = face.charWidths.get(code, face.defaultWidth)
    return bytes(face._ttf_data), dict(face.charToGlyph), widths


def composite_font(pdf: pikepdf.Pdf, *, encoding: Any = None, with_meaning: bool = True) -> Any:
    """Vera as a Type 0 font whose codes are glyph numbers."""
    data, glyphs, widths = _vera()
    meaning = "".join(
        f"1 beginbfchar <{glyph:04x}> <{code:04x}> endbfchar\n" for code, glyph in glyphs.items() if 31 < code < 127
    )
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Vera, Flags=4, FontBBox=Array([-180, -240, 1300, 930]), Ascent=930,
        Descent=-240, CapHeight=730, ItalicAngle=0, StemV=80, FontFile2=Stream(pdf, data, Length1=len(data)),
        CharSet=String(SECRET),
    )  # fmt: skip
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Vera, CIDToGIDMap=Name.Identity, DW=600,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor), W=Array([0, Array([round(w, 2) for w in widths])]),
    )  # fmt: skip
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Vera, Encoding=encoding or Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
    )  # fmt: skip
    if with_meaning:
        cmap = f"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange {meaning} endcmap"
        font.ToUnicode = Stream(pdf, cmap.encode())
    return pdf.make_indirect(font)


def coded(words: str) -> bytes:
    """A hex string of Vera's glyph numbers."""
    _, glyphs, _ = _vera()
    return b"<" + "".join(f"{glyphs[ord(c)]:04x}" for c in words).encode() + b">"


@hiding
def identity_font() -> Hiding:
    pdf = pikepdf.new()
    content = PLAIN + b"BT /F2 11 Tf 30 160 Td %s Tj ET" % coded(f"met {SECRET} again")
    new_page(pdf, content, Font={"/F2": composite_font(pdf)})
    return Hiding("identity_font", saved(pdf), kept=("Statement of", "again"))


@hiding
def embedded_code_map() -> Hiding:
    pdf = pikepdf.new()
    cmap = Stream(
        pdf,
        b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"1 begincidrange <0000> <FFFF> 0 endcidrange endcmap",
        Type=Name.CMap, CMapName=Name.Mine,
    )  # fmt: skip
    content = PLAIN + b"BT /F2 11 Tf 30 160 Td [%s -200 %s] TJ ET" % (coded("met "), coded(f"{SECRET} again"))
    new_page(pdf, content, Font={"/F2": composite_font(pdf, encoding=cmap)})
    return Hiding("embedded_code_map", saved(pdf), kept=("Statement of", "again"))


@hiding
def no_meaning() -> Hiding:
    pdf = pikepdf.new()
    content = PLAIN + b"BT /F2 11 Tf 30 160 Td %s Tj ET" % coded(SECRET)
    new_page(pdf, content, Font={"/F2": composite_font(pdf, with_meaning=False)})
    return Hiding("no_meaning", saved(pdf), boxes=((1, 28, 155, 250, 175),))


@hiding
def downward_text() -> Hiding:
    pdf = pikepdf.new()
    content = PLAIN + b"BT /F2 8 Tf 300 290 Td %s Tj ET" % coded(SECRET)
    new_page(pdf, content, Font={"/F2": composite_font(pdf, encoding=Name("/Identity-V"))})
    return Hiding("downward_text", saved(pdf), kept=(), pictures=(1,))


@hiding
def text_in_pattern() -> Hiding:
    pdf = pikepdf.new()
    tile = Stream(
        pdf, text(2, 2, SECRET), Type=Name.Pattern, PatternType=1, PaintType=1, TilingType=1,
        BBox=Array([0, 0, 150, 20]), XStep=150, YStep=20,
    )  # fmt: skip
    page = new_page(
        pdf, statement(b"/Pattern cs /P1 scn 40 140 150 20 re f"), Pattern=Dictionary(P1=pdf.make_indirect(tile))
    )
    tile.Resources = Dictionary(Font=page.Resources.Font)
    return Hiding("text_in_pattern", saved(pdf), kept=(), pictures=(1,), boxes=((1, 40, 140, 190, 160),))


@hiding
def text_as_clip() -> Hiding:
    content = statement(b"q BT 7 Tr /F1 12 Tf 40 150 Td (%s) Tj ET 0 0 400 300 re f Q" % SECRET.encode())
    return simple("text_as_clip", content, kept=(), pictures=(1,))


@hiding
def unknown_operator() -> Hiding:
    return simple("unknown_operator", statement(b"1 2 (%s) XX" % SECRET.encode()), kept=(), pictures=(1,))


@hiding
def stray_operands() -> Hiding:
    content = statement(b"(%s) q Q (%s) (more) Tj (%s) 10 10 m n" % ((SECRET.encode(),) * 3))
    return simple("stray_operands", content, kept=(), pictures=(1,))


@hiding
def comments() -> Hiding:
    return simple("comments", statement(b"%% %s\n" % SECRET.encode()))


@hiding
def font_in_graphics_state() -> Hiding:
    pdf = pikepdf.new()
    state = Dictionary(Font=Array([helvetica(pdf), 12]))
    new_page(pdf, statement(b"/G1 gs"), ExtGState=Dictionary(G1=state))
    return Hiding("font_in_graphics_state", saved(pdf), kept=(), pictures=(1,))


def picture(words: str = SECRET) -> Image.Image:
    """Black words on white, 300 x 60 pixels."""
    made = Image.new("L", (300, 60), 255)
    ImageDraw.Draw(made).text((10, 20), words, fill=0, font_size=24)
    return made


def jpeg_with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x013B] = SECRET
    buffer = io.BytesIO()
    picture().convert("RGB").save(buffer, "JPEG", exif=exif, comment=SECRET.encode())
    return buffer.getvalue() + SECRET.encode()


@hiding
def picture_metadata() -> Hiding:
    pdf = pikepdf.new()
    photo = Stream(pdf, jpeg_with_exif(), Type=Name.XObject, Subtype=Name.Image, Width=300, Height=60)
    photo.BitsPerComponent, photo.ColorSpace, photo.Filter = 8, Name.DeviceRGB, Name.DCTDecode
    tailed = Stream(pdf, b"", Type=Name.XObject, Subtype=Name.Image, Width=4, Height=4, BitsPerComponent=8)
    tailed.ColorSpace = Name.DeviceGray
    tailed.write(zlib.compress(bytes(16)) + SECRET.encode(), filter=Name.FlateDecode)
    new_page(
        pdf,
        statement(b"q 30 0 0 6 300 20 cm /A Do Q q 30 0 0 6 300 40 cm /B Do Q"),
        XObject=Dictionary(A=photo, B=tailed),
    )
    return Hiding("picture_metadata", saved(pdf, compress_streams=False))


def covered_picture(kind: str) -> bytes:
    """A page with a picture of words over all of it: `gray`, `jpeg`, `mask`, `stencil` or `inline`."""
    pdf = pikepdf.new()
    made = picture()
    common = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 300, "Height": 60}
    place = b"q 300 0 0 60 50 100 cm /Im Do Q"
    if kind == "inline":
        data = b"q 300 0 0 60 50 100 cm BI /W 300 /H 60 /CS /G /BPC 8 /F /AHx ID " + made.tobytes().hex().encode()
        new_page(pdf, data + b"> EI Q")
        return saved(pdf)
    if kind == "jpeg":
        buffer = io.BytesIO()
        made.save(buffer, "JPEG")
        image = Stream(pdf, buffer.getvalue(), **common, BitsPerComponent=8, ColorSpace=Name.DeviceGray)
        image.Filter = Name.DCTDecode
    elif kind == "stencil":
        image = Stream(pdf, made.convert("1").tobytes(), **common, BitsPerComponent=1, ImageMask=True)
    else:
        image = Stream(pdf, made.tobytes(), **common, BitsPerComponent=8, ColorSpace=Name.DeviceGray)
    if kind == "mask":
        soft = Stream(pdf, made.point(lambda v: 255 - v).tobytes(), **common, BitsPerComponent=8)
        soft.ColorSpace = Name.DeviceGray
        image.write(bytes(300 * 60))
        image.SMask = soft
    new_page(pdf, place, XObject=Dictionary(Im=image))
    return saved(pdf)


def shared_form() -> bytes:
    """Two pages that draw the same form, which holds the secret."""
    pdf = pikepdf.new()
    form = pdf.make_indirect(Stream(pdf, text(0, 0, f"by {SECRET}"), Type=Name.XObject, Subtype=Name.Form))
    form.BBox = Array([0, -10, 300, 40])
    for _ in range(2):
        page = new_page(pdf, PLAIN + b"q 1 0 0 1 40 150 cm /Fm Do Q", XObject=Dictionary(Fm=form))
    form.Resources = Dictionary(Font=page.Resources.Font)
    return saved(pdf)


def lines(pages: int, rows: int = 42, words: str = "abcde fghij") -> bytes:
    """A plain document: `rows` lines on each of `pages` pages."""
    pdf = pikepdf.new()
    font = helvetica(pdf)
    for number in range(pages):
        content = b"".join(text(40, 800 - 18 * row, f"{words} {number}", 10) for row in range(rows))
        page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 595, 842]), Contents=Stream(pdf, content))
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return saved(pdf)


@cache
def refused() -> dict[str, bytes]:
    """Files that must not come in, by why."""
    plain = simple("plain", statement()).data

    def changed(change: Callable[[pikepdf.Pdf], None], **options: Any) -> bytes:
        with pikepdf.open(io.BytesIO(plain)) as pdf:
            change(pdf)
            return saved(pdf, **options)

    def portfolio(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Collection = Dictionary(Type=Name.Collection)

    def xfa(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(pdf, b"<xdp/>"))

    def bomb(pdf: pikepdf.Pdf) -> None:
        packed = zlib.compress(zlib.compress(bytes(300 << 20), 9), 9)
        stream = Stream(pdf, b"")
        stream.write(packed, filter=Array([Name.FlateDecode, Name.FlateDecode]))
        pdf.pages[0].Contents = stream

    def cycle(pdf: pikepdf.Pdf) -> None:
        pages = pdf.Root.Pages
        pages.Kids.append(pages)
        pages.Count = 2

    def nothing(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[0]

    return {
        "input.pdf-encrypted user": changed(lambda pdf: None, encryption=pikepdf.Encryption(user="u", owner="o")),
        "input.pdf-encrypted owner": changed(lambda pdf: None, encryption=pikepdf.Encryption(user="", owner="o")),
        "input.pdf-damaged cut": plain[: len(plain) * 2 // 3],
        "input.pdf-damaged xref": plain.replace(b"startxref", b"startxfer"),
        "input.pdf-damaged cycle": changed(cycle),
        "input.pdf-damaged empty": changed(nothing),
        "input.pdf-unsupported portfolio": changed(portfolio),
        "input.pdf-unsupported xfa": changed(xfa),
        "input.pdf-unsupported text": b"only words",
        "input.pdf-too-large bomb": changed(bomb, recompress_flate=False),
    }
