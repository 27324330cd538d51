"""Write the redacted PDF: a new document, page by page, of nothing but what is allowed to stay."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf

from backbeat.errors import InputRejected
from backbeat.files import hash_file, write_whole
from backbeat.redaction.formats.pdf.admission import FILE, MALFORMED, open_source
from backbeat.redaction.formats.pdf.errors import PageUnsupported, PdfUnsupported
from backbeat.redaction.formats.pdf.fill import LABEL_FONT, draw_fills, label_font
from backbeat.redaction.formats.pdf.layers import Layers
from backbeat.redaction.formats.pdf.match import match_glyphs
from backbeat.redaction.formats.pdf.plan import Fills, PagePlan, covered, plan_pages
from backbeat.redaction.formats.pdf.raster import DOTS_PER_INCH, PageDrawer
from backbeat.redaction.formats.pdf.rebuild import Copier
from backbeat.redaction.formats.pdf.rewrite import StreamRewriter
from backbeat.redaction.formats.pdf.streams import Scene
from backbeat.redaction.formats.pdf.textstate import PageGlyphs
from backbeat.redaction.formats.pdf.widgets import appearances, count_dropped
from backbeat.redaction.model import Applied, Decision, Document, Kind, Notice, Page

__all__ = ["apply"]

REMOVED_MARK = "\ufffc"
DISAGREE_MOST = 0.02
"""Share of a page's characters for which pdfium's place and ours may differ before the page becomes a picture."""


@dataclass(slots=True)
class _Result:
    """What became of one page."""

    retained: str
    notices: list[Notice] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    removed: list[tuple[Kind, str]] = field(default_factory=list)


def apply(source: Path, document: Document, decisions: Sequence[Decision], target: Path) -> Applied:
    """Write `source` without what the decisions take out to `target`, as a new document.

    The same source and decisions give the same bytes. A page that cannot be taken apart glyph by glyph becomes a
    picture, with a notice.

    Raises:
        InputRejected: the file changed since it was read, or holds something that cannot be redacted at all.
    """
    if hash_file(source) != document.sha256:
        raise InputRejected("The file changed after it was read.", where=FILE, do="put the file in again")
    plans = plan_pages(document, decisions)
    drawer = PageDrawer(source)
    results: list[_Result] = []
    try:
        with open_source(source) as pdf, pikepdf.new() as made:
            writer = _Writer(pdf, made, drawer)
            for page, shape in zip(pdf.pages, document.pages, strict=True):
                results.append(
                    writer.page(page, shape, document.text[shape.start : shape.end], plans.get(shape.number))
                )
            writer.copier.finish_fonts()
            with write_whole(target) as stream:
                made.save(stream, deterministic_id=True, fix_metadata_version=False, min_version="1.7")
            extras = _extras(pdf.Root)
    finally:
        drawer.close()
    removed = [
        (decision.kind, document.text[decision.start : decision.end])
        for decision in decisions
        if decision.action != "keep" and decision.start is not None
    ]
    for result in results:
        removed += result.removed
    return Applied(
        removed=tuple(removed),
        retained_text="\f".join(result.retained for result in results),
        pages=len(results),
        notices=(*_document_notices(plans, extras), *(notice for result in results for notice in result.notices)),
        drawn_text=tuple(text for result in results for text in result.drawn),
    )


class _Writer:
    """Makes the pages of one new document."""

    def __init__(self, source: pikepdf.Pdf, target: pikepdf.Pdf, drawer: PageDrawer) -> None:
        self.copier = Copier(source, target)
        self.layers = Layers(source.Root)
        self.drawer = drawer
        self.target = target
        self._label_font = target.make_indirect(
            pikepdf.Dictionary({key: pikepdf.Name(value) for key, value in label_font().items()})
        )

    def page(self, source: pikepdf.Page, shape: Page, text: str, plan: PagePlan | None) -> _Result:
        """Add one page to the new document."""
        fills = Fills(plan.fills if plan else ())
        if plan is not None:
            _check_placed(shape, text, plan)
        try:
            body, resources, group, result = self._rewritten(source, shape, text, plan, fills)
        except (PageUnsupported, *MALFORMED) as error:
            # Whatever a page is broken by, what it looks like can still be kept.
            why = error.what if isinstance(error, PageUnsupported) else "The page's content cannot be read."
            body, resources, group, result = self._drawn(shape, text, plan, fills, why)
        painted, result.drawn = draw_fills(fills.all, shape.rotation)
        if painted:
            if "/Font" not in resources:
                resources.Font = pikepdf.Dictionary()
            resources.Font[LABEL_FONT] = self._label_font
        self._add(source, shape, b"q\n" + body + b"\nQ\n" + painted, resources, group)
        dropped = count_dropped(source.obj)
        if dropped:
            what = f"{dropped} annotations or links" if dropped > 1 else "An annotation or link"
            result.notices.append(Notice("annotation.dropped", f"{what} did not come along.", shape.number))
        return result

    def _rewritten(
        self, source: pikepdf.Page, shape: Page, text: str, plan: PagePlan | None, fills: Fills
    ) -> tuple[bytes, Any, Any, _Result]:
        x0, y0 = _corner(source)
        glyphs = PageGlyphs(shape.width, shape.height, fills)
        scene = Scene(self.copier, self.layers, glyphs)
        rewriter = StreamRewriter(scene, source.resources, (1.0, 0.0, 0.0, 1.0, -x0, -y0))
        rewriter.run(pikepdf.parse_content_stream(source))
        body = [_shift(x0, y0), b"q", rewriter.content(), b"Q"]
        for stream, matrix in appearances(source.obj):
            if not self.layers.hides(stream.get("/OC")):
                body.append(rewriter.stamp(stream, matrix, (1.0, 0.0, 0.0, 1.0, -x0, -y0)))
        gone = _gone_characters(shape, text, plan, glyphs)
        doomed = plan.doomed if plan is not None else np.zeros(len(text), np.bool_)
        result = _Result(_retained(text, doomed | gone.covered, gone.dropped))
        result.removed = _under_boxes(shape, text, plan)
        result.notices += _neighbour_notices(shape, text, plan, gone.covered & ~doomed)
        result.notices += _content_notices(shape, scene)
        group = self.copier.group(source.obj.get("/Group"))
        return b"\n".join(body), rewriter.resources(), group, result

    def _drawn(
        self, shape: Page, text: str, plan: PagePlan | None, fills: Fills, why: str
    ) -> tuple[bytes, Any, Any, _Result]:
        image = self.drawer.draw(shape.number, shape.width, shape.height, fills.all, self.target)
        resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/X0": image}))
        result = _Result("", removed=_under_boxes(shape, text, plan))
        result.notices.append(
            Notice(
                "page.rasterised",
                f"The page is now a picture at {DOTS_PER_INCH} dots per inch, without text. {why}",
                shape.number,
            )
        )
        return b"%.4f 0 0 %.4f 0 0 cm /X0 Do" % (shape.width, shape.height), resources, None, result

    def _add(self, source: pikepdf.Page, shape: Page, content: bytes, resources: Any, group: Any) -> None:
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=pikepdf.Array([0, 0, round(shape.width, 4), round(shape.height, 4)]),
            Resources=resources,
            Contents=pikepdf.Stream(self.target, content),
        )
        if shape.rotation:
            page.Rotate = shape.rotation
        if (unit := self.copier.scalars(source.obj.get("/UserUnit"))) is not None:
            page.UserUnit = unit
        if group is not None:
            page.Group = group
        self.target.pages.append(pikepdf.Page(self.target.make_indirect(page)))


@dataclass(frozen=True, slots=True)
class _Gone:
    covered: Any
    """(characters,) bool: their glyph went because it is under a fill."""
    dropped: Any
    """(characters,) bool: their glyph went because nobody could see it."""


def _gone_characters(shape: Page, text: str, plan: PagePlan | None, glyphs: PageGlyphs) -> _Gone:
    """Which characters really went, having checked that all of those decided on are among them.

    Raises:
        PageUnsupported: pdfium and we do not agree where the page's characters stand.
    """
    none = np.zeros(len(text), np.bool_)
    if plan is None and not glyphs.hidden and not glyphs.outside:
        return _Gone(none, none)
    match = match_glyphs(shape.char_boxes, glyphs.boxes)
    gone_flags = np.array([*glyphs.gone, False])
    gone = gone_flags[match.glyph]
    if plan is None:
        return _Gone(none, gone)
    inked = match.placed & ~np.array([c.isspace() for c in text], np.bool_)
    if (plan.doomed & inked & ~gone).any():
        raise PageUnsupported("Some letters could not be told apart for certain.")
    if (inked & (match.glyph < 0)).sum() > DISAGREE_MOST * max(int(inked.sum()), 1):
        raise PageUnsupported("The places of the page's letters could not be told for certain.")
    # Letters that went though no decision named them: half of a ligature, or neighbours that a fill reaches.
    boxes = shape.char_boxes
    under = np.zeros(len(text), np.bool_)
    for index in np.flatnonzero(gone & ~plan.doomed):
        under[index] = glyphs.fills.covers(*boxes[index].tolist())
    return _Gone(gone & under, gone & ~under & ~plan.doomed)


def _check_placed(shape: Page, text: str, plan: PagePlan) -> None:
    unplaced = np.isnan(shape.char_boxes[:, 0]) & plan.doomed
    if any(not text[index].isspace() for index in np.flatnonzero(unplaced)):
        raise PdfUnsupported(
            f"Text that is to go from page {shape.number} has no place on it, so it cannot be removed.",
            where=f"page {shape.number} of the PDF file",
            do="print that page to PDF and put in the result, or redact it by hand",
        )


def _retained(text: str, removed: Any, dropped: Any) -> str:
    """The page's text with one mark for each removal."""
    if not removed.any() and not dropped.any():
        return text
    kept: list[str] = []
    inside = False
    for character, is_removed, is_dropped in zip(text, removed.tolist(), dropped.tolist(), strict=True):
        if is_removed:
            if not inside:
                kept.append(REMOVED_MARK)
            inside = True
        elif not is_dropped:
            kept.append(character)
            inside = False
    return "".join(kept)


def _under_boxes(shape: Page, text: str, plan: PagePlan | None) -> list[tuple[Kind, str]]:
    """Stretches of text under the boxes drawn by hand."""
    if plan is None or not plan.drawn:
        return []
    found: list[tuple[Kind, str]] = []
    boxes = shape.char_boxes.tolist()
    for kind, drawn in plan.drawn:
        sides = [(drawn.x0, drawn.y0, drawn.x1, drawn.y1)]
        under = [box[0] == box[0] and covered(sides, *box) for box in boxes]
        run = ""
        for character, is_under in [*zip(text, under, strict=True), ("\n", False)]:
            if is_under:
                run += character
            elif run:
                if run.strip():
                    found.append((kind, run.strip()))
                run = ""
    return found


def _corner(page: pikepdf.Page) -> tuple[float, float]:
    """Lower left corner of what a viewer shows, in the page's raw user space."""
    media = _sides(page.mediabox)
    crop = _sides(page.cropbox)
    x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
    x1, y1 = min(media[2], crop[2]), min(media[3], crop[3])
    return (x0, y0) if x0 < x1 and y0 < y1 else (media[0], media[1])


def _sides(box: Any) -> tuple[float, float, float, float]:
    a, b, c, d = (float(value) for value in box.as_list())
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _shift(x0: float, y0: float) -> bytes:
    return b"1 0 0 1 %.4f %.4f cm" % (-x0, -y0) if x0 or y0 else b""


def _neighbour_notices(shape: Page, text: str, plan: PagePlan | None, neighbours: Any) -> list[Notice]:
    """Letters that stood under the fill of a span without being part of any decision: a stamp across a line, say."""
    drawn = [(box.x0, box.y0, box.x1, box.y1) for _, box in plan.drawn] if plan is not None else []
    boxes = shape.char_boxes
    went = sum(
        text[index].isalnum() and not covered(drawn, *boxes[index].tolist()) for index in np.flatnonzero(neighbours)
    )
    if not went:
        return []
    message = f"Under a fill stood letters or digits that nobody decided on, and they went too: {went}."
    return [Notice("text.covered", message, shape.number)]


def _content_notices(shape: Page, scene: Scene) -> list[Notice]:
    notices = []
    if scene.hidden_content or scene.glyphs.hidden:
        notices.append(
            Notice(
                "content.hidden-dropped", "Content on a layer that is switched off did not come along.", shape.number
            )
        )
    if scene.glyphs.outside or scene.outside_content:
        notices.append(
            Notice("content.outside-dropped", "Content outside the visible page did not come along.", shape.number)
        )
    return notices


def _extras(root: Any) -> list[str]:
    names = {
        "/Outlines": "bookmarks",
        "/StructTreeRoot": "tags for screen readers",
        "/AcroForm": "form fields (their looks stay)",
        "/Names": "attachments, scripts or named places",
        "/AF": "attached files",
        "/OpenAction": "an action on opening",
        "/PageLabels": "page labels",
    }
    return [words for key, words in names.items() if key in root]


def _document_notices(plans: dict[int, PagePlan], extras: list[str]) -> list[Notice]:
    notices = []
    if any(plan.doomed.any() or plan.fills for plan in plans.values()):
        notices.append(
            Notice(
                "layout.width",
                "The gaps are as wide as what was removed. A reader who knows the possible names may tell which fits.",
            )
        )
    if extras:
        notices.append(Notice("document.extras-dropped", f"Left behind: {', '.join(extras)}."))
    return notices
