"""Every address of the desk, for everybody who has no business there: refused, and the refusal written down."""

import pytest
from desk_cases import DeskCase
from django.test import Client
from station_django import entries_since, last_entry, make_case, make_user, signed_in

READS = ("overview", "status", "people", "review", "places", "release")
WRITES = ("activity", "decide", "undo", "download", "try-again")
PAGES = ("page", "picture")


@pytest.fixture(scope="module")
def desk() -> DeskCase:
    return DeskCase.read()


def addresses(desk: DeskCase, case: str = "") -> list[tuple[str, str]]:
    """(method, address) of everything about one preparation, as if it belonged to `case`."""
    document = desk.document().pk
    found = [("get", desk.url(name)) for name in READS] + [("post", desk.url(name)) for name in WRITES]
    found += [("post", desk.url("people")), ("post", desk.url("release"))]
    found += [("get", desk.url(name, document, 1)) for name in PAGES] + [("post", desk.url("draw", document, 1))]
    return [(method, url.replace(str(desk.case.pk), case) if case else url) for method, url in found]


def ask(client: Client, method: str, url: str):
    return getattr(client, method)(url)


@pytest.mark.parametrize(
    ("roles", "unit"),
    [
        ((), ""),
        (("officer",), ""),  # an officer, but not of this case
        (("disclosure-officer",), ""),
        (("supervisor",), "Elsewhere"),  # supervises another unit
        (("auditor",), ""),
        (("administrator",), ""),
        (("analyst",), ""),
        (("call-handler",), ""),
    ],
)
def test_outsiders_are_refused_everywhere_and_it_is_written_down(desk, roles, unit):
    client = signed_in(make_user(*roles, unit=unit))
    before = last_entry()
    every = [("get", f"/cases/{desk.case.pk}/redaction/"), *addresses(desk)]
    for method, url in every:
        assert ask(client, method, url).status_code == 403, url
    refusals = [row for row in entries_since(before) if row.entry.operation.value == "refusal"]
    assert len(refusals) == len(every)


def test_another_case_of_ones_own_is_no_way_in(desk):
    insider = make_user("officer")
    own = make_case(insider)
    client = signed_in(insider)
    before = last_entry()
    every = addresses(desk, str(own.pk))
    for method, url in every:
        assert ask(client, method, url).status_code == 404, url
    refused = [row.entry for row in entries_since(before) if row.entry.operation.value == "refusal"]
    assert {entry.object_ref for entry in refused} == {f"preparation/{desk.preparation.pk}"}
    assert len(refused) == len(every)


def test_nobody_signed_in_is_sent_to_sign_in(desk):
    for method, url in addresses(desk):
        response = ask(Client(), method, url)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/account/login/")


def test_a_document_of_another_preparation_is_not_found(desk):
    other = DeskCase.read()
    for name in ("page", "picture"):
        assert desk.client.get(desk.url(name, other.document().pk, 1)).status_code == 404


def test_what_changes_something_takes_post_and_what_reads_takes_get(desk):
    document = desk.document().pk
    for name in WRITES:
        assert desk.client.get(desk.url(name)).status_code == 405, name
    assert desk.client.get(desk.url("draw", document, 1)).status_code == 405
    for name in ("overview", "status", "review", "places"):
        assert desk.post(name).status_code == 405, name


def test_changes_need_the_token_of_the_page(desk):
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(desk.url("decide"), {"everything": "1", "action": "accept"}).status_code == 403
    assert not desk.mentions.exclude(decided="").exists()


def test_mentions_of_another_case_cannot_be_decided(desk):
    other = DeskCase.read()
    theirs = other.mentions.first()
    desk.post("decide", {"mention": str(theirs.pk), "action": "keep"})
    theirs.refresh_from_db()
    assert theirs.decided == ""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("decide", {"mention": "x", "action": "keep"}),
        ("decide", {"mention": "9" * 40, "action": "keep"}),
        ("decide", {"mention": "1", "action": "explode"}),
        ("decide", {"group": "no:such", "action": "redact"}),
        ("decide", {}),
        ("decide", {"everything": "1", "action": "keep"}),  # all at once only what is suggested
        ("undo", {"next": "https://elsewhere.example.org/"}),
        ("release", {}),
    ],
)
def test_nonsense_in_forms_is_answered_and_changes_nothing(desk, name, data):
    response = desk.post(name, data)
    assert response.status_code in {302, 400}
    assert "example.org" not in response.headers.get("Location", "")
    assert not desk.mentions.exclude(decided="").exists()


@pytest.mark.parametrize(
    "data",
    [
        {"start": "0", "end": "99999999"},
        {"start": "9", "end": "3"},
        {"start": "1" * 30, "end": "2"},
        {"words": "stands nowhere in it"},
        {"words": ""},
        {"withdraw": "x"},
        {"withdraw": "9" * 30},
    ],
)
def test_nonsense_marks_mark_nothing(desk, data):
    response = desk.post("draw", data, desk.document().pk, 1)
    assert response.status_code in {302, 404}
    assert not desk.mentions.filter(detector="manual").exists()


@pytest.mark.parametrize("value", ["x", "nan", "inf", "", "-1e999"])
def test_a_box_without_a_size_is_no_box(value):
    desk = DeskCase.read({"one.pdf": one_page()})
    box = {"x": "10", "y": "10", "width": value, "height": "20"}
    assert desk.post("draw", box, desk.document().pk, 1).status_code == 302
    assert not desk.mentions.filter(detector="manual").exists()


def one_page() -> bytes:
    import io

    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    canvas.drawString(72, 700, "Nothing of note.")
    canvas.save()
    return stream.getvalue()
