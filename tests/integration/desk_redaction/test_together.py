"""Two reviewers and a job worker at once on SQLite: all wait their turn, nobody is told the database is locked."""

import threading

from desk_cases import DeskCase, many_mentions, work
from django.db import connections
from station_django import make_user, signed_in

from backbeat.station.cases.models import Membership

ROUNDS = 25


def test_nobody_meets_a_locked_database():
    desk = DeskCase.read()
    many_mentions(desk, 400)
    colleague = make_user("officer")
    Membership.objects.create(case=desk.case, user=colleague)
    others = [DeskCase.started({"note.txt": b"Dorian Blackwell, 07700 900417.\r\n" * 200}) for _ in range(3)]
    answers: list[int] = []

    def reviews(reviewer: DeskCase, kind: str) -> None:
        document = reviewer.document().pk
        for number in range(ROUNDS):
            answers.append(reviewer.post("decide", {"group": f"P1:{kind}", "action": "redact"}).status_code)
            answers.append(reviewer.client.get(reviewer.url("page", document, 1)).status_code)
            answers.append(reviewer.client.get(reviewer.url("review")).status_code)
            if number % 2:
                answers.append(reviewer.post("undo").status_code)

    def thread(task, *arguments) -> threading.Thread:
        def run() -> None:
            try:
                task(*arguments)  # what it raises, pytest's watch over threads makes the test fail with
            finally:
                connections.close_all()

        return threading.Thread(target=run)

    theirs = DeskCase(colleague, desk.case, desk.preparation, signed_in(colleague))
    threads = [thread(reviews, desk, "phone"), thread(reviews, theirs, "email"), thread(work)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert set(answers) <= {200, 302}
    assert len(answers) == 2 * (3 * ROUNDS + ROUNDS // 2)
    for other in others:
        other.refresh()
        assert other.preparation.state == "review"
    desk.refresh()
    assert desk.preparation.batches.filter(undone=True).count() == 2 * (ROUNDS // 2)
