"""A connected system for tests: an account, its token, and a client that sends JSON under idempotency keys.

In this process with `ConnectedSystem.made()`; against a running station with `ConnectedSystem.of(client, token)`.
"""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from station_server import Station

ADDRESS = "/triage/api/v1"
_keys = itertools.count(1)


@dataclass
class Reply:
    """What came back, whichever client asked."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class ConnectedSystem:
    """Sends requests as a command-and-control system does."""

    send: Callable[[str, str, bytes | None, dict[str, str]], Reply]
    token: str
    last_key: str = field(default="", init=False)

    def ask(self, method: str, path: str, body: object = None, *, key: str | None = None, **headers: str) -> Reply:
        """One request; a POST gets a key of its own unless one is given."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if method == "POST":
            self.last_key = key if key is not None else f"sent-{next(_keys)}"
            sent |= {"Idempotency-Key": self.last_key} if self.last_key else {}
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, ADDRESS + path, content, {**sent, **named})

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object, *, key: str | None = None, **headers: str) -> Reply:
        return self.ask("POST", path, body, key=key, **headers)

    def opened(self, **body: object) -> str:
        """Opens a call; its id."""
        reply = self.post("/calls", body)
        assert reply.status == 201, reply.body
        return str(reply.body["id"])

    def state(self, call: str, **facts: object) -> Reply:
        return self.post(f"/calls/{call}/facts", {"facts": facts})

    def happened(self, call: str, kind: str, **fields: object) -> Reply:
        return self.post(f"/calls/{call}/events", {"kind": kind, **fields})


def in_process(token: str) -> ConnectedSystem:
    """A system that talks to Django in this process."""
    from station_django import Client

    def send(method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Reply:
        kind = headers.pop("Content-Type", "application/json")
        answer = Client().generic(method, path, content or b"", content_type=kind, headers=headers)
        return Reply(answer.status_code, _body(answer.content), dict(answer.headers))

    return ConnectedSystem(send, token)


def made_system(**fields: object) -> tuple[ConnectedSystem, Any]:
    """A new account with a token, in this process; the account too."""
    from station_django import make_user

    from backbeat.station.desk_triage.api.tokens import make_token

    user = make_user("control-system", **fields)
    return in_process(make_token(user, "tests")), user


def over_http(station: Station, username: str = "cad") -> ConnectedSystem:
    """A system that talks to a running station, over one connection."""
    token = station.shell(
        "from backbeat.station.accounts.models import User\n"
        "from backbeat.station.desk_triage.api.tokens import make_token\n"
        f"user = User.objects.filter(username={username!r}).first()\n"
        f"user = user or User.objects.create_user({username!r}, None, roles=['control-system'])\n"
        "print(make_token(user, 'tests'))\n"
    ).splitlines()[-1]
    client = station.client()

    def send(method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Reply:
        answer = client.request(method, path, content=content, headers={"Content-Type": "application/json", **headers})
        return Reply(answer.status_code, _body(answer.content), dict(answer.headers))

    return ConnectedSystem(send, token)


def _body(content: bytes) -> Any:
    return json.loads(content) if content else None
