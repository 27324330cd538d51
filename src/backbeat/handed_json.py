"""JSON that a person hands in (people.json, decisions.json), read so that nothing odd in it can break us later."""

import json
from pathlib import Path
from typing import Any

__all__ = ["NotTaken", "is_writable", "read_json"]


class NotTaken(Exception):
    """The file holds no JSON we take. Never leaves a desk: callers turn it into their own error."""

    def __init__(self, what: str, place: str = "") -> None:
        super().__init__(what)
        self.what = what
        """Ends a sentence that begins with the file: `is not UTF-8 text`."""
        self.place = place
        """Line and column, where known."""


def read_json(path: Path) -> Any:
    """The value in a file of UTF-8 JSON, with or without a byte-order mark.

    Raises:
        NotTaken: unreadable, not UTF-8, not JSON, nested too deeply, with one field given twice, or with a number
            nobody can mean.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as err:
        raise NotTaken(f"could not be read ({err.strerror or 'unknown reason'})") from err
    except UnicodeDecodeError as err:
        raise NotTaken("is not UTF-8 text") from err
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_each_key_once)
    except _KeyTwice as err:
        raise NotTaken("gives one field twice; which of them is meant cannot be told") from err
    except json.JSONDecodeError as err:
        raise NotTaken(f"is not JSON: {err.msg}", f"line {err.lineno}, column {err.colno}") from err
    except RecursionError as err:
        raise NotTaken("is nested too deeply") from err
    except ValueError as err:  # Python refuses whole numbers of more than 4,300 digits
        raise NotTaken("holds a number that is none, or is far too long") from err


class _KeyTwice(ValueError):
    """A map has one key twice; json would silently keep the last."""


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _KeyTwice
    return value


def _no_number(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def is_writable(text: str) -> bool:
    r"""Whether a text can be written to a file: an escape such as `\ud800` makes half a character, which cannot.

    >>> is_writable("Siân"), is_writable("\ud800")
    (True, False)
    """
    return not any("\ud800" <= character <= "\udfff" for character in text)
