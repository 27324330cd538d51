"""The output side of a content stream: instructions kept or made, and resources under names of their own."""

from collections.abc import Callable, Sequence
from typing import Any

import pikepdf

from backbeat.redaction.formats.pdf.errors import PageUnsupported
from backbeat.redaction.formats.pdf.layers import Layers
from backbeat.redaction.formats.pdf.rebuild import Copier
from backbeat.redaction.formats.pdf.textstate import PageGlyphs

__all__ = ["Scene", "StreamWriter"]


class Scene:
    """What all content streams of one page share."""

    def __init__(self, copier: Copier, layers: Layers, glyphs: PageGlyphs) -> None:
        self.copier = copier
        self.layers = layers
        self.glyphs = glyphs
        self.fills = glyphs.fills
        self.hidden_content = False
        self.outside_content = False
        self.changes = 0
        """How often something was taken out."""
        self.forms: list[tuple[int, int]] = []
        """Forms being drawn, to notice one that draws itself."""


class StreamWriter:
    """Collects what remains of one content stream and the resources it uses."""

    def __init__(self, scene: Scene, resources: Any) -> None:
        self.scene = scene
        self.source = resources if isinstance(resources, pikepdf.Dictionary) else pikepdf.Dictionary()
        self.out: list[Any] = []
        self.used: dict[str, dict[str, Any]] = {}
        self.instruction: Any = None
        """The instruction being run."""
        self._names: dict[tuple[str, str], str] = {}

    def content(self) -> bytes:
        """What remains, with every q closed."""
        return pikepdf.unparse_content_stream([*self.out, *[_made([], "Q")] * self.depth()])

    def as_form(self, source: Any) -> Any:
        """A form with what remains, drawn like `source`."""
        copier = self.scene.copier
        made = copier.keys(
            source,
            pikepdf.Stream(copier.target, self.content()),
            ("Type", "Subtype", "FormType", "BBox", "Matrix"),
        )
        made.Resources = self.resources()
        if (group := copier.group(source.get("/Group"))) is not None:
            made.Group = group
        return made

    def depth(self) -> int:
        """How many q are open."""
        raise NotImplementedError

    def resources(self) -> pikepdf.Dictionary:
        """A resource dictionary with what the remaining content uses."""
        return pikepdf.Dictionary(
            {category: pikepdf.Dictionary(entries) for category, entries in self.used.items() if entries}
        )

    def name(self, category: str, original: str, make: Callable[[Any], Any]) -> str:
        """Name of a resource in the new stream, copied by `make` the first time; the old name is not kept."""
        known = self._names.get((category, original))
        if known is None:
            known = self.adopt(category, make(self.lookup(category, original)))
            self._names[category, original] = known
        return known

    def adopt(self, category: str, copy: Any) -> str:
        """Give a copied resource a name in the new stream."""
        entries = self.used.setdefault(category, {})
        name = f"/{category[1]}{len(entries)}"
        entries[name] = copy
        return name

    def lookup(self, category: str, original: str) -> Any:
        """The page's resource of that name."""
        entries = self.source.get(category)
        found = entries.get(original) if isinstance(entries, pikepdf.Dictionary) else None
        if found is None:
            raise PageUnsupported("The page's content names something the page does not have.")
        return found

    def put(self, operands: Sequence[Any], name: str) -> None:
        """Add an instruction of our own to the output."""
        self.out.append(_made(operands, name))

    def keep(self) -> None:
        """Add the instruction being run to the output as it is."""
        self.out.append(self.instruction)


def _made(operands: Sequence[Any], name: str) -> pikepdf.ContentStreamInstruction:
    return pikepdf.ContentStreamInstruction(list(operands), pikepdf.Operator(name))
