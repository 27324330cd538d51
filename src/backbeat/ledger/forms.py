"""The forms a value must have before it may enter a log. A refusal never quotes the value."""

import re
import time

from backbeat.errors import Bug

__all__ = ["IDENTIFIER", "LAST_MS", "SLUG", "now_ms", "require_count", "require_hex", "require_text"]

SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9._/@-]*")
LAST_MS = 253_402_300_799_999
"""The end of the year 9999 in UTC ms."""

_HEX = re.compile(r"[0-9a-f]{64}")


def now_ms() -> int:
    """UTC milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def require_text(value: object, form: re.Pattern[str], longest: int, what: str) -> None:
    """Refuse a text that is not wholly of this form."""
    if not isinstance(value, str) or len(value) > longest or not form.fullmatch(value):
        raise Bug(f"{what} is not of the form {form.pattern} in at most {longest} characters")


def require_hex(value: object, what: str) -> None:
    """Refuse what is not a SHA-256 or HMAC-SHA-256 in lower-case hex."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise Bug(f"{what} is not 64 lower-case hex digits")


def require_count(value: object, most: int, what: str) -> None:
    """Refuse what is not an integer from 0 to `most`; True is not one."""
    if type(value) is not int or not 0 <= value <= most:
        raise Bug(f"{what} is not an integer from 0 to {most}")
