"""A job's output files: out of sight while they are written, in the content store once they are whole.

Each attempt has a folder JOB-FENCE in the folder `work` of the data. Nothing outside the runner looks there.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from backbeat.errors import Bug
from backbeat.files import ContentStore

__all__ = ["AttemptFolder", "sweep_abandoned"]

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}")


class AttemptFolder:
    """Temporary files of one attempt at one job."""

    def __init__(self, work: Path, job_id: int, fence: int) -> None:
        self.path = work / f"{job_id}-{fence}"
        self._names: set[str] = set()

    def scratch(self) -> Path:
        """The folder itself, made on first use, for files that are not outputs."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.path

    def output(self, name: str) -> Path:
        """Where to write the output called `name`; the same path again for the same name.

        Raises:
            Bug: not a plain file name of letters, digits, `_`, `.` and `-`. No names of people or of their files.
        """
        if not _NAME.fullmatch(name):
            raise Bug("an output is named by letters, digits, _, . and - only")
        self._names.add(name)
        folder = self.scratch() / "out"
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder / name

    def keep(self, store: ContentStore) -> dict[str, str]:
        """Move every output into the store; returns name -> SHA-256.

        Content in the store that no job row names is of no effect, so this may be repeated and interrupted.

        Raises:
            Bug: an output that was asked for was not written, or is not a plain file.
        """
        return {name: _move_in(store, self.path / "out" / name) for name in sorted(self._names)}

    def remove(self) -> None:
        """Forget everything not kept."""
        shutil.rmtree(self.path, ignore_errors=True)


def _move_in(store: ContentStore, path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        raise Bug("an output was announced and not written as a plain file", where=f"output {path.name}")
    return store.adopt(path)


def sweep_abandoned(work: Path, is_current: Callable[[int, int], bool]) -> int:
    """Remove the folders of attempts that are over; returns how many.

    A folder is made after its claim was committed, and the listing is read before the question is asked, so the
    folder of a living attempt is always recognised.
    """
    if not work.is_dir():
        return 0
    removed = 0
    for folder in sorted(work.iterdir()):
        job_id, _, fence = folder.name.partition("-")
        if job_id.isdigit() and fence.isdigit() and not is_current(int(job_id), int(fence)):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed
