"""What `serve` does with its children."""

import sys
import threading
import time

from backbeat.station.serve import MOST_QUICK_DEATHS, Child, environment, options, supervise

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DIE = [sys.executable, "-c", "raise SystemExit(1)"]


def run_for(children: list[Child], act) -> int:
    stop = threading.Event()
    result: list[int] = []
    thread = threading.Thread(target=lambda: result.append(supervise(children, stop)))
    thread.start()
    try:
        act()
    finally:
        stop.set()
        thread.join(30)
    return result[0]


def wait_for(condition, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_child_that_was_killed_is_started_again_and_stopped_at_the_end():
    child = Child("sleeper", SLEEP)

    def kill_once():
        wait_for(lambda: child.process is not None)
        first = child.process
        first.kill()
        wait_for(lambda: child.process is not first)

    assert run_for([child], kill_once) == 0
    assert child.is_dead()


def test_a_child_that_never_stays_up_ends_everything_with_a_failure():
    dying, sleeper = Child("dying", DIE), Child("sleeper", SLEEP)
    assert run_for([dying, sleeper], lambda: wait_for(lambda: dying.quick_deaths >= MOST_QUICK_DEATHS)) == 1
    assert sleeper.is_dead()


def test_the_station_listens_on_loopback_unless_told_otherwise():
    assert options([]).host == "127.0.0.1"


def test_a_data_folder_named_on_the_command_line_reaches_the_children():
    assert environment(options(["--data", "/x/y"]), {"A": "b"})["BACKBEAT_DATA"] == "/x/y"
    assert "BACKBEAT_DATA" not in environment(options([]), {})
