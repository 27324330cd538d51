"""A reason stands on the page as a label; it must not say what it covers, however that was marked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Box, Decision, Kind
from backbeat.redaction.verify import check

HELD = "Ref QX-77 AB12 of Amina Khan, the flat: 12/03/1985, Home Address, under s.40(2) of 2018"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Ref QX-77 AB12 sensitive", True),
        ("about ab12", True),
        ("Amina Khan is a witness", True),
        ("born 12/03/1985", True),
        ("s.40(2)", False),
        ("the flat", False),
        ("Home Address", False),
        ("DPA 2018", False),
        ("Ref withheld", False),
    ],
)
@pytest.mark.parametrize("marked", ["box", "span"])
def test_a_label_that_tells(page: Callable[..., Path], reason: str, told: bool, marked: str) -> None:
    source = page(b"BT /F1 10 Tf 50 700 Td (%s) Tj ET" % HELD.encode())
    document = formats.read(source)
    if marked == "box":
        where = Decision(Action.REDACT, Kind.OTHER, reason, "t", "individual", boxes=(Box(1, 40, 690, 560, 715),))
    else:
        where = Decision(Action.REDACT, Kind.OTHER, reason, "t", "individual", 0, len(document.text))
    output = source.with_name("out.pdf")
    applied = formats.apply(source, document, [where], output)
    assert applied.drawn_text == (reason,)
    found = {finding.check for finding in check(source, output, document, applied, [where])}
    assert found == ({"text.label-repeats"} if told else set())


@pytest.mark.parametrize(("value", "told"), [("flat", False), ("Marlow", True), ("QX77", True)])
def test_a_value_nobody_classified(page: Callable[..., Path], value: str, told: bool) -> None:
    source = page(b"BT /F1 10 Tf 50 700 Td (It was %s then) Tj ET" % value.encode())
    document = formats.read(source)
    start = document.text.index(value)
    decision = Decision(Action.REDACT, Kind.OTHER, f"about {value}", "t", "individual", start, start + len(value))
    output = source.with_name("out.pdf")
    applied = formats.apply(source, document, [decision], output)
    found = {finding.check for finding in check(source, output, document, applied, [decision])}
    assert (("text.label-repeats" in found) if applied.drawn_text else told) is told
