"""Canonical JSON: one value, one sequence of bytes.

Used wherever bytes are hashed, signed or replayed: ledger leaves, rule results, certificates, manifests.
Keys sorted, no white space, UTF-8 without escapes, NFC strings. Floats are refused: they do not have one spelling;
send integers (milliseconds, thousandths of a point) or strings.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from backbeat.errors import Bug

__all__ = ["Json", "canonical_json", "differing_paths", "sha256_hex"]

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None


def _plain(value: object, path: str) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        plain: dict[str, object] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise Bug(f"canonical JSON: key {key!r} at {path} is not text")
            plain[unicodedata.normalize("NFC", key)] = _plain(item, f"{path}.{key}")
        if len(plain) != len(value):
            raise Bug(f"canonical JSON: two keys at {path} are the same after normalisation")
        return plain
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(item, f"{path}[{i}]") for i, item in enumerate(value)]
    raise Bug(f"canonical JSON: {type(value).__name__} at {path} has no single spelling")


def canonical_json(value: Json) -> bytes:
    """The one byte string for `value`.

    Raises:
        Bug: a float, bytes, a date, a non-text key or half a surrogate pair is inside, or it is nested too deeply.

    >>> canonical_json({"b": 1, "a": ["x", None]})
    b'{"a":["x",null],"b":1}'
    """
    try:
        return json.dumps(
            _plain(value, "$"), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()
    except UnicodeEncodeError:
        # Not chained: that error quotes the text.
        raise Bug("canonical JSON: a text holds half a character, which has no bytes") from None
    except RecursionError as error:
        raise Bug("canonical JSON: nested too deeply") from error


def sha256_hex(data: bytes) -> str:
    """Lower-case hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def differing_paths(then: object, now: object, path: str = "$") -> Iterator[str]:
    """Where two JSON values differ, as paths without their values."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted(then.keys() | now.keys()):
            if key in then and key in now:
                yield from differing_paths(then[key], now[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}" if key in now else f"{path} (a key too many)"
    elif isinstance(then, list) and isinstance(now, list):
        if len(then) != len(now):
            yield f"{path} (length)"
        for index, (one, other) in enumerate(zip(then, now, strict=False)):
            yield from differing_paths(one, other, f"{path}[{index}]")
    elif type(then) is not type(now) or then != now:
        yield path
