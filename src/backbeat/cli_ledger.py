"""`backbeat ledger …`: verify, export, summary, head. Thin; the work is in `backbeat.ledger`."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backbeat.ledger import SignedHead, Verification

__all__ = ["app"]

app = typer.Typer(help="Hours, and the proof that nobody changed them.", no_args_is_help=True)

FAULTS_FOUND = 4
"""Exit code of a verification that found faults."""


class LogName(StrEnum):
    """Which of the two logs."""

    TASKS = "tasks"
    ACCESS = "access"


HeadFiles = Annotated[
    list[Path] | None,
    typer.Option("--head", help="A head saved elsewhere by `backbeat ledger head`; may be given for each log."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def verify(head: HeadFiles = None, as_json: AsJson = False) -> None:
    """Read both logs to the end and name every changed, missing, moved, copied or inserted entry."""
    from backbeat.installation import Installation
    from backbeat.ledger import AccessLog, Ledger

    saved: dict[str, SignedHead] = {}
    for path in head or []:
        for kept in _read_heads(path):
            saved[kept.log] = kept
    installation = Installation.open()
    results: list[Verification] = []
    for name, log in (("tasks", Ledger.open(installation)), ("access", AccessLog.open(installation))):
        with _progress(name) as progress:
            results.append(log.verify(saved_head=saved.get(name), progress=progress))
    if as_json:
        typer.echo(json.dumps([result.to_json() for result in results], indent=2))
    for result in results:
        _say(result, quiet=as_json)
    if not all(result.ok for result in results):
        raise typer.Exit(FAULTS_FOUND)


def _say(result: "Verification", *, quiet: bool) -> None:
    for warning in result.warnings:
        typer.echo(f"{result.log}: warning: {warning.message}", err=True)
    for fault in result.faults:
        typer.echo(f"{result.log}: {fault.kind}: {fault.message}", err=True)
    unlisted = result.fault_count - len(result.faults)
    if unlisted:
        typer.echo(f"{result.log}: and {unlisted:,} more faults", err=True)
    if not quiet:
        verdict = "nothing is wrong" if result.ok else f"{result.fault_count:,} faults"
        typer.echo(f"{result.log}: {result.entries:,} entries read, {verdict}")


def _read_heads(path: Path) -> "Iterator[SignedHead]":
    """One head, or a list of them as `backbeat ledger head` prints."""
    from backbeat.ledger import SignedHead
    from backbeat.ledger.errors import HeadRejected

    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise HeadRejected(
            "The saved head could not be read.",
            where="the --head argument",
            do="use a file written by `backbeat ledger head`",
        ) from error
    for value in content if isinstance(content, list) else [content]:
        yield SignedHead.from_json(value)


class _progress:  # a context manager used like a function
    """A bar on stderr, for people only, once there is something to wait for."""

    def __init__(self, name: str) -> None:
        from rich.console import Console
        from rich.progress import Progress

        console = Console(stderr=True)
        self._bar = Progress(console=console, transient=True, disable=not console.is_terminal)
        self._name = name

    def __enter__(self) -> "Callable[[int, int], None]":
        self._bar.start()
        task = self._bar.add_task(f"Verifying {self._name}", total=None)
        return lambda done, of: self._bar.update(task, completed=done, total=of)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


@app.command()
def export(path: Annotated[Path, typer.Argument(help="Folder to write; an earlier export there is replaced.")]) -> None:
    """Write every task record as Parquet, partitioned by month and desk."""
    from backbeat.installation import Installation
    from backbeat.ledger import Ledger

    written = Ledger.open(Installation.open()).export(path)
    typer.echo(f"{written:,} records exported")


@app.command()
def summary(as_json: AsJson = False) -> None:
    """Time given back by desk and kind of work, net of review and rework, with its grade."""
    from backbeat.installation import Installation
    from backbeat.ledger import Ledger

    report = Ledger.open(Installation.open()).saving()
    if as_json:
        typer.echo(json.dumps(report.to_json(), indent=2))
        return
    total = report.total()
    typer.echo("Nothing has been timed against a baseline yet." if total is None else str(total))
    for line in (*report.savings, *report.unmeasured):
        typer.echo(f"  {line}")


@app.command()
def head(log: Annotated[LogName | None, typer.Argument(help="One log only.")] = None) -> None:
    """Print the signed heads; keep them on another machine and give them to `verify --head`."""
    from backbeat.installation import Installation
    from backbeat.ledger import AccessLog, Ledger

    installation = Installation.open()
    heads = []
    if log in (None, LogName.TASKS):
        heads.append(Ledger.open(installation).head().to_json())
    if log in (None, LogName.ACCESS):
        heads.append(AccessLog.open(installation).head().to_json())
    typer.echo(json.dumps(heads, indent=2))
