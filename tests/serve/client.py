"""A small HTTP client: raw headers, no redirects followed, cookies kept."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def words(self) -> str:
        """The text a reader sees."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())


@dataclass
class Client:
    address: str
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: dict[str, str], *, form: str | None = None, **headers: str) -> Answer:
        """Send a form. ``form`` is the page that the form is on, from which its token is taken."""
        if form is not None:
            found = re.search(r'name="form_token" value="([^"]+)"', self.get(form).text)
            assert found, f"there is no form on {form}"
            fields = {**fields, "form_token": found[1]}
        headers = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, body=urlencode(fields), headers=headers)

    def ask(self, method: str, path: str, *, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
        parts = urlsplit(self.address)
        sent = {name.replace("_", "-"): value for name, value in {**self.headers, **(headers or {})}.items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            for value in response.headers.get_all("set-cookie", []):
                for name, morsel in SimpleCookie(value).items():
                    if morsel["max-age"] == "0":
                        self.cookies.pop(name, None)
                    else:
                        self.cookies[name] = morsel.value
            text = response.read().decode("utf-8", "replace")
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)
        finally:
            connection.close()
