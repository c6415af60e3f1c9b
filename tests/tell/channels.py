"""Messages for channels, and a server that keeps what is posted to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from pipeline.tell.channels import Post
from pipeline.tell.digest import compose_digest
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import plan
from pipeline.tell.sender import Sender
from schemas.alert import Alert
from schemas.message import Bundle
from schemas.topic import Topic
from tests.tell.examples import NOW, digest_data, topic

SENDER = Sender(mail_from="Tallywire <news@tally.example>")
LATER = NOW + timedelta(hours=2)
KEY = "whsec_" + "bmV3cyBvZiBmaWd1cmVzLCBmb2xsb3dlZA=="
"""“news of figures, followed” in base64."""


def own_topic(to: str, **more: Any) -> Topic:
    found = topic(recipients=[to], **more)
    return found.for_recipient(found.recipients[0])


def posted(to: str, *alerts: Alert) -> Post:
    """The message that tells alerts."""
    own = own_topic(to)
    (bundle,) = plan(own, alerts, sent_today=0, now=LATER).bundles
    return of_bundle(own, bundle)


def of_bundle(own: Topic, bundle: Bundle) -> Post:
    return Post(id="message-1", bound=NOW, topic=own, mail=compose_alert(own, bundle, sender=SENDER), bundle=bundle)


def posted_digest(to: str, **more: Any) -> Post:
    own, data = own_topic(to), digest_data(**more)
    return Post(id="message-2", bound=NOW, topic=own, mail=compose_digest(own, data, sender=SENDER), digest=data)


@contextmanager
def silent_server(trickle: bytes = b"") -> Iterator[int]:
    """A port that takes connections and never ends an answer: nothing comes, or ``trickle`` again and again."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            taken = []
            while not over.is_set():
                with suppress(TimeoutError):
                    taken.append(server.accept()[0])
                for one in taken:
                    with suppress(OSError):
                        one.sendall(trickle)
            for one in taken:
                one.close()

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            serving.join()
