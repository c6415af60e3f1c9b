"""A sign of life after each round that went well: whoever waits for it hears when they end, whatever ended them."""

from __future__ import annotations

import logging
import threading
import urllib.request

from pipeline.settings import Settings

_SECONDS = 10.0
"""Seconds that each part of an answer may take."""
REST = 5.0
"""Seconds that a process which ends waits for its last beat: more than a distant service needs, and less than anyone
would miss."""
_log = logging.getLogger(__name__)


class Heart:
    """Asks for the operator's address, if there is one, beside whatever is done next.

    It may lead inside the network, for the operator named it. What goes wrong is logged and harms nothing: that no beat
    came is what tells of it.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = settings.heartbeat_url.get_secret_value() if settings.heartbeat_url is not None else None
        self._asking: threading.Thread | None = None

    def beat(self) -> None:
        """Give a sign of life; none while the last one is still on its way, for an address that drips is asked once."""
        if self._url is None or (self._asking is not None and self._asking.is_alive()):
            return
        self._asking = threading.Thread(target=_ask, args=(self._url,), name="heartbeat", daemon=True)
        self._asking.start()

    def rest(self, seconds: float = REST) -> None:
        """Wait so long for the last beat: a process that ends takes it along."""
        if self._asking is not None:
            self._asking.join(seconds)


def _ask(url: str) -> None:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - the operator's own address
            answer.read(1_000)
    except (OSError, ValueError) as error:
        # Not the address: it mostly holds a key.
        _log.warning("the heartbeat did not get through: %s", type(error).__name__)
