"""The command line as a real process: what it prints where, and every exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

SECRETS = ("Caddick", "900123", "statement.txt")
STATEMENT = "Statement of Ffion Caddick.\r\nMobile 07700 900123.\r\n"


@pytest.fixture
def backbeat(tmp_path):
    """Runs `backbeat ARGUMENTS` in tmp_path."""

    def run(*arguments, **variables):
        environment = {**os.environ, "BACKBEAT_DATA": str(tmp_path / "data"), "COLUMNS": "200", "NO_COLOR": "1"}
        environment.pop("DATABASE_URL", None)
        environment |= variables
        return subprocess.run(
            [sys.executable, "-m", "backbeat", *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "statement.txt").write_bytes(STATEMENT.encode())
    people = [{"id": "P1", "names": ["Ffion Caddick"], "role": "witness"}]
    (tmp_path / "people.json").write_text(json.dumps(people))
    (tmp_path / "circle").symlink_to("circle")
    return run


def has_three_parts(stderr):
    return all(f"\n  {part}" in stderr for part in ("where:", "next:", "more:  backbeat explain "))


def is_clean(stderr):
    """Nothing personal and no file name: what goes to stderr may end up in logs."""
    return not any(secret in stderr for secret in SECRETS) and "Traceback" not in stderr


@pytest.mark.model
def test_suggest_redact_verify_and_the_ledger(backbeat, tmp_path):
    suggested = backbeat("suggest", "case", "--people", "people.json", "--json")
    assert (suggested.returncode, suggested.stderr) == (0, "")
    (document,) = json.loads(suggested.stdout)["documents"]
    mention = next(m for m in document["mentions"] if m["kind"] == "phone")
    assert mention["text"] == STATEMENT[mention["start"] : mention["end"]] == "07700 900123"
    wanted = {"kind", "text", "start", "end", "page", "boxes", "confidence", "detector", "person", "action", "why"}
    assert wanted <= set(mention)

    redacted = backbeat("redact", "case", "-o", "out", "--people", "people.json", "--accept", "all", "--json")
    assert (redacted.returncode, redacted.stderr) == (0, "")
    manifest = json.loads(redacted.stdout)
    assert manifest == json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["documents"][0]["output"] == "document-0001.txt"
    assert "900123" not in (tmp_path / "out" / "document-0001.txt").read_text()

    verified = backbeat("verify", "out", "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["ok"]
    (tmp_path / "out" / "document-0001.txt").write_text("changed")
    broken = backbeat("verify", "out")
    assert broken.returncode == 4
    assert "file.changed" in broken.stderr

    assert backbeat("ledger", "verify").returncode == 0
    # nobody timed the work, so no saving is claimed
    assert "Nothing has been timed" in backbeat("ledger", "summary").stdout


@pytest.mark.model
def test_refusals_are_told_and_the_others_done(backbeat, tmp_path):
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "case" / "Caddick.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    (tmp_path / "case" / "letter.docx").write_bytes(b"PK\x03\x04")
    done = backbeat("redact", "case", "-o", "out", "--accept", "all")
    assert done.returncode == 3
    assert has_three_parts(done.stderr)
    assert is_clean(done.stderr)
    assert "input 1," in done.stderr
    assert "Word document" in done.stderr
    assert (tmp_path / "out" / "document-0003.txt").is_file()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("redact", "case"), "usage"),  # no -o
        (("--nonsense",), "usage"),
        (("suggest", "nowhere"), "input.missing"),
        (("redact", "case", "-o", "out", "--profile", "nobody"), "config.invalid"),
        (("redact", "case", "-o", "out", "--on", "1999-01-01"), "rules.no-edition"),
        (("redact", "case", "-o", "case/out"), "output.refused"),
        (("redact", "case", "-o", "out", "--decisions", "people.json"), "decisions.invalid"),
        (("redact", "case", "-o", "out", "--people", "case/statement.txt"), "config.invalid"),
        (("redact", "case", "-o", "people.json/out"), "output.refused"),
        (("redact", "case", "-o", "circle/out"), "output.refused"),
        (("redact", "circle", "-o", "circle/out"), "output.refused"),
        (("redact", "case", "-o", "x" * 300), "output.refused"),
        # the parser quotes what it did not expect, and that may be a file's name
        (("verify", "case", "case/statement.txt"), "usage"),
        (("suggest", "case", "--on", "Ffion Caddick"), "usage"),
        (("verify", "nowhere"), "output.refused"),
        (("verify", "case", "--key", "x"), "key.unreadable"),
        (("explain", "input.mismach"), "explain.unknown-code"),
    ],
)
def test_the_users_errors(backbeat, tmp_path, arguments, code):
    done = backbeat(*arguments)
    assert done.returncode == 2, done.stderr
    assert done.stderr.rstrip().endswith(f"backbeat explain {code}")
    assert has_three_parts("\n" + done.stderr)
    assert is_clean(done.stderr)
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.model
def test_a_name_that_is_no_text_and_a_link_in_a_circle_have_a_fate(backbeat, tmp_path):
    with open(os.fsencode(tmp_path / "case") + b"/\xff\n.txt", "wb") as odd:
        odd.write(STATEMENT.encode())
    done = backbeat("redact", "case", "circle", "-o", "out", "--accept", "all", "--json")
    assert done.returncode == 3
    documents = json.loads(done.stdout)["documents"]
    assert [document["status"] for document in documents] == ["redacted", "redacted", "refused"]
    assert os.fsencode(documents[1]["path"]).endswith(b"\xff\n.txt")
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes()) == json.loads(done.stdout)
    # … and such a document can be named in decisions by its hash
    decided = [{"document": documents[1]["sha256"], "start": 0, "end": 9, "action": "redact"}]
    (tmp_path / "decisions.json").write_text(json.dumps({"decisions": decided}))
    again = backbeat("redact", "case", "-o", "out", "--accept", "none", "--decisions", "decisions.json")
    assert again.returncode == 0, again.stderr
    assert backbeat("verify", "out").returncode == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BACKBEAT_DATA", "broken"),  # its database is none
        ("DATABASE_URL", "postgresql://127.0.0.1:1/none"),
    ],
)
@pytest.mark.model
def test_what_the_machine_refuses_is_no_bug(backbeat, tmp_path, variable, value):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "backbeat.sqlite3").write_bytes(b"no database at all" * 100)
    done = backbeat("redact", "case", "-o", "out", "--accept", "all", **{variable: value})
    assert done.returncode == 2
    assert done.stderr.rstrip().endswith("backbeat explain machine.refused")
    assert is_clean(done.stderr)
    assert not (tmp_path / "out").exists()


def test_a_folder_without_certificate_is_refused(backbeat):
    done = backbeat("verify", "case", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["code"] == "certificate.unreadable"


def test_a_bug_leaves_a_traceback_without_the_data_it_choked_on(backbeat, tmp_path):
    script = (
        "import backbeat.cli_redaction as desk, backbeat.redaction.case as case\n"
        "def choke(path): raise RuntimeError('Ffion Caddick')\n"
        "case.load_people = choke\n"
        "from backbeat.cli import main\n"
        "main(['suggest', 'case', '--people', 'people.json'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 70
    assert "Traceback" in done.stderr
    assert "RuntimeError" in done.stderr
    assert "Caddick" not in done.stderr


def test_version_and_help_and_explain(backbeat):
    assert backbeat("--version").stdout.startswith("backbeat ")
    for command in ((), ("suggest",), ("redact",), ("verify",), ("explain",), ("ledger",)):
        done = backbeat(*command, "--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert "Usage:" in done.stdout
    assert "password" in backbeat("explain", "input.pdf-encrypted").stdout


def test_help_loads_nothing_heavy():
    script = (
        "import sys\n"
        "import backbeat.cli\n"
        "heavy = {'spacy', 'pikepdf', 'pypdfium2', 'pdfminer', 'pyarrow', 'PIL', 'numpy', 'django', 'sqlalchemy',"
        " 'cryptography', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_the_installed_command_is_this_one(tmp_path):
    command = Path(sys.executable).with_name("backbeat")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True, timeout=60, cwd=tmp_path)
    assert done.stdout.startswith("backbeat ")
