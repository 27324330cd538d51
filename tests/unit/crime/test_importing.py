"""Reports from a file: what is read, and every way a file can be wrong, by row and column."""

import csv
import io
import json

import pytest

from backbeat.crime import importing
from backbeat.crime.importing import COLUMNS, Fault, read_batch, template
from backbeat.errors import InputRejected

HEAD = "reference,received_at,force,act,victims,offenders,facts"
AT = "2026-05-01T21:40:00+01:00"


def nothing_wrong(_facts):
    return ()


def read(text: str, kind: str = "csv", check=nothing_wrong):
    return read_batch(text.encode(), kind=kind, check=check)


def document(reference: str, **more: object) -> dict[str, object]:
    report = {"reference": reference, "received_at": AT, "force": "exampleshire"}
    return {
        "format": "backbeat.crime.facts/1",
        "report": report,
        "allegations": [{"id": "a1", "act": "assault"}],
        **more,
    }


def test_rows_of_one_reference_make_one_report():
    batch = read(template())
    assert batch.faults == ()
    [new] = batch.reports
    assert (new.row, new.reference, new.unit) == (2, "INC/2026/0001", "North")
    assert new.facts["report"]["facts"] == {"reported_by": "victim"}
    assert new.facts["parties"] == [{"id": "v1", "age": 34, "sex": "female"}, {"id": "o1"}]
    assert [(a["id"], a["act"], a["facts"]) for a in new.facts["allegations"]] == [
        ("a1", "assault", {"injury": "unknown"}),
        ("a2", "damage", {}),
    ]


def test_the_template_has_every_column():
    assert next(csv.reader(io.StringIO(template()))) == list(COLUMNS)


def test_people_relationships_and_named_offences_are_read():
    head = "reference,received_at,force,act,code,class,victims,offenders,relationship_facts,on,narrative"
    people = "v1 34 female household=h1; shop organisation,o1 male"
    line = f'R1,{AT},x,named,008/56,8L,{people},former_partner=yes,2026-05-01,"He said ""no"""'
    [new] = read(f"{head}\n{line}\n").reports
    assert new.narrative == 'He said "no"'
    assert new.facts["parties"] == [
        {"id": "v1", "age": 34, "sex": "female", "household": "h1"},
        {"id": "shop", "kind": "organisation"},
        {"id": "o1", "sex": "male"},
    ]
    pairs = [(r["victim"], r["offender"], r["facts"]) for r in new.facts["relationships"]]
    assert pairs == [("v1", "o1", {"former_partner": "yes"}), ("shop", "o1", {"former_partner": "yes"})]
    assert new.facts["allegations"][0]["offence"] == {"code": "008/56", "class": "8L"}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"R1,{AT},x,assault,v1,o1", Fault(2, "", "has 6 cells where the heading has 7")),
        (f",{AT},x,assault,v1,o1,", Fault(2, "reference", "is empty")),
        ("R1,2026-05-01T21:40:00,x,assault,v1,o1,", Fault(2, "received_at", "must be a time with its offset")),
        ("R1,yesterday,x,assault,v1,o1,", Fault(2, "received_at", "must be a time with its offset")),
        (f"R1,{AT},,assault,v1,o1,", Fault(2, "force", "is empty")),
        (f"R1,{AT},x,,v1,o1,", Fault(2, "act", "is empty")),
        (f"R1,{AT},x,named,v1,o1,", Fault(2, "class", "is empty, and the act is named")),
        (f"R1,{AT},x,assault,v1 tall,o1,", Fault(2, "victims", "after a label only")),
        (f"R1,{AT},x,assault,v1; v1,o1,", Fault(2, "victims", "names v1 twice")),
        (f"R1,{AT},x,assault,v1 30,v1 31,", Fault(2, "offenders", "says another age of v1")),
        (f"R1,{AT},x,assault,=v1,o1,", Fault(2, "victims", "each person needs a short label")),
        (f"R1,{AT},x,assault,v1,o1,injury", Fault(2, "facts", "must be facts such as")),
        (f"R1,{AT},x,assault,v1,o1,injury=yes;injury=no", Fault(2, "facts", "says injury twice")),
    ],
)
def test_a_fault_is_named_by_row_and_column_and_nothing_is_taken_in(row, fault):
    good = f"R0,{AT},x,assault,v1,o1,"
    batch = read(f"{HEAD}\n{row}\n{good}\n")
    assert batch.reports == ()
    assert (fault.row, fault.column) in {(f.row, f.column) for f in batch.faults}
    assert any(f.what.startswith(fault.what) for f in batch.faults)


def test_every_fault_is_reported_at_once_in_the_order_of_the_file():
    rows = [f"R{n},{AT},x,assault,v1,o1,nonsense" for n in range(4)]
    faults = read("\n".join([HEAD, *rows])).faults
    assert [f.row for f in faults] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        (HEAD.replace("force", "forse"), "force"),
        (HEAD + ",shoe_size", "shoe_size"),
        (HEAD + ",facts", "facts"),
        ("", "reference"),
    ],
)
def test_a_wrong_heading_is_named(heading, column):
    batch = read(f"{heading}\nR1,{AT},x,assault,v1,o1,\n")
    assert column in {fault.column for fault in batch.faults}
    assert batch.reports == ()


def test_rows_of_one_report_may_not_contradict_each_other():
    batch = read(f"{HEAD}\nR1,{AT},x,assault,v1,o1,\nR1,{AT},y,damage,v1,o1,\n")
    assert [(f.row, f.column) for f in batch.faults] == [(3, "force")]


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_facts_documents_are_taken_as_they_are(kind):
    documents = [document("R1", unit="North", narrative="words"), document("R2")]
    text = json.dumps(documents) if kind == "json" else "\n\n".join(map(json.dumps, documents))
    first, second = read(text, kind).reports
    assert (first.reference, first.unit, first.narrative, first.facts) == ("R1", "North", "words", document("R1"))
    assert second.facts == document("R2")


@pytest.mark.parametrize(
    ("kind", "text", "row"),
    [
        ("json", "[", 0),
        ("json", "3", 0),
        ("json", "[3]", 1),
        ("json", "[" * 100_000, 0),
        ("json", '[{"report": NaN}]', 0),
        ("json", "[" + "9" * 5000 + "]", 0),
        ("jsonl", "{}\n{", 2),
        ("json", json.dumps([document("R1", unit=3)]), 1),
        ("json", '[{"report": {"reference": "R1"}, "narrative": "\\ud800"}]', 1),
        ("json", "[]", 0),
        ("csv", "", 1),
        ("csv", HEAD, 0),
        ("csv", f'{HEAD}\n"R1', 2),
    ],
)
def test_what_is_no_list_of_reports_is_refused(kind, text, row):
    batch = read(text, kind)
    assert batch.reports == ()
    assert batch.faults[0].row == row


def test_a_reference_twice_in_one_file_is_a_fault():
    batch = read(json.dumps([document("R1"), document("R1")]), "json")
    assert batch.faults == (Fault(2, "reference", "stands in this file before, at 1"),)


def test_faults_of_meaning_come_from_the_caller_with_their_row():
    batch = read(json.dumps([document("R1"), document("R2")]), "json", lambda f: [("allegation a1, act", "is unknown")])
    assert [(f.row, f.column, f.what) for f in batch.faults] == [
        (1, "allegation a1, act", "is unknown"),
        (2, "allegation a1, act", "is unknown"),
    ]


def test_limits_are_kept(monkeypatch):
    monkeypatch.setattr(importing, "MOST_BYTES", 1 << 20)
    with pytest.raises(InputRejected, match="larger than 1 MiB"):
        read("x" * ((1 << 20) + 1))
    monkeypatch.setattr(importing, "MOST_REPORTS", 1)
    assert "more than 1 reports" in read(json.dumps([document("R1"), document("R2")]), "json").faults[0].what
    monkeypatch.undo()
    monkeypatch.setattr(importing, "MOST_FAULTS", 2)
    batch = read("\n".join([HEAD, *(f"R{n},{AT},x,assault,v1,o1,bad" for n in range(5))]))
    assert (len(batch.faults), batch.more_faults) == (2, 3)


def test_other_files_and_other_encodings_are_refused():
    with pytest.raises(InputRejected, match="Only CSV, JSON"):
        read("", "xlsx")
    with pytest.raises(InputRejected, match="not UTF-8"):
        read_batch("é".encode("latin-1"), kind="csv", check=nothing_wrong)
    assert read_batch(b"\xef\xbb\xbf" + template().encode(), kind="csv", check=nothing_wrong).faults == ()


def test_a_line_of_json_ends_at_a_line_feed_and_nowhere_else():
    # U+2028 and U+0085 may stand in JSON text as they are; Python calls them line ends.
    lines = "\r\n".join(
        json.dumps({"report": {"reference": name}, "narrative": "one\u2028two\x85three"}, ensure_ascii=False)
        for name in ("A", "B")
    )
    batch = read_batch(lines.encode(), kind="jsonl", check=lambda facts: ())
    assert [(one.row, one.reference) for one in batch.reports] == [(1, "A"), (2, "B")]
