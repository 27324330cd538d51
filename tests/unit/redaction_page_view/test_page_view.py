"""Boxes go to the page as shown and back, whatever its rotation; checked against pdfium's own pixels."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backbeat.errors import InputRejected
from backbeat.redaction.model import Box
from backbeat.redaction.page_view import PageView, Rectangle, draw_page, view_page

WIDTH, HEIGHT = 300.0, 600.0


@given(
    st.sampled_from([0, 90, 180, 270]),
    st.floats(0, 200),
    st.floats(0, 450),
    st.floats(1, 90),
    st.floats(1, 140),
)
def test_a_box_comes_back_from_the_view(rotation, x, y, width, height):
    view = PageView(3, WIDTH, HEIGHT, rotation)
    box = Box(3, x, y, x + width, y + height)
    again = view.box(view.shown(box))
    for was, now in zip((box.x0, box.y0, box.x1, box.y1), (again.x0, again.y0, again.x1, again.y1), strict=True):
        assert now == pytest.approx(was, abs=1e-6)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_black_square_is_drawn_where_the_view_says(rotation, tmp_path: Path):
    path = tmp_path / "square.pdf"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(500, 700))
        page.CropBox = pikepdf.Array([100, 50, 400, 650])
        page.Rotate = rotation
        page.Contents = pdf.make_stream(b"0 g 150 500 40 20 re f")
        pdf.save(path)
    view = view_page(path, 1)
    shown = view.shown(Box(1, 50, 450, 90, 470))  # the crop box begins at 100, 50
    width, _height = view.size
    picture = Image.open(BytesIO(draw_page(path, 1, width_px=int(width)))).convert("L")
    middle = (int(shown.x + shown.width / 2), int(shown.y + shown.height / 2))
    assert picture.getpixel(middle) < 10
    assert picture.getpixel((int(shown.x - 5), middle[1])) > 245


@pytest.mark.parametrize(
    "drawn",
    [
        Rectangle(-50, 10, 40, 40),  # left of the page
        Rectangle(10, 10, 0, 40),  # no width
    ],
)
def test_a_box_off_the_page_is_refused(drawn):
    with pytest.raises(InputRejected):
        PageView(1, WIDTH, HEIGHT, 0).box(drawn)


def test_a_box_running_off_the_page_is_cut_to_it():
    box = PageView(1, WIDTH, HEIGHT, 0).box(Rectangle(290, 590, 50, 50))
    assert (box.x1, box.y0) == (300.0, 0.0)
