"""What an uploaded file is, found out where it can do no harm.

Its kind is told from its first bytes and the end of its name, which must agree. A format that can hide a bomb is then
opened in a process of its own, with a ceiling on memory and processor time: what kills that process is refused.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

from backbeat.errors import InputRejected
from backbeat.redaction.formats.sniff import HEAD_BYTES, PDF, media_type
from backbeat.station.cases.errors import InspectionRefused, InspectionStopped

__all__ = ["Inspection", "inspect"]

WAIT_S = 120


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the station keeps about the kind of a file."""

    media_type: str
    pages: int | None


def inspect(path: Path, name: str) -> Inspection:
    """Kind and pages of the file at `path`, which its owner calls `name`.

    Raises:
        InputRejected: a leaf that says why.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise InputRejected(
            "The file is empty.", where="the file as a whole", do="find the copy that has its content and add that"
        )
    kind = media_type(Path(PurePath(name).name), head)
    return Inspection(kind, _pages_of_pdf(path) if kind == PDF else None)


def _pages_of_pdf(path: Path) -> int:
    command = [sys.executable, "-I", "-m", "backbeat.station.cases.inspect_pdf", str(path)]
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}  # no address of the database, no keys
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a path we made
            command, env=environment, capture_output=True, timeout=WAIT_S, check=False
        )
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise InspectionStopped(
            "The file was not taken in: opening it used more memory or time than one file may.",
            where="the file as a whole",
            do="print it to a new PDF, or split it, and add the result",
        ) from error
    if "pages" in answer:
        return int(answer["pages"])
    raise InspectionRefused(answer["what"], where=answer["where"], do=answer["do"], code=answer["code"])
