"""The shape of FACTS.json, before any rule has looked at it. `schema.py` makes its JSON Schema."""

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

__all__ = ["FORMAT", "AllegationEntry", "FactsFile", "OffenceEntry", "RecordedEntry", "RequestEntry"]

FORMAT = "backbeat.crime.facts/1"

Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}$")]
"""A word of the recorder's own making: `v1`, `man in red`. Never a real name."""
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9/_.-]{0,59}$")]
Code = Annotated[str, StringConstraints(pattern=r"^(NFIB)?[0-9]{1,3}[A-Z]?(/[0-9]{1,2})?$")]
ClassName = Annotated[str, StringConstraints(pattern=r"^[A-Z]{0,4}[0-9]{1,3}[A-Z]?(/[0-9]{1,2})?$")]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
FactValue = (
    Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
    | Annotated[int, Field(strict=True)]
)
FactMap = dict[FactName, FactValue]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
_YEARS = range(1900, 3000)


def _written_day(value: object) -> object:
    """Only a day in writing; a bare number is no count of seconds since 1970."""
    if (isinstance(value, str) and _DAY.fullmatch(value)) or (type(value) is date):
        return value
    raise PydanticCustomError("date_parsing", "no day")


def _written_moment(value: object) -> object:
    if (isinstance(value, str) and _MOMENT.fullmatch(value)) or isinstance(value, datetime):
        return value
    raise PydanticCustomError("datetime_parsing", "no day and time")


def _within_years(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise PydanticCustomError("datetime_range", "must lie between the years 1900 and 2999")
    return value


Day = Annotated[date, BeforeValidator(_written_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_within_years)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OffenceEntry(_Entry):
    """An offence of the notifiable list."""

    code: Code
    class_: ClassName = Field(alias="class")
    offence: Annotated[str, StringConstraints(max_length=400)] = Field(
        default="", description="The list's words; only where code and class leave a choice."
    )


class HeadEntry(_Entry):
    """The report as a whole."""

    reference: Reference
    received_at: Moment = Field(description="When the report came in, with its offset from UTC.")
    force: Label = Field(description="The force that took the report.")
    facts: FactMap = Field(default={}, description="Facts about the report, or about every allegation that has no own.")


class PartyEntry(_Entry):
    """Somebody in the report."""

    id: Label
    kind: Literal["person", "organisation"] = "person"
    age: Annotated[int, Field(strict=True, ge=0, le=120)] | None = None
    sex: Literal["female", "male"] | None = None
    household: Label | None = Field(default=None, description="The same word for all who live together.")
    facts: FactMap = {}


class RelationshipEntry(_Entry):
    """What a victim and an offender are to one another."""

    victim: Label
    offender: Label
    facts: FactMap = {}


class AllegationEntry(_Entry):
    """One thing that was done."""

    id: Label
    act: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = Field(
        description="What happened, from the edition's list of acts, or `named` with an offence."
    )
    offence: OffenceEntry | None = None
    victims: Annotated[list[Label], Field(max_length=200)] = []
    offenders: Annotated[list[Label], Field(max_length=200)] = Field(
        default=[], description="Those who did it together; empty where nobody is known."
    )
    on: Day | None = None
    until: Day | None = None
    place: Label | None = Field(default=None, description="Building, shop unit or other place, by a word of your own.")
    force: Label | None = Field(default=None, description="Force in whose area it happened.")
    recorded_as: OffenceEntry | None = Field(default=None, description="What it already stands recorded as.")
    facts: FactMap = {}


class RecordedEntry(_Entry):
    """A crime already on record, from an earlier report."""

    reference: Reference
    offence: OffenceEntry
    victim: Label | None = None
    offenders: Annotated[list[Label], Field(max_length=200)] = []
    recorded_on: Day
    last_incident_on: Day | None = None
    facts: FactMap = {}


class RequestEntry(_Entry):
    """An outcome, a cancellation or a reclassification that somebody wants."""

    id: Label
    kind: Literal["outcome", "cancel", "reclassify"]
    offence: OffenceEntry
    wanted: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/ ]{1,20}$")]
    facts: FactMap = {}


class FactsFile(_Entry):
    """What one person told the police at one time."""

    format: Literal["backbeat.crime.facts/1"]
    report: HeadEntry
    parties: Annotated[list[PartyEntry], Field(max_length=500)] = []
    relationships: Annotated[list[RelationshipEntry], Field(max_length=2000)] = []
    allegations: Annotated[list[AllegationEntry], Field(max_length=200)] = []
    recorded: Annotated[list[RecordedEntry], Field(max_length=200)] = []
    requests: Annotated[list[RequestEntry], Field(max_length=50)] = []
