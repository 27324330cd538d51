"""The shapes that leave this desk: the manifest of a run, and suggestions as JSON. Stable; docs/cli.md describes them.

The manifest is for the sender: it names inputs by the paths they were given as. The certificate names none.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from backbeat.errors import BackbeatError
from backbeat.redaction.model import Applied, Box, Decision, Finding, Notice, Suggestion

__all__ = [
    "FORMAT",
    "Fate",
    "Problem",
    "Status",
    "exit_code",
    "fate_json",
    "manifest_json",
    "suggestion_json",
    "to_text",
]

FORMAT = "backbeat.manifest/1"

_HALF = re.compile("[\ud800-\udfff]")


class Status(StrEnum):
    """How a document of a run ended."""

    REDACTED = "redacted"
    AWAITING_REVIEW = "awaiting-review"
    """Nobody decided on every suggestion; no redacted file was written."""
    REFUSED = "refused"
    """The file could not be taken in; the error says why."""
    WITHHELD = "withheld"
    """A redacted file was made and destroyed again, because a check failed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as data."""

    code: str
    what: str
    where: str
    do: str
    exit_code: int

    @classmethod
    def of(cls, error: BackbeatError) -> "Problem":
        """The same error, without its class."""
        return cls(error.code, error.what, error.where, error.do, error.exit_code)

    def to_json(self) -> dict[str, str]:
        """Its parts that a reader can use."""
        return {"code": self.code, "what": self.what, "where": self.where, "do": self.do}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one input. Holds no removed value; `mentions` are kept out of the manifest."""

    number: int
    path: str
    status: Status
    sha256: str | None = None
    media_type: str | None = None
    pages: int = 0
    output: str | None = None
    output_sha256: str | None = None
    removed: Mapping[str, int] = field(default_factory=dict)
    """Places taken out, by kind."""
    kept: Mapping[str, int] = field(default_factory=dict)
    """Places somebody decided to keep, by kind."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Places taken out, by reason."""
    bases: Mapping[str, int] = field(default_factory=dict)
    """Decisions by how they were made: `individual`, `accepted-all`, …"""
    undecided: int = 0
    timings_ms: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    findings: tuple[Finding, ...] = ()
    problem: Problem | None = None
    mentions: tuple[Mapping[str, Any], ...] = ()
    """Suggestions as JSON, where the document waits for review."""
    applied: Applied | None = field(default=None, repr=False)
    """For the certificate; without the retained text. Never stored."""
    decisions: tuple[Decision, ...] = field(default=(), repr=False)

    @property
    def machine_ms(self) -> int:
        """All stages together."""
        return sum(self.timings_ms.values())


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """One mention with the profile's proposal.

    `page` is the mention's first page; a box on another page carries its page as a fifth number.
    """
    mention = suggestion.mention
    return {
        "kind": mention.kind.value,
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "page": mention.page,
        "boxes": [_corners(box, mention.page) for box in mention.boxes],
        "confidence": round(mention.confidence, 4),
        "detector": mention.detector,
        "person": mention.person,
        "action": suggestion.action.value,
        "why": f"{mention.why} {suggestion.why}".strip(),
        "reason": suggestion.reason,
        "rule": suggestion.rule,
    }


def _corners(box: Box, page: int | None) -> list[float]:
    corners = [round(value, 2) for value in (box.x0, box.y0, box.x1, box.y1)]
    return corners if box.page == page else [*corners, box.page]


def fate_json(fate: Fate) -> dict[str, Any]:
    """One document of the manifest."""
    return {
        "number": fate.number,
        "path": fate.path,
        "sha256": fate.sha256,
        "media_type": fate.media_type,
        "status": fate.status.value,
        "output": fate.output,
        "output_sha256": fate.output_sha256,
        "pages": fate.pages,
        "counts": dict(sorted(fate.removed.items())),
        "kept": dict(sorted(fate.kept.items())),
        "reasons": dict(sorted(fate.reasons.items())),
        "decisions": dict(sorted(fate.bases.items())),
        "undecided": fate.undecided,
        "milliseconds": fate.machine_ms,
        "timings": dict(fate.timings_ms),
        "notices": [asdict(notice) for notice in fate.notices],
        "findings": [asdict(finding) for finding in fate.findings],
        "error": None if fate.problem is None else fate.problem.to_json(),
    }


def manifest_json(fates: Sequence[Fate], **about: Any) -> dict[str, Any]:
    """The whole manifest; `about` are facts of the run (software, profile, …)."""
    totals = {status.value: sum(fate.status is status for fate in fates) for status in Status}
    return {
        "format": FORMAT,
        **about,
        "exit_code": exit_code(fates),
        "totals": {
            "documents": len(fates),
            **totals,
            "pages": sum(fate.pages for fate in fates if fate.status is Status.REDACTED),
            "milliseconds": sum(fate.machine_ms for fate in fates),
        },
        "documents": [fate_json(fate) for fate in fates],
    }


def exit_code(fates: Sequence[Fate]) -> int:
    """The gravest end of any document: 70 a bug, 4 withheld, 3 refused, 2 the user's error, 0 done or waiting."""
    codes = {fate.problem.exit_code for fate in fates if fate.problem is not None}
    codes |= {4 for fate in fates if fate.findings}
    return max(codes, default=0)


def to_text(value: Mapping[str, Any]) -> str:
    """JSON as we write it to files and print it: readable, in the order built, every letter as it is.

    A file name need not be text; Python holds its odd bytes as half characters. Those are escaped, so that the JSON can
    be written, and names the file when it is read again.
    """
    plain = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return _HALF.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)
