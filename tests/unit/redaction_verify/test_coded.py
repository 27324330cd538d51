"""Kept text that says a removed value once more in a coding."""

import base64
import quopri
import time
from urllib.parse import quote

import pytest

from backbeat.redaction.model import Action, Decision, Document, Kind
from backbeat.redaction.verify.expectation import expect
from backbeat.redaction.verify.search import undecided

NAME = "Zed Quillfeâther"


def found(text: str, value: str = NAME, kind: Kind = Kind.PERSON, keep: str = "") -> list[str]:
    document = Document("0" * 64, "text/plain", text, encoding="utf-8")
    decisions = [Decision(Action.REDACT, kind, "r", "t", "individual", text.index(value), len(value))]
    if keep:
        start = text.index(keep)
        decisions.append(Decision(Action.KEEP, kind, "r", "t", "individual", start, start + len(keep)))
    return [finding.check for finding in undecided(expect(document, decisions))]


CODED = [
    NAME.encode().hex(),
    NAME.encode().hex(" ").upper(),
    NAME.encode("cp1252").hex(),
    base64.b64encode(f"x {NAME} y".encode()).decode(),
    base64.urlsafe_b64encode(NAME.encode()).decode().rstrip("="),
    "".join(f"&#{ord(letter)};" for letter in NAME),
    "".join(f"&#x{ord(letter):x};" for letter in NAME),
    NAME.replace("â", "&acirc;"),
    quote(NAME),
    quote(NAME).replace("%20", "+"),
    quopri.encodestring(NAME.encode()).decode(),
    f"=?utf-8?Q?{quopri.encodestring(NAME.encode(), header=True).decode()}?=",
    "".join(f"\\u{ord(letter):04x}" for letter in NAME),
    "".join(f"\\u{{{ord(letter):x}}}" for letter in NAME),
    "".join(f"\\x{byte:02x}" for byte in NAME.encode()),
    "".join(f"\\{byte:03o}" for byte in NAME.encode()),
    "Zed Quill=\nfe=C3=A2ther",
]


@pytest.mark.parametrize("coded", CODED)
def test_a_coding_of_a_removed_value_needs_a_decision(coded: str) -> None:
    text = f"{NAME} was seen.\nLog: {coded} end"
    assert found(text) == ["text.undecided-coding"]
    assert found(text, keep=coded) == []


@pytest.mark.parametrize("code", [b"Khan".hex(), b"KHAN".hex().upper(), "S2hhbg==", "a2hhbg"])
def test_a_short_value_in_a_code_of_its_own(code: str) -> None:
    assert found(f"Khan left. nb {code} end", "Khan") == ["text.undecided-coding"]


@pytest.mark.parametrize(
    ("value", "kind", "rest"),
    [
        ("Brown", Kind.PERSON, "a%20brown%20coat &amp; hat"),
        ("Khan", Kind.PERSON, "Khanate%20of &#75;hanabad " + b"the Khanate fell".hex()),
        ("Leeds", Kind.PLACE, "https://example.org/?q=Leeds%20Court"),
        ("flat", Kind.OTHER, "the%20flat"),
        ("QX77", Kind.OTHER, "100% of A&E = 5\\6, QX778%20"),
        ("Amina Khan", Kind.PERSON, "a%20b &lt; Amina&#32;Khanum"),
    ],
)
def test_what_is_no_such_coding(value: str, kind: Kind, rest: str) -> None:
    assert found(f"{value} left. {rest}", value, kind) == []


def test_what_somebody_marked_by_hand_counts() -> None:
    assert found(f"QX77 44 left. {b'QX77 44'.hex()}", "QX77 44", Kind.OTHER) == ["text.undecided-coding"]


def test_the_look_is_linear() -> None:
    """A megabyte of codes and two hundred values stays within seconds."""
    words = " ".join(base64.b64encode(f"{n} some words, {n * n}".encode()).decode() for n in range(12_000))
    text = f"{NAME} was seen. {words} " + "&#65;%20=41\\x41" * 30_000
    began = time.perf_counter()
    assert found(text) == []
    assert time.perf_counter() - began < 8
