"""decisions.json: what a person decided outside the station, read strictly; every fault is reported at once.

Two shapes are taken: a list of decisions, or the output of `backbeat suggest --json` with its `action`s edited by hand.

    {"reviewer": "…", "decisions": [
      {"document": "PATH or SHA-256", "start": 10, "end": 24, "action": "redact", "reason": "…"},
      {"document": "…", "page": 1, "boxes": [[72, 700, 200, 714]], "action": "redact", "reason": "…"}]}

A fault names the decision by its number and field and never quotes what stands in it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from backbeat.handed_json import NotTaken, is_writable, read_json
from backbeat.redaction.errors import DecisionsInvalid
from backbeat.redaction.model import Action, Box, Document, Kind

__all__ = ["BY_HAND", "DecisionFile", "Named", "Source", "faults_in", "load_decisions"]

BY_HAND = "Decided by hand"
"""The reason of a decision that gives none and matches no suggestion."""

LEAST_TELLING = 3
"""Letters and digits from which a value in a reason says something."""

WHERE = "the decisions file"
DO = "correct every line named above in the decisions file and run the command again; nothing was written"


@dataclass(frozen=True, slots=True)
class Source:
    """One input of a run, as the user named it."""

    number: int
    """Counts from 1, in the order of the run; names the input in messages instead of its path."""
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Named:
    """One decision a person wrote down. The place is a span, or boxes drawn on pages."""

    name: str
    """Which entry of the file it is, for messages: `decision 3`."""
    document: str
    action: Action
    reason: str = ""
    start: int | None = None
    end: int | None = None
    boxes: tuple[Box, ...] = ()
    kind: Kind | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """A decisions file whose entries each make sense by themselves."""

    reviewer: str | None
    entries: tuple[Named, ...]

    def of(self, source: Source) -> tuple[Named, ...]:
        """The entries about one input, by its hash or by the path it was given as."""
        return tuple(entry for entry in self.entries if _names(entry.document, source))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _BoxObject(_Strict):
    page: Annotated[int, Field(ge=1)]
    x0: float
    y0: float
    x1: float
    y1: float


_Boxes = list[_BoxObject | Annotated[list[float], Field(min_length=4, max_length=5)]]


class _Place(BaseModel):
    action: Literal["redact", "keep", "pseudonym", "ask"]
    reason: str = ""
    start: Annotated[int, Field(ge=0)] | None = None
    end: Annotated[int, Field(ge=1)] | None = None
    page: Annotated[int, Field(ge=1)] | None = None
    boxes: _Boxes | None = None
    kind: Annotated[Kind, Field(strict=False)] | None = None
    person: str | None = None


class _Entry(_Place):
    model_config = ConfigDict(extra="forbid", strict=True)
    document: Annotated[str, Field(min_length=1)]


class _Mention(_Place):
    model_config = ConfigDict(extra="ignore", strict=True)


_FIELDS = frozenset(_Entry.model_fields) | {*_BoxObject.model_fields, "decisions", "documents", "mentions", "reviewer"}
"""Field names that may be shown; a key the user made up may say anything."""


class _SuggestedDocument(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    path: str = ""
    sha256: str = ""
    mentions: list[Any]


class _ListShape(_Strict):
    reviewer: str | None = None
    decisions: list[Any]


class _SuggestShape(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    reviewer: str | None = None
    documents: list[_SuggestedDocument]


def load_decisions(path: Path) -> tuple[DecisionFile, list[str]]:
    """The entries that make sense by themselves, and the faults of those that do not.

    Returns faults rather than raising them, so that the caller can add those that need the documents.

    Raises:
        DecisionsInvalid: the file cannot be read, is not JSON, or has neither shape.
    """
    try:
        content = read_json(path)
    except NotTaken as err:
        where = ", ".join(filter(None, (WHERE, err.place)))
        do = "check the path and its permissions, and save the file as JSON in UTF-8"
        raise DecisionsInvalid(f"The decisions file {err.what}.", where=where, do=do) from err
    suggest_shape = isinstance(content, dict) and "documents" in content and "decisions" not in content
    try:
        if suggest_shape:
            return _from_suggestions(TypeAdapter(_SuggestShape).validate_python(content))
        return _from_list(TypeAdapter(_ListShape).validate_python(content))
    except ValidationError as err:
        return DecisionFile(None, ()), _shape_faults("the file", err)


def _shape_faults(name: str, err: ValidationError) -> list[str]:
    """One line per fault, by number and field. Pydantic's own words, never the input."""
    faults = []
    for fault in err.errors(include_input=False, include_url=False, include_context=False):
        parts = [p + 1 if isinstance(p, int) else p for p in fault["loc"] if p in _FIELDS or isinstance(p, int)]
        faults.append(f"{name}{', ' if parts else ''}{' '.join(map(str, parts))}: {fault['msg']}")
    return faults


def _from_list(content: _ListShape) -> tuple[DecisionFile, list[str]]:
    entries: list[Named] = []
    faults: list[str] = []
    for number, given in enumerate(content.decisions, 1):
        name = f"decision {number}"
        try:
            entry = _Entry.model_validate(given)
        except ValidationError as err:
            faults += _shape_faults(name, err)
        else:
            _add(name, entry.document, entry, entries, faults)
    return DecisionFile(_reviewer(content.reviewer, faults), tuple(entries)), faults


def _from_suggestions(content: _SuggestShape) -> tuple[DecisionFile, list[str]]:
    entries: list[Named] = []
    faults: list[str] = []
    for document_number, document in enumerate(content.documents, 1):
        for number, given in enumerate(document.mentions, 1):
            name = f"document {document_number}, mention {number}"
            try:
                mention = _Mention.model_validate(given)
            except ValidationError as err:
                faults += _shape_faults(name, err)
            else:
                _add(name, document.sha256 or document.path, mention, entries, faults)
    return DecisionFile(_reviewer(content.reviewer, faults), tuple(entries)), faults


def _reviewer(given: str | None, faults: list[str]) -> str | None:
    if given is not None and not is_writable(given):
        faults.append("reviewer: holds half a character (an escape such as \\ud800)")
    return given


def _add(name: str, document: str, place: _Place, entries: list[Named], faults: list[str]) -> None:
    if place.action == "ask":
        return  # still a question: the mention stays undecided
    found: list[str] = []
    boxes: tuple[Box, ...] = ()
    if (place.start is None) != (place.end is None):
        found.append(f"{name}: `start` and `end` belong together")
    elif place.start is not None and place.end is not None:
        if place.start >= place.end:
            found.append(f"{name}: `end` must be greater than `start`")
    elif not place.boxes:
        found.append(f"{name}: a place is missing: give `start` and `end`, or `boxes`")
    else:
        boxes = _boxes(name, place, found)
        if place.action != "redact":
            found.append(f"{name}: boxes can only be redacted; to keep or rename text give `start` and `end`")
    if not is_writable(place.reason):
        found.append(f"{name}, reason: holds half a character (an escape such as \\ud800)")
    faults += found
    if not found:
        action = Action(place.action)
        entries.append(
            Named(name, document, action, place.reason, place.start, place.end, boxes, place.kind, place.person)
        )


def _boxes(name: str, place: _Place, faults: list[str]) -> tuple[Box, ...]:
    boxes = []
    for number, given in enumerate(place.boxes or (), 1):
        if isinstance(given, _BoxObject):
            page: float | None = given.page
            corners = [given.x0, given.y0, given.x1, given.y1]
        else:
            page = given[4] if len(given) == 5 else place.page
            corners = given[:4]
        if page is None or not 1 <= page < math.inf or page != int(page):
            faults.append(f"{name}, box {number}: the page is missing or not a whole number from 1")
        elif not all(map(math.isfinite, corners)):
            faults.append(f"{name}, box {number}: a corner is no number")
        elif not (corners[0] < corners[2] and corners[1] < corners[3]):
            faults.append(f"{name}, box {number}: x0 must be less than x1, and y0 less than y1")
        else:
            boxes.append(Box(int(page), *corners))
    return tuple(boxes)


def faults_in(file: DecisionFile, sources: Sequence[Source]) -> list[str]:
    """Faults seen without opening a document: unknown documents, and spans that contradict one another."""
    faults = [
        f"{entry.name}: no input of this run has that path or hash"
        for entry in file.entries
        if not any(_names(entry.document, source) for source in sources)
    ]
    for source in sources:
        spans = sorted((e for e in file.of(source) if e.start is not None), key=lambda e: (e.start, e.end))
        widest: Named | None = None
        for entry in spans:
            if widest is not None and _contradict(widest, entry):
                faults.append(f"{entry.name}: overlaps {widest.name} and says something else")
            if widest is None or (entry.end or 0) > (widest.end or 0):
                widest = entry
    return list(dict.fromkeys(faults))


def faults_against(document: Document, entries: Sequence[Named], people: Mapping[str, object]) -> list[str]:
    """Faults that need the document: places outside it, boxes where there are no pages, unknown
    people, reasons that quote what they remove.
    """
    faults = []
    sizes = {page.number for page in document.pages}
    for entry in entries:
        if entry.end is not None and entry.end > len(document.text):
            faults.append(f"{entry.name}: ends beyond the document's {len(document.text)} characters")
        if entry.boxes and not document.pages:
            faults.append(f"{entry.name}: boxes need a document with pages; give `start` and `end`")
        elif any(box.page not in sizes for box in entry.boxes):
            faults.append(f"{entry.name}: a box is on a page beyond the document's {len(sizes)}")
        if _tells(entry, document.text):
            faults.append(f"{entry.name}, reason: repeats what is to be removed, and the reason is shown in its place")
        if entry.person is not None and entry.person not in people:
            faults.append(f"{entry.name}: the person is not in the register given with --people")
    return faults


def _tells(entry: Named, text: str) -> bool:
    """Whether the reason of a removal quotes the value. One plain word counts only as it is written there."""
    if entry.action is Action.KEEP or entry.start is None or entry.end is None:
        return False
    words, reason = " ".join(text[entry.start : entry.end].split()), " ".join(entry.reason.split())
    if sum(map(str.isalnum, words)) < LEAST_TELLING or (words.isalpha() and words.islower()):
        return False
    flags = re.NOFLAG if words.isalpha() else re.IGNORECASE
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", reason, flags) is not None


def _contradict(a: Named, b: Named) -> bool:
    overlap = (b.start or 0) < (a.end or 0)
    return overlap and (a.action is not b.action or (a.action is Action.PSEUDONYM and a.person != b.person))


def _names(document: str, source: Source) -> bool:
    if document.lower() == source.sha256 or document == source.path:
        return True
    return Path(document).absolute() == Path(source.path).absolute()
