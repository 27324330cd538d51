"""People of the case register, and what is known about them, wherever a text writes them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from backbeat.redaction.case import FLAGS
from backbeat.redaction.detect.attributes import ATTRIBUTE_KINDS, attribute_keys
from backbeat.redaction.detect.dates import find_dates, read_date
from backbeat.redaction.detect.keys import Keys
from backbeat.redaction.detect.names import Form, common_words, forms, initials, title_before
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Kind, Mention, Person

__all__ = ["DETECTOR", "RegisterMatcher"]

DETECTOR = "register"

_CONFIDENCE: Final = {
    Form.FULL: 0.99, Form.REVERSED: 0.98, Form.ALIAS: 0.97, Form.INITIALS: 0.93, Form.SURNAME: 0.9, Form.FORENAME: 0.85,
    Form.EXHIBIT: 0.6,
}  # fmt: skip
_SHARED = 0.75
"""What a confidence is multiplied by when several people of the register fit."""
_STREET_BEHIND = re.compile(
    r"[ \t]+(?:road|rd|street|avenue|ave|lane|close|crescent|drive|terrace|court|way|grove|square)\b"
)
_SENTENCE_BEFORE = re.compile(r"(?:^|[.!?:\n\"]\s*|\n\s*)$")
_CONFIRMED: Final = frozenset({Form.FORENAME, Form.SURNAME})


@dataclass(frozen=True, slots=True)
class _Entry:
    person: str
    kind: Kind
    form: Form | None


class RegisterMatcher:
    """Built once per case register; finds its people and their attributes in any number of documents."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._keys: Keys[_Entry] = Keys()
        self._births: dict[object, list[str]] = {}
        self._initials: dict[str, list[str]] = {}
        for person in people:
            self._add(person)

    def _add(self, person: Person) -> None:
        for name in person.names:
            for key, form in forms(name).items():
                self._keys.add(key, _Entry(person.id, Kind.PERSON, form))
            if letters := initials(name):
                self._initials.setdefault(letters, []).append(person.id)
        for alias in person.aliases:
            for key, form in forms(alias).items():
                self._keys.add(key, _Entry(person.id, Kind.PERSON, Form.ALIAS if form is Form.FULL else form))
        for attribute, values in person.attributes.items():
            if attribute in FLAGS:
                continue
            kind = ATTRIBUTE_KINDS.get(attribute.lower().replace("_", "-").replace(" ", "-"), Kind.OTHER)
            for value in values:
                if kind is Kind.DATE_OF_BIRTH and (born := read_date(value)):
                    self._births.setdefault(born, []).append(person.id)
                for key, found in attribute_keys(kind, value):
                    self._keys.add(key, _Entry(person.id, found, None))

    def find(self, view: View) -> Iterator[Mention]:
        """Mentions of the register in one text, left to right for each sort; they may overlap each other."""

        def accept(entries: list[_Entry], first: int, last: int) -> list[_Entry]:
            return [entry for entry in entries if _may_stand(view, entry, first, last)]

        words = view.words
        for first, last, entries in self._keys.find(view, accept):
            yield _mention(view, words.starts[first], words.ends[last], entries)
        yield from self._find_births(view)
        yield from self._find_exhibits(view)

    def _find_births(self, view: View) -> Iterator[Mention]:
        if not self._births:
            return
        for start, end in find_dates(view):
            born = read_date(view.text[start:end])
            if owners := self._births.get(born):
                yield _mention(view, start, end, [_Entry(owner, Kind.DATE_OF_BIRTH, None) for owner in owners])

    def _find_exhibits(self, view: View) -> Iterator[Mention]:
        if not self._initials:
            return
        for match in re.finditer(r"(?<![\w/])[A-Z]{2,4}(?=[/.\-]?\d{1,4}(?![\w/]))", view.text):
            if owners := self._initials.get(match.group().lower()):
                yield _mention(view, *match.span(), [_Entry(owner, Kind.PERSON, Form.EXHIBIT) for owner in owners])


def _may_stand(view: View, entry: _Entry, first: int, last: int) -> bool:
    """Is this match the name, and not an ordinary word, a street or letters that meet by chance?"""
    words, form = view.words, entry.form
    if form not in _CONFIRMED and form is not Form.FULL and form is not Form.ALIAS:
        return form is not Form.INITIALS or _initials_stand(view, first, last)
    start, end = words.starts[first], words.ends[last]
    text = view.text
    if last > first:
        # one name in several words: letter by letter, or hyphenated, or broken at a line end; or truly several words
        if form in _CONFIRMED and not _letters_or_hyphens(view, first, last):
            return False
        return True
    if form in _CONFIRMED and _STREET_BEHIND.match(view.lower, end):
        return False
    if words.values[first] not in common_words():
        return True
    if title_before(text, start) < start:
        return True
    written = text[start:end]
    if not written[0].isupper():
        return False
    if written.isupper() and len(written) > 1:
        around = text[max(0, start - 30) : end + 30]
        return any(c.islower() for c in around)
    return _SENTENCE_BEFORE.search(text, max(0, start - 4), start) is None or text[end : end + 2] in {"'s", ", "}


def _letters_or_hyphens(view: View, first: int, last: int) -> bool:
    words = view.words
    if all(len(words.values[i]) == 1 for i in range(first, last + 1)):
        return True
    gaps = [view.text[words.ends[i] : words.starts[i + 1]] for i in range(first, last)]
    return all(
        gap.strip() in {"-", "'"} or (len(words.values[i]) <= 3 and gap == " ")
        for i, gap in zip(range(first, last), gaps, strict=True)
    )


def _initials_stand(view: View, first: int, last: int) -> bool:
    """`A Khan`, `Khan A` and `AY Khan` need capitals or full stops at the letters, or the letters would be words."""
    words = view.words
    for i in range(first, last + 1):
        if len(words.values[i]) <= 2:
            written = view.text[words.starts[i] : words.ends[i]]
            if not written.isupper() and view.text[words.ends[i] : words.ends[i] + 1] != ".":
                return False
    return last > first


def _mention(view: View, start: int, end: int, entries: list[_Entry]) -> Mention:
    kind = entries[0].kind
    entries = [entry for entry in entries if entry.kind is kind]
    people = sorted({entry.person for entry in entries})
    form = entries[0].form
    confidence = _CONFIDENCE[form] if form else 0.97
    what = (
        f"{form.value.capitalize()} of somebody in the register"
        if form
        else f"{kind.value.capitalize()} in the register"
    )
    if len(people) > 1:
        confidence *= _SHARED
        what += f"; {len(people)} people fit ({', '.join(people)}), so nobody is named"
    first, last = view.origin(start, end)
    who = people[0] if len(people) == 1 else None
    return Mention(kind, view.original[first:last], first, last, round(confidence, 3), DETECTOR, what + ".", who)
