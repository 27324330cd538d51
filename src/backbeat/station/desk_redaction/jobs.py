"""The redaction desk's work in the background: reading documents, and making a release.

A handler may be killed at any moment and run again. Each writes to the station's tables in one transaction, keyed by
what it was asked to do, so that running again ends the same; a job of an older reading changes nothing.
"""

from collections.abc import Callable, Mapping

from django.db import transaction

from backbeat.canonical import Json
from backbeat.errors import Bug, InputRejected
from backbeat.redaction.model import Suggestion
from backbeat.redaction.pipeline import DocumentSuggestions, suggest_document
from backbeat.redaction.policy import Profile
from backbeat.runner import JobContext
from backbeat.station.desk_redaction import releasing
from backbeat.station.desk_redaction.around import around
from backbeat.station.desk_redaction.evidence import staged
from backbeat.station.desk_redaction.models import Mention, Preparation, PreparedDocument
from backbeat.station.desk_redaction.passages import passages
from backbeat.station.desk_redaction.preparing import SUGGEST

__all__ = ["HANDLERS"]


def _numbers(payload: Json) -> tuple[int, int]:
    if not isinstance(payload, Mapping):
        raise Bug("a redaction job without its numbers")
    return int(str(payload["preparation"])), int(str(payload["scan"]))


def suggest(context: JobContext) -> Json:
    """Read every document of a preparation and store what the profile suggests."""
    pk, scan = _numbers(context.payload)
    preparation = Preparation.objects.select_related("case").get(pk=pk)
    people = tuple(person.as_register_entry() for person in preparation.case.people.all())
    documents = list(preparation.documents.select_related("evidence"))
    folder = context.scratch()
    context.progress(0, len(documents))
    for number, document in enumerate(documents, 1):
        if preparation.scan != scan:
            return {"superseded": True}
        path = staged(document.evidence, folder)
        try:
            read = suggest_document(path, people, preparation.profile, preparation.profile_date)
        except InputRejected as refusal:
            _refuse(document, refusal)
        else:
            _store(document, read)
        preparation.refresh_from_db(fields=["scan"])
        context.progress(number, len(documents))
    profile = Profile.load(preparation.profile, preparation.profile_date)
    Preparation.objects.filter(pk=pk, scan=scan, state=Preparation.State.READING).update(
        state=Preparation.State.REVIEW, edition=f"{profile.edition_id} {profile.edition_hash[:12]}"
    )
    return {"documents": len(documents)}


def _refuse(document: PreparedDocument, refusal: InputRejected) -> None:
    with transaction.atomic():
        document.mentions.all().delete()
        document.state = PreparedDocument.State.REFUSED
        document.refusal = {"code": refusal.code, "what": refusal.what, "where": refusal.where, "do": refusal.do}
        document.save(update_fields=["state", "refusal"])


def _store(document: PreparedDocument, read: DocumentSuggestions) -> None:
    """Replace the document's mentions; decisions on a place of the same kind, and what a person marked, stay."""
    found = read.document
    by_people = {Mention.MANUAL, Mention.SPREAD}
    with transaction.atomic():
        mentions = list(document.mentions.all())
        kept = {(m.start, m.end, m.kind): m for m in mentions if m.decided and m.detector not in by_people}
        marked = [(m.start, m.end) for m in mentions if m.detector in by_people and m.start is not None]
        document.mentions.exclude(detector__in=by_people).delete()
        fresh = [
            _row(document, found.text, suggestion, kept)
            for suggestion in read.suggestions
            if not any(a <= suggestion.mention.start and suggestion.mention.end <= b for a, b in marked)
        ]
        Mention.objects.bulk_create(fresh, batch_size=500)
        document.state = PreparedDocument.State.READ
        document.media_type = found.media_type
        document.pages = len(found.pages) or len(passages(found.text))
        document.characters = len(found.text)
        document.notices = [{"code": n.code, "message": n.message, "page": n.page} for n in found.notices]
        document.refusal = {}
        document.save(update_fields=["state", "media_type", "pages", "characters", "notices", "refusal"])


def _row(
    document: PreparedDocument,
    text: str,
    suggestion: Suggestion,
    kept: Mapping[tuple[int | None, int | None, str], Mention],
) -> Mention:
    mention = suggestion.mention
    before, after = around(text, mention.start, mention.end)
    row = Mention(
        document=document,
        kind=mention.kind.value,
        text=mention.text,
        before=before,
        after=after,
        start=mention.start,
        end=mention.end,
        page=mention.page,
        boxes=[[box.page, *(round(float(x), 2) for x in (box.x0, box.y0, box.x1, box.y1))] for box in mention.boxes],
        confidence=mention.confidence,
        detector=mention.detector[:60],
        why=mention.why,
        person=mention.person or "",
        suggested=suggestion.action.value,
        reason=suggestion.reason[:60],
        rule=suggestion.rule,
        rule_why=suggestion.why,
    )
    earlier = kept.get((mention.start, mention.end, mention.kind.value))
    if earlier is not None and earlier.person == row.person:
        row.pk = earlier.pk  # so that the decision can still be undone
        row.decided, row.decided_basis = earlier.decided, earlier.decided_basis
        row.decided_reason = earlier.decided_reason
        row.decided_by_id, row.decided_at = earlier.decided_by_id, earlier.decided_at
    return row


HANDLERS: Mapping[str, Callable[[JobContext], Json]] = {SUGGEST: suggest, releasing.RELEASE: releasing.release}
