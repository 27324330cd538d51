"""The small parts: code maps, fonts' measures, matrices, pictures' own files."""

import io

import pikepdf
import pytest
from pdf_factory import SECRET, jpeg_with_exif
from PIL import Image

from backbeat.redaction.formats.pdf.cmaps import parse_code_map, predefined_code_map, rewrite_to_unicode
from backbeat.redaction.formats.pdf.fonts import load_font
from backbeat.redaction.formats.pdf.payload import clean_jp2, clean_jpeg
from backbeat.redaction.formats.pdf.plan import covered
from backbeat.redaction.formats.pdf.textstate import bounds, inverse, product


@pytest.mark.parametrize(
    ("glyph", "goes"),
    [
        # the fill is 10..20 by 10..20; a glyph is x0, y0, x1, y1
        ((12, 12, 18, 18), True),
        ((8, 12, 14, 18), True),  # its centre is inside
        ((6, 12, 13, 18), True),  # centre outside, 43 % of it covered
        ((6, 12, 11, 18), False),  # 20 % of it covered: a neighbour
        ((12, 18, 18, 28), False),  # the line above
        ((20, 12, 26, 18), False),  # touches only
    ],
)
def test_a_glyph_goes_if_its_centre_or_a_material_share_is_covered(glyph: tuple[float, ...], goes: bool) -> None:
    assert covered([(10, 10, 20, 20)], *glyph) is goes


def test_a_mixed_length_code_map_splits_as_its_spaces_say() -> None:
    codes = parse_code_map(
        b"2 begincodespacerange <00> <7F> <8140> <9FFC> endcodespacerange "
        b"1 begincidrange <20> <7e> 1 endcidrange 1 begincidchar <8140> 633 endcidchar"
    )
    assert codes is not None
    assert codes.split(b"A\x81\x40B") == [(b"A", 34), (b"\x81\x40", 633), (b"B", 35)]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("Identity-H", b"\x00\x41\x01\x02", [(b"\x00\x41", 0x41), (b"\x01\x02", 0x102)]),
        ("90ms-RKSJ-H", b"A\x82\xa0", [(b"A", 264), (b"\x82\xa0", 843)]),
    ],
)
def test_code_maps_known_by_name(name: str, data: bytes, expected: list[tuple[bytes, int]]) -> None:
    codes = predefined_code_map(name)
    assert codes is not None
    assert codes.split(data) == expected


def test_an_unknown_code_map_is_unknown() -> None:
    assert predefined_code_map("No-Such-Map") is None


def test_only_codes_in_use_keep_their_meaning() -> None:
    source = (
        b"1 beginbfchar <0001> <0041> endbfchar "
        b"2 beginbfrange <0002> <0004> <0061> <0005> <0006> [<0078> <0079>] endbfrange"
    )
    made = rewrite_to_unicode(source, {b"\x00\x03", b"\x00\x06"})
    assert b"<0003> <0062>" in made
    assert b"<0006> <0079>" in made
    assert b"0041" not in made
    assert b"0061" not in made


def test_a_standard_font_needs_no_widths_of_its_own() -> None:
    font = load_font(
        pikepdf.Dictionary(
            Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica, Encoding=pikepdf.Name.WinAnsiEncoding
        )
    )
    assert font.sound
    assert [(code, round(width, 3), space) for code, width, space in font.split(b"A b")] == [
        (b"A", 0.667, False),
        (b" ", 0.278, True),
        (b"b", 0.556, False),
    ]


def test_a_font_without_measures_is_not_sound() -> None:
    assert not load_font(pikepdf.Dictionary(Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name("/Nowhere"))).sound


def test_a_matrix_and_its_inverse_undo_each_other() -> None:
    m = (2.0, 0.5, -1.0, 3.0, 7.0, -4.0)
    back = inverse(m)
    assert back is not None
    assert product(m, back) == pytest.approx((1, 0, 0, 1, 0, 0))
    assert inverse((1, 2, 2, 4, 0, 0)) is None
    assert bounds((0, 1, -1, 0, 10, 0), 0, 0, 2, 1) == (9, 0, 10, 2)


def test_a_photograph_loses_what_rides_along_and_keeps_its_pixels() -> None:
    dirty = jpeg_with_exif()
    clean = clean_jpeg(dirty)
    assert clean is not None
    assert SECRET.encode() in dirty
    assert SECRET.encode() not in clean
    assert Image.open(io.BytesIO(clean)).tobytes() == Image.open(io.BytesIO(dirty)).tobytes()
    assert clean_jpeg(clean) is None, "a clean one is left alone"


def test_a_jpeg_2000_file_loses_boxes_that_hold_no_pixels() -> None:
    buffer = io.BytesIO()
    Image.new("L", (8, 8), 7).save(buffer, "JPEG2000")
    note = SECRET.encode()
    dirty = buffer.getvalue() + (8 + len(note)).to_bytes(4, "big") + b"xml " + note
    clean = clean_jp2(dirty)
    assert clean is not None
    assert note not in clean
    assert Image.open(io.BytesIO(clean)).tobytes() == Image.new("L", (8, 8), 7).tobytes()
