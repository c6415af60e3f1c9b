"""The languages in which mails and digests say what they do not quote, and their catalogues of messages.

A catalogue is a gettext file, ``locale/CODE/LC_MESSAGES/tallywire.po``. It is compiled when it is first needed, so that
what translators write is what there is.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from pipeline.tell.frame import ENGLISH, Frame
from schemas.language import TRANSLATED, has_locale
from schemas.topic import Topic

SPOKEN = TRANSLATED
"""Codes of the languages there are; every other falls back to English."""


def not_spoken(topic: Topic) -> tuple[str, ...]:
    """The languages that a topic or its recipients ask for and that fall back to English, each once."""
    asked = (topic.language, *(recipient.language for recipient in topic.recipients))
    return tuple(dict.fromkeys(one for one in asked if one is not None and one not in SPOKEN))


def not_spoken_words(language: str) -> str:
    """What becomes of messages in a language that there is no translation into."""
    dates = f", with dates and numbers as in {language!r}" if has_locale(language) else ""
    return f"there is no translation into {language!r}; its messages are in English{dates}"


def frame_of(topic: Topic) -> Frame:
    """The frame in which a topic is told, as `Topic.for_recipient` has it for one reader."""
    return frame_in(topic.language, topic.tzinfo)


def frame_in(language: str, zone: ZoneInfo) -> Frame:
    """The frame in a language; in English, with the dates and numbers of ``language``, where it has no translation."""
    if language in SPOKEN:
        return Frame(language=language, locale=language, zone=zone, translations=_translations(language))
    return Frame(locale=language, zone=zone) if has_locale(language) else ENGLISH.at(zone)


def catalogue_file(language: str) -> Traversable:
    """Where the messages of a language are kept; English, the source, has no such file."""
    return files("pipeline.tell") / "locale" / language / "LC_MESSAGES" / "tallywire.po"


def read_catalogue(language: str) -> Catalog:
    """The messages of a language, those included that nobody has translated yet. Raises ``FileNotFoundError``."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


@cache
def _translations(language: str) -> NullTranslations:
    if language == ENGLISH.language:
        return ENGLISH.translations
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
