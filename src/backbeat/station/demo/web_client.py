"""A small browser: cookies, forms and their tokens, redirects. It sees the station only through HTTP."""

import html
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

__all__ = ["Page", "WebClient", "WebFailure"]


class WebFailure(Exception):
    """A page did not answer as the check needs it to."""


class _Form(HTMLParser):
    """Collects forms: where they go and the fields they would send if only buttons were pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._select: str | None = None
        self.headings: list[str] = []
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": {}, "files": []})
        elif tag == "h1":
            self._in_heading = True
        elif self.forms:
            self._field(tag, given, dict(attrs))

    def _field(self, tag: str, given: dict[str, str], attrs: dict[str, str | None]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in attrs:
                    form["fields"].setdefault(name, []).append(given.get("value", "on"))
            elif kind == "file":
                form["files"].append(name)
            elif kind not in ("submit", "button"):
                form["fields"].setdefault(name, []).append(given.get("value", ""))
        elif tag == "select" and name:
            self._select = name
            form["fields"].setdefault(name, []).append("")
        elif tag == "option" and self._select and "selected" in attrs:
            form["fields"][self._select][-1] = given.get("value", "")
        elif tag == "textarea" and name:
            form["fields"].setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "h1":
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if self._in_heading:
            self.headings.append(data.strip())


class Page:
    """One answer."""

    def __init__(self, response: httpx.Response) -> None:
        self.url = response.url
        self.text = response.text
        parsed = _Form()
        parsed.feed(self.text)
        self.forms = parsed.forms
        self.heading = " ".join(filter(None, parsed.headings))

    def form(self, action_ends: str = "", having: str = "") -> dict[str, Any]:
        """The first form whose action ends so and that has such a field (or takes such files).

        Raises:
            WebFailure: there is none.
        """
        for form in self.forms:
            if form["action"].endswith(action_ends) and (
                not having or having in form["fields"] or having in form["files"]
            ):
                return form
        raise WebFailure(f"the page “{self.heading}” has no form for {action_ends or having}")

    def find(self, pattern: str) -> str:
        """The first group of the first match in the page, as text.

        Raises:
            WebFailure: nothing matches.
        """
        match = re.search(pattern, self.text)
        if match is None:
            raise WebFailure(f"the page “{self.heading}” lacks what the check looks for")
        return html.unescape(match.group(1))


class WebClient:
    """One signed-in browser session against one station on loopback."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, follow_redirects=True, timeout=60, trust_env=False)

    def __enter__(self) -> "WebClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, url: str) -> Page:
        """Open a page."""
        return self._page(self._http.get(url))

    def submit(self, page: Page, form: dict[str, Any], **changed: Any) -> Page:
        """Send a form as the page filled it, with some fields changed."""
        fields = {**form["fields"], **changed}
        return self._page(self._http.post(page.url.join(form["action"] or str(page.url)), data=fields))

    def upload(self, page: Page, form: dict[str, Any], field: str, paths: tuple[Path, ...]) -> Page:
        """Send a form with files."""
        files = [(field, (path.name, path.read_bytes())) for path in paths]
        target = page.url.join(form["action"] or str(page.url))
        return self._page(self._http.post(target, data=form["fields"], files=files))

    def download(self, page: Page, form: dict[str, Any], **changed: Any) -> bytes:
        """Send a form and take the file that comes back."""
        target = page.url.join(form["action"] or str(page.url))
        response = self._http.post(target, data={**form["fields"], **changed})
        if response.status_code != 200 or "attachment" not in response.headers.get("content-disposition", ""):
            raise WebFailure(f"no file came back (HTTP {response.status_code})")
        return response.content

    def wait(self, url: str, done: str, *, seconds: float = 180) -> Page:
        """Open a page again and again until it says `done` (a regular expression).

        Raises:
            WebFailure: it does not within the time.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            page = self.get(url)
            if re.search(done, page.text):
                return page
            time.sleep(0.5)
        raise WebFailure(f"the page “{page.heading}” was still not ready after {seconds:.0f} s")

    def _page(self, response: httpx.Response) -> Page:
        page = Page(response)
        if response.status_code >= 400:
            raise WebFailure(f"HTTP {response.status_code} on “{page.heading}”")
        return page
