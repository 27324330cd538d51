"""Text and tables against naive oracles."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from backbeat.redaction import formats
from backbeat.redaction.model import Action, Decision, Kind

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
TEXTS = st.text(st.one_of(LETTERS, st.sampled_from("\r\n\t ")), min_size=1, max_size=200).filter(
    lambda text: not text.lstrip().lower().startswith(("<", "%", "{", "mime", "sep="))
)
CELLS = st.text(st.sampled_from('ab1 ,;"\n\r=é'), max_size=6)


@settings(deadline=None)  # files are written and synced; how long that takes is the disk's affair
@given(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.data())
def test_cutting_text_equals_slicing_it(text, encoding, data):
    ends = data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True).map(sorted))
    spans = list(zip(ends[::2], ends[1::2], strict=False))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.txt"), Path(folder, "out.txt")
        source.write_bytes(text.encode(encoding))
        document = formats.read(source)
        if document.text != text:
            assert text.startswith("\ufeff")  # the mark is not text
            return
        decisions = [Decision(Action.REDACT, Kind.OTHER, "r", "a", "individual", *span) for span in spans]
        formats.apply(source, document, decisions, target)
        expected = text
        for start, end in reversed(spans):
            expected = f"{expected[:start]}[REDACTED]{expected[end:]}"
        assert target.read_bytes() == expected.encode(encoding)


@settings(deadline=None)  # files are written and synced; how long that takes is the disk's affair
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6), st.data())
def test_cells_equal_the_standard_reader_and_a_removed_cell_changes_alone(rows, data):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.csv"), Path(folder, "out.csv")
        source.write_bytes(buffer.getvalue().encode())
        document = formats.read(source)
        found = [document.text[cell.start : cell.end].replace('""', '"') for cell in document.cells]
        assert found == [cell for row in rows for cell in row]
        chosen = [cell for cell in document.cells if cell.start < cell.end and data.draw(st.booleans())]
        decisions = [Decision(Action.REDACT, Kind.OTHER, "r", "a", "individual", c.start, c.end) for c in chosen]
        formats.apply(source, document, decisions, target)
        after = list(csv.reader(io.StringIO(target.read_bytes().decode(), newline="")))
        expected = [list(row) for row in rows]
        for cell in chosen:
            expected[cell.row][cell.column] = "[REDACTED]"
        assert after == expected
