"""The sceptic: a separate way through the redacted file that tries to get removed values back.

Nothing here uses the code that finds mentions or removes them; only the nouns and errors are shared. Any finding
withholds the output. Findings quote no value. `search` says what counts as a find and what does not.
"""

from collections.abc import Sequence
from pathlib import Path

from backbeat.errors import Bug
from backbeat.redaction.model import Applied, Decision, Document, Finding
from backbeat.redaction.verify import search, text
from backbeat.redaction.verify.expectation import expect
from backbeat.redaction.verify.standalone import inspect

__all__ = ["VERIFIER_VERSION", "check", "inspect", "reader_versions"]

VERIFIER_VERSION = "2"
"""Changes when what the verifier looks for changes; stands on every certificate."""


def check(
    source: Path, output: Path, document: Document, applied: Applied, decisions: Sequence[Decision]
) -> tuple[Finding, ...]:
    """Try to get every removed value back out of `output`; nothing found is `()`.

    Args:
        source: the original, read only to compare.
        output: the redacted file.
        document: `source` as it was read.
        applied: what the format says it did. Not believed, except for the text it drew.
        decisions: what was decided for this document.

    Raises:
        Bug: a decision lies outside the document, or the document is of a kind that cannot be verified.
    """
    expectation = expect(document, decisions)
    findings = [*search.undecided(expectation), *search.repeated(expectation, applied.drawn_text)]
    if document.media_type == "application/pdf":
        from backbeat.redaction.verify import pdf

        findings += pdf.check(source, output, applied, expectation)
    elif document.media_type == "text/plain":
        findings += text.check_text(output, document, applied, expectation)
    elif document.media_type == "text/csv":
        findings += text.check_table(output, document, applied, expectation)
    else:
        raise Bug("a document of a kind that cannot be verified")
    return tuple(findings)


def reader_versions() -> dict[str, str]:
    """The independent readers and their versions, for the certificate."""
    from importlib.metadata import version

    return {name: version(name) for name in ("pdfminer.six", "pikepdf", "pypdfium2")}
