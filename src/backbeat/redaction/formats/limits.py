"""How much one file may ask of this machine before it is refused."""

from dataclasses import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits"]

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on one input file. A file over any of them is refused before it is worked on.

    The defaults hold a full case bundle and stop bombs: files a few kilobytes long that unpack to gigabytes.
    """

    max_bytes: int = 1024 * MEBIBYTE
    """Size of the file itself."""
    max_pages: int = 5_000
    max_objects: int = 2_000_000
    """Indirect objects in a PDF."""
    max_stream_bytes: int = 256 * MEBIBYTE
    """One stream of a PDF, unpacked."""
    max_total_stream_bytes: int = 4096 * MEBIBYTE
    """All streams of a PDF together, unpacked."""
    max_page_side: float = 14_400.0
    """Longest side of a PDF page in user space units: the limit the format itself states."""
    max_rows: int = 2_000_000
    """Rows of a table."""
    max_characters: int = 200_000_000
    """Characters of extracted text, of the whole file."""
    max_characters_per_page: int = 200_000


DEFAULT_LIMITS = Limits()
