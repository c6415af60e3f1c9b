"""Names of authors out of bylines: no "By", no job, no address, no outlet beside a person, nobody twice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.text import fold, plain_text

MOST = 20
LONGEST = 70

_PREFIX = re.compile(
    r"^(?:(?:written|reported|posted|published|created|story|words|analysis|opinion|review|interview|text|texte|texto"
    r"|testo|tekst|ein kommentar|eine analyse|eingestellt|geschrieben|verfasst|kommentar|protokoll|publié|publicado"
    r"|escrito|propos recueillis|entretien|skrevet|skriven)\s*)?"
    r"(?:by|von|vom|par|por|di|da|door|av|af|przez|autor(?:in|zy|ka)?(?:[/:*_]?(?:autor|in))?|author|от"
    r"|від|oleh|yazan|de la redacción de)\b[\s:]+"
    r"|^(?:text|texte|texto|testo|tekst|words|interview|story|authors?|auteurs?|autor(?:in|en|es|e|a|zy)?|autore|autori"
    r"|penulis|reporter|yazar|haber|muhabir|текст|автори?|авторы|редактор|journalist|redaktör|författare|tekijä|szerző)"
    r"(?:\(s\))?\s*[:：]\s*"
    r"|^(?:文|撰文|作者|记者|記者|采访|採訪|编译|編譯|通讯员|取材|글)\s*(?:[:：/／|｜•·丨]\s*|(?=[\u4e00-\u9fff]{2,4}(?:$|[/／\s])))",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:authors?|auteurs?|autor\w{0,3}|autore|autori|penulis|yazar|автор\w?|作者|撰文|記者|记者|글)(?![^\W_])",
    re.IGNORECASE,
)
_UP_TO_NAME = re.compile(
    r"^(?:\w+\s+){0,3}(?:posts|articles?|stories|content|more|beiträge|artikel|articoli|artículos|artigos)\s+"
    r"(?:\w+\s+)?(?:by|from|of|von|de|di|par|por|av|af)(?:\s+|$)",
    re.IGNORECASE,
)
"""What stands before the name on a link to all that its bearer wrote."""
_PARTICLES = frozenset(
    re.findall(
        r"\S+",
        """van von vom zu zum zur der den de del della delle di da dal das do dos du d la le les el al bin bint ibn abu
        ben y e i und and et ter ten te af av of ní ni mac st san zen 't""",
    )
)
_CASED = re.compile(r"[a-zA-ZÀ-ɏͰ-ϿЀ-ӿ]")
_KANA_ONLY = re.compile(r"[\u3040-\u30ff]+")
_MOST_WORDS = 6
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
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
_CHINESE_JOB = re.compile(
    r"\s*(?:[/／]\s*[\u4e00-\u9fff]{1,8}(?:報導|报道|報道|電|电|報導)?|(?:本報|本报|特約|特约)?(?:記者|记者|報導|报道|報道))$"
)
_DEGREE = re.compile(r"[A-Z]{2,5}|(?:[A-Z][a-z]?\.){2,}")
_FEW_DEGREES = 2
_FOR_WHOM = re.compile(r"\s+(?:for|pour|für|para)\s+[^\W\d_].*")
_LOGIN = re.compile(r"\w*admin\w*", re.IGNORECASE)
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
_BARE_PREFIX = re.compile(
    r"(?:written |posted |published )?"
    r"(?:by|von|vom|par|por|di|da|door|av|af|przez|autor(?:in)?|author|от|від|oleh|text)s?\s*:?",
    re.IGNORECASE,
)
_LINK = re.compile(r"\(?(?:https?:)?//\S+|\bwww\.\S+|(?<!\S)@\w+|\S+@[\w-]+\.\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?\b|www\.|\b[\w.+-]+@[\w-]+\.\w+|\.(?:com|net|org|co\.\w\w)\b/?|^@", re.IGNORECASE)
_PATH = re.compile(r"/\S*|(?:[a-z0-9_.-]+/)+[a-z0-9_.-]+")
"""The path of an author's page, given in place of the name."""
_BRACKETS = re.compile(r"\s*[(\[<][^)\]>]*[)\]>]?\s*$")


def _words(name: str) -> int:
    return len(name.split())


def _without_degrees(pieces: list[str]) -> list[str]:
    """A name without the capitals after it, where there are several: "Ada Frei, MS, RDN". One may be an agency's."""
    degrees = len(pieces) > _FEW_DEGREES and _words(pieces[0]) > 1 and all(map(_DEGREE.fullmatch, pieces[1:]))
    return pieces[:1] if degrees else pieces


def _split(text: str) -> list[str]:
    """The parts of a byline that may be names: at strong separators always, at commas and "and" between whole names."""
    parts: list[str] = []
    for part in _STRONG.split(text):
        pieces = _without_degrees([piece.strip() for piece in part.split(",") if piece.strip()])
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
    bare = _PREFIX.sub("", _UP_TO_NAME.sub("", name.strip()))
    # "von" and "di" begin surnames too; what follows a byline's is a whole name.
    told = not re.match(r"(?:Von|VON|Vom|Di|DI|Da|DA)\b", name.strip())
    name = bare if told or _words(bare) >= 2 else name
    name = name if _JOB.match(name) else _FOR_WHOM.sub("", name)
    name = _CHINESE_JOB.sub("", _KOREAN_JOB.sub("", _BRACKETS.sub("", name)))
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
        and not re.match(r"/|\w+(?:[-_]\w+)*/\w", name)
        and not _ADDRESS.search(name)
        and not _LOGIN.fullmatch(name)
        and fold(name) not in _NOBODY
        and not _BARE_PREFIX.fullmatch(name)
    )


def labels_author(line: str) -> bool:
    """Whether ``line`` begins with the word for an author rather than with "by"."""
    return bool(_LABEL.match(line))


def leading_name(line: str) -> str:
    """The name that ``line`` begins with, where it goes on in words without a capital: "Ada Frei im Gespräch"."""
    parts = line.split()
    for number, part in enumerate(parts):
        if number and part[0].isalpha() and part[0].islower() and part.lower() not in _PARTICLES:
            return " ".join(parts[:number])
    return line


def begins_byline(line: str) -> bool:
    """Whether ``line`` begins (or ends, in Korean and Chinese) as bylines do: "By", "Text:", "記者"."""
    return bool(_PREFIX.match(line) or _UP_TO_NAME.match(line) or _KOREAN_JOB.search(line) or _CHINESE_JOB.search(line))


def looks_like_a_name(name: str, *, strict: bool = True) -> bool:
    """Whether ``name`` has the shape of a person's name, as far as its script tells.

    Where letters have case, every word but particles begins with a capital; ``strict`` asks for two words or more.
    Chinese, Japanese and Korean names are two to four characters, or more where they are parted. No digits, no job.
    """
    parts = name.replace("-", " ").split()
    if (
        any(character.isdigit() for character in name)
        or _JOB.search(name)
        or len(parts) > 6
        or re.search(r"[?!@#%…]", name)
    ):
        return False
    if _IDEOGRAPHS.search(name):
        kana = _KANA_ONLY.fullmatch(re.sub("[ \u3000·・=＝]", "", name)) is not None
        parted = re.search("[ \u3000]" if not kana else "[ \u3000·・=＝]", name) is not None
        return 2 <= len(name) <= (12 if parted else 4) and (parted or not kana)
    if strict and len(parts) < 2:
        return False
    if not _CASED.search(name):
        return len(parts) <= 5
    return not strict or all(
        part[0].isupper() or not part[0].isalpha() or part.lower().split("'")[0].split("’")[0] in _PARTICLES
        for part in name.split()
    )


def names(bylines: Iterable[str], outlets: Iterable[str] = ()) -> tuple[str, ...]:
    """The people (or, failing them, the desks) that ``bylines`` name, each once, in order.

    A name that is one of ``outlets`` is left out where anyone else is named.
    """
    found: dict[str, str] = {}
    for byline in bylines:
        if _PATH.fullmatch(byline.strip()):
            continue
        for part in _split(_LINK.sub("; ", plain_text(byline[:1000]))):
            name = _clean(part)
            if _is_name(name):
                found.setdefault(fold(name), name)
    own = {fold(outlet) for outlet in outlets if outlet}
    people = [name for key, name in found.items() if key not in own and not any(key in outlet for outlet in own)]
    return tuple((people or list(found.values()))[:MOST])
