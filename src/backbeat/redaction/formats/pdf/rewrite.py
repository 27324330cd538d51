"""Write a content stream anew: only operators we know, only resources we copied, without what is to go."""

from collections.abc import Callable, Sequence
from typing import Any

import pikepdf

from backbeat.redaction.formats.pdf.errors import PageUnsupported
from backbeat.redaction.formats.pdf.fonts import Font
from backbeat.redaction.formats.pdf.grammar import PAINT, PATH, PLAIN, SKIPPED, TEXT_SETTERS, check_operands
from backbeat.redaction.formats.pdf.images import (
    burn_image,
    burn_inline_image,
    check_inline_image,
    covers_of_image,
)
from backbeat.redaction.formats.pdf.paths import PathWatch
from backbeat.redaction.formats.pdf.plan import Fill
from backbeat.redaction.formats.pdf.rebuild import DEVICE_SPACES, GRAPHICS_STATE
from backbeat.redaction.formats.pdf.streams import Scene, StreamWriter
from backbeat.redaction.formats.pdf.textstate import IDENTITY, Matrix, PageGlyphs, State, product, show

__all__ = ["StreamRewriter", "rewrite_form"]

DEEPEST = 12

Operators = dict[str, Callable[["StreamRewriter", str, Sequence[Any]], None]]


class StreamRewriter(StreamWriter):
    """Runs one content stream and collects what remains of it."""

    def __init__(self, scene: Scene, resources: Any, ctm: Matrix, *, text_allowed: bool = True) -> None:
        super().__init__(scene, resources)
        self.text_allowed = text_allowed
        self.state = State(ctm)
        self._metrics: dict[str, Font] = {}
        self._saved: list[State] = []
        self._marks: list[bool] = []
        self._text: Matrix = IDENTITY
        self._line: Matrix = IDENTITY
        self._path = PathWatch(scene.fills)
        self._clips = False
        self.hidden = 0
        """How many marks around the current content switch it off."""

    def run(self, instructions: Sequence[Any]) -> None:
        """Rewrite parsed instructions.

        Raises:
            PageUnsupported: an operator, font or picture cannot be dealt with; the page must become a picture.
        """
        for instruction in instructions:
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self._inline_image(instruction)
                continue
            name = str(instruction.operator)
            operator = OPERATORS.get(name)
            if operator is None:
                raise PageUnsupported("The page's content holds an unknown operator.")
            operands = instruction.operands
            check_operands(name, operands)
            try:
                self.instruction = instruction
                operator(self, name, operands)
            except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError) as error:
                raise PageUnsupported("The page's content is malformed.") from error

    def depth(self) -> int:
        return len(self._saved)

    def stamp(self, form: Any, matrix: Matrix, ctm: Matrix) -> bytes:
        """Content that draws a form in a place of its own, after the rest and untouched by its state."""
        self.state = State(product(matrix, ctm))
        copy = rewrite_form(self.scene, form, self.state, self.source)
        name = self.adopt("/XObject", copy)
        numbers = b" ".join(b"%.5f" % value for value in matrix)
        return b"q %s cm %s Do Q" % (numbers, name.encode("ascii"))

    # Graphics state --------------------------------------------------------------------------------------------------

    def _plain(self, name: str, operands: Sequence[Any]) -> None:
        if any(self.scene.copier.scalars(value) is None for value in operands):
            raise PageUnsupported("The page's content is malformed.")
        self.keep()

    def _skip(self, name: str, operands: Sequence[Any]) -> None:
        """Marks without a visible effect, which may carry text of their own, are left behind."""

    def _save(self, name: str, operands: Sequence[Any]) -> None:
        self._saved.append(self.state.copy())
        self.keep()

    def _restore(self, name: str, operands: Sequence[Any]) -> None:
        if self._saved:
            self.state = self._saved.pop()
            self.keep()

    def _concatenate(self, name: str, operands: Sequence[Any]) -> None:
        self.state.ctm = product(_matrix(operands), self.state.ctm)
        self.keep()

    def _graphics_state(self, name: str, operands: Sequence[Any]) -> None:
        def make(source: Any) -> Any:
            copier = self.scene.copier
            if "/Font" in source:
                raise PageUnsupported("The page sets a font in a way that is not handled.")
            made = copier.keys(source, pikepdf.Dictionary(), GRAPHICS_STATE)
            mask = source.get("/SMask")
            if isinstance(mask, pikepdf.Dictionary):
                made.SMask = copier.keys(mask, pikepdf.Dictionary(), ("Type", "S", "BC"))
                made.SMask.G = rewrite_form(self.scene, mask.G, self.state, self.source)
                if "/TR" in mask:
                    made.SMask.TR = copier.function(mask.TR)
            elif mask is not None:
                made.SMask = pikepdf.Name("/None")
            return made

        original = str(operands[0])
        source = self.lookup("/ExtGState", original)
        if isinstance(source.get("/SMask"), pikepdf.Dictionary):
            # A soft mask stands where it is set, so each use is looked at on its own.
            self.put([pikepdf.Name(self.adopt("/ExtGState", make(source)))], "gs")
        else:
            self.put([pikepdf.Name(self.name("/ExtGState", original, make))], "gs")

    def _color_space(self, name: str, operands: Sequence[Any]) -> None:
        original = str(operands[0])
        if original in DEVICE_SPACES:
            self.put([pikepdf.Name(original)], name)
        else:
            self.put([pikepdf.Name(self.name("/ColorSpace", original, self.scene.copier.color_space))], name)

    def _color(self, name: str, operands: Sequence[Any]) -> None:
        values = list(operands)
        if values and isinstance(values[-1], pikepdf.Name):
            values[-1] = pikepdf.Name(self.name("/Pattern", str(values[-1]), self._pattern))
            self.put(values, name)
        elif any(self.scene.copier.scalars(value) is None for value in values):
            raise PageUnsupported("The page's content is malformed.")
        else:
            self.keep()

    def _pattern(self, source: Any) -> Any:
        copier = self.scene.copier
        if int(source.get("/PatternType", 0)) == 2:
            made = copier.keys(source, pikepdf.Dictionary(), ("Type", "PatternType", "Matrix"))
            made.Shading = copier.shading(source.Shading)
            return copier.indirect(made)
        # Where its tiles fall is not followed, so a pattern may hold nothing that could need removing.
        inner = StreamRewriter(self.scene, source.get("/Resources"), IDENTITY, text_allowed=False)
        inner.run(pikepdf.parse_content_stream(source))
        made = pikepdf.Stream(copier.target, inner.content())
        copier.keys(
            source, made, ("Type", "PatternType", "PaintType", "TilingType", "BBox", "XStep", "YStep", "Matrix")
        )
        made.Resources = inner.resources()
        return made

    def _shading(self, name: str, operands: Sequence[Any]) -> None:
        if not self.hidden:
            self.put([pikepdf.Name(self.name("/Shading", str(operands[0]), self.scene.copier.shading))], name)

    # Marked content --------------------------------------------------------------------------------------------------

    def _mark(self, name: str, operands: Sequence[Any]) -> None:
        hides = False
        if name == "BDC" and str(operands[0]) == "/OC" and self.scene.layers.any_off:
            properties = operands[1]
            if isinstance(properties, pikepdf.Name):
                properties = self.lookup("/Properties", str(properties))
            hides = self.scene.layers.hides(properties)
        self._marks.append(hides)
        self.hidden += hides

    def _unmark(self, name: str, operands: Sequence[Any]) -> None:
        if self._marks:
            self.hidden -= self._marks.pop()

    # Paths -----------------------------------------------------------------------------------------------------------

    def _construct(self, name: str, operands: Sequence[Any]) -> None:
        self._path.add(name, operands, self.state.ctm, len(self.out))
        self.keep()

    def _clip(self, name: str, operands: Sequence[Any]) -> None:
        self._clips = True
        self.keep()

    def _paint(self, name: str, operands: Sequence[Any]) -> None:
        if self.hidden:
            self.scene.changes += 1
            self.scene.hidden_content = True
            if not self._clips and self._path.start is not None:
                del self.out[self._path.start :]
            self._path.clear()
            if self._clips:
                self.put([], "n")
        else:
            self.scene.changes += self._path.paint(self.out, clips=self._clips)
            self.keep()
        self._clips = False

    # Text ------------------------------------------------------------------------------------------------------------

    def _begin_text(self, name: str, operands: Sequence[Any]) -> None:
        self._text = self._line = IDENTITY
        self.keep()

    def _end_text(self, name: str, operands: Sequence[Any]) -> None:
        self.keep()

    def _set_text(self, name: str, operands: Sequence[Any]) -> None:
        value = float(operands[0])
        setattr(self.state, TEXT_SETTERS[name], int(value) if name == "Tr" else value)
        self.keep()

    def _set_scale(self, name: str, operands: Sequence[Any]) -> None:
        self.state.scale = float(operands[0]) / 100
        self.keep()

    def _set_font(self, name: str, operands: Sequence[Any]) -> None:
        def make(source: Any) -> Any:
            copy, metrics = self.scene.copier.font(source, self._char_procs)
            self._metrics[str(operands[0])] = metrics
            return copy

        new = self.name("/Font", str(operands[0]), make)
        self.state.font, self.state.size = self._metrics[str(operands[0])], float(operands[1])
        self.put([pikepdf.Name(new), operands[1]], name)

    def _char_procs(self, source: Any, made: Any) -> None:
        """Copy the drawings of a Type 3 font."""
        drawings = pikepdf.Dictionary()
        inner_resources = source.get("/Resources") or self.source
        bare = Scene(self.scene.copier, self.scene.layers, PageGlyphs(0, 0, type(self.scene.fills)(())))
        gathered: dict[str, dict[str, Any]] = {}
        for key, drawing in source.CharProcs.items():
            inner = StreamRewriter(bare, inner_resources, IDENTITY, text_allowed=False)
            inner.used = gathered
            inner.run(pikepdf.parse_content_stream(drawing))
            drawings[key] = pikepdf.Stream(self.scene.copier.target, inner.content())
            made.Resources = inner.resources()
        made.CharProcs = drawings

    def _move(self, name: str, operands: Sequence[Any]) -> None:
        x, y = float(operands[0]), float(operands[1])
        if name == "TD":
            self.state.leading = -y
        self._line = self._text = product((1, 0, 0, 1, x, y), self._line)
        self.keep()

    def _place(self, name: str, operands: Sequence[Any]) -> None:
        self._line = self._text = _matrix(operands)
        self.keep()

    def _next_line(self) -> None:
        self._line = self._text = product((1, 0, 0, 1, 0, -self.state.leading), self._line)

    def _new_line(self, name: str, operands: Sequence[Any]) -> None:
        self._next_line()
        self.keep()

    def _show(self, name: str, operands: Sequence[Any]) -> None:
        if not self.text_allowed:
            raise PageUnsupported("Text stands within a pattern or within the drawing of a letter.")
        if name == '"':
            self.state.word_spacing, self.state.spacing = float(operands[0]), float(operands[1])
        if name in ("'", '"'):
            self._next_line()
        shown = operands[-1]
        items = (
            [bytes(item) if isinstance(item, pikepdf.String) else item for item in shown.as_list()]
            if name == "TJ"
            else [bytes(shown)]
        )
        moved, remaining = show(items, self.state, self._text, self.scene.glyphs, hidden=self.hidden > 0)
        self._text = product((1, 0, 0, 1, moved, 0), self._text)
        if remaining is None:
            self.keep()
            return
        self.scene.changes += 1
        if name == '"':
            self.put([operands[0]], "Tw")
            self.put([operands[1]], "Tc")
        if name in ("'", '"'):
            self.put([], "T*")
        if remaining:
            self.put([pikepdf.Array(remaining)], "TJ")

    # Forms and images ------------------------------------------------------------------------------------------------

    def _draw(self, name: str, operands: Sequence[Any]) -> None:
        source = self.lookup("/XObject", str(operands[0]))
        if self.hidden or self.scene.layers.hides(source.get("/OC")):
            self.scene.hidden_content = True
            if str(source.get("/Subtype", "")) == "/Form":
                # Run for the record only: pdfium reads hidden text, and every letter it reads must be accounted for.
                rewrite_form(self.scene, source, self.state, self.source, hidden=True)
            return
        self.draw(source, str(operands[0]))

    def draw(self, source: Any, key: str) -> None:
        """Draw a form or image in the current state."""
        kind = str(source.get("/Subtype", ""))
        if kind == "/Form":
            copy = rewrite_form(self.scene, source, self.state, self.source, text_allowed=self.text_allowed)
            self.put([pikepdf.Name(self.adopt("/XObject", copy))], "Do")
        elif kind == "/Image":
            touching = self._over_image()
            if touching is None:
                return
            if touching:
                self.scene.changes += 1
                copy = burn_image(self.scene.copier, source, self.state.ctm, touching)
                self.put([pikepdf.Name(self.adopt("/XObject", copy))], "Do")
            else:
                self.put([pikepdf.Name(self.name("/XObject", key, lambda _: self.scene.copier.image(source)))], "Do")

    def _over_image(self) -> list[Fill] | None:
        """What covers the image about to be drawn, or None where no one sees it."""
        if self.text_allowed:
            covers, beyond = covers_of_image(self.scene.glyphs, self.state.ctm)
            self.scene.outside_content |= beyond
            self.scene.changes += beyond
            return covers
        if self.scene.fills.all:
            raise PageUnsupported("A picture stands within a pattern.")
        return []

    def _inline_image(self, instruction: Any) -> None:
        image = instruction.iimage
        if self.hidden:
            self.scene.hidden_content = True
            return
        check_inline_image(image)
        touching = self._over_image()
        if touching is None:
            return
        if not touching:
            self.out.append(instruction)
            return
        self.scene.changes += 1
        copy = burn_inline_image(self.scene.copier, image, self.state.ctm, touching)
        self.put([pikepdf.Name(self.adopt("/XObject", copy))], "Do")


def rewrite_form(
    scene: Scene, source: Any, outer: State, inherited: Any, *, text_allowed: bool = True, hidden: bool = False
) -> Any:
    """A copy of a form as drawn in the state `outer`, without what goes on this page; shared where nothing does.

    Raises:
        PageUnsupported: the form draws itself, or its content cannot be taken apart.
    """
    key = source.objgen
    if key in scene.forms or len(scene.forms) > DEEPEST:
        raise PageUnsupported("The page's content draws itself.")
    matrix = _matrix(source.Matrix.as_list()) if "/Matrix" in source else IDENTITY
    before = scene.changes
    inner = StreamRewriter(scene, source.get("/Resources", inherited), IDENTITY, text_allowed=text_allowed)
    inner.state = outer.copy()
    inner.state.ctm = product(matrix, outer.ctm)
    inner.hidden = int(hidden)
    scene.forms.append(key)
    try:
        inner.run(pikepdf.parse_content_stream(source))
    except pikepdf.PikepdfError as error:
        raise PageUnsupported("A part of the page cannot be read.") from error
    finally:
        scene.forms.pop()

    shareable = scene.changes == before and "/Resources" in source
    return scene.copier.once("form", source, inner.as_form) if shareable else inner.as_form(source)


def _matrix(values: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in values)
    return (a, b, c, d, e, f)


OPERATORS: Operators = {
    **dict.fromkeys(PLAIN, StreamRewriter._plain),
    **dict.fromkeys(SKIPPED, StreamRewriter._skip),
    **dict.fromkeys(PATH, StreamRewriter._construct),
    **dict.fromkeys(PAINT, StreamRewriter._paint),
    **dict.fromkeys(("W", "W*"), StreamRewriter._clip),
    **dict.fromkeys(TEXT_SETTERS, StreamRewriter._set_text),
    **dict.fromkeys(("Tj", "TJ", "'", '"'), StreamRewriter._show),
    **dict.fromkeys(("Td", "TD"), StreamRewriter._move),
    **dict.fromkeys(("BMC", "BDC"), StreamRewriter._mark),
    **dict.fromkeys(("cs", "CS"), StreamRewriter._color_space),
    **dict.fromkeys(("sc", "SC", "scn", "SCN"), StreamRewriter._color),
    "EMC": StreamRewriter._unmark,
    "q": StreamRewriter._save,
    "Q": StreamRewriter._restore,
    "cm": StreamRewriter._concatenate,
    "gs": StreamRewriter._graphics_state,
    "sh": StreamRewriter._shading,
    "BT": StreamRewriter._begin_text,
    "ET": StreamRewriter._end_text,
    "Tz": StreamRewriter._set_scale,
    "Tf": StreamRewriter._set_font,
    "Tm": StreamRewriter._place,
    "T*": StreamRewriter._new_line,
    "Do": StreamRewriter._draw,
}
