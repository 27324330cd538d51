"""kill -9 of any process at any moment, on both databases: the end is that of an undisturbed run.

A submitter and two workers are killed at random moments, restarted at once, and now and then a worker is stopped for
longer than its lease and woken again (a host that hangs); on PostgreSQL connections are cut as well. The seed is fixed;
the moments still differ from run to run, as the machine does.
"""

import multiprocessing
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
import pytest
import runner_chaos as chaos
import sqlalchemy as sa

from backbeat.files import hash_file
from backbeat.installation import Installation
from backbeat.runner import Job, JobQueue, JobState, Worker

KILLS = 54
HANGS = 3
LIMIT_S = 150

pytestmark = pytest.mark.kill


@dataclass(frozen=True)
class End:
    """What must be the same however often processes died."""

    jobs: dict[str, tuple[object, ...]]
    contents: dict[str, dict[str, bytes]]
    effects: Counter[str]
    completions: Counter[str]


def fork_server() -> ForkServerContext:
    """Processes that have the chaos programs loaded when they start: most of the time would go into imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["runner_chaos"])
    return context


class Crew:
    """One submitter and two workers, each replaced when it is gone."""

    def __init__(self, url: str, data: Path) -> None:
        self.arguments = (url, str(data))
        self.context = fork_server()
        self.roles = [chaos.submit_all, chaos.work, chaos.work]
        self.members: list[BaseProcess] = [self._start(role) for role in self.roles]

    def _start(self, role) -> BaseProcess:
        process = self.context.Process(target=role, args=self.arguments)
        process.start()
        return process

    def replace_the_dead(self) -> None:
        for place, process in enumerate(self.members):
            if not process.is_alive() and not (self.roles[place] is chaos.submit_all and process.exitcode == 0):
                process.join()
                self.members[place] = self._start(self.roles[place])

    def dismiss(self) -> list[int | None]:
        """End the workers as a supervisor does; returns their exit codes."""
        for process in self.members:
            process.terminate()
        for process in self.members:
            process.join(10)
            if process.is_alive():
                process.kill()
                process.join()
        return [process.exitcode for process in self.members]


def all_finished(queue: JobQueue) -> bool:
    counts = queue.counts()
    return sum(counts.values()) == len(chaos.WORK) and not counts[JobState.WAITING] and not counts[JobState.RUNNING]


def read_end(queue: JobQueue) -> End:
    """The final state, and checks that need no second run to compare with."""
    store = queue.installation.store
    for path in store.root.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            assert hash_file(path) == path.name, "half-written content is visible"
    found = queue.list(limit=10_000)
    with queue.engine.connect() as connection:
        effects = Counter(connection.execute(sa.select(chaos.effects.c.job_key)).scalars())
    completions: Counter[str] = Counter()
    for job in found:
        events = queue.history(job.id)
        completions[job.key] = sum(event.what == "done" for event in events)
        fences = [event.fence for event in events if event.what == "claimed"]
        assert fences == list(range(1, len(fences) + 1)), "a claim was given twice or went missing"
    jobs = {job.key: (job.kind, job.state, job.payload, job.output, dict(job.files), job.error_code) for job in found}
    contents = {job.key: {name: store.path(sha).read_bytes() for name, sha in job.files.items()} for job in found}
    return End(jobs, contents, effects, +completions)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> End:
    """Everything done by one worker that nobody disturbs; the poisoned jobs end it, so it is started again."""
    data = tmp_path_factory.mktemp("undisturbed")
    url = f"sqlite:///{data / 'backbeat.sqlite3'}"
    installation = Installation.open(data, url)
    queue = chaos.open_queue(installation)
    chaos.submit_all(url, str(data))
    while not all_finished(queue):
        worker = fork_server().Process(target=chaos.work, args=(url, str(data), True))
        worker.start()
        worker.join(LIMIT_S)
        assert worker.exitcode is not None, "the undisturbed run hangs"
    end = read_end(queue)
    installation.engine.dispose()
    return end


def disturb(queue: JobQueue, crew: Crew, rng: random.Random) -> Counter[str]:
    """Kill until KILLS processes died while there was work; returns what was done to them."""
    done: Counter[str] = Counter()
    finished: dict[int, Job] = {}
    end = time.monotonic() + LIMIT_S
    while not all_finished(queue):
        assert time.monotonic() < end, f"not finished in {LIMIT_S} s: {queue.counts()}"
        time.sleep(rng.uniform(0.0, 0.15))
        for job in queue.list(states=[JobState.DONE], limit=10_000):
            assert finished.setdefault(job.id, job) == job, "what was finished was done again"
        if done["kill"] < KILLS and not all_finished(queue):
            victim = choose_victim(queue, crew, rng)
            if not victim.is_alive():
                pass  # the submitter is through
            elif done["hang"] < HANGS and rng.random() < 0.1:
                hang(victim)
                done["hang"] += 1
            elif queue.engine.dialect.name == "postgresql" and rng.random() < 0.1:
                cut_connections(queue.engine)
                done["cut"] += 1
            else:
                victim.kill()
                victim.join()
                done["kill"] += 1
        crew.replace_the_dead()
    return done


def choose_victim(queue: JobQueue, crew: Crew, rng: random.Random) -> BaseProcess:
    """Anybody, or (mostly) somebody who has held a job for a random moment; a busy machine is waited for."""
    if rng.random() < 0.3:
        return rng.choice(crew.members)
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        names = [job.worker or "" for job in queue.list(states=[JobState.RUNNING])]
        holders = {name.split("-")[-2] for name in names}  # a worker's name has its process id
        if busy := [process for process in crew.members if str(process.pid) in holders]:
            time.sleep(rng.uniform(0.0, 0.08))
            return rng.choice(busy)
        time.sleep(0.01)
        crew.replace_the_dead()
    return rng.choice(crew.members)


def hang(victim: BaseProcess) -> None:
    """Stop a process for longer than its lease; it wakes believing that it still holds its job."""
    with suppress(psutil.NoSuchProcess):  # a poisoned job may be its end at any moment
        process = psutil.Process(victim.pid)
        process.suspend()
        time.sleep(chaos.TERMS.lease_ms * 1.5 / 1000)
        process.resume()


def cut_connections(engine: sa.Engine) -> None:
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with engine.connect() as connection:
        connection.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))


def test_killed_at_random_the_end_is_that_of_an_undisturbed_run(
    any_installation: Installation, any_database: str, undisturbed: End
):
    queue = chaos.open_queue(any_installation)
    crew = Crew(any_database, any_installation.data)
    try:
        done = disturb(queue, crew, random.Random(20260401))
    finally:
        exits = crew.dismiss()
    assert done["kill"] >= 50, f"too little work for the killing to meet: {done}"
    assert set(exits) == {0}, "a worker did not end cleanly on SIGTERM"
    end = read_end(queue)
    assert end == undisturbed
    assert set(end.completions.values()) == {1}
    assert end.effects == end.completions
    assert {job.error_code for job in queue.list(kind="poison")} == {"unit.crashed"}
    events = Counter(event.what for job in queue.list(limit=10_000) for event in queue.history(job.id))
    assert events["lapsed"] >= KILLS / 4, f"the killing hardly ever met a job: {events}"
    chaos.work(any_database, str(any_installation.data), True)  # a worker that starts sweeps what the dead left
    assert list((any_installation.data / "work").iterdir()) == []
    print(any_database.partition(":")[0], dict(done), dict(events))


STRIDE = 8


def test_killed_at_every_eighth_line_of_the_runner_a_job_still_ends_once(
    any_installation: Installation, any_database: str
):
    """Where chance would need luck: between a commit and a rename, say. Each database takes the other's gaps."""
    queue = chaos.open_queue(any_installation)
    context = fork_server()
    deaths = 0
    first = 1 if queue.engine.dialect.name == "sqlite" else 1 + STRIDE // 2
    for nth in range(first, 10_000, STRIDE):
        job = queue.submit("short", nth, key=f"short-{nth}")
        process = context.Process(target=chaos.die_at_line, args=(any_database, str(any_installation.data), nth))
        process.start()
        process.join(30)
        assert process.exitcode in (0, -9)
        deaths += process.exitcode == -9
        if queue.get(job.id).state is JobState.RUNNING:
            with queue.engine.begin() as connection:  # rather than wait for the lease to lapse
                connection.execute(sa.text("UPDATE jobs SET due_ms = 0 WHERE due_ms IS NOT NULL"))
        Worker(queue, chaos.SHORT, poll_s=0.01).run(until_idle=True)
        if process.exitcode == 0:
            break
    assert deaths > 40
    end = read_end(queue)
    expected = {key: {f"{n}.txt": f"{n} of {key}\n".encode() for n in ("one", "two")} for key in end.jobs}
    assert len(end.jobs) == deaths + 1
    assert {job[1] for job in end.jobs.values()} == {JobState.DONE}
    assert end.contents == expected
    assert end.effects == end.completions == Counter(dict.fromkeys(end.jobs, 1))
    assert list((any_installation.data / "work").iterdir()) == []
    print(any_database.partition(":")[0], deaths, "deaths")
