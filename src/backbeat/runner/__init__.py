"""Where work runs: a function over units (inline, over processes), and durable jobs that survive any crash."""

from backbeat.runner.attempt import JobContext
from backbeat.runner.errors import JobInterrupted, JobRefused, JobUnknown, UnitCrashed
from backbeat.runner.job import Event, Job, JobState, Terms
from backbeat.runner.outcome import Failure, Outcome
from backbeat.runner.queue import JobQueue
from backbeat.runner.runners import RUNNERS, Runner, make_runner
from backbeat.runner.worker import Handler, Worker

__all__ = [
    "RUNNERS",
    "Event",
    "Failure",
    "Handler",
    "Job",
    "JobContext",
    "JobInterrupted",
    "JobQueue",
    "JobRefused",
    "JobState",
    "JobUnknown",
    "Outcome",
    "Runner",
    "Terms",
    "UnitCrashed",
    "Worker",
    "make_runner",
]
