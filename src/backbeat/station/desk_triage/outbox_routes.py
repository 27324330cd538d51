"""By which way an agency is told of an offer, and sending it: a file unless somebody has configured more.

DATA/triage/outbox.yaml, which need not be there:

    station: https://backbeat.example.org      how partners reach this station
    smtp: {host: mail.example.org, port: 25, sender: control-room@example.org, starttls: true}
    agencies:
      hospital: {email: [duty-manager@example.org]}
      crisis-team: {webhook: "https://partner.example.org/offers", secret: a-long-shared-secret}

An agency without an entry gets a file in DATA/triage/outbox/. Nothing reaches the network unless this file says so.
"""

import hashlib
import hmac
import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import yaml

from backbeat.errors import ConfigError
from backbeat.files import write_whole
from backbeat.station.desk_triage.models import OfferMessage

__all__ = ["Routes", "SendFailed", "read_routes", "send"]

_TIMEOUT_S = 10.0
_LOOPBACK = ("http://127.0.0.1:", "http://localhost:")
_Channel = OfferMessage.Channel


class SendFailed(Exception):
    """A message did not leave. Never reaches a user; `why` names the kind of error and nothing else."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Routes:
    """Ways to the agencies."""

    folder: Path
    """Where files go."""
    station: str = ""
    """Before every link; empty: the link is an address within the station."""
    smtp: Mapping[str, Any] = field(default_factory=dict)
    agencies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def channel(self, agency: str) -> str:
        """The way to an agency."""
        route = self.agencies.get(agency, {})
        return _Channel.EMAIL if "email" in route else _Channel.WEBHOOK if "webhook" in route else _Channel.FILE


def read_routes(data: Path) -> Routes:
    """The routes of an installation.

    Raises:
        ConfigError: the file is not as it must be; every fault at once, no address quoted.
    """
    folder, path = data / "triage" / "outbox", data / "triage" / "outbox.yaml"
    if not path.is_file():
        return Routes(folder)
    try:
        given = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        given = ()
    given = {} if given is None else given  # an empty file says nothing
    faults = _faults(given)
    if faults:
        raise ConfigError.of(faults, where="triage/outbox.yaml in the data folder", do="correct it; files wait")
    station = str(given.get("station", "")).rstrip("/")
    return Routes(folder, station, given.get("smtp") or {}, given.get("agencies") or {})


def _faults(given: object) -> list[str]:
    if not isinstance(given, dict):
        return ["the file is no map in YAML"]
    faults = [f"{name}: no such setting" for name in given if name not in ("station", "smtp", "agencies")]
    smtp, agencies = given.get("smtp") or {}, given.get("agencies") or {}
    if not isinstance(smtp, dict) or not isinstance(agencies, dict):
        return [*faults, "smtp and agencies are maps"]
    if smtp and not {"host", "sender"} <= smtp.keys() <= {"host", "port", "sender", "starttls"}:
        faults.append("smtp: needs host and sender, and may have port and starttls")
    for number, (agency, route) in enumerate(agencies.items(), 1):
        faults += [f"agency {number}: {fault}" for fault in _route_faults(agency, route, bool(smtp))]
    if agencies and not _is_safe(str(given.get("station", ""))):
        faults.append("station: must begin with https://")
    return faults


def _route_faults(agency: object, route: object, has_smtp: bool) -> list[str]:
    if not isinstance(agency, str) or not isinstance(route, dict) or not route.keys() <= {"email", "webhook", "secret"}:
        return ["must have email, or webhook and secret"]
    if ("email" in route) == ("webhook" in route):
        return ["must have email or webhook, and not both"]
    if "email" in route:
        addresses = route["email"]
        fits = isinstance(addresses, list) and addresses and all("@" in str(one) for one in addresses)
        return [] if fits and has_smtp else ["email is a list of addresses, and needs smtp"]
    if not _is_safe(str(route["webhook"])) or len(str(route.get("secret", ""))) < 16:
        return ["webhook must begin with https:// and have a secret of 16 characters or more"]
    return []


def _is_safe(url: str) -> bool:
    return url.startswith(("https://", *_LOOPBACK))


def send(routes: Routes, channel: str, number: int, payload: Mapping[str, Any]) -> None:
    """Send one message by its way.

    Raises:
        SendFailed: it did not leave, or nobody knows whether it did.
    """
    try:
        if channel == _Channel.EMAIL:
            _send_email(routes, payload)
        elif channel == _Channel.WEBHOOK:
            _send_webhook(routes, payload)
        else:
            routes.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with write_whole(routes.folder / f"{number:08}.json") as stream:
                stream.write(json.dumps(payload, indent=2).encode() + b"\n")
    except (OSError, smtplib.SMTPException, KeyError) as error:
        raise SendFailed(type(error).__name__) from error


def _send_email(routes: Routes, payload: Mapping[str, Any]) -> None:
    smtp = routes.smtp
    message = EmailMessage()
    message["From"] = smtp["sender"]
    message["To"] = ", ".join(routes.agencies[payload["agency"]]["email"])
    message["Subject"] = f"A call is offered to you: {payload['reference']}"
    message.set_content(
        f"The police control room offers you a call, reference {payload['reference']}.\n\n"
        f"Accept or decline it here; the link answers once, until {payload['link_until']}:\n{payload['link']}\n\n"
        "This message holds nothing about the person. Details come by telephone or after you sign in.\n"
    )
    with smtplib.SMTP(smtp["host"], int(smtp.get("port", 25)), timeout=_TIMEOUT_S) as server:
        if smtp.get("starttls", True):
            server.starttls(context=ssl.create_default_context())
        server.send_message(message)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A link is sent where the configuration says, and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        """None: the redirect is an error."""


def _send_webhook(routes: Routes, payload: Mapping[str, Any]) -> None:
    route = routes.agencies[payload["agency"]]
    body = json.dumps(payload).encode()
    signature = hmac.new(str(route["secret"]).encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Backbeat-Signature": f"sha256={signature}"}
    request = urllib.request.Request(route["webhook"], body, headers)  # noqa: S310 - https or loopback, see above
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT_S):
        pass
