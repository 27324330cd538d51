"""Keeps the desks' clocks going beside the jobs of a worker, each in a thread of its own.

A clock that meets a database that is away tries again at its next look. Whatever else a look raises is logged and does
not end the clock: timers that nobody watches would be worse than a fault seen twice.
"""

import logging
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import Error, close_old_connections, connections

from backbeat.station.desks import Clock

__all__ = ["ticking"]

log = logging.getLogger(__name__)
LONGEST_S = 30.0
"""How long the end waits for a look that has begun."""


@contextmanager
def ticking(clocks: Sequence[Clock]) -> Iterator[None]:
    """Keep clocks going until the end of the block."""
    stop = threading.Event()
    threads = [threading.Thread(target=_keep, args=(clock, stop), daemon=True) for clock in clocks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(LONGEST_S)


def _keep(clock: Clock, stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            clock.tick()
        except Error as error:
            log.warning("clock: the database refused (%s); looking again", type(error).__name__)
        except Exception as error:  # noqa: BLE001  the edge of a thread that must not end; its text may quote data
            places = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-6:]]
            log.error("clock: %s at %s", type(error).__name__, ", ".join(places))
        stop.wait(clock.every_s)
    connections.close_all()
