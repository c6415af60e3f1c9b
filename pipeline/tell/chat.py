"""Apprise: messages to the services in which people chat, and to those that ring a phone."""

from __future__ import annotations

import re
import threading
from datetime import datetime
from typing import Any

from pipeline.errors import DeliveryError
from pipeline.tell.channels import Post
from pipeline.tell.short import short_text
from pipeline.tell.words import one_line
from schemas.channel import ChannelSettings

_SECONDS = 20.0
"""The time that a service has altogether; Apprise bounds each of its requests to some seconds, but not how many."""
_SECRET = re.compile(r"[^/:?&=@#,]{6,}")


class AppriseChannel:
    """Posts messages by the library Apprise, which is an extra (``pip install 'tallywire[channels]'``).

    Redirects are not followed. Nothing is imported before the first message.
    """

    def __init__(self, name: str, settings: ChannelSettings, *, seconds: float = _SECONDS) -> None:
        self._name, self._seconds = name, seconds
        self._url = settings.url.get_secret_value()

    def post(self, post: Post, *, date: datetime) -> None:
        """Post a message as a few plain lines. Raises DeliveryError as `Channel` says; it names no secret."""
        service = self.service()
        title, body = short_text(post)
        said: list[str] = []
        taken: list[bool] = []

        def notify() -> None:
            found = service.notify(
                title=title,
                body=body,
                body_format="text",
                interpret_escapes=False,
                log_callback=lambda entry, _: said.append(str(getattr(entry, "message", entry))),
            )
            taken.append(bool(found))

        # A service that sends its answer a byte at a time is left to itself.
        apart = threading.Thread(target=notify, daemon=True)
        apart.start()
        apart.join(self._seconds)
        if not taken:
            why = (
                f"no answer within {self._seconds:.0f} seconds" if apart.is_alive() else "Apprise stopped with an error"
            )
            raise self._failure(why)
        if not taken[0]:
            raise self._failure(self._without_secrets(" ".join(said)) or "the service refused it")

    def service(self) -> Any:
        """Apprise's own object for the address. Raises DeliveryError where there is no Apprise, or it knows no such."""
        try:
            import apprise
        except ImportError as error:
            raise DeliveryError(
                "Apprise is not installed",
                where=self._name,
                hint="run `pip install 'tallywire[channels]'`; other channels work without",
            ) from error
        # Nothing in a message leads to pictures or pages of someone else.
        ours: dict[str, Any] = {"app_id": "Tallywire", "app_desc": "Tallywire", "app_url": "", "image_url_mask": ""}
        found = apprise.Apprise(asset=apprise.AppriseAsset(http_redirects=False, **ours))
        if not found.add(self._url):
            raise DeliveryError(
                "Apprise does not support this address",
                where=self._name,
                hint="its documentation lists the addresses of all services; correct TALLYWIRE_CHANNELS",
            )
        return found

    def _without_secrets(self, text: str) -> str:
        for secret in set(_SECRET.findall(self._url)):
            text = text.replace(secret, "…")
        return one_line(text, 300)

    def _failure(self, why: str) -> DeliveryError:
        return DeliveryError(
            "the message could not be sent to the service", where=self._name, why=why, hint="it will be tried again"
        )
