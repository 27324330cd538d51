"""`backbeat suggest`, `redact` and `verify`. Thin; the work is in `backbeat.redaction.service`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import date

    from backbeat.redaction.service import Release

__all__ = ["add_to"]

DEFAULT_PROFILE = "cps-precharge"
SLOW_S = 2.0
"""Seconds after which a person waiting gets to see progress."""


class AcceptOption(StrEnum):
    """Values of --accept."""

    ALL = "all"
    NONE = "none"


def _plain(value: str | None) -> str | None:
    """Text that is no text (odd bytes on the command line) makes no pseudonym."""
    if value is not None and any("\ud800" <= character <= "\udfff" for character in value):
        raise typer.BadParameter("not text in this system's encoding")
    return value


Paths = Annotated[list[Path], typer.Argument(help="Files, or folders to take in whole.", show_default=False)]
People = Annotated[Path | None, typer.Option(help="The register: who is who in this case (people.json).")]
ProfileName = Annotated[str, typer.Option(help="For whom: cps-precharge, defence-service, sar or foi.")]
On = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day whose edition of the profile counts.", show_default="today"),
]
RunnerName = Annotated[str, typer.Option(help="Where work runs: inline or processes.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON to stdout.")]


def add_to(app: typer.Typer) -> None:
    """Put the commands of this desk on the command line."""
    app.command()(suggest)
    app.command()(redact)
    app.command()(verify)


def suggest(
    paths: Paths,
    people: People = None,
    profile: ProfileName = DEFAULT_PROFILE,
    on: On = None,
    runner: RunnerName = "inline",
    as_json: AsJson = False,
) -> int:
    """Find what a recipient must not see, and what the profile proposes for each place. Changes nothing."""
    from backbeat.redaction import service
    from backbeat.redaction.case import load_people
    from backbeat.redaction.manifest import to_text

    register = load_people(people) if people else ()
    with _progress("Suggesting") as progress:
        result, code = service.suggest(
            paths, people=register, profile_id=profile, on=_day(on), runner=runner, progress=progress
        )
    if as_json:
        typer.echo(to_text(result), nl=False)
    else:
        for number, document in enumerate(result["documents"], 1):
            actions = [mention["action"] for mention in document["mentions"]]
            counts = ", ".join(f"{actions.count(action)} {action}" for action in dict.fromkeys(actions))
            typer.echo(f"document {number}: {len(actions)} mentions{f' ({counts})' if counts else ''}")
        typer.echo("Use --json to see them, or `backbeat redact … -o OUT` to write them to OUT for review.")
    for problem in result["refused"]:
        _say_problem(problem)
    return code


def redact(
    paths: Paths,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write: new, empty, or of an earlier run.")],
    people: People = None,
    profile: ProfileName = DEFAULT_PROFILE,
    decisions: Annotated[Path | None, typer.Option(help="What a person decided (decisions.json).")] = None,
    accept: Annotated[AcceptOption | None, typer.Option(help="What happens to suggestions nobody decided.")] = None,
    case: Annotated[
        str | None, typer.Option(callback=_plain, help="Case number; keeps pseudonyms the same within a case.")
    ] = None,
    on: On = None,
    runner: RunnerName = "inline",
    as_json: AsJson = False,
) -> int:
    """Remove for good what was decided, prove that it is gone, and sign for it.

    Without --accept or --decisions, suggestions for review are written and no redacted file.
    """
    from backbeat.installation import Installation
    from backbeat.redaction import service
    from backbeat.redaction.case import load_people
    from backbeat.redaction.manifest import to_text
    from backbeat.redaction.review import Accept

    with _progress("Redacting") as progress:
        release = service.redact(
            paths,
            out,
            installation=Installation.open(),
            actor=service.Actor(_account()),
            people=load_people(people) if people else (),
            profile_id=profile,
            on=_day(on),
            case_id=case,
            decisions=decisions,
            accept=None if accept is None else Accept(accept.value),
            runner=runner,
            progress=progress,
        )
    if as_json:
        typer.echo(to_text(release.manifest), nl=False)
    else:
        _say_release(release)
    for document in release.manifest["documents"]:
        if document["error"] is not None:
            _say_problem(document["error"])
        if document["findings"]:
            typer.echo(_withheld(document), err=True)
    return release.exit_code


def verify(
    out: Annotated[Path, typer.Argument(help="The output folder, as received.", show_default=False)],
    key: Annotated[
        str | None, typer.Option(help="The sender's public key, known from elsewhere: 64 hex digits, or a PEM file.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check an output folder offline: signature, every file's hash, the ledger's proof, hidden text."""
    from backbeat.redaction import receiving
    from backbeat.redaction.manifest import to_text

    report = receiving.verify_output(out, None if key is None else receiving.read_key(key))
    if as_json:
        typer.echo(to_text(report), nl=False)
    else:
        count = len(report["documents"])
        typer.echo(f"{count} document{'' if count == 1 else 's'} certified {report['issued_at']}, key {report['key']}")
        if report["kept_back"]:
            typer.echo(f"Not in the folder, kept back by the sender: {', '.join(report['kept_back'])}")
        if report["ok"]:
            typer.echo("Everything the certificate says holds.")
        if key is None:
            typer.echo("The signing key was not compared with one you trust: use --key with the sender's public key.")
    for warning in report["warnings"]:
        typer.echo(f"warning: {warning['kind']}: {warning['message']}", err=True)
    for fault in report["faults"]:
        typer.echo(f"{fault['kind']}: {fault['message']}", err=True)
    return 0 if report["ok"] else 4


def _say_release(release: "Release") -> None:
    for document in release.manifest["documents"]:
        removed = sum(document["counts"].values())
        detail = {
            "redacted": f"{document['output']}, pages: {document['pages']}, places removed: {removed}",
            "awaiting-review": f"{document['undecided']} suggestions to decide, in suggestions.json",
        }.get(document["status"], "see stderr and manifest.json")
        typer.echo(f"input {document['number']}: {document['status']} ({detail})")


def _say_problem(problem: Mapping[str, Any]) -> None:
    lines = (problem["what"], f"  where: {problem['where']}", f"  next:  {problem['do']}")
    typer.echo("\n".join((*lines, f"  more:  backbeat explain {problem['code']}")), err=True)


def _withheld(document: Mapping[str, Any]) -> str:
    found = "".join(
        f"\n         {finding['check']}{'' if finding['page'] is None else ' on page ' + str(finding['page'])}: "
        f"{finding['message']}"
        for finding in document["findings"]
    )
    return (
        "The redacted file did not pass verification, so it was destroyed and nothing was released."
        f"\n  where: input {document['number']}{found}"
        "\n  next:  decide on the places named and run again; if it fails again, redact this file by hand"
        "\n  more:  backbeat explain output.withheld"
    )


def _day(on: datetime | None) -> "date":
    return (on or datetime.now()).date()


def _account() -> str:
    """The operating system's name of who runs this; the number where it has no name."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for a person who has waited for `SLOW_S`; nothing where stderr is no terminal."""
    import sys
    import threading

    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    line = bar.add_task(what, total=None)
    timer = threading.Timer(SLOW_S, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda done, total: bar.update(line, completed=done, total=total)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
