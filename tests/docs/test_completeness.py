"""The documentation is whole: options, settings, permissions, decisions, security properties, pictures, links."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from doc_pages import PAGES, ROOT
from typer.main import get_command

from backbeat.cli import app
from backbeat.redaction.manifest import Status
from backbeat.redaction.model import Action, Kind, Role
from backbeat.redaction.policy import PROFILE_IDS

SOURCE = ROOT / "src" / "backbeat"
MOST_PICTURE_BYTES = 150_000


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its words, groups left out."""
    children = getattr(command, "commands", None)
    if children is None:
        yield path.strip(), command
        return
    for name, child in children.items():
        yield from commands(child, f"{path} {name}")


COMMANDS = dict(commands(get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_on_its_page(name: str) -> None:
    page = text("docs/cli.md")
    assert f"backbeat {name}" in page
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("-")]
    missing = [option for option in options if f"`{option}`" not in page and f"`{option} " not in page]
    assert missing == []


def test_no_option_is_described_that_does_not_exist() -> None:
    known = {o for command in COMMANDS.values() for parameter in command.params for o in parameter.opts}
    described = set(re.findall(r"`(--[a-z-]+)", text("docs/cli.md"))) - {"--help", "--version"}
    assert described - known == set()


@pytest.mark.parametrize(
    "words", [PROFILE_IDS, tuple(Kind), tuple(Role), tuple(Action), tuple(Status)], ids=lambda w: w[0]
)
def test_every_word_of_the_interface_is_explained(words: tuple[str, ...]) -> None:
    assert [str(word) for word in words if f"`{word}`" not in text("docs/cli.md")] == []


def test_officers_read_about_every_profile() -> None:
    assert [name for name in PROFILE_IDS if f"(`{name}`)" not in text("docs/redaction.md")] == []


def settings() -> set[str]:
    read = [SOURCE / "installation.py", *(SOURCE / "station").rglob("*.py"), ROOT / "run"]
    return {"DATABASE_URL"} | {
        n for path in read for n in re.findall(r"BACKBEAT_[A-Z_]*[A-Z]", path.read_text("utf-8"))
    }


@pytest.mark.parametrize("name", sorted(settings()))
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `{name}` |" in text("docs/administration.md")


def test_no_setting_is_described_that_nothing_reads() -> None:
    assert set(re.findall(r"\bBACKBEAT_[A-Z_]*[A-Z]", text("docs/administration.md"))) - settings() == set()


def test_options_of_serve_are_documented() -> None:
    offered = set(re.findall(r'add_argument\("(--[a-z]+)"', (SOURCE / "station" / "serve.py").read_text("utf-8")))
    assert {option for option in offered if f"| `{option}` |" not in text("docs/administration.md")} == set()


def test_the_page_of_roles_is_the_table() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "roles_page.py"), "--check"]
    assert subprocess.run(command, check=False, timeout=60).returncode == 0, "run scripts/roles_page.py"


def test_the_index_of_decisions_lists_every_page_once_and_in_order() -> None:
    pages = sorted(path.name for path in (ROOT / "decisions").glob("[0-9]*.md"))
    listed = re.findall(r"^\| \[[^\]]+\]\(([^)]+)\) \|", text("decisions/README.md"), flags=re.MULTILINE)
    assert listed == pages


def security_rows() -> list[list[str]]:
    rows = re.findall(r"^\| (S\d+) \| (.+) \| (.+) \| (.+) \|$", text("SECURITY.md"), flags=re.MULTILINE)
    return [list(row) for row in rows]


def test_security_properties_are_numbered_without_gaps() -> None:
    assert [row[0] for row in security_rows()] == [f"S{number}" for number in range(1, len(security_rows()) + 1)]
    assert security_rows()


@pytest.mark.parametrize("row", security_rows(), ids=lambda row: row[0])
def test_every_security_property_names_modules_and_tests_that_exist(row: list[str]) -> None:
    modules, tests = re.findall(r"`([^`]+)`", row[2]), re.findall(r"`([^`]+)`", row[3])
    assert modules
    assert tests
    assert [m for m in modules if not (SOURCE / m).exists() and not (ROOT / m).is_file()] == []
    for test in tests:
        path, _, function = test.partition("::")
        assert (ROOT / path).is_file(), test
        assert f"def {function}" in text(path), test


PICTURES = sorted((ROOT / "docs" / "images").glob("*.png"))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_pictures_are_small_and_used(picture: Path) -> None:
    assert picture.stat().st_size < MOST_PICTURE_BYTES
    assert any(f"images/{picture.name})" in page.read_text("utf-8") for page in PAGES)


@pytest.mark.parametrize("page", [*PAGES, *sorted((ROOT / "decisions").glob("*.md"))], ids=lambda path: path.name)
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    found = re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", page.read_text("utf-8"))
    inside = [link.partition("#")[0] for link in found if not re.match(r"https?:|#", link)]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_pictures_say_in_words_what_they_show() -> None:
    short = [
        words for page in PAGES for words in re.findall(r"!\[([^\]]*)\]\(", page.read_text("utf-8")) if len(words) < 20
    ]
    assert short == []


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r"[\w-]+\.md", yaml.safe_dump(yaml.safe_load(text("mkdocs.yml"))["nav"])))
    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")}


def test_words_of_the_glossary_are_in_order() -> None:
    words = re.findall(r"^([a-z][\w ]+)\n: ", text("docs/glossary.md"), flags=re.MULTILINE)
    assert words == sorted(words)
    assert len(words) > 20
