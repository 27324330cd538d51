"""`backbeat triage …`: assess, schema, policy, replay. Thin: the work is in `triage/`."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

    from backbeat.installation import Installation
    from backbeat.triage.model import Assessment
    from backbeat.triage.policies import Policy, PolicyShelf
    from backbeat.triage.policy.diffing import TableChange

__all__ = ["app"]

app = typer.Typer(help="Right Care, Right Person: who owns a call, and why.", no_args_is_help=True)
policies = typer.Typer(help="What a force may change of the policy.", no_args_is_help=True)
app.add_typer(policies, name="policy")

Force = Annotated[
    str | None, typer.Option("--policy", metavar="FORCE", help="Policy of this force.", show_default="the national one")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON to stdout.")]
Changed = Annotated[
    Path,
    typer.Argument(
        metavar="CHANGE", help="Workbook, folder of CSV files, draft or signed version.", show_default=False
    ),
]
Day = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="Policy in force on this day.", show_default="today"),
]


@app.command()
def assess(
    facts: Annotated[Path, typer.Argument(metavar="FACTS.json", help="The facts of one call.", show_default=False)],
    force: Force = None,
    as_json: AsJson = False,
) -> None:
    """Say who owns a call, why, what is still to be asked and what is owed before it may close. Leaves no trace."""
    from backbeat.triage.assessing import assess as assess_facts
    from backbeat.triage.assessment_json import assessment_bytes
    from backbeat.triage.facts_json import read_call_file

    call = read_call_file(facts, _shelf(force))
    assessment = assess_facts(call.policy, call.facts)
    if as_json:
        typer.echo(assessment_bytes(assessment).decode())
    else:
        _say(assessment)


@app.command()
def schema(force: Force = None, on: Day = None) -> None:
    """Print the JSON Schema of FACTS.json: every fact the policy asks for, with its question and its values."""
    import json

    from backbeat.triage.schema import facts_schema

    typer.echo(json.dumps(facts_schema(_policy(force, on)), indent=2, ensure_ascii=False))


@app.command()
def replay(
    log: Annotated[
        Path | None, typer.Argument(metavar="[CALLS.csv]", help="Log of calls.", show_default="a made-up month")
    ] = None,
    old: Annotated[
        str, typer.Option(help="One side: national, a force, before-rcrp, or recorded in the log.")
    ] = "before-rcrp",
    new: Annotated[str, typer.Option(help="The other side, likewise.")] = "national",
    profile: Annotated[
        str, typer.Option(help="Whose published figures a made-up month is fitted to: cheshire, humberside or met.")
    ] = "cheshire",
    seed: Annotated[int, typer.Option(help="Number of a made-up month: the same gives the same month.")] = 1,
    calls: Annotated[
        int | None, typer.Option(min=1, help="Calls of a made-up month.", show_default="the published number")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of times without an offset: Europe/London.")] = None,
    changes: Annotated[
        Path | None, typer.Option(help="File to write: one JSON line for each call that comes out otherwise.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay a month of calls under two policies and say what changes, and for whom. Leaves no trace."""
    import json
    from contextlib import ExitStack

    from backbeat.files import write_whole
    from backbeat.triage.simulation.comparing import Change
    from backbeat.triage.simulation.rendering import render
    from backbeat.triage.simulation.service import replay_log, replay_month

    one, other = _side(old), _side(new)
    with ExitStack() as stack:
        stream = stack.enter_context(write_whole(changes)) if changes else None

        def write(change: Change) -> None:
            if stream is not None:
                stream.write(json.dumps(change.to_json(), ensure_ascii=False).encode() + b"\n")

        told = write if changes else None
        if log is not None:
            found = replay_log(log, one, other, zone=zone, on_change=told)
        else:
            found = replay_month(one, other, profile=profile, seed=seed, calls=calls, on_change=told)
    typer.echo(json.dumps(found.to_json(), indent=2) if as_json else render(found), nl=as_json)


@policies.command()
def check(
    change: Annotated[
        Path | None,
        typer.Argument(
            metavar="[CHANGE]",
            help="Workbook, folder of CSV files, draft or signed version.",
            show_default="the versions in use",
        ),
    ] = None,
    force: Force = None,
    as_json: AsJson = False,
) -> None:
    """Try a change: locked tables, every example, every combination of facts. Exit 4 with the example that breaks."""
    import json

    from backbeat.triage.policy.checking import check_draft, newest
    from backbeat.triage.policy.files import draft_of

    shelf = _shelf(force)
    if change is None:
        _check_all(shelf, as_json=as_json)
        return
    checked = check_draft(shelf, draft_of(change, newest(shelf).edition))
    if as_json:
        plain = {"may_be_used": True, "follows": checked.before.id, "changes": [c.to_json() for c in checked.changes]}
        typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        _say_changes(checked.changes)
        typer.echo("It touches nothing locked, every example comes out, and it is safe on every combination of facts.")


@policies.command()
def diff(change: Changed, force: Force = None, as_json: AsJson = False) -> None:
    """Say what a change changes: table, row and cell, old and new."""
    import json

    from backbeat.triage.policy.files import changes_of

    changes = changes_of(change, _shelf(force))
    if as_json:
        typer.echo(json.dumps([one.to_json() for one in changes], indent=2, ensure_ascii=False))
    else:
        _say_changes(changes)


@policies.command()
def draft(
    change: Annotated[
        Path, typer.Argument(metavar="TABLES", help="Workbook or folder of CSV files, filled in.", show_default=False)
    ],
    id: Annotated[str, typer.Option("--id", help="Id of the new version, such as exampleshire-3.", show_default=False)],
    valid_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day in force.", show_default=False)],
    author: Annotated[str, typer.Option(help="Who answers for it, by role.", show_default=False)],
    why: Annotated[str, typer.Option(help="Why it is changed.", show_default=False)],
    output: Annotated[Path, typer.Option(help="File to write.", show_default=False)],
    force: Force = None,
) -> None:
    """Make a draft of a new version from filled-in tables, tried as `policy check` tries it."""
    from backbeat.files import write_whole
    from backbeat.triage.policy.checking import check_draft, newest
    from backbeat.triage.policy.drafting import Signature, draft_overlay, write_draft
    from backbeat.triage.policy.files import proposal_of

    shelf = _shelf(force)
    about = Signature(id, valid_from.date(), _today(), author, why)
    made = draft_overlay(proposal_of(change, newest(shelf).edition), about)
    checked = check_draft(shelf, made)
    with write_whole(output) as stream:
        stream.write(write_draft(made))
    _say_changes(checked.changes)
    typer.echo("The draft is written. Sign it with: backbeat triage policy sign")


@policies.command()
def sign(
    change: Annotated[
        Path, typer.Argument(metavar="DRAFT.json", help="As `policy draft` wrote it.", show_default=False)
    ],
    output: Annotated[Path, typer.Option(help="File to write.", show_default=False)],
    key: Annotated[
        Path | None,
        typer.Option(help="Ed25519 private key, a PEM file without a password.", show_default="this installation's"),
    ] = None,
    force: Force = None,
) -> None:
    """Sign a draft that may be used. What may not be used is not signed: exit 4."""
    from backbeat.files import write_whole
    from backbeat.rulebook import key_id
    from backbeat.triage.policy.checking import check_draft, newest
    from backbeat.triage.policy.drafting import read_private_key, sign_draft
    from backbeat.triage.policy.files import draft_of

    shelf = _shelf(force)
    made = draft_of(change, newest(shelf).edition)
    check_draft(shelf, made)
    private = read_private_key(key) if key is not None else _installation().signing_key
    with write_whole(output) as stream:
        stream.write(sign_draft(made, private))
    typer.echo(f"Signed with key {key_id(private.public_key())}.")


@policies.command()
def add(
    change: Annotated[
        Path, typer.Argument(metavar="SIGNED.json", help="As `policy sign` wrote it.", show_default=False)
    ],
    force: Annotated[str, typer.Option("--policy", metavar="FORCE", help="Force it is for.", show_default=False)],
) -> None:
    """Keep a signed version for a force: tried once more, then in force from its day on."""
    from backbeat.triage.policy.files import read_signed
    from backbeat.triage.policy.storing import add_version

    policy = add_version(_folder(force), read_signed(change))
    typer.echo(f"Policy {policy.id} is kept, in force from {policy.edition.valid_from.isoformat()}.")


@policies.command()
def trust(
    force: Annotated[str, typer.Option("--policy", metavar="FORCE", help="Force that trusts it.", show_default=False)],
    key: Annotated[
        Path | None,
        typer.Argument(
            metavar="[KEY.pem]", help="Ed25519 public key of who may sign.", show_default="this installation's"
        ),
    ] = None,
) -> None:
    """Trust a key to sign versions of a force's policy."""
    from backbeat.triage.policy.drafting import read_public_key
    from backbeat.triage.policy.storing import trust_key

    public = read_public_key(key) if key is not None else _installation().signing_key.public_key()
    typer.echo(f"Versions signed with key {trust_key(_folder(force), public)} are taken from now on.")


@policies.command("export-sheet")
def export_sheet(
    output: Annotated[Path, typer.Option(help="Workbook to write, or with --csv the folder.", show_default=False)],
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV files instead of a workbook.")] = False,
    force: Force = None,
) -> None:
    """Write the tables of the newest version for editing; locked ones are there to be read."""
    from backbeat.triage.policy.checking import newest
    from backbeat.triage.policy.files import write_tables

    policy = newest(_shelf(force))
    write_tables(policy.edition, output, as_csv=csv)
    typer.echo(f"The tables of {policy.id} are written.")


@policies.command("export-dmn")
def export_dmn(
    output: Annotated[Path, typer.Option(help="File to write.", show_default=False)],
    force: Force = None,
    on: Day = None,
) -> None:
    """Write the policy as DMN 1.3 XML for other tools."""
    from backbeat.files import write_whole
    from backbeat.triage.policy.dmn import export_dmn as export

    policy = _policy(force, on)
    with write_whole(output) as stream:
        stream.write(export(policy))
    typer.echo(f"Policy {policy.id} is written as DMN 1.3.")


def _check_all(shelf: "PolicyShelf", *, as_json: bool) -> None:
    import json

    from backbeat.triage.policy.errors import PolicyRefused
    from backbeat.triage.safety import check_policy

    found = {policy.id: [breach.line() for breach in check_policy(policy)] for policy in shelf}
    broken = [f"{id_}: {line}" for id_, lines in found.items() for line in lines]
    if broken:
        raise PolicyRefused.of(broken, where="the policies in use", do="do not use them; report this")
    if as_json:
        typer.echo(json.dumps({"may_be_used": True, "policies": list(found)}, indent=2))
        return
    for id_ in found:
        typer.echo(f"{id_}: every example comes out, and it is safe on every combination of facts.")


def _shelf(force: str | None) -> "PolicyShelf":
    from backbeat.triage.policies import open_policies

    if force is None:
        return open_policies()
    from backbeat.triage.policy.storing import open_force

    return open_force(_folder(force))


def _folder(force: str) -> Path:
    from backbeat.triage.policy.storing import force_folder

    return force_folder(_installation().data, force)


def _installation() -> "Installation":
    from backbeat.installation import Installation

    return Installation.open()


def _policy(force: str | None, on: datetime | None) -> "Policy":
    return _shelf(force).on(on.date() if on is not None else _today())


def _side(name: str) -> "Policy | str":
    """A side of a replay: a practice by its name, the national policy, or that of a force."""
    from backbeat.triage.simulation.service import BEFORE_RCRP, RECORDED

    if name in (BEFORE_RCRP, RECORDED):
        return name
    return _policy(None if name == "national" else name, None)


def _say(assessment: "Assessment") -> None:
    one = assessment
    typer.echo(f"Outcome: {one.outcome}. If nothing more can be learnt: {one.if_unknown}.")
    if one.lead is not None:
        typer.echo(f"  led by {one.lead.title} ({one.lead.urgency}). {one.lead.route} {one.lead.phone}".rstrip())
    for reason in one.reasons:
        typer.echo(f"  {reason.gate}: {reason.text} ({reason.source.document}, {reason.source.page})")
    for question in one.questions:
        typer.echo(f"  ask: {question.text} [{', '.join(question.facts)}]")
    for duty in one.duties:
        typer.echo(f"  owed: {duty.text}")
    if one.statement:
        typer.echo(f"  tell the caller: {one.statement}")
    if one.review_minutes is not None:
        typer.echo(f"  look at it again in {one.review_minutes} minutes")
    typer.echo(f"  policy {one.policy}; advice, which a named person takes or leaves")


def _say_changes(changes: "tuple[TableChange, ...]") -> None:
    for change in changes:
        typer.echo("\n".join(change.lines()))
    if not changes:
        typer.echo("Nothing changes.")


def _today() -> "date":
    return datetime.now().astimezone().date()
