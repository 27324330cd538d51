"""The output folder of a run: appears whole, or not at all; replaces only what an earlier run put there."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backbeat.redaction.errors import OutputRefused
from backbeat.redaction.manifest import FORMAT

__all__ = ["CERTIFICATE", "MANIFEST", "SUGGESTIONS", "staged"]

MANIFEST = "manifest.json"
CERTIFICATE = "certificate.json"
SUGGESTIONS = "suggestions.json"

_PARTIAL = ".backbeat-partial-"
_OLD = ".backbeat-old-"


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A folder beside `out` to write in; on a clean exit it takes the place of `out`.

    An earlier output of ours is moved aside first and deleted last. If the process dies between the two renames the
    earlier output still exists, whole, under a name beginning `.backbeat-old-`.

    Raises:
        OutputRefused: `out` is no folder, or holds something that no run of ours wrote.
    """
    check(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=out.parent, prefix=_PARTIAL))
    except OSError as err:
        raise _impossible(err) from err
    try:
        yield staging
        _place(staging, out)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def check(out: Path) -> None:
    """Refuse a target that a run may not replace.

    Raises:
        OutputRefused: as for `staged`, or the path cannot be looked at.
    """
    try:
        _check(out)
    except OSError as err:
        raise _impossible(err) from err


def _check(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise _refused("The output path is a file or a link, not a folder.")
    if not out.exists() or not any(out.iterdir()):
        return
    foreign = {entry.name for entry in out.iterdir()} - _own_names(out)
    if foreign:
        raise _refused(f"The output folder holds {len(foreign)} files or folders that no run of backbeat put there.")


def _impossible(err: OSError) -> OutputRefused:
    reason = os.strerror(err.errno) if err.errno else "unknown reason"
    return OutputRefused(
        f"The output folder cannot be made or looked at: {reason}.",
        where="-o",
        do="choose a folder that can be made where you may write",
    )


def _refused(what: str) -> OutputRefused:
    return OutputRefused(what, where="-o", do="choose a new or empty folder, or the output of an earlier run")


def _own_names(out: Path) -> set[str]:
    """Names an earlier run wrote, by its own manifest; none if there is no manifest of ours."""
    try:
        manifest = json.loads((out / MANIFEST).read_text("utf-8"))
        if manifest["format"] != FORMAT:
            return set()
        outputs = {document["output"] for document in manifest["documents"] if document["output"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    return outputs | {MANIFEST, CERTIFICATE, SUGGESTIONS}


def _place(staging: Path, out: Path) -> None:
    _sync(staging)
    if not out.exists() or not any(out.iterdir()):
        staging.replace(out)  # a folder may take the place of an empty one
    else:
        old = Path(tempfile.mkdtemp(dir=out.parent, prefix=_OLD))
        out.replace(old)
        try:
            staging.replace(out)
        except OSError:
            old.replace(out)
            raise
        shutil.rmtree(old)
    _sync(out.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
