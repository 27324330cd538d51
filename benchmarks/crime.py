"""Crime: decisions a second on one core, and a year of a large force decided again under a new edition.

The reports are made up from the edition itself (`crime_reports`): acts picked and questions answered at random until
nothing is open. The peer is what any engine must do to the same reports first: reading and checking their facts.
"""

import json
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from backbeat.crime.comparing import compare
from backbeat.crime.deciding import decide
from backbeat.crime.facts_json import read_facts
from backbeat.crime.rules import PACKAGED, open_rules
from benchmarks.crime_reports import answered_reports, varied
from benchmarks.figure import Figure, peak_mebibytes

DIFFERENT = 3_000
YEAR = 250_000
DAY = date(2026, 5, 1)


def run() -> list[Figure]:
    shelf = open_rules()
    rules = shelf.on(DAY)
    facts = list(answered_reports(shelf, rules, DIFFERENT, seed=20260401))
    began = time.perf_counter()
    reports = [read_facts(one, shelf)[0] for one in facts]
    read = DIFFERENT / (time.perf_counter() - began)
    began = time.perf_counter()
    for report in reports:
        decide(rules, report)
    once = DIFFERENT / (time.perf_counter() - began)
    single = [report for report in reports if len(report.allegations) == 1]
    began = time.perf_counter()
    for report in single:
        decide(rules, report)
    one = len(single) / (time.perf_counter() - began)
    began = time.perf_counter()
    for report in reports:
        decide(rules, report).to_json()
    written = DIFFERENT / (time.perf_counter() - began)
    peer = f"reading the facts {read:,.0f}/s; decided and written out with reasons {written:,.0f}/s"
    figures = [
        Figure("decisions, one core, one to four allegations a report", once, "/s", 5_000, "higher", peer),
        Figure("decisions, one core, one allegation a report", one, "/s", 5_000, "higher"),
    ]
    with tempfile.TemporaryDirectory(prefix="backbeat-bench-") as name:
        figures += _year(Path(name), facts)
    return figures


def _year(folder: Path, facts: list[dict[str, object]]) -> list[Figure]:
    """A year under the packaged edition and under one that ranks two offences the other way round."""
    editions = folder / "editions"
    shutil.copytree(PACKAGED, editions)
    (editions / "pins.yaml").unlink(missing_ok=True)
    _make_next_edition(editions / "2026-27", editions / "2027-28")
    year = folder / "year.jsonl"
    with year.open("w") as file:
        file.writelines(_lines(facts))
    before, after = open_rules(editions).ids
    changed = 0

    def count(_: object) -> None:
        nonlocal changed
        changed += 1

    with year.open() as lines:
        began = time.perf_counter()
        found = compare(lines, before, after, folder=editions, runner="processes", on_change=count)
        seconds = time.perf_counter() - began
    assert found.reports == YEAR
    assert found.changed == changed > 0
    beside = f"{found.changed:,} reports come out otherwise"
    return [
        Figure(f"{YEAR:,} reports under two editions, both cores", seconds, "s", 180, "lower", beside),
        Figure("peak memory of the process that counts them", peak_mebibytes(), "MiB", 1024, "lower"),
    ]


def _lines(facts: list[dict[str, object]]) -> Iterator[str]:
    chance = random.Random(1)
    for number in range(YEAR):
        yield json.dumps(varied(facts[number % len(facts)], number, chance)) + "\n"


def _make_next_edition(old: Path, new: Path) -> None:
    """The same rules a year on, with actual bodily harm and threats to kill changed over in the look-up table."""
    shutil.copytree(old, new)
    top = (old / "edition.yaml").read_text()
    top = top.replace("id: hocr-2026-27", "id: hocr-2027-28").replace(
        "valid_from: 2026-04-01", "valid_from: 2027-04-01"
    )
    (new / "edition.yaml").write_text(top)
    table = new / "lists" / "lookup.csv"
    rows = table.read_text().splitlines()
    swapped = []
    for row in rows:
        rank, _, rest = row.partition(",")
        swapped.append(f"{ {'22': '30', '30': '22'}.get(rank, rank) },{rest}")
    table.write_text("\n".join(swapped) + "\n")
