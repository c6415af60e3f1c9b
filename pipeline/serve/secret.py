"""The secret of a window: the token people log in with, and the signatures that are made with it."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadSignature, Signer, TimestampSigner

from pipeline.private import kept_secret

FILE = "window.token"
SESSION_DAYS = 30
API = "api"
"""What the key of the API opens."""
_BYTES = 24
"""192 bits: nobody guesses it, whatever the limit on log-ins."""


@dataclass(frozen=True)
class Secret:
    """The token, and whether it was made just now (and has to be shown to someone)."""

    token: str
    path: Path
    fresh: bool = False

    def is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.strip().encode(), self.token.encode())

    def new_session(self) -> str:
        """The value of a session cookie; a new token ends all sessions."""
        return TimestampSigner(self.token, salt="session").sign(secrets.token_urlsafe(16)).decode()

    def is_session(self, given: str) -> bool:
        try:
            TimestampSigner(self.token, salt="session").unsign(given, max_age=SESSION_DAYS * 86400)
        except BadSignature:
            return False
        return True

    def form_token(self, visit: str) -> str:
        """What a form has to bring along to be acted on, for the visit whose cookie has this value."""
        return Signer(self.token, salt="form").get_signature(visit.encode()).decode()

    def is_form_token(self, visit: str, given: str) -> bool:
        return bool(visit) and secrets.compare_digest(self.form_token(visit).encode(), given.encode())

    def key(self, what: str) -> str:
        """What opens ``what`` for reading, and nothing else, for programs that can't log in. A new token ends all."""
        return Signer(self.token, salt="key").get_signature(what.encode()).decode()

    def is_key(self, what: str, given: str) -> bool:
        return secrets.compare_digest(self.key(what).encode(), given.encode("utf-8", "replace"))


def secret_of(home: Path) -> Secret:
    """The secret of a home, made at the first start and readable by its owner alone.

    Raises SettingsError where the file can't be read or made, or where it holds no token.
    """
    path = home / FILE
    fresh = False
    with suppress(OSError):  # What can't be looked at can't be read either, which is told next.
        fresh = not path.exists()
    return Secret(kept_secret(path, size=_BYTES, what="token"), path, fresh)
