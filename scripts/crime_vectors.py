"""Encode the words of the newest crime edition into `vectors.safetensors` of the offence search. A developer's tool.

Run it after a change to the offence list, the acts or the everyday words; it needs the packages of
`requirements/assist.txt`. Until then the search encodes the changed words when it is first used.

.venv/bin/python scripts/crime_vectors.py
"""

import sys

from backbeat.crime.assist.corpus import entries_of
from backbeat.crime.assist.encoder import packaged_encoder
from backbeat.crime.assist.meaning import KEPT, keep
from backbeat.crime.rules import open_rules

shelf = open_rules()
rules = shelf.named(shelf.ids[-1])
if rules is None:
    sys.exit("There is no edition to encode.")
sys.stdout.write(f"{keep(KEPT, entries_of(rules), packaged_encoder())} vectors written to {KEPT.name}\n")
