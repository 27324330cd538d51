"""Character maps: how the bytes of a string split into codes, which glyph a code means, which text it stands for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["CodeMap", "parse_code_map", "predefined_code_map", "rewrite_to_unicode"]

BLOCK = re.compile(rb"begin(codespacerange|cidrange|cidchar|bfrange|bfchar|notdefrange)(.*?)end\1", re.S)
TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])|(-?\d+)")
WMODE = re.compile(rb"/WMode\s+(\d)")
USES = re.compile(rb"/([^\s/<>\[\]()]+)\s+usecmap")
RANGE_MOST = 65_536


@dataclass(slots=True)
class CodeMap:
    """Code spaces by length in bytes, and glyph numbers (CIDs) by code."""

    spaces: list[tuple[int, int, int]] = field(default_factory=list)
    """(bytes, first, last)"""
    cids: dict[bytes, int] = field(default_factory=dict)
    identity: bool = False
    vertical: bool = False

    def split(self, data: bytes) -> list[tuple[bytes, int]]:
        """Codes of a shown string with their CIDs; a code without a glyph is CID 0."""
        if self.identity:
            return [(data[at : at + 2], int.from_bytes(data[at : at + 2], "big")) for at in range(0, len(data), 2)]
        found = []
        at = 0
        while at < len(data):
            code = self._next(data, at)
            found.append((code, self.cids.get(code, 0)))
            at += len(code)
        return found

    def _next(self, data: bytes, at: int) -> bytes:
        for length, first, last in self.spaces:
            piece = data[at : at + length]
            if len(piece) == length and _within(piece, first, last):
                return piece
        shortest = min((length for length, _, _ in self.spaces), default=1)
        return data[at : at + shortest]


def _within(piece: bytes, first: int, last: int) -> bool:
    # Each byte of a code lies between the same bytes of the ends of its space.
    low, high = first.to_bytes(len(piece), "big"), last.to_bytes(len(piece), "big")
    return all(a <= b <= c for a, b, c in zip(low, piece, high, strict=True))


def predefined_code_map(name: str) -> CodeMap | None:
    """One of the character maps every PDF reader knows by name, or None."""
    if name in {"Identity-H", "Identity-V"}:
        return CodeMap(identity=True, vertical=name.endswith("V"))
    from pdfminer.cmapdb import CMapDB

    try:
        found = CMapDB.get_cmap(name)
    except CMapDB.CMapNotFound:
        return None
    result = CodeMap(vertical=bool(found.is_vertical()))
    _walk(getattr(found, "code2cid", {}), b"", result.cids)
    lengths = sorted({len(code) for code in result.cids})
    for length in lengths:
        leads: dict[int, None] = {}
        for code in result.cids:
            if len(code) == length:
                leads[code[0]] = None
        result.spaces += [(length, lead << 8 * (length - 1), ((lead + 1) << 8 * (length - 1)) - 1) for lead in leads]
    return result


def _walk(level: Mapping[int, object], prefix: bytes, into: dict[bytes, int]) -> None:
    for byte, found in level.items():
        code = prefix + bytes([byte])
        if isinstance(found, dict):
            _walk(found, code, into)
        elif isinstance(found, int):
            into[code] = found


def parse_code_map(data: bytes) -> CodeMap | None:
    """An embedded character map, or None where it builds on one we do not know."""
    result = CodeMap()
    if uses := USES.search(data):
        base = predefined_code_map(uses[1].decode("latin-1"))
        if base is None or base.identity:
            return None
        result = base
    if mode := WMODE.search(data):
        result.vertical = mode[1] == b"1"
    for kind, body in BLOCK.findall(data):
        tokens = _tokens(body)
        if kind == b"codespacerange":
            for first, last in _pairs(tokens):
                result.spaces.append((len(first), int.from_bytes(first, "big"), int.from_bytes(last, "big")))
        elif kind == b"cidchar":
            for at in range(0, len(tokens) - 1, 2):
                code, cid = tokens[at], tokens[at + 1]
                if isinstance(code, bytes) and isinstance(cid, int):
                    result.cids[code] = cid
        elif kind == b"cidrange":
            _add_ranges(tokens, result.cids)
    return result if result.spaces else None


def _add_ranges(tokens: list[bytes | int | str], into: dict[bytes, int]) -> None:
    for at in range(0, len(tokens) - 2, 3):
        first, last, cid = tokens[at : at + 3]
        if isinstance(first, bytes) and isinstance(last, bytes) and isinstance(cid, int):
            low, high = int.from_bytes(first, "big"), int.from_bytes(last, "big")
            for offset in range(min(high - low + 1, RANGE_MOST)):
                into[(low + offset).to_bytes(len(first), "big")] = cid + offset


def _tokens(body: bytes) -> list[bytes | int | str]:
    found: list[bytes | int | str] = []
    for match in TOKEN.finditer(body):
        digits, opening, closing, number = match.groups()
        if digits is not None:
            clean = re.sub(rb"\s", b"", digits).decode("ascii")
            found.append(bytes.fromhex(clean + "0" * (len(clean) % 2)))
        elif number is not None:
            found.append(int(number))
        else:
            found.append("[" if opening else "]" if closing else "")
    return found


def _pairs(tokens: list[bytes | int | str]) -> Iterable[tuple[bytes, bytes]]:
    texts = [token for token in tokens if isinstance(token, bytes)]
    return zip(texts[::2], texts[1::2], strict=False)


def rewrite_to_unicode(data: bytes, used: Iterable[bytes]) -> bytes:
    """A fresh /ToUnicode map that says only what the codes still in use mean.

    The rest would tell a reader which characters stood in the removed text.
    """
    wanted = set(used)
    meaning: dict[bytes, bytes] = {}
    for kind, body in BLOCK.findall(data):
        tokens = _tokens(body)
        if kind == b"bfchar":
            for code, text in _pairs(tokens):
                if code in wanted:
                    meaning[code] = text
        elif kind == b"bfrange":
            _add_meanings(tokens, wanted, meaning)
    length = max((len(code) for code in meaning), default=1)
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def",
        f"1 begincodespacerange <{'00' * length}> <{'FF' * length}> endcodespacerange",
    ]
    pairs = sorted(meaning.items())
    for at in range(0, len(pairs), 100):
        part = pairs[at : at + 100]
        lines.append(f"{len(part)} beginbfchar")
        lines += [f"<{code.hex()}> <{text.hex()}>" for code, text in part]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")


def _add_meanings(tokens: list[bytes | int | str], wanted: set[bytes], meaning: dict[bytes, bytes]) -> None:
    at = 0
    while at + 2 < len(tokens):
        first, last, target = tokens[at : at + 3]
        at += 3
        if not isinstance(first, bytes) or not isinstance(last, bytes):
            return
        low, high = int.from_bytes(first, "big"), int.from_bytes(last, "big")
        if isinstance(target, bytes):
            start = int.from_bytes(target, "big")
            for offset in range(min(high - low + 1, RANGE_MOST)):
                code = (low + offset).to_bytes(len(first), "big")
                if code in wanted and target:
                    meaning[code] = (start + offset).to_bytes(len(target) + 1, "big")[-len(target) :]
        elif target == "[":
            offset = 0
            while at < len(tokens) and tokens[at] != "]":
                text = tokens[at]
                code = min(low + offset, high).to_bytes(len(first), "big")
                if isinstance(text, bytes) and code in wanted:
                    meaning[code] = text
                offset += 1
                at += 1
            at += 1
