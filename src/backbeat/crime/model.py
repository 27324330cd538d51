"""The nouns of the crime desk: what was reported, and what the rules make of it.

A `Report` is what one person told the police at one time. Its `Allegation`s say what was done, to whom, by whom. Facts
that only a rule asks for stand beside them by name: `yes`, `no` or `unknown` for a question, else an integer, a day, a
duration or one of a list of words; which it is, the rules' own tables say. A fact left out is open; it is never *no*.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from backbeat.rulebook import Fact, Node, Result

__all__ = [
    "Act",
    "Allegation",
    "Authority",
    "Basis",
    "Candidate",
    "Classified",
    "Crime",
    "Deadline",
    "Duty",
    "Incident",
    "NamedOffence",
    "NotCounted",
    "Offence",
    "Party",
    "PartyKind",
    "Question",
    "Recorded",
    "Referral",
    "Relationship",
    "Report",
    "Request",
    "RequestKind",
    "Source",
    "Verdict",
    "Why",
]


LIFE = 999_999
"""`Offence.max_days` of an offence that carries life."""


# --- the rules' own nouns ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where a rule stands: document id of the edition, and page."""

    document: str
    page: str


class Basis(StrEnum):
    """Who is wronged."""

    VICTIM = "V"
    STATE = "S"
    EITHER = "S/V"


@dataclass(frozen=True, slots=True)
class Offence:
    """One line of the notifiable offence list. Code alone is no key: 26 codes stand in several classes."""

    code: str
    """Home Office code: `008/06`."""
    class_: str
    """Class of the counting rules: `8N`."""
    text: str
    """The offence in the list's words; empty where code and class stand for several lines that count alike."""
    basis: Basis
    mode: str
    """`I` indictable only, `E` either way, `S` summary; empty where the list does not say."""
    max_sentence: str
    """As printed."""
    max_days: int | None
    """Maximum sentence in days, a year as 365; `LIFE`, 0 for a fine, None where the list does not say."""
    group: str
    """`Violence Against The Person`, `Sexual Offences`, `Theft` ... as the list has it."""
    category: str = ""
    act: str = ""
    section: str = ""
    current: bool = True
    ceased: date | None = None
    """First day on which it could no longer be committed; None while in force, or where the list does not say."""

    @property
    def label(self) -> str:
        """`8N 008/06`."""
        return f"{self.class_} {self.code}"


# --- what was reported ------------------------------------------------------------------------------------------------


class PartyKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in the report, by a name of the recorder's own making (`v1`, `man in red`); never a real name."""

    id: str
    kind: PartyKind = PartyKind.PERSON
    age: int | None = None
    sex: str | None = None
    """`female` or `male`."""
    household: str | None = None
    """Parties of one household carry the same word; it decides who owns what in common."""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relationship:
    """What a victim and an offender are to one another."""

    victim: str
    offender: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamedOffence:
    """An offence the recorder names outright. `text` only where code and class leave a choice."""

    code: str
    class_: str
    text: str = ""


Act = str
"""Kind of happening a classification table knows: `assault`, `burglary`, ... or `named` for a named offence."""


@dataclass(frozen=True, slots=True)
class Allegation:
    """One thing that was done. `victims` is empty for an offence against the state only."""

    id: str
    act: Act
    named: NamedOffence | None = None
    victims: tuple[str, ...] = ()
    offenders: tuple[str, ...] = ()
    """Those who did it together; empty: nobody known."""
    on: date | None = None
    """First or only day; None while not known."""
    until: date | None = None
    place: str | None = None
    """Building, shop unit or other place, by a word of the recorder's own; what counts by building counts these."""
    force: str | None = None
    """Force in whose area it happened, where known; None: not said."""
    recorded_as: NamedOffence | None = None
    """What it already stands recorded as, crime or incident (`300/01` of class `N300`), when decided again."""
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def between(self, victims: tuple[str, ...], offenders: tuple[str, ...], name: str = "") -> "Allegation":
        """The same done to these victims by these offenders; `dataclasses.replace` would take several times as long."""
        return Allegation(
            name or self.id, self.act, self.named, victims, offenders,
            self.on, self.until, self.place, self.force, self.recorded_as, self.facts,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """A crime already on record between a victim and offenders of this report, from an earlier report."""

    reference: str
    offence: NamedOffence
    victim: str | None
    offenders: tuple[str, ...]
    recorded_on: date
    last_incident_on: date | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


class RequestKind(StrEnum):
    OUTCOME = "outcome"
    CANCEL = "cancel"
    RECLASSIFY = "reclassify"


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants to close, cancel or reclassify a crime on record. May they, and who decides?"""

    id: str
    kind: RequestKind
    offence: NamedOffence
    """What it stands recorded as."""
    wanted: str
    """`1A` or `16`; `C2`; for a reclassification `CODE CLASS`."""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything told to the police at one time, in canonical order (by id), so that order of input cannot matter."""

    reference: str
    received_at: datetime
    """With its offset from UTC."""
    force: str
    parties: Mapping[str, Party]
    relationships: Mapping[tuple[str, str], Relationship]
    """By victim and offender."""
    allegations: tuple[Allegation, ...]
    recorded: tuple[Recorded, ...] = ()
    requests: tuple[Request, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Facts about the report as a whole; an allegation without a fact of its own has the report's."""


# --- what the rules make of it ----------------------------------------------------------------------------------------

Why: TypeAlias = Result | Node
"""What a stage rests on: the result of a table, put into words only when somebody reads it, or words with a source."""


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """A fact that could still change the decision, and where it is asked."""

    about: str
    """`report`, `party:v1`, `relationship:v1/o1`, `allegation:a1`, `request:r1`."""
    fact: str
    text: str = field(compare=False)
    type: str = field(compare=False)
    """As the table declares it: `tri`, `enum[a, b]`, `int`, `date`, `duration-hours`."""
    unknown_answers: bool = field(compare=False)
    """Whether `unknown` is an answer of its own here: asked, and nobody can say."""
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way a referral may come out, with the page that speaks for it."""

    label: str
    """`8N 008/77`, or words where it is not an offence: `recorded by force-b`."""
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class Referral:
    """The rules leave it to judgement or contradict themselves: the registrar decides."""

    about: tuple[str, ...]
    """Allegation ids or request id."""
    reason: str
    candidates: tuple[Candidate, ...]
    """At least two."""
    to: "Authority"


class Authority(StrEnum):
    """Who must decide, least first."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    DDM = "designated-decision-maker"
    FCR = "force-crime-registrar"
    REGISTERED_FCR = "registered-force-crime-registrar"
    """On the College of Policing's register; without one, the chief officer with the registrar's advice (p25)."""
    APPROPRIATE_AUTHORITY = "appropriate-authority"


class Classified(NamedTuple):
    """What an allegation is in law, as far as it can be said."""

    allegation: str
    offence: Offence | None = None
    class_: str | None = None
    """Certain class, also where the code within it is still open."""
    incident: str | None = None
    """`CRI`, `NSIR`, `N300/04`, `Report Fraud` ... where it is not, or not yet, a crime to record here."""
    referral: Referral | None = None
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Things to do or say that the row carries."""
    questions: tuple[Question, ...] = ()
    why: tuple[Why, ...] = ()


class Verdict(StrEnum):
    """Whether an allegation is recorded as a crime."""

    RECORD = "record"
    INCIDENT = "incident"
    """Not a crime record; `Recording.incident` says which kind of incident."""
    OPEN = "open"
    """A fact is missing; `Recording.questions` asks for it. Never a no."""
    REFER = "refer"
    LATER = "later"
    """A crime record waits for somebody else's decision (appropriate authority, NCA senior investigator)."""


@dataclass(frozen=True, slots=True)
class NotCounted:
    """An allegation that stands inside another's record, and why."""

    allegation: str
    offence: Offence
    under: str
    """Allegation id of the crime that takes it in, or the reference of a crime already on record."""
    rule: str
    """`principal-crime`, `finished-incident`, `swallowed`, `same-unit`, `continuation`."""
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class Crime:
    """One line of the answer: record this, so many times."""

    offence: Offence
    count: int
    allegations: tuple[str, ...]
    """Those it rests on; the first gives the offence."""
    victims: tuple[str, ...]
    offenders: tuple[str, ...]
    unit: str
    """What one crime of this class is counted by: `victim`, `household`, `offender-group` ..."""
    additional: bool
    """Recorded beside a principal crime because a rule says so."""
    recording_force: str | None
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident record the rules require instead of, or until, a crime."""

    code: str
    """`CRI`, `NSIR`, `N100/01`, `N300/04`."""
    allegations: tuple[str, ...]
    source: Source
    why: str


class Deadline(NamedTuple):
    """By when, and under which rule."""

    what: str
    at: datetime | None
    """None: outside the clock, `why` says for how long."""
    source: Source
    why: str


class Duty(NamedTuple):
    """Something that must be done beside recording: tell, seek guidance, refer, review, reclassify."""

    what: str
    who: Authority
    about: tuple[str, ...]
    source: Source
