"""Case pages: parse the request, call the use case, render. Nothing is decided here."""

from backbeat.station.cases.views.evidence import (
    evidence,
    item,
    original,
    remove_item,
    removed_evidence,
    restore_item,
    upload,
)
from backbeat.station.cases.views.files import case, cases, change_case, members, new_case, remove_member, search
from backbeat.station.cases.views.people import add_person, change_person, people, remove_person

__all__ = [
    "add_person",
    "case",
    "cases",
    "change_case",
    "change_person",
    "evidence",
    "item",
    "members",
    "new_case",
    "original",
    "people",
    "remove_item",
    "remove_member",
    "remove_person",
    "removed_evidence",
    "restore_item",
    "search",
    "upload",
]
