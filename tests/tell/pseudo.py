"""A language that nobody speaks: each message is bracketed and spelt in Cyrillic; what is quoted is spelt in Greek.

A Latin letter in a mail of this language is one that no translator could reach.
"""

from __future__ import annotations

import json
import re
import string
from gettext import NullTranslations
from typing import Any, TypeVar

from pydantic import BaseModel

from pipeline.tell.frame import Frame
from tests.tell.messages import source

_CYRILLIC = str.maketrans({letter: chr(0x430 + n % 32) for n, letter in enumerate(string.ascii_letters)})
_GREEK = str.maketrans({letter: chr(0x3B1 + n % 24) for n, letter in enumerate(string.ascii_letters)})
_QUOTED = {"title", "outlet", "outlets", "quote", "text", "speaker", "surface", "attribution", "headline", "lead"}
_QUOTED |= {"error", "counted", "action", "credit", "followed"}
_Record = TypeVar("_Record", bound=BaseModel)


class Pseudo(NullTranslations):
    """Fails on a message that the source does not have; ``said`` are those that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()
        self._known = {(one.context, one.id) for one in source()}

    def gettext(self, message: str) -> str:
        return self._pseudo(message, None, message)

    def pgettext(self, context: str, message: str) -> str:
        return self._pseudo(message, context, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._pseudo((msgid1, msgid2), None, msgid1 if n == 1 else msgid2)

    def _pseudo(self, id: str | tuple[str, str], context: str | None, words: str) -> str:
        assert (context, id) in self._known, f"{id!r} is not among the messages of the source"
        self.said.add(id if isinstance(id, str) else id[0])
        parts = re.split(r"(\{\w+\})", words)
        spelt = [part if part.startswith("{") else part.translate(_CYRILLIC) for part in parts]
        return f"⟦{''.join(spelt)}⟧"


def pseudo_frame(frame: Frame) -> Frame:
    """The frame in that language; its dates and numbers are Ukrainian, in which there is no Latin letter either."""
    return Frame(language="uk", locale="uk", zone=frame.zone, translations=Pseudo())


def in_greek(record: _Record) -> _Record:
    """The record with all that it quotes spelt in Greek."""
    return type(record).model_validate(_spelt(json.loads(record.model_dump_json())))


def _spelt(value: Any, quoted: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _spelt(one, key in _QUOTED) for key, one in value.items()}
    if isinstance(value, list):
        return [_spelt(one, quoted) for one in value]
    return value.translate(_GREEK) if quoted and isinstance(value, str) else value
