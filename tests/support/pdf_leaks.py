"""Looks for a value in a PDF with every reader at hand: the tests' own sceptic, apart from the one that ships."""

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from pdfminer.high_level import extract_text
from pypdf import PdfReader


def squeezed(words: str) -> str:
    return re.sub(r"[\W_]", "", words).lower()


def readings(path: Path) -> dict[str, str]:
    """Everything each reader finds, by reader."""
    found = {"pdfminer": extract_text(str(path)), "raw": raw_text(path)}
    reader = PdfReader(path)
    found["pypdf"] = (
        "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata) + str(reader.xmp_metadata)
    )
    pdf = pypdfium2.PdfDocument(path)
    found["pdfium"] = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    if shutil.which("pdftotext"):
        for mode in ("-raw", "-layout"):
            result = subprocess.run(["pdftotext", mode, str(path), "-"], capture_output=True, check=True, timeout=60)
            found[f"poppler {mode}"] = result.stdout.decode("utf-8", "replace")
    return found


def raw_text(path: Path) -> str:
    """Every byte of the file, every string and name of every object, every stream unpacked, shown strings joined."""
    parts = [path.read_bytes().decode("latin-1")]
    with pikepdf.open(path) as pdf:
        for found in pdf.objects:
            _strings(found, parts, 0)
            if isinstance(found, pikepdf.Stream):
                try:
                    data = found.read_bytes(pikepdf.StreamDecodeLevel.all)
                except pikepdf.PdfError:
                    data = found.read_raw_bytes()
                parts += [data.decode("latin-1"), data.replace(b"\0", b"").decode("latin-1")]
                parts.append("".join(re.findall(r"\(((?:[^()\\]|\\.)*)\)", data.decode("latin-1"))))
    return "\n".join(parts)


def _strings(found: Any, parts: list[str], depth: int) -> None:
    if depth > 12:
        return
    if isinstance(found, pikepdf.String):
        parts += [str(found), bytes(found).decode("latin-1")]
    elif isinstance(found, pikepdf.Name):
        parts.append(str(found))
    elif isinstance(found, pikepdf.Array):
        for item in found.as_list():
            _strings(item, parts, depth + 1)
    elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in found.items():
            parts.append(key)
            if not getattr(value, "is_indirect", False):
                _strings(value, parts, depth + 1)


def leaks(path: Path, secret: str) -> list[str]:
    """Readers that still find the secret or one of its words of five letters or more."""
    wanted = [squeezed(word) for word in re.split(r"[^\w]+", secret) if len(word) >= 5]
    return [reader for reader, text in readings(path).items() if any(word in squeezed(text) for word in wanted)]


def revisions(path: Path) -> int:
    return path.read_bytes().count(b"%%EOF")


def pixels(path: Path, page: int = 1, scale: float = 2.0) -> Any:
    """The page drawn in grey, as an array."""
    import numpy as np

    pdf = pypdfium2.PdfDocument(io.BytesIO(path.read_bytes()))
    picture = pdf[page - 1].render(scale=scale, grayscale=True).to_numpy()
    drawn = np.array(picture).squeeze().copy()
    pdf.close()
    return drawn
