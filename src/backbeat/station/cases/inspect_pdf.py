"""Run in a process of its own: checks one PDF against the limits and says on standard output what it found, as JSON."""

import json
import resource
import sys
from pathlib import Path

from backbeat.errors import InputRejected
from backbeat.redaction.formats.limits import DEFAULT_LIMITS

__all__ = ["main"]

MEMORY_BYTES = 3 << 30
PROCESSOR_S = 60


def _lower_ceilings() -> None:
    """Before anything of the file is read: no more memory, processor time or written files than this."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: Path) -> dict[str, object]:
    """`{"pages": n}`, or what, where, do and code of the refusal."""
    import pikepdf

    from backbeat.redaction.formats.pdf.admission import admit

    try:
        admit(path, DEFAULT_LIMITS)
    except InputRejected as error:
        return {"what": error.what, "where": error.where, "do": error.do, "code": error.code}
    with pikepdf.open(path) as pdf:
        return {"pages": len(pdf.pages)}


if __name__ == "__main__":
    _lower_ceilings()
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
