"""What a person hands in as a change of policy: a workbook, a folder of CSV files, a draft, or a signed version."""

import json
from collections.abc import Mapping
from pathlib import Path

from backbeat.canonical import Json
from backbeat.errors import InputRejected
from backbeat.files import write_whole
from backbeat.rulebook import Edition
from backbeat.triage.policies import PolicyShelf
from backbeat.triage.policy.checking import check_draft, newest
from backbeat.triage.policy.diffing import TableChange, compare_tables
from backbeat.triage.policy.drafting import Signature, draft_overlay, read_draft
from backbeat.triage.policy.proposing import Proposal
from backbeat.triage.policy.sheets import read_csv, read_sheet, write_csv, write_sheet
from backbeat.triage.policy.workbook_reading import MOST_BYTES

__all__ = ["changes_of", "draft_of", "proposal_of", "read_signed", "write_tables"]

_MOST_FILES = 200
_TRIAL = "trial"


def proposal_of(path: Path, edition: Edition) -> Proposal:
    """What a workbook, or a folder of CSV files, proposes for a version.

    Raises:
        InputRejected: it cannot be read.
        SheetRefused: every fault in it.
    """
    if not path.is_dir():
        return read_sheet(_bytes(path), edition)
    files = sorted(one for one in path.iterdir() if one.suffix == ".csv")
    if len(files) > _MOST_FILES:
        raise InputRejected(
            f"The folder has more than {_MOST_FILES} CSV files.", where="the folder of tables", do="name the folder"
        )
    return read_csv({one.name: _bytes(one) for one in files}, edition)


def draft_of(path: Path, edition: Edition) -> Mapping[str, Json]:
    """The draft in a file: itself, what was signed, or a trial draft of what a workbook or CSV folder proposes.

    Raises:
        InputRejected: it cannot be read, or is no draft.
        SheetRefused: every fault of a workbook or of CSV files, or that nothing changes.
    """
    if _holds_tables(path):
        # Never kept: only its tables are looked at, so any day on which it may begin will do.
        day = edition.valid_from
        about = Signature(_free_id(edition), day, day, _TRIAL, _TRIAL)
        return draft_overlay(proposal_of(path, edition), about)
    draft = read_draft(_bytes(path))
    signed = draft.get("overlay")
    return read_draft(json.dumps(signed).encode()) if isinstance(signed, dict) else draft


def changes_of(path: Path, shelf: PolicyShelf) -> tuple[TableChange, ...]:
    """What a change changes. Of filled-in tables also where it may not be used; a draft is tried on the way.

    Raises:
        InputRejected, SheetRefused, PolicyRefused: as `draft_of` and `check_draft`.
    """
    edition = newest(shelf).edition
    if _holds_tables(path):
        proposed = proposal_of(path, edition).tables
        return compare_tables(edition.tables, {**edition.tables, **proposed})
    return check_draft(shelf, draft_of(path, edition)).changes


def read_signed(path: Path) -> bytes:
    """The bytes of a signed version, as they were signed.

    Raises:
        InputRejected: it cannot be read.
    """
    return _bytes(path)


def write_tables(edition: Edition, output: Path, *, as_csv: bool) -> None:
    """Write the tables of a version to a workbook, or as CSV files into a folder."""
    files = write_csv(edition) if as_csv else {"": write_sheet(edition)}
    for name, content in files.items():
        with write_whole(output / name if as_csv else output) as stream:
            stream.write(content)


def _holds_tables(path: Path) -> bool:
    return path.is_dir() or _bytes(path).startswith(b"PK")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputRejected(
            f"The file could not be read ({error.strerror or 'unknown reason'}).",
            where="the file with the change of policy",
            do="name a workbook, a folder of CSV files, a draft or a signed version that can be read",
        ) from error


def _free_id(edition: Edition) -> str:
    taken = edition.id.partition("+")[2]
    return f"{_TRIAL}-2" if taken == _TRIAL else _TRIAL
