"""Names that follow a word for being in touch are found though the language model passes over them."""

import pytest

from backbeat.redaction.detect import detect
from backbeat.redaction.model import Document, Kind


def people(text: str) -> list[str]:
    document = Document(sha256="0" * 64, media_type="text/plain", text=text)
    return [m.text for m in detect(document, (), use_model=False) if m.kind is Kind.PERSON]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # valid
        ("Call from Jade Bowen, 07700 900561.", ["Jade Bowen"]),
        ("Statement of Rhys ap Gwilym taken at 10:00.", ["Rhys ap Gwilym"]),
        ("She had a text message from Oluwaseun Adeyemi last night.", ["Oluwaseun Adeyemi"]),
        ("I spoke to Anne-Marie O'Neill at the shop.", ["Anne-Marie O'Neill"]),
        # invalid: offices, days, and what follows is no name
        ("Report to Crown Prosecution Service.", []),
        ("Letter of Claim received.", []),
        ("Statement of Truth Signed.", []),
        ("Calls to Marlshire Police went up.", []),
        ("I spoke to him On Monday.", []),
    ],
)
def test_names_after_being_in_touch(text, found):
    assert people(text) == found
