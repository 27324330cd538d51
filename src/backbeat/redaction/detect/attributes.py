"""What the register knows about a person besides the name: each value in the forms it may be met in."""

import re
from collections.abc import Iterator
from typing import Final

from backbeat.redaction.detect.keys import squeeze
from backbeat.redaction.detect.phones import national_digits
from backbeat.redaction.model import Kind

__all__ = ["ATTRIBUTE_KINDS", "attribute_keys"]

ATTRIBUTE_KINDS: Final[dict[str, Kind]] = {kind.value: kind for kind in Kind} | {
    "addresses": Kind.ADDRESS, "home": Kind.ADDRESS, "telephone": Kind.PHONE, "mobile": Kind.PHONE, "tel": Kind.PHONE,
    "e-mail": Kind.EMAIL, "mail": Kind.EMAIL, "dob": Kind.DATE_OF_BIRTH, "birth": Kind.DATE_OF_BIRTH,
    "nhs": Kind.NHS_NUMBER, "ni": Kind.NINO, "national-insurance": Kind.NINO, "licence": Kind.DRIVING_LICENCE,
    "vehicle": Kind.VRM, "registration": Kind.VRM, "pnc": Kind.PNCID, "collar": Kind.COLLAR_NUMBER,
    "account": Kind.BANK_ACCOUNT, "employer": Kind.ORGANISATION, "school": Kind.ORGANISATION,
    "workplace": Kind.ORGANISATION, "handle": Kind.URL, "website": Kind.URL, "ip": Kind.IP_ADDRESS,
}  # fmt: skip
"""Attribute names of people.json to kinds; anything else is `Kind.OTHER` and matched as it is written."""

_ABBREVIATIONS: Final = (
    ("road", "rd"), ("street", "st"), ("avenue", "ave"), ("lane", "ln"), ("drive", "dr"), ("close", "cl"),
    ("court", "ct"), ("crescent", "cres"), ("gardens", "gdns"), ("terrace", "tce"), ("place", "pl"), ("square", "sq"),
    ("grove", "gr"), ("apartment", "apt"), ("flat", "fl"), ("saint", "st"), ("house", "hse"),
)  # fmt: skip
_POSTCODE = re.compile(r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}\b")
_SHORTEST = {Kind.ADDRESS: 6, Kind.COLLAR_NUMBER: 3, Kind.ORGANISATION: 3, Kind.PLACE: 3}


def attribute_keys(kind: Kind, value: str) -> Iterator[tuple[str, Kind]]:
    """Squeezed keys under which a register value may be met, each with the kind it then is.

    A date of birth has no key: dates are compared as dates, see `register.py`.
    """
    if kind is Kind.DATE_OF_BIRTH:
        return
    if kind is Kind.ADDRESS:
        yield from _address_keys(value)
        return
    if kind is Kind.PHONE:
        local = national_digits(value)
        keys = [local]
        if local.startswith("0") and len(local) >= 10:
            keys += ["44" + local[1:], "44" + local, "0044" + local[1:], "0044" + local]
    else:
        keys = [squeeze(value)]
    for key in keys:
        if len(key) >= _SHORTEST.get(kind, 4):
            yield key, kind


def _address_keys(value: str) -> Iterator[tuple[str, Kind]]:
    postcode = _POSTCODE.search(value)
    postcodes: tuple[str, ...] = ()
    if postcode is not None:
        yield squeeze(postcode.group()), Kind.POSTCODE
        # A page may end after the first half of a postcode, and with it the address as far as it can be read.
        postcodes = (squeeze(postcode.group()), squeeze(postcode.group())[:-3])
        value = value[: postcode.start()] + "," + value[postcode.end() :]
    lines = [line.strip() for line in re.split(r"[,\n]", value) if squeeze(line)]
    for first in range(len(lines)):
        for last in range(first + 1, len(lines) + 1):
            joined = " ".join(lines[first:last])
            if not any(c.isdigit() for c in joined) or len(joined.split()) < 2:
                continue  # a town or a street without a number is no address of a person
            for spelling in _spellings(joined):
                if len(key := squeeze(spelling)) >= _SHORTEST[Kind.ADDRESS]:
                    yield key, Kind.ADDRESS
                    if last == len(lines):
                        yield from ((key + code, Kind.ADDRESS) for code in postcodes)


def _spellings(line: str) -> set[str]:
    """A street line with its type in full and shortened."""
    plain = re.sub(r"[^\w\s]", " ", line.lower())
    found = {plain}
    for long, short in _ABBREVIATIONS:
        for spelling in tuple(found):
            found.add(re.sub(rf"\b{long}\b", short, spelling))
            found.add(re.sub(rf"\b{short}\b", long, spelling))
    return found
