"""What a PDF alone can be refused for; the message of each says what to do.

InputRejected
├── PdfEncrypted     a password or restriction of any kind
├── PdfDamaged       parts of it could be missed
├── PdfUnsupported   a portfolio, a form made by the viewer, or a page that cannot even be drawn
└── PdfTooLarge      more pages, objects, text or unpacked data than the limits allow
UnitFailed
└── PageUnsupported  a page that cannot be taken apart glyph by glyph; it becomes a picture, never passes silently
"""

from backbeat.errors import InputRejected, UnitFailed

__all__ = ["PageUnsupported", "PdfDamaged", "PdfEncrypted", "PdfTooLarge", "PdfUnsupported"]


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


class PageUnsupported(UnitFailed):
    """A page holds something that cannot be taken apart safely. Caught inside this room: the page becomes a picture."""

    code = "unit.page-unsupported"

    def __init__(self, what: str) -> None:
        super().__init__(what, where="a page of the PDF", do="look at the page in the result: it is now a picture")

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.what,))
