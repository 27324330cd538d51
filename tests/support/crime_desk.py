"""Reports at the crime desk inside the test process. Nobody in them exists.

desk = CrimeDesk.entered(["assault", "damage"])
desk.answer_all()
desk.post("record")
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from station_django import fresh, make_user, signed_in

from backbeat.station.accounts.models import User
from backbeat.station.desk_crime.asking import work_of
from backbeat.station.desk_crime.models import CrimeReport

ACTS = ("assault", "damage", "theft")
ORDINARY = {
    "amounts_to_crime": "yes",
    "anything_taken": "yes",
    "damage_owner": "another",
    "damage_to": "other",
    "injury": "minor",
    "reported_by": "victim",
    "theft_force": "none",
    "theft_from_person": "yes",
    "theft_place": "elsewhere",
    "points_to_prove": "yes",
    "victim_role": "other",
}
"""Answers that make an assault with minor injury, damage and theft among adults; every other question: no."""
_numbers = itertools.count(1)


def reference() -> str:
    return f"INC/26/{next(_numbers):06}"


def form_of(
    acts: Sequence[str] = ACTS, *, at: datetime | None = None, parties: Sequence[Mapping[str, str]] = (), **more: object
) -> dict[str, object]:
    """What the first form sends."""
    at = timezone.localtime(at or timezone.now() - timedelta(hours=1))
    people = parties or (
        {"label": "v1", "age": "30", "sex": "female"},
        {"label": "o1", "role": "offender", "age": "40"},
    )
    sent: dict[str, object] = {
        "reference": reference(),
        "received_at": at.strftime("%Y-%m-%dT%H:%M"),
        "force": "exampleshire",
        "act": list(acts),
        "on": at.date().isoformat(),
        **more,
    }
    for number, person in enumerate(people):
        for name in ("label", "role", "kind", "age", "sex", "household"):
            sent[f"p{number}-{name}"] = person.get(name, "")
    return sent


@dataclass
class CrimeDesk:
    """A report and somebody who records it."""

    user: User
    client: Client
    report: CrimeReport

    @classmethod
    def entered(cls, acts: Sequence[str] = ACTS, *, user: User | None = None, **form: object) -> "CrimeDesk":
        """Sent in by the first form."""
        user = user or make_user("crime-recorder", unit=fresh("unit"))
        client = signed_in(user)
        answer = client.post(reverse("desk_crime:new"), form_of(acts, **form))
        assert answer.status_code == 302, faults_in(answer.content.decode())
        pk = answer["Location"].split("/")[2]
        return cls(user, client, CrimeReport.objects.get(pk=pk))

    def refresh(self) -> CrimeReport:
        self.report = CrimeReport.objects.select_related("current__decided_by", "unit").get(pk=self.report.pk)
        return self.report

    def url(self, name: str, *more: object) -> str:
        return reverse(f"desk_crime:{name}", args=[self.report.pk, *more])

    def post(self, name: str, data: Mapping[str, object] | None = None, **headers: str):
        revision = self.refresh().revision
        return self.client.post(self.url(name), {"revision": revision, **(data or {})}, headers=headers)

    def work(self):
        return work_of(self.refresh())

    def answer(self, key: str, value: str):
        return self.post("answer", {f"answer-{key}": value, "only": "yes"})

    def answer_all(self, answers: Mapping[str, str] = ORDINARY) -> list[tuple[str, str]]:
        """Answer question after question as `answers` says, else no, else the first choice; what was asked and said."""
        said = []
        for _ in range(80):
            to_ask = self.work().to_ask
            if not to_ask:
                return said
            question = to_ask[0]
            value = answers.get(f"{question.about}|{question.fact}") or answers.get(question.fact)
            if value is None:
                choices = [choice.value for choice in question.choices]
                value = "no" if "no" in choices else choices[0]
            answer = self.answer(question.key, value)
            assert answer.status_code == 302, faults_in(answer.content.decode())
            said.append((question.key, value))
        raise AssertionError(f"the questions never end: {said[-3:]}")

    def recorded(self, answers: Mapping[str, str] = ORDINARY) -> "CrimeDesk":
        """Answered and recorded."""
        self.answer_all(answers)
        answer = self.post("record")
        assert answer.status_code == 302
        self.refresh()
        return self


def faults_in(page: str) -> list[str]:
    """What a page says is wrong."""
    found = re.findall(r'class="govuk-error-message"[^>]*>(.*?)</p>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found] or [
        " ".join(re.sub(r"<[^>]+>", " ", page).split())[:600]
    ]
