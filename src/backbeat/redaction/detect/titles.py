"""People by the words around them: a title and a capital, a field label, a surname in capitals with a comma."""

import re
from collections.abc import Iterator
from typing import Final

from backbeat.redaction.detect.names import TITLES, common_words
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Kind, Mention

__all__ = ["DETECTOR", "find_titled"]

DETECTOR = "titles"

_NAME = r"(?:[A-Z]['\-]?[A-Za-z]+(?:['\-][A-Za-z]+)*|[A-Z]\.)"
_SHOUT = r"[A-Z][A-Z'\-]+"
_PARTICLE = r"(?:(?:van|der|de|al|el|bin|ap|ab)[ ])?"
_WRITTEN = sorted({t.capitalize() for t in TITLES} | {t.upper() for t in TITLES}, key=lambda t: (-len(t), t))
_LABELS = (
    r"(?:full |sur|fore|first |last |family |maiden )?names?|witness|victim|suspect|defendant|complainant|signed|"
    r"signature|statement of|patient|occupier|informant|next of kin"
)
_RELATIONS = (
    r"known as|aka|a\.k\.a\.?|(?:my|his|her|their) "
    r"(?:father|mother|brother|sister|son|daughter|wife|husband|partner|friend)"
)
_CONTACTS = (
    r"calls?|phone call|telephone call|texts?|text message|messages?|voicemails?|e-?mails?|letters?|statements?|"
    r"interview|visit|report|spoke|speaking|spoken|account"
)
_OFFICES: Final = frozenset(
    "police constabulary force service services office officer department ministry home court crown "
    "magistrates council hospital surgery clinic trust nhs prosecution probation custody fraud action crime "
    "team unit centre school college university academy ltd limited plc bank group company association "
    "society church insurance royal national housing truth claim complaint street road avenue lane close "
    "drive monday tuesday wednesday thursday friday saturday sunday january february march april june july "
    "august september october november december north south east west england wales scotland london united "
    "kingdom the".split()
)
"""Words of two capitals in a row that name no person."""
_ROWS: Final = (
    (
        re.compile(
            rf"(?<![\w'\-])(?P<v>(?:{'|'.join(_WRITTEN)})\.?[ ]{{1,2}}(?:\d{{1,6}}[ ])?(?:{_NAME}|{_SHOUT})"
            rf"(?:[ ]{{1,2}}{_PARTICLE}(?:{_NAME}|{_SHOUT})){{0,2}})"
        ),
        0.9,
        "A title and a name",
    ),
    (
        re.compile(rf"(?<![\w'\-])(?P<v>{_SHOUT}[A-Z]{{2}},[ ]{{1,2}}[A-Z][a-z]+(?:[ ]{{1,2}}{_NAME})?)(?![\w])"),
        0.8,
        "A surname in capitals before a forename",
    ),
    (
        re.compile(
            rf"(?i:\b(?:(?:{_LABELS})[ \t]{{0,2}}[:=][ \t]{{0,3}}|(?:{_RELATIONS})[ ]{{1,2}}))"
            rf"(?P<v>{_NAME}(?:[ ]{{1,2}}{_NAME}){{0,3}})"
        ),
        0.7,
        "A name after a word that introduces one",
    ),
    (
        re.compile(
            rf"\b(?i:(?:{_CONTACTS})[ ](?:from|to|of|with|by))[ ]{{1,2}}"
            rf"(?P<v>{_NAME}(?:[ ]{{1,2}}{_PARTICLE}{_NAME}){{1,3}})"
        ),
        0.65,
        "A name after a word for being in touch",
    ),
)


def find_titled(view: View) -> Iterator[Mention]:
    """Proposals of persons by title, label or layout."""
    for regex, confidence, why in _ROWS:
        for match in regex.finditer(view.text):
            start, end = match.span("v")
            words = re.findall(r"[A-Za-z]+", match["v"])
            names = [w for w in words if w.lower() not in TITLES]
            if not names or all(w.lower() in common_words() and len(w) < 4 for w in names):
                continue
            if confidence < 0.7 and any(w.lower() in _OFFICES for w in names):
                continue
            first, last = view.origin(start, end)
            yield Mention(Kind.PERSON, view.original[first:last], first, last, confidence, DETECTOR, why + ".")
