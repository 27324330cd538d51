"""Reading JSON that a person hands in: what is refused, and in which words."""

from pathlib import Path

import pytest

from backbeat.handed_json import NotTaken, read_json


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"a": 1, "a": 2}', "gives one field twice"),
        (b'{"outer": [{"a": 1, "a": 1}]}', "gives one field twice"),
        (b"{", "is not JSON"),
        (b"[NaN]", "holds a number that is none"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[" * 200_000, "is nested too deeply"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "handed.json"
    path.write_bytes(data)
    with pytest.raises(NotTaken) as refused:
        read_json(path)
    assert refused.value.what.startswith(what)


def test_the_same_name_in_two_places_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "handed.json"
    path.write_text('[{"a": 1}, {"a": 2}]')
    assert read_json(path) == [{"a": 1}, {"a": 2}]
