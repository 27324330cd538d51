"""Checksums and structure rules of British and international identifiers. Pure functions, text to yes or no.

Each accepts a value with or without its usual separators. Sources: field documentation of each scheme as named beside
the function; nothing here is guessed from examples.
"""

import ipaddress
import re
from collections.abc import Callable
from typing import Final

__all__ = ["CHECKS", "POSTCODE_AREAS", "check_letter"]

_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
POSTCODE_AREAS: Final = frozenset(
    "AB AL B BA BB BD BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK "
    "FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP "
    "NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W "
    "WA WC WD WF WN WR WS WV YO ZE ZZ".split()
)
_POSTCODE = re.compile(
    r"(?P<area>[A-PR-UWYZ]|[A-PR-UWYZ][A-HK-Z])(?:\d|\d\d|\d[A-HJKPSTUW])\d[ABD-HJLNP-UW-Z]{2}"
    r"|(?P<two>[A-PR-UWYZ][A-HK-Z])\d[ABEHMNPRVWXY]\d[ABD-HJLNP-UW-Z]{2}"
)


def _squeeze(value: str) -> str:
    return re.sub(r"[\W_]+", "", value).upper()


def check_letter(number: int) -> str:
    """Letter of the modulus-23 scheme used for PNC and CRO numbers: no I, O or S.

    >>> check_letter(23), check_letter(1)
    ('Z', 'A')
    """
    return _LETTERS[number % 23]


def nhs_number(value: str) -> bool:
    """Ten digits; weights 10 to 2; check digit 11 minus the remainder, 11 counts as 0, 10 is never issued."""
    digits = _squeeze(value)
    if len(digits) != 10 or not digits.isdigit():
        return False
    check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check != 10 and check % 11 == int(digits[9])


def nino(value: str) -> bool:
    """Prefix rules of HMRC manual NIM39110; the number has no check digit."""
    squeezed = _squeeze(value)
    first, second = squeezed[0], squeezed[1]
    return (
        re.fullmatch(r"[A-Z]{2}\d{6}[A-D]?", squeezed) is not None
        and first not in "DFIQUV"
        and second not in "DFIQUVO"
        and squeezed[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
    )


def pncid(value: str) -> bool:
    """YY/N..NL or YYYY/N..NL: letter of the two-digit year followed by the serial padded to 7."""
    match = re.fullmatch(r"(?:\d\d)?(\d\d)/(\d{1,7})([A-Z])", value.upper().replace(" ", ""))
    return match is not None and check_letter(int(match[1] + match[2].zfill(7))) == match[3]


def cro(value: str) -> bool:
    """N..N/YYL, letter of the year followed by the serial padded to 6; or SFYY/N..NL with the serial as it stands."""
    upper = value.upper().replace(" ", "")
    if match := re.fullmatch(r"SF(\d\d)/(\d{1,6})([A-Z])", upper):
        return check_letter(int(match[1] + match[2])) == match[3]
    match = re.fullmatch(r"(\d{1,6})/(\d\d)([A-Z])", upper)
    return match is not None and check_letter(int(match[2] + match[1].zfill(6))) == match[3]


def luhn(value: str) -> bool:
    """Cards and IMEI numbers: double every second digit from the right."""
    digits = [int(c) for c in _squeeze(value) if c.isdigit()]
    total = sum(d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits)))
    return len(digits) >= 12 and total % 10 == 0 and any(digits)


def card(value: str) -> bool:
    """A Luhn number of 13 to 19 digits whose first digit is one that payment schemes use (2 to 6)."""
    digits = _squeeze(value)
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and luhn(digits)


def iban(value: str) -> bool:
    """ISO 13616: country and check digits moved to the end, letters as 10 to 35, remainder 1 modulo 97."""
    squeezed = _squeeze(value)
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", squeezed):
        return False
    if squeezed.startswith("GB") and len(squeezed) != 22:
        return False
    return int("".join(str(int(c, 36)) for c in squeezed[4:] + squeezed[:4])) % 97 == 1


def driving_licence(value: str) -> bool:
    """GB number: surname padded with 9, then decade, month (50 more for women), day, year, initials, three more."""
    squeezed = _squeeze(value)
    match = re.fullmatch(r"([A-Z]{1,5}9*)(\d)(\d\d)(\d\d)(\d)([A-Z][A-Z9]|99)([0-9A-Z])([A-Z]{2})(?:\d\d)?", squeezed)
    if match is None or len(match[1]) != 5:
        return False
    month, day = int(match[3]), int(match[4])
    return (1 <= month <= 12 or 51 <= month <= 62) and 1 <= day <= 31


def postcode_shape(value: str) -> bool:
    """BS 7666 grammar, whether or not the area exists: areas are added, mistyped and invented."""
    squeezed = _squeeze(value)
    special = re.fullmatch(r"GIR0AA|BFPO\d{1,4}|ZZ99\d[A-Z]{2}", squeezed)
    return special is not None or _POSTCODE.fullmatch(squeezed) is not None


def postcode(value: str) -> bool:
    """BS 7666 grammar with an area that exists; GIR 0AA, BFPO numbers and the ZZ99 dummies too."""
    squeezed = _squeeze(value)
    if not postcode_shape(squeezed):
        return False
    match = _POSTCODE.fullmatch(squeezed)
    return match is None or (match["area"] or match["two"]) in POSTCODE_AREAS


def vrm_current(value: str) -> bool:
    """Two letters, two digits, three letters, since 2001: no I or Q, no leading Z, age identifier not 00, 01 or 50."""
    match = re.fullmatch(r"[A-HJ-PR-Y][A-HJ-PR-Y](\d\d)[A-HJ-PR-Z]{3}", _squeeze(value))
    return match is not None and match[1] not in {"00", "01", "50"}


def ip_address(value: str) -> bool:
    """IPv4 or IPv6 as the standard library reads it; `::` with hardly anything beside it is punctuation."""
    if len(value) < 5 and not value[:1].isdigit():
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def private_host(value: str) -> bool:
    """Not a page of government, police, courts or the health service: those name nobody by being linked to."""
    host = re.sub(r"^[a-z]+:/*", "", value.lower()).split("/")[0]
    return not re.fullmatch(r"(?:[\w\-]+\.)*(?:gov|police|nhs|parliament|judiciary|mod)\.uk", host)


def sort_code(value: str) -> bool:
    """Three pairs that cannot be read as day, month and year (a date written with dashes is not a sort code)."""
    digits = _squeeze(value)
    if len(digits) != 6 or not digits.isdigit():
        return False
    first, second = int(digits[:2]), int(digits[2:4])
    return not (1 <= first <= 31 and 1 <= second <= 12)


CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    check.__name__: check
    for check in (
        nhs_number, nino, pncid, cro, luhn, card, iban, driving_licence, postcode, postcode_shape, vrm_current,
        ip_address, sort_code, private_host,
    )
}  # fmt: skip
"""By name, as the pattern table refers to them."""
