"""Pictures under a fill: their covered pixels are painted over in the data itself."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pikepdf

from backbeat.redaction.formats.pdf.errors import PageUnsupported
from backbeat.redaction.formats.pdf.plan import Fill
from backbeat.redaction.formats.pdf.rebuild import DEVICE_SPACES, Copier
from backbeat.redaction.formats.pdf.textstate import Matrix, PageGlyphs, bounds, inverse

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["burn_image", "burn_inline_image", "check_inline_image", "covers_of_image"]

UNDECODABLE = (
    pikepdf.PikepdfError,
    NotImplementedError, ValueError, KeyError, OSError, TypeError, AttributeError,
)  # fmt: skip
"""What the decoders raise for a picture they cannot decode; such a page becomes a picture as a whole."""
QUALITY = 92
BLEED = 3.0
"""Points by which a picture may run over the page's edge before what lies outside is painted over."""
PIXELS_MOST = 200_000_000
INLINE_KEYS = frozenset("/" + key for key in (
    "BPC", "BitsPerComponent", "CS", "ColorSpace", "D", "Decode", "DP", "DecodeParms", "F", "Filter", "H", "Height",
    "IM", "ImageMask", "I", "Interpolate", "W", "Width", "L", "Length"))  # fmt: skip
Quad = list[tuple[float, float]]


def burn_image(copier: Copier, source: pikepdf.Stream, ctm: Matrix, fills: Iterable[Fill]) -> Any:
    """A copy of an image whose pixels under `fills` are gone, in its masks too.

    Args:
        copier: of the document being made.
        source: the image.
        ctm: unit square to page.
        fills: in page coordinates.

    Raises:
        PageUnsupported: the picture cannot be decoded here.
    """
    quads = _quads(ctm, fills)
    if source.get("/ImageMask", False):
        return _burn_stencil(copier, source, quads, paint=False)
    picture = _decoded(source)
    made = _encoded(copier, _burnt(picture, quads, 0), lossy=_is_lossy(source))
    soft, hard = source.get("/SMask"), source.get("/Mask")
    if isinstance(soft, pikepdf.Stream):
        if "/Matte" in soft:
            raise PageUnsupported("A picture under a redaction is blended in a way that cannot be taken apart.")
        mask = _burnt(_decoded(soft).convert("L"), quads, 255)
        made.SMask = _encoded(copier, mask, lossy=False)
    if isinstance(hard, pikepdf.Stream):
        made.Mask = _burn_stencil(copier, hard, quads, paint=True)
    elif hard is not None:
        raise PageUnsupported("A picture under a redaction has colours that are see-through.")
    return made


def burn_inline_image(copier: Copier, image: Any, ctm: Matrix, fills: Iterable[Fill]) -> Any:
    """The same for an image written into the content itself; the result is an ordinary image."""
    try:
        if image.image_mask:
            raise PageUnsupported("A stencil within the page's content lies under a redaction.")
        picture = image.as_pil_image()
    except UNDECODABLE as error:
        raise PageUnsupported("A picture within the page's content cannot be decoded.") from error
    return _encoded(copier, _burnt(_plain(picture), _quads(ctm, fills), 0), lossy=False)


def covers_of_image(page: PageGlyphs, ctm: Matrix) -> tuple[list[Fill] | None, bool]:
    """What covers an image (the world off the page included), or None where no one sees it; and whether it runs off."""
    x0, y0, x1, y1 = bounds(ctm, 0, 0, 1, 1)
    width, height = page.width, page.height
    if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
        return None, True
    covers = page.fills.touching(x0, y0, x1, y1)
    if x0 >= -BLEED and y0 >= -BLEED and x1 <= width + BLEED and y1 <= height + BLEED:
        return covers, False
    far = 1 + max(abs(x0), abs(y0), abs(x1), abs(y1), width, height)
    world = [(-far, -far, 0.0, far), (width, -far, far, far), (-far, -far, far, 0.0), (-far, height, far, far)]
    return covers + [Fill(*side, "") for side in world], True


def check_inline_image(image: Any) -> None:
    """Hold an image written into the content against what may come along.

    Raises:
        PageUnsupported: it has keys of its own, or borrows a colour space from the page.
    """
    settings = image.obj
    if any(key not in INLINE_KEYS for key in settings.keys()):
        raise PageUnsupported("A picture within the page's content carries more than its pixels.")
    space = settings.get("/CS", settings.get("/ColorSpace"))
    if space is not None and str(space) not in DEVICE_SPACES:
        raise PageUnsupported("A picture within the page's content borrows its colours.")


def _quads(ctm: Matrix, fills: Iterable[Fill]) -> list[Quad]:
    """Corners of each fill in the image's unit square, y downwards as pixels run."""
    back = inverse(ctm)
    if back is None:
        raise PageUnsupported("A picture under a redaction has no area.")
    a, b, c, d, e, f = back
    return [
        [
            (a * x + c * y + e, 1 - (b * x + d * y + f))
            for x, y in ((g.x0, g.y0), (g.x1, g.y0), (g.x1, g.y1), (g.x0, g.y1))
        ]
        for g in fills
    ]


def _decoded(source: pikepdf.Stream) -> "Image.Image":
    width, height = int(source.get("/Width", 0)), int(source.get("/Height", 0))
    if not 0 < width * height <= PIXELS_MOST:
        raise PageUnsupported("A picture under a redaction is too large to decode.")
    decode = source.get("/Decode")
    if decode is not None and [float(v) for v in decode.as_list()] not in ([0.0, 1.0], [0.0, 1.0] * 3):
        raise PageUnsupported("A picture under a redaction has its colours turned round.")
    try:
        return _plain(pikepdf.PdfImage(source).as_pil_image(apply_mask=False))
    except UNDECODABLE as error:
        raise PageUnsupported("A picture under a redaction cannot be decoded.") from error


def _plain(picture: "Image.Image") -> "Image.Image":
    if picture.mode in ("1", "L", "RGB"):
        return picture
    if picture.mode == "P":
        return picture.convert("RGB")
    raise PageUnsupported("A picture under a redaction has colours that cannot be kept.")


def _burnt(picture: "Image.Image", quads: Iterable[Quad], value: int) -> "Image.Image":
    from PIL import ImageDraw

    width, height = picture.size
    ink: int | tuple[int, ...] = value if len(picture.getbands()) == 1 else (value,) * len(picture.getbands())
    picture = picture.copy()
    draw = ImageDraw.Draw(picture)
    for quad in quads:
        corners = [(x * width, y * height) for x, y in quad]
        draw.polygon(corners, fill=ink)
        # Pixels the edge only grazes go too.
        draw.line([*corners, corners[0]], fill=ink, width=3)
    return picture


def _is_lossy(source: pikepdf.Stream) -> bool:
    filters = source.get("/Filter")
    names = [str(name) for name in filters.as_list()] if isinstance(filters, pikepdf.Array) else [str(filters)]
    return any(name in {"/DCTDecode", "/DCT", "/JPXDecode"} for name in names)


def _encoded(copier: Copier, picture: "Image.Image", *, lossy: bool) -> pikepdf.Stream:
    width, height = picture.size
    if lossy and picture.mode != "1":
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=QUALITY, subsampling=0)
        made = pikepdf.Stream(copier.target, buffer.getvalue(), Filter=pikepdf.Name.DCTDecode)
    else:
        made = pikepdf.Stream(copier.target, picture.tobytes())
    made.Type, made.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    made.Width, made.Height = width, height
    made.BitsPerComponent = 1 if picture.mode == "1" else 8
    made.ColorSpace = pikepdf.Name.DeviceRGB if picture.mode == "RGB" else pikepdf.Name.DeviceGray
    return made


def _burn_stencil(copier: Copier, source: pikepdf.Stream, quads: list[Quad], *, paint: bool) -> pikepdf.Stream:
    """A one-bit mask with the covered part all painted or all left out."""
    from PIL import Image

    width, height = int(source.get("/Width", 0)), int(source.get("/Height", 0))
    if not 0 < width * height <= PIXELS_MOST:
        raise PageUnsupported("A picture under a redaction is too large to decode.")
    decode = source.get("/Decode")
    turned = decode is not None and float(decode[0]) == 1.0
    try:
        mask = Image.frombytes("1", (width, height), source.read_bytes())
    except (pikepdf.PikepdfError, ValueError) as error:
        raise PageUnsupported("A stencil under a redaction cannot be decoded.") from error
    mask = _burnt(mask, quads, 0 if paint != turned else 1)
    made = _encoded(copier, mask, lossy=False)
    del made.ColorSpace
    made.ImageMask = True
    if turned:
        made.Decode = pikepdf.Array([1, 0])
    return made
