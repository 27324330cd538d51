"""Searching the offence list by code, word and narrative: how fast, beside a plain scan, and how often it is right.

The peer is what a desk without an index does: every word of the text looked for with LIKE in every line of the same
list, the lines ordered by how many they hold.

How often it is right is measured on narratives written after the list of everyday words, and forty of them before the
sentence encoder was built in, and held to the peer on the same narratives. They are made up and few: they compare, they
do not say how a force's reports fare. Without the packages of the encoder its figures are left out.
"""

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

from backbeat.crime.assist import By, Proposal, facts_from, search, words_only_because
from backbeat.crime.assist.corpus import entries_of
from backbeat.crime.assist.encoder import missing_packages
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
LONG_MS = 500.0
"""For a text of the greatest length, of which four passages are read by meaning; nobody waits at each key for it."""
MOST_WORDS = 60
ALONE = {"words alone": By.WORDS, "meaning alone": By.MEANING}


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


def reciprocal(found: list[int | None]) -> float:
    return sum(1 / rank for rank in found if rank is not None) / len(found)


def accuracy(rules: Rules, peer: Callable[[str], list[str]], label: str, cases: list[dict[str, Any]]) -> list[Figure]:
    """First, among five, and mean reciprocal rank among ten; the goal is the peer's, the ways alone stand beside it."""
    beside = {"LIKE scan": ranks(peer, cases)}
    for way, by in ALONE.items():
        if by is By.WORDS or words_only_because(rules) is None:
            beside[way] = ranks(lambda text, by=by: [identified(p) for p in search(rules, text, by=by)], cases)
    found = ranks(lambda text: [identified(p) for p in search(rules, text)], cases)
    return [
        Figure(
            f"{claim}, {label}, n={len(cases)}",
            measure(found),
            "share",
            measure(beside["LIKE scan"]),
            "higher",
            ", ".join(f"{way} {measure(theirs):.3f}" for way, theirs in beside.items()),
        )
        for claim, measure in (
            ("right one first", lambda found: share(found, 1)),
            ("right one among five", lambda found: share(found, 5)),
            ("mean reciprocal rank", reciprocal),
        )
    ]


def speed(rules: Rules, peer: Callable[[str], list[str]], cases: list[dict[str, Any]]) -> list[Figure]:
    """Look-ups and narratives as they come, narratives of sixty words, and the longest text."""
    texts = [*LOOK_UPS, *(case["text"] for case in cases)]
    words = " ".join(case["text"] for case in cases).split()
    sixty = [" ".join(words[first : first + MOST_WORDS]) for first in range(0, len(words) - MOST_WORDS, MOST_WORDS)]
    long = "".join(islice(cycle(f"{case['text']} " for case in cases), 500))[:MAX_CHARACTERS]

    def timed(given: list[str], times: int, by: By | None) -> float:
        return p95(milliseconds(lambda text: search(rules, text, by=by), islice(cycle(given), times)))

    scanned = p95(milliseconds(peer, islice(cycle(texts), QUERIES)))
    figures = []
    for way, by in (("words alone", By.WORDS), ("with the encoder", None)):
        if by is By.WORDS or not missing_packages():
            start = time.perf_counter()
            search(rules, sixty[0], by=by)
            first = (time.perf_counter() - start) * 1e3
            for text in texts:
                search(rules, text, by=by)
            asked = timed(texts, QUERIES, by)
            figures += [
                Figure(f"first search, {way}", first, "ms", 2_000, "lower"),
                Figure(f"p95 of {QUERIES} texts, {way}", asked, "ms", GOAL_MS, "lower", f"LIKE scan {scanned:,.1f} ms"),
                Figure(f"p95, {MOST_WORDS} words, {way}", timed(sixty, 200, by), "ms", GOAL_MS, "lower"),
                Figure(
                    f"p95, {MAX_CHARACTERS:,} characters, {way}",
                    timed([long], 20, by),
                    "ms",
                    GOAL_MS if by is By.WORDS else LONG_MS,
                    "lower",
                ),
            ]
    read = p95(milliseconds(lambda text: facts_from(rules, text), islice(cycle(texts), QUERIES)))
    return [*figures, Figure(f"facts of a text, p95 of {QUERIES} texts", read, "ms", GOAL_MS, "lower")]


def run() -> list[Figure]:
    rules = open_rules().named("hocr-2026-27")
    assert rules is not None
    peer = like_scan(rules)
    return [
        *speed(rules, peer, read_cases("cases_assist.yaml")),
        *accuracy(rules, peer, "two voices", read_cases("cases_assist_fresh2.yaml")),
        *accuracy(rules, peer, "fresh", read_cases("cases_assist_fresh.yaml")),
    ]
