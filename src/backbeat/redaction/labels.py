"""What stands where something was removed. Nothing here depends on the removed value, so its length tells nothing.

Bland, Iyer and Levchenko ("Story Beyond the Eye") showed that a gap as wide as the removed name gives the name away to
a reader who holds the list of possible names; a case file's reader does. So every kind has one token, always the same.
"""

import hashlib
import hmac

from backbeat.canonical import canonical_json
from backbeat.redaction.model import Kind

__all__ = ["label", "pseudonym", "token"]

LABEL_LIMIT = 40
"""Characters of a reason that fit on a fill; a longer reason is cut at a word."""

_WORDS = {
    Kind.IP_ADDRESS: "IP ADDRESS",
    Kind.NHS_NUMBER: "NHS NUMBER",
    Kind.NINO: "NATIONAL INSURANCE NUMBER",
    Kind.VRM: "VEHICLE REGISTRATION",
    Kind.PNCID: "PNC ID",
    Kind.CRO: "CRO NUMBER",
    Kind.IBAN: "IBAN",
    Kind.URL: "WEB ADDRESS",
    Kind.OTHER: "REDACTED",
}


def _words(kind: Kind) -> str:
    return _WORDS.get(kind, kind.value.replace("-", " ").upper())


def token(kind: Kind) -> str:
    """The text that replaces a removed value of this kind. ASCII, so that every encoding holds it.

    >>> token(Kind.PHONE), token(Kind.DATE_OF_BIRTH)
    ('[PHONE]', '[DATE OF BIRTH]')
    """
    return f"[{_words(kind)}]"


def label(kind: Kind, reason: str) -> str:
    """What a solid fill says: the reason on one line, or the kind where no reason was given.

    >>> label(Kind.PHONE, "Witness contact details")
    'Witness contact details'
    >>> label(Kind.PHONE, " ")
    'Phone'
    """
    line = " ".join(reason.split())
    if not line:
        return _words(kind).capitalize() if kind not in _WORDS else _words(kind)
    if len(line) <= LABEL_LIMIT:
        return line
    return line[: LABEL_LIMIT - 1].rsplit(" ", 1)[0] + "…"


def pseudonym(secret: bytes, case_id: str, person_id: str, kind: Kind) -> str:
    """The text that stands for one person throughout one case; unrelated in another case.

    Keyed HMAC-SHA-256, so nobody without the force's secret can try names against it. Eight digits, because digits
    share one width in almost every typeface: within a kind each pseudonym is as wide as any other.

    >>> pseudonym(b"secret", "case 41", "P1", Kind.PERSON)
    '[PERSON 3489-4032]'
    """
    message = canonical_json([case_id, person_id, kind.value])
    number = int.from_bytes(hmac.new(secret, message, hashlib.sha256).digest()[:8], "big") % 10**8
    digits = f"{number:08d}"
    return f"[{_words(kind)} {digits[:4]}-{digits[4:]}]"
