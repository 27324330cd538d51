"""Several people at once, on the database a force would use."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from crime_desk import reference
from django.utils import timezone
from station_server import running_station

RECORDERS = [(f"rec{n}", ["crime-recorder"], "North", f"CR {n}") for n in range(4)]
ANSWERED = {
    "amounts_to_crime": "yes", "another_force_recording": "no", "contrary_evidence": "no", "injury": "minor",
    "intended_serious_harm": "no", "racially_or_religiously_aggravated": "no", "school_premises_and_hours": "no",
    "strangled": "no", "suspect_was_in": "this-force",
}  # fmt: skip


def document(name: str) -> dict[str, object]:
    at = (timezone.now() - timedelta(hours=2)).isoformat(timespec="seconds")
    facts = {"reported_by": "victim", "police_on_duty_complaint": "no"}
    return {
        "format": "backbeat.crime.facts/1",
        "report": {"reference": name, "received_at": at, "force": "exampleshire", "facts": facts},
        "parties": [{"id": "v1", "facts": {"victim_role": "other"}}, {"id": "o1"}],
        "allegations": [{"id": "a1", "act": "assault", "victims": ["v1"], "offenders": ["o1"], "facts": ANSWERED}],
    }


def test_one_decision_is_recorded_however_many_press_at_once_on_postgresql(tmp_path, postgres_url):
    with running_station(tmp_path, database_url=postgres_url) as station:
        station.add_users(RECORDERS)
        clients = [station.signed_in(name) for name, *_rest in RECORDERS]
        name = reference()
        content = json.dumps([document(name)]).encode()
        sent = [("file", ("reports.json", content))]

        # The same file from four people at once: one takes it in, the others are told.
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda one: one.submit("/crime/import/", {}, files=sent), clients))
        assert sorted(answer.status_code for answer in answers) == [302, 422, 422, 422]

        pk = station.shell(
            "from backbeat.station.desk_crime.models import CrimeReport\n"
            f"print(CrimeReport.objects.get(reference={name!r}).pk)"
        )
        url = f"/crime/{pk}/"
        assert "Ready to record" in clients[0].get(f"{url}form/").text

        def record(client):
            return client.submit(f"{url}record/", {"revision": 0}, page=f"{url}form/")

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(record, clients))
        assert all(answer.status_code in (302, 400) for answer in answers)
        told = station.shell(
            "from backbeat.station.desk_crime.models import DecisionVersion, RecordedCrime\n"
            "print(DecisionVersion.objects.count(), RecordedCrime.objects.filter(stands=True).count())"
        )
        assert told == "1 1"
        page = clients[0].get(url).text
        assert "1 crime recorded" in page
        assert "ERROR" not in station.logs()
