"""Cases prepared at the redaction desk inside the test process. Everybody in them is invented.

desk = DeskCase.read({"note.txt": b"..."}, people={"Amara Okonjo": "witness"})
desk.client.get(desk.url("review"))
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from station_django import fresh, make_case, make_item, make_user, signed_in

from backbeat.runner import JobQueue, Worker
from backbeat.station.accounts.models import User
from backbeat.station.cases.models import Case, EvidenceItem, Person
from backbeat.station.desk_redaction import preparing, releasing
from backbeat.station.desk_redaction.jobs import HANDLERS
from backbeat.station.desk_redaction.models import Mention, Preparation

NOTE = b"Call Amara Okonjo on 07700 900417.\r\nDorian Blackwell was seen by the canal.\r\n"
PEOPLE = {"Amara Okonjo": "witness", "Dorian Blackwell": "suspect"}
TYPES = {"txt": "text/plain", "csv": "text/csv", "pdf": "application/pdf"}


def work() -> None:
    """Do every job that waits, in this process."""
    Worker(JobQueue.open(settings.INSTALLATION), HANDLERS, poll_s=0.01).run(until_idle=True)


@dataclass
class DeskCase:
    """A case, somebody who works on it, and a preparation of its documents."""

    user: User
    case: Case
    preparation: Preparation
    client: Client

    @classmethod
    def started(
        cls,
        documents: Mapping[str, bytes] | None = None,
        people: Mapping[str, str] = PEOPLE,
        profile: str = "cps-precharge",
    ) -> "DeskCase":
        """Begun; its documents wait to be read."""
        user = make_user("officer")
        case = make_case(user)
        for number, (name, role) in enumerate(people.items(), 1):
            Person.objects.create(case=case, register_id=f"P{number}", names=[name], role=role)
        evidence = []
        for name, content in (documents or {"note.txt": NOTE}).items():
            item = make_item(case, user, content, name)
            item.media_type = TYPES[name.rsplit(".", 1)[1]]
            item.save()
            evidence.append(item)
        preparation = preparing.start(user, case, profile, evidence, timezone.localdate())
        return cls(user, case, preparation, signed_in(user))

    @classmethod
    def read(cls, *args: object, **kwargs: object) -> "DeskCase":
        """Begun and read."""
        made = cls.started(*args, **kwargs)
        work()
        made.refresh()
        return made

    def refresh(self) -> None:
        self.preparation = Preparation.objects.select_related("case").get(pk=self.preparation.pk)

    def url(self, name: str, *more: object) -> str:
        return reverse(f"desk_redaction:{name}", args=[self.case.pk, self.preparation.pk, *more])

    def post(self, name: str, data: Mapping[str, object] | None = None, *more: object):
        return self.client.post(self.url(name, *more), data or {})

    def document(self, name: str = ""):
        documents = self.preparation.documents.order_by("pk")
        return documents.get(evidence__original_name=name) if name else documents.first()

    @property
    def mentions(self):
        return Mention.objects.filter(document__preparation=self.preparation)

    def mention(self, text: str) -> Mention:
        return self.mentions.filter(text=text).order_by("pk").first()

    def decide_all(self, action: str = "redact") -> None:
        """Every open place gets the suggestion; questions get `action`."""
        if self.mentions.filter(decided="").exclude(suggested="ask").exists():
            self.post("decide", {"everything": "1", "action": "accept"})
        for pk in self.mentions.filter(decided="").values_list("pk", flat=True):
            self.post("decide", {"mention": str(pk), "action": action})

    def release(self) -> None:
        """Ask for the release and do the work."""
        response = self.post("release")
        assert response.status_code == 302, response.content
        work()
        self.refresh()

    def bundle(self) -> dict[str, bytes]:
        """What was released, by file name."""
        path = settings.INSTALLATION.store.path(self.preparation.bundle_sha256)
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def released_text(self, ending: str = ".txt") -> str:
        return "".join(content.decode() for name, content in self.bundle().items() if name.endswith(ending))


def many_mentions(desk: DeskCase, count: int) -> None:
    """Fill the first document of a preparation with undecided places, 40 to a page, of five kinds."""
    document = desk.document()
    kinds = ("phone", "email", "person", "address", "vrm")
    with transaction.atomic():
        Mention.objects.bulk_create(
            [
                Mention(
                    document=document,
                    kind=kinds[number % len(kinds)],
                    text=f"value {number}",
                    before="and then ",
                    after=" was said",
                    start=number * 10,
                    end=number * 10 + 5,
                    page=number // 40 + 1,
                    boxes=[[number // 40 + 1, 60, 60, 160, 74]],
                    detector="test",
                    person=f"P{number % 3}" if number % 3 else "",
                    suggested="redact",
                    reason="Contact details",
                    rule_why="Because the table says so.",
                )
                for number in range(count)
            ],
            batch_size=1000,
        )


def evidence_of(case: Case) -> list[EvidenceItem]:
    return list(EvidenceItem.objects.filter(case=case))


__all__ = ["NOTE", "DeskCase", "evidence_of", "fresh", "many_mentions", "releasing", "work"]
