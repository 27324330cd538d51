"""Searching the offence list by code, word and narrative: how fast, beside a plain scan, and how often it is right.

The peer is what a desk without an index does: every word of the text looked for with LIKE in every line of the same
list, the lines ordered by how many they hold.

The narratives are made up, by the author of the list of everyday words; half were held out and scored once. They say
that nothing broke, not how the search does on the reports of a force.
"""

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import yaml

from backbeat.crime.assist import Proposal, facts_from, search
from backbeat.crime.assist.corpus import entries_of
from backbeat.crime.assist.words import MAX_CHARACTERS, words_of
from backbeat.crime.rules import Rules, open_rules
from benchmarks.figure import Figure

CASES = Path(__file__).parents[1] / "tests" / "spec" / "crime" / "cases_assist.yaml"
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


def like_scan(rules: Rules) -> Callable[[str], object]:
    """Ten best lines of the list by the number of words they hold."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE line (words TEXT)")
    entries = entries_of(rules)
    database.executemany(
        "INSERT INTO line VALUES (?)",
        ((f"{e.everyday} {e.title} {e.category} {e.law} {e.body} {' '.join(e.key)}".lower(),) for e in entries),
    )

    def ask(text: str) -> object:
        asked = sorted({f"%{text[word.start : word.end].lower()}%" for word in words_of(text)})[:200]
        if not asked:
            return []
        held = " + ".join("(words LIKE ?)" for _ in asked)
        return database.execute(f"SELECT rowid, {held} AS held FROM line ORDER BY 2 DESC LIMIT 10", asked).fetchall()

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


def ranks(rules: Rules, cases: list[dict[str, object]]) -> list[int | None]:
    """Where the first proposal stands that a recorder would look for; None: not among ten."""
    found = []
    for case in cases:
        proposed = [identified(proposal) for proposal in search(rules, str(case["text"]), limit=10)]
        found.append(next((n for n, name in enumerate(proposed, start=1) if name in case["expect"]), None))  # type: ignore[operator]
    return found


def run() -> list[Figure]:
    rules = open_rules().named("hocr-2026-27")
    assert rules is not None
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))
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
    found = ranks(rules, cases[1::2])
    n = len(found)
    first, five = (sum(rank is not None and rank <= most for rank in found) / n for most in (1, 5))
    mrr = sum(1 / rank for rank in found if rank is not None) / n
    return [
        Figure("search, p95 of 500 texts", searched, "ms", GOAL_MS, "lower", f"LIKE scan {scanned:,.1f} ms"),
        Figure(f"search, text of {MAX_CHARACTERS:,} characters, p95", longest, "ms", GOAL_MS, "lower"),
        Figure("facts of a text, p95 of 500 texts", read, "ms", GOAL_MS, "lower"),
        Figure("first search, index built", built, "ms", 2_000, "lower"),
        Figure(f"right one first, held-out narratives, n={n}", first, "share", 0.85, "higher"),
        Figure(f"right one among five, held-out narratives, n={n}", five, "share", 0.95, "higher"),
        Figure(f"mean reciprocal rank, held-out narratives, n={n}", mrr, "", 0.9, "higher"),
    ]
