"""Functions over units for the runner contract. In a module of their own, so that other processes can import them."""

import os
import signal
import time
from pathlib import Path

from backbeat.errors import InputRejected, UnitFailed


class Peculiar(UnitFailed):
    """An error that cannot be rebuilt from its message alone."""

    code = "test.peculiar"

    def __init__(self, page: int, *, colour: str) -> None:
        super().__init__(f"Page {page} is {colour}.", where="page", do="nothing")


def echo(body: bytes) -> bytes:
    return body


def leave(status: int) -> None:
    raise SystemExit(status)


def square(n: int) -> int:
    return n * n


def refuse_odd(n: int) -> int:
    if n % 2:
        raise InputRejected(f"Unit {n} is odd.", where=f"unit {n}", do="send an even one")
    return n


def fail_badly(text: str) -> str:
    raise ValueError(f"cannot digest {text}")


def raise_peculiar(page: int) -> None:
    raise Peculiar(page, colour="blue")


def nap(ms: int) -> int:
    time.sleep(ms / 1000)
    return ms


def die_on_three(n: int) -> int:
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def die_once(task: tuple[str, int]) -> int:
    """Dies the first time it sees each task; the folder remembers. One line per call that got through."""
    folder, n = task
    try:
        (Path(folder) / f"seen-{n}").touch(exist_ok=False)
    except FileExistsError:
        return n
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def note_and_nap(task: tuple[str, int]) -> int:
    folder, n = task
    with (Path(folder) / "pids").open("a") as pids:
        pids.write(f"{os.getpid()}\n")
    time.sleep(0.03)
    return n


def hand_back_a_lambda(n: int) -> object:
    return lambda: n


def do_nothing(n: int) -> None:
    return None
