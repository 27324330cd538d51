"""The nouns of the redaction desk: frozen, typed, shared by every stage.

    file → Document → Mention → Suggestion → Decision → Applied (the redacted file) → Finding → Certificate

Places in text are character offsets [start, end) into `Document.text`. Places on a page are boxes in PDF points:
origin at the lower left corner of the visible (crop) box, y upwards, before any /Rotate; pages count from 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from backbeat.errors import Bug

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "Action",
    "Applied",
    "Box",
    "Cell",
    "Decision",
    "Document",
    "Finding",
    "Kind",
    "Mention",
    "Notice",
    "Page",
    "Person",
    "Role",
    "Suggestion",
]


class Action(StrEnum):
    """What is to happen to one mention. `ASK` is a question to a person and never survives review."""

    KEEP = "keep"
    REDACT = "redact"
    PSEUDONYM = "pseudonym"
    ASK = "ask"


class Role(StrEnum):
    """What somebody is in this case. `UNKNOWN` is an answer of its own."""

    SUSPECT = "suspect"
    VICTIM = "victim"
    WITNESS = "witness"
    THIRD_PARTY = "third-party"
    CHILD = "child"
    OFFICER = "officer"
    PROFESSIONAL = "professional"
    REQUESTER = "requester"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """Kinds of information a mention can be; also the attribute a profile decides on."""

    PERSON = "person"
    ADDRESS = "address"
    POSTCODE = "postcode"
    PLACE = "place"
    ORGANISATION = "organisation"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    IP_ADDRESS = "ip-address"
    DATE_OF_BIRTH = "date-of-birth"
    NHS_NUMBER = "nhs-number"
    NINO = "nino"
    DRIVING_LICENCE = "driving-licence"
    PASSPORT = "passport"
    VRM = "vrm"
    PNCID = "pncid"
    CRO = "cro"
    CRIME_REFERENCE = "crime-reference"
    COLLAR_NUMBER = "collar-number"
    BANK_ACCOUNT = "bank-account"
    SORT_CODE = "sort-code"
    CARD = "card"
    IBAN = "iban"
    OTHER = "other"
    """Something a person marked by hand and did not classify."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in PDF points from the lower left corner of the visible (crop) box, before rotation."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if self.page < 1 or not (self.x0 < self.x1 and self.y0 < self.y1):
            raise Bug(f"empty or inverted box on page {self.page}")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a document that a person must know before release."""

    code: str
    """For example `page.no-text`, `layout.width`, `signature.dropped`."""
    message: str
    page: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One page: which characters of the text are on it, and where their ink is."""

    number: int
    start: int
    end: int
    width: float
    """Points, of the visible (crop) box before rotation."""
    height: float
    rotation: int
    """0, 90, 180 or 270, clockwise, as the viewer shows it."""
    char_boxes: "npt.NDArray[np.float32]"
    """(end - start, 4): x0, y0, x1, y1 of each character; NaN where a character has no ink (line breaks)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its value is `text[start:end]` once unquoted; `header` is the column's first row."""

    row: int
    column: int
    start: int
    end: int
    header: str


@dataclass(frozen=True, eq=False)
class Document:
    """A file read: its text, and where on pages or in cells that text stands."""

    sha256: str
    media_type: str
    """`application/pdf`, `text/plain` or `text/csv`."""
    text: str
    """For plain text and CSV the file's own text, decoded; for PDF the extracted text, a form feed between pages."""
    pages: tuple[Page, ...] = ()
    cells: tuple[Cell, ...] = ()
    encoding: str | None = None
    """How a text file was decoded, so that it is written back the same way (`utf-8`, `utf-16`, …)."""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of the case's register."""

    id: str
    names: tuple[str, ...]
    role: Role
    aliases: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What is known to belong to this person, by kind (`address`, `phone`, `email`, `vrm`, …)."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a document says something about somebody."""

    kind: Kind
    text: str
    start: int
    end: int
    confidence: float
    """0 to 1. Scores of different detectors share no scale."""
    detector: str
    """`register`, `identifiers`, `entities`, `propagated` or `manual`, with a version where it has one."""
    why: str
    """In words, without quoting the value: what made the detector say so."""
    person: str | None = None
    """Register id of whom this is about, where known. None means unknown, never nobody."""
    page: int | None = None
    boxes: tuple[Box, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise Bug(f"empty or negative mention {self.start}:{self.end}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the profile proposes for one mention, and why."""

    mention: Mention
    action: Action
    reason: str
    """Short label that will stand on the solid fill, e.g. `Witness address`."""
    why: str
    """The rule in words, with its source."""
    rule: str
    """`profile@edition#row`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a named person decided about one place. The place is a span of text, or boxes drawn by hand."""

    action: Action
    kind: Kind
    reason: str
    author: str
    basis: str
    """`individual`, `bulk` or `accepted-all`: how the person decided."""
    start: int | None = None
    end: int | None = None
    boxes: tuple[Box, ...] = ()
    person: str | None = None
    replacement: str | None = None
    """For a pseudonym: the text that stands in."""

    def __post_init__(self) -> None:
        if self.action is Action.ASK:
            raise Bug("a decision cannot be a question")
        if (self.start is None) != (self.end is None) or (self.start is None and not self.boxes):
            raise Bug("a decision needs a span or boxes")


@dataclass(frozen=True, slots=True)
class Applied:
    """What a format did to make one redacted file."""

    removed: tuple[tuple[Kind, str], ...]
    """Every value taken out, as it stood in the text (drawn boxes: the text that was under them). Never stored."""
    retained_text: str
    """The document's text without what was removed, each removal replaced by one U+FFFC."""
    pages: int
    notices: tuple[Notice, ...] = ()
    drawn_text: tuple[str, ...] = ()
    """Text the redaction itself put into the output: labels on fills, tokens, pseudonyms."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the verifier found. Any finding withholds the output. Quotes no value."""

    check: str
    """For example `text.reader-pdfminer`, `raw.stream`, `structure.metadata`, `text.lost`."""
    message: str
    page: int | None = None
