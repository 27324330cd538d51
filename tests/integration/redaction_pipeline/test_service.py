"""Whole runs through the use cases, rules and register only (no model), on the embedded database."""

import json
import stat
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from backbeat.errors import ConfigError, UserError
from backbeat.ledger import Ledger
from backbeat.redaction import service
from backbeat.redaction.case import parse_people
from backbeat.redaction.errors import DecisionsInvalid, OutputRefused
from backbeat.redaction.model import Action, Decision, Kind
from backbeat.redaction.review import Accept

DAY = date(2026, 11, 1)
WITNESS = parse_people([{"id": "P1", "names": ["Ffion Caddick"], "role": "witness"}])
STATEMENT = "Statement of Ffion Caddick.\r\nMobile 07700 900123, home 01632 960123.\r\nI was at the shop.\r\n"


@pytest.fixture
def case(tmp_path):
    """A folder with one statement; add files to it before a run."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "statement.txt").write_bytes(STATEMENT.encode())
    return folder


@pytest.fixture
def redact(case, tmp_path, installation):
    def run(*paths, out=tmp_path / "out", **options):
        given = {"people": WITNESS, "profile_id": "cps-precharge", "on": DAY, "use_model": False}
        if "decisions" in options:
            (tmp_path / "d.json").write_text(json.dumps(options["decisions"]))
            options["decisions"] = tmp_path / "d.json"
        return service.redact(
            paths or [case], out, installation=installation, actor=service.Actor("tester"), **{**given, **options}
        )

    return run


def encrypted_pdf(path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path, encryption=pikepdf.Encryption(owner="o", user="u"))


def contents(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir())


def test_accepted_suggestions_leave_a_verified_certified_output_and_a_ledger_row(redact, tmp_path, installation):
    done = redact(accept=Accept.ALL)
    out = tmp_path / "out"
    assert done.exit_code == 0
    assert contents(out) == ["certificate.json", "document-0001.txt", "manifest.json"]
    text = (out / "document-0001.txt").read_bytes().decode()
    assert text == "Statement of Ffion Caddick.\r\nMobile [PHONE], home [PHONE].\r\nI was at the shop.\r\n"
    assert json.loads((out / "manifest.json").read_text()) == done.manifest
    report = service.verify_output(out, installation.signing_key.public_key().public_bytes_raw())
    assert (report["ok"], report["trusted"], report["faults"]) == (True, True, [])
    found = Ledger.open(installation).saving(desk="redaction")
    assert found.savings == ()  # nobody timed a person, so nothing is claimed to have been saved
    (row,) = found.unmeasured
    assert (row.spent.units, row.spent.human_ms) == (1, 0)


def test_nothing_in_output_or_certificate_names_the_input(redact, case, tmp_path):
    (case / "statement.txt").rename(case / "Ffion Caddick phone 07700 900123.txt")
    redact(accept=Accept.ALL)
    certificate = (tmp_path / "out" / "certificate.json").read_text()
    assert "Caddick" not in certificate
    assert "900123" not in certificate
    assert not any("Caddick" in name for name in contents(tmp_path / "out"))


def test_without_a_decision_there_are_suggestions_and_no_redacted_file(redact, tmp_path, installation):
    done = redact()
    assert done.exit_code == 0
    assert contents(tmp_path / "out") == ["manifest.json", "suggestions.json"]
    (document,) = done.manifest["documents"]
    assert (document["status"], document["undecided"], document["output"]) == ("awaiting-review", 3, None)
    assert Ledger.open(installation).saving().savings == ()


def test_suggestions_edited_by_hand_are_decisions(redact, tmp_path):
    redact()
    suggested = json.loads((tmp_path / "out" / "suggestions.json").read_text())
    for mention in suggested["documents"][0]["mentions"]:
        mention["action"] = "redact" if mention["text"].startswith("01632") else "keep"
    done = redact(decisions=suggested)
    assert done.exit_code == 0
    text = (tmp_path / "out" / "document-0001.txt").read_text()
    assert "07700 900123" in text
    assert "01632" not in text
    assert done.manifest["documents"][0]["decisions"] == {"individual": 3}


def test_one_undecided_suggestion_holds_the_document(redact, case):
    path = str(case / "statement.txt")
    start = STATEMENT.index("07700")
    decision = {"document": path, "start": start, "end": start + 12, "action": "redact", "reason": "phone"}
    done = redact(decisions={"decisions": [decision]})
    assert done.manifest["documents"][0]["status"] == "awaiting-review"


def test_decisions_rule_and_accept_rules_the_rest(redact, case, tmp_path):
    start = STATEMENT.index("shop")
    entries = [
        {"document": str(case / "statement.txt"), "start": start, "end": start + 4, "action": "redact", "reason": "x"},
    ]
    done = redact(decisions={"reviewer": "DC 4711", "decisions": entries}, accept=Accept.NONE)
    text = (tmp_path / "out" / "document-0001.txt").read_text()
    assert "at the [REDACTED]." in text
    assert "07700 900123" in text
    assert done.manifest["documents"][0]["decisions"] == {"individual": 1, "rejected-all": 3}
    assert (
        json.loads((tmp_path / "out" / "certificate.json").read_text())["backbeat_certificate"]["reviewer"]["name"]
        == "DC 4711"
    )


def test_pseudonyms_are_the_same_in_every_document_of_a_case(redact, case, tmp_path):
    (case / "second.txt").write_text("Ffion Caddick said so.\n")
    entries = []
    for path in sorted(case.iterdir()):
        start = path.read_text().index("Ffion")
        entries.append({"document": str(path), "start": start, "end": start + 13, "action": "pseudonym", "reason": "r"})
    done = redact(decisions={"decisions": entries}, accept=Accept.ALL)
    assert done.exit_code == 0
    second, first = ((tmp_path / "out" / f"document-000{n}.txt").read_text() for n in (1, 2))
    assert second.startswith("[PERSON ")
    assert second.split("]")[0] in first


def test_every_file_of_a_folder_has_a_fate(redact, case, tmp_path):
    (case / "b-letter.docx").write_bytes(b"PK\x03\x04 not really")
    encrypted_pdf(case / "c-locked.pdf")
    (case / "d-broken.pdf").write_bytes(b"%PDF-1.7\nnothing that holds together")
    (case / "e-zeros.txt").write_bytes(b"one\x00two")
    (case / "f-empty.csv").write_bytes(b"")
    (case / "g-line.txt").write_text("the same words over " * 50_000 + "07700 900123")  # 1 MB in one line
    (case / ".hidden").write_text("hidden files count")
    (case / "h-link.txt").symlink_to(case / "statement.txt")
    (case / "sub").mkdir()
    (case / "sub" / "table.csv").write_text("who,phone\nA,07700 900123\n")
    done = redact(accept=Accept.ALL)
    fates = {Path(d["path"]).name: (d["status"], (d["error"] or {}).get("code")) for d in done.manifest["documents"]}
    assert fates == {
        ".hidden": ("refused", "input.unsupported"),
        "b-letter.docx": ("refused", "input.unsupported"),
        "c-locked.pdf": ("refused", "input.pdf-encrypted"),
        "d-broken.pdf": ("refused", "input.pdf-damaged"),
        "e-zeros.txt": ("refused", "input.binary"),
        "f-empty.csv": ("refused", "input.empty"),
        "g-line.txt": ("redacted", None),
        "h-link.txt": ("refused", "input.link"),
        "statement.txt": ("redacted", None),
        "table.csv": ("redacted", None),
    }
    assert done.exit_code == 3
    assert service.verify_output(tmp_path / "out")["ok"]


def test_a_finding_destroys_the_output_of_its_document_only(redact, case, tmp_path):
    (case / "z.txt").write_text("Nothing here but 07700 900999.\n")
    start = STATEMENT.index("07700")
    place = {"document": str(case / "statement.txt"), "start": start, "end": start + 12, "action": "redact"}
    # the reason would stand on the fill of a PDF; a stand-in that repeats the value is what the verifier must find
    done = redact(decisions={"decisions": [{**place, "reason": "r"}]}, accept=Accept.ALL)
    assert done.exit_code == 0

    from backbeat.redaction.formats import text

    honest = text.stand_in
    try:
        text.stand_in = lambda decision: "07700 900123" if decision.start == start else honest(decision)
        done = redact(accept=Accept.ALL)
    finally:
        text.stand_in = honest
    assert done.exit_code == 4
    assert [d["status"] for d in done.manifest["documents"]] == ["withheld", "redacted"]
    assert done.manifest["documents"][0]["findings"]
    assert contents(tmp_path / "out") == ["certificate.json", "document-0002.txt", "manifest.json"]


def test_a_bug_in_one_document_withholds_it_and_the_others_go_on(redact, case, tmp_path, monkeypatch):
    (case / "z.txt").write_text("Nothing here but 07700 900999.\n")
    from backbeat.redaction import verify

    check = verify.check

    def break_down(source, *rest):
        if source.name == "statement.txt":
            raise ZeroDivisionError("quotes 07700 900123")
        return check(source, *rest)

    monkeypatch.setattr(verify, "check", break_down)
    done = redact(accept=Accept.ALL)
    assert done.exit_code == 70
    assert [d["status"] for d in done.manifest["documents"]] == ["withheld", "redacted"]
    assert "900123" not in json.dumps(done.manifest["documents"][0]["error"])
    assert contents(tmp_path / "out") == ["certificate.json", "document-0002.txt", "manifest.json"]


def test_runners_give_the_same_outcome(redact, case, tmp_path):
    (case / "z.txt").write_text("Nothing here but 07700 900999.\n")
    (case / "zz.docx").write_bytes(b"PK\x03\x04")
    kept = []
    for runner in ("inline", "processes"):
        done = redact(out=tmp_path / runner, accept=Accept.ALL, runner=runner)
        documents = [
            {k: v for k, v in d.items() if k not in {"milliseconds", "timings"}} for d in done.manifest["documents"]
        ]
        files = {p.name: p.read_bytes() for p in (tmp_path / runner).glob("document-*")}
        kept.append((done.exit_code, documents, files))
    assert kept[0] == kept[1]


def test_faults_of_decisions_come_all_at_once_and_nothing_is_written(redact, case, tmp_path):
    (case / "z.txt").write_text("short\n")
    path = str(case / "statement.txt")
    good = {"document": path, "start": 0, "end": 4, "action": "redact", "reason": "r"}
    beyond = [{**good, "end": 9999}, {**good, "document": str(case / "z.txt"), "end": 9999}]
    with pytest.raises(DecisionsInvalid) as by_document:
        redact(decisions={"decisions": beyond}, accept=Accept.ALL)
    assert by_document.value.what.count("ends beyond") == 2
    wrong = [*beyond, {**good, "document": "nope.txt"}, {**good, "action": "burn"}]
    with pytest.raises(DecisionsInvalid) as together:
        redact(decisions={"decisions": wrong}, accept=Accept.ALL)
    assert len(together.value.what.splitlines()) == 4
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.glob(".backbeat*")) == []


def test_the_output_of_an_earlier_run_is_replaced_as_a_whole(redact, case, tmp_path):
    (case / "z.txt").write_text("07700 900999\n")
    redact(accept=Accept.ALL)
    (case / "z.txt").unlink()
    redact(accept=Accept.ALL)
    assert contents(tmp_path / "out") == ["certificate.json", "document-0001.txt", "manifest.json"]
    assert list(tmp_path.glob(".backbeat*")) == []


@pytest.mark.parametrize("trouble", ["foreign file", "foreign beside ours", "a file", "inside input", "around input"])
def test_an_output_folder_that_is_not_ours_is_refused(redact, case, tmp_path, trouble):
    out = tmp_path / "out"
    if trouble == "a file":
        out.write_text("x")
    elif trouble == "inside input":
        out = case / "out"
    elif trouble == "around input":
        out = tmp_path
    else:
        if trouble == "foreign beside ours":
            redact(accept=Accept.ALL)
        else:
            out.mkdir()
        (out / "holiday.jpg").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputRefused):
        redact(out=out, accept=Accept.ALL)
    assert [path for path in sorted(tmp_path.rglob("*")) if "data" not in path.parts] == [
        path for path in before if "data" not in path.parts
    ]


@pytest.mark.parametrize(
    ("options", "error"),
    [({"profile_id": "nobody"}, ConfigError), ({"on": date(1999, 1, 1)}, UserError), ({"runner": "ray"}, ConfigError)],
)
def test_a_wrong_setting_stops_the_run_before_anything_is_written(redact, tmp_path, options, error):
    with pytest.raises(error):
        redact(accept=Accept.ALL, **options)
    assert not (tmp_path / "out").exists()


def test_outputs_are_private_files(redact, tmp_path):
    redact(accept=Accept.ALL)
    mode = stat.S_IMODE((tmp_path / "out").stat().st_mode)
    assert mode & 0o077 == 0


def test_redacting_again_changes_nothing(redact, tmp_path):
    redact(accept=Accept.ALL)
    first = (tmp_path / "out" / "document-0001.txt").read_bytes()
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "in.txt").write_bytes(first)
    done = redact(tmp_path / "again" / "in.txt", out=tmp_path / "out2", accept=Accept.ALL)
    assert done.exit_code == 0
    assert (tmp_path / "out2" / "document-0001.txt").read_bytes() == first


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda out: (out / "document-0001.txt").write_text("other"), "file.changed"),
        (lambda out: (out / "document-0001.txt").unlink(), "file.missing"),
        (lambda out: (out / "extra.txt").write_text("x"), "file.extra"),
        (lambda out: (out / "manifest.json").write_text("{}"), "file.changed"),
    ],
)
def test_the_receiving_side_notices_every_change(redact, tmp_path, change, kind):
    redact(accept=Accept.ALL)
    change(tmp_path / "out")
    report = service.verify_output(tmp_path / "out")
    assert not report["ok"]
    assert kind in {fault["kind"] for fault in report["faults"]}


def test_the_sender_may_keep_the_manifest_back(redact, tmp_path):
    redact(accept=Accept.ALL)
    (tmp_path / "out" / "manifest.json").unlink()
    report = service.verify_output(tmp_path / "out")
    assert report["ok"]
    assert report["kept_back"] == ["manifest.json"]


def release(installation, tmp_path, inputs, **options):
    return service.release(
        inputs,
        tmp_path / "released",
        installation=installation,
        actor=service.Actor("dc-one", shown_as="Disclosure officer"),
        profile_id="defence-service",
        on=DAY,
        case_id="41",
        human=service.HumanTime(active_ms=1000, review_ms=2000),
        **options,
    )


def by_hand(text, value):
    start = text.index(value)
    return Decision(Action.REDACT, Kind.PHONE, "Phone", "dc-one", "individual", start, start + len(value))


def test_a_release_from_the_station_counts_human_time(case, tmp_path, installation):
    item = service.ReleaseInput(
        case / "statement.txt", (by_hand(STATEMENT, "07700 900123"), by_hand(STATEMENT, "01632 960123")), "exhibit 1"
    )
    done = release(installation, tmp_path, [item])
    assert done.exit_code == 0
    assert done.manifest["documents"][0]["path"] == "exhibit 1"
    (saving,) = Ledger.open(installation).saving().savings
    assert (saving.spent.active_ms, saving.spent.review_ms) == (1000, 2000)
    body = done.certificate["backbeat_certificate"]
    assert (body["reviewer"]["name"], body["timings"]["review_ms"]) == ("Disclosure officer", 2000)


def test_ten_megabytes_in_one_line_are_no_trouble(case, tmp_path, installation):
    text = "the same words over " * 500_000 + "07700 900123"
    (case / "line.txt").write_text(text)
    done = release(installation, tmp_path, [service.ReleaseInput(case / "line.txt", (by_hand(text, "07700 900123"),))])
    assert done.exit_code == 0
    assert (tmp_path / "released" / "document-0001.txt").read_text().endswith("over [PHONE]")


def test_a_release_is_all_or_nothing(case, tmp_path, installation):
    (case / "bad.txt").write_bytes(b"\x00")
    good = service.ReleaseInput(case / "statement.txt", (by_hand(STATEMENT, "07700 900123"),))
    done = release(installation, tmp_path, [good, service.ReleaseInput(case / "bad.txt", ())])
    assert [d["status"] for d in done.manifest["documents"]] == ["withheld", "refused"]
    assert contents(tmp_path / "released") == ["manifest.json"]
    assert done.receipt is None
    assert Ledger.open(installation).saving().savings == ()
