"""PDF: read text with its geometry; apply decisions so that nothing is left underneath."""

from backbeat.redaction.formats.pdf.apply import apply
from backbeat.redaction.formats.pdf.reader import read

__all__ = ["apply", "read"]
