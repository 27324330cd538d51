"""A whole preparation in an installation of its own, its job workers killed at random moments: prints how it ended.

Run as a program: `desk_chaos.py KILLS SEED`, with BACKBEAT_DATA, BACKBEAT_HTTPS and perhaps DATABASE_URL set.
"""

import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile

LIMIT_S = 120


def papers() -> dict[str, bytes]:
    """Enough to take a moment to read and to release."""
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    for page in range(6):
        for line in range(30):
            canvas.drawString(60, 780 - line * 22, f"Amara Okonjo, {page}/{line}, telephone 07700 900{100 + line}.")
        canvas.showPage()
    canvas.save()
    rows = "".join(f"{n},Dorian Blackwell,07700 900{100 + n % 800}\r\n" for n in range(800))
    return {"one.pdf": stream.getvalue(), "two.csv": f"Row,Name,Number\r\n{rows}".encode()}


def begin():
    """The case, its evidence and the preparation, whose reading waits to be done."""
    from django.conf import settings
    from django.utils import timezone

    from backbeat.station.accounts.models import User
    from backbeat.station.cases.models import Case, EvidenceItem, Membership, Person
    from backbeat.station.desk_redaction import preparing

    user = User.objects.create_user("amy", None, roles=["officer"])
    case = Case.objects.create(reference="42/CR/1/26", title="Theft")
    Membership.objects.create(case=case, user=user)
    for number, (name, role) in enumerate({"Amara Okonjo": "witness", "Dorian Blackwell": "suspect"}.items(), 1):
        Person.objects.create(case=case, register_id=f"P{number}", names=[name], role=role)
    items = []
    for name, content in papers().items():
        with settings.INSTALLATION.store.incoming() as incoming:
            incoming.write(content)
            size, sha256 = incoming.size, incoming.keep()
        kind = "application/pdf" if name.endswith("pdf") else "text/csv"
        items.append(
            EvidenceItem.objects.create(
                case=case, sha256=sha256, original_name=name, size=size, media_type=kind, uploaded_by=user
            )
        )
    return user, preparing.start(user, case, "cps-precharge", items, timezone.localdate())


def work_with_kills(preparation, kills: int, chance: random.Random) -> int:
    """One worker after another, each killed in its job, the last until the job is done; how many died at it."""
    import sqlalchemy as sa

    from backbeat.station.desk_redaction import preparing
    from backbeat.station.desk_redaction.models import Preparation

    log = os.path.join(os.environ["BACKBEAT_DATA"], "worker.log")
    queue = preparing.queue()
    until = time.monotonic() + LIMIT_S
    for attempt in range(kills + 1):
        with open(log, "wb") as stream:
            worker = subprocess.Popen([sys.executable, "-m", "backbeat.station.worker"], stdout=stream, stderr=stream)
        while b"attempt" not in open(log, "rb").read() and time.monotonic() < until:
            time.sleep(0.01)
        if attempt < kills:
            time.sleep(chance.uniform(0, 1.0))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            with queue.engine.begin() as connection:  # as if the dead worker's lease had run out
                connection.execute(sa.text("UPDATE jobs SET due_ms = 0, attempts = 0 WHERE due_ms IS NOT NULL"))
            if preparing.is_working(Preparation.objects.get(pk=preparation.pk)):
                continue
            return attempt  # this one was too quick for us
        while preparing.is_working(Preparation.objects.get(pk=preparation.pk)):
            if time.monotonic() > until:
                raise SystemExit(f"not done in time: {open(log).read()}")
            time.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
    return kills


def ending(preparation) -> dict[str, object]:
    """Everything that must be the same however often workers died."""
    from django.conf import settings

    from backbeat.ledger import Ledger
    from backbeat.station.desk_redaction.models import Mention, Preparation

    preparation = Preparation.objects.get(pk=preparation.pk)
    mentions = Mention.objects.filter(document__preparation=preparation).order_by("document", "start", "kind")
    places = list(mentions.values_list("document__evidence__original_name", "start", "end", "kind", "decided"))
    files = {}
    if preparation.bundle_sha256:
        with zipfile.ZipFile(settings.INSTALLATION.store.path(preparation.bundle_sha256)) as archive:
            for name in archive.namelist():
                said_when = name.endswith(".json")  # certificate and manifest carry times
                files[name] = "" if said_when else hashlib.sha256(archive.read(name)).hexdigest()
    ledger = Ledger.open(settings.INSTALLATION)
    return {
        "state": preparation.state,
        "places": len(places),
        "digest": hashlib.sha256(json.dumps(places).encode()).hexdigest(),
        "files": files,
        "ledger_rows": ledger.head().size,
        "ledger_ok": bool(ledger.verify().ok),
        "counts": [document["counts"] for document in preparation.outcome.get("documents", [])],
    }


def main(kills: int, seed: int) -> None:
    from backbeat.station.serve import prepare

    prepare()
    from backbeat.station.desk_redaction import decisions, groups, releasing
    from backbeat.station.desk_redaction.models import Preparation

    chance = random.Random(seed)
    user, preparation = begin()
    died = work_with_kills(preparation, kills, chance)
    preparation = Preparation.objects.select_related("case").get(pk=preparation.pk)
    decisions.decide(user, preparation, groups.mentions_of(preparation), "redact", "", basis="bulk")
    releasing.apply(user, preparation)
    died += work_with_kills(preparation, kills, chance)
    print(json.dumps({"died": died, "ending": ending(preparation)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
