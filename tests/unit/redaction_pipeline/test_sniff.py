"""What a file is, and what is refused with which words."""

import zipfile
from pathlib import Path

import pytest

from backbeat.errors import InputRejected
from backbeat.redaction import formats
from backbeat.redaction.formats.limits import Limits
from backbeat.redaction.formats.sniff import CSV, PDF, TEXT, media_type


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.txt", b"Statement of witness", TEXT),
        ("a.TXT", b"The end of a name has no case", TEXT),
        ("a.csv", b"name,phone\r\n", CSV),
        ("a.tsv", b"name\tphone\n", CSV),
        ("a.pdf", b"%PDF-1.7\n", PDF),
        ("a.pdf", b"\n\n%PDF-1.4", PDF),  # a header may come late
        ("a.txt", b"MZ was the mark on the knife", TEXT),  # letters that also begin a program
        ("a.txt", b"The report begins with %PDF-1.4 and ends", TEXT),  # quoted, not at the start
        ("a.txt", b"From 10 pm. <html> was written on the wall", TEXT),
    ],
)
def test_takes(name, head, kind):
    assert media_type(Path(name), head) == kind


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("a.docx", b"PK\x03\x04rest", "input.unsupported", "Word document"),
        ("a.xlsx", b"PK\x03\x04rest", "input.unsupported", "CSV"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "input.unsupported", "by hand"),
        ("a.eml", b"From: a@example.org\n", "input.unsupported", "plain text or PDF"),
        ("a.zip", b"PK\x03\x04", "input.unsupported", "unpack it"),
        ("a.bin", b"\x89PNG\r\n\x1a\n", "input.unsupported", "picture"),  # no known ending: the content says
        ("a.xyz", b"hello", "input.unsupported", "not known"),
        ("noending", b"hello", "input.unsupported", "not known"),
        ("a.txt", b"%PDF-1.7\n", "input.mismatch", "a PDF"),
        ("a.pdf", b"just words", "input.mismatch", "not a PDF"),
        ("a.csv", b"PK\x03\x04", "input.mismatch", "an archive"),
        ("a.txt", b"{\\rtf1\\ansi Jane}", "input.mismatch", "rich-text"),
        ("a.txt", b"<!DOCTYPE html><p>J<b>ane</b>", "input.mismatch", "web page"),
        ("a.txt", b"Subject: x\nMIME-Version: 1.0\n\nUGhvbmU=", "input.mismatch", "e-mail message"),
        ("a.txt", b"", "input.empty", "empty"),
        ("a.txt", b"one\nt\x00wo\n", "input.binary", "not text"),
        ("a.txt", b"\x1b[31mred", "input.binary", "not text"),  # terminal codes hide what a reader sees
        ("a.txt", b"caf\x81", "input.encoding", "Windows-1252"),
        ("a.txt", b"\xff\xfe\x00\x00a\x00\x00\x00", "input.encoding", "UTF-16"),  # UTF-32
        ("a.txt", b"\xff\xfea", "input.encoding", "UTF-16"),  # half a character
        ("a.txt", "no mark".encode("utf-16-le"), "input.binary", "not text"),
        ("a.csv", b'a,"b\nnever closed', "input.table-malformed", "never closed"),
        ("a.csv", b'a,"b"c\n', "input.table-malformed", "closing quote"),
    ],
)
def test_refuses_in_words(tmp_path, name, content, code, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputRejected) as refused:
        formats.read(path)
    assert refused.value.code == code
    assert words in str(refused.value)
    assert refused.value.where
    assert refused.value.do
    assert name.split(".")[0] + "." not in str(refused.value)  # messages become logs: no file names


def test_an_office_file_is_known_by_what_is_in_the_zip(tmp_path):
    path = tmp_path / "statement.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(InputRejected, match="a Word document"):
        formats.read(path)


def test_binary_is_named_by_its_line(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo\nthr\x00ee")
    with pytest.raises(InputRejected) as refused:
        formats.read(path)
    assert refused.value.where == "line 3"


def test_folders_links_and_missing_files_are_refused(tmp_path):
    (tmp_path / "real.txt").write_text("words")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    for path, code in [
        (tmp_path, "input.link"),
        (tmp_path / "link.txt", "input.link"),
        (tmp_path / "gone.txt", "input.unreadable"),
    ]:
        with pytest.raises(InputRejected) as refused:
            formats.read(path)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("a.txt", Limits(max_bytes=5)),
        ("a.txt", Limits(max_characters=5)),
        ("a.csv", Limits(max_rows=1)),
    ],
)
def test_limits_hold(tmp_path, name, limits):
    path = tmp_path / name
    path.write_text("one\ntwo\n")
    with pytest.raises(InputRejected) as refused:
        formats.read(path, limits=limits)
    assert refused.value.code == "input.too-large"
