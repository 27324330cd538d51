"""A sentence of an explanation."""

from dataclasses import dataclass

from backbeat.canonical import Json
from backbeat.rulebook.table import RowRef

__all__ = ["Node", "cite_page"]


def cite_page(page: str) -> str:
    """`p10` for a page number; other places in a source (`chapter 8`) as they are."""
    return f"p{page}" if page[:1].isdigit() else page


@dataclass(frozen=True, slots=True)
class Node:
    """A sentence of the explanation and what stands under it."""

    text: str
    row: RowRef | None = None
    children: tuple["Node", ...] = ()

    @property
    def document(self) -> str | None:
        """Source document of the row, where the sentence is about a row."""
        return self.row.document if self.row else None

    @property
    def page(self) -> str | None:
        """Page in that document."""
        return self.row.page if self.row else None

    def to_json(self) -> Json:
        """Plain JSON."""
        return {
            "text": self.text,
            "row": self.row.row if self.row else None,
            "document": self.document,
            "page": self.page,
            "children": [child.to_json() for child in self.children],
        }

    def lines(self, depth: int = 0) -> list[str]:
        """The tree as indented text, one sentence a line."""
        source = f" ({self.row.document} {cite_page(self.row.page)})" if self.row else ""
        under = [line for child in self.children for line in child.lines(depth + 1)]
        return ["  " * depth + self.text + source, *under]
