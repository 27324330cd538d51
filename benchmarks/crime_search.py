"""Searching the offence list by code, word and narrative: how fast, beside a plain scan, and how often it is right.

The peer is what a desk without an index does: every word of the text looked for with LIKE in every line of the same
list, the lines ordered by how many they hold.

How often it is right is measured on narratives written after the list of everyday words, and held to the peer on the
same narratives and the same words. They are made up and few: they compare, they do not say how a force's reports fare.
"""

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

from backbeat.crime.assist import Proposal, facts_from, search
from backbeat.crime.assist.corpus import entries_of
from backbeat.crime.assist.words import MAX_CHARACTERS, words_of
from backbeat.crime.rules import Rules, open_rules
from benchmarks.figure import Figure

CASES = Path(__file__).parents[1] / "tests" / "spec" / "crime"
LOOK_UPS = (
    """
8/6|008/06|8N 008/06|28I|glassed|bilking|twoc|affray|assualt|burglery|shoplif|actual bodily harm|revenge porn|perjury
possession of cocaine|threats to kill|going equipped|theft from motor vehicle|criminal damage to a dwelling
common assault emergency worker|no such word
""".strip()
    .replace("\n", "|")
    .split("|")
)
QUERIES = 500
GOAL_MS = 50.0


def like_scan(rules: Rules) -> Callable[[str], list[str]]:
    """Names of the ten best lines of the list by the number of words they hold."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE line (words TEXT)")
    entries = entries_of(rules)
    database.executemany(
        "INSERT INTO line VALUES (?)",
        ((f"{e.everyday} {e.title} {e.category} {e.law} {e.body} {' '.join(e.key)}".lower(),) for e in entries),
    )

    def ask(text: str) -> list[str]:
        asked = sorted({f"%{text[word.start : word.end].lower()}%" for word in words_of(text)})[:200]
        if not asked:
            return []
        held = " + ".join("(words LIKE ?)" for _ in asked)
        best = f"SELECT rowid, {held} AS held FROM line ORDER BY 2 DESC, 1 LIMIT 10"
        return [" ".join(entries[number - 1].key).strip() for number, _ in database.execute(best, asked)]

    return ask


def milliseconds(work: Callable[[str], object], texts: Iterator[str]) -> list[float]:
    spent = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        spent.append((time.perf_counter() - start) * 1e3)
    return spent


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def identified(proposal: Proposal) -> str:
    """As the cases name it: an act, or code and class."""
    offence = proposal.offence
    return proposal.id if offence is None else f"{offence.code} {offence.class_}"


def ranks(ask: Callable[[str], list[str]], cases: list[dict[str, Any]]) -> list[int | None]:
    """Where the first proposal stands that a recorder would look for; None: not among ten."""
    return [next((n for n, name in enumerate(ask(c["text"]), start=1) if name in c["expect"]), None) for c in cases]


def share(found: list[int | None], most: int) -> float:
    return sum(rank is not None and rank <= most for rank in found) / len(found)


def read_cases(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((CASES / name).read_text(encoding="utf-8")))


def run() -> list[Figure]:
    rules = open_rules().named("hocr-2026-27")
    assert rules is not None
    cases, fresh = read_cases("cases_assist.yaml"), read_cases("cases_assist_fresh.yaml")
    texts = [*LOOK_UPS, *(case["text"] for case in cases)]
    peer = like_scan(rules)
    start = time.perf_counter()
    search(rules, "warm")
    built = (time.perf_counter() - start) * 1e3
    for text in texts:
        search(rules, text)
    searched = p95(milliseconds(lambda text: search(rules, text), islice(cycle(texts), QUERIES)))
    scanned = p95(milliseconds(peer, islice(cycle(texts), QUERIES)))
    long = "".join(islice(cycle(f"{case['text']} " for case in cases), 500))[:MAX_CHARACTERS]
    longest = p95(milliseconds(lambda text: search(rules, text), iter([long] * 20)))
    read = p95(milliseconds(lambda text: facts_from(rules, text), islice(cycle(texts), QUERIES)))
    found = ranks(lambda text: [identified(proposal) for proposal in search(rules, text, limit=10)], fresh)
    scanned_found = ranks(peer, fresh)
    n = len(fresh)
    return [
        Figure("search, p95 of 500 texts", searched, "ms", GOAL_MS, "lower", f"LIKE scan {scanned:,.1f} ms"),
        Figure(f"search, text of {MAX_CHARACTERS:,} characters, p95", longest, "ms", GOAL_MS, "lower"),
        Figure("facts of a text, p95 of 500 texts", read, "ms", GOAL_MS, "lower"),
        Figure("first search, index built", built, "ms", 2_000, "lower"),
        *(
            Figure(
                f"right one among the first {most}, fresh narratives, n={n}",
                share(found, most),
                "share",
                share(scanned_found, most),
                "higher",
                "the goal is the LIKE scan's share",
            )
            for most in (1, 5)
        ),
    ]
