"""ingest → suggest → review → apply → verify, one function for each arrow; `work` runs a document through them.

Everything here is a pure function of its arguments and the file, so it runs the same inline and in other processes. The
last arrow, certify, needs all documents of a run together and is taken in `service`.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from backbeat.errors import BackbeatError, UserError
from backbeat.files import hash_file
from backbeat.redaction import formats, labels
from backbeat.redaction.case import Register
from backbeat.redaction.decisions import Named, Source, faults_against
from backbeat.redaction.errors import DecisionsInvalid
from backbeat.redaction.formats.limits import DEFAULT_LIMITS, Limits
from backbeat.redaction.manifest import Fate, Problem, Status, suggestion_json
from backbeat.redaction.model import Action, Applied, Decision, Document, Finding, Kind, Person, Suggestion
from backbeat.redaction.policy import Profile
from backbeat.redaction.review import Accept, Review, review

__all__ = [
    "DocumentSuggestions",
    "Made",
    "Settings",
    "Task",
    "apply_and_verify",
    "suggest",
    "suggest_document",
    "work",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for every document of a run."""

    people: tuple[Person, ...]
    profile_id: str
    on: date
    """The day whose profile edition is in force."""
    author: str
    """Who decides, as it will stand on decisions."""
    case_id: str
    secret: bytes = field(repr=False)
    """The installation's key for pseudonyms."""
    accept: Accept | None = None
    limits: Limits = DEFAULT_LIMITS
    use_model: bool = True

    def stand_in(self, person_id: str, kind: Kind) -> str:
        """The pseudonym of a person in this case."""
        return labels.pseudonym(self.secret, self.case_id, person_id, kind)


@dataclass(frozen=True, slots=True)
class Task:
    """One document of a run: where it is, what was decided about it by name, where its output goes."""

    source: Source
    folder: Path
    """Of the output; the file's own name tells nothing about the input."""
    settings: Settings
    named: tuple[Named, ...] | None = None
    """Decisions written down for this document; None when the run has no decisions file at all."""
    decided: tuple[Decision, ...] | None = None
    """Decisions already complete (from the station); nothing is detected then."""

    @property
    def output(self) -> Path:
        return self.folder / f"document-{self.source.number:04d}{Path(self.source.path).suffix.lower()}"


@dataclass(frozen=True, slots=True)
class DocumentSuggestions:
    """A document and what the profile proposes for each mention in it."""

    document: Document
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A redacted file that was made and checked; with findings it no longer exists."""

    applied: Applied
    findings: tuple[Finding, ...]
    sha256: str | None


def suggest(
    document: Document, people: Sequence[Person], profile: Profile, *, use_model: bool = True
) -> tuple[Suggestion, ...]:
    """Every mention of a document with the profile's proposal, in reading order."""
    from backbeat.redaction.detect import detect  # the model behind it is heavy

    register = Register(tuple(people))
    mentions = detect(document, people, use_model=use_model)
    return tuple(profile.suggest(mention, register.get(mention.person)) for mention in mentions)


def suggest_document(
    path: Path,
    people: Sequence[Person],
    profile_id: str,
    on: date,
    *,
    limits: Limits = DEFAULT_LIMITS,
    use_model: bool = True,
) -> DocumentSuggestions:
    """Read one file and suggest.

    Raises:
        InputRejected: the file cannot be taken in.
        ConfigError, NoRuleForDate: no such profile, or none in force on that day.
    """
    profile = Profile.load(profile_id, on)
    document = formats.read(path, limits=limits)
    return DocumentSuggestions(document, suggest(document, people, profile, use_model=use_model))


def apply_and_verify(source: Path, document: Document, decisions: Sequence[Decision], target: Path) -> Made:
    """Make the redacted file and let the sceptic at it; any finding destroys the file again."""
    return _apply_and_verify(source, document, decisions, target, Stopwatch())


def _apply_and_verify(
    source: Path, document: Document, decisions: Sequence[Decision], target: Path, watch: "Stopwatch"
) -> Made:
    from backbeat.redaction import verify

    kept_safe = False
    try:
        with watch.stage("apply"):
            applied = formats.apply(source, document, decisions, target)
        with watch.stage("verify"):
            findings = verify.check(source, target, document, applied, decisions)
        kept_safe = not findings
    finally:
        if not kept_safe:  # also when a check itself broke down: what was not verified does not exist
            target.unlink(missing_ok=True)
    return Made(applied, findings, None if findings else hash_file(target))


def work(task: Task) -> Fate:
    """One document all the way. Refusals and findings are fates, not exceptions; only a bug is raised.

    Raises:
        DecisionsInvalid: decisions about this document do not fit it; the caller collects these over all documents.
    """
    watch = Stopwatch()
    base = Fate(task.source.number, task.source.path, Status.REFUSED, sha256=task.source.sha256 or None)
    settings = task.settings
    named = task.named or ()
    try:
        with watch.stage("read"):
            document = formats.read(Path(task.source.path), limits=settings.limits)
        base = replace(
            base,
            sha256=document.sha256,
            media_type=document.media_type,
            pages=formats.pages_of(document),
            notices=document.notices,
        )
        if task.decided is not None:
            return _released(task, base, document, task.decided, watch)
        if faults := faults_against(document, named, {person.id: person for person in settings.people}):
            raise DecisionsInvalid.of(faults, where="the decisions file", do="correct them")
        with watch.stage("suggest"):
            profile = Profile.load(settings.profile_id, settings.on)
            suggestions = suggest(document, settings.people, profile, use_model=settings.use_model)
        with watch.stage("review"):
            ruled = review(
                document, suggestions, named, settings.accept, author=settings.author, stand_in=settings.stand_in
            )
        if ruled.undecided or (settings.accept is None and task.named is None):
            return _waiting(base, ruled, suggestions, watch)
        return _released(task, base, document, ruled.decisions, watch)
    except DecisionsInvalid:
        raise
    except UserError as error:
        return replace(base, problem=_problem(error, task.source), timings_ms=watch.timings_ms)


def _problem(error: BackbeatError, source: Source) -> Problem:
    """The error with the input's number: a file name may hold a name, and messages become logs."""
    return replace(Problem.of(error), where=f"input {source.number}, {error.where}")


def _waiting(base: Fate, ruled: Review, suggestions: Sequence[Suggestion], watch: "Stopwatch") -> Fate:
    return replace(
        base,
        status=Status.AWAITING_REVIEW,
        undecided=ruled.undecided,
        mentions=tuple(suggestion_json(suggestion) for suggestion in suggestions),
        timings_ms=watch.timings_ms,
    )


def _released(task: Task, base: Fate, document: Document, decisions: Sequence[Decision], watch: "Stopwatch") -> Fate:
    made = _apply_and_verify(Path(task.source.path), document, decisions, task.output, watch)
    removed = [decision for decision in decisions if decision.action is not Action.KEEP]
    return replace(
        base,
        status=Status.WITHHELD if made.findings else Status.REDACTED,
        output=None if made.findings else task.output.name,
        output_sha256=made.sha256,
        removed=Counter(decision.kind.value for decision in removed),
        kept=Counter(decision.kind.value for decision in decisions if decision.action is Action.KEEP),
        reasons=Counter(decision.reason for decision in removed),
        bases=Counter(decision.basis for decision in decisions),
        notices=tuple(dict.fromkeys((*base.notices, *made.applied.notices))),
        findings=made.findings,
        timings_ms=watch.timings_ms,
        applied=None if made.findings else replace(made.applied, retained_text=""),
        decisions=() if made.findings else tuple(decisions),
    )


class Stopwatch:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.timings_ms: dict[str, int] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside; a stage that raises is timed too."""
        started = time.perf_counter_ns()
        try:
            yield
        finally:
            self.timings_ms[name] = (time.perf_counter_ns() - started + 500_000) // 1_000_000
