"""Evidence through the real web path: streamed in, inspected, kept unchanged, handed out, removed, restored."""

import hashlib
import io
import re
import subprocess
import sys
import zlib

import pikepdf
import psutil
import pytest

TEXT = b"On Tuesday I saw the window was broken.\n"


def small_pdf(pages: int = 2) -> bytes:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        target = io.BytesIO()
        pdf.save(target)
        return target.getvalue()


def bomb_pdf() -> bytes:
    """A page whose content unpacks to 2 GiB of spaces from a few kilobytes, twice packed."""
    packer = zlib.compressobj(9)
    once = b"".join([*(packer.compress(b" " * (1 << 20)) for _ in range(2048)), packer.flush()])
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        stream = pikepdf.Stream(pdf, zlib.compress(once, 9))
        stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        pdf.pages[0].Contents = stream
        target = io.BytesIO()
        pdf.save(target, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
        return target.getvalue()


@pytest.fixture(scope="module")
def amy(station):
    return station.signed_in("amy")


@pytest.fixture
def case(station, amy, request):
    return station.open_case(amy, f"42/EV/{abs(hash(request.node.name)) % 10**9}")


def items_of(client, case: str) -> list[str]:
    return re.findall(rf"/cases/{case}/evidence/([0-9a-f-]{{36}})/", client.get(f"/cases/{case}/evidence/").text)


def test_what_goes_in_comes_out_unchanged_under_its_hash(station, amy, case):
    content = TEXT * 1000
    assert station.upload(amy, case, ("statement.txt", content)).status_code == 302
    (item,) = items_of(amy, case)
    page = amy.get(f"/cases/{case}/evidence/{item}/").text
    digest = hashlib.sha256(content).hexdigest()
    assert digest in page
    answer = amy.get(f"/cases/{case}/evidence/{item}/original/")
    assert answer.content == content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement.txt"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    stored = station.data / "store" / digest[:2] / digest
    assert stored.read_bytes() == content
    assert stored.stat().st_mode & 0o777 == 0o400


def test_pages_of_a_pdf_are_counted(station, amy, case):
    assert station.upload(amy, case, ("bundle.pdf", small_pdf(3))).status_code == 302
    (item,) = items_of(amy, case)
    assert re.search(r"Pages</dt><dd[^>]*>3<", amy.get(f"/cases/{case}/evidence/{item}/").text)


def encrypted_pdf() -> bytes:
    with pikepdf.open(io.BytesIO(small_pdf())) as pdf:
        target = io.BytesIO()
        pdf.save(target, encryption=pikepdf.Encryption(owner="o", user="u"))
        return target.getvalue()


REFUSED = [
    # name, content, part of the reason given
    ("empty.txt", lambda: b"", "empty"),
    ("photo.jpg", lambda: b"\xff\xd8\xff\xe0rest", "picture"),
    ("letter.docx", lambda: b"PK\x03\x04rest", "Word document"),
    ("bundle.zip", lambda: b"PK\x03\x04rest", "archive"),
    ("tool.txt", lambda: b"\x7fELFrest", "program"),  # a program under a text's name
    ("statement.pdf", lambda: b"plain words", "not a PDF"),
    ("statement.txt", lambda: small_pdf(), "PDF"),  # a PDF under a text's name
    ("broken.pdf", lambda: b"%PDF-1.7\nnothing more", "damaged"),
    ("locked.pdf", encrypted_pdf, "password"),
    ("bomb.pdf", bomb_pdf, "limit"),
    ("huge.txt", lambda: b"x" * (9 << 20), "larger than 8 MiB"),
    ("noname", lambda: TEXT, "not known"),
]


@pytest.mark.parametrize(("name", "content", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused_says_why_and_leaves_nothing_behind(station, amy, case, name, content, reason):
    before = sum(1 for path in (station.data / "store").rglob("*") if path.is_file())
    answer = station.upload(amy, case, (name, content()))
    assert answer.status_code == 422
    assert reason in answer.text, answer.text
    assert "Next:" in answer.text
    assert items_of(amy, case) == []
    assert sum(1 for path in (station.data / "store").rglob("*") if path.is_file()) == before


def test_each_file_of_several_has_its_own_fate(station, amy, case):
    answer = station.upload(amy, case, ("good.txt", TEXT), ("bad.exe", b"MZ"), ("good.csv", b"a,b\n1,2\n"))
    assert answer.status_code == 422
    assert (answer.text.count("Taken in"), answer.text.count("Refused")) == (2, 1)
    assert len(set(items_of(amy, case))) == 2


def test_the_same_content_is_evidence_once_in_a_case_and_again_in_another(station, amy, case):
    assert station.upload(amy, case, ("one.txt", TEXT + b"same")).status_code == 302
    again = station.upload(amy, case, ("two.txt", TEXT + b"same"))
    assert again.status_code == 422
    assert "already evidence" in again.text
    other = station.open_case(amy, "42/EV/another")
    assert station.upload(amy, other, ("one.txt", TEXT + b"same")).status_code == 302


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "..\\..\\boot.txt", "a/b/c.txt", "line\nfeed.txt", '"><i>.txt']
)
def test_names_cannot_leave_their_place(station, amy, case, name):
    assert station.upload(amy, case, (name, TEXT + name.encode())).status_code == 302
    (item,) = items_of(amy, case)
    page = amy.get(f"/cases/{case}/evidence/{item}/").text
    assert "../" not in page
    assert "<i>" not in page
    download = amy.get(f"/cases/{case}/evidence/{item}/original/").headers["Content-Disposition"]
    assert "\n" not in download
    assert "/" not in download.split("filename")[1]


def test_removed_evidence_says_why_and_comes_back(station, amy, case):
    station.upload(amy, case, ("wrong.txt", TEXT + b"removed"))
    (item,) = items_of(amy, case)
    base = f"/cases/{case}/evidence/{item}/"
    assert amy.submit(f"{base}remove/", {"reason": ""}).status_code == 200
    assert amy.submit(f"{base}remove/", {"reason": "belongs to another case"}).status_code == 302
    assert items_of(amy, case) == []
    assert amy.get(f"{base}original/").status_code == 400
    assert "belongs to another case" in amy.get(f"/cases/{case}/evidence/removed/").text
    assert amy.submit(f"{base}restore/", page=base).status_code == 302
    assert items_of(amy, case) == [item]


def test_nobody_who_may_not_upload_gets_a_byte_read(station, case):
    outsider = station.signed_in("olly")
    answer = outsider.post(f"/cases/{case}/evidence/add/", files=[("files", ("a.txt", TEXT))])
    assert answer.status_code == 403
    assert "You may not add evidence" in answer.text or "You may not see a case" in answer.text


def test_a_file_sent_to_any_other_form_is_not_read(station, amy):
    before = len(list((station.data / "store").rglob("*")))
    token = amy.get("/cases/new/")
    assert token.status_code == 200
    answer = amy.submit("/cases/new/", {"reference": "42/EV/nofile", "title": "x"}, files=[("f", ("a.txt", TEXT * 99))])
    assert answer.status_code in (302, 403)
    assert len(list((station.data / "store").rglob("*"))) == before


def test_memory_stays_flat_while_a_large_file_comes_in(station, amy, case):
    server = psutil.Process(station.process.pid)
    station.upload(amy, case, ("warm.txt", b"warm"))

    def used() -> int:
        return sum(process.memory_info().rss for process in [server, *server.children()])

    before = used()
    station.upload(amy, case, ("large.txt", TEXT * (7 * (1 << 20) // len(TEXT))))
    assert used() - before < 6 << 20


def test_inspection_runs_under_a_ceiling(tmp_path):
    program = (
        "import resource; from backbeat.station.cases import inspect_pdf as i; i._lower_ceilings();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] == i.MEMORY_BYTES, "
        "resource.getrlimit(resource.RLIMIT_FSIZE))\n"
        "try: bytearray(i.MEMORY_BYTES)\n"
        "except MemoryError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["True (0, 0)", "refused"]
