"""The table of identifiers: one row, one shape. The engine that reads it is `identifiers.py`.

Every row is linear in the length of the text: it starts only where the character before cannot belong to it, every
repeat is bounded or can be cut in one way only, and no two neighbouring repeats accept the same character.

Sources of the shapes: BS 7666 (postcodes), HMRC NIM39110 (NINO), NHS Data Dictionary (NHS number), DVLA registration
formats, criminaljusticehub.org.uk and ministryofjustice/hmpps-person-record (PNC, CRO), ISO 13616 (IBAN).
"""

from dataclasses import dataclass
from typing import Final

from backbeat.redaction.model import Kind

__all__ = ["PATTERNS", "Pattern"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One shape of one kind of identifier.

    The value is the group `v` of `regex`, or the whole match. Confidences are 0 for "do not propose".
    """

    kind: Kind
    what: str
    """In words, for `why`."""
    regex: str
    near: tuple[str, ...] = ()
    """Words before (or just behind) the value that speak for it; regular expressions, lower case."""
    check: str = ""
    """Name of a function in `checks.CHECKS`."""
    alone: float = 0.0
    """The check holds (or there is none), no word near."""
    beside: float = 0.0
    """The check holds (or there is none), a word near."""
    failed: float = 0.0
    """The check fails, a word near."""
    failed_alone: float = 0.0
    any_case: bool = True


_NHS = ("nhs", "health number", "hospital n", "patient n")
_NINO = (r"n\.?i\.?(?: number| no|:|\b)", "nino", "national insurance")
_VEHICLE = (
    "vrm", r"\bv\.?r\.?n\b", r"\breg\b", "registration", "registered number", r"\bindex\b", "plate", "vehicle", r"\bcar\b",
    r"\bvan\b", "lorry", "motorbike", "motorcycle", "moped", "taxi", r"\bford\b", r"\bbmw\b", r"\baudi\b", "vauxhall",
    "volkswagen", r"\bvw\b", "mercedes", "toyota", "nissan", "peugeot", "renault", r"\bkia\b", "honda", "tractor", "trailer",
)  # fmt: skip
_BANK = ("account", r"\ba/c\b", r"\bacc\b", r"\bacct\b", "sort code", "bank")
_CARD = ("card", "visa", "mastercard", "amex", "debit", "credit")
_LICENCE = ("licen[cs]e", "driver number", "driver no", "dvla")
_CRIME = (
    r"\bcrime\b", r"\bcr\b", r"\bcrn\b", "occurrence", "incident", r"\blog\b", r"\bcad\b", r"\burn\b", "niche", "custody",
    r"\bref\b", "reference", r"\bstorm\b", "athena", r"\basn\b", "case number",
)  # fmt: skip
_EDGE = r"(?<![\w/.\-])"
_END = r"(?![\w/])"
_IS = r"[ \t]{0,3}(?:is|was|=|:|#|-|\.)?[ \t]{0,3}"
_NUMBER = r"(?:[ \t]{1,2}(?:number|num|no|nr|id))?"

PATTERNS: Final[tuple[Pattern, ...]] = (
    # health
    Pattern(Kind.NHS_NUMBER, "an NHS number in its usual layout", _EDGE + r"\d{3}[ \-]\d{3}[ \-]\d{4}(?![\w\-])",
            _NHS, "nhs_number", alone=0.6, beside=0.99, failed=0.7),
    Pattern(Kind.NHS_NUMBER, "ten digits", r"(?<![\w.])\d{10}(?!\w)", _NHS, "nhs_number", beside=0.98, failed=0.65),
    Pattern(Kind.NHS_NUMBER, "an NHS number read badly or broken up",
            r"\b(?:nhs|chi|h\s?&\s?c)" + _NUMBER + r"\.?" + _IS + r"(?P<v>[\dOoIl](?:[ \t.\-]{0,2}\n?[\dOoIl]){8,10})\b",
            beside=0.75),
    # tax and benefits
    Pattern(Kind.NINO, "a National Insurance number", r"(?<![\w])[A-Z]{2}[ \-]?\d{2}[ \-]?\d{2}[ \-]?\d{2}[ \-]?[A-D](?!\w)",
            _NINO, "nino", alone=0.95, beside=0.99, failed=0.7, failed_alone=0.3),
    Pattern(Kind.NINO, "a National Insurance number without its last letter",
            r"(?<![\w])[A-Z]{2}[ \-]?\d{2}[ \-]?\d{2}[ \-]?\d{2}(?!\w)", _NINO, "nino", beside=0.85, failed=0.6),
    Pattern(Kind.NINO, "a temporary tax reference", r"(?<!\w)\d{2}[ ]?[A-Z][ ]?\d{2}[ ]?\d{2}\d?(?!\w)", _NINO, beside=0.7),
    Pattern(Kind.NINO, "a National Insurance number read badly",
            r"\b(?:nino|ni|national insurance)" + _NUMBER + r"\.?" + _IS
            + r"(?P<v>[A-Z0-9]{2}[ ]?[\dOIL]{2}[ ]?[\dOIL]{2}[ ]?[\dOIL]{2}[ ]?[A-D0-9]?)\b", beside=0.65),
    # place
    Pattern(Kind.POSTCODE, "a postcode", r"(?<![\w])[A-Z]{1,2}\d[A-Z\d]?[ ]{1,2}\d[A-Z]{2}(?!\w)",
            (r"post\s?code", "address"), "postcode", alone=0.95, beside=0.98, failed=0.6),
    Pattern(Kind.POSTCODE, "a postcode without its space", r"(?<![\w\-/])[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}(?![\w\-/])",
            (r"post\s?code", "address"), "postcode", alone=0.75, beside=0.95, failed=0.5),
    Pattern(Kind.POSTCODE, "a postcode broken over two lines", r"(?<![\w])[A-Z]{1,2}\d[A-Z\d]?[ ]?\r?\n[ ]{0,4}\d[A-Z]{2}(?!\w)",
            (r"post\s?code", "address"), "postcode", alone=0.6, beside=0.8, any_case=False),
    Pattern(Kind.POSTCODE, "a special postcode", r"(?<!\w)(?:GIR ?0AA|BFPO ?\d{1,4})(?!\w)", alone=0.95),
    Pattern(Kind.POSTCODE, "a postcode read badly",
            r"\bpost\s?code" + _IS + r"(?P<v>[A-Z]{1,2}[\dOI][A-Z\d]?[ ]?[\dOI][A-Z\d]{2})\b", beside=0.7),
    # vehicles
    Pattern(Kind.VRM, "a vehicle registration of the style since 2001", _EDGE + r"[A-Z]{2}\d{2}[ ]?[A-Z]{3}(?![\w\-])",
            _VEHICLE, "vrm_current", alone=0.85, beside=0.98, failed=0.6),
    Pattern(Kind.VRM, "a vehicle registration with a year letter in front",
            _EDGE + r"[A-HJ-NP-TV-Y]\d{1,3}[A-HJ-PR-Z]{3}(?![\w\-])", _VEHICLE, alone=0.5, beside=0.9, any_case=False),
    Pattern(Kind.VRM, "a vehicle registration with a year letter in front",
            _EDGE + r"[A-HJ-NP-TV-Y]\d{1,3}[ ]?[A-HJ-PR-Z]{3}(?![\w\-])", _VEHICLE, beside=0.85),
    Pattern(Kind.VRM, "a vehicle registration with a year letter at the end",
            _EDGE + r"[A-HJ-PR-Z]{3}[ ]?\d{1,3}[A-HJ-NP-TV-Y](?![\w\-])", _VEHICLE, alone=0.5, beside=0.9, any_case=False),
    Pattern(Kind.VRM, "a Northern Irish vehicle registration", _EDGE + r"(?:[A-Z]I[A-Z]|[A-Z]{2}Z|[A-Z]{1,2}Z|[A-Z]I)[ ]?\d{1,4}(?![\w\-])",
            _VEHICLE, beside=0.85, any_case=False),
    Pattern(Kind.VRM, "a diplomatic vehicle registration", _EDGE + r"\d{3}[ ]?[DX][ ]?\d{3}(?![\w\-])",
            (*_VEHICLE, "diplomat", "embassy"), alone=0.5, beside=0.9, any_case=False),
    Pattern(Kind.VRM, "a value after words for a vehicle registration",
            r"\b(?:vrm|vrn|v\.r\.m\.|number plates?|reg(?:istration)?(?:[ ](?:mark|plate))?|index|trade plates?)" + _NUMBER
            + r"\.?" + _IS
            + r"(?P<v>(?=[A-Z\- ]{0,9}\d)(?=[\d\- ]{0,9}[A-Z])(?:[A-Z]{1,3}|\d{1,4})[A-Z\d]{0,6}(?:[ \-][A-Z\d]{1,5}){0,2})\b",
            beside=0.75),
    Pattern(Kind.VRM, "a value after words for a vehicle",
            r"\b(?:vehicle|car|van|lorry|plates?|motorcycle|motorbike|moped)[,: ]{0,3}\(?"
            r"(?P<v>(?-i:[A-HJ-PR-Z]{1,3}[ ]?\d{1,4}|\d{1,4}[ ]?[A-HJ-PR-Z]{1,3}))(?![\w\-])", beside=0.7),
    # licences and travel
    Pattern(Kind.DRIVING_LICENCE, "a driving licence number",
            r"(?<!\w)[A-Z][A-Z9]{4}[ \-]?\d{6}[ \-]?[A-Z9]{2}[0-9A-Z][A-Z]{2}(?:[ ]?\d{2})?(?!\w)",
            _LICENCE, "driving_licence", alone=0.97, beside=0.99, failed=0.8, failed_alone=0.4),
    Pattern(Kind.DRIVING_LICENCE, "a value after words for a driving licence",
            r"\bdriving licen[cs]e" + _NUMBER + r"\.?" + _IS + r"(?P<v>(?=[A-Z ]{0,6}\d)[A-Z\d][A-Z\d \-]{6,18}[A-Z\d])(?![\w])",
            beside=0.7),
    Pattern(Kind.DRIVING_LICENCE, "eight digits, as Northern Irish licences have", r"(?<!\w)\d{8}(?!\w)", ("driving licen[cs]e",),
            beside=0.75),
    Pattern(Kind.PASSPORT, "a passport number", r"(?<![\w/])(?:[A-Z]{1,2}[ ]?\d{6,8}|\d{9}|\d{3}[ ]\d{3}[ ]\d{3})(?![\w/])",
            ("passport", "travel document"), beside=0.9),
    # police systems
    Pattern(Kind.PNCID, "a PNC identity number", r"(?<![\w/])(?:(?:19|20)\d{2}|\d{2})[ ]?/[ ]?\d{5,7}[ ]?[A-Z](?!\w)",
            (r"\bpnc",), "pncid", alone=0.97, beside=0.99, failed=0.8, failed_alone=0.4),
    Pattern(Kind.PNCID, "a short PNC identity number", r"(?<![\w/])(?:(?:19|20)\d{2}|\d{2})/\d{1,4}[A-Z](?!\w)",
            (r"\bpnc",), "pncid", alone=0.6, beside=0.97, failed=0.7),
    Pattern(Kind.CRO, "a CRO number", r"(?<![\w/])(?:\d{4,6}/\d{2}[A-Z]|SF\d{2}/\d{1,6}[A-Z])(?!\w)",
            (r"\bcro\b", "criminal record"), "cro", alone=0.95, beside=0.99, failed=0.8, failed_alone=0.4),
    Pattern(Kind.CRO, "a short CRO number", r"(?<![\w/])\d{1,3}/\d{2}[A-Z](?!\w)",
            (r"\bcro\b", "criminal record"), "cro", alone=0.5, beside=0.97, failed=0.7),
    Pattern(Kind.CRIME_REFERENCE, "a value after words for a crime or incident reference",
            r"\b(?:crime|incident|occurrence|custody|niche|athena|storm|cad|log|case|police|urn|asn|crn|event)"
            r"(?:[ ](?:record|report|log|reference|ref|file|case))?" + _NUMBER + r"\.?" + _IS
            + r"(?P<v>(?=[A-Z/\-]{0,8}\d)[A-Z\d]{1,14}(?:[/\-][A-Z\d]{1,12}){0,5})(?![\w/])", beside=0.8),
    Pattern(Kind.CRIME_REFERENCE, "a value after the word reference",
            r"\b(?:ref|reference)" + _NUMBER + r"\.?" + _IS
            + r"(?P<v>(?=[A-Z/\-]{0,8}\d)[A-Z\d]{2,14}(?:[/\-][A-Z\d]{1,12}){0,5})(?![\w/])", beside=0.55),
    Pattern(Kind.CRIME_REFERENCE, "the shape of a crime reference", r"(?<![\w/\-])\d{2}[A-Z]{1,2}\d?/\d{4,7}/\d{2}(?![\w/])",
            _CRIME, alone=0.75, beside=0.95),
    Pattern(Kind.CRIME_REFERENCE, "the shape of a crime reference", r"(?<![\w/\-.])\d{2}/\d{4,7}/\d{2}(?![\w/])",
            _CRIME, alone=0.6, beside=0.95),
    Pattern(Kind.CRIME_REFERENCE, "the shape of a unique reference number",
            r"(?<![\w/\-])\d{2}[A-Z\d]{2}/?\d{5,7}/?\d{2}(?![\w/])", _CRIME, beside=0.85),
    Pattern(Kind.CRIME_REFERENCE, "the shape of an arrest summons number",
            r"(?<![\w/])\d{2}/[A-Z\d]{4}/\d{2}/\d{1,11}[A-Z](?![\w/])", _CRIME, alone=0.9, beside=0.95),
    Pattern(Kind.CRIME_REFERENCE, "the shape of a crime reference", r"(?<![\w/\-])(?:\d{2}[A-Z]{1,4}\d{5,9}|[A-Z]{2,4}[\-/]?\d{6,11})(?![\w/])",
            _CRIME, beside=0.75, any_case=False),
    # money
    Pattern(Kind.IBAN, "an IBAN", r"(?<!\w)[A-Z]{2}\d{2}(?:[ ]?[A-Z\d]{4}){2,7}(?:[ ]?[A-Z\d]{1,4})?(?!\w)",
            ("iban",), "iban", alone=0.98, beside=0.99, failed=0.7),
    Pattern(Kind.CARD, "a payment card number", r"(?<![\w.])(?<!\w )\d(?:[ \-]?\d){12,18}(?![\w])", _CARD, "card",
            alone=0.8, beside=0.98, failed=0.65),
    Pattern(Kind.SORT_CODE, "a sort code", r"(?<![\w\-/.])\d{2}[ \-]\d{2}[ \-]\d{2}(?![\w\-/])", (r"sort", "account", r"\bs/c\b"),
            "sort_code", alone=0.45, beside=0.97, failed=0.75, failed_alone=0.0),
    Pattern(Kind.SORT_CODE, "six digits after the words sort code", r"\bsort" + r"(?:ing)?[ \-]?code" + _NUMBER + _IS
            + r"(?P<v>[\dOIl]{2}[ \-.]?[\dOIl]{2}[ \-.]?[\dOIl]{2})\b", beside=0.95),
    Pattern(Kind.BANK_ACCOUNT, "eight digits near words for a bank account", r"(?<![\w/.\-])(?<!\d )\d{4}[ ]?\d{4}(?![\w/\-]|[ ]\d)", _BANK,
            beside=0.95),
    Pattern(Kind.BANK_ACCOUNT, "digits after the words account number",
            r"\b(?:account|acc|acct|a/c)(?:[ ](?:number|num|no|nr))?\.?" + _IS + r"(?P<v>[\dOIl](?:[ ]?[\dOIl]){5,9})\b", beside=0.8),
    # online
    Pattern(Kind.EMAIL, "an e-mail address", r"(?<![\w.+%'\-])[\w.+%'\-]+@[\w\-]+(?:\.[\w\-]+)+", alone=0.99),
    Pattern(Kind.EMAIL, "an e-mail address broken by spaces or a line",
            r"(?<![\w.+%'\-])[\w.+%'\-]+[ \t]?\r?\n?[ \t]{0,4}@[ \t]{0,2}\r?\n?[ \t]{0,4}[\w\-]+[ \t]?\r?\n?[ \t]?\.[ \t]?\r?\n?[ \t]{0,4}"
            r"(?:[\w\-]{2,20}[ \t]?\.[ \t]?\r?\n?)?(?:com|org|net|uk|io|eu|ie|fr|de|info|example)(?!\w)", alone=0.8),
    Pattern(Kind.EMAIL, "an e-mail address with its line broken in the domain",
            r"(?<![\w.+%'\-])[\w.+%'\-]+@[\w.\-]+[ \t]?\r?\n[ \t]{0,4}[\w\-]{0,30}\.(?:com|org|net|uk|io|eu|ie|info|example)(?!\w)", alone=0.75),
    Pattern(Kind.EMAIL, "an e-mail address written out in words",
            r"(?<![\w.+\-])[\w.+\-]+(?:[ ]{1,2}(?:dot|underscore|dash)[ ]{1,2}[\w\-]+){0,4}[ ]{0,2}(?:[(\[{]at[)\]}]|[ ]at[ ]|@)[ ]{0,2}"
            r"[\w\-]+(?:[ ]{0,2}(?:[(\[{](?:dot|\.)[)\]}]|[ ]dot[ ])[ ]{0,2}[\w\-]{2,20}){1,4}(?!\w)", alone=0.85),
    Pattern(Kind.URL, "a web address", r"(?<!\w)(?:https?|ftp|mailto|tel)://?[^\s<>\"']+[^\s<>\"'.,;:!?)\]]", alone=0.98),
    Pattern(Kind.URL, "a web address", r"(?<![\w@.\-])www\.[\w\-]+(?:\.[\w\-]+)+(?:/[^\s<>\"']*[^\s<>\"'.,;:!?)\]])?", alone=0.97),
    Pattern(Kind.URL, "a domain name", r"(?<![\w@.\-])[a-z\d\-]+(?:\.[a-z\d\-]+)*\.(?:com|org|net|uk|info|biz|io|eu|ie|gov|edu|example)"
            r"(?:/[^\s<>\"']*[^\s<>\"'.,;:!?)\]])?(?![\w@])", alone=0.85),
    Pattern(Kind.URL, "an online handle", r"(?<![\w@.])@[A-Za-z_][\w.]{2,29}(?<!\.)(?![\w@])", alone=0.6),
    Pattern(Kind.URL, "a value after words for an online name",
            r"\b(?:snapchat|instagram|insta|whatsapp|telegram|facebook|tiktok|twitter|username|user[ ]name|handle|screen[ ]name|gamertag)"
            r"(?:[ ](?:account|name|handle|user|id|profile))?(?:[ ]?(?:is|was|:|=)[ ]?|[ ]['\"@])['\"@]{0,2}(?P<v>[\w.\-]{3,30})(?<![.])", beside=0.6),
    Pattern(Kind.IP_ADDRESS, "an IP address", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)", (r"\bip\b", "address"), "ip_address",
            alone=0.9, beside=0.98, failed=0.6),
    Pattern(Kind.IP_ADDRESS, "an IP version 6 address", r"(?<![\w:])(?:[\dA-F]{0,4}:){2,7}[\dA-F]{0,4}(?![\w:])", (), "ip_address", alone=0.95),
    # police staff
    Pattern(Kind.COLLAR_NUMBER, "a rank and a collar number",
            r"(?<!\w)(?:[ATD]/)?(?:W?PC|PS|T?DC|DS|DI|DCI|PCSO|CSO|SC|SPC|Sgt|Sergeant|Insp|Inspector|Constable|Officer)[. ]{0,2}(?:#|no\.?[ ])?"
            r"(?P<v>\d{1,6}[A-Z]{0,2}|[A-Z]{1,2}\d{2,5})(?![\w/.:]|[ ]?(?:mph|%|hours|hrs))", alone=0.9),
    Pattern(Kind.COLLAR_NUMBER, "digits after an officer's name",
            r"(?<!\w)(?-i:(?:[ATD]/)?(?:W?PC|PS|T?DC|DS|DI|DCI|PCSO|CSO|SC|Sgt|Insp|Constable|Sergeant|Inspector)[ ](?:[A-Z][\w'\-]+[ ]){1,3})\(?"
            r"(?P<v>\d{2,6}[A-Z]{0,2})(?![\w/.:]|[ ]?(?:mph|%|hours|hrs))", alone=0.8),
    Pattern(Kind.COLLAR_NUMBER, "a value after words for a collar number",
            r"\b(?:collar|warrant|shoulder|epaulette)(?:[ ](?:number|num|no|nr))?\.?" + _IS + r"(?P<v>[A-Z]{0,2}[ ]?\d{1,6}[A-Z]{0,2})(?!\w)", beside=0.95),
    # things a profile has no row of its own for
    Pattern(Kind.OTHER, "an IMEI or IMSI number", r"(?<![\w.])\d(?:[ \-]?\d){13,14}(?!\w)", (r"\bimei", r"\bimsi", "handset"), beside=0.9),
    Pattern(Kind.OTHER, "a SIM card number", r"(?<![\w.])89\d{17,18}(?!\w)", ("iccid", r"\bsim\b"), beside=0.9),
    Pattern(Kind.OTHER, "a network hardware address", r"(?<![\w:\-])[\dA-F]{2}(?:[:\-][\dA-F]{2}){5}(?![\w:\-])", alone=0.9),
    Pattern(Kind.OTHER, "a prison number", r"(?<!\w)[A-Z]\d{4}[A-Z]{2}(?!\w)", ("prison", r"\bhmp\b", "nomis"), beside=0.9),
    Pattern(Kind.PLACE, "a latitude and longitude", r"(?<![\w.])[+\-]?\d{1,2}\.\d{3,9}[ ]?[NS]?[, ]{1,3}[+\-]?\d{1,3}\.\d{3,9}[ ]?[EW]?(?![\w.])", alone=0.85),
    Pattern(Kind.PLACE, "an Ordnance Survey grid reference", r"(?<!\w)[HJNOST][A-HJ-Z][ ]?\d{3,5}[ ]?\d{3,5}(?!\w)", ("grid", r"\bos\b", r"\bngr\b"), beside=0.9),
    Pattern(Kind.PLACE, "a three-word location", r"///[a-z]{2,20}\.[a-z]{2,20}\.[a-z]{2,20}(?!\w)", alone=0.95),
    Pattern(Kind.PLACE, "a three-word location", r"\bwhat3words" + _IS + r"(?P<v>[a-z]{2,20}\.[a-z]{2,20}\.[a-z]{2,20})\b", beside=0.95),
)  # fmt: skip
"""Order does not matter: overlapping proposals are merged by confidence."""
