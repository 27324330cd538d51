"""No place in a PDF keeps what was redacted. One leak here fails the release."""

from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from pdf_case import on_spans, put, redact
from pdf_factory import CASES, SECRET, covered_picture, lines, refused, shared_form
from pdf_leaks import leaks, pixels, raw_text, readings, revisions, squeezed

from backbeat.errors import InputRejected
from backbeat.files import hash_file
from backbeat.redaction.formats.limits import DEFAULT_LIMITS, Limits
from backbeat.redaction.formats.pdf import apply, read
from backbeat.redaction.model import Action, Box, Decision, Kind

ROOT_KEYS = {"/Type", "/Pages"}
PAGE_KEYS = {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/Rotate", "/UserUnit", "/Group"}


@pytest.mark.parametrize("name", CASES)
def test_a_planted_value_is_gone_from_every_reader(tmp_path: Path, name: str) -> None:
    hiding = CASES[name]()
    (tmp_path / "planted.pdf").write_bytes(hiding.data)
    target, applied = redact(tmp_path, hiding)

    assert leaks(target, hiding.secret) == []
    assert revisions(target) == 1
    pictures = tuple(notice.page for notice in applied.notices if notice.code == "page.rasterised")
    assert pictures == hiding.pictures, applied.notices
    before = readings(tmp_path / "planted.pdf")
    for words in hiding.kept:
        for reader, text in readings(target).items():
            if reader != "raw" and squeezed(words) in squeezed(before[reader]):
                assert squeezed(words) in squeezed(text), f"{reader} lost {words!r}"


@pytest.mark.parametrize("name", ["box_only", "hidden_layer", "actual_text", "attachments", "letter_by_letter"])
def test_the_leak_check_itself_finds_what_is_there(tmp_path: Path, name: str) -> None:
    path = tmp_path / "planted.pdf"
    path.write_bytes(CASES[name]().data)
    assert leaks(path, SECRET)


@pytest.mark.parametrize("name", CASES)
def test_nothing_but_listed_keys_comes_along(tmp_path: Path, name: str) -> None:
    target, _ = redact(tmp_path, CASES[name]())
    with pikepdf.open(target) as pdf:
        assert set(pdf.Root.keys()) == ROOT_KEYS
        assert "/Info" not in pdf.trailer
        for page in pdf.pages:
            assert set(page.obj.keys()) <= PAGE_KEYS


def test_a_form_shared_by_two_pages_keeps_what_stays_on_the_other(tmp_path: Path) -> None:
    source, document = put(tmp_path, shared_form())
    first = [d for d in on_spans(document, SECRET) if d.end is not None and d.end <= document.pages[0].end]
    target = tmp_path / "target.pdf"
    apply(source, document, first, target)
    after = read(target, hash_file(target), DEFAULT_LIMITS)
    one, two = after.text.split("\f")
    assert squeezed(SECRET) not in squeezed(one)
    assert squeezed(SECRET) in squeezed(two)


@pytest.mark.parametrize("kind", ["gray", "jpeg", "mask", "stencil", "inline"])
def test_covered_pixels_are_gone_from_the_picture_itself(tmp_path: Path, kind: str) -> None:
    source, document = put(tmp_path, covered_picture(kind))
    target = tmp_path / "target.pdf"
    box = Decision(Action.REDACT, Kind.OTHER, "Picture", "P", "individual", boxes=(Box(1, 50, 100, 200, 160),))
    applied = apply(source, document, [box], target)
    assert "page.rasterised" not in {notice.code for notice in applied.notices}, applied.notices

    with pikepdf.open(target) as pdf:
        (image,) = [found for _, found in pdf.pages[0].obj.Resources.XObject.items()]
        left = _coverage(image)
    assert left[:, :145].min() == left[:, :145].max(), "the covered half still differs from pixel to pixel"
    assert left[:, 155:].min() != left[:, 155:].max(), "the other half is gone too"
    before, after = pixels(source), pixels(target)
    assert abs(before[:, 420:].astype(int) - after[:, 420:]).max() <= 24


def _coverage(image: pikepdf.Stream) -> Any:
    carrier = image.SMask if "/SMask" in image else image
    return np.array(pikepdf.PdfImage(carrier).as_pil_image(apply_mask=False).convert("L"))


def test_a_drawing_under_a_box_is_taken_out(tmp_path: Path) -> None:
    from pdf_factory import simple, statement

    stroke = b"1 w 50 60 m 60 80 70 40 80 60 c 90 80 100 40 110 60 c S"
    source, document = put(tmp_path, simple("signature", statement(stroke)).data)
    target = tmp_path / "target.pdf"
    box = Decision(Action.REDACT, Kind.OTHER, "Signature", "P", "individual", boxes=(Box(1, 40, 30, 120, 90),))
    apply(source, document, [box], target)
    assert b"60 80 70 40 80 60 c" not in raw_text(target).encode("latin-1")
    assert "c S" not in raw_text(target)


def test_meanings_of_letters_no_longer_used_are_left_out(tmp_path: Path) -> None:
    target, _ = redact(tmp_path, CASES["identity_font"]())
    with pikepdf.open(target) as pdf:
        maps = [
            o.ToUnicode.read_bytes() for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/ToUnicode" in o
        ]
    (only,) = maps
    assert b"<005a>" not in only, "the Z of the removed name"
    assert b"<006d>" in only, "the m of a word that stays"


@pytest.mark.parametrize("why", refused())
def test_what_cannot_be_redacted_is_refused_and_says_why(tmp_path: Path, why: str) -> None:
    path = tmp_path / "hostile.pdf"
    path.write_bytes(refused()[why])
    with pytest.raises(InputRejected) as caught:
        read(path, hash_file(path), DEFAULT_LIMITS)
    assert caught.value.code == why.split()[0]
    assert caught.value.where
    assert caught.value.do
    assert "hostile" not in str(caught.value)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(max_bytes=100),
        Limits(max_pages=2),
        Limits(max_objects=3),
        Limits(max_stream_bytes=50),
        Limits(max_total_stream_bytes=60),
        Limits(max_characters=40),
        Limits(max_characters_per_page=10),
    ],
)
def test_each_limit_refuses(tmp_path: Path, limits: Limits) -> None:
    path = tmp_path / "source.pdf"
    path.write_bytes(lines(pages=3, rows=4))
    with pytest.raises(InputRejected):
        read(path, hash_file(path), limits)


def test_a_file_that_changed_since_it_was_read_is_refused(tmp_path: Path) -> None:
    source, document = put(tmp_path, lines(pages=1))
    source.write_bytes(lines(pages=2))
    with pytest.raises(InputRejected):
        apply(source, document, [], tmp_path / "target.pdf")
    assert not (tmp_path / "target.pdf").exists()
