"""Finding what a document says about somebody: `detect` gives every mention, once, in order."""

from backbeat.redaction.detect.places import locate
from backbeat.redaction.detect.search import detect

__all__ = ["detect", "locate"]
