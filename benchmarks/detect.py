"""What the detectors find, on made-up British papers and on a public set, and how fast."""

import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))  # the generator is shared with the tests

from case_papers import TEMPLATES, Papers, wilson  # noqa: E402
from marked_text import Span, covered, document, read_marked, typed  # noqa: E402

from backbeat.redaction.case import parse_people  # noqa: E402
from backbeat.redaction.detect import detect  # noqa: E402
from backbeat.redaction.model import Kind  # noqa: E402
from benchmarks.figure import Figure  # noqa: E402

PUBLIC_SET = HERE.parents[1] / "shared" / "data" / "ner" / "presidio_research" / "synth_dataset_v2.json"
RULES = HERE.parents[1] / "shared" / "data" / "crime" / "rules_2026_27" / "crime-recording-rules-2026_27-April-v2.pdf"
SEED = 20_261_122
PER_KIND = 400
PAGE = 2_500
"""Characters of a page, as the field counts them."""
UNION_ANCHOR = 0.838
"""Full coverage on the public set of two published detectors together: Presidio with a small spaCy model, Rampart."""
CRITICAL = (
    "phone",
    "email",
    "nhs-number",
    "nino",
    "postcode",
    "vrm",
    "driving-licence",
    "pncid",
    "cro",
    "bank-account",
)


def run() -> list[Figure]:
    """Print a line per kind; return the figures that have a goal."""
    return [*_per_kind(), *_false_alarms(), *_real_rules(), *_register(), *_public_set(), *_speed()]


def _per_kind() -> list[Figure]:
    papers = Papers(SEED)
    figures: list[Figure] = []
    hits = trials = right = proposed = 0
    for kind in TEMPLATES:
        use_model = kind == "person"
        found = full = total = good = made = 0
        for marked in papers.sentences(kind, PER_KIND):
            text, spans = read_marked(marked)
            mentions = detect(document(text), (), use_model=use_model)
            for span in spans:
                total += 1
                full += covered(text, span, mentions)
                found += typed(span, mentions)
            for mention in mentions:
                if mention.kind is Kind(kind):
                    made += 1
                    good += any(mention.start < s.end and s.start < mention.end for s in spans)
        low, high = wilson(full, total)
        print(
            f"  {kind:<16} n {total}  full coverage {full / total:.3f} [{low:.3f}, {high:.3f}]  typed recall "
            f"{found / total:.3f}  precision {good / max(1, made):.3f} of {made}"
        )
        if kind in CRITICAL:
            hits, trials, right, proposed = hits + full, trials + total, right + good, proposed + made
        if kind == "person":
            figures.append(Figure("persons without a register, full coverage", full / total, "share", 0.92, "higher"))
        if kind == "address":
            figures.append(Figure("whole addresses, full coverage", full / total, "share", 0.95, "higher"))
    return [
        Figure("critical identifiers, full coverage", hits / trials, "share", 0.995, "higher"),
        Figure("critical identifiers, precision", right / proposed, "share", 0.95, "higher"),
        *figures,
    ]


def _false_alarms() -> list[Figure]:
    chance = random.Random(SEED)
    alarms = 0
    for _ in range(2_000):
        number = "".join(chance.choice("0123456789") for _ in range(10))
        mentions = detect(document(f"Order {number} was delivered."), (), use_model=False)
        alarms += any(m.kind is Kind.NHS_NUMBER for m in mentions)
    return [Figure("NHS alarms on ten digits without context", alarms / 2, "per 1,000", 1.0, "lower")]


def _real_rules() -> list[Figure]:
    """98 pages of public rules that name nobody: whatever is found there is a false alarm, or a public body."""
    if not RULES.is_file():
        print("  the rules are not beside this checkout: not measured")
        return []
    import pypdfium2

    pdf = pypdfium2.PdfDocument(RULES)
    text = "\f".join(page.get_textpage().get_text_range() for page in pdf)
    pages = len(pdf)
    pdf.close()
    by_rules = Counter(m.kind.value for m in detect(document(text), (), use_model=False))
    with_model = Counter(m.kind.value for m in detect(document(text), ()))
    print(f"  rules PDF, {pages} pages: by rules {dict(by_rules)}; with the model {dict(with_model)}")
    critical = sum(count for kind, count in by_rules.items() if kind in CRITICAL)
    return [
        Figure("false critical identifiers on real prose", critical / pages, "a page", 0.01, "lower"),
        Figure("false persons on real prose, with the model", with_model["person"] / pages, "a page", 1.0, "lower"),
    ]


FORMS = ("{f} {s}", "{s}, {f}", "{S}, {f}", "{f} {S}", "{i}. {s}", "Mr {s}", "{f}", "{s}", "{l}", "{f}'s")
FRAMES = ("Then {} left.", "I spoke to {} about it", "He said that {} had been there.", "exhibit from {}")


def _register() -> list[Figure]:
    papers = Papers(SEED + 1)
    people, used = [], set()
    while len(people) < 60:
        forename, surname = papers.faker.first_name(), papers.faker.last_name()
        if forename not in used and surname not in used and forename != surname:
            used |= {forename, surname}
            people.append((forename, surname))
    register = parse_people(
        [{"id": f"P{n}", "names": [f"{f} {s}"], "role": "witness"} for n, (f, s) in enumerate(people)]
    )
    hits = linked = total = 0
    for number, (f, s) in enumerate(people):
        for form in FORMS:
            value = form.format(f=f, s=s, S=s.upper(), i=f[0], l=f"{f} {s}".lower())
            text, spans = read_marked(papers.random.choice(FRAMES).format(f"[[person|{value}]]"))
            mentions = detect(document(text), register, use_model=False)
            total += 1
            hits += covered(text, spans[0], mentions)
            linked += any(m.person == f"P{number}" for m in mentions)
    low, high = wilson(hits, total)
    print(f"  register people  n {total}  full coverage {hits / total:.3f} [{low:.3f}, {high:.3f}]")
    return [
        Figure("persons with a register, full coverage", hits / total, "share", 0.97, "higher"),
        Figure("persons with a register, linked to the right person", linked / total, "share", 0.95, "higher"),
    ]


def _public_set() -> list[Figure]:
    if not PUBLIC_SET.is_file():
        print("  the public set is not beside this checkout: not measured")
        return []
    by_class: dict[str, list[bool]] = {}
    masked = inside = characters = 0
    for sample in json.loads(PUBLIC_SET.read_text(encoding="utf-8")):
        text = sample["full_text"]
        mentions = detect(document(text), ())
        wanted: set[int] = set()
        for entry in sample["spans"]:
            span = Span(Kind.OTHER, entry["start_position"], entry["end_position"])
            by_class.setdefault(entry["entity_type"], []).append(covered(text, span, mentions))
            wanted.update(range(span.start, span.end))
        taken = {i for m in mentions for i in range(m.start, m.end)}
        masked, inside, characters = masked + len(taken), inside + len(taken & wanted), characters + len(text)
    for name, results in sorted(by_class.items(), key=lambda item: -len(item[1])):
        low, high = wilson(sum(results), len(results))
        share = sum(results) / len(results)
        print(f"  public {name:<18} n {len(results):<4} full coverage {share:.3f} [{low:.3f}, {high:.3f}]")
    every = [hit for results in by_class.values() for hit in results]
    print(f"  public set: {masked / characters:.3f} of the characters masked, {inside / masked:.3f} of those in a span")
    peer = f"two published detectors together {UNION_ANCHOR}"
    return [
        Figure("public set, full coverage of any class", sum(every) / len(every), "share", UNION_ANCHOR, "higher", peer)
    ]


def _speed() -> list[Figure]:
    papers = Papers(SEED + 2)
    people = parse_people([{"id": f"P{n}", "names": [papers.name()], "role": "witness"} for n in range(40)])
    kinds = list(TEMPLATES)
    lines = [
        next(papers.sentences(papers.random.choice(kinds), 1)) + " " + papers.faker.paragraph(6) for _ in range(400)
    ]
    text = read_marked("\n".join(lines))[0]
    figures = []
    for use_model, goal, words in ((False, 10.0, "rules and register"), (True, 3.0, "rules, register and model")):
        detect(document(text[:PAGE]), people, use_model=use_model)
        start = time.perf_counter()
        detect(document(text), people, use_model=use_model)
        rate = len(text) / (time.perf_counter() - start)
        print(f"  {words}: {rate:,.0f} characters a second over {len(text):,}")
        figures.append(Figure(f"detect with {words}", rate / PAGE, "pages/s", goal, "higher"))
    return figures
