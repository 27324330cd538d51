"""Postal addresses: from a postcode upwards over lines, commas and cells; and street lines that have no postcode."""

import re
from collections.abc import Iterator
from typing import Final

from backbeat.redaction.detect.checks import postcode_shape
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Kind, Mention

__all__ = ["DETECTOR", "find_addresses"]

DETECTOR = "addresses"

STREET_TYPES: Final = (
    "street|road|avenue|lane|drive|close|crescent|court|gardens?|terrace|place|square|grove|way|hill|park|rise|row|mews|"
    "walk|parade|green|view|croft|fold|gate|boulevard|circle|quay|wharf|embankment|broadway|heights|mount|vale|bank|"
    "st|rd|ave|ln|dr|cl|cres|ct|gdns|tce|terr|pl|sq|blvd|hwy"
)
_TYPE = rf"(?:{STREET_TYPES})(?!\w)\.?"
_HOUSE = r"(?:(?:flat|apartment|apt|unit|room|suite|plot|floor|caravan|no)\.?[ ]#?\w{1,5},?\s{1,3}){0,2}"
_NUMBER = r"\d{1,5}[A-Za-z]?(?:[ ]?[\-/][ ]?\d{1,4}[A-Za-z]?)?"
_STREET_LINE = re.compile(
    rf"(?<![\w/.])(?P<v>(?i:{_HOUSE}){_NUMBER},?\s{{1,3}}"
    rf"(?:[A-Z][\w'.\-]*[ ]{{1,2}}|(?:of|the|le|y|de)[ ]){{1,4}}(?i:{_TYPE}))"
)
_STREET_LOWER = re.compile(
    rf"(?<![\w/.])(?P<v>{_HOUSE}\d{{1,4}}[a-z]?[ ]{{1,2}}(?:[a-z][a-z'\-]{{2,}}[ ]{{1,2}}){{1,2}}"
    r"(?:street|road|avenue|lane|close|crescent|drive|terrace|grove|rd|ave)(?!\w))"
)
_ROAD_NAME = re.compile(
    r"(?<![\w/.'\-])(?P<v>(?:[A-Z][\w'\-]+[ ]{1,2}){1,3}"
    r"(?:Street|Road|Avenue|Lane|Crescent|Terrace|Gardens|Grove|Close|Drive|Mews|Parade|Boulevard|Square))(?!\w)"
)
_POSTCODE = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]?[ ]{0,2}(?:\r?\n[ ]{0,4})?\d[A-Z]{2}(?!\w)", re.IGNORECASE)
_HALF_POSTCODE = re.compile(r",?\s{1,3}(?P<v>[A-Z]{1,2}\d[A-Z\d]?)(?=\s*(?:\f|\Z))")
_TAIL = re.compile(
    r"(?:,?[ ]?\n?[ ]{0,4}|[ ](?:in|near)[ ])(?P<town>(?:[A-Z][\w'\-]+)"
    r"(?:[ \-](?:[A-Z](?![A-Z]?\d)[\w'\-]+|on|upon|under|le|the|of|in))*)"
    r"(?=[,.;\n\f]|$|\s{1,3}[A-Z]{1,2}\d[A-Z\d]?\s*(?:\f|\Z))"
)
_SEPARATOR = re.compile(r"[ \t]*(?:,|\||\t|\r?\n|\")[ \t\r\n,|\"]*$")
_LINE = re.compile(r"[^,\n|\t\"]{1,50}$")
_SMALL: Final = frozenset("of the on upon under le y by and in at de la next st cum super".split())
_START = re.compile(
    rf"(?i:(?<!\w)(?:flat|apartment|apt|unit|room|suite|plot|floor|caravan)\b|(?<![\w.]){_NUMBER}(?=,?\s|$))"
)
_LABEL = re.compile(
    r"(?i)^.*\b(?:address|at|of|is|was|in|from|to|resides|lives?|living|home|location|premises)\b\s*[:\-]?\s*"
)
_UNIT = re.compile(
    r"(?<![\w/.'\-])(?P<v>(?:\d{1,5}[A-Za-z]?,?[ ])?(?:[A-Z][\w'\-]*\.?[ ]){0,4}(?:\d{1,5},?[ ])?"
    r"(?i:flat|apartment|apt\.?|suite|unit|caravan|p\.?o\.? box|box)[ ]#?\d{1,5}[A-Za-z]?)(?![\w/.%]\w)"
)
_LINES_UP = 7


def find_addresses(view: View) -> Iterator[Mention]:
    """Proposals for whole addresses, street lines and road names; they may overlap."""
    text = view.text
    for match in _POSTCODE.finditer(text):
        if postcode_shape(match.group()) and (start := _upwards(text, match.start())) < match.start():
            yield _mention(view, Kind.ADDRESS, start, match.end(), 0.9, "An address read upwards from its postcode")
    for match in _STREET_LINE.finditer(text):
        start, end = match.span("v")
        yield _mention(view, Kind.ADDRESS, start, _with_towns(text, end), 0.85, "A house number and a street")
    for match in _STREET_LOWER.finditer(view.lower):
        if text[match.start() : match.end()] != view.lower[match.start() : match.end()]:
            continue  # capitals were read by the stricter rule above
        yield _mention(view, Kind.ADDRESS, *match.span("v"), 0.7, "A house number and a street in lower case")
    for match in _UNIT.finditer(text):
        end = _with_towns(text, match.end("v"))
        yield _mention(view, Kind.ADDRESS, match.start("v"), end, 0.7, "A flat, suite or box number")
    for match in _ROAD_NAME.finditer(text):
        start = match.start("v") + _leading_small(match["v"])
        if start < match.end("v") and " " in text[start : match.end("v")]:
            yield _mention(view, Kind.PLACE, start, match.end("v"), 0.65, "A road name")


def _leading_small(value: str) -> int:
    """Characters of words at the start that only a sentence put there."""
    match = re.match(r"(?:(?:The|At|On|In|From|Near|To|Along|Up|Down|A|And|Of|This|That|Is|Was)\s+)*", value)
    return match.end() if match else 0


def _with_towns(text: str, end: int) -> int:
    for _ in range(3):
        match = _TAIL.match(text, end)
        if match is None:
            break
        end = match.end("town")
    # A page may end after the first half of a postcode: the other half is then no neighbour of it.
    half = _HALF_POSTCODE.match(text, end)
    return end if half is None else half.end("v")


def _upwards(text: str, start: int) -> int:
    """Where the address that ends at the postcode begins; `start` if nothing before it looks like one."""
    best, at = start, start
    for _ in range(_LINES_UP):
        before = text[max(0, at - 60) : at]
        separator = _SEPARATOR.search(before)
        head = before[: separator.start()] if separator else before.rstrip(" ")
        if separator and before[separator.start() :].count("\n") > 1:
            break
        line = _LINE.search(head)
        if line is None:
            break
        begin, kind = _part(line.group())
        if kind == "none":
            break
        best = at - len(before) + line.start() + begin
        if kind == "first" and not _flat_above(text, best):
            break
        if kind == "cut":
            break
        at = best
    return best


def _flat_above(text: str, start: int) -> bool:
    """Does a flat or house name stand in the part before a street line?"""
    return (
        re.search(
            r"(?i)(?:flat|apartment|apt|unit|room|house|court|cottage|farm|lodge|tower|block)\b[^,\n]{0,20}[,\n|]\s*\"?$",
            text[max(0, start - 45) : start],
        )
        is not None
    )


def _part(line: str) -> tuple[int, str]:
    """Where the address part of a line begins, and whether the address goes on above it.

    `whole`: a town, county or house name, go on; `first`: begins with a number or a flat; `cut`: prose stood before it.
    """
    numbers = list(_START.finditer(line))
    for number in numbers:
        if _address_words(line[number.start() :]):
            prose = line[: number.start()].strip()
            return number.start(), "cut" if prose and not _address_words(prose) else "first"
    stripped = len(line) - len(line.lstrip())
    if _address_words(line):
        return stripped, "whole"
    label = _LABEL.match(line)
    if label and _address_words(line[label.end() :]):
        return label.end(), "cut"
    words = list(re.finditer(r"\S+", line))
    at = len(words)
    while at > 0 and words[at - 1].group()[:1].isupper():
        at -= 1
    return (words[at].start(), "cut") if at < len(words) else (0, "none")


def _address_words(part: str) -> bool:
    """Only capitalised words, numbers and the small words of place names."""
    words = re.findall(r"[\w'\-.&]+", part)
    return (
        bool(words)
        and all(w[0].isupper() or w[0].isdigit() or w.lower() in _SMALL for w in words)
        and words[0].lower() not in _SMALL - {"the", "st"}
    )


def _mention(view: View, kind: Kind, start: int, end: int, confidence: float, why: str) -> Mention:
    first, last = view.origin(start, end)
    return Mention(kind, view.original[first:last], first, last, confidence, DETECTOR, why + ".")
