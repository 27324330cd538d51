"""Text that is in a page but cannot be seen there is announced when the page is read, before anybody decides."""

from pathlib import Path

import pytest
from pdf_case import put
from pdf_factory import CASES, PLAIN, SECRET, simple, text

LINE = text(40, 200, f"name: {SECRET}, seen twice")

HIDDEN = [
    pytest.param(b"BT 3 Tr /F1 12 Tf 40 160 Td (%s) Tj 0 Tr ET" % SECRET.encode(), id="invisible"),
    pytest.param(b"1 g " + LINE, id="white on paper"),
    pytest.param(b"0.2 g 30 190 300 30 re f 0.2 g " + LINE, id="grey on the same grey"),
    pytest.param(LINE + b"0 g 70 195 150 16 re f", id="black box"),
    pytest.param(LINE + b"0 g 70 195 m 220 195 l 220 211 l 70 211 l h f", id="box as lines"),
    pytest.param(b"q 30 20 20 20 re W n " + LINE + b"Q", id="clipped away"),
    pytest.param(LINE + b"16 w 70 203 m 220 203 l S", id="thick line"),
]
SEEN = [
    pytest.param(LINE, id="plain"),
    pytest.param(b"0.9 g 30 190 300 30 re f 0 g " + LINE, id="shaded"),
    pytest.param(b"0 g 30 190 300 30 re f 1 g " + LINE, id="white on black"),
    pytest.param(LINE + b"0 g 70 20 150 16 re f", id="box elsewhere"),
    pytest.param(LINE + b"40 196 m 300 196 l S", id="underlined"),
]


def announced(folder: Path, content: bytes) -> bool:
    _, document = put(folder, simple("page", PLAIN + content).data)
    return ("text.hidden", 1) in {(notice.code, notice.page) for notice in document.notices}


@pytest.mark.parametrize("content", HIDDEN)
def test_hidden_text_is_announced(tmp_path: Path, content: bytes) -> None:
    assert announced(tmp_path, content)


@pytest.mark.parametrize("content", SEEN)
def test_visible_text_is_not(tmp_path: Path, content: bytes) -> None:
    assert not announced(tmp_path, content)


@pytest.mark.parametrize("name", ["box_only", "box_as_path", "white_text", "invisible_text"])
def test_the_factory_agrees(tmp_path: Path, name: str) -> None:
    _, document = put(tmp_path, CASES[name]().data)
    assert "text.hidden" in {notice.code for notice in document.notices}


def test_page_78_of_the_rules_and_no_other(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "crime" / "rules_2026_27" / "crime-recording-rules-2026_27-April-v2.pdf"
    _, document = put(tmp_path, source.read_bytes())
    assert [notice.page for notice in document.notices if notice.code == "text.hidden"] == [78]
