"""A force's own log of calls as CSV: every call out, or every bad row named by row and column. Nothing is skipped.

One row is one contact. `COLUMNS` says what each column holds; every other column must be a fact of the policy, named as
the policy names it (`risk_life_now`, `strand`, …), with `yes`, `no`, `unknown`, a word of its list or whole minutes.
An empty cell of a fact means that the log does not say, which is neither no nor unknown.

Texts may be UTF-8 or UTF-16 with a byte-order mark, UTF-8, or Windows-1252 as spreadsheets save it; cells parted by
commas, semicolons or tabs. No column takes names, numbers, addresses or free text.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from backbeat.errors import InputRejected
from backbeat.rulebook import UNKNOWN, Fact
from backbeat.rulebook.values import ValueType, write_value
from backbeat.triage.simulation.log_cells import Cells, Fault, Faults
from backbeat.triage.simulation.model import Call, Caller, Decided, Harm, Truth

__all__ = ["COLUMNS", "MOST_BYTES", "Fault", "Log", "read_log", "write_log"]

MOST_BYTES = 256 << 20
COLUMNS: Mapping[str, str] = {
    "reference": "the log's own number of the contact; needed, and each only once",
    "received_at": "when it came in, such as 2026-05-01T21:40:00+01:00; needed. Without an offset only where a time "
    "zone is named for the whole file, and then no hour that does not exist or comes twice",
    "caller": "person, family, public, ambulance, hospital, mental-health, social-care, school or care-provider; "
    "needed",
    "matter": "the same for every contact on one matter; contact_number is counted from it where that is not given",
    "later": "facts that became known afterwards, each with minutes since the contact: `35 risk_life_now=yes; 60 "
    "partner_eta_minutes=90`",
    "rings_again": "minutes after which the caller rings again if nobody has come: `60; 200`. For made-up months; in a "
    "real log the further contact is a row of its own",
    "truth": "attend (police were needed at the scene), police (a crime to record, nobody at once) or partner",
    "misled": "yes where a caller wrongly said there was no risk",
    "window_minutes": "by when somebody had to be with the person",
    "police_minutes": "from sending police to their arrival",
    "partner_minutes": "from handover to the partner's arrival",
    "officer_minutes": "travel, scene and waiting of all officers added up",
    "decided": "what was decided then: partner-leads, police-own, supervisor, police-deploy or joint",
    "responder_minutes": "from the contact until the first responder of any agency was there",
    "recontact_24h": "yes, no or unknown: somebody rang again on the matter within 24 hours",
    "later_deployment": "yes, no or unknown: police went after having first not gone",
    "harm": "none, injury or death, as reported afterwards; empty where nobody looked",
    "sex": "as recorded, in groups",
    "age": "in groups, such as 35 to 64",
    "ethnicity": "as recorded, in groups",
    "disability": "as recorded, in groups",
}
_NEEDED = ("reference", "received_at", "caller")
_CHARACTERISTICS = ("sex", "age", "ethnicity", "disability")


@dataclass(frozen=True, slots=True)
class Log:
    """What a file holds. `calls` is empty where there is any fault."""

    calls: tuple[Call, ...]
    """In order of time; those of one moment by reference."""
    faults: tuple[Fault, ...]
    """Every one, by row."""
    encoding: str
    """How the text was read."""

    @property
    def undecided(self) -> int:
        """Calls on which the log does not say what was decided."""
        return sum(call.decided.outcome is None for call in self.calls)

    def require(self) -> tuple[Call, ...]:
        """The calls.

        Raises:
            InputRejected: there are faults; the message names the first twenty and counts the others.
        """
        if not self.faults:
            return self.calls
        named = "\n".join(str(fault) for fault in self.faults[:20])
        more = len(self.faults) - 20
        raise InputRejected(
            f"The log was not taken in.\n{named}" + (f"\nand {more:,} more" if more > 0 else ""),
            where="the log of calls",
            do="correct the rows named; the documentation lists what each column takes",
        )


def read_log(content: bytes, types: Mapping[str, ValueType], *, zone: ZoneInfo | None = None) -> Log:
    """Every call of a file, or every fault.

    Args:
        content: the file.
        types: facts a call may have and their types, `policy.types`.
        zone: of times without an offset; None: such times are faults.

    Raises:
        InputRejected: the file is too large, or no text.
    """
    text, encoding = _text(content)
    faults = Faults()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    calls: list[Call] = []
    seen: dict[str, int] = {}
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        if _heading_is_good(heading, types, faults):
            for row, cells in _rows(reader, len(heading), faults):
                before = len(faults)
                call = _call(Cells(row, dict(zip(heading, cells, strict=True)), faults, zone), types)
                if call is not None and seen.setdefault(call.reference, row) != row:
                    faults.add(row, "reference", f"stands in this file before, in row {seen[call.reference]}")
                if call is not None and len(faults) == before:
                    calls.append(call)
    except csv.Error as error:
        faults.add(reader.line_num, "", f"is not CSV: {error}")
    if not faults and not calls:
        faults.add(0, "", "the file holds no call")
    if faults:
        return Log((), tuple(faults.found), encoding)
    return Log(tuple(_numbered(calls)), (), encoding)


def write_log(calls: Iterable[Call], types: Mapping[str, ValueType], write: Callable[[str], object]) -> int:
    """Write calls as CSV, a line at a time, so that `read_log` gives them back; how many there were."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")

    def flush() -> None:
        write(text.getvalue())
        text.seek(0)
        text.truncate()

    writer.writerow([*COLUMNS, *sorted(types)])
    count = 0
    for call in calls:
        writer.writerow([*_cells(call), *(_word(call.facts.get(name)) for name in sorted(types))])
        flush()
        count += 1
    flush()
    return count


def _text(content: bytes) -> tuple[str, str]:
    if len(content) > MOST_BYTES:
        raise InputRejected(
            f"The log is larger than {MOST_BYTES >> 20} MiB, so nothing was taken in.",
            where="the log of calls",
            do="split it by month",
        )
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding.removesuffix("-sig")
    raise InputRejected(
        "The log is no text that can be read, so nothing was taken in.",
        where="the log of calls",
        do="save it as CSV UTF-8",
    )


def _delimiter(text: str) -> str:
    """The sign that parts the most cells of the heading."""
    heading = text.partition("\n")[0]
    return max(",;\t", key=heading.count)


def _heading_is_good(heading: list[str], types: Mapping[str, ValueType], faults: Faults) -> bool:
    is_one = any(name in heading for name in _NEEDED)  # else it is a call, and its cells may name somebody
    for at, (name, count) in enumerate(Counter(heading).items(), 1):
        if name not in COLUMNS and name not in types:
            faults.add(
                1,
                name[:40] if is_one else f"column {at}",
                "is neither a column of a log nor a fact of the policy; take it out",
            )
        elif count > 1:
            faults.add(1, name, "stands twice in the heading")
    for name in _NEEDED:
        if name not in heading:
            faults.add(1, name, "is missing from the heading")
    return not faults


def _rows(reader: Iterable[list[str]], width: int, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Rows as a spreadsheet counts them, the heading being 1. A row of nothing but empty cells is none."""
    for row, cells in enumerate(reader, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            faults.add(row, "", f"has {len(cells)} cells where the heading has {width}")
            continue
        yield row, cells


def _call(cells: Cells, types: Mapping[str, ValueType]) -> Call | None:
    reference, received_at = cells.needed("reference"), cells.moment("received_at")
    caller = cells.choice("caller", Caller)
    if caller is None and not cells.get("caller"):
        cells.fault("caller", "is empty")
    call_facts = cells.facts(types)
    decided = Decided(
        outcome=cells.outcome("decided"),
        responder_minutes=cells.whole("responder_minutes"),
        recontact_24h=cells.answer("recontact_24h"),
        later_deployment=cells.answer("later_deployment"),
        harm=cells.choice("harm", Harm),
    )
    later, again = cells.later("later", types), cells.minutes("rings_again")
    truth, misled = cells.choice("truth", Truth), cells.answer("misled")
    minutes = {
        name: cells.whole(name) for name in ("window_minutes", "police_minutes", "partner_minutes", "officer_minutes")
    }
    if not reference or received_at is None or caller is None:
        return None
    return Call(
        reference=reference,
        received_at=received_at,
        caller=caller,
        facts=call_facts,
        matter=cells.get("matter"),
        later=later,
        rings_again=again,
        truth=truth,
        misled=misled.value == "yes",
        decided=decided,
        characteristics={name: cells.get(name) for name in _CHARACTERISTICS if cells.get(name)},
        **minutes,
    )


def _numbered(calls: Iterable[Call]) -> Iterator[Call]:
    """In order of time, contacts of a matter counted where the log does not count them."""
    contacts: Counter[str] = Counter()
    for call in sorted(calls, key=lambda one: (one.received_at, one.reference)):
        matter = call.matter or f"\0{call.reference}"
        contacts[matter] += 1
        given = call.facts.get("contact_number")
        if given is None:
            yield replace(call, facts={**call.facts, "contact_number": contacts[matter]})
            continue
        if isinstance(given, int):
            contacts[matter] = max(contacts[matter], given)
        yield call


def _cells(call: Call) -> list[str]:
    decided = call.decided
    values: dict[str, object] = {
        "reference": call.reference,
        "received_at": call.received_at.isoformat(),
        "caller": call.caller.value,
        "matter": call.matter,
        "later": "; ".join(
            f"{one.minutes} {name}={_word(fact)}" for one in call.later for name, fact in sorted(one.facts.items())
        ),
        "rings_again": "; ".join(map(str, call.rings_again)),
        "truth": call.truth,
        "misled": "yes" if call.misled else None,
        "window_minutes": call.window_minutes,
        "police_minutes": call.police_minutes,
        "partner_minutes": call.partner_minutes,
        "officer_minutes": call.officer_minutes,
        "decided": decided.outcome,
        "responder_minutes": decided.responder_minutes,
        "recontact_24h": None if decided.recontact_24h is UNKNOWN else decided.recontact_24h.value,
        "later_deployment": None if decided.later_deployment is UNKNOWN else decided.later_deployment.value,
        "harm": decided.harm,
        **call.characteristics,
    }
    return ["" if values.get(name) is None else str(values[name]) for name in COLUMNS]


def _word(fact: Fact | None) -> str:
    return "" if fact is None else str(write_value(fact))
