"""The redaction desk in a real Chromium, on a real station with a job worker: what acceptance tests share.

desk = Desk(page, station)
desk.sign_in()
desk.open_case("42/CR/1/26")
desk.add_person("Amara Okonjo", "witness", phone="07700 900417")
desk.upload(papers)
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, expect
from station_server import PASSWORD, Station

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
OFFICER = "desk-officer"
READS_WITHIN_MS = 120_000

PHONE, EMAIL, NHS = "07700 900417", "amara.okonjo@example.org", "999 123 4560"
NEIGHBOUR_PHONE = "07700 900582"
HIDDEN = "the blue door by the canal"
"""Something only a person would remove."""


def papers(folder: Path) -> tuple[Path, ...]:
    """A statement in PDF, notes in plain text and a table of messages; every person in them is invented."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    folder.mkdir(parents=True, exist_ok=True)
    statement = folder / "MG11 statement.pdf"
    canvas = Canvas(str(statement), pagesize=A4, invariant=1)
    pages = (
        (
            "Statement of Amara Okonjo, pharmacist.",
            f"My number is {PHONE} and my e-mail is {EMAIL}.",
            "I saw Dorian Blackwell put a bicycle into a van.",
            f"I was standing next to {HIDDEN}.",
        ),
        (f"My NHS number is {NHS}.", f"The neighbour, Mr Tobias Fenwick, can be reached on {NEIGHBOUR_PHONE}."),
    )
    for lines in pages:
        text = canvas.beginText(62, 760)
        text.setFont("Helvetica", 12)
        text.setLeading(22)
        for line in lines:
            text.textLine(line)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    notes = folder / "Notes.txt"
    notes.write_bytes(
        f"Call to Amara Okonjo on {PHONE}.\r\nTobias Fenwick did not answer on {NEIGHBOUR_PHONE}.\r\n".encode()
    )
    table = folder / "Messages.csv"
    table.write_bytes(f'From,Number,Message\r\nAmara Okonjo,{PHONE},"Write to {EMAIL}"\r\n'.encode())
    return statement, notes, table


@dataclass
class Desk:
    """An officer's hands and eyes."""

    page: Page
    station: Station
    violations: list[str] = field(default_factory=list)
    case: str = ""
    preparation: str = ""

    def go(self, path: str) -> None:
        self.page.goto(self.station.url + path)

    def look(self, state: str) -> None:
        """Have axe look at the page as it stands."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run()")["violations"]
        self.violations += [f"{state}: {v['id']} {[node['html'][:120] for node in v['nodes']]}" for v in found]

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def sign_in(self, username: str = OFFICER) -> None:
        self.go("/account/login/")
        self.page.get_by_label(re.compile("user name", re.I)).fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.locator("main button.govuk-button").click()
        expect(self.page.locator(".bb-account")).to_be_visible()

    def open_case(self, reference: str) -> None:
        self.go("/cases/new/")
        self.page.locator("[name=reference]").fill(reference)
        self.page.locator("[name=title]").fill("Theft of a bicycle")
        self.page.locator("main button.govuk-button").click()
        found = re.search(r"/cases/([0-9a-f-]{36})/", self.page.url)
        assert found, self.page.url
        self.case = f"/cases/{found[1]}/"

    def add_person(self, name: str, role: str, **details: str) -> None:
        self.go(f"{self.case}people/add/")
        self.page.locator("[name=name]").fill(name)
        self.page.locator("[name=role]").select_option(role)
        for kind, value in details.items():
            self.page.locator(f"[name=detail_{kind}]").fill(value)
        self.page.get_by_role("button", name="Save").click()
        expect(self.page.locator("main")).to_contain_text(name)

    def upload(self, files: tuple[Path, ...]) -> None:
        self.go(f"{self.case}evidence/add/")
        self.page.locator("[name=files]").set_input_files([str(path) for path in files])
        self.page.get_by_role("button", name="Add to this case").click()
        for path in files:
            expect(self.page.locator("main")).to_contain_text(path.name)

    def begin(self) -> None:
        """Fill the case and have its documents read for the prosecutor."""
        self.go(f"{self.case}redaction/")
        self.look("home")
        self.page.get_by_label("Crown Prosecution Service, before charge").check()
        self.page.get_by_role("button", name="Read the documents").click()
        found = re.search(r"/redaction/\d+/", self.page.url)
        assert found, self.page.url
        self.preparation = f"{self.case[:-1]}{found[0]}"

    def wait_for(self, words: str) -> None:
        """Until the overview says `words`; without JavaScript the page refreshes itself."""
        expect(self.page.locator("main")).to_contain_text(words, timeout=READS_WITHIN_MS)

    def step(self, name: str) -> None:
        self.go(f"{self.preparation}{name}/")

    def add_neighbour(self) -> None:
        """The neighbour is nobody on the register until now; the documents are read again with him."""
        self.step("people")
        self.look("people")
        self.page.get_by_label("Role of Tobias Fenwick", exact=False).first.select_option("third-party")
        self.page.get_by_role("button", name="Save and go on").click()
        self.wait_for("to decide")

    def decide_by_group(self) -> None:
        """Accept what is suggested; answer what is asked with redact."""
        self.step("review")
        everything = self.page.get_by_role("button", name="Accept every suggestion left")
        if everything.count():
            everything.click()
        still_open = self.page.locator("tr[data-state=open] button[value=redact]")
        while still_open.count():
            still_open.first.click()
        expect(self.page.locator("h1")).to_contain_text("are decided")

    def release(self) -> None:
        """As often as what was marked by hand turns up in more places, decide those too."""
        for _ in range(3):
            self.step("release")
            self.page.get_by_role("button", name="Remove, verify and certify").click()
            button = self.page.get_by_role("link", name="See the result and download")
            suggestions = self.page.get_by_role("link", name="Go to the suggestions")
            expect(button.or_(suggestions)).to_be_visible(timeout=READS_WITHIN_MS)
            if button.is_visible():
                break
            self.decide_by_group()
        self.step("release")
        expect(self.page.locator("h1")).to_have_text("Verified and ready")

    def download(self, folder: Path, recipient: str = "CPS Direct") -> Path:
        """The bundle, unzipped as a recipient would."""
        self.page.get_by_label("Who will receive it?").fill(recipient)
        with self.page.expect_download() as coming:
            self.page.get_by_role("button", name="Download the bundle and its certificate").click()
        out = folder / "received"
        with zipfile.ZipFile(io.BytesIO(Path(coming.value.path()).read_bytes())) as archive:
            archive.extractall(out)
        return out

    def open_document(self, name: str, number: int = 1) -> None:
        self.go(self.preparation)
        self.page.get_by_role("link", name=name).click()
        if number > 1:
            self.page.goto(re.sub(r"/pages/\d+/", f"/pages/{number}/", self.page.url))

    def item(self, text: str):
        """The entry in the list beside the page that shows `text`."""
        return self.page.locator(".redaction-item", has_text=text).first


def texts_of(out: Path) -> dict[str, str]:
    """What a recipient can read in each file, by name; PDFs through pdfminer."""
    from pdfminer.high_level import extract_text

    readable = {}
    for path in sorted(out.iterdir()):
        readable[path.name] = extract_text(path) if path.suffix == ".pdf" else path.read_text("utf-8", "replace")
    return readable


def assert_gone(out: Path, *values: str) -> None:
    """No file of the bundle holds any of these, read as text or as bytes, with or without its spaces."""
    texts = texts_of(out)
    for value in values:
        for form in {value, value.replace(" ", "")}:
            for name, text in texts.items():
                assert form not in " ".join(text.split()), f"{value!r} can be read in {name}"
            for path in out.iterdir():
                assert form.encode() not in path.read_bytes(), f"{value!r} stands in {path.name}"
