"""Triage: one assessment as the call handler's page asks for it, against zen-engine; and a force's log of a year.

Calls are the made-up month. The page assesses after every answer, so the facts measured are those of each call with
none, one, two … of its questions answered; most are incomplete, where an assessment also says what to ask next and what
the open facts could still bring. The peer cannot do that: it gets complete facts only, and only the gates.

Held to their limits is time on the processor; time by the clock stands beside, which others on the machine lengthen.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from backbeat.rulebook import Fact, Facts
from backbeat.rulebook.table import Table
from backbeat.rulebook.values import write_value
from backbeat.triage.assessing import assess
from backbeat.triage.derived import ambulance_in_time, partner_in_time
from backbeat.triage.model import Outcome
from backbeat.triage.policies import Policy, open_policies
from backbeat.triage.simulation.call_log import read_log
from backbeat.triage.simulation.comparing import compare
from backbeat.triage.simulation.deciding import Before, PolicyDecider
from backbeat.triage.simulation.generator import make_month
from backbeat.triage.simulation.service import make_log
from benchmarks.figure import Figure, peak_mebibytes

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / "var" / "peers" / "zen"
PEER_VERSION = "zen-engine==2.1.3"
CALLS = 1_600
PEER_CASES = 2_000
LOG_ROWS = 100_000


def run() -> list[Figure]:
    policy = open_policies().on(date(2026, 6, 1))
    first, _ = milliseconds(policy, [{}])
    calls = [call.facts for call in make_month("cheshire", calls=CALLS)]
    steps = [facts for call in calls for facts in answered(policy, call)]
    random.Random(1).shuffle(steps)
    spent, clock = milliseconds(policy, steps)
    half, half_clock = milliseconds(policy, sparse(calls))
    figures = [
        Figure(
            "assess, p99, questions answered one by one", p99(spent), "ms", 10, "lower",
            f"{len(steps):,} assessments, median {middle(spent):.2f} ms, the very first {first[0]:.0f} ms; "
            f"by the clock p99 {p99(clock):.2f} ms",
        ),
        Figure(
            "assess, p99, any half of the facts open", p99(half), "ms", 10, "lower",
            f"median {middle(half):.2f} ms; by the clock p99 {p99(half_clock):.2f} ms",
        ),
    ]  # fmt: skip
    figures += against_peer(policy, calls)
    figures += log_of_a_year(policy)
    return figures


def answered(policy: Policy, call: Facts) -> list[Facts]:
    """The facts after every answer, in the order the policy asks."""
    known: dict[str, Fact] = {"strand": call["strand"], "contact_number": call["contact_number"]}
    steps: list[Facts] = [dict(known)]
    while (made := assess(policy, known)).outcome is Outcome.ASK_MORE:
        fresh = next([fact for fact in one.facts if fact in call] for one in made.questions)
        known |= {fact: call[fact] for fact in fresh}
        steps.append(dict(known))
    return steps


def sparse(calls: list[Facts]) -> list[Facts]:
    """Calls with any half of their facts, as a program might send them."""
    chance = random.Random(2)
    return [{name: fact for name, fact in call.items() if chance.random() < 0.5} for call in calls * 3]


def milliseconds(policy: Policy, cases: list[Facts]) -> tuple[list[float], list[float]]:
    """Of each assessment, sorted: on the processor, and by the clock."""
    spent, clock = [], []
    for facts in cases:
        began, began_clock = time.thread_time(), time.perf_counter()
        assess(policy, facts)
        spent.append((time.thread_time() - began) * 1000)
        clock.append((time.perf_counter() - began_clock) * 1000)
    return sorted(spent), sorted(clock)


def middle(ordered: list[float]) -> float:
    return ordered[len(ordered) // 2]


def p99(ordered: list[float]) -> float:
    return ordered[len(ordered) * 99 // 100]


# --- the peer ---------------------------------------------------------------------------------------------------------


def against_peer(policy: Policy, calls: list[Facts]) -> list[Figure]:
    """Complete facts: an assessment with reasons, duties and statement, against the peer's bare gates."""
    cases = [call for call in calls if call["strand"] == "welfare"]
    cases = (cases * (PEER_CASES // len(cases) + 1))[:PEER_CASES]
    tables = [
        policy.edition.tables[name]
        for name in ("gate_crime", "gate_risk", "gate_duty", "gate_repeat", "scope", "strand_welfare", "partner")
    ]
    ours, _ = milliseconds(policy, cases)
    scan = f"a plain scan of the rows takes {middle(scan_ms(tables, cases)) * 1000:.0f} µs and explains nothing"
    peer = peer_ms(tables, cases)
    if peer is None:
        return [Figure("assess on complete facts, median", middle(ours), "ms", 10, "lower", scan)]
    return [
        Figure(
            f"assess on complete facts against {PEER_VERSION} on the gates alone", middle(peer) / middle(ours),
            "times as fast", 0.5, "higher", f"{middle(ours):.2f} ms against {middle(peer):.2f} ms, medians; {scan}",
        )
    ]  # fmt: skip


def given(facts: Facts) -> dict[str, Fact]:
    """Facts with those the engine derives, none left out."""
    full = dict(facts)
    for name, derive in (("ambulance_in_time", ambulance_in_time), ("partner_in_time", partner_in_time)):
        fact, _missing = derive(facts)
        full[name] = "unknown" if fact is None else fact
    return full


def scan_ms(tables: list[Table], cases: list[Facts]) -> list[float]:
    spent = []
    for case in cases:
        began = time.thread_time()
        facts = given(case)
        for table in tables:
            scan(table, facts)
        spent.append((time.thread_time() - began) * 1000)
    return sorted(spent)


def scan(table: Table, facts: dict[str, Fact]) -> str:
    """The first row that holds, by looking at every cell."""
    at = [output.name for output in table.outputs].index("response")
    for row in table.rows:
        for input_, condition in zip(table.inputs, row.cells, strict=True):
            word = write_value(facts.get(input_.name, "unknown"))
            if word == "unknown":
                holds = condition.anything or condition.unknown
            else:
                holds = condition.holds_ordinal(word) if isinstance(word, int) else condition.holds_word(str(word))
            if not holds:
                break
        else:
            return str(row.outputs[at])
    return str(table.default.outputs[at])


def peer_ms(tables: list[Table], cases: list[Facts]) -> list[float] | None:
    """Sorted milliseconds of the peer, which must say the same of every case; None where it cannot be had."""
    python = PEER / "bin" / "python"
    if not python.exists():
        PEER.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(PEER)], check=False, capture_output=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", PEER_VERSION]
        if made.returncode or subprocess.run(pip, check=False, capture_output=True).returncode:
            print("zen-engine could not be installed: no ratio this time.", file=sys.stderr)
            python.unlink(missing_ok=True)
            return None
    plain = [{name: write_value(fact) for name, fact in given(case).items()} for case in cases]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / "tables.json", Path(folder) / "cases.json"]
        files[0].write_text(json.dumps([as_plain(table) for table in tables]))
        files[1].write_text(json.dumps(plain))
        script = Path(__file__).parent / "peers" / "zen_gates.py"
        command = [str(python), str(script), *map(str, files)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for case, said in zip(cases, found["said"], strict=True):
        facts = given(case)
        assert said == {table.id: scan(table, facts) for table in tables}, "the peer was given other tables"
    return sorted(found["ms"])


def as_plain(table: Table) -> dict[str, object]:
    at = [output.name for output in table.outputs].index("response")
    rows = [{"id": row.id, "cells": [one.text for one in row.cells], "response": row.outputs[at]} for row in table.rows]
    default = {"id": "default", "cells": ["-"] * len(table.inputs), "response": table.default.outputs[at]}
    return {"id": table.id, "inputs": [input_.name for input_ in table.inputs], "rows": [*rows, default]}


# --- a log ------------------------------------------------------------------------------------------------------------


def log_of_a_year(policy: Policy) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="backbeat-bench-") as name:
        path = Path(name) / "log.csv"
        with path.open("w", newline="") as file:
            make_log(policy, file.write, profile="cheshire", calls=LOG_ROWS)
        content = path.read_bytes()
    began, clock = time.process_time(), time.perf_counter()
    calls = read_log(content, policy.types).require()
    read, read_clock = time.process_time() - began, time.perf_counter() - clock
    assert len(calls) == LOG_ROWS
    began, clock = time.process_time(), time.perf_counter()
    found = compare(calls, Before(), PolicyDecider(lambda facts: assess(policy, facts), policy.id, policy.hash))
    replayed, replayed_clock = time.process_time() - began, time.perf_counter() - clock
    assert found.new.missed == 0
    return [
        Figure(f"read a log of {LOG_ROWS:,} calls", read, "s", 15, "lower", f"by the clock {read_clock:.1f} s"),
        Figure("replay it under two policies", replayed, "s", 60, "lower", f"by the clock {replayed_clock:.1f} s"),
        Figure("peak memory with the log held whole", peak_mebibytes(), "MiB", 1024, "lower"),
    ]
