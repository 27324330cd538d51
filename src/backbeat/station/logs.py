"""Application logs without personal data.

Only backbeat's own loggers may speak in sentences: they name things by id. Of every other library a record keeps its
logger, level and, for an exception, its type and the places in the code; never its message or arguments, which quote
paths, form values and user names.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

__all__ = ["CONFIGURATION", "PlainFormatter"]

OWN = "backbeat"


class PlainFormatter(logging.Formatter):
    """One JSON object a line; line feeds in values cannot forge another line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, with what is not ours reduced to where it came from."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if record.name.split(".")[0] == OWN:
            entry["message"] = record.getMessage()
        status = getattr(record, "status_code", None)
        if isinstance(status, int):
            entry["status"] = status
        if record.exc_info and record.exc_info[0] is not None:
            kind, _error, trace = record.exc_info
            entry["exception"] = kind.__name__
            entry["at_code"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)[-12:]]
        return json.dumps(entry, ensure_ascii=True)


CONFIGURATION = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "backbeat.station.logs.PlainFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        OWN: {"level": "INFO"},
        # Django gives these handlers of its own: everything goes through ours instead.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # what was refused is in the request log
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
"""For logging.config.dictConfig; gunicorn is given the same."""
