"""The register of a case: who is who. Read from `people.json`, checked whole at the edge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from backbeat.errors import ConfigError
from backbeat.handed_json import NotTaken, is_writable, read_json
from backbeat.redaction.model import Person, Role

__all__ = ["FLAGS", "ROLE_WORDS", "Register", "load_people", "parse_people"]

ROLE_WORDS: Final[Mapping[str, Role]] = {role.value: role for role in Role} | {
    "accused": Role.SUSPECT, "defendant": Role.SUSPECT, "offender": Role.SUSPECT, "arrested": Role.SUSPECT,
    "complainant": Role.VICTIM, "injured-party": Role.VICTIM, "ip": Role.VICTIM, "aggrieved": Role.VICTIM,
    "bystander": Role.THIRD_PARTY, "other": Role.THIRD_PARTY, "relative": Role.THIRD_PARTY,
    "minor": Role.CHILD, "police": Role.OFFICER, "police-officer": Role.OFFICER, "staff": Role.OFFICER,
    "doctor": Role.PROFESSIONAL, "solicitor": Role.PROFESSIONAL, "expert": Role.PROFESSIONAL,
    "applicant": Role.REQUESTER, "data-subject": Role.REQUESTER,
}  # fmt: skip
"""Words accepted for a role: the model's own and what case papers call them."""

FLAGS: Final = ("anonymity", "protected")
"""Attributes that are no information to be found in a text but what a profile asks about a person: `yes` or `no`."""

_WHERE = "people.json"
_DO = "correct these entries and run again; `docs` describes the format under people.json"
_FILE_DO = "check the path and its permissions, and save the file as JSON in UTF-8"
_LIMIT = 10_000
_LONGEST = 1_000
"""Characters of one name or value; detection prepares every beginning of it."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


_Texts = Annotated[list[str], BeforeValidator(_listed)]


class _Entry(BaseModel):
    """One person as people.json writes it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    names: _Texts
    role: str = Role.UNKNOWN.value
    aliases: _Texts = []
    attributes: dict[str, _Texts] = {}


_ENTRIES = TypeAdapter(list[_Entry])


@dataclass(frozen=True)
class Register:
    """The people of one case, with look-ups. Build it once per case."""

    people: tuple[Person, ...]

    @cached_property
    def _by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people)

    def __len__(self) -> int:
        return len(self.people)

    def get(self, person_id: str | None) -> Person | None:
        """The person with this id; None for None and for an id the register does not know."""
        return None if person_id is None else self._by_id.get(person_id)

    def of_role(self, role: Role) -> tuple[Person, ...]:
        """Everybody with a role, in register order."""
        return tuple(person for person in self.people if person.role is role)


def load_people(path: Path) -> tuple[Person, ...]:
    """People of a `people.json` file, in file order.

    Raises:
        ConfigError: the file cannot be read, is no JSON list, or has faults; all faults at once, by entry and field,
            quoting no name or value.
    """
    try:
        value = read_json(path)
    except NotTaken as error:
        where = ", ".join(filter(None, (_WHERE, error.place)))
        raise ConfigError.of([f"The people file {error.what}."], where=where, do=_FILE_DO) from error
    return parse_people(value)


def parse_people(value: object, *, where: str = _WHERE) -> tuple[Person, ...]:
    """People out of already parsed JSON (see `load_people`)."""
    try:
        entries = _ENTRIES.validate_python(value)
    except ValidationError as error:
        faults = [f"{_place(e['loc'])}: {e['msg']}" for e in error.errors(include_url=False, include_input=False)]
        raise ConfigError.of(faults, where=where, do=_DO) from None
    faults = list(_faults(entries))
    if faults:
        raise ConfigError.of(faults, where=where, do=_DO)
    return tuple(_person(entry) for entry in entries)


def _place(location: Sequence[int | str]) -> str:
    if not location:
        return "the whole file"
    head = f"entry {location[0] + 1}" if isinstance(location[0], int) else str(location[0])
    # the names of attributes are the user's own words and could hold anything; positions are safe to print
    known = [str(part) for part in location[1:] if part in _Entry.model_fields]
    return ", ".join([head, *known])


def _faults(entries: Sequence[_Entry]) -> Iterator[str]:
    if len(entries) > _LIMIT:
        yield f"{len(entries)} people are more than the {_LIMIT} a case may hold"
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries, 1):
        if not entry.id.strip():
            yield f"entry {number}, id: empty"
        elif entry.id in seen:
            yield f"entry {number}, id: the same as in entry {seen[entry.id]}"
        seen.setdefault(entry.id, number)
        if not entry.names:
            yield f"entry {number}, names: at least one name is needed"
        for field, values in (("names", entry.names), ("aliases", entry.aliases)):
            if not all(any(c.isalnum() for c in value) for value in values):
                yield f"entry {number}, {field}: an empty name"
        if _role_word(entry.role) not in ROLE_WORDS:
            yield f"entry {number}, role: not a role; allowed are {', '.join(sorted(role.value for role in Role))}"
        for flag in FLAGS:
            if not set(entry.attributes.get(flag, ["yes"])) <= {"yes", "no", "unknown"}:
                yield f"entry {number}, attributes, {flag}: write yes, no or unknown"
        if not all(value.strip() for value in _values(entry)):
            yield f"entry {number}, attributes: an empty value"
        texts = [entry.id, *entry.names, *entry.aliases, *entry.attributes, *_values(entry)]
        if not all(map(is_writable, texts)):
            yield f"entry {number}: holds half a character (an escape such as \\ud800)"
        if any(len(text) > _LONGEST for text in texts):
            yield f"entry {number}: a name or value has more than {_LONGEST} characters"


def _values(entry: _Entry) -> Iterator[str]:
    return (value for values in entry.attributes.values() for value in values)


def _role_word(text: str) -> str:
    return text.strip().lower().replace("_", "-").replace(" ", "-")


def _person(entry: _Entry) -> Person:
    return Person(
        id=entry.id,
        names=tuple(entry.names),
        role=ROLE_WORDS[_role_word(entry.role)],
        aliases=tuple(entry.aliases),
        attributes={name: tuple(values) for name, values in entry.attributes.items()},
    )
