"""What every contract shares: strictness, UTC times and stable identifiers."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Model(BaseModel):
    """An immutable contract between rooms; an unknown field is an error."""

    # An infinite number written as null would come back as a missing one, or not at all.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


def to_utc(moment: datetime) -> datetime:
    """The same instant in UTC.

    Raises ``ValueError`` for a naive time: where its zone is unknown, whoever read it must decide, not the contract.
    """
    if moment.tzinfo is None:
        raise ValueError("the time has no zone; give one, such as 2026-03-01T12:00:00Z")
    return moment.astimezone(UTC)


Utc = Annotated[datetime, AfterValidator(to_utc)]


def stable_id(kind: str, *parts: str) -> str:
    """``kind-`` and 16 hexadecimal digits of BLAKE2b over ``parts``.

    The same parts give the same id in every run and on every machine, so that a repeated write is harmless and a
    replay reproduces the ids of the run it repeats.
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return f"{kind}-{digest.hexdigest()}"
