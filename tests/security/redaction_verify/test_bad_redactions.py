"""Deliberately bad redactions: the sceptic must refuse every one, and must not refuse the sound one."""

import base64
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Applied, Box, Decision, Kind
from backbeat.redaction.verify import check

if TYPE_CHECKING:
    from conftest import Case


def test_a_sound_redaction_passes(case: "Case") -> None:
    assert case.findings() == ()


def test_a_black_box_over_text(case: "Case") -> None:
    with pikepdf.open(case.source) as pdf:
        for page in pdf.pages:
            page.contents_add(Stream(pdf, b"0 g 110 690 500 20 re f 150 650 100 20 re f"))
        pdf.save(case.output)
    assert {"text.reader-pdfium", "text.reader-pdfminer", "raw.bytes", "geometry.text-in-box"} <= case.checks()


def test_an_unapplied_redact_annotation(case: "Case") -> None:
    with pikepdf.open(case.source) as pdf:
        annotation = Dictionary(Type=Name.Annot, Subtype=Name.Redact, Rect=Array([110, 690, 500, 710]))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(annotation)])
        pdf.save(case.output)
    assert {"text.reader-pdfium", "structure.unknown-key", "structure.forbidden-key"} <= case.checks()


def test_the_old_revision_left_in_front(case: "Case") -> None:
    old, new = case.source.read_bytes(), case.output.read_bytes()
    body = new[new.index(b"\n") + 1 :]
    case.output.write_bytes(old + body)
    assert {"structure.revisions", "raw.bytes"} <= case.checks()


def test_an_incremental_save(case: "Case") -> None:
    data = case.output.read_bytes()
    start = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    body = b"99 0 obj\n(x)\nendobj\n"
    table = b"xref\n99 1\n%010d 00000 n \ntrailer\n<</Size 100 /Prev %d /Root 1 0 R>>\n"
    at = len(data)
    update = body + table % (at, start) + b"startxref\n%d\n%%%%EOF\n" % (at + len(body))
    case.output.write_bytes(data + update)
    assert "structure.revisions" in case.checks()


@pytest.mark.parametrize("tail", [b"Amina Khan", b"\n%%EOF\n", b"PK\x03\x04 something", zlib.compress(b"x")])
def test_data_after_the_end(case: "Case", tail: bytes) -> None:
    case.output.write_bytes(case.output.read_bytes() + tail)
    assert case.checks() & {"structure.trailing-data", "structure.revisions"}


def test_an_orphan_stream_no_table_knows_of(case: "Case") -> None:
    data = case.output.read_bytes()
    packed = zlib.compress(b"(Statement of Amina Khan) Tj")
    orphan = b"77 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\n" % (len(packed), packed)
    at = data.rindex(b"startxref")
    case.output.write_bytes(data[:at] + orphan + data[at:])
    assert "raw.bytes" in case.checks()


def info(pdf: Pdf) -> None:
    pdf.docinfo["/Title"] = "Statement of Amina Khan"


def xmp(pdf: Pdf) -> None:
    pdf.Root.Metadata = Stream(pdf, b"<x:xmpmeta>Amina Khan</x:xmpmeta>")


def embedded(pdf: Pdf) -> None:
    pdf.attachments["notes.txt"] = b"Call Amina Khan"


def outline(pdf: Pdf) -> None:
    with pdf.open_outline() as found:
        found.root.append(pikepdf.OutlineItem("Statement of Amina Khan", 0))


def script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('Amina Khan')"))


def form(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([Dictionary(T=String("name"), V=String("Amina Khan"))]))


def piece(pdf: Pdf) -> None:
    pdf.pages[0].obj.PieceInfo = Dictionary(App=Dictionary(Private=String("Amina Khan")))


def labels(pdf: Pdf) -> None:
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String("Amina Khan "))]))


def structure(pdf: Pdf) -> None:
    pdf.Root.StructTreeRoot = Dictionary(K=Dictionary(ActualText=String("Amina Khan")))


def associated(pdf: Pdf) -> None:
    pdf.pages[0].obj.AF = Array([Dictionary(Type=Name.Filespec, F=String("khan.txt"))])


def destinations(pdf: Pdf) -> None:
    pdf.Root.Dests = Dictionary({"/Amina_Khan": Array([pdf.pages[0].obj, Name.Fit])})


def thumbnail(pdf: Pdf) -> None:
    pdf.pages[0].obj.Thumb = Stream(pdf, b"\0" * 4)


def key_of_our_own(pdf: Pdf) -> None:
    pdf.pages[0].obj["/AminaKhan"] = 1


def font_name(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources.Font["/F9"] = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/ABCDEF+Amina-Khan")
    )


@pytest.mark.parametrize(
    "hide",
    [info, xmp, embedded, outline, script, form, piece, labels, structure, associated, destinations, thumbnail],
)
def test_hidden_places_outside_the_pages(case: "Case", hide: Any) -> None:
    found = case.spoil(hide).checks()
    assert {check for check in found if check.startswith("structure.")}


@pytest.mark.parametrize("hide", [key_of_our_own, font_name, outline, form, piece, labels, structure])
@pytest.mark.parametrize("packed", [True, False])
def test_values_in_objects_are_found_whatever_the_key(case: "Case", hide: Any, packed: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert case.spoil(hide, object_stream_mode=mode).checks() & {"raw.object", "raw.bytes"}


def shown(text: bytes, place: bytes = b"50 300 Td") -> bytes:
    return b"BT /F1 12 Tf " + place + b" (" + text + b") Tj ET"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(shown(b"Amina Khan"), "text.reader-pdfium", id="plain"),
        pytest.param(shown(b"Khan, Amina"), "text.reader-pdfium", id="surname first"),
        pytest.param(shown(b"A M I N A   K H A N"), "text.reader-pdfium", id="spaced"),
        pytest.param(shown(b"0 7 7 0 0 9 0 0 1 2 3"), "text.reader-pdfminer", id="spaced number"),
        pytest.param(b"3 Tr " + shown(b"Amina Khan"), "text.reader-pdfium", id="invisible"),
        pytest.param(b"1 g " + shown(b"Amina Khan"), "text.reader-pdfium", id="white"),
        pytest.param(shown(b"Amina Khan", b"5000 300 Td"), "text.reader-pdfminer", id="off the page"),
        pytest.param(shown(rb"\101\155ina\040Khan"), "text.reader-pdfium", id="octal"),
        pytest.param(b"BT /F1 12 Tf 50 300 Td <416D696E61204B68616E> Tj ET", "text.reader-pdfium", id="hex"),
        pytest.param(
            b"BT /F1 12 Tf 50 300 Td [(Am) -30 (i) 20 (na Kh) 5 (an)] TJ ET", "text.reader-pdfium", id="kerned"
        ),
        pytest.param(shown(b"Amina"), "text.extra", id="half a name"),
        pytest.param(shown(b"900123"), "text.extra", id="half a number"),
        pytest.param(shown(b"q"), "text.extra", id="one letter"),
        pytest.param(shown(base64.b64encode(b"Amina Khan")), "text.encoded", id="base64"),
        pytest.param(shown(b"416d696e61204b68616e"), "text.encoded", id="hex in text"),
        pytest.param(
            b"/Span <</ActualText (Amina Khan)>> BDC " + shown(b"x") + b" EMC", "raw.content-stream", id="actual text"
        ),
        pytest.param(
            b"/Span <</Alt <FEFF0041006D0069006E00610020004B00680061006E>>> BDC EMC", "raw.content-stream", id="alt"
        ),
        pytest.param(b"% Amina Khan\n", "raw.bytes", id="comment"),
    ],
)
def test_text_left_on_the_page(case: "Case", content: bytes, expected: str) -> None:
    assert expected in case.draw(content).checks()


def test_letter_by_letter(case: "Case") -> None:
    letters = b" ".join(b"1 0 0 1 %d 300 Tm (%c) Tj" % (50 + 9 * i, c) for i, c in enumerate(b"AminaKhan"))
    found = case.draw(b"BT /F1 12 Tf " + letters + b" ET").checks()
    assert {"text.reader-pdfium", "text.reader-pdfminer"} <= found


def test_letters_drawn_in_another_order_are_letters_too_many(case: "Case") -> None:
    order = sorted(range(9), key=lambda i: -i)
    letters = b" ".join(b"1 0 0 1 %d 300 Tm (%c) Tj" % (50 + 9 * i, b"AminaKhan"[i]) for i in order)
    assert "text.extra" in case.draw(b"BT /F1 12 Tf " + letters + b" ET").checks()


def test_a_form_used_on_the_second_page(case: "Case") -> None:
    def change(pdf: Pdf) -> None:
        stream = Stream(pdf, shown(b"Amina Khan"))
        stream.update({"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 600, 800])})
        stream.Resources = Dictionary(Font=Dictionary(F1=pdf.pages[0].obj.Resources.Font["/F1"]))
        pdf.pages[1].obj.Resources["/XObject"] = Dictionary(X1=stream)
        pdf.pages[1].contents_add(Stream(pdf, b"/X1 Do"))

    case.draw(b"")
    case.spoil(change)
    assert {(f.check, f.page) for f in case.findings()} >= {("text.reader-pdfium", 2), ("text.reader-pdfminer", 2)}


def test_a_layer_that_is_off(case: "Case") -> None:
    def change(pdf: Pdf) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("hidden")))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        pdf.pages[0].obj.Resources["/Properties"] = Dictionary(L1=layer)

    case.spoil(change)
    found = case.draw(b"/OC /L1 BDC " + shown(b"Amina Khan") + b" EMC").checks()
    assert {"structure.unknown-key", "structure.forbidden-key", "text.reader-pdfminer"} <= found


def test_a_map_that_says_something_else(case: "Case") -> None:
    """The font's map to Unicode lies; the codes themselves still spell the name."""

    def remapped(pdf: Pdf) -> Dictionary:
        ranges = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <7E> <2580> endbfrange"
        cmap = b"/CIDInit /ProcSet findresource begin begincmap " + ranges + b" endcmap end"
        return Dictionary(
            F2=Dictionary(
                Type=Name.Font,
                Subtype=Name.Type1,
                BaseFont=Name.Helvetica,
                Encoding=Name.WinAnsiEncoding,
                ToUnicode=Stream(pdf, cmap),
            )
        )

    def change(pdf: Pdf) -> None:
        pdf.pages[1].obj.Resources["/Font"] = remapped(pdf)
        pdf.pages[1].contents_add(Stream(pdf, b"BT /F2 12 Tf 50 300 Td (Amina Khan) Tj ET"))

    assert "raw.content-stream" in case.spoil(change).checks()


@pytest.mark.parametrize("pages", [1, 3])
def test_pages_lost_or_added(case: "Case", pages: int) -> None:
    def change(pdf: Pdf) -> None:
        if pages == 1:
            del pdf.pages[1]
        else:
            pdf.add_blank_page()

    assert "structure.pages" in case.spoil(change).checks()


def test_kept_text_lost(case: "Case") -> None:
    def change(pdf: Pdf) -> None:
        pdf.pages[1].obj.Contents = Stream(pdf, b"")

    assert "text.lost" in case.spoil(change).checks()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"not a PDF at all", b"%PDF-1.7\n%%EOF\n"])
def test_a_reader_that_fails_is_a_finding(case: "Case", content: bytes) -> None:
    case.output.write_bytes(content)
    assert "reader.failed" in case.checks()


def test_an_encrypted_output(case: "Case") -> None:
    def nothing(_pdf: Pdf) -> None: ...

    case.spoil(nothing, encryption=pikepdf.Encryption(owner="x", user=""))
    assert "structure.encrypted" in case.checks()


def picture(pdf: Pdf, pixels: "np.ndarray[Any, Any]") -> Stream:
    stream = Stream(pdf, zlib.compress(pixels.tobytes()))
    stream.update(
        {
            "/Type": Name.XObject,
            "/Subtype": Name.Image,
            "/Width": pixels.shape[1],
            "/Height": pixels.shape[0],
            "/ColorSpace": Name.DeviceGray,
            "/BitsPerComponent": 8,
            "/Filter": Name.FlateDecode,
        }
    )
    return stream


@pytest.mark.parametrize(("burnt", "alarm"), [(False, True), (True, False)])
def test_pixels_under_a_box_must_be_burnt(tmp_path: Path, burnt: bool, alarm: bool) -> None:
    pixels = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (50, 50))
    source, output = tmp_path / "source.pdf", tmp_path / "output.pdf"
    for path, clean in ((source, False), (output, burnt)):
        with pikepdf.new() as pdf:
            seen = pixels.copy()
            if clean:
                seen[20:80, 20:80] = 0
            page = Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, 400, 400]),
                Resources=Dictionary(XObject=Dictionary(I1=picture(pdf, seen))),
                Contents=Stream(pdf, b"q 400 0 0 400 0 0 cm /I1 Do Q\n0 g 100 100 200 200 re f"),
            )
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
            pdf.save(path)
    document = formats.read(source)
    box = Box(1, 100, 100, 300, 300)
    decisions = [Decision(Action.REDACT, Kind.OTHER, "Face", "tester", "individual", boxes=(box,))]
    applied = Applied((), document.text, 1)
    found = {finding.check for finding in check(source, output, document, applied, decisions)}
    assert ("geometry.picture-under-box" in found) is alarm
