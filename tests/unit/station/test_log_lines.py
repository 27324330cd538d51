"""What a line of the application log may hold."""

import json
import logging

import pytest

from backbeat.station.logs import PlainFormatter


def line(name: str, message: str, *arguments: object, error: BaseException | None = None, **extra: object) -> dict:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.WARNING, __file__, 1, message, arguments, info)
    record.__dict__.update(extra)
    written = PlainFormatter().format(record)
    assert "\n" not in written
    return json.loads(written)


def test_our_own_sentences_are_kept():
    assert line("backbeat.station", "job %d failed", 7)["message"] == "job 7 failed"


@pytest.mark.parametrize("name", ["django.request", "axes", "allauth.account", "gunicorn.error", "py.warnings"])
def test_sentences_of_other_libraries_are_not(name):
    assert "Quark" not in json.dumps(line(name, "Not Found: %s", "/people/Zelda-Quark", request="Zelda Quark"))


def test_an_exception_keeps_its_type_and_places_but_not_its_message():
    try:
        raise ValueError("Zelda Quark lives at 1 Nowhere Lane")
    except ValueError as error:
        written = line("django.request", "Internal Server Error: /x", error=error, status_code=500)
    assert written["exception"] == "ValueError"
    assert written["status"] == 500
    assert any("test_log_lines.py" in place for place in written["at_code"])
    assert "Quark" not in json.dumps(written)


def test_a_line_feed_in_a_value_cannot_forge_a_line():
    assert line("backbeat.station", 'one\n{"level": "forged"}')["message"].startswith("one\n")
