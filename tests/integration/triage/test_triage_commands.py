"""`backbeat triage …` as a person types it: exit codes, JSON, and a policy from a spreadsheet to calls it decides."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

HANDED_OVER = {
    "crime": "no",
    "risk_life_now": "no",
    "serious_harm_now": "no",
    "medical": "no",
    "police_need": "no",
    "attendance_promised": "no",
    "risk_created": "no",
    "officers_on_scene": "no",
    "s136_custody": "no",
    "strand": "transport",
    "partner_available": "yes",
    "contact_number": 1,
}


@pytest.fixture
def at(tmp_path: Path):
    """Runs backbeat in a folder of its own; gives exit status, what it printed and what it complained of."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "private.pem").write_bytes(private)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)

    def run(words: str) -> tuple[int, str, str]:
        environment = {"BACKBEAT_DATA": str(tmp_path / "data"), "PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "error"}
        command = [sys.executable, "-m", "backbeat", "triage", *words.split()]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    run.folder = tmp_path
    return run


def write_facts(folder: Path, facts: dict, at: str = "2026-12-05T10:00:00+00:00") -> None:
    plain = {"format": "backbeat.triage.facts/1", "at": at, "facts": facts}
    (folder / "facts.json").write_text(json.dumps(plain))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def test_assess_says_who_owns_the_call(at) -> None:
    write_facts(at.folder, HANDED_OVER)
    status, said, _ = at("assess facts.json")
    assert status == 0
    assert said.startswith("Outcome: partner-leads.")
    assert "tell the caller" in said
    status, said, _ = at("assess facts.json --json")
    assert (status, json.loads(said)["outcome"]) == (0, "partner-leads")


def test_a_life_risk_that_is_not_known_never_ends_at_a_partner(at) -> None:
    write_facts(at.folder, {**HANDED_OVER, "risk_life_now": "unknown"})
    assert json.loads(at("assess facts.json --json")[1])["outcome"] == "supervisor"
    write_facts(at.folder, {name: fact for name, fact in HANDED_OVER.items() if name != "risk_life_now"})
    status, said, _ = at("assess facts.json")
    assert status == 0
    assert said.startswith("Outcome: ask-more. If nothing more can be learnt: supervisor.")
    assert "[risk_life_now]" in said


def test_faults_in_the_facts_are_told_at_once(at) -> None:
    write_facts(at.folder, {"crime": "perhaps", "weather": "wet"})
    status, said, complained = at("assess facts.json --json")
    assert status == 2
    assert json.loads(said)["error"]["code"] == "triage.facts-refused"
    assert complained.count("\n") >= 3


def test_the_schema_names_every_fact(at) -> None:
    status, said, _ = at("schema --on 2026-12-01")
    assert status == 0
    assert set(HANDED_OVER) <= set(json.loads(said)["properties"]["facts"]["properties"])
    assert at("schema --on 1999-01-01")[0] == 2


def test_a_policy_goes_from_a_spreadsheet_to_calls_decided_by_it(at) -> None:
    assert at("policy trust public.pem --policy exampleshire")[0] == 0
    assert at("policy export-sheet --csv --output tables --policy exampleshire")[0] == 0
    change(at.folder / "tables" / "timers.csv", "review-routine,review-routine,240", "review-routine,review-routine,90")
    status, said, _ = at("policy diff tables --policy exampleshire")
    assert (status, "    minutes: 240 → 90" in said) == (0, True)
    assert json.loads(at("policy check tables --policy exampleshire --json")[1])["may_be_used"] is True
    about = "--id exampleshire-1 --valid-from 2026-12-01 --author lead --why agreed"
    assert at(f"policy draft tables {about} --output draft.json --policy exampleshire")[0] == 0
    assert at("policy sign draft.json --key private.pem --output signed.json --policy exampleshire")[0] == 0
    assert at("policy diff signed.json --policy exampleshire --json")[0] == 0
    status, said, _ = at("policy add signed.json --policy exampleshire")
    assert (status, said) == (0, "Policy rcrp-national-2026+exampleshire-1 is kept, in force from 2026-12-01.\n")
    assert at("policy check --policy exampleshire")[1].count("it is safe") == 2
    for day, minutes in (("2026-11-30", 240), ("2026-12-01", 90)):
        write_facts(at.folder, HANDED_OVER, f"{day}T12:00:00+00:00")
        decided = json.loads(at("assess facts.json --policy exampleshire --json")[1])
        assert (decided["outcome"], decided["review_minutes"]) == ("partner-leads", minutes)
        assert json.loads(at("assess facts.json --json")[1])["review_minutes"] == 240
    status, said, _ = at("replay --calls 50 --old national --new exampleshire --changes changes.jsonl --json")
    assert (status, json.loads(said)["calls"]) == (0, 50)


def test_what_is_not_safe_is_refused_with_exit_code_4_and_not_signed(at) -> None:
    assert at("policy export-sheet --csv --output tables")[0] == 0
    change(at.folder / "tables" / "partner.csv", "not-available,no,-,supervisor", "not-available,no,-,none")
    status, said, complained = at("policy check tables --json")
    assert (status, json.loads(said)["error"]["code"]) == (4, "triage.policy-refused")
    assert "example" in complained or "unsafe" in complained
    # What it would change can be seen all the same.
    assert at("policy diff tables")[0] == 0
    about = "--id x-1 --valid-from 2026-12-01 --author lead --why agreed"
    assert at(f"policy draft tables {about} --output draft.json")[0] == 4
    assert not (at.folder / "draft.json").exists()


def test_a_workbook_with_faults_is_refused_by_sheet_row_and_column(at) -> None:
    assert at("policy export-sheet --output tables.xlsx")[0] == 0
    (at.folder / "broken.xlsx").write_bytes((at.folder / "tables.xlsx").read_bytes()[:-100])
    assert at("policy check broken.xlsx")[0] == 2
    status, _, complained = at("policy check tables.xlsx")
    assert status == 2
    assert "Nothing changes" in complained


def test_the_policy_goes_out_as_dmn(at) -> None:
    assert at("policy export-dmn --output policy.dmn")[0] == 0
    assert b"https://www.omg.org/spec/DMN/20191111/MODEL/" in (at.folder / "policy.dmn").read_bytes()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("policy check missing.xlsx", 3),
        ("policy check private.pem", 3),
        ("assess missing.json", 2),
        ("assess facts.json --policy nowhere", 3),
        ("policy export-dmn --output policy.dmn --policy ../outside", 3),
        ("policy trust private.pem --policy exampleshire", 2),
        ("policy sign missing.json --key private.pem --output signed.json", 3),
        ("replay missing.csv", 3),
        ("replay --old nowhere", 3),
        ("policy add public.pem --policy exampleshire", 3),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(at, words: str, status: int) -> None:
    write_facts(at.folder, HANDED_OVER)
    done, _, complained = at(words)
    assert done == status, complained
    assert "Traceback" not in complained
    assert "where:" in complained
