"""What a PDF alone can be refused for; the message of each says what to do.

InputRejected
├── PdfEncrypted     a password or restriction of any kind
├── PdfDamaged       parts of it could be missed
├── PdfUnsupported   a portfolio, a form made by the viewer, or a page that cannot even be drawn
└── PdfTooLarge      more pages, objects, text or unpacked data than the limits allow
"""

from backbeat.errors import InputRejected

__all__ = ["PdfDamaged", "PdfEncrypted", "PdfTooLarge", "PdfUnsupported"]


class PdfEncrypted(InputRejected):
    """The PDF carries a password or a restriction."""

    code = "input.pdf-encrypted"


class PdfDamaged(InputRejected):
    """The PDF is damaged, so parts of it could be missed."""

    code = "input.pdf-damaged"


class PdfUnsupported(InputRejected):
    """A kind of PDF, or a page of one, that cannot be redacted safely."""

    code = "input.pdf-unsupported"


class PdfTooLarge(InputRejected):
    """More than the limits allow: pages, objects, characters, or data once unpacked."""

    code = "input.pdf-too-large"
