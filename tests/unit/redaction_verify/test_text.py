"""The sceptic on plain text and tables: what it must catch, and what must not alarm it."""

import base64
import html
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Applied, Decision, Document, Kind
from backbeat.redaction.verify import check

STATEMENT = """\
Statement of Amina Khan, born 12/03/1985.
Call her on 07700 900123 or at amina.khan@example.org.
Lee Brown saw a brown coat; he did not sleep. KHAN was calm.
"""


def decide(text: str, value: str, kind: Kind, *, action: Action = Action.REDACT, which: int = 0) -> Decision:
    start = -1
    for _ in range(which + 1):
        start = text.index(value, start + 1)
    return Decision(action, kind, "Witness", "tester", "individual", start, start + len(value))


def removing(text: str) -> list[Decision]:
    return [
        decide(text, "Amina Khan", Kind.PERSON),
        decide(text, "12/03/1985", Kind.DATE_OF_BIRTH),
        decide(text, "07700 900123", Kind.PHONE),
        decide(text, "amina.khan@example.org", Kind.EMAIL),
        decide(text, "KHAN", Kind.PERSON),
    ]


class Bench:
    """Redacts a text, lets a test spoil the output, and asks the sceptic."""

    def __init__(self, folder: Path) -> None:
        self.source, self.output = folder / "in.txt", folder / "out.txt"

    def checks(
        self, text: str, decisions: list[Decision], spoil: Callable[[bytes], bytes] = bytes, name: str = "in.txt"
    ) -> set[str]:
        self.source = self.source.with_name(name)
        self.source.write_bytes(text.encode())
        document = formats.read(self.source)
        applied = formats.apply(self.source, document, decisions, self.output)
        self.output.write_bytes(spoil(self.output.read_bytes()))
        return {finding.check for finding in check(self.source, self.output, document, applied, decisions)}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_sound_redaction_passes(bench: Bench) -> None:
    assert bench.checks(STATEMENT, removing(STATEMENT)) == set()


@pytest.mark.parametrize("name", ["in.txt", "in.csv"])
def test_a_text_may_hold_the_sign_for_a_removal_itself(bench: Bench, name: str) -> None:
    text = "Photo \ufffc from Amina Khan\ufffc\n\ufffc\n"
    decisions = [decide(text, "Amina Khan", Kind.PERSON)]
    assert bench.checks(text, decisions, name=name) == set()
    assert "text.altered" in bench.checks(text, decisions, lambda data: data.replace("\ufffc".encode(), b"", 1), name)
    hidden = bench.checks(text, decisions, lambda data: data + "Ami\ufffcna Khan".encode(), name)
    assert "text.reader-decoded" in hidden


@pytest.mark.parametrize(
    "left",
    [
        "Amina Khan",
        "AMINA KHAN",
        "A m i n a  K h a n",
        "Ami\u00adna Kh\u200ban",
        "Khan, Amina",
        "Amina-\nKhan",
        "Ａｍｉｎａ Ｋｈａｎ",  # full width
        "Amína Khän",  # accents
        "(07700) 900-123",
        "+44 (0)7700 900 123",
        "0044 7700900123",
        "12-03-1985",
        b"Amina Khan".hex(),
        "Amina Khan".encode("utf-16-be").hex(),
        base64.b64encode(b"Amina Khan").decode(),
        base64.b64encode(b"re: Amina Khan").decode(),
        "".join(f"&#{ord(c)};" for c in "Amina Khan"),
        html.escape("amina.khan@example.org"),
        quote("amina.khan@example.org").replace(".", "%2E"),
    ],
)
def test_a_value_left_in_another_form_is_found(bench: Bench, left: str) -> None:
    found = bench.checks(STATEMENT, removing(STATEMENT), lambda data: data + f"\nnb {left} end\n".encode())
    assert found & {"text.reader-decoded", "text.encoded"}
    assert "text.altered" in found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data + b"trailing",
        lambda data: data.replace(b"did not sleep", b"did sleep"),
        lambda data: data.replace(b"[PHONE]", b""),
        lambda data: data + "Amina Khan".encode("utf-16-le"),
    ],
)
def test_kept_text_must_be_kept_and_nothing_added(bench: Bench, spoil: Callable[[bytes], bytes]) -> None:
    assert "text.altered" in bench.checks(STATEMENT, removing(STATEMENT), lambda d: spoil(d)) or spoil(b"x") == b"x"


def test_bytes_that_do_not_decode_fail_the_reader(bench: Bench) -> None:
    assert bench.checks(STATEMENT, removing(STATEMENT), lambda data: data + b"\xff") == {"reader.failed"}


def test_short_surname_inside_longer_words_is_no_find(bench: Bench) -> None:
    text = "Lee could not sleep; the fleece stank. A streetlamp."
    assert bench.checks(text, [decide(text, "Lee", Kind.PERSON)]) == set()


def test_short_surname_left_as_a_word_is_found(bench: Bench) -> None:
    text = "Lee could not sleep."
    found = bench.checks(text, [decide(text, "Lee", Kind.PERSON)], lambda data: data + b" LEE")
    assert "text.reader-decoded" in found


def test_surname_inside_a_kept_name_is_no_find(bench: Bench) -> None:
    text = "Omar Khan (suspect) hit Amina Khan. Khan fled."
    kept = [
        decide(text, "Omar Khan", Kind.PERSON, action=Action.KEEP),
        decide(text, "Khan", Kind.PERSON, action=Action.KEEP, which=2),
    ]
    assert bench.checks(text, [*kept, decide(text, "Amina Khan", Kind.PERSON)]) == set()


def test_value_kept_nowhere_but_overlooked_is_found(bench: Bench) -> None:
    text = "Call 07700 900123. Later: 07700-900123."
    assert bench.checks(text, [decide(text, "07700 900123", Kind.PHONE)]) == {"text.undecided-occurrence"}


@pytest.mark.parametrize(
    ("text", "value", "kind", "alarm"),
    [
        ("Brown wore a brown coat.", "Brown", Kind.PERSON, False),  # the colour
        ("Brown wore a coat. BROWN left.", "Brown", Kind.PERSON, True),
        ("Brownlow met Brown.", "Brown", Kind.PERSON, True),  # fails on the value itself only if left: see below
        ("From Leeds to Leeds Crown Court.", "Leeds", Kind.PLACE, False),
        ("PC 47 at 47 High Road.", "47", Kind.COLLAR_NUMBER, False),
        ("amina@example.org and AMINA@EXAMPLE.ORG", "amina@example.org", Kind.EMAIL, True),
    ],
)
def test_undecided_occurrences(bench: Bench, text: str, value: str, kind: Kind, alarm: bool) -> None:
    if text.startswith("Brownlow"):
        text = "Brownlow met Brown. Brown left."
        found = bench.checks(text, [decide(text, "Brown", kind, which=1)])
    else:
        found = bench.checks(text, [decide(text, value, kind)])
    assert ("text.undecided-occurrence" in found) is alarm


def test_a_label_that_says_the_name_is_found(bench: Bench) -> None:
    text = "Amina Khan left."
    named = Decision(Action.PSEUDONYM, Kind.PERSON, "r", "a", "bulk", 0, 10, replacement="Ms Amina Khan")
    assert "text.label-repeats" in bench.checks(text, [named])


def test_the_sceptic_does_not_believe_what_the_format_says_it_removed(tmp_path: Path) -> None:
    source, output = tmp_path / "a.txt", tmp_path / "b.txt"
    source.write_text(STATEMENT)
    output.write_text(STATEMENT)
    document = Document("0" * 64, "text/plain", STATEMENT, encoding="utf-8")
    lying = Applied(removed=(), retained_text=STATEMENT, pages=1)
    found = {finding.check for finding in check(source, output, document, lying, removing(STATEMENT))}
    assert {"text.reader-decoded", "text.altered"} <= found


TABLE = 'name,phone,note\r\nAmina Khan,07700 900123,"she said ""no"""\r\n=1+1,,x\r\n'


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda data: data, set()),
        (lambda data: data + b"a,b,c\r\n", {"text.altered", "table.shape"}),
        (lambda data: data.replace(b",[PHONE]", b""), {"text.altered", "table.shape"}),
        (lambda data: data.replace(b"[PHONE]", b"=HYPERLINK(1)[PHONE]"), {"text.altered", "table.formula"}),
        (lambda data: data.replace(b"[PERSON]", b"khan amina"), {"text.altered", "text.reader-decoded"}),
    ],
)
def test_tables(bench: Bench, spoil: Callable[[bytes], bytes], expected: set[str]) -> None:
    decisions = [decide(TABLE, "Amina Khan", Kind.PERSON), decide(TABLE, "07700 900123", Kind.PHONE)]
    assert bench.checks(TABLE, decisions, spoil, name="in.csv") == expected


def test_a_changed_cell_that_starts_like_a_formula_is_guarded(bench: Bench) -> None:
    table = "a,b\n=CONCAT(Amina Khan),x\n"
    assert bench.checks(table, [decide(table, "Amina Khan", Kind.PERSON)], name="in.csv") == set()
