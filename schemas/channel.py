"""Channels besides mail, as the settings describe them: where they are, and what proves who writes."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, ValidationError, model_validator

from schemas.base import Model

CHANNEL = re.compile(r"(webhook|apprise):[a-z0-9][a-z0-9-]{0,62}")
"""How topics and settings name a channel: its kind and a name."""

_KEY_BYTES = (24, 64)


def _no_blank(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip() or re.search(r"\s", value.get_secret_value().strip()):
        raise ValueError("the address is empty or has spaces in it")
    return value


class ChannelSettings(Model):
    """Where a channel is. ``key`` signs what a webhook gets; Apprise's addresses hold their own secrets."""

    url: Annotated[SecretStr, AfterValidator(_no_blank)]
    key: SecretStr | None = None


class WebhookSettings(ChannelSettings):
    """A webhook: an address, and the key of `Standard Webhooks`_, ``whsec_`` and 24 to 64 bytes in base64.

    .. _Standard Webhooks: https://www.standardwebhooks.com
    """

    @model_validator(mode="after")
    def _usable(self) -> WebhookSettings:
        parts = urlsplit(self.url.get_secret_value())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of a webhook begins with https:// and names a host")
        if parts.username or parts.password:
            raise ValueError("the address of a webhook holds no user and password; its key signs what it gets")
        if self.key is None:
            raise ValueError("a webhook needs a key; whsec_ and 24 to 64 random bytes in base64")
        self.key_bytes()
        return self

    def key_bytes(self) -> bytes:
        """The key that signs. Raises ValueError where it is none."""
        assert self.key is not None
        kind, _, encoded = self.key.get_secret_value().partition("_")
        try:
            found = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            found = b""
        if kind != "whsec" or not _KEY_BYTES[0] <= len(found) <= _KEY_BYTES[1]:
            raise ValueError("the key of a webhook is whsec_ and 24 to 64 bytes in base64")
        return found


def channel_settings(name: str, value: object) -> ChannelSettings:
    """The settings of the channel ``name``. Raises ValueError that names the channel and no secret."""
    if not CHANNEL.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is not the name of a channel; write for example webhook:newsdesk")
    kind = WebhookSettings if name.startswith("webhook:") else ChannelSettings
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        # Its own words would repeat what was given.
        first = error.errors(include_input=False, include_url=False)[0]
        at = "".join(f"{part}: " for part in first["loc"])
        raise ValueError(f"{name}: {at}{first['msg'].removeprefix('Value error, ')}") from None
