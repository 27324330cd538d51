"""The peer: PyMuPDF `apply_redactions` with boxes given. Runs in an environment of its own (AGPL, never a dependency).

    python pymupdf_apply.py SOURCE.pdf BOXES.json TARGET.pdf

`BOXES.json` is a list with one entry a page, each a list of [x0, y0, x1, y1] in points from the top left. Prints the
seconds that marking, applying and saving took.
"""

import json
import sys
import time
from pathlib import Path

import pymupdf


def main(source: str, boxes: str, target: str) -> None:
    pages = json.loads(Path(boxes).read_text())
    started = time.perf_counter()
    document = pymupdf.open(source)
    for page, found in zip(document, pages, strict=True):
        for box in found:
            page.add_redact_annot(pymupdf.Rect(*box), text="Witness", fontsize=6, fill=(0, 0, 0), text_color=(1, 1, 1))
        page.apply_redactions()
    document.save(target, garbage=4, deflate=True)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main(*sys.argv[1:])
