"""Texts made to hurt: very long lines, and runs that a careless pattern would try in every way."""

import socket
import time

import pytest
from marked_text import document

from backbeat.redaction.case import parse_people
from backbeat.redaction.detect import detect
from backbeat.redaction.model import Kind

PEOPLE = parse_people(
    [{"id": "P1", "names": ["Amina Khan"], "role": "victim", "attributes": {"address": "14 Nowhere Road, LS9 9AA"}}]
)
UNITS = [
    "a",
    "1",
    "0 ",
    "a.",
    "a@",
    "A-",
    "Aa ",
    "1-",
    "a1",
    "oh ",
    "(0",
    "a dot ",
    "12/",
    ",\n",
    "é",
    "A'",
    "1:",
    "Mr ",
    "///a.",
]


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(length: int) -> float:
        text = document(unit * (length // len(unit)))
        start = time.process_time()
        detect(text, PEOPLE, use_model=False)
        return time.process_time() - start

    seconds(1_000)
    short, long = seconds(10_000), seconds(80_000)
    # eight times the text; quadratic would be sixty-four times. The constant keeps tiny timings from deciding
    assert long < 24 * short + 0.5


def test_ten_megabytes_on_one_line() -> None:
    filler = "nothing of note was said about anybody for a good while, and then nothing more was said at all; " * 100
    sentence = "Then Amina Khan rang 07700 900123 from 14 Nowhere Road, Testham, LS9 9AA and left. "
    times = 10_000_000 // len(filler + sentence)
    mentions = detect(document((filler + sentence) * times), PEOPLE, use_model=False)
    assert len([m for m in mentions if m.person == "P1"]) >= 2 * times
    assert len([m for m in mentions if m.kind is Kind.PHONE]) == times


@pytest.mark.model
def test_nothing_reaches_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("detection opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert detect(document("Peter Hargreaves wrote to jo@example.org and rang +44 7700 900123."), PEOPLE)
