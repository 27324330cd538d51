"""A force's log: what is taken, and that every bad row is named by row and column and nothing is left out silently."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backbeat.errors import InputRejected
from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.triage.model import Outcome
from backbeat.triage.policies import Policy, open_policies
from backbeat.triage.simulation import service
from backbeat.triage.simulation.call_log import COLUMNS, Log, read_log, write_log
from backbeat.triage.simulation.generator import make_month
from backbeat.triage.simulation.model import Caller, Harm, Truth

POLICY = open_policies().on(date(2026, 6, 1))
LONDON = ZoneInfo("Europe/London")
HEAD = "reference,received_at,caller,strand,risk_life_now,later,decided"
GOOD = "A1,2026-05-01T21:40:00+01:00,family,welfare,unknown,35 risk_life_now=no,partner-leads"


def read(*lines: str, zone: ZoneInfo | None = None, encoding: str = "utf-8") -> Log:
    return read_log("\r\n".join(lines).encode(encoding), POLICY.types, zone=zone)


def faults(*lines: str, zone: ZoneInfo | None = None) -> list[tuple[int, str]]:
    found = read(*lines, zone=zone)
    assert not found.calls
    return [(fault.row, fault.column) for fault in found.faults]


def test_one_row_is_one_call() -> None:
    (call,) = read(HEAD, GOOD).require()
    assert call.received_at == datetime(2026, 5, 1, 20, 40, tzinfo=UTC)
    assert call.caller is Caller.FAMILY
    assert call.facts == {"strand": "welfare", "risk_life_now": UNKNOWN, "contact_number": 1}
    assert [(one.minutes, one.facts) for one in call.later] == [(35, {"risk_life_now": NO})]
    assert call.decided.outcome is Outcome.PARTNER_LEADS
    assert call.truth is None


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("reference", ""),
        ("received_at", ""),
        ("received_at", "01/05/2026 21:40"),  # which is the day?
        ("received_at", "2026-05-01T21:40:00"),  # no offset, and no zone for the file
        ("received_at", "2026-02-30T21:40:00Z"),
        ("caller", ""),
        ("caller", "aunt"),
        ("strand", "cat in a tree"),
        ("risk_life_now", "maybe"),
        ("risk_life_now", "1"),
        ("later", "risk_life_now=yes"),  # when?
        ("later", "35 risk=yes"),
        ("later", "35 risk_life_now=perhaps"),
        ("later", "35 risk_life_now=yes; 35 risk_life_now=no"),
        ("decided", "no action"),
        ("decided", "ask-more"),
    ],
)
def test_a_bad_cell_is_named_and_not_quoted(column: str, cell: str) -> None:
    values = dict(zip(HEAD.split(","), GOOD.split(","), strict=True)) | {column: cell}
    found = read(HEAD, GOOD.replace("A1", "A0"), ",".join(values.values()))
    assert [(fault.row, fault.column) for fault in found.faults] == [(3, column)]
    assert not found.calls
    if cell not in ("", "1", "ask-more", "risk_life_now=yes"):  # these stand in the advice
        assert cell not in str(found.faults)


@pytest.mark.parametrize("cell", ["-1", "1.5", "2h", "9999999", "١"])
@pytest.mark.parametrize("column", ["window_minutes", "police_minutes", "officer_minutes", "rings_again"])
def test_minutes_are_whole_and_sensible(column: str, cell: str) -> None:
    assert faults(f"{HEAD},{column}", f"{GOOD},{cell}") == [(2, column)]


def test_every_bad_row_is_named_however_many() -> None:
    bad = [f"B{n},yesterday,aunt,welfare,no,," for n in range(3000)]
    found = read(HEAD, GOOD, *bad)
    assert len(found.faults) == 6000
    assert {fault.row for fault in found.faults} == set(range(3, 3003))
    with pytest.raises(InputRejected, match=r"row 3, received_at(?s:.)*5,980 more"):
        found.require()


def test_a_log_without_a_heading_is_refused_and_no_cell_of_it_is_quoted() -> None:
    found = read("A1,2026-05-01T21:40:00+01:00,Robin Vale,welfare")
    assert not found.calls
    said = " ".join(map(str, found.faults))
    assert "column 3" in said
    assert "robin" not in said.casefold()


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        (f"{HEAD},name", "name"),
        (f"{HEAD},", ""),
        (f"{HEAD},strand", "strand"),
        (HEAD.replace("caller,", "matter,"), "caller"),
    ],
)
def test_a_heading_the_import_does_not_know_is_refused(heading: str, column: str) -> None:
    assert (1, column) in faults(heading, GOOD)


def test_rows_of_another_width_and_doubles_are_named_and_empty_rows_are_none() -> None:
    assert faults(HEAD, GOOD, "", f"{GOOD},more", ",,,,,,", GOOD) == [(4, ""), (6, "reference")]


@pytest.mark.parametrize("content", ["", HEAD, f"{HEAD}\r\n,,,,,,"])
def test_a_file_without_calls_is_a_fault(content: str) -> None:
    found = read_log(content.encode(), POLICY.types)
    assert found.faults
    assert not found.calls


def test_broken_quotes_are_a_fault() -> None:
    assert read(HEAD, GOOD, 'A2,"2026').faults


@pytest.mark.parametrize(
    ("encoding", "read_as"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")]
)
def test_texts_as_spreadsheets_save_them(encoding: str, read_as: str) -> None:
    found = read(f"{HEAD},ethnicity", f"{GOOD},Gypsy – Roma", encoding=encoding)
    assert found.encoding == read_as
    assert found.require()[0].characteristics == {"ethnicity": "Gypsy – Roma"}


@pytest.mark.parametrize("content", [b"\xff\xfea", b"PK\x03\x04\x00\x00", b"a\x81b"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(InputRejected, match="no text"):
        read_log(content, POLICY.types)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_cells_may_be_parted_by_another_sign(sign: str) -> None:
    assert read(*(line.replace(",", sign) for line in (HEAD, GOOD))).require()[0].reference == "A1"


@pytest.mark.parametrize(
    ("cell", "hour_utc"),
    [("2026-07-01T12:00:00", 11), ("2026-01-01T12:00", 12), ("2026-07-01 12:00:00", 11), ("2026-07-01T12:00:00Z", 12)],
)
def test_a_zone_for_the_file_places_times_without_offset(cell: str, hour_utc: int) -> None:
    (call,) = read(HEAD, GOOD.replace("2026-05-01T21:40:00+01:00", cell), zone=LONDON).require()
    assert call.received_at.astimezone(UTC).hour == hour_utc


@pytest.mark.parametrize(
    ("cell", "why"), [("2026-03-29T01:30:00", "did not exist"), ("2026-10-25T01:30:00", "comes twice")]
)
def test_the_hours_of_the_clock_change_are_named(cell: str, why: str) -> None:
    found = read(HEAD, GOOD.replace("2026-05-01T21:40:00+01:00", cell), zone=LONDON)
    assert [(fault.row, fault.column) for fault in found.faults] == [(2, "received_at")]
    assert why in found.faults[0].what


def test_contacts_of_a_matter_are_counted_in_order_of_time() -> None:
    found = read(
        "reference,received_at,caller,matter,contact_number",
        "A3,2026-05-01T21:40:00Z,family,M1,",
        "A1,2026-05-01T19:40:00Z,family,M1,",
        "A2,2026-05-01T20:40:00Z,family,M1,4",  # as the force counted
        "A4,2026-05-01T20:40:00Z,family,,",
    ).require()
    assert [(call.reference, call.facts["contact_number"]) for call in found] == [
        ("A1", 1), ("A2", 4), ("A4", 1), ("A3", 5),
    ]  # fmt: skip


def test_everything_of_a_call_can_stand_in_a_log() -> None:
    head = ",".join(COLUMNS)
    row = (
        "A1,2026-05-01T21:40:00Z,hospital,M1,35 capacity=no,200; 60,attend,yes,45,12,30,240,police-deploy,14,yes,no,"
        "injury,female,35 to 64,White,disabled"
    )
    (call,) = read(head, row).require()
    assert call.rings_again == (60, 200)
    assert (call.truth, call.misled, call.window_minutes, call.officer_minutes) == (Truth.ATTEND, True, 45, 240)
    assert (call.decided.recontact_24h, call.decided.later_deployment, call.decided.harm) == (YES, NO, Harm.INJURY)
    assert len(call.characteristics) == 4


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    with path.open("w", newline="") as file:
        assert service.make_log(POLICY, file.write, calls=400) == 400
    return path


def test_a_written_month_is_read_back_as_it_was(log: Path) -> None:
    assert list(read_log(log.read_bytes(), POLICY.types).require()) == list(make_month(calls=400))


def test_a_log_replays_as_the_month_it_was_written_from(log: Path) -> None:
    assert (
        service.replay_log(log, "recorded", POLICY).to_json()
        == service.replay_month("recorded", POLICY, calls=400).to_json()
    )


@pytest.mark.parametrize(
    ("old", "new", "zone", "message"),
    [
        ("before-rcrp", "recorded", None, "must be a policy"),
        ("yesterday", POLICY, None, "must be a policy"),
        ("recorded", POLICY, "Mars/Olympus", "no such time zone"),
        ("recorded", POLICY, "../etc", "no such time zone"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    log: Path, old: str, new: Policy | str, zone: str | None, message: str
) -> None:
    with pytest.raises(InputRejected, match=message):
        service.replay_log(log, old, new, zone=zone)


def test_a_log_without_decisions_is_not_replayed_as_recorded(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEAD}\n{GOOD}\n{GOOD.replace('A1', 'A2').replace('partner-leads', '')}\n")
    with pytest.raises(InputRejected, match=r"decided: 1 are(?s:.)*reference A2"):
        service.replay_log(path, "recorded", POLICY)
    assert service.replay_log(path, "before-rcrp", POLICY).calls == 2


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="could not be read"):
        service.replay_log(tmp_path / "none.csv", "recorded", POLICY)


@pytest.mark.parametrize("profile", ["cheshire", "humberside", "met"])
def test_under_the_packaged_policy_nobody_who_needed_police_is_missed(profile: str) -> None:
    for seed in (1, 2):
        found = service.replay_month("before-rcrp", POLICY, profile=profile, seed=seed, calls=1500)
        assert found.needed_police > 400
        assert found.new.missed == 0
        assert found.new.counts["left-open"] == 0


def test_lines_are_written_one_at_a_time() -> None:
    written: list[str] = []
    write_log(make_month(calls=50), POLICY.types, written.append)
    assert max(map(len, written)) < 2000
