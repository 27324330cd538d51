"""What was marked by hand in one document, looked for in all documents of the preparation.

The detectors had their say when the documents were read. A value only a person saw is known since they marked it;
before a release it is looked for everywhere else, and what is found waits for that person's decision.
"""

from pathlib import Path

from django.db import transaction

from backbeat.redaction import formats
from backbeat.redaction.detect.places import locate
from backbeat.redaction.model import Action, Decision, Document, Kind
from backbeat.redaction.propagation import occurrences
from backbeat.station.desk_redaction.around import around
from backbeat.station.desk_redaction.evidence import staged
from backbeat.station.desk_redaction.models import Mention, Preparation, PreparedDocument

__all__ = ["spread"]

_BREAK = "\f"


def spread(preparation: Preparation, folder: Path) -> int:
    """Add a mention for every further place of a value marked by hand; returns how many were added."""
    marked = list(
        Mention.objects.filter(
            document__preparation=preparation,
            detector=Mention.MANUAL,
            start__isnull=False,
            decided=Mention.Action.REDACT,
        )
    )
    if not marked:
        return 0
    added = 0
    for document in preparation.documents.filter(state=PreparedDocument.State.READ).select_related("evidence"):
        read = formats.read(staged(document.evidence, folder))
        added += _spread_into(document, read, marked)
    return added


def _spread_into(document: PreparedDocument, read: Document, marked: list[Mention]) -> int:
    taken = [(m.start, m.end) for m in document.mentions.all() if m.start is not None and m.end is not None]
    # The marked values are appended behind the text, so that one pass finds them wherever they came from.
    text, values = read.text, []
    for mention in marked:
        start = len(text) + 1
        text = f"{text}{_BREAK}{mention.text}"
        values.append(
            Decision(Action.REDACT, Kind(mention.kind), mention.reason, "", "individual", start=start, end=len(text))
        )
    fresh: list[Mention] = []
    for start, end, origin in sorted(occurrences(text, values), key=lambda found: (found[0], -found[1])):
        if end > len(read.text) or any(a < end and start < b for a, b in taken):
            continue
        taken.append((start, end))
        page, boxes = locate(read, start, end)
        before, after = around(read.text, start, end)
        fresh.append(
            Mention(
                document=document,
                kind=origin.kind.value,
                text=read.text[start:end],
                before=before,
                after=after,
                start=start,
                end=end,
                page=page,
                boxes=[[box.page, box.x0, box.y0, box.x1, box.y1] for box in boxes],
                detector=Mention.SPREAD,
                why="The same as what was marked by hand elsewhere.",
                suggested=Mention.Action.REDACT,
                reason=origin.reason[:60],
            )
        )
    with transaction.atomic():
        Mention.objects.bulk_create(fresh, batch_size=500)
    return len(fresh)
