"""Offences proposed from an officer's free text. Nothing here decides or is applied: a person confirms each.

The text is personal data. It is neither stored nor logged, no error quotes it, and what is handed back points into it
by character offsets.
"""

from backbeat.crime.assist.proposals import Match, Point, Proposal
from backbeat.crime.assist.searching import Kind, search

__all__ = ["Kind", "Match", "Point", "Proposal", "search"]
