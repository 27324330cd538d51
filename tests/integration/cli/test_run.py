"""`./run` itself: from anywhere, through any path, with any sh, and in words where something is missing."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHELLS = [shell for shell in ("sh", "dash", "bash", "busybox") if shutil.which(shell)]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout under a path with a space, whose environment holds a Python that only says what it is asked."""
    folder = tmp_path / "a checkout"
    (folder / "requirements").mkdir(parents=True)
    stamped = hashlib.sha256()
    for name in ("run", "pyproject.toml", "requirements/runtime.txt"):
        shutil.copy(ROOT / name, folder / name)
        if name != "run":
            stamped.update((folder / name).read_bytes())
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text('#!/bin/sh\nprintf "%s\\n" "$PWD" "$@"\n')
    (binaries / "python").chmod(0o755)
    (folder / ".venv" / f".installed-{stamped.hexdigest()[:16]}").touch()
    return folder


def call(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_from_another_folder_through_a_path_with_a_space(checkout: Path, tmp_path: Path, shell: str):
    name = [shell, "sh"] if shell == "busybox" else [shell]
    done = call(*name, checkout / "run", "serve", "--port", "1 2", "--data", "my data", cwd=tmp_path)
    expected = [str(checkout), "-m", "backbeat.station.serve", "--port", "1 2", "--data", str(tmp_path / "my data")]
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (0, expected, "")


@pytest.mark.parametrize(
    ("given", "meant"),
    [("--data=d", "--data={}/d"), ("--data=/d", "--data=/d"), ("--check", "--check"), ("", "")],
)
def test_a_relative_data_folder_is_the_callers(checkout: Path, tmp_path: Path, given: str, meant: str):
    done = call(checkout / "run", "demo", given, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == meant.format(tmp_path)


@pytest.mark.parametrize("python", ["/nowhere/python3", "false"])
def test_a_python_that_cannot_be_used_is_named_and_not_replaced(checkout: Path, python: str):
    shutil.rmtree(checkout / ".venv")
    done = call(checkout / "run", "demo", cwd=checkout, PYTHON=python)
    assert done.returncode == 2
    assert "PYTHON names no Python 3.11" in done.stderr
    assert not (checkout / ".venv").exists()


def test_without_any_python_it_says_what_to_install(checkout: Path, tmp_path: Path):
    shutil.rmtree(checkout / ".venv")
    bare = tmp_path / "bin"
    bare.mkdir()
    for tool in ("sh", "dirname", "cat", "sha256sum", "cut"):
        found = shutil.which(tool)
        assert found is not None
        (bare / tool).symlink_to(found)
    done = call("sh", checkout / "run", "demo", cwd=tmp_path, PATH=str(bare))
    assert done.returncode == 2
    assert "apt-get install python3" in done.stderr


@pytest.mark.parametrize(("there", "clear"), [("pyvenv.cfg", " --clear"), ("thesis.txt", "")])
def test_an_environment_that_was_made_without_pip_is_made_anew(checkout: Path, there: str, clear: str):
    """What Debian leaves behind when python3-venv is missing; but a folder with anything else is not emptied."""
    shutil.rmtree(checkout / ".venv")
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / there).touch()
    fake = checkout / "fake"
    fake.write_text('#!/bin/sh\ncase "$*" in *venv*) echo "$@"; exit 1;; esac\n')
    fake.chmod(0o755)
    done = call(checkout / "run", "demo", cwd=checkout, PYTHON=str(fake))
    assert done.stdout == f"-m venv{clear} {checkout / '.venv'}\n"
    assert done.returncode == 2
    assert "python3-venv" in done.stderr


def test_an_unknown_verb_shows_the_usage(checkout: Path):
    done = call(checkout / "run", "dmeo", cwd=checkout)
    assert (done.returncode, done.stdout) == (2, "")
    assert "./run demo" in done.stderr
