"""What grouping remembers of an article, as bytes and back.

The first byte is the version of the form. Then come a JSON head of its own length (four bytes) and the arrays that the
head names, in order. Everything is little-endian.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from pipeline.errors import RecordError

VERSION = 3


def pack(head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Bytes that `unpack` reads back; the same values give the same bytes."""
    if sys.byteorder != "little":
        arrays = {name: array.astype(array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    layout = [[name, array.dtype.str, len(array)] for name, array in arrays.items()]
    front = to_json({**head, "arrays": layout})
    body = b"".join(array.tobytes() for array in arrays.values())
    return bytes([VERSION]) + len(front).to_bytes(4, "little") + front + body


def unpack(packed: bytes, article: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The head and the arrays, which can't be written to.

    Raises ``RecordError`` where the bytes are of another version or damaged; ``article`` is named in it.
    """
    try:
        if packed[0] != VERSION:
            raise ValueError(f"form {packed[0]} where {VERSION} was expected")
        end = 5 + int.from_bytes(packed[1:5], "little")
        head = from_json(packed[5:end])
        arrays = {}
        for name, kind, count in head.pop("arrays"):
            dtype = _dtype(kind)
            held = np.frombuffer(packed, dtype, count, end)
            arrays[name] = held if dtype.isnative else held.astype(dtype.newbyteorder("="))
            end += dtype.itemsize * count
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise RecordError(
            "what grouping remembers of this article can't be read",
            where=article,
            why=str(error),
            hint="let the article be read again, or leave it out of the open window",
        ) from error
    return head, arrays


@cache
def _dtype(kind: str) -> np.dtype[Any]:
    return np.dtype(kind)
