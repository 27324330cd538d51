"""The runner contract: every runner gives the same outcomes, in order, lazily, whatever happens to a unit."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import runner_units as units

from backbeat.errors import Bug, ConfigError, InputRejected
from backbeat.runner import RUNNERS, Runner, make_runner
from backbeat.runner.processes import AHEAD, TRIES

on_runners = pytest.mark.parametrize("runner", [make_runner(name, workers=2) for name in RUNNERS], ids=RUNNERS)


@on_runners
@pytest.mark.parametrize("count", [0, 1, 2, 57])
def test_each_unit_ends_once_and_in_order(runner: Runner, count: int):
    outcomes = list(runner.map(units.square, range(count)))
    assert [(o.unit, o.value, o.failure) for o in outcomes] == [(n, n * n, None) for n in range(count)]


@on_runners
def test_a_failure_stops_nothing_else_and_keeps_its_error(runner: Runner):
    outcomes = list(runner.map(units.refuse_odd, range(6)))
    assert [o.value for o in outcomes] == [0, None, 2, None, 4, None]
    failure = outcomes[3].failure
    assert failure is not None
    assert (failure.code, failure.user_error) == ("input.rejected", True)
    assert "Unit 3 is odd." in failure.message
    with pytest.raises(InputRejected, match="send an even one"):
        outcomes[3].get()
    assert outcomes[4].get() == 4


@on_runners
def test_an_unexpected_exception_is_a_bug_and_its_text_is_not_kept(runner: Runner):
    (outcome,) = runner.map(units.fail_badly, ["the private words"])
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.failure.user_error) == ("bug", False)
    assert "ValueError" in outcome.failure.message
    assert "fail_badly" in outcome.failure.message
    assert "private" not in outcome.failure.message


@on_runners
def test_a_unit_that_wants_to_leave_the_program_is_a_failure_like_any_other(runner: Runner):
    codes = [outcome.failure and outcome.failure.code for outcome in runner.map(units.leave, [0, 3])]
    assert codes == ["bug", "bug"]


@on_runners
def test_units_and_values_larger_than_a_pipe_do_not_block_each_other(runner: Runner):
    bodies = [bytes([n]) * (2 << 20) for n in range(6)]
    ended: list[bytes] = []
    thread = threading.Thread(target=lambda: ended.extend(o.get() for o in runner.map(units.echo, bodies)), daemon=True)
    thread.start()
    thread.join(60)
    assert ended == bodies


@on_runners
def test_a_value_may_be_none(runner: Runner):
    (outcome,) = runner.map(units.do_nothing, [1])
    assert outcome.get() is None


@on_runners
def test_input_is_taken_only_a_little_ahead(runner: Runner):
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield taken

    outcomes = runner.map(units.square, endless())
    for consumed in range(1, 31):
        assert next(outcomes).value == consumed**2
        assert taken <= consumed + 2 * AHEAD
    outcomes.close()
    assert multiprocessing.active_children() == []


@on_runners
def test_machine_time_is_that_of_the_unit(runner: Runner):
    times = [o.machine_ms for o in runner.map(units.nap, [60, 0, 30])]
    assert times[0] >= 60
    assert times[1] < 30 <= times[2]


@on_runners
def test_an_error_raised_by_the_input_reaches_the_caller(runner: Runner):
    def broken():
        yield 1
        raise InputRejected("Bad.", where="unit 1", do="mend it")

    with pytest.raises(InputRejected):
        list(runner.map(units.square, broken()))
    assert multiprocessing.active_children() == []


def test_an_unknown_runner_is_refused_in_words():
    with pytest.raises(ConfigError, match="choose one of inline, processes"):
        make_runner("abacus")


def test_a_unit_that_always_kills_its_process_fails_alone():
    outcomes = list(make_runner("processes", workers=2).map(units.die_on_three, range(12)))
    assert [o.value for o in outcomes] == [0, 1, 2, None, *range(4, 12)]
    failure = outcomes[3].failure
    assert failure is not None
    assert failure.code == "unit.crashed"
    assert f"tried {TRIES} times" in failure.message


def test_a_unit_whose_process_died_is_tried_again(tmp_path: Path):
    tasks = [(str(tmp_path), n) for n in range(8)]
    assert [o.value for o in make_runner("processes", workers=2).map(units.die_once, tasks)] == list(range(8))


def test_killing_processes_at_random_loses_and_reorders_nothing(tmp_path: Path):
    tasks = [(str(tmp_path), n) for n in range(60)]
    over = threading.Event()
    killed: set[int] = set()

    def kill_now_and_then():
        while not over.wait(0.15):
            pids = (tmp_path / "pids").read_text().split() if (tmp_path / "pids").exists() else []
            fresh = [int(pid) for pid in pids if int(pid) not in killed]
            if fresh and len(killed) < 6:
                killed.add(fresh[-1])
                os.kill(fresh[-1], signal.SIGKILL)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        values = [o.value for o in make_runner("processes", workers=3).map(units.note_and_nap, tasks)]
    finally:
        over.set()
        killer.join()
    assert values == list(range(60))
    assert len(killed) >= 3


def test_it_may_be_used_from_many_threads_at_once():
    found: dict[int, list[int | None]] = {}

    def work(base: int):
        found[base] = [o.value for o in make_runner("processes", workers=2).map(units.square, range(base, base + 5))]

    threads = [threading.Thread(target=work, args=(base,)) for base in (0, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {base: [n * n for n in range(base, base + 5)] for base in (0, 10, 20)}


def test_what_cannot_cross_a_process_border_says_so():
    runner = make_runner("processes", workers=1)
    with pytest.raises(Bug, match="the function given"):
        next(runner.map(lambda n: n, [1]))
    with pytest.raises(Bug, match="unit 0 cannot be sent"):
        next(runner.map(units.do_nothing, [lambda: 1]))  # type: ignore[list-item]
    (outcome,) = runner.map(units.hand_back_a_lambda, [1])
    assert outcome.failure is not None
    assert "cannot be sent between processes" in outcome.failure.message
    (outcome,) = runner.map(units.raise_peculiar, [7])
    assert outcome.failure is not None
    assert outcome.failure.code == "bug"


def test_nothing_is_left_running_when_the_caller_is_killed(tmp_path: Path):
    program = """
import sys
sys.path.insert(0, sys.argv[1])
import runner_units
from backbeat.runner import make_runner
tasks = ((sys.argv[2], n) for n in range(10**6))
for outcome in make_runner("processes", workers=2).map(runner_units.note_and_nap, tasks):
    pass
"""
    caller = subprocess.Popen([sys.executable, "-c", program, str(Path(__file__).parent), str(tmp_path)])
    try:
        wait_until(lambda: (tmp_path / "pids").exists())
        family = psutil.Process(caller.pid).children(recursive=True)
    finally:
        caller.kill()
        caller.wait()
    assert len(family) >= 3  # the fork server and two processes
    wait_until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family))


def wait_until(condition, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
