"""What is read from a page: its text, and where each character stands."""

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pdf_case import put
from pdf_factory import CASES, PLAIN, SECRET, covered_picture, lines, new_page, saved, simple, text


def test_pages_are_parted_by_form_feeds_and_know_their_stretch(tmp_path: Path) -> None:
    _, document = put(tmp_path, lines(pages=3, rows=2, words="hello"))
    assert document.text == "\f".join(f"hello {n}\nhello {n}" for n in range(3))
    for page in document.pages:
        assert document.text[page.start : page.end] == f"hello {page.number - 1}\nhello {page.number - 1}"
        assert page.char_boxes.shape == (page.end - page.start, 4)
        assert not page.char_boxes.flags.writeable


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        # a hyphen that breaks a word keeps its ink; the break stands after it
        (text(40, 170, "made by Quill-") + text(40, 156, "feather"), "made by Quill-\nfeather"),
        (text(40, 170, "soft\xadhyphen"), "soft-hyphen"),
        (text(40, 170, "no\xa0break"), "no break"),
        # nobody sees it, everybody can copy it
        (b"BT 3 Tr /F1 12 Tf 40 160 Td (invisible) Tj ET", "invisible"),
        # what stands in for letters is not what stands there
        (b"/Span <</ActualText (other)>> BDC " + text(40, 160, "letters") + b"EMC", "letters"),
        # off the page: left out
        (text(40, 170, "here") + text(900, 170, "there"), "here"),
        (text(40, 170, ""), ""),
    ],
)
def test_text_reads_as(tmp_path: Path, shown: bytes, read: str) -> None:
    _, document = put(tmp_path, simple("case", shown).data)
    assert document.text.rstrip(" ") == read


def test_boxes_count_from_the_corner_of_what_is_visible(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = new_page(pdf, text(140, 250, "Hi"), box=(0, 0, 600, 500))
    page.CropBox = pikepdf.Array([100, 200, 400, 400])
    page.Rotate = 90
    _, document = put(tmp_path, saved(pdf))
    (found,) = document.pages
    assert (found.width, found.height, found.rotation) == (300, 200, 90)
    x0, y0, x1, y1 = found.char_boxes[0]
    assert x0 == pytest.approx(40, abs=0.5)
    assert x1 - x0 == pytest.approx(12 * 0.722, abs=0.1), "Helvetica H is 722 wide"
    assert 45 < y0 < 50 < y1 < 63


def test_line_breaks_have_no_place(tmp_path: Path) -> None:
    _, document = put(tmp_path, lines(pages=1, rows=2))
    boxes = document.pages[0].char_boxes
    assert [bool(np.isnan(box).all()) for box in boxes] == [c == "\n" for c in document.text]


def headed_scan() -> bytes:
    """A picture over most of the page under one typed line."""
    pdf = pikepdf.new()
    scan = pikepdf.Stream(pdf, bytes(64), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=8, Height=8)
    scan.BitsPerComponent, scan.ColorSpace = 8, pikepdf.Name.DeviceGray
    content = text(40, 280, "Official") + b"q 400 0 0 260 0 0 cm /Im Do Q"
    new_page(pdf, content, XObject=pikepdf.Dictionary(Im=scan))
    return saved(pdf)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (covered_picture("gray"), "page.no-text"),
        (headed_scan(), "page.picture"),
        (CASES["outside_crop"]().data, "text.outside-page"),
        (CASES["no_meaning"]().data, "text.unmapped"),
    ],
)
def test_a_page_that_needs_an_eye_says_so(tmp_path: Path, data: bytes, code: str) -> None:
    _, document = put(tmp_path, data)
    if code == "text.unmapped" and code not in {notice.code for notice in document.notices}:
        # pdfium may fall back on the font's own names for its letters; then they are read.
        assert SECRET in document.text
        return
    assert code in {notice.code for notice in document.notices}


def test_a_signature_is_noticed(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = new_page(pdf, PLAIN)
    signature = pikepdf.Dictionary(
        Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"), Contents=pikepdf.String(b"\0" * 8)
    )
    widget = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig, T=pikepdf.String("s"),
            V=pdf.make_indirect(signature), Rect=pikepdf.Array([0, 0, 0, 0]),
        )
    )  # fmt: skip
    page.Annots = pikepdf.Array([widget])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([widget]), SigFlags=3)
    _, document = put(tmp_path, saved(pdf))
    assert "signature.dropped" in {notice.code for notice in document.notices}
