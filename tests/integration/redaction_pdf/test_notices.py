"""What nobody could read or see on a page reaches the manifest, which the user gets, and the certificate."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pdf_factory import CASES, SECRET, covered_picture, simple

from backbeat.redaction import service
from backbeat.redaction.case import parse_people
from backbeat.redaction.review import Accept

PEOPLE = parse_people([{"id": "P1", "names": [SECRET], "role": "witness"}])
OUTLINES = b" ".join(b"%d 50 m %d 60 l %d 50 l h f" % (x, x + 3, x + 6) for x in range(20, 320, 8))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(covered_picture("gray"), "page.no-text", id="a picture of words"),
        pytest.param(simple("outlines", OUTLINES).data, "page.no-text", id="letters drawn as outlines"),
        pytest.param(CASES["unknown_operator"]().data, "page.rasterised", id="a page made a picture"),
        pytest.param(CASES["invisible_text"]().data, "text.hidden", id="text nobody sees"),
        pytest.param(CASES["no_meaning"]().data, "text.unmapped", id="letters without a meaning"),
    ],
)
def test_a_notice_reaches_manifest_and_certificate(tmp_path: Path, installation: Any, data: bytes, code: str) -> None:
    source, out = tmp_path / "source.pdf", tmp_path / "out"
    source.write_bytes(data)
    done = service.redact(
        [source], out, installation=installation, actor=service.Actor("tester"), people=PEOPLE,
        profile_id="cps-precharge", on=date(2026, 11, 1), use_model=False, accept=Accept.ALL,
    )  # fmt: skip
    assert done.exit_code == 0
    (entry,) = done.manifest["documents"]
    assert (code, 1) in {(notice["code"], notice["page"]) for notice in entry["notices"]}
    certificate = json.loads((out / "certificate.json").read_text())["backbeat_certificate"]
    (certified,) = certificate["documents"]
    assert (code, 1) in {(notice["code"], notice["page"]) for notice in certified["notices"]}
