"""The whole job once, through the web and nothing else: put a case in, say who is who, decide, release, download.

What comes back is checked as a recipient would: with `backbeat verify`, offline, and by looking for what was removed.
"""

import io
import json
import secrets
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from backbeat.station.demo.cast import Cast, make_cast
from backbeat.station.demo.documents import write_documents
from backbeat.station.demo.load import SignIn
from backbeat.station.demo.web_client import Page, WebClient, WebFailure

__all__ = ["Summary", "run_check"]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the check saw, for one page."""

    documents: int
    pages: str
    mentions: int
    removed: str
    kept: str
    verification: str
    minutes: str
    against: str

    def lines(self) -> list[str]:
        """The page."""
        return [
            f"documents     {self.documents} put in, {self.pages}",
            f"mentions      {self.mentions} found and decided",
            f"removed       {self.removed}",
            f"kept          {self.kept} by decision",
            f"verification  {self.verification}",
            f"minutes back  {self.minutes}",
            f"              {self.against}",
            "              Here a program pressed the buttons, so these minutes are no evidence of time saved.",
        ]


def run_check(address: str, sign_in: SignIn) -> Summary:
    """Take a fresh case through the station at `address`.

    Raises:
        WebFailure: some page did not do what it should; the message says which.
    """
    cast = make_cast(seed=1)  # not the people of the loaded case
    with WebClient(address) as web, tempfile.TemporaryDirectory() as folder:
        _sign_in(web, sign_in)
        documents = write_documents(cast, Path(folder) / "in")
        case_url = _open_case(web, cast, documents)
        overview = _prepare(web, case_url)
        mentions = _decide(web, overview)
        released = _release(web, overview)
        bundle = web.download(
            released, released.form("/download/", having="recipient"), recipient="Crown Prosecution Service"
        )
        verification = _verify(bundle, Path(folder) / "out", cast)
        return Summary(
            documents=len(documents),
            pages=_row(released, "Documents").split(", ", 1)[-1],
            mentions=mentions,
            removed=_row(released, "Removed"),
            kept=_row(released, "Kept by decision"),
            verification=verification,
            minutes=released.find(r"Minutes given back</dt>.*?<strong>([^<]+)</strong>"),
            against=released.find(r"Minutes given back</dt>.*?</strong><br>([^<]+)</dd>"),
        )


def _row(page: Page, key: str) -> str:
    return page.find(rf"{key}</dt><dd class=\"govuk-summary-list__value\">([^<]+)")


def _sign_in(web: WebClient, sign_in: SignIn) -> None:
    page = web.get("/account/login/")
    page = web.submit(page, page.form(having="login"), login=sign_in.username, password=sign_in.password)
    if "account/login" in str(page.url):
        raise WebFailure("the demonstration officer could not sign in")


def _open_case(web: WebClient, cast: Cast, documents: tuple[Path, ...]) -> str:
    page = web.get("/cases/new/")
    reference = f"CHECK/{secrets.token_hex(4)}"
    page = web.submit(page, page.form(having="reference"), reference=reference, title="Check of the whole way")
    case_url = page.find(r'href="(/cases/[0-9a-f-]{36}/)')
    for person in (cast.suspect, cast.victim, cast.witness, cast.officer):
        page = web.get(f"{case_url}people/add/")
        details = {f"detail_{kind}": "\n".join(values) for kind, values in person.attributes().items()}
        web.submit(page, page.form(having="name"), name=person.name, role=person.role, **details)
    page = web.get(f"{case_url}evidence/add/")
    web.upload(page, page.form(having="files"), "files", documents)
    return case_url


def _prepare(web: WebClient, case_url: str) -> str:
    page = web.get(f"{case_url}redaction/")
    page = web.submit(page, page.form(having="evidence"), profile="cps-precharge")
    overview = str(page.url)
    page = web.wait(overview, r"places? to decide|needs a person")
    if "needs a person" in page.text:
        raise WebFailure("reading the documents was given up by the worker")
    # One person is not on the register: the neighbour. Say who he is, and have the documents read again.
    page = web.get(f"{overview}people/")
    form = page.form(having="new-role")
    names = form["fields"].get("name", [])
    neighbour = make_cast(seed=1).neighbour.name
    roles = ["third-party" if name == neighbour else "" for name in names]
    if not any(roles):
        raise WebFailure("the neighbour was not found by name in any document")
    web.submit(page, form, **{"new-role": roles})
    web.wait(overview, r"places? to decide")
    return overview


def _decide(web: WebClient, overview: str) -> int:
    """Accept what is suggested; what is asked is answered with redact: unknown never counts as keep."""
    page = web.get(f"{overview}review/")
    places = int(page.find(r"(?:of|All) (\d+) places"))
    form = next((f for f in page.forms if "everything" in f["fields"]), None)
    if form is not None:
        page = web.submit(page, form)
    for _ in range(200):
        row = next((f for f in page.forms if "group" in f["fields"] and _open(page, f)), None)
        if row is None:
            break
        page = web.submit(page, row, action="redact")
    if "are decided" not in page.text:
        raise WebFailure("places were left undecided")
    return places


def _open(page: Page, form: dict[str, dict[str, list[str]]]) -> bool:
    key = form["fields"]["group"][0]
    return f'data-item="{key}" data-state="open"' in page.text


def _release(web: WebClient, overview: str) -> Page:
    page = web.get(f"{overview}release/")
    web.submit(page, _go(page))
    web.wait(overview, r"See the result and download|Withheld|places? to decide|needs a person")
    page = web.get(f"{overview}release/")
    if "Download the bundle" not in page.text:
        raise WebFailure(f"nothing was released: “{page.heading}”")
    return page


def _go(page: Page) -> dict[str, dict[str, list[str]]]:
    """The form that starts the release: the one without an address of its own."""
    for form in page.forms:
        if not form["action"]:
            return form
    raise WebFailure("the release page offers no release")


def _verify(bundle: bytes, out: Path, cast: Cast) -> str:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        archive.extractall(out)
    command = [sys.executable, "-m", "backbeat", "verify", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode != 0:
        raise WebFailure(f"`backbeat verify` refused the bundle (exit {done.returncode}): {done.stderr.strip()}")
    json.loads(done.stdout)
    gone = (cast.witness.phone, cast.witness.email, cast.victim.nino, cast.witness.nhs, cast.neighbour.phone)
    for path in out.iterdir():
        if any(value.encode() in path.read_bytes() for value in gone):
            raise WebFailure("a removed value stands in the bundle")
    return "signature, hashes and ledger proof verified offline; nothing removed was found"
