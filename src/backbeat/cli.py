"""`backbeat`: the command line. Thin: it parses, calls a use case, prints, and turns errors into exit codes.

0 done · 2 the user's error · 3 some input refused · 4 withheld because a check failed · 70 a bug

What goes to stderr may end up in logs, so it names inputs by number and never quotes what stands in them. A traceback
is printed for a bug only, without the exception's own words, which may quote data.
"""

import json
import os
import re
import sys
import traceback
from typing import Annotated, NoReturn

import typer

from backbeat import __version__, cli_crime, cli_ledger, cli_redaction, cli_triage
from backbeat.errors import BackbeatError, UserError

__all__ = ["app", "main"]

app = typer.Typer(
    help="Gives police officers their hours back, and proves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli_redaction.add_to(app)
app.add_typer(cli_crime.app, name="crime")
app.add_typer(cli_triage.app, name="triage")
app.add_typer(cli_ledger.app, name="ledger")


class UsageError(UserError):
    """The command line itself is wrong: an unknown option, a missing argument."""

    code = "usage"


class MachineRefused(UserError):
    """The operating system or the database would not let us: a full disk, no permission, no connection."""

    code = "machine.refused"


class UnknownCode(UserError):
    """`backbeat explain` was asked for a code that does not exist."""

    code = "explain.unknown-code"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"backbeat {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Gives police officers their hours back, and proves it."""


@app.command()
def explain(code: Annotated[str, typer.Argument(help="The code an error message ended with.")]) -> None:
    """Explain an error code: what it means, why it happens, what to do."""
    from backbeat.explanations import explanation, nearest

    text = explanation(code)
    if text is None:
        near = nearest(code)
        raise UnknownCode(
            "There is no such error code.",
            where="the argument of `backbeat explain`",
            do=f"did you mean {', '.join(near)}?" if near else "copy the code from the last line of an error message",
        )
    typer.echo(text)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(_run(given))


def _run(given: list[str]) -> int:
    try:
        result = app(given, standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("Stopped.", err=True)
        return 130
    except typer.Exit as leave:
        return leave.exit_code
    except typer.TyperException as wrong:
        if not wrong.format_message():  # no command was given: the help has been printed
            return UsageError.exit_code
        do = "run the same command with --help to see what it takes"
        return _report(UsageError(_unquoted(wrong.format_message(), given), where="the command line", do=do), given)
    except BackbeatError as error:
        if error.exit_code == 70:
            _trace(error)
        return _report(error, given)
    except BrokenPipeError:
        return 0  # the reader of our output had enough
    except OSError as error:
        return _report(_refused_by("operating system", os.strerror(error.errno) if error.errno else ""), given)
    except Exception as error:  # noqa: BLE001  the outermost edge: anything that gets here is our bug
        if _is_of_the_database(error):
            return _report(_refused_by("database", "it cannot be reached or is no database of backbeat"), given)
        _trace(error)
        typer.echo(f"{type(error).__name__}: this is a bug in backbeat. Report it with the lines above.", err=True)
        return 70
    return result if isinstance(result, int) else 0


def _unquoted(message: str, given: list[str]) -> str:
    """The parser's message without what the user typed, which may be a file's name; plain words may stay."""
    for argument in sorted(given, key=len, reverse=True):
        if not re.fullmatch(r"-{0,2}[a-z]+(?:-[a-z]+)*", argument):
            message = message.replace(f"'{argument}'", "'…'")
    return re.sub(r"(unexpected extra arguments?(?:\(s\))?) \(.*\)", r"\1", message, flags=re.DOTALL)


def _refused_by(what: str, reason: str) -> MachineRefused:
    return MachineRefused(
        f"The {what} refused what backbeat needs{': ' if reason else ''}{reason}. No output was written.",
        where="the output folder, the data folder (BACKBEAT_DATA) or the database (DATABASE_URL)",
        do="check that they are there, that you may write to them and that the disk is not full; then run again",
    )


def _is_of_the_database(error: Exception) -> bool:
    """Asked only of an exception that got this far; whoever raised it has loaded the library already."""
    if "sqlalchemy" not in sys.modules:
        return False
    from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError

    # The other kinds of DatabaseError (wrong SQL, a broken constraint) are our bugs.
    return isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError


def _report(error: BackbeatError, given: list[str]) -> int:
    """The error in three parts on stderr, and as JSON on stdout where JSON was asked for."""
    if "--json" in given:
        parts = {"code": error.code, "what": error.what, "where": error.where, "do": error.do}
        typer.echo(json.dumps({"error": parts}, ensure_ascii=False, indent=2))
    typer.echo(str(error), err=True)
    return error.exit_code


def _trace(error: BaseException) -> None:
    typer.echo("Traceback (most recent call last):", err=True)
    typer.echo("".join(traceback.format_tb(error.__traceback__)).rstrip(), err=True)
