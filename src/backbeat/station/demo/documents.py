"""The documents of the demonstration case, written from the cast: three PDFs, a text file and a table.

The same cast gives the same bytes on every machine, so that what the demonstration prints can be compared.
"""

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

from backbeat.station.demo.cast import FORCE, Cast

__all__ = ["write_documents"]


def write_documents(cast: Cast, folder: Path) -> tuple[Path, ...]:
    """Write the case file into `folder`; returns the paths in reading order."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "MG5 case summary.pdf": _pdf("MG5 Police report", _case_summary(cast)),
        "MG11 witness statement.pdf": _pdf("MG11 Witness statement", _statement(cast)),
        "Custody record.pdf": _pdf("Custody record", _custody(cast)),
        "Interview notes.txt": _interview(cast).encode(),
        "Phone messages.csv": _messages(cast).encode(),
    }
    paths = []
    for name, content in made.items():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    return tuple(paths)


def _pdf(title: str, paragraphs: Sequence[str]) -> bytes:
    from reportlab.lib.enums import TA_LEFT
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer

    body = ParagraphStyle("body", fontName="Helvetica", fontSize=11, leading=15, spaceAfter=9, alignment=TA_LEFT)
    heading = ParagraphStyle("heading", parent=body, fontName="Helvetica-Bold", fontSize=15, leading=20)
    story: list[Flowable] = [Paragraph(FORCE, body), Paragraph(title, heading), Spacer(1, 8)]
    for paragraph in paragraphs:
        story.append(PageBreak() if paragraph == "\f" else Paragraph(paragraph, body))
    stream = io.BytesIO()
    template = SimpleDocTemplate(
        stream, pagesize=A4, leftMargin=62, rightMargin=62, topMargin=62, bottomMargin=62, invariant=1, title=title
    )
    template.build(story)
    return stream.getvalue()


def _case_summary(cast: Cast) -> list[str]:
    s, v, w, n, o = cast.everyone()
    return [
        f"Crime reference: {cast.reference}. Officer in the case: PC {cast.collar} {o.surname}.",
        f"Defendant: {s.name}, born {s.born:%d/%m/%Y}, of {s.address}, {s.postcode}.",
        f"On the evening of 4 September 2026 {v.name} came home to {v.address}, {v.postcode}, and found the kitchen "
        f"window broken. A laptop and a bicycle were gone. {v.forename} {v.surname} telephoned police from {v.phone}.",
        f"{w.name}, who lives opposite, saw a man she knows as {s.forename} {s.surname} leave by the side gate and "
        f"drive away in a grey van, registration {s.vrm}.",
        f"The neighbour at the back, {n.name}, heard glass break at about 19:40 and noted the same van. He does not "
        f"wish to give evidence. He can be reached on {n.phone}.",
        f"{s.surname} was arrested at 22:15 by PC {cast.collar} {o.surname}. In interview he made no comment.",
        "\f",
        "Further evidence and loss",
        f"The laptop was valued at 640 pounds by {v.name}. Insurance correspondence is to go to {v.email}. Her "
        f"National Insurance number, given for the claim, is {v.nino}.",
        f"A fingerprint on the window frame was recovered by the scene examiner. Enquiries with {w.name} "
        f"({w.phone}, {w.email}) continue.",
        "Decision sought: charge with burglary in a dwelling.",
    ]


def _statement(cast: Cast) -> list[str]:
    s, v, w, _n, o = cast.everyone()
    return [
        f"Statement of: {w.name}. Age if under 18: over 18. Occupation: pharmacist.",
        "This statement is true to the best of my knowledge and belief and I make it knowing that, if it is tendered "
        "in evidence, I shall be liable to prosecution if I have wilfully stated in it anything which I know to be "
        "false.",
        f"I live at {w.address}. On Friday 4 September 2026 at about twenty to eight I was drawing my curtains when I "
        f"saw a man come out of the side gate of the house opposite, where {v.forename} lives. I know him as "
        f"{s.forename} {s.surname}; he did some decorating for {v.name} in the spring.",
        f"Mr {s.surname} put a bicycle into the back of a grey van. I wrote the number down: {s.vrm}. I then rang "
        f"{v.forename} on {v.phone} and she told me to call the police.",
        f"I later described what I had seen to PC {cast.collar} {o.surname}.",
        f"Signed: {w.forename[0]}. {w.surname}",
        "\f",
        "Witness contact details (back of form, not for service)",
        f"Name of witness: {w.name}. Home address: {w.address}, {w.postcode}.",
        f"Mobile: {w.phone}. E-mail: {w.email}. Date of birth: {w.born:%d/%m/%Y}. NHS number: {w.nhs}.",
        f"Statement taken by: PC {cast.collar} {o.surname}.",
    ]


def _custody(cast: Cast) -> list[str]:
    s, _v, _w, _n, o = cast.everyone()
    return [
        f"Detained person: {s.surname.upper()}, {s.forename}. Date of birth: {s.born:%d/%m/%Y}.",
        f"Address given: {s.address}, {s.postcode}. Telephone: {s.phone}.",
        f"Arresting officer: PC {cast.collar} {o.surname}. Circumstances: suspected burglary, "
        f"reference {cast.reference}.",
        "Rights given 22:41. Solicitor requested: duty solicitor called 22:50.",
        "Property: one mobile telephone, one van key, 35 pounds in notes.",
        "Risk assessment: no injuries, no medication, no concerns recorded. Checked every thirty minutes.",
        "Released on bail 09:20 pending a charging decision.",
    ]


def _interview(cast: Cast) -> str:
    s, v, w, n, o = cast.everyone()
    lines = [
        f"{FORCE} - notes of interview, {cast.reference}",
        f"Present: {s.name}; PC {cast.collar} {o.surname}; duty solicitor.",
        "",
        f"PC {o.surname}: You know {v.name}?",
        f"{s.surname}: No comment.",
        f"PC {o.surname}: Your van, {s.vrm}, was seen in {v.address.split(', ')[0]}.",
        f"{s.surname}: No comment.",
        f"PC {o.surname}: {w.forename} {w.surname} says it was you at the gate.",
        f"{s.surname}: She would. No comment.",
        "",
        f"Afterwards: call to {n.name} on {n.phone} (no answer); e-mail sent to {w.email}.",
        f"Victim updated on {v.phone}; new partner's number withheld.",
    ]
    return "\r\n".join(lines) + "\r\n"


def _messages(cast: Cast) -> str:
    s, v, w, n, _o = cast.everyone()
    rng = random.Random(cast.reference)  # noqa: S311 - invented messages, not secrets
    texts = [
        f"Did you see {s.forename} today?",
        "On my way, ten minutes",
        f"It was {s.forename} {s.surname}'s van, I am sure",
        f"Post it to {v.address}, {v.postcode}",
        "Can you talk?",
        f"My new e-mail is {v.email}",
        f"Ask {n.forename} {n.surname} what he heard",
        "=Thanks x",
    ]
    stream = io.StringIO()
    table = csv.writer(stream)
    table.writerow(["Date", "Time", "From", "From number", "To", "To number", "Message"])
    for row in range(60):
        sender, receiver = rng.sample([v, w, n], 2)
        day = f"{rng.randint(1, 4):02d}/09/2026"
        time = f"{rng.randint(7, 22):02d}:{rng.randint(0, 59):02d}"
        table.writerow([day, time, sender.name, sender.phone, receiver.name, receiver.phone, texts[row % len(texts)]])
    return stream.getvalue()
