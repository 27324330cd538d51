"""The programs of the kill test: a submitter and a worker with handlers of every temper."""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import sqlalchemy as sa

from backbeat.canonical import Json
from backbeat.errors import InputRejected, UnitFailed
from backbeat.installation import Installation
from backbeat.runner import JobContext, JobQueue, Terms, Worker, make_runner

TERMS = Terms(lease_ms=400, backoff_ms=50, backoff_cap_ms=200)
OFTEN = 10_000
"""Attempts for jobs that are killed from outside: being killed by us is not their fault."""

# key, kind, payload, attempts allowed
WORK: list[tuple[str, str, int, int]] = [
    *((f"pages-{n}", "pages", n, OFTEN) for n in range(150)),
    *((f"flaky-{n}", "flaky", n, OFTEN) for n in range(10)),
    *((f"refused-{n}", "refused", n, OFTEN) for n in range(5)),
    *((f"spread-{n}", "spread", n, OFTEN) for n in range(3)),
    *((f"poison-{n}", "poison", n, 3) for n in range(2)),
]
WORK.sort(key=lambda work: (work[2] * 7919 % 97, work[0]))  # mixed, the same way each time

effects = sa.Table("chaos_effects", sa.MetaData(), sa.Column("job_key", sa.Text), sa.Column("fence", sa.Integer))
"""Append-only and without any uniqueness of its own: an effect that happened twice would be seen."""


def open_queue(installation: Installation) -> JobQueue:
    queue = JobQueue.open(installation, terms=TERMS)
    if not sa.inspect(queue.engine).has_table(effects.name):
        try:
            effects.create(queue.engine)
        except sa.exc.DBAPIError:  # another process was first
            assert sa.inspect(queue.engine).has_table(effects.name)
    return queue


def _effect(context: JobContext) -> None:
    row = effects.insert().values(job_key=context.job.key, fence=context.fence)
    context.effect(lambda connection: connection.execute(row) and None)


def pages(context: JobContext) -> Json:
    """Writes an output in small steps, so that it is half-written most of the time."""
    n = context.payload
    assert isinstance(n, int)
    output = context.output("pages.txt")
    with output.open("w") as stream:
        for page in range(8):
            stream.write(f"case {n} page {page}\n" * 50)
            stream.flush()
            time.sleep(0.010)
            context.progress(page + 1, 8, f"page {page + 1}")
    context.output("summary.txt").write_text(f"{n}: 8 pages\n")
    _effect(context)
    return {"case": n, "bytes": output.stat().st_size}


def flaky(context: JobContext) -> Json:
    """Fails at its first two attempts."""
    if context.job.attempts < 3:
        raise UnitFailed("Not yet.", where=f"job {context.job.id}", do="wait")
    _effect(context)
    return "at last"


def refused(context: JobContext) -> Json:
    context.output("never.txt").write_text("half")
    _effect(context)
    raise InputRejected("Damaged.", where="document 1", do="export it again")


def _square(n: int) -> int:
    time.sleep(0.01)
    return n * n


def spread(context: JobContext) -> Json:
    """A job that uses processes of its own."""
    total = 0
    for done, outcome in enumerate(make_runner("processes", workers=2).map(_square, range(6))):
        total += outcome.get()
        context.progress(done + 1, 6)
    _effect(context)
    return total


def poison(context: JobContext) -> Json:
    context.output("trace.txt").write_text("half")
    _effect(context)
    os.kill(os.getpid(), signal.SIGKILL)
    return None


HANDLERS = {"pages": pages, "flaky": flaky, "refused": refused, "spread": spread, "poison": poison}


def submit_all(url: str, data: str) -> None:
    """Submit everything, slowly; a killed submitter starts again from the beginning."""
    installation = Installation.open(Path(data), url)
    queue = open_queue(installation)
    for key, kind, payload, attempts in WORK:
        if queue.find(key) is None:
            time.sleep(0.01)
        queue.submit(kind, payload, key=key, max_attempts=attempts)
    installation.engine.dispose()


def work(url: str, data: str, until_idle: bool = False) -> None:
    """A worker, until SIGTERM or, where asked, until nothing is left."""
    installation = Installation.open(Path(data), url)
    Worker(open_queue(installation), HANDLERS, poll_s=0.05, grace_s=2.0).run(until_idle=until_idle)
    installation.engine.dispose()


def _short(context: JobContext) -> Json:
    for part in ("one", "two"):
        context.output(f"{part}.txt").write_text(f"{part} of {context.job.key}\n")
        context.progress(1, 2, part)
    _effect(context)
    return context.job.key


SHORT = {"short": _short}


def die_at_line(url: str, data: str, nth: int) -> None:
    """Do one job and die just before the nth line that the runner, its store or its database code executes."""
    installation = Installation.open(Path(data), url)
    worker = Worker(open_queue(installation), SHORT)
    ours = (f"{os.sep}backbeat{os.sep}runner{os.sep}", f"{os.sep}backbeat{os.sep}files.py", "database.py")
    lines = 0

    def count(frame: FrameType, event: str, _: object) -> object:
        nonlocal lines
        if event == "line":
            lines += 1
            if lines == nth:
                os.kill(os.getpid(), signal.SIGKILL)
        return count

    sys.settrace(lambda frame, *_: count if any(part in frame.f_code.co_filename for part in ours) else None)
    worker.step()
    sys.settrace(None)
    installation.engine.dispose()
