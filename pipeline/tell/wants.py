"""Whether a recipient wants something: the one place where that is answered."""

from __future__ import annotations

from collections.abc import Callable

from schemas.alert import Alert, AlertKind
from schemas.decision import Mails
from schemas.topic import Reach, Recipient, Severity, Topic

URGENT = 0.9
"""The worth from which a figure does not wait for the pause of its development to end: of what is mailed of labelled
streams, one figure in five."""


def as_wanted(topic: Topic, goes_on: Callable[[str, Mails], bool]) -> Topic:
    """The topic without what its recipients stopped: who stopped all of it is no recipient any more.

    ``goes_on`` says of an address or channel whether its alerts, or its digests, were not stopped.
    """
    found = []
    for recipient in topic.recipients:
        alerts = recipient.takes_alerts and goes_on(recipient.to, Mails.ALERTS)
        digests = recipient.takes_digests and goes_on(recipient.to, Mails.DIGESTS)
        if alerts or digests:
            tells = Reach.BOTH if alerts and digests else Reach.NOW if alerts else Reach.DIGEST
            found.append(recipient.model_copy(update={"tells": tells}))
    return topic.model_copy(update={"recipients": tuple(found)})


def wants_alert(recipient: Recipient, alert: Alert) -> bool:
    """Whether the recipient is to be told of ``alert`` at once; who is not finds it in the digest."""
    return recipient.takes_alerts and (recipient.severity is Severity.NORMAL or is_urgent(alert))


def wants_digest(recipient: Recipient) -> bool:
    """Whether the recipient is to be sent digests."""
    return recipient.takes_digests


def is_urgent(alert: Alert) -> bool:
    """Whether an alert does not wait: what was told is contradicted or taken back, or the desk surely wants it now."""
    if alert.kind in (AlertKind.CORRECTION, AlertKind.CONTRADICTION):
        return True
    return alert.figure is not None and (alert.figure.worth >= URGENT or alert.figure.followed is not None)
