"""Facts that nothing can be decided from: a clear message that names the field and the rule, and no value of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crime_facts import decided, facts_of, offence_of

from backbeat.crime.errors import FactsRefused
from backbeat.crime.facts_json import read_facts, read_facts_file
from backbeat.crime.rules import open_rules

SECRET = "Siân Q Example"
"""Stands wherever a value is wrong; no message may repeat it."""

Change = Callable[[dict[str, Any]], None]


def ordinary() -> dict[str, Any]:
    allegation = {"id": "a1", "act": "assault", "victims": ["v1"], "offenders": ["o1"], "facts": {"injury": "minor"}}
    return facts_of([allegation], [{"id": "v1", "age": 30}, {"id": "o1"}])


def put(*path: Any) -> Change:
    """The last of `path` into the place the others lead to."""
    *way, name, value = path

    def change(facts: dict[str, Any]) -> None:
        holder: Any = facts
        for step in way:
            holder = holder[step]
        holder[name] = value

    return change


def named(code: str, class_: str, **more: Any) -> Change:
    offence = {"code": code, "class": class_, **more.pop("offence", {})}
    return lambda facts: facts["allegations"][0].update({"act": "named", "offence": offence, "facts": {}, **more})


def recorded(**entry: Any) -> Change:
    return put(
        "recorded", [{"reference": "CR-1", "offence": offence_of("008/06 8N"), "recorded_on": "2026-04-01", **entry}]
    )


FIRST = ("allegations", 0)
PAIR = {"victim": "v1", "offender": "o1"}
BAD: dict[str, tuple[Change, str]] = {
    # what is wrong: the change, and what the message must name
    # codes and offences
    "unknown-code": (named("999/99", "8N"), "allegation a1, offence: The offence list has no code"),
    "code-in-another-class": (
        named("008/06", "28I"),
        "allegation a1, offence: Code 008/06 does not stand in class 28I",
    ),
    "code-of-no-shape": (named(SECRET, "8N"), "allegations 1 offence code: is not written as the format asks"),
    "words-of-no-line": (named("008/06", "8N", offence={"offence": SECRET}), "allegation a1, offence"),
    "repealed": (named("008/71", "8R"), "allegation a1, offence"),
    "repealed-before-the-day": (named("008/71", "8R", on="2024-02-01"), "allegation a1, offence"),
    "offence-missing": (put(*FIRST, "act", "named"), "allegation a1, offence: is missing"),
    "offence-beside-an-act": (
        put(*FIRST, "offence", offence_of("008/06 8N")),
        "only the act `named` names its offence",
    ),
    "unknown-act": (put(*FIRST, "act", "sorcery"), "allegation a1, act: is not in the edition's list"),
    # days
    "no-such-day": (put(*FIRST, "on", "2026-02-30"), "allegations 1 on: must be a day that exists"),
    "day-as-number": (put(*FIRST, "on", 1_777_593_600), "allegations 1 on: must be a day that exists"),
    "day-as-digits": (put(*FIRST, "on", "1777593600"), "allegations 1 on: must be a day that exists"),
    "day-with-time": (put(*FIRST, "on", "2026-04-01T10:00:00"), "allegations 1 on: must be a day that exists"),
    "after-the-report": (put(*FIRST, "on", "2026-05-03"), "allegation a1, on: is after the report came in"),
    "until-before-on": (
        lambda facts: facts["allegations"][0].update({"on": "2026-04-03", "until": "2026-04-02"}),
        "allegation a1, until: is before `on`",
    ),
    "until-alone": (put(*FIRST, "until", "2026-04-02"), "allegation a1, until: needs the day it began"),
    "recorded-after-the-report": (recorded(recorded_on="2026-06-01"), "recorded CR-1, recorded_on: is after"),
    "received-without-offset": (put("report", "received_at", "2026-05-01T10:00:00"), "rules p10"),
    "received-as-number": (put("report", "received_at", 1_777_600_000), "report received_at: must be a day and time"),
    "received-in-the-year-9999": (
        put("report", "received_at", "9999-12-31T23:59:59+00:00"),
        "report received_at: must lie between the years 1900 and 2999",
    ),
    "received-in-the-year-1": (put("report", "received_at", "0001-01-01T00:00:00+14:00"), "report received_at"),
    # people
    "nobody-of-that-name": (put(*FIRST, "victims", ["v9"]), "allegation a1: names v9, who is not among the parties"),
    "victim-and-offender": (put(*FIRST, "offenders", ["v1"]), "allegation a1: v1 is both victim and offender"),
    "bound-to-oneself": (put("relationships", [{"victim": "v1", "offender": "v1"}]), "the same party"),
    "bound-to-nobody": (put("relationships", [{"victim": "v1", "offender": "v9"}]), "relationship v1/v9: names v9"),
    "party-twice": (lambda facts: facts["parties"].append({"id": "v1"}), "parties: one of them is given twice"),
    "bond-twice": (put("relationships", [PAIR, PAIR]), "relationships: one of them is given twice"),
    "allegation-twice": (
        lambda facts: facts["allegations"].append(facts["allegations"][0]),
        "allegations: one of them is given twice",
    ),
    "name-for-a-label": (put("parties", 0, "id", SECRET), "parties 1 id: is not written as the format asks"),
    "age-in-words": (put("parties", 0, "age", SECRET), "parties 1 age"),
    "age-as-text": (put("parties", 0, "age", "30"), "parties 1 age"),
    "age-past-life": (put("parties", 0, "age", 130), "parties 1 age"),
    "age-true": (put("parties", 0, "age", True), "parties 1 age"),
    "sex-of-no-kind": (put("parties", 0, "sex", SECRET), "parties 1 sex"),
    "too-many": (put("parties", [{"id": f"p{number}"} for number in range(501)]), "parties: "),
    # no victim, and no offence against the state
    "no-victim": (
        named("008/06", "8N", victims=[]),
        "allegation a1, victims: 8N 008/06 is an offence against a victim",
    ),
    "no-owner": (named("028/03", "28I", victims=[]), "no victim, no crime (rules p7)"),
    # facts
    "fact-nobody-asks": (put(*FIRST, "facts", {"injurry": "minor"}), "fact injurry: no rule asks for it; did you mean"),
    "fact-of-the-engine": (put(*FIRST, "facts", {"is_rape": "no"}), "fact is_rape: no rule asks for it"),
    "fact-of-a-step": (put(*FIRST, "facts", {"step_confirmation": "given"}), "fact step_confirmation: no rule asks"),
    "fact-in-the-wrong-place": (put("parties", 0, "facts", {"injury": "minor"}), "party v1, fact injury: is about the"),
    "fact-of-no-such-word": (
        put(*FIRST, "facts", {"injury": SECRET}),
        "allegation a1, fact injury: must be one of none",
    ),
    "fact-true": (put(*FIRST, "facts", {"strangled": True}), "allegations 1 facts strangled: must be yes, no, unknown"),
    "fact-null": (put(*FIRST, "facts", {"injury": None}), "allegations 1 facts injury: must be yes, no, unknown"),
    "fact-list": (put(*FIRST, "facts", {"injury": [SECRET]}), "allegations 1 facts injury: must be"),
    "fact-fraction": (put(*FIRST, "facts", {"people_together": 2.5}), "allegations 1 facts people_together: must be"),
    "fact-below-its-least": (put(*FIRST, "facts", {"people_together": 0}), "fact people_together: must be a whole"),
    "fact-past-counting": (put(*FIRST, "facts", {"people_together": 10**40}), "fact people_together: must be a whole"),
    "fact-of-no-name": (put(*FIRST, "facts", {SECRET: "yes"}), "allegations 1 facts entry"),
    "fact-too-long": (put(*FIRST, "facts", {"injury": SECRET * 9}), "allegations 1 facts injury: must be"),
    "facts-contradict": (
        put(*FIRST, "facts", {"victim_found": "no", "victim_confirms": "yes"}),
        "allegation a1: victim_found and victim_confirms contradict",
    ),
    # halves of characters, wrong shapes
    "half-a-character": (put(*FIRST, "place", "\ud800"), "allegations 1 place: holds half a character"),
    "half-a-fact": (put(*FIRST, "facts", {"injury": "\udfff"}), "allegations 1 facts injury: must be"),
    "half-a-name": (put(*FIRST, "facts", {"\ud800": "yes"}), "allegations 1 facts entry name: holds half"),
    "turned-writing": (put("report", "force", "north\u202eshire"), "report force: is not written as the format asks"),
    "list-for-an-object": (put("report", [SECRET]), "report: must be an object"),
    "object-for-a-list": (put("parties", {"v1": SECRET}), "parties"),
    "field-of-no-format": (put("parties", 0, "surname", SECRET), "parties 1 surname: is no field of the format"),
    "another-format": (put("format", SECRET), "format: "),
    "nothing-to-decide": (put("allegations", []), "allegations: there is nothing to decide"),
    # requests
    "outcome-of-no-list": (
        put("requests", [{"id": "r1", "kind": "outcome", "offence": offence_of("008/06 8N"), "wanted": "99"}]),
        "What the request wants must be one of 1, 1A",
    ),
    "kind-of-no-request": (
        put("requests", [{"id": "r1", "kind": SECRET, "offence": offence_of("008/06 8N"), "wanted": "1"}]),
        "requests 1 kind",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_nothing_is_decided_and_the_message_names_the_field(what: str) -> None:
    change, part = BAD[what]
    facts = ordinary()
    change(facts)
    with pytest.raises(FactsRefused) as refused:
        decided(facts)

    error = refused.value
    assert part in error.what, error.what
    assert error.where
    assert error.do
    assert not any(word in str(error) for word in SECRET.split(" ") if len(word) > 1)


def test_all_faults_are_told_at_once() -> None:
    facts = ordinary()
    for what in ("no-such-day", "age-past-life", "name-for-a-label"):
        BAD[what][0](facts)
    with pytest.raises(FactsRefused) as refused:
        decided(facts)
    assert len(refused.value.what.splitlines()) == 3

    facts = ordinary()
    for what in ("after-the-report", "fact-nobody-asks", "party-twice"):
        BAD[what][0](facts)
    with pytest.raises(FactsRefused) as refused:
        decided(facts)
    assert len(refused.value.what.splitlines()) == 3


def test_an_offence_since_repealed_is_taken_where_it_was_done_in_time() -> None:
    facts = ordinary()
    named("008/71", "8R", on="2023-06-01")(facts)

    assert [crime.offence.label for crime in decided(facts).crimes] == ["8R 008/71"]


# --- files ------------------------------------------------------------------------------------------------------------


def deep() -> bytes:
    return b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def ten_megabytes() -> bytes:
    facts = ordinary()
    facts["allegations"][0]["facts"] = {"injury": SECRET * 700_000}
    return json.dumps(facts).encode()


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is not JSON"),
    "no-json": (lambda: SECRET.encode(), "is not JSON"),
    "not-utf-8": (lambda: json.dumps(ordinary()).encode("utf-16"), "is not UTF-8 text"),
    "latin-1": (lambda: SECRET.encode("latin-1"), "is not UTF-8 text"),
    "deep": (deep, "is nested too deeply"),
    "ten-megabytes": (ten_megabytes, "facts injury: must be"),
    "no-number": (lambda: b'{"format": NaN}', "holds a number that is none"),
    "long-number": (lambda: b'{"format": ' + b"9" * 5000 + b"}", "holds a number that is none, or is far too long"),
    "escaped-half": (
        lambda: json.dumps(ordinary()).replace("northshire", "\\ud800").encode(),
        "report force: holds half a character",
    ),
    "a-list": (lambda: b"[]", "the whole file: must be an object"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_none_is_refused(tmp_path: Path, what: str) -> None:
    make, part = FILES[what]
    path = tmp_path / "facts.json"
    path.write_bytes(make())
    with pytest.raises(FactsRefused) as refused:
        read_facts_file(path, open_rules())

    assert part in refused.value.what
    assert not any(word in str(refused.value) for word in SECRET.split(" ") if len(word) > 1)


def test_a_file_with_a_byte_order_mark_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(ordinary()).encode())

    assert read_facts_file(path, open_rules()) == read_facts(ordinary(), open_rules())


def test_an_edition_nobody_has_is_named_among_those_there_are() -> None:
    with pytest.raises(FactsRefused) as refused:
        read_facts(ordinary(), open_rules(), "hocr-1998")

    assert refused.value.where == "edition"
    assert "hocr-2026-27" in refused.value.do
