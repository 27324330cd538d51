"""What a certificate states, before it is signed."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from backbeat.canonical import Json
from backbeat.errors import Bug
from backbeat.redaction.model import Action, Applied, Decision, Kind, Notice
from backbeat.redaction.verify.forms import SHORT, alphanumerics, fold

__all__ = ["WITHHELD_REASON", "CertifiedDocument", "ProfileRef", "Statement", "Timings", "is_neutral_name"]

WITHHELD_REASON = "(reason not shown: it repeats a removed value)"


@dataclass(frozen=True, slots=True)
class ProfileRef:
    """The profile and the edition of it that was in force."""

    id: str
    edition_id: str
    edition_hash: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Time spent, ms. Machine time is not human time."""

    active_ms: int = 0
    review_ms: int = 0
    rework_ms: int = 0
    machine_ms: int = 0


@dataclass(frozen=True)
class CertifiedDocument:
    """One document that passed verification."""

    input_sha256: str
    output: str
    """Name of the redacted file inside the folder, with `/`; a name that tells nothing, such as `0001.pdf`."""
    media_type: str
    applied: Applied
    decisions: Sequence[Decision]
    notices: Sequence[Notice] = ()

    def to_json(self, output_sha256: str) -> dict[str, Json]:
        """As plain values. Counts and labels only: nothing from the document's text."""
        if not is_neutral_name(self.output):
            raise Bug("an output's name leads out of its folder")
        hidden = _Withheld(self.applied.removed)
        notices = {*self.notices, *self.applied.notices}
        return {
            "basis": _counted(decision.basis for decision in self.decisions),
            "decisions": _decisions(self.decisions, hidden),
            "input_sha256": self.input_sha256,
            "media_type": self.media_type,
            "not_redacted": _kept(self.decisions, hidden),
            "notices": [_notice(item) for item in sorted(notices, key=lambda n: (n.page or 0, n.code, n.message))],
            "output": self.output,
            "output_sha256": output_sha256,
            "pages": self.applied.pages,
            "removed": len(self.applied.removed),
        }


@dataclass(frozen=True)
class Statement:
    """One run of redaction over a folder."""

    documents: tuple[CertifiedDocument, ...]
    profile: ProfileRef
    reviewer: str
    """Who decided, as the force wants recipients to see it: a role, a collar number or a pseudonym."""
    reviewer_role: str | None = None
    actor: str = ""
    """The reviewer's pseudonym in the ledger (hex)."""
    force: str | None = None
    detectors: Mapping[str, str] = field(default_factory=dict)
    """Detector and model versions."""
    timings: Timings = Timings()
    companions: tuple[str, ...] = ()
    """Other files of the folder that the certificate vouches for, such as `manifest.json`."""
    issued_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None:
            raise Bug("a certificate's time needs a time zone")
        names = [document.output for document in self.documents] + list(self.companions)
        if len(set(names)) != len(names):
            raise Bug("two files of a certificate share a name")


def is_neutral_name(name: str) -> bool:
    """Whether a name stays inside its folder on every system.

    >>> is_neutral_name("case/0001.pdf"), is_neutral_name("../0001.pdf"), is_neutral_name("C:x")
    (True, False, False)
    """
    path = PurePosixPath(name)
    plain = re.fullmatch(r"[^\\:\x00-\x1f]+", name) is not None
    return plain and not path.is_absolute() and ".." not in path.parts and str(path) == name


class _Withheld:
    """Keeps a removed value that a person typed into a reason out of the certificate."""

    def __init__(self, removed: Iterable[tuple[Kind, str]]) -> None:
        values = {fold(" ".join(text.split())) for kind, text in removed if kind is not Kind.OTHER or _is_telling(text)}
        words = sorted((value for value in values if alphanumerics(value) >= SHORT - 1), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None

    def shown(self, reason: str) -> str:
        """The reason, or a remark in its place."""
        repeats = self._pattern is not None and self._pattern.search(fold(" ".join(reason.split())))
        return WITHHELD_REASON if repeats else reason


def _is_telling(text: str) -> bool:
    """Whether something nobody classified is more than an ordinary word, which a reason may well need."""
    return not text.strip().isalpha() or not text.strip().islower()


def _counted(words: Iterable[str]) -> dict[str, Json]:
    return dict(sorted(Counter(words).items()))


def _decisions(decisions: Sequence[Decision], hidden: _Withheld) -> list[Json]:
    counts = Counter((d.action.value, d.kind.value, hidden.shown(d.reason)) for d in decisions)
    return [
        {"action": action, "count": count, "kind": kind, "reason": reason}
        for (action, kind, reason), count in sorted(counts.items())
    ]


def _kept(decisions: Sequence[Decision], hidden: _Withheld) -> dict[str, Json]:
    """Decisions not to redact count as fully as redactions (CPS/NPCC Joint Principles)."""
    kept = [decision for decision in decisions if decision.action is Action.KEEP]
    return {"count": len(kept), "reasons": _counted(hidden.shown(decision.reason) for decision in kept)}


def _notice(notice: Notice) -> dict[str, Json]:
    return {"code": notice.code, "message": notice.message, "page": notice.page}
