"""Any order of claims, crashes, late writes and passing time: no job is lost, none is released twice.

The model beside the queue is naive on purpose: it knows who was handed which job last, and nothing of leases.
"""

import shutil
import tempfile
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from backbeat.errors import InputRejected, UnitFailed
from backbeat.installation import Installation
from backbeat.runner import JobInterrupted, JobQueue, JobRefused, JobState, Terms
from backbeat.runner.job import Claim, Progress
from backbeat.runner.leases import Leases

TERMS = Terms(lease_ms=1000, max_attempts=3, backoff_ms=200, backoff_cap_ms=1000)
KINDS = ["do"]
released = sa.Table("released", sa.MetaData(), sa.Column("job_id", sa.Integer), sa.Column("fence", sa.Integer))
FINISHED = {JobState.DONE, JobState.QUARANTINED, JobState.CANCELLED}


class JobMachine(RuleBasedStateMachine):
    claims = Bundle("claims")
    """Every claim ever given and not yet used up: of living workers, of dead ones, of ones that only hang."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="backbeat-machine-"))
        self.now_ms = 1_000_000
        self.submitted: dict[int, str] = {}
        self.newest: dict[int, int] = {}  # job -> fence of its newest claim
        self.done: dict[int, object] = {}  # job -> output it was released with
        self.open()
        released.create(self.queue.engine)

    def open(self) -> None:
        self.installation = Installation.open(self.folder, f"sqlite:///{self.folder / 'jobs.sqlite3'}")
        # Nothing here loses power, and waiting for the disk would be most of the time.
        sa.event.listen(
            self.installation.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF") and None
        )
        self.queue = JobQueue.open(self.installation, terms=TERMS, clock=lambda: self.now_ms)
        self.leases = Leases(self.queue)

    def teardown(self) -> None:
        self.drain()
        self.installation.engine.dispose()
        shutil.rmtree(self.folder)

    # what people do

    @rule(n=st.integers(0, 5))
    def submit(self, n: int) -> None:
        job = self.queue.submit("do", n, key=f"job-{n}")
        assert self.submitted.setdefault(job.id, job.key) == job.key

    @rule(n=st.integers(1, 6))
    def requeue(self, n: int) -> None:
        if n in self.submitted:
            allowed = self.queue.get(n).state in (JobState.QUARANTINED, JobState.CANCELLED)
            try:
                self.queue.requeue(n, "P-1")
                assert allowed
            except JobRefused:
                assert not allowed

    @rule(n=st.integers(1, 6))
    def cancel(self, n: int) -> None:
        if n in self.submitted:
            finished = self.queue.get(n).finished
            try:
                self.queue.cancel(n, "P-1")
                assert not finished
            except JobRefused:
                assert finished

    # what workers do

    @rule(target=claims, worker=st.sampled_from(["w1", "w2", "w3"]))
    def claim(self, worker: str) -> object:
        claim = self.leases.claim(KINDS, worker)
        if claim is None:
            return multiple()
        assert claim.fence > self.newest.get(claim.job.id, 0)
        assert claim.job.id not in self.done, "a finished job was handed out again"
        self.newest[claim.job.id] = claim.fence
        return claim

    @rule(claim=consumes(claims))
    def crash(self, claim: Claim) -> None:
        """The worker is gone: nobody will ever use this claim."""

    @rule()
    def restart(self) -> None:
        """Every process is gone and the database is opened anew; claims of the old ones may still be used."""
        self.installation.engine.dispose()
        self.open()

    @rule(ms=st.sampled_from([TERMS.lease_ms, TERMS.lease_ms - 1, TERMS.backoff_ms, 1]))
    def time_passes(self, ms: int) -> None:
        self.now_ms += ms

    @rule(target=claims, claim=claims)
    def take_over(self, claim: Claim) -> object:
        """A job's worker hangs past its lease, and others work on until somebody has that job; then it wakes."""
        self.now_ms += TERMS.lease_ms
        taken = []
        while not taken or taken[-1].job.id != claim.job.id:
            other = self.leases.claim(KINDS, "w4")
            if other is None:
                break
            assert other.fence > self.newest.get(other.job.id, 0)
            assert other.job.id not in self.done
            self.newest[other.job.id] = other.fence
            taken.append(other)
        return multiple(*taken)

    @rule(claim=claims)
    def beat(self, claim: Claim) -> None:
        held = self.leases.beat(claim, Progress(claim.fence)).held
        assert held == self.holds(claim)

    @rule(claim=claims)
    def complete(self, claim: Claim) -> None:
        """By a living worker or by one long taken for dead: only the newest claim on a running job may."""
        may = self.holds(claim)
        row = released.insert().values(job_id=claim.job.id, fence=claim.fence)
        try:
            self.leases.complete(claim, claim.fence, effects=[lambda connection: connection.execute(row) and None])
            assert may
            self.done[claim.job.id] = claim.fence
        except JobInterrupted:
            assert not may

    @rule(claim=claims, refused=st.booleans())
    def fail(self, claim: Claim, refused: bool) -> None:
        may = self.holds(claim)
        error = InputRejected if refused else UnitFailed
        try:
            self.leases.fail(claim, error("It failed.", where="page 1", do="look"))
            assert may
        except JobInterrupted:
            assert not may

    @rule(claim=claims)
    def release(self, claim: Claim) -> None:
        may = self.holds(claim)
        try:
            self.leases.release(claim)
            assert may
        except JobInterrupted:
            assert not may

    def holds(self, claim: Claim) -> bool:
        state = self.queue.get(claim.job.id).state
        return self.newest[claim.job.id] == claim.fence and state is JobState.RUNNING

    # what must hold at every moment

    @invariant()
    def no_job_is_lost(self) -> None:
        assert {job.id: job.key for job in self.queue.list()} == self.submitted
        assert sum(self.queue.counts().values()) == len(self.submitted)

    @invariant()
    def none_is_released_twice(self) -> None:
        with self.queue.engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(sa.select(released))]
        assert sorted(rows) == sorted(self.done.items())
        for job in self.queue.list():
            assert (job.state is JobState.DONE) == (job.id in self.done)
            assert job.output == self.done.get(job.id)

    @invariant()
    def attempts_are_bounded_and_reasons_kept(self) -> None:
        for job in self.queue.list():
            assert 0 <= job.attempts <= job.max_attempts
            assert job.fence == self.newest.get(job.id, 0)
            assert (job.state is JobState.QUARANTINED) <= (job.error is not None)
            assert job.finished == (job.finished_at is not None)

    def drain(self) -> None:
        """With sound workers and time, everything ends."""
        for _ in range(200):
            self.now_ms += TERMS.lease_ms
            claim = self.leases.claim(KINDS, "last")
            if claim is not None:
                assert claim.job.id not in self.done
                self.leases.complete(claim, claim.fence)
            elif not self.leases.unfinished(KINDS):
                break
        assert all(job.state in FINISHED for job in self.queue.list())


TestJobMachine = JobMachine.TestCase
TestJobMachine.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
