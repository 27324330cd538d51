"""The queue on both databases: who may do what to a job, and when."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from backbeat.errors import Bug, InputRejected, OutputWithheld, UnitFailed
from backbeat.runner import JobInterrupted, JobQueue, JobRefused, JobState, JobUnknown
from backbeat.runner.job import Claim, Progress
from backbeat.runner.leases import Leases
from backbeat.runner.tables import jobs

KINDS = ["count"]


@pytest.fixture
def leases(queue: JobQueue) -> Leases:
    return Leases(queue)


def claimed(leases: Leases, worker: str = "w1") -> Claim:
    claim = leases.claim(KINDS, worker)
    assert claim is not None
    return claim


def failed(what: str = "Page 3 failed.") -> UnitFailed:
    return UnitFailed(what, where="page 3", do="open it")


def whats(queue: JobQueue, job_id: int) -> list[str]:
    return [event.what for event in queue.history(job_id)]


def test_submitting_twice_makes_one_job(queue: JobQueue):
    first = queue.submit("count", {"to": 3, "name": "e\u0301"}, key="a")
    again = queue.submit("count", {"name": "e\u0301", "to": 3}, key="a")
    assert first == again == queue.get(first.id) == queue.find("a")
    assert (first.state, first.payload) == ("waiting", {"to": 3, "name": "e\u0301"})
    assert whats(queue, first.id) == ["submitted"]


def test_a_key_cannot_stand_for_two_pieces_of_work(queue: JobQueue):
    queue.submit("count", {"to": 3}, key="a")
    for kind, payload in (("count", {"to": 4}), ("other", {"to": 3})):
        with pytest.raises(Bug, match="key"):
            queue.submit(kind, payload, key="a")


def test_many_may_submit_the_same_key_at_once(queue: JobQueue):
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: queue.submit("count", 1, key="same").id, range(24)))
    assert len(ids) == 1
    assert len(queue.list()) == 1


def test_jobs_are_claimed_oldest_first_and_by_kind(queue: JobQueue, leases: Leases):
    queue.submit("other", 0, key="x")
    ids = [queue.submit("count", n, key=str(n)).id for n in range(3)]
    assert [claimed(leases).job.id for _ in ids] == ids
    assert leases.claim(KINDS, "w1") is None
    assert leases.unfinished(["other"])


def test_many_workers_never_share_a_job(queue: JobQueue, leases: Leases):
    for n in range(40):
        queue.submit("count", n, key=str(n))
    taken: list[int] = []

    def take_all(worker: int) -> None:
        while claim := leases.claim(KINDS, f"w{worker}"):
            taken.append(claim.job.id)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take_all, range(6)))
    assert sorted(taken) == [job.id for job in queue.list(newest_first=False)]


def test_a_lease_lapses_only_without_heartbeat(queue: JobQueue, leases: Leases, clock: Any):
    queue.submit("count", 1, key="a")
    claim = claimed(leases)
    for _ in range(5):
        clock.now_ms += 900
        assert leases.claim(KINDS, "w2") is None
        assert leases.beat(claim).held
    clock.now_ms += 1000
    second = claimed(leases, "w2")
    assert (second.job.id, second.fence, second.job.attempts) == (claim.job.id, claim.fence + 1, 2)


@pytest.mark.parametrize(
    "late",
    [
        lambda leases, claim: leases.complete(claim, 1),
        lambda leases, claim: leases.fail(claim, failed()),
        lambda leases, claim: leases.fail(claim, InputRejected("No.", where="x", do="y")),
        lambda leases, claim: leases.release(claim),
        lambda leases, claim: leases.cancelled(claim),
    ],
    ids=["complete", "fail", "refuse", "release", "cancelled"],
)
def test_a_worker_taken_for_dead_can_write_nothing(
    queue: JobQueue, leases: Leases, clock: Any, late: Callable[[Leases, Claim], None]
):
    queue.submit("count", 1, key="a")
    stale = claimed(leases)
    clock.now_ms += 1000
    current = claimed(leases, "w2")
    before = queue.get(stale.job.id), queue.history(stale.job.id)
    with pytest.raises(JobInterrupted):
        late(leases, stale)
    assert not leases.beat(stale, Progress(9)).held
    assert (queue.get(stale.job.id), queue.history(stale.job.id)) == before
    leases.complete(current, "right")
    with pytest.raises(JobInterrupted):  # nor after somebody else finished
        late(leases, stale)
    assert queue.get(stale.job.id).output == "right"


@pytest.mark.parametrize("end", ["fail", "release"])
def test_an_attempt_ends_once(queue: JobQueue, leases: Leases, end: str):
    """The job waits again under the same fence; the claim is used up all the same."""
    job = queue.submit("count", 1, key="a")
    claim = claimed(leases)
    if end == "fail":
        leases.fail(claim, failed())
    else:
        leases.release(claim)
    before = queue.get(job.id)
    with pytest.raises(JobInterrupted):
        leases.fail(claim, InputRejected("No.", where="x", do="y"))
    with pytest.raises(JobInterrupted):
        leases.cancelled(claim)
    with pytest.raises(JobInterrupted):
        leases.complete(claim, 1)
    assert queue.get(job.id) == before


def test_done_is_done_once(queue: JobQueue, leases: Leases, clock: Any):
    job = queue.submit("count", 1, key="a")
    claim = claimed(leases)
    leases.complete(claim, {"n": 1}, files={"a.txt": "0" * 64}, progress=Progress(3, 3, "all"))
    with pytest.raises(JobInterrupted):
        leases.complete(claim, {"n": 2})
    clock.now_ms += 10**9
    assert leases.claim(KINDS, "w2") is None
    done = queue.get(job.id)
    assert (done.state, done.output, done.files) == ("done", {"n": 1}, {"a.txt": "0" * 64})
    assert (done.progress_done, done.progress_total, done.progress_note) == (3, 3, "all")
    assert done.finished
    assert whats(queue, job.id) == ["submitted", "claimed", "done"]


def test_the_database_itself_refuses_a_second_completion(queue: JobQueue, leases: Leases):
    job = queue.submit("count", 1, key="a")
    claim = claimed(leases)
    leases.complete(claim, 1)
    with queue.engine.begin() as connection:
        reopen = jobs.update().values(state="running", due_ms=0)
        connection.execute(reopen)
    with pytest.raises(sa.exc.IntegrityError):
        leases.complete(claim, 2)
    assert whats(queue, job.id).count("done") == 1


def test_failures_are_retried_with_growing_pauses_then_quarantined(queue: JobQueue, leases: Leases, clock: Any):
    job = queue.submit("count", 1, key="a")
    for pause in (100, 200):
        leases.fail(claimed(leases), failed())
        assert queue.get(job.id).state is JobState.WAITING
        clock.now_ms += pause - 1
        assert leases.claim(KINDS, "w1") is None
        clock.now_ms += 1
    leases.fail(claimed(leases), failed("Page 3 failed again."))
    ended = queue.get(job.id)
    assert (ended.state, ended.attempts, ended.error_code) == ("quarantined", 3, "unit.failed")
    assert "Page 3 failed again." in (ended.error or "")
    assert leases.claim(KINDS, "w1") is None


@pytest.mark.parametrize("kind", [InputRejected, OutputWithheld])
def test_what_trying_again_cannot_mend_is_quarantined_at_once(queue: JobQueue, leases: Leases, kind: Any):
    job = queue.submit("count", 1, key="a")
    leases.fail(claimed(leases), kind("No.", where="document 1", do="export it again"))
    ended = queue.get(job.id)
    assert (ended.state, ended.attempts, ended.error_code) == ("quarantined", 1, kind.code)


def test_a_job_that_kills_its_workers_is_quarantined_with_the_reason(queue: JobQueue, leases: Leases, clock: Any):
    job = queue.submit("count", 1, key="poison", max_attempts=2)
    queue.submit("count", 2, key="sound")
    for _ in range(2):
        assert claimed(leases).job.id == job.id
        clock.now_ms += 1000
    assert claimed(leases, "w9").job.key == "sound"
    ended = queue.get(job.id)
    assert (ended.state, ended.error_code) == ("quarantined", "unit.crashed")
    assert "tried 2 times and its worker died each time" in (ended.error or "")
    assert whats(queue, job.id) == ["submitted", "claimed", "lapsed", "claimed", "lapsed", "quarantined"]


def test_a_released_job_has_not_been_tried(queue: JobQueue, leases: Leases):
    job = queue.submit("count", 1, key="a")
    for _ in range(5):
        leases.release(claimed(leases))
    assert (queue.get(job.id).state, queue.get(job.id).attempts, queue.get(job.id).fence) == ("waiting", 0, 5)


def test_a_person_may_requeue_what_is_set_aside_and_nothing_else(queue: JobQueue, leases: Leases):
    job = queue.submit("count", 1, key="a")
    with pytest.raises(JobRefused, match="is waiting"):
        queue.requeue(job.id, "P-1")
    claim = claimed(leases)
    with pytest.raises(JobRefused, match="is running"):
        queue.requeue(job.id, "P-1")
    leases.fail(claim, InputRejected("Damaged.", where="document 1", do="export it again"))
    again = queue.requeue(job.id, "P-1")
    assert (again.state, again.attempts, again.error) == ("waiting", 0, None)
    second = claimed(leases)
    assert second.fence == claim.fence + 1  # fences never go back
    leases.complete(second, 1)
    with pytest.raises(JobRefused, match="is done"):
        queue.requeue(job.id, "P-1")
    line = next(event for event in queue.history(job.id) if event.what == "requeued")
    assert line.who == "P-1"
    assert "Damaged." in line.note


def test_cancelling(queue: JobQueue, leases: Leases, clock: Any):
    waiting, running, lapsing = (queue.submit("count", n, key=str(n)) for n in range(3))
    assert queue.cancel(waiting.id, "P-1").state is JobState.CANCELLED
    claim = claimed(leases)
    assert claim.job.id == running.id
    assert queue.cancel(running.id, "P-1").state is JobState.RUNNING
    assert leases.beat(claim).cancel_requested
    leases.cancelled(claim)
    assert queue.get(running.id).state is JobState.CANCELLED
    claimed(leases)
    queue.cancel(lapsing.id, "P-2")
    clock.now_ms += 1000  # its worker died before it noticed
    assert leases.claim(KINDS, "w2") is None
    assert queue.get(lapsing.id).state is JobState.CANCELLED
    with pytest.raises(JobRefused):
        queue.cancel(waiting.id, "P-1")
    assert [e.who for e in queue.history(lapsing.id) if e.what == "cancel-asked"] == ["P-2"]
    assert queue.requeue(lapsing.id, "P-1").cancel_requested is False


def test_effects_happen_with_completion_or_not_at_all(queue: JobQueue, leases: Leases, clock: Any):
    effects = sa.Table("effects", sa.MetaData(), sa.Column("n", sa.Integer))
    effects.create(queue.engine)
    job = queue.submit("count", 1, key="a")
    stale = claimed(leases)
    clock.now_ms += 1000
    claim = claimed(leases, "w2")

    def write(connection: sa.Connection) -> None:
        connection.execute(effects.insert().values(n=1))

    def break_off(connection: sa.Connection) -> None:
        raise UnitFailed("No room.", where="disk", do="make room")

    with pytest.raises(JobInterrupted):
        leases.complete(stale, 1, effects=[write])
    with pytest.raises(UnitFailed):
        leases.complete(claim, 1, effects=[write, break_off])
    assert queue.get(job.id).state is JobState.RUNNING
    leases.complete(claim, 1, effects=[write])
    with queue.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(effects)).scalar() == 1


def test_looking(queue: JobQueue, leases: Leases):
    for n in range(5):
        queue.submit("count" if n % 2 else "other", n, key=str(n))
    leases.complete(claimed(leases), None)
    assert [job.payload for job in queue.list(kind="other")] == [4, 2, 0]
    assert [job.payload for job in queue.list(states=["done", JobState.RUNNING])] == [1]
    assert [job.payload for job in queue.list(limit=2, offset=1, newest_first=False)] == [1, 2]
    assert queue.counts() == {"waiting": 4, "running": 0, "done": 1, "quarantined": 0, "cancelled": 0}
    with pytest.raises(JobUnknown, match="no job 99"):
        queue.get(99)
    with pytest.raises(JobUnknown):
        queue.cancel(99, "P-1")


def test_opening_from_many_places_at_once_makes_the_tables_once(any_installation: Any):
    with ThreadPoolExecutor(6) as pool:
        queues = list(pool.map(lambda _: JobQueue.open(any_installation), range(6)))
    assert queues[0].list() == []
