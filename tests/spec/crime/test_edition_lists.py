"""The reference lists of the edition 2026/27: complete, of one mind, and true to the pages they cite."""

import csv
import importlib.util
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
import yaml

from backbeat.rulebook.lists import make_list
from backbeat.rulebook.sources import Faults

ROOT = Path(__file__).resolve().parents[3]
EDITION = ROOT / "src" / "backbeat" / "crime" / "data" / "2026-27"
SCRIPT = ROOT / "scripts" / "build_crime_edition.py"
HEADER = yaml.load((EDITION / "edition.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
KEYS = {entry["id"]: entry["key"] for entry in HEADER["lists"]}
MINE = (
    "additional cancellations continuation flags fraud_routes incidents ladder ladder_scope location_order lookup "
    "offences outcomes schools_serious sets swallowed units"
).split()
AUTHORED = sorted(set(MINE) - {"incidents", "lookup", "offences"})

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (EDITION / "lists" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def quotes() -> ModuleType:
    """The module of the build script that knows how to look a quotation up."""
    spec = importlib.util.spec_from_file_location("crime_quotes", ROOT / "scripts" / "crime_quotes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(quotes: ModuleType, shared_data: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = quotes.read_pages(shared_data / "crime" / "rules_2026_27")
    return found


# --- as a whole -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MINE)
def test_each_list_is_declared_and_keyed(name: str) -> None:
    faults = Faults()
    documents = {document["id"] for document in HEADER["documents"]}
    made = make_list(name, EDITION / "lists" / f"{name}.csv", tuple(KEYS[name].split()), documents, faults)
    assert faults.found == []
    assert made is not None


def test_the_build_script_makes_what_is_checked_in(shared_data: Path) -> None:
    assert build(ROOT, shared_data, "--check") == (0, "")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A checkout with nothing but the script and the rules, to change."""
    for folder in ("scripts", "src/backbeat/crime/data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "src/backbeat/crime/data/pins.yaml").unlink(missing_ok=True)
    return tmp_path


def build(checkout: Path, source: Path, *options: str) -> tuple[int, str]:
    script = checkout / "scripts" / SCRIPT.name
    command = [sys.executable, str(script), "--source", str(source / "crime"), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


def test_the_build_script_notices_a_changed_list_and_mends_it(copied: Path, shared_data: Path) -> None:
    changed = copied / "src/backbeat/crime/data/2026-27/lists/lookup.csv"
    changed.write_text(changed.read_text(encoding="utf-8").replace("008/77", "008/78"), encoding="utf-8")
    assert build(copied, shared_data, "--check") == (1, "lookup.csv is not what the source files make\n")
    assert build(copied, shared_data) == (0, "")
    assert changed.read_bytes() == (EDITION / "lists" / "lookup.csv").read_bytes()


def test_the_build_script_notices_words_that_stand_on_another_page(copied: Path, shared_data: Path) -> None:
    changed = copied / "src/backbeat/crime/data/2026-27/lists/ladder.csv"
    changed.write_text(changed.read_text(encoding="utf-8").replace(",rules,57,", ",rules,58,"), encoding="utf-8")
    code, said = build(copied, shared_data, "--check")
    assert code == 1
    assert said.count("rules p58 does not say") == 3


def test_pins_hold_the_edition_to_its_files(copied: Path, shared_data: Path) -> None:
    shelf = copied / "src/backbeat/crime/data"
    assert build(copied, shared_data, "--pin") == (0, "")
    assert HEADER["id"] in (shelf / "pins.yaml").read_text(encoding="utf-8")
    assert build(copied, shared_data, "--pin", "--check") == (0, "")
    with (shelf / "2026-27/lists/flags.csv").open("a", encoding="utf-8") as stream:
        stream.write("new,New,mandatory,,no,,rules,26,Added\n")
    assert build(copied, shared_data, "--pin", "--check") == (1, "pins.yaml does not hold the hash of the edition\n")


# --- the offence list -------------------------------------------------------------------------------------------------


def test_the_offence_list_is_whole() -> None:
    listed = rows("offences")
    current = [row for row in listed if row["current"] == "yes"]
    assert (len(listed), len(current), len({row["code"] for row in current})) == (1698, 1630, 1327)


def test_a_code_is_no_key() -> None:
    classes, sentences = defaultdict(set), defaultdict(set)
    for row in rows("offences"):
        if row["current"] == "yes":
            classes[row["code"]].add(row["class"])
            sentences[row["code"], row["class"]].add(row["max_days"])
    assert sum(len(held) > 1 for held in classes.values()) == 26
    assert sum(len(held) > 1 for held in sentences.values()) == 14
    assert classes["005/01"] == {"5D", "8S", "8T"}
    assert sentences["003/03", "3A"] == {"3650", "999999"}


def test_every_offence_has_class_basis_and_mode() -> None:
    for row in rows("offences"):
        assert re.fullmatch(r"\d{3}/\d\d", row["code"])
        assert row["class"]
        assert row["basis"] in ("V", "S", "S/V")
        assert row["mode"] in ("I", "E", "S")
        assert row["group"]


def test_fraud_rows_have_the_class_their_category_names() -> None:
    named = [row for row in rows("offences") if "class taken from the category" in row["remark"]]
    assert len(named) == 33
    assert all(row["category"].replace(" ", "").startswith(row["class"]) for row in named)
    unnamed = [(row["code"], row["class"]) for row in rows("offences") if row["class"] == "NFIB"]
    assert unnamed == [("053/40", "NFIB"), ("053/46", "NFIB")]


@pytest.mark.parametrize(
    ("printed", "days"),
    [
        ("Life", "999999"),
        ("14", "5110"),
        ("51 weeks", "357"),
        ("6m", "183"),
        ("3m", "91"),
        ("1m", "30"),
        ("fine", "0"),
        ("Fine", "0"),
        ("?", ""),  # not known is not a fine
    ],
)
def test_sentences_in_days(printed: str, days: str) -> None:
    assert {row["max_days"] for row in rows("offences") if row["max_sentence"] == printed} == {days}


def test_what_is_odd_in_the_list_is_kept_and_remarked() -> None:
    odd = {
        row["page"]: row["remark"] for row in rows("offences") if row["remark"] and "taken from" not in row["remark"]
    }
    assert odd == {
        "row 99": "commencement to be confirmed",
        "row 158": "not current, and the list does not say since when",
        "row 372": "the list says various sub classes",
        "row 378": "the list gives no class",
        "row 467": "not current, and the list does not say since when",
        "row 697": "the list puts a question mark behind 28/02/22",
        "row 1419": "current in the list, which also says since when it is not",  # 099/96
        "row 1550": "not current, and the list does not say since when",
    }


def test_an_offence_stands_on_the_row_of_the_sheet_it_cites(shared_data: Path) -> None:
    name = "notifiable-offence-and-notifiable-reported-incidents-april-2026.ods"
    sheet = sheet_rows(shared_data / "crime" / "rules_2026_27" / name)
    for row in rows("offences"):
        cells = sheet[int(row["page"].removeprefix("row "))]
        assert cells[0] == row["code"]
        assert "".join(cells[7].split()) == "".join(row["offence"].split())


def sheet_rows(path: Path) -> dict[int, list[str]]:
    """The first eight cells of each row of the first sheet, by row number."""
    table, text = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "text"))
    root = ElementTree.fromstring(zipfile.ZipFile(path).read("content.xml"))
    first = next(root.iter(f"{table}table"))
    found: dict[int, list[str]] = {}
    number = 0
    for row in first.iter(f"{table}table-row"):
        cells: list[str] = []
        for cell in row.iter(f"{table}table-cell"):
            words = " ".join("".join(line.itertext()) for line in cell.iter(f"{text}p"))
            cells += [words.strip()] * min(int(cell.get(f"{table}number-columns-repeated", "1")), 8)
        number += int(row.get(f"{table}number-rows-repeated", "1"))
        found[number] = cells[:8]
    return found


# --- the look-up table ------------------------------------------------------------------------------------------------


def test_the_lookup_table_has_39_ranks_of_offences_in_force() -> None:
    current = {(row["code"], row["class"]) for row in rows("offences") if row["current"] == "yes"}
    assert {int(row["rank"]) for row in rows("lookup")} == set(range(1, 40))
    assert all((row["code"], row["class"]) in current for row in rows("lookup"))


def test_101_of_741_pairs_of_ranks_are_out_of_order_of_sentence() -> None:
    listed: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows("offences"):
        pair = row["code"], row["class"]
        listed[pair] = max(listed[pair], int(row["max_days"] or 0))
    of_rank: dict[int, int] = defaultdict(int)
    for row in rows("lookup"):
        of_rank[int(row["rank"])] = max(of_rank[int(row["rank"])], listed[row["code"], row["class"]])
    pairs = list(combinations(sorted(of_rank), 2))
    assert len(pairs) == 741
    assert sum(of_rank[first] < of_rank[second] for first, second in pairs) == 101


@pytest.mark.parametrize(
    ("code", "class_", "rank"),
    [
        ("019/07", "19D", "3"),
        ("019/19", "19K", "3"),
        ("034/02", "34A", "4"),  # printed as 34
        ("020/04", "20B", "6"),
        ("028/03", "28P", "32"),
        ("031/00", "31A", "21"),
        ("008/06", "8S", None),  # the number stands there in class 8N only
        ("008/77", "8T", None),
        ("005/01", "8S", None),
        ("008/60", "8P", None),
        ("019/15", "19C", None),  # inside the printed range, but no row of the list
        ("058/04", "58J", None),  # 58J is printed with 058/00, which it does not hold
        ("001/02", "1", None),  # only 001/01 is printed
    ],
)
def test_ranges_are_written_out(code: str, class_: str, rank: str | None) -> None:
    found = {(row["code"], row["class"]): row["rank"] for row in rows("lookup")}
    assert found.get((code, class_)) == rank


def test_what_the_table_calls_conduct_is_the_ladder_and_the_set() -> None:
    table = {f"{row['code']} {row['class']}" for row in rows("lookup") if row["conduct"] == "yes"}
    ladder = {f"{row['code']} {row['class']}" for row in rows("ladder")}
    named = {row["selector"] for row in rows("sets") if row["set"] == "conduct"}
    assert table == ladder == named
    assert len(named) == 8


def test_the_ladder_has_the_sentences_of_the_list() -> None:
    listed = {(row["code"], row["class"]): row["max_days"] for row in rows("offences")}
    assert all(listed[row["code"], row["class"]] == row["max_days"] for row in rows("ladder"))


# --- selectors --------------------------------------------------------------------------------------------------------


def selectors() -> list[tuple[str, str]]:
    columns = {"additional": ("what", "by"), "swallowed": ("what", "by")}
    found = []
    for name in ("additional", "swallowed", "ladder_scope", "fraud_routes", "sets", "schools_serious"):
        for row in rows(name):
            if row.get("kind") != "consequence":
                found += [(name, row[column]) for column in columns.get(name, ("selector",))]
    return found


@pytest.mark.parametrize(("name", "selector"), sorted(set(selectors())))
def test_every_selector_names_something_in_force(name: str, selector: str) -> None:
    current = {(row["code"], row["class"]) for row in rows("offences") if row["current"] == "yes"}
    if selector.startswith("@"):
        assert selector[1:] in {row["set"] for row in rows("sets")}
    elif selector != "*":
        code, _, class_ = selector.rpartition(" ")
        assert any(pair[1] == class_ and code in ("", pair[0]) for pair in current)


def covered(name: str) -> set[tuple[str, str]]:
    wanted = {row["selector"] for row in rows("sets") if row["set"] == name}
    pairs = {(row["code"], row["class"]) for row in rows("offences")}
    return {(code, class_) for code, class_ in pairs if class_ in wanted or f"{code} {class_}" in wanted}


def test_breaches_are_no_conduct_crimes_and_against_the_state() -> None:
    # 8L holds 008/29 and 008/31, 8Q holds 008/74: in a conduct class, but breaches.
    breaches = covered("breach")
    assert {("008/29", "8L"), ("008/31", "8L"), ("008/74", "8Q"), ("066/39", "66"), ("068/19", "66")} <= breaches
    assert not breaches & covered("conduct")
    assert not breaches & covered("violence")
    basis = {(row["code"], row["class"]): row["basis"] for row in rows("offences")}
    assert {basis[pair] for pair in breaches} == {"S"}


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("rape", ("019/08", "19C"), ("017/13", "17A")),
        ("homicide", ("004/10", "4/10"), ("002/00", "2")),  # an attempt killed nobody
        ("homicide-guidance", ("002/00", "2"), ("004/02", "4/2")),
        ("theft", ("048/01", "48"), ("035/00", "35")),  # the list keeps blackmail with the thefts
        ("damage", ("058/04", "58J"), ("056/02", "56B")),
        ("public-order", ("066/01", "66"), ("066/59", "66")),  # preparing terrorism is in the same class
        ("modern-slavery", ("036/06", "106"), ("036/12", "106")),
        ("malicious-communications", ("005/28", "8R"), ("195/94", "8L")),
        ("assault-without-injury", ("008/57", "105B"), ("008/06", "8N")),
        ("injury", ("008/06", "8T"), ("008/52", "8N")),
    ],
)
def test_sets_have_their_edges_where_the_rules_have_them(
    name: str, inside: tuple[str, str], outside: tuple[str, str]
) -> None:
    assert inside in covered(name)
    assert outside not in covered(name)


@pytest.mark.parametrize(
    ("name", "group"), [("sexual", "Sexual Offences"), ("robbery", "Robbery"), ("burglary", "Burglary")]
)
def test_sets_of_whole_groups_are_whole(name: str, group: str) -> None:
    assert covered(name) == {(row["code"], row["class"]) for row in rows("offences") if row["group"] == group}


# --- units ------------------------------------------------------------------------------------------------------------


def test_every_class_in_force_has_a_unit_and_no_other_has() -> None:
    current = {row["class"] for row in rows("offences") if row["current"] == "yes"}
    incidents = {row["class"] for row in rows("incidents") if row["current"] == "yes"}
    assert {row["class"] for row in rows("units") if not row["code"]} == current | incidents


def test_a_class_without_a_rule_of_its_own_is_counted_by_the_basis_of_its_offences() -> None:
    basis: dict[str, set[str]] = defaultdict(set)
    for row in rows("offences"):
        if row["current"] == "yes":
            basis[row["class"]].add(row["basis"])
    general = [row for row in rows("units") if (row["document"], row["page"]) == ("rules", "12")]
    assert general
    for row in general:
        of_class = basis[row["class"]]
        expected = {"V": "victim", "S": "offender-group"}.get("".join(of_class), "victim-or-offender-group")
        assert row["unit"] == expected
        assert "no rule of its own" in row["why"]


def test_every_printed_general_rule_is_some_unit(pages: dict[str, dict[str, str]]) -> None:
    printed = {page for page, text in pages["rules"].items() if re.search(r"general rules?: (one|once|provided)", text)}
    assert printed - {row["page"] for row in rows("units") if row["document"] == "rules"} == set()


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_incidents_are_those_of_the_list_without_its_spill_over() -> None:
    assert Counter(row["class"] for row in rows("incidents")) == {"N100": 3, "N200": 6, "N300": 8}
    assert {row["class"] for row in rows("incidents") if row["current"] == "no"} == {"N200"}
    assert [row["code"] for row in rows("incidents") if row["voluntary"] == "yes"] == ["300/07"]


def test_outcomes_1_to_24_with_their_alternative_forms() -> None:
    assert [row["outcome"] for row in rows("outcomes")] == [
        form for number in range(1, 25) for form in (str(number), f"{number}A") if number <= 3 or form == str(number)
    ]


def test_ten_mandatory_flags_five_strands_nine_religions_two_metals() -> None:
    kinds = Counter(row["kind"] for row in rows("flags"))
    assert kinds == {"mandatory": 10, "strand": 5, "religion": 9, "metal": 2}
    flags = {row["flag"] for row in rows("flags")}
    assert {row["with"] for row in rows("flags")} - {""} <= flags


def test_cancellations_are_guarded() -> None:
    guards = {row["cancellation"]: (row["independent"], row["victim_told"]) for row in rows("cancellations")}
    assert guards == {
        "C1": ("no", "yes"), "C2": ("yes", "yes"), "C3": ("yes", "no"), "C4": ("yes", "no"), "C5": ("yes", "yes"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["additional", "swallowed"])
def test_every_condition_has_a_question(name: str) -> None:
    asked = {row["fact"] for row in rows("questions")}
    assert {row["when"].removeprefix("!") for row in rows(name)} - {""} <= asked


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MINE)
def test_every_citation_and_quotation_holds(name: str, quotes: ModuleType, pages: dict[str, dict[str, str]]) -> None:
    assert [fault for row in rows(name) for fault in quotes.faults(row, pages)] == []


@pytest.mark.parametrize("name", AUTHORED)
def test_an_authored_row_quotes_the_words_it_rests_on(name: str) -> None:
    # Rows read off the offence list rest on its rows; a few of the sets rest on a title spread over a page.
    bare = [row for row in rows(name) if not row["quote"] and row["document"] != "nol"]
    assert name == "sets" or bare == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"document": "rules", "page": "99", "quote": ""}, "has no page 99"),
        ({"document": "rules", "page": "91", "quote": "a victimless misdeed"}, "does not say"),
        ({"document": "rules", "page": "91;94", "quote": "victimless|weapon|more"}, "3 quotations for 2 pages"),
        ({"document": "rules", "page": "94;91", "quote": "victimless crime, it should be counted"}, "p94 does not say"),
        ({"document": "rules", "page": "91;94", "quote": "victimless crime|Possession  of\nWeapons"}, None),
        ({"document": "nol", "page": "row 3", "quote": ""}, None),
    ],
)
def test_a_wrong_citation_is_found(
    row: Row, says: str | None, quotes: ModuleType, pages: dict[str, dict[str, str]]
) -> None:
    found = list(quotes.faults(row, pages))
    assert found == [] if says is None else says in found[0]
