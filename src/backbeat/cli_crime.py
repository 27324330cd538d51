"""`backbeat crime …`: decide, explain, replay, compare, offences, schema, rules. Thin: the work is in `crime/`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import date

    from backbeat.crime.comparing import Change, Comparison
    from backbeat.crime.rules import Rules

__all__ = ["app"]

app = typer.Typer(help="The crime recording rules, decided and explained.", no_args_is_help=True)

DIFFERS = 4
"""Exit code where a decision no longer comes out the same, or the rules fail their own examples."""
MOST_FOUND = 20
"""Offences listed for one query."""


class RunnerName(StrEnum):
    """Values of --runner."""

    INLINE = "inline"
    PROCESSES = "processes"


EditionName = Annotated[
    str | None,
    typer.Option(help="Edition of the rules, by id.", show_default="the one in force on the day of the report"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON to stdout.")]


@app.command()
def decide(
    facts: Annotated[Path, typer.Argument(metavar="FACTS.json", help="The facts of one report.", show_default=False)],
    edition: EditionName = None,
    record: Annotated[
        bool, typer.Option("--record", help="You take this decision: leave a row in the ledger.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what to record, how many, by when and who decides, with the pages; ask what is still missing."""
    from backbeat.crime import service
    from backbeat.crime.telling import tell

    proposal = service.propose_file(facts, edition_id=edition)
    if as_json:
        typer.echo(proposal.decision.to_json().decode())
    else:
        typer.echo("\n".join(tell(proposal.decision)))
    if record:
        from backbeat.installation import Installation

        done = service.record(proposal, installation=Installation.open(), actor=service.Actor(_account()))
        typer.echo(f"Ledger entry {done.receipt.seq}: {done.gain}.", err=as_json)


@app.command()
def schema(edition: EditionName = None) -> None:
    """Print the JSON Schema of FACTS.json: every fact the rules ask for, with its question and its values."""
    import json

    from backbeat.crime.schema import facts_schema

    typer.echo(json.dumps(facts_schema(_rules(edition)), indent=2, ensure_ascii=False))


@app.command()
def offences(
    query: Annotated[str, typer.Argument(help="Words, a class (8N) or a code (008/06).", show_default=False)],
    edition: EditionName = None,
    as_json: AsJson = False,
) -> None:
    """Find notifiable offences in force by their words, class or code, nearest first."""
    import json

    from backbeat.crime.assist import Kind, search

    offered = [one.offence for one in search(_rules(edition), query, MOST_FOUND, only=Kind.OFFENCE)]
    found = [offence for offence in offered if offence is not None]
    if as_json:
        plain = [
            {
                "code": one.code,
                "class": one.class_,
                "offence": one.text,
                "act": one.act,
                "section": one.section,
                "basis": one.basis.value,
                "mode": one.mode,
                "max_sentence": one.max_sentence,
            }
            for one in found
        ]
        typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    for one in found:
        law = ", ".join(part for part in (one.act, one.section) if part)
        typer.echo(f"{one.code} {one.class_}  {one.text}{f' ({law})' if law else ''}")
    if not found:
        typer.echo("Nothing in the notifiable offence list has these words.")


@app.command()
def explain(
    decision: Annotated[
        Path, typer.Argument(metavar="DECISION.json", help="As `decide --json` wrote it.", show_default=False)
    ],
) -> None:
    """Print why: the tree of reasons of a decision, each with its document and page."""
    from backbeat.crime.telling import tell_why

    typer.echo("\n".join(tell_why(_bytes(decision))))


@app.command()
def replay(
    decision: Annotated[
        Path, typer.Argument(metavar="DECISION.json", help="As `decide --json` wrote it.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Decide the same facts under the same edition again, and say whether every byte is the same; exit 4 if not."""
    import json

    from backbeat.crime.replaying import replay as again
    from backbeat.crime.rules import open_rules

    data = _bytes(decision)
    # `decide --json` ends the line; the decision itself has no line end.
    outcome = again(data.removesuffix(b"\n"), open_rules())
    if as_json:
        typer.echo(json.dumps({"same": bool(outcome), "differs": outcome.differs}, indent=2))
    elif outcome:
        typer.echo("The same facts under the same edition give the same decision, byte for byte.")
    else:
        typer.echo("The decision does not come out the same. Different now:")
        for path in outcome.differs:
            typer.echo(f"  {path}")
    if not outcome:
        raise typer.Exit(DIFFERS)


@app.command()
def compare(
    facts: Annotated[
        Path, typer.Argument(metavar="FACTS.jsonl", help="Facts of many reports, one a line.", show_default=False)
    ],
    edition: Annotated[str, typer.Option(help="Edition as it is, by id.", show_default=False)],
    against: Annotated[str, typer.Option(help="Edition to compare it with, by id.", show_default=False)],
    changes: Annotated[
        Path | None, typer.Option(help="File to write: one JSON line for each report that comes out otherwise.")
    ] = None,
    runner: Annotated[RunnerName, typer.Option(help="Where work runs: inline or processes.")] = RunnerName.INLINE,
    as_json: AsJson = False,
) -> None:
    """Decide many reports under two editions, and say how many crimes of each class each makes and what changes."""
    import json
    from contextlib import ExitStack

    from backbeat.crime.comparing import compare as compare_reports
    from backbeat.files import write_whole

    with ExitStack() as stack:
        lines = stack.enter_context(_open(facts))
        stream = stack.enter_context(write_whole(changes)) if changes else None

        def write(change: "Change") -> None:
            if stream is not None:
                stream.write(json.dumps(change.to_json(), ensure_ascii=False).encode() + b"\n")

        result = compare_reports(lines, edition, against, runner=runner.value, on_change=write if changes else None)
    if as_json:
        typer.echo(json.dumps(result.to_json(), indent=2))
    else:
        _say_comparison(result)


@app.command()
def rules(
    check: Annotated[
        bool, typer.Option("--check", help="Run the examples the rules must agree with; exit 4 if not.")
    ] = False,
) -> None:
    """List the editions of the rules this installation has, with their days and hashes."""
    from backbeat.crime.rules import PACKAGED, open_rules
    from backbeat.rulebook import assure

    if check:
        found = assure(PACKAGED)
        for one in found:
            typer.echo(one.line())
        if found:
            raise typer.Exit(DIFFERS)
        typer.echo("Every example of every edition comes out as it must.")
        return
    for edition in open_rules().shelf:
        until = edition.valid_to.isoformat() if edition.valid_to else "on"
        typer.echo(f"{edition.id}  {edition.title}, from {edition.valid_from.isoformat()} {until}")
        typer.echo(f"  {len(edition.tables)} tables, {len(edition.lists)} lists, sha256 {edition.hash}")


def _rules(edition: str | None) -> "Rules":
    from backbeat.crime.rules import open_rules
    from backbeat.errors import InputRejected

    shelf = open_rules()
    if edition is None:
        return shelf.on(_today())
    named = shelf.named(edition)
    if named is None:
        raise InputRejected(
            "There is no such edition of the crime recording rules.",
            where="option --edition",
            do=f"name one of {', '.join(shelf.ids)}",
        )
    return named


def _today() -> "date":
    from datetime import datetime

    return datetime.now().astimezone().date()


def _bytes(path: Path) -> bytes:
    from backbeat.crime.errors import DecisionUnreadable

    try:
        return path.read_bytes()
    except OSError as error:
        raise DecisionUnreadable(
            f"The decision file could not be read ({error.strerror or 'unknown reason'}).",
            where="the argument DECISION.json",
            do="name a file that `backbeat crime decide --json` wrote",
        ) from error


def _open(path: Path) -> Any:
    from backbeat.errors import InputRejected

    try:
        return path.open(encoding="utf-8-sig")
    except OSError as error:
        raise InputRejected(
            f"The file of reports could not be read ({error.strerror or 'unknown reason'}).",
            where="the argument FACTS.jsonl",
            do="name a file with the facts of one report a line",
        ) from error


def _say_comparison(result: "Comparison") -> None:
    plain: Any = result.to_json()
    typer.echo(
        f"{result.reports:,} reports: {result.changed:,} come out otherwise, {result.refused:,} taken by neither"
    )
    for title, name in (("how far", "states"), ("records", "records"), ("crimes by class", "crimes_by_class")):
        for label, (before, after) in plain[name].items():
            if name != "crimes_by_class" or before != after:
                typer.echo(f"  {title} {label}: {before:,} → {after:,}")
    for part, count in plain["parts"].items():
        typer.echo(f"  changed in {part}: {count:,}")


def _account() -> str:
    """The operating system's name of who runs this; the number where it has no name."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"
