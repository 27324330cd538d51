"""Plain text: what is not removed keeps its bytes."""

import codecs

import pytest

from backbeat.errors import Bug
from backbeat.redaction import formats
from backbeat.redaction.model import Action, Decision, Kind


def decide(start, end, kind=Kind.PHONE, action=Action.REDACT, replacement=None):
    return Decision(action, kind, "reason", "author", "individual", start, end, replacement=replacement)


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        (b"plain\r\nlines\r", "plain\r\nlines\r", "utf-8"),
        ("Siân".encode(), "Siân", "utf-8"),
        (codecs.BOM_UTF8 + b"marked", "marked", "utf-8-sig"),
        (codecs.BOM_UTF16_LE + "Siân".encode("utf-16-le"), "Siân", "utf-16-le"),
        (codecs.BOM_UTF16_BE + "Siân".encode("utf-16-be"), "Siân", "utf-16-be"),
        (b"Si\xe2n \x93quoted\x94", "Siân “quoted”", "cp1252"),
    ],
)
def test_reads_each_encoding_and_writes_it_back(tmp_path, content, text, encoding):
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_bytes(content)
    document = formats.read(source)
    assert (document.text, document.encoding) == (text, encoding)
    formats.apply(source, document, [], target)
    assert target.read_bytes() == content


def test_windows_1252_is_a_guess_a_person_must_see(tmp_path):
    source = tmp_path / "in.txt"
    source.write_bytes(b"Si\xe2n")
    assert [notice.code for notice in formats.read(source).notices] == ["text.windows-1252"]


def test_a_removed_value_becomes_the_token_of_its_kind(tmp_path):
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_bytes(b"Ring 07700 900123 or\r\nJane.\r\n")
    document = formats.read(source)
    decisions = [decide(5, 17), decide(22, 26, Kind.PERSON, Action.PSEUDONYM, "[PERSON 1111-2222]")]
    applied = formats.apply(source, document, [*decisions, decide(0, 4, action=Action.KEEP)], target)
    assert target.read_bytes() == b"Ring [PHONE] or\r\n[PERSON 1111-2222].\r\n"
    assert applied.removed == ((Kind.PHONE, "07700 900123"), (Kind.PERSON, "Jane"))
    assert applied.retained_text == "Ring \ufffc or\r\n\ufffc.\r\n"
    assert applied.drawn_text == ("[PHONE]", "[PERSON 1111-2222]")


@pytest.mark.parametrize("spans", [[(0, 4), (3, 6)], [(0, 99)]])
def test_overlaps_and_overruns_are_bugs_of_the_review_stage(tmp_path, spans):
    source = tmp_path / "in.txt"
    source.write_text("some words")
    with pytest.raises(Bug):
        formats.apply(source, formats.read(source), [decide(*span) for span in spans], tmp_path / "out.txt")
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize(("characters", "pages"), [(1, 1), (3000, 1), (3001, 2), (9000, 3)])
def test_pages_of_work(tmp_path, characters, pages):
    source = tmp_path / "in.txt"
    source.write_text("x" * characters)
    assert formats.pages_of(formats.read(source)) == pages
