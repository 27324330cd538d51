"""The row every desk leaves behind: how long a piece of work took, in integers, with nothing personal in it.

There is no field for free text and no field for a name. What identifies work is a slug, a hash or a keyed pseudonym.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from backbeat.canonical import Json
from backbeat.errors import Bug
from backbeat.installation import Installation
from backbeat.ledger.forms import IDENTIFIER, LAST_MS, SLUG, now_ms, require_count, require_hex, require_text

__all__ = ["MAX_HASHES", "EditionRef", "Measured", "Phase", "TaskRecord", "hash_set", "pseudonymous_actor"]

MAX_HASHES = 64
"""Most hashes one record lists; `hash_set` folds a longer list into one."""

MAX_MS = 10**10
MAX_COUNT = 10**9
"""Bounds on one record: 115 days, a thousand million units. Above them somebody sent the wrong unit."""

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]*")
_FOLDED = re.compile(r"set:[1-9][0-9]*:[0-9a-f]{64}")


class Measured(StrEnum):
    """How the times of a record came about."""

    OBSERVED = "observed"
    """Somebody stood by with a clock."""
    INSTRUMENTED = "instrumented"
    """The software timed it, idle time dropped."""
    SELF_REPORTED = "self-reported"
    MODELLED = "modelled"


class Phase(StrEnum):
    """Kinds of human time."""

    ACTIVE = "active"
    REVIEW = "review"
    REWORK = "rework"


@dataclass(frozen=True, slots=True)
class EditionRef:
    """The edition of a policy or rule that was in force: its id and SHA-256."""

    id: str
    hash: str

    def __post_init__(self) -> None:
        require_text(self.id, IDENTIFIER, 80, "edition id")
        require_hex(self.hash, "edition hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """One finished piece of work. Times are ms, `recorded_at` is UTC ms since 1970.

    Raises:
        Bug: a number is negative, a float or a bool, or a text is not of its field's form.
    """

    desk: str
    kind: str
    units: int
    unit: str
    """Name of one unit of work: `page`, `second`, `call`."""
    active_ms: int
    review_ms: int = 0
    rework_ms: int = 0
    machine_ms: int = 0
    measured: Measured
    baseline: str | None
    """Id of the baseline the time is held against; None when there is none."""
    actor: str
    """From `pseudonymous_actor`."""
    input_hashes: tuple[str, ...] = ()
    output_hashes: tuple[str, ...] = ()
    editions: tuple[EditionRef, ...] = ()
    software: str
    """Version of backbeat."""
    recorded_at: int = field(default_factory=now_ms)

    def __post_init__(self) -> None:
        for name in ("desk", "kind", "unit"):
            require_text(getattr(self, name), SLUG, 40, name)
        require_count(self.units, MAX_COUNT, "units")
        for name in ("active_ms", "review_ms", "rework_ms", "machine_ms"):
            require_count(getattr(self, name), MAX_MS, name)
        require_count(self.recorded_at, LAST_MS, "recorded_at")
        if not isinstance(self.measured, Measured):
            raise Bug("measured is not a Measured")
        if self.baseline is not None:
            require_text(self.baseline, IDENTIFIER, 80, "baseline")
        require_hex(self.actor, "actor")
        require_text(self.software, _VERSION, 40, "software")
        for name in ("input_hashes", "output_hashes"):
            _require_hashes(getattr(self, name), name)
        if not isinstance(self.editions, tuple) or not all(isinstance(item, EditionRef) for item in self.editions):
            raise Bug("editions is not a tuple of EditionRef")
        if len(self.editions) > MAX_HASHES:
            raise Bug(f"editions holds more than {MAX_HASHES}")

    @property
    def by_phase(self) -> dict[Phase, int]:
        """Human time, ms."""
        return {Phase.ACTIVE: self.active_ms, Phase.REVIEW: self.review_ms, Phase.REWORK: self.rework_ms}

    def to_json(self) -> dict[str, Json]:
        """As plain values: what the leaf holds."""
        return {
            "active_ms": self.active_ms,
            "actor": self.actor,
            "baseline": self.baseline,
            "desk": self.desk,
            "editions": [{"hash": edition.hash, "id": edition.id} for edition in self.editions],
            "input_hashes": list(self.input_hashes),
            "kind": self.kind,
            "machine_ms": self.machine_ms,
            "measured": self.measured.value,
            "output_hashes": list(self.output_hashes),
            "recorded_at": self.recorded_at,
            "review_ms": self.review_ms,
            "rework_ms": self.rework_ms,
            "software": self.software,
            "unit": self.unit,
            "units": self.units,
        }


def hash_set(hashes: Iterable[str]) -> tuple[str, ...]:
    """Distinct SHA-256 hashes, sorted; more than `MAX_HASHES` are folded into one `set:COUNT:SHA256`.

    The fold is the SHA-256 of the sorted hashes joined by line feeds, so whoever has the files can recompute it.
    """
    distinct = sorted(set(hashes))
    if len(distinct) <= MAX_HASHES:
        return tuple(distinct)
    return (f"set:{len(distinct)}:{hashlib.sha256(chr(10).join(distinct).encode()).hexdigest()}",)


def pseudonymous_actor(installation: Installation, username: str) -> str:
    """The keyed HMAC (hex) that stands for an account in both logs; only this installation can recompute it."""
    name = unicodedata.normalize("NFC", username)
    if not name:
        raise Bug("an actor has a name; the scheduler is an actor too")
    return hmac.digest(installation.secret("actor"), name.encode(), "sha256").hex()


def _require_hashes(hashes: object, what: str) -> None:
    if not isinstance(hashes, tuple) or len(hashes) > MAX_HASHES:
        raise Bug(f"{what} is not a tuple of at most {MAX_HASHES} hashes; fold it with hash_set")
    if not (len(hashes) == 1 and isinstance(hashes[0], str) and _FOLDED.fullmatch(hashes[0])):
        for value in hashes:
            require_hex(value, what)
