"""Appends records and access entries from a process of its own: `python appender.py DATA URL TIMES`."""

import sys
from pathlib import Path

from ledger.samples import entry, record

from backbeat.installation import Installation
from backbeat.ledger import AccessLog, Ledger


def main(data: str, url: str, times: str) -> None:
    installation = Installation.open(Path(data), url)
    ledger, access = Ledger.open(installation), AccessLog.open(installation)
    for _ in range(int(times)):
        ledger.append([record(), record()])
        access.record(entry(), {"from": "a process"})
    ledger.log.engine.dispose()
    access.log.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
