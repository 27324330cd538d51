"""The force's own policy in the station: which versions there are, trying a change, signing it into force.

An installation serves one force, so it keeps one policy: the only folder below DATA/triage/policies, or `own` where
there is none yet. A version signed here begins tomorrow at the earliest: a call is decided by the policy of the day it
came in, and no call that is open may change under whoever has it.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from backbeat.errors import ConfigError, UserError
from backbeat.rulebook import Edition, key_id
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_triage.models import PolicyDraft
from backbeat.triage.policies import Policy, PolicyShelf, open_policies
from backbeat.triage.policy.checking import check_draft, newest
from backbeat.triage.policy.diffing import TableChange, compare_tables
from backbeat.triage.policy.drafting import Signature, draft_overlay, sign_draft
from backbeat.triage.policy.proposing import Proposal
from backbeat.triage.policy.sheets import read_csv, read_sheet, write_csv
from backbeat.triage.policy.storing import add_version, force_folder, forces, open_force, trust_key

__all__ = [
    "Version",
    "Deciding",
    "changes_of",
    "check_upload",
    "csv_of",
    "deciding",
    "own_force",
    "own_shelf",
    "propose",
    "put_in_force",
    "set_aside",
    "versions",
]

OWN = "own"
TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the policy, as the page lists it."""

    policy: Policy
    author: str
    dated: str
    why: str
    in_force: bool
    """Whether it decides calls that come in today."""
    lines: tuple[str, ...]
    """What it changed, in plain words; empty for the national edition."""


def own_force() -> str:
    """The force whose policy this installation keeps.

    Raises:
        ConfigError: it keeps several.
    """
    known = forces(settings.INSTALLATION.data)
    if len(known) > 1:
        raise ConfigError(
            "This installation keeps policies of several forces, and the station serves one.",
            where="triage/policies in the data folder",
            do="keep the policy of one force there",
        )
    return known[0] if known else OWN


def _folder() -> Path:
    return force_folder(settings.INSTALLATION.data, own_force())


def own_shelf() -> PolicyShelf:
    """The national policy with the force's versions over it, read again only when a file changed.

    Raises:
        PolicyRefused: a version was changed since it was signed, or is not safe.
        ConfigError, KeyRefused: the folder is not as it must be.
    """
    folder = _folder()
    return open_force(folder) if folder.is_dir() else open_policies()


@dataclass(frozen=True, slots=True)
class Deciding:
    """The policies calls are decided by."""

    shelf: PolicyShelf
    fault: UserError | None
    """Why the force's own versions could not be read, so that the national policy decides alone."""


def deciding() -> Deciding:
    """The force's policy; where it cannot be read, or is not safe, the national one, which is.

    People ring whatever has become of a file: refusing every call until somebody mends it would help nobody. Every page
    of the desk says so meanwhile, and every assessment names the policy it was made under.
    """
    try:
        return Deciding(own_shelf(), None)
    except UserError as fault:
        return Deciding(open_policies(), fault)


def versions() -> list[Version]:
    """Every version, the newest first. Raises as `own_shelf`."""
    shelf = tuple(own_shelf())
    today = own_shelf().on(timezone.localdate())
    signed = _signed()
    found: list[Version] = []
    for before, policy in zip((None, *shelf), shelf, strict=False):
        about = signed.get(policy.id.partition("+")[2], {})
        lines = _lines(compare_tables(before.edition.tables, policy.edition.tables)) if before and about else ()
        found.append(
            Version(
                policy=policy,
                author=str(about.get("author", "")),
                dated=str(about.get("dated", "")),
                why=str(about.get("why", "")),
                in_force=policy.id == today.id,
                lines=lines,
            )
        )
    return found[::-1]


def _signed() -> dict[str, dict[str, object]]:
    """What stands over each signed version, by its id."""
    folder = _folder()
    if not folder.is_dir():
        return {}
    read = [json.loads(path.read_text("utf-8"))["overlay"] for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].json"))]
    return {str(one["id"]): one for one in read}


def _lines(changes: tuple[TableChange, ...]) -> tuple[str, ...]:
    return tuple(line for change in changes for line in change.lines())


def csv_of(edition: Edition) -> bytes:
    """The tables of a version as CSV files in one archive; the same version gives the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in write_csv(edition).items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def check_upload(files: Mapping[str, bytes]) -> tuple[Proposal, tuple[str, ...]]:
    """What an uploaded workbook or CSV files would change, in plain words, whether or not it may be used.

    Raises:
        UserError: no file, or several that are not all CSV.
        SheetRefused: every fault, by sheet, row and column.
    """
    edition = newest(own_shelf()).edition
    if not files or (len(files) > 1 and not all(name.endswith(".csv") for name in files)):
        raise UserError(
            "Give one workbook, or the CSV files.", where="the upload", do="pick one .xlsx file, or several .csv files"
        )
    (name, content), *_more = files.items()
    proposal = read_csv(files, edition) if name.endswith(".csv") else read_sheet(content, edition)
    changes = compare_tables(edition.tables, {**edition.tables, **proposal.tables})
    return proposal, _lines(changes)


def propose(actor: User, files: Mapping[str, bytes], proposal: Proposal) -> PolicyDraft:
    """Try a change whole, and keep it until it is signed or set aside.

    Raises:
        Refused: they do not keep the policy.
        SheetRefused: nothing changes.
        PolicyRefused: it may not be used: every reason, each with the example that breaks.
    """
    require(actor, "triage.policy")
    shelf = own_shelf()
    draft = draft_overlay(proposal, Signature(TRIAL, _first_day(shelf), timezone.localdate(), TRIAL, TRIAL))
    check_draft(shelf, draft)
    digest = sha256(b"".join(content for _, content in sorted(files.items()))).hexdigest()
    with recorded(actor, Operation.COLLECTION, "triage-policy", purpose="policy-upload"):
        return PolicyDraft.objects.create(
            force=own_force(), draft=draft, follows=newest(shelf).id, uploaded_by=actor, file_sha256=digest
        )


def _first_day(shelf: PolicyShelf) -> date:
    """The first day on which a new version may begin."""
    return max(timezone.localdate() + timedelta(days=1), newest(shelf).edition.valid_from)


def changes_of(draft: PolicyDraft) -> tuple[str, ...]:
    """What a kept draft changes, in plain words. Raises PolicyRefused where it no longer follows on the newest."""
    return _lines(check_draft(own_shelf(), draft.draft).changes)


def put_in_force(actor: User, draft: PolicyDraft, *, valid_from: date, why: str) -> Policy:
    """Sign a draft with the installation's key, in the actor's name, and keep it: in force from a day on.

    Raises:
        Refused: they do not keep the policy.
        UserError: it was signed or set aside, the day is too early, or nobody said why.
        ConfigError: the force does not trust this installation's key.
        PolicyRefused: it may not be used, or no longer follows on the newest version.
    """
    require(actor, "triage.policy")
    shelf = own_shelf()
    if not draft.waits:
        raise UserError("This draft does not wait any more.", where="the draft", do="upload the change again")
    if valid_from < (first := _first_day(shelf)):
        raise UserError(
            f"It can be in force from {first:%d %B %Y}: calls that are open keep the policy they began under.",
            where="field valid_from",
            do="choose that day or a later one",
        )
    if len(why.strip()) < 10:
        raise UserError("Say why the policy changes.", where="field why", do="write a sentence at least")
    about = {
        "id": _free_id(shelf, valid_from),
        "valid_from": valid_from.isoformat(),
        "dated": timezone.localdate().isoformat(),
        "author": str(actor),
        "why": why.strip()[:1000],
    }
    whole = {**draft.draft, **about}
    check_draft(shelf, whole)
    _trust_own_key()
    with recorded(actor, Operation.ALTERATION, "triage-policy", purpose="policy-sign"):
        policy = add_version(_folder(), sign_draft(whole, settings.INSTALLATION.signing_key))
    draft.signed_by, draft.signed_at, draft.version = actor, timezone.now(), policy.id
    draft.save()
    return policy


def _free_id(shelf: PolicyShelf, valid_from: date) -> str:
    taken = {policy.id.partition("+")[2] for policy in shelf}
    stem = f"{own_force()}-{valid_from.isoformat()}"
    return next(name for n in range(1, 1000) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)


def _trust_own_key() -> None:
    """The first version made in the station makes the folder; a force that trusts other keys says itself whom else."""
    folder, key = _folder(), settings.INSTALLATION.signing_key.public_key()
    trusted = {path.stem for path in (folder / "trusted").glob("*.pem")}
    if not trusted:
        trust_key(folder, key)
    elif key_id(key) not in trusted:
        raise ConfigError(
            "The force does not trust this installation's key, so nothing can be signed here.",
            where="the trusted keys of the policy folder",
            do="have `backbeat triage policy trust` run for it, or download the draft and sign it elsewhere",
        )


def set_aside(actor: User, draft: PolicyDraft) -> None:
    """Put a draft away; it stays in the list. Raises Refused: they do not keep the policy."""
    require(actor, "triage.policy")
    if draft.waits:
        with recorded(actor, Operation.ALTERATION, "triage-policy", purpose="policy-set-aside"):
            PolicyDraft.objects.filter(pk=draft.pk, signed_at=None).update(set_aside_at=timezone.now())
