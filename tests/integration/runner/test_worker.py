"""The worker on both databases: handlers of every temper, outputs, progress, shutdown."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from backbeat.errors import InputRejected, UnitFailed
from backbeat.files import hash_file
from backbeat.installation import Installation
from backbeat.runner import JobContext, JobQueue, JobState, Terms, Worker
from backbeat.runner.attempt import WRITE_PROGRESS_S

QUICK = Terms(lease_ms=400, backoff_ms=5)


@pytest.fixture
def queue(any_installation: Installation) -> JobQueue:
    """In real time."""
    return JobQueue.open(any_installation, terms=QUICK)


def worker(queue: JobQueue, handler: Any, **settings: Any) -> Worker:
    return Worker(queue, {"do": handler}, poll_s=0.02, **settings)


def run_one(queue: JobQueue, handler: Any, payload: Any = None) -> Any:
    job = queue.submit("do", payload, key=f"job-{time.monotonic_ns()}")
    worker(queue, handler).run(until_idle=True)
    return queue.get(job.id)


def visible(queue: JobQueue) -> list[Path]:
    root = queue.installation.store.root
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def test_a_job_ends_with_output_files_and_progress(queue: JobQueue):
    def handler(context: JobContext) -> Any:
        for page in range(3):
            context.progress(page + 1, 3, f"page {page + 1}")
        (context.scratch() / "notes").write_text("rough")
        context.output("a.txt").write_text("one")
        context.output("b.txt").write_text("two")
        assert context.output("b.txt").read_text() == "two"
        assert visible(queue) == []  # not before the job is done
        return {"pages": context.payload}

    job = run_one(queue, handler, 3)
    assert (job.state, job.output, job.attempts) == ("done", {"pages": 3}, 1)
    assert (job.progress_done, job.progress_total, job.progress_note) == (3, 3, "page 3")
    store = queue.installation.store
    assert {name: store.path(sha).read_text() for name, sha in job.files.items()} == {"a.txt": "one", "b.txt": "two"}
    assert all(hash_file(path) == path.name for path in visible(queue))
    assert list((queue.installation.data / "work").iterdir()) == []


@pytest.mark.parametrize(
    ("error", "state", "attempts", "code"),
    [
        (InputRejected("Damaged.", where="document 1", do="export it again"), "quarantined", 1, "input.rejected"),
        (UnitFailed("Page 2 failed.", where="page 2", do="open it"), "quarantined", 3, "unit.failed"),
        (ValueError("Jane Roe, 07700 900123"), "quarantined", 3, "bug"),
        (SystemExit(0), "quarantined", 3, "bug"),
        # words that no database can hold must not keep the job from being set aside
        (UnitFailed("Half \ud800 and \0.", where="page \udcff", do="open it"), "quarantined", 3, "unit.failed"),
    ],
)
def test_a_failed_job_keeps_its_reason_and_shows_no_output(
    queue: JobQueue, caplog: pytest.LogCaptureFixture, error: Exception, state: str, attempts: int, code: str
):
    def handler(context: JobContext) -> Any:
        context.output("half.txt").write_text("half")
        context.effect(lambda connection: pytest.fail("an effect of a failed attempt"))
        raise error

    caplog.set_level(logging.DEBUG, "backbeat")
    job = run_one(queue, handler)
    assert (job.state, job.attempts, job.error_code, job.files) == (state, attempts, code, {})
    assert visible(queue) == []
    said = (job.error or "") + caplog.text
    assert "Jane" not in said  # the text of foreign errors may quote what they choked on
    assert "07700" not in said


@pytest.mark.parametrize("bad", [b"bytes", {1, 2}, float("nan")])
def test_an_output_that_is_not_json_is_a_bug(queue: JobQueue, bad: Any):
    job = run_one(queue, lambda context: bad)
    assert (job.state, job.error_code) == ("quarantined", "bug")


def test_an_announced_output_must_be_written(queue: JobQueue):
    job = run_one(queue, lambda context: str(context.output("x.txt")))
    assert (job.state, job.error_code) == ("quarantined", "bug")
    assert "announced" in (job.error or "")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a b", "x\n", "/etc/passwd"])
def test_outputs_stay_in_their_folder(queue: JobQueue, name: str):
    job = run_one(queue, lambda context: str(context.output(name)))
    assert (job.state, job.error_code) == ("quarantined", "bug")


def test_a_link_is_not_an_output(queue: JobQueue, tmp_path: Path):
    (tmp_path / "secret").write_text("elsewhere")

    def handler(context: JobContext) -> Any:
        context.output("x").symlink_to(tmp_path / "secret")
        return None

    assert run_one(queue, handler).error_code == "bug"
    assert (tmp_path / "secret").read_text() == "elsewhere"


def test_an_effect_that_fails_undoes_the_completion(queue: JobQueue):
    table = sa.Table("rows", sa.MetaData(), sa.Column("n", sa.Integer, unique=True))
    table.create(queue.engine)

    def handler(context: JobContext) -> Any:
        context.effect(lambda connection: connection.execute(table.insert().values(n=1)) and None)
        if context.job.attempts < 3:  # the same number twice is refused by the database
            context.effect(lambda connection: connection.execute(table.insert().values(n=1)) and None)
        return None

    job = run_one(queue, handler)
    assert (job.state, job.attempts) == ("done", 3)
    with queue.engine.connect() as connection:
        assert connection.execute(sa.select(table.c.n)).scalars().all() == [1]


def test_progress_is_written_at_most_every_half_second(queue: JobQueue):
    writes = 0

    def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        nonlocal writes
        writes += statement.startswith("UPDATE")

    def handler(context: JobContext) -> Any:
        end = time.monotonic() + 2.2 * WRITE_PROGRESS_S
        done = 0
        while time.monotonic() < end:
            done += 1
            context.progress(done)
        return done

    sa.event.listen(queue.engine, "before_cursor_execute", count)
    job = run_one(queue, handler)
    assert job.output == job.progress_done > 1000  # the last word is kept, whenever it came
    beats = 2.2 * WRITE_PROGRESS_S * 1000 / (QUICK.lease_ms / 4)
    assert writes <= 2 + 3 + beats + 1  # claim and completion, progress, heartbeats


def test_a_note_may_hold_anything(queue: JobQueue):
    def handler(context: JobContext) -> Any:
        context.progress(1, 2, "page \0\udcff")

    assert run_one(queue, handler).progress_note == "page \\x00\\udcff"


def test_a_database_that_is_away_for_a_moment_costs_no_attempt(queue: JobQueue):
    def handler(context: JobContext) -> Any:
        away = queue.installation.data / "away"
        away.touch()
        for n in range(3):
            time.sleep(WRITE_PROGRESS_S / 2)
            context.progress(n, 3)
        away.unlink()
        context.progress(3, 3)
        return "done"

    @sa.event.listens_for(queue.engine, "before_cursor_execute")
    def refuse(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if (queue.installation.data / "away").exists():
            raise sa.exc.OperationalError(statement, None, Exception("the server is restarting"))

    queue.terms = Terms(lease_ms=30_000, backoff_ms=5)
    job = run_one(queue, handler)
    assert (job.state, job.attempts, job.progress_done) == ("done", 1, 3)


def test_progress_is_seen_while_the_job_runs(queue: JobQueue):
    seen = []

    def handler(context: JobContext) -> Any:
        context.progress(7, 9, "page 7")
        job = queue.get(context.job.id)
        seen.append((job.state, job.progress_done, job.progress_total, job.progress_note))
        return None

    run_one(queue, handler)
    assert seen == [("running", 7, 9, "page 7")]


def test_a_long_job_keeps_its_lease(queue: JobQueue):
    def handler(context: JobContext) -> Any:
        time.sleep(3 * QUICK.lease_ms / 1000)  # says nothing for three leases
        return None

    job = queue.submit("do", None, key="a")
    rival = threading.Thread(target=lambda: worker(queue, handler).run(until_idle=True))
    rival.start()
    worker(queue, handler).run(until_idle=True)
    rival.join()
    assert (queue.get(job.id).state, queue.get(job.id).fence) == ("done", 1)


@pytest.mark.parametrize("swallow", [False, True], ids=["lets it pass", "swallows it"])
def test_a_cancelled_job_stops_at_its_next_report(queue: JobQueue, swallow: bool):
    def handler(context: JobContext) -> Any:
        queue.cancel(context.job.id, "P-1")
        context.output("x.txt").write_text("half")
        try:
            for done in range(10_000):
                time.sleep(0.005)
                context.progress(done)
        except Exception:
            if not swallow:
                raise
        return "half"

    job = run_one(queue, handler)
    assert (job.state, job.output, job.files) == (JobState.CANCELLED, None, {})
    assert visible(queue) == []


def test_a_worker_that_lost_its_lease_stops_and_changes_nothing(queue: JobQueue):
    fences = []

    def handler(context: JobContext) -> Any:
        fences.append(context.fence)
        if context.fence == 1:  # somebody takes us for dead
            with queue.engine.begin() as connection:
                connection.execute(sa.text("UPDATE jobs SET due_ms = 0"))
            worker(queue, handler).step()
            context.output("x.txt").write_text("late")
            context.effect(lambda connection: pytest.fail("an effect of a stale worker"))
            return "late"
        return "right"

    job = run_one(queue, handler)
    assert (job.state, job.output, job.files, fences) == ("done", "right", {}, [1, 2])
    assert visible(queue) == []
    assert [e.what for e in queue.history(job.id)] == ["submitted", "claimed", "lapsed", "claimed", "done"]


def test_files_of_dead_attempts_are_swept_and_living_ones_kept(queue: JobQueue):
    work = queue.installation.data / "work"
    for name in ("999-1", "not-ours"):
        (work / name / "out").mkdir(parents=True)

    def handler(context: JobContext) -> Any:
        context.output("x.txt").write_text("whole")
        Worker(queue, {"none": handler}).run(until_idle=True)
        return None

    job = run_one(queue, handler)
    assert job.state == "done"
    assert [path.name for path in work.iterdir()] == ["not-ours"]


def test_an_idle_worker_asks_at_most_once_a_second(queue: JobQueue):
    statements = []
    idle = Worker(queue, {"do": lambda context: None})  # with the pause it has in earnest
    thread = threading.Thread(target=idle.run)
    sa.event.listen(queue.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    thread.start()
    time.sleep(2.5)
    idle.stop()
    thread.join()
    asked = [statement for statement in statements if statement.startswith("SELECT jobs")]
    assert 1 <= len(asked) <= 3
    assert not [statement for statement in statements if statement.startswith(("UPDATE", "INSERT"))]


@pytest.fixture
def program(any_database: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, whose job takes as long as the payload says, in milliseconds."""
    code = """
import sys, time
from pathlib import Path
from backbeat.installation import Installation
from backbeat.runner import JobQueue, Terms, Worker
def handler(context):
    for step in range(context.payload // 10):
        time.sleep(0.01)
        context.progress(step)
    return "finished"
queue = JobQueue.open(Installation.open(Path(sys.argv[1]), sys.argv[2]), terms=Terms(lease_ms=5000))
Worker(queue, {"do": handler}, poll_s=0.02, grace_s=0.7).run()
"""
    process = subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(tmp_path / "data"), any_database])
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    ("takes_ms", "state", "attempts"),
    [(300, "done", 1), (60_000, "waiting", 0)],
    ids=["finishes what is short", "gives back what is long"],
)
def test_sigterm(queue: JobQueue, program: subprocess.Popen[bytes], takes_ms: int, state: str, attempts: int):
    job = queue.submit("do", takes_ms, key="a")
    end = time.monotonic() + 20
    while queue.get(job.id).state != "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    os.kill(program.pid, signal.SIGTERM)
    assert program.wait(10) == 0
    ended = queue.get(job.id)
    assert (ended.state, ended.attempts) == (state, attempts)


def test_a_second_stop_gives_back_at_once(queue: JobQueue):
    job = queue.submit("do", None, key="a")
    patient: Worker

    def handler(context: JobContext) -> Any:
        patient.stop()
        patient.stop()
        context.check()
        return None

    patient = worker(queue, handler, grace_s=60.0)
    patient.run()
    assert (queue.get(job.id).state, queue.get(job.id).attempts) == ("waiting", 0)
