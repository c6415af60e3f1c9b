"""Names of authors out of bylines: no "By", no job, no address, no outlet beside a person, nobody twice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.text import fold, plain_text

MOST = 20
LONGEST = 70

_PREFIX = re.compile(
    r"^(?:(?:written|reported|posted|story|words|analysis|opinion|review|interview|text|texte|texto|testo|tekst"
    r"|ein kommentar"
    r"|kommentar|protokoll|interview)\s*)?(?:by|von|vom|par|por|di|da|door|av|af|przez|autor(?:in)?|author|от"
    r"|від|текст)\b[\s:]+"
    r"|^(?:text|texte|texto|testo|tekst|words|author|autor(?:in)?)\s*:\s*",
    re.IGNORECASE,
)
_STRONG = re.compile(r"\s*(?:[;|•·\n]|\s/\s|(?<=[^\W\d_])/(?=[^\W\d_]{3}))\s*")
_AND = re.compile(r"\s+(?:and|und|et|y|e|og|och|en|i|a|&|\+|і|й|та|и|ja|ve|with|mit|avec|con)\s+", re.IGNORECASE)
_JOB = re.compile(
    r"\b(?:editor|correspondent|reporter|writer|staff|contributor|journalist|columnist|producer|chief|analyst"
    r"|critic|bureau"
    r"|fellow|professor|redakt\w+|korrespondent\w*|reporterin|autorin|volont\w+|journaliste|rédact\w+"
    r"|correspondant\w*|envoyée?"
    r"|periodista|redactora?|corresponsal|giornalista|corrispondente|inviat[oa]|redazione|jornalista|repórter"
    r"|correspondente"
    r"|korespondent\w*|dziennikarz\w*|redaktor\w*|корреспондент\w*|журналист\w*|редактор\w*|кореспондент\w*"
    r"|журналіст\w*"
    r"|news|online|press|agency|agentur\w*|freelance\w*|special to|for the|magazine)\b"
    r"|기자|특파원|記者",
    re.IGNORECASE,
)
_KOREAN_JOB = re.compile(r"\s*(?:선임|수습|인턴|전문)?(?:기자|특파원)(?:\s*외\s*\d+명)?$")
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|md|m\.d|phd|ph\.d|esq|obe|mbe)\.?$", re.IGNORECASE)
_NOBODY = {
    "admin",
    "administrator",
    "author",
    "autor",
    "none",
    "null",
    "undefined",
    "unknown",
    "n/a",
    "na",
    "anonymous",
}
_NOBODY |= {
    "editor",
    "editors",
    "guest",
    "staff",
    "redaktion",
    "redaction",
    "redaccion",
    "redazione",
    "user",
    "webmaster",
}
_NOBODY |= {
    "staff writer",
    "staff reporter",
    "web desk",
    "newsroom",
    "news desk",
    "online desk",
    "writer",
    "root",
    "press",
}
_LINK = re.compile(r"\(?(?:https?:)?//\S+|\bwww\.\S+|(?<!\S)@\w+|\S+@[\w-]+\.\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:|www\.|\b[\w.+-]+@[\w-]+\.\w+|\.(?:com|net|org|co\.\w\w)\b/?|^@", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[<][^)\]>]*[)\]>]?\s*$")


def _words(name: str) -> int:
    return len(name.split())


def _split(text: str) -> list[str]:
    """The parts of a byline that may be names: at strong separators always, at commas and "and" between whole names."""
    parts: list[str] = []
    for part in _STRONG.split(text):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        kept: list[str] = []
        for number, piece in enumerate(pieces):
            if number and _SUFFIX.match(piece):
                kept[-1] += f", {piece}" if kept else piece
            elif number and _JOB.search(piece):
                # "Jane Doe, Political Editor, London": what follows a job says more of the job.
                break
            else:
                kept.append(piece)
        for piece in kept:
            sides = _AND.split(piece)
            parts.extend(sides if len(sides) > 1 and all(_words(side) >= 2 for side in sides) else [piece])
    return parts


def _clean(name: str) -> str:
    bare = _PREFIX.sub("", name.strip())
    # "von" and "di" begin surnames too; what follows a byline's is a whole name.
    name = bare if _words(bare) >= 2 or re.match(r"(?:by|text)\b", name, re.IGNORECASE) else name
    name = _KOREAN_JOB.sub("", _BRACKETS.sub("", name))
    for dash in (" - ", " – ", " — ", ": "):
        first, found, rest = name.partition(dash)
        if found and _words(first) >= 2 and (_JOB.search(rest) or rest.isupper()):
            name = first
    name = name.strip(" \t,;:.-–—|*•\"'")
    return f"{name}." if re.search(r",? (?:Jr|Sr)$", name) else name


def _is_name(name: str) -> bool:
    return (
        2 <= len(name) <= LONGEST
        and _words(name) <= 7
        and any(character.isalpha() for character in name)
        and sum(character.isdigit() for character in name) <= 2
        and name[-1] not in "/)]>"
        and not _ADDRESS.search(name)
        and fold(name) not in _NOBODY
    )


def names(bylines: Iterable[str], outlets: Iterable[str] = ()) -> tuple[str, ...]:
    """The people (or, failing them, the desks) that ``bylines`` name, each once, in order.

    A name that is one of ``outlets`` is left out where anyone else is named.
    """
    found: dict[str, str] = {}
    for byline in bylines:
        for part in _split(_LINK.sub("; ", plain_text(byline[:1000]))):
            name = _clean(part)
            if _is_name(name):
                found.setdefault(fold(name), name)
    own = {fold(outlet) for outlet in outlets if outlet}
    people = [name for key, name in found.items() if key not in own and not any(key in outlet for outlet in own)]
    return tuple((people or list(found.values()))[:MOST])
