"""The register of a case: what is accepted, and every fault at once."""

import json
from pathlib import Path

import pytest

from backbeat.errors import ConfigError
from backbeat.redaction.case import Register, load_people, parse_people
from backbeat.redaction.model import Person, Role


def _write(folder: Path, value: object) -> Path:
    path = folder / "people.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_a_register_is_read_in_order(tmp_path: Path) -> None:
    path = _write(tmp_path, [
        {"id": "P1", "names": ["Amina Blaggsworth"], "role": "witness", "aliases": ["Mina"],
         "attributes": {"address": ["14 Nowhere Road"], "phone": "07700 900123"}},
        {"id": "P2", "names": "Zebedee"},
    ])  # fmt: skip
    first, second = load_people(path)
    assert first == Person(
        "P1", ("Amina Blaggsworth",), Role.WITNESS, ("Mina",),
        {"address": ("14 Nowhere Road",), "phone": ("07700 900123",)},
    )  # fmt: skip
    assert (second.names, second.role) == (("Zebedee",), Role.UNKNOWN)


@pytest.mark.parametrize(
    ("word", "role"),
    [
        *((role.value, role) for role in Role),
        ("defendant", Role.SUSPECT), ("Complainant", Role.VICTIM), ("bystander", Role.THIRD_PARTY),
        ("third party", Role.THIRD_PARTY), ("THIRD_PARTY", Role.THIRD_PARTY),
    ],
)  # fmt: skip
def test_case_papers_words_for_roles_are_understood(word: str, role: Role) -> None:
    assert parse_people([{"id": "P1", "names": ["A B"], "role": word}])[0].role is role


def test_every_fault_is_reported_at_once_without_quoting_a_name(tmp_path: Path) -> None:
    path = _write(tmp_path, [
        {"id": "P1", "names": ["Amina Secretname"], "role": "wizard"},
        {"id": "P1", "names": [" - "]},
        {"id": "", "names": []},
        {"id": "P4", "names": ["B C"], "attributes": {"phone": [""], "anonymity": "perhaps"}},
    ])  # fmt: skip
    with pytest.raises(ConfigError) as raised:
        load_people(path)
    faults = raised.value.what.splitlines()
    assert [fault.split(":")[0] for fault in faults] == [
        "entry 1, role", "entry 2, id", "entry 2, names", "entry 3, id", "entry 3, names",
        "entry 4, attributes, anonymity", "entry 4, attributes",
    ]  # fmt: skip
    assert "third-party" in faults[0]
    assert "Secretname" not in str(raised.value)
    assert "wizard" not in str(raised.value)


@pytest.mark.parametrize(
    "content", [b"{", b'{"id": "P1"}', b'[{"id": 1, "names": ["A"]}]', b"\xff\xfe\xfa", b'[{"name": "A"}]']
)
def test_what_is_no_register_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        load_people(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_people(tmp_path / "none.json")


def test_look_ups() -> None:
    register = Register(parse_people([{"id": "P1", "names": ["A B"], "role": "child"}]))
    person = register.get("P1")
    assert person is not None
    assert register.of_role(Role.CHILD) == (person,)
    assert register.get("P2") is None
    assert register.get(None) is None
    assert len(register) == 1


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        f"[{'9' * 5000}]",
        "[NaN]",
        '[{"id": "P1", "names": ["\\ud800"], "role": "witness"}]',
        '[{"id": "\\udc80", "names": ["A B"], "role": "witness"}]',
        '[{"id": "P1", "names": ["A B"], "attributes": {"\\udc80": ["x"]}}]',
        f'[{{"id": "P1", "names": ["{"x y " * 300}"]}}]',
    ],
)
def test_json_that_would_break_a_run_later_is_refused_at_the_door(tmp_path: Path, content: str) -> None:
    path = tmp_path / "people.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError):
        load_people(path)
