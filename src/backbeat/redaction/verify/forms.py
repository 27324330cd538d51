"""The spellings under which a removed value may still be found, and the plain forms text is brought to before a search.

Two channels of text are searched:

* *words*: case folded, compatibility forms resolved (NFKC: ligatures, full-width letters, NBSP), soft hyphens and
  zero-width characters gone, dashes and quotes made one. Words stay words. Used for values of fewer than four letters
  and digits, which would turn up inside other words by chance.
* *compact*: case folded, accents off (NFKD without marks), then only letters and digits. Letter-by-letter text, broken
  lines, hyphens, brackets and odd spaces all vanish, so a value is found however it is spread out.

Everything else a value may hide as (hex, base64, UTF-16, PDF string escapes, entities, percent signs) is either decoded
before the search (`views`, `undisguised`) or listed by `byte_forms`.
"""

import base64
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote, unquote_to_bytes

from backbeat.redaction.model import Kind

__all__ = [
    "LONG_NUMBER",
    "SHORT",
    "alphanumerics",
    "byte_forms",
    "compact",
    "decoded_views",
    "decoded_words",
    "fold",
    "spellings",
    "undisguised",
    "views",
]

SHORT = 4
"""Values with fewer letters and digits than this are searched as whole words only."""
LONG_NUMBER = 6
"""Digits from which a number is also searched without anything else that stood around it."""

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u0060\u00b4\u2032"), "'")
_UNSEEN = dict.fromkeys(
    [0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0xFEFF, 0xFFFE]
    + [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)]
    + [code for code in range(0x20) if chr(code) not in "\t\n\r\f"]
)
_TABLE = {**_DASHES, **_QUOTES, **_UNSEEN}
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The *words* form of a text."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.translate(_TABLE)).casefold())


def compact(text: str) -> str:
    """The *compact* form of a text."""
    if text.isascii():  # most pages; several times faster
        return _NOT_ALPHANUMERIC.sub("", text.lower())
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKD", text).casefold())


def alphanumerics(text: str) -> int:
    """How many letters and digits a text has."""
    return sum(character.isalnum() for character in text)


def spellings(kind: Kind, value: str) -> Iterator[str]:
    """Compact forms of a value to look for, the plain one first. None is shorter than `SHORT`."""
    plain = compact(value)
    found = [plain, *_of_numbers(kind, value)]
    if kind is Kind.PERSON:
        found += _of_names(value)
    yield from dict.fromkeys(form for form in found if len(form) >= SHORT)


def _of_numbers(kind: Kind, value: str) -> Iterator[str]:
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", value))
    if len(digits) < LONG_NUMBER:
        return
    yield digits
    if kind is Kind.PHONE:
        # +44 (0)7700 900123, 0044 7700 900123 and 07700 900123 are one number: search what they share.
        national = re.sub(r"^(?:00)?44(?=\d{9})", "", digits).lstrip("0")
        if len(national) >= LONG_NUMBER:
            yield national


def _of_names(value: str) -> Iterator[str]:
    words = [word for word in re.split(r"[\s,]+", value) if alphanumerics(word)]
    if 2 <= len(words) <= 5:
        yield compact(" ".join(reversed(words)))
        yield compact(" ".join([words[-1], *words[:-1]]))


def byte_forms(value: str) -> frozenset[bytes]:
    """The bytes of a value in the encodings of text, lower-cased as ASCII; to be searched in `views` of raw data."""
    line = " ".join(value.split())
    found: set[bytes] = set()
    for text in {unicodedata.normalize(form, line.lower()) for form in ("NFC", "NFD")} | {line}:
        found.add(text.encode("utf-8", "surrogatepass").lower())
        if not text.isascii():
            found |= {text.encode(codec, "ignore").lower() for codec in ("cp1252", "mac-roman")}
            # ASCII in UTF-16 is found once the zero bytes are gone; anything else is not.
            found |= {text.encode(codec, "surrogatepass").lower() for codec in ("utf-16-be", "utf-16-le")}
    return frozenset(form for form in found if len(form) >= SHORT)


_HEX = re.compile(rb"[0-9A-Fa-f][0-9A-Fa-f \t\r\n:]{11,}")
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-]{60,}\r?\n)*[A-Za-z0-9+/_-]{11,}")
_CODED = re.compile(rb"[0-9+/_-]|[a-z][A-Z]")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")


def views(data: bytes) -> Iterator[bytes]:
    """Raw data lower-cased, then what every coding in it holds: UTF-16, hex, base64, percent signs, octal escapes."""
    yield data.lower()
    yield from (view.lower() for view in decoded_views(data))


def decoded_views(data: bytes) -> Iterator[bytes]:
    """What `data` holds in a coding of its own."""
    if b"\0" in data:
        yield data.replace(b"\0", b"")
    yield from decoded_words(data)
    if _PERCENT.search(data):
        yield unquote_to_bytes(data)
    if _OCTAL.search(data):
        yield _OCTAL.sub(lambda match: bytes([int(match[1], 8)]), data)


def decoded_words(data: bytes) -> Iterator[bytes]:
    """What the words of `data` that look like hex or base64 hold, each on a line of its own."""
    if found := _HEX.findall(data):
        plain = b"\n".join(bytes.fromhex(_digits(token, shift)) for token in found for shift in range(2))
        yield plain
        if b"\0" in plain:
            yield plain.replace(b"\0", b"")
    # A word of prose is no code: a code mixes digits or the cases of its letters.
    if found := [token for token in _BASE64.findall(data) if _CODED.search(token)]:
        plain = b"\n".join(_from_base64(token, shift) for token in found for shift in range(4))
        yield plain
        if b"\0" in plain:
            yield plain.replace(b"\0", b"")


def _digits(token: bytes, shift: int) -> str:
    # The token may begin with a stray letter of the word before; so both ways to pair its digits are read.
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", token)[shift:]
    return digits[: len(digits) // 2 * 2].decode("ascii")


def _from_base64(token: bytes, shift: int) -> bytes:
    plain = re.sub(rb"\s", b"", token).replace(b"-", b"+").replace(b"_", b"/")[shift:]
    plain = plain[:-1] if len(plain) % 4 == 1 else plain
    return base64.b64decode(plain + b"=" * (-len(plain) % 4))


def undisguised(text: str) -> str | None:
    """The text with entities and percent signs decoded, or None where there is nothing to decode."""
    decoded = html.unescape(text) if "&" in text else text
    if "%" in decoded:
        decoded = unquote(decoded, errors="replace")
    return None if decoded == text else decoded
