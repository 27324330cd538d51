"""A task record is checked at birth: integers only, forms only, nothing personal."""

import dataclasses
import hashlib

import pytest
from ledger.samples import record

from backbeat.errors import Bug
from backbeat.installation import Installation
from backbeat.ledger import EditionRef, Measured, Phase, TaskRecord, hash_set, pseudonymous_actor


@pytest.mark.parametrize("field", ["units", "active_ms", "review_ms", "rework_ms", "machine_ms", "recorded_at"])
@pytest.mark.parametrize("value", [-1, 1.0, True, False, "1", None, 1 << 62])
def test_numbers_are_counts(field, value):
    with pytest.raises(Bug, match=field):
        record(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("desk", "Redaction"),
        ("desk", ""),
        ("kind", "ann example"),  # free text does not fit anywhere
        ("kind", "x\n"),
        ("unit", "p" * 41),
        ("unit", "page-"),
        ("measured", "instrumented"),  # the text is not the enum
        ("baseline", "Two minutes"),
        ("baseline", ""),
        ("actor", "pc1234"),  # a name where a pseudonym belongs
        ("actor", "AB" * 32),
        ("software", "0.1 beta"),
        ("input_hashes", ("x",)),
        ("input_hashes", ["1" * 64]),
        ("input_hashes", ("1" * 64,) * 65),
        ("output_hashes", ("set:0:" + "1" * 64,)),
        ("output_hashes", ("set:99:" + "1" * 64, "1" * 64)),  # a fold stands alone
        ("editions", ("cps",)),
        ("editions", tuple(EditionRef("e", "1" * 64) for _ in range(65))),
    ],
)
def test_what_is_not_of_its_form_is_refused_and_not_quoted(field, value):
    with pytest.raises(Bug) as refusal:
        record(**{field: value})
    assert str(value) not in str(refusal.value) or value == ""


def test_there_is_no_field_for_free_text():
    texts = {f.name for f in dataclasses.fields(TaskRecord) if f.type in ("str", str)}
    assert texts == {"desk", "kind", "unit", "actor", "software"}


def test_human_time_by_phase():
    assert record().by_phase == {Phase.ACTIVE: 60_000, Phase.REVIEW: 20_000, Phase.REWORK: 5_000}


def test_a_long_list_of_hashes_is_folded():
    hashes = [hashlib.sha256(bytes([n])).hexdigest() for n in range(65)]
    assert hash_set(hashes[:64]) == tuple(sorted(hashes[:64]))
    (folded,) = hash_set([*hashes, hashes[0]])
    expected = hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
    assert folded == f"set:65:{expected}"
    assert record(input_hashes=(folded,)).input_hashes == (folded,)


def test_a_pseudonym_is_keyed_and_stable(installation: Installation, tmp_path):
    first = pseudonymous_actor(installation, "j.doe")
    assert first == pseudonymous_actor(installation, "j.doe")
    assert first != pseudonymous_actor(installation, "J.doe")
    elsewhere = Installation.open(tmp_path / "other", installation.database_url)
    assert first != pseudonymous_actor(elsewhere, "j.doe")
    assert pseudonymous_actor(installation, "e\u0301") == pseudonymous_actor(installation, "é")
    with pytest.raises(Bug):
        pseudonymous_actor(installation, "")


def test_ways_of_measuring_are_the_four():
    assert list(Measured) == ["observed", "instrumented", "self-reported", "modelled"]
