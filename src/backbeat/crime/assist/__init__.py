"""Offences and facts proposed from an officer's free text. Nothing here decides or is applied: a person confirms each.

The text is personal data. It is neither stored nor logged, no error quotes it, and what is handed back points into it
by character offsets.
"""

from backbeat.crime.assist.facts import facts_from
from backbeat.crime.assist.proposals import By, FactProposal, Match, Point, Proposal
from backbeat.crime.assist.searching import Kind, search, words_only_because

__all__ = ["By", "FactProposal", "Kind", "Match", "Point", "Proposal", "facts_from", "search", "words_only_because"]
