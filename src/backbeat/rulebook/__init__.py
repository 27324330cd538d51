"""Decision tables as data: editions by date, three-valued logic, explanation, replay."""

from backbeat.rulebook.edition import Edition, SourceDocument
from backbeat.rulebook.errors import FactsRejected, NoSuchTable, OverlayRefused, ResultUnreadable
from backbeat.rulebook.examples import Assurance
from backbeat.rulebook.lists import RuleList
from backbeat.rulebook.node import Node
from backbeat.rulebook.overlay import key_id, sign_overlay
from backbeat.rulebook.replay import Replay, replay
from backbeat.rulebook.result import Result
from backbeat.rulebook.shelf import Shelf, assure
from backbeat.rulebook.table import Hit, RowRef
from backbeat.rulebook.values import NO, UNKNOWN, YES, Answer, Fact, Facts, Outcome, Value

__all__ = [
    "NO",
    "UNKNOWN",
    "YES",
    "Answer",
    "Assurance",
    "Edition",
    "Fact",
    "Facts",
    "FactsRejected",
    "Hit",
    "NoSuchTable",
    "Node",
    "Outcome",
    "OverlayRefused",
    "Replay",
    "Result",
    "ResultUnreadable",
    "RowRef",
    "RuleList",
    "Shelf",
    "SourceDocument",
    "Value",
    "assure",
    "key_id",
    "replay",
    "sign_overlay",
]
