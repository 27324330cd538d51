"""Picture files inside a PDF, without what rides along in them: EXIF, thumbnails, comments, bytes after the end."""

from collections.abc import Iterator

__all__ = ["clean_jp2", "clean_jpeg"]

JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
JP2_KEPT = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
ADOBE, JFIF = 0xEE, 0xE0
PLAIN_JFIF = 16
"""Bytes of a JFIF segment without a thumbnail."""


def clean_jpeg(data: bytes) -> bytes | None:
    """The JPEG with only the segments that decode its pixels; None where it is clean already."""
    if data[:2] != b"\xff\xd8":
        return None
    kept = [b"\xff\xd8"]
    for marker, segment in _segments(data):
        if marker == JFIF:
            if len(segment) == PLAIN_JFIF + 2:
                kept.append(segment)
        elif marker == ADOBE or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(segment)
    cleaned = b"".join(kept)
    return None if cleaned == data.rstrip(b"\r\n\x00 ") else cleaned


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and whole bytes of each segment; a scan comes with its coded data, the end marker last."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            end = _scan_end(data, end)
        yield marker, data[at:end]
        at = end
    yield 0xD9, b"\xff\xd9"


def _scan_end(data: bytes, at: int) -> int:
    """First real marker after a scan's coded data; stuffed zeros and restart markers belong to the data."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        follower = data[at + 1]
        if follower == 0 or 0xD0 <= follower <= 0xD7 or follower == 0xFF:
            at += 1 if follower == 0xFF else 2
            continue
        return at


def clean_jp2(data: bytes) -> bytes | None:
    """The JPEG 2000 file with only the boxes that decode its pixels; None where it is a bare code stream."""
    if not data.startswith(JP2_SIGNATURE):
        return None
    kept = []
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size == 0 or at + size > len(data):
            size = len(data) - at
        if size < 8:
            break
        if kind in JP2_KEPT:
            kept.append(data[at : at + size])
        at += size
    return b"".join(kept)
