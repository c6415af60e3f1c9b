"""In which encoding bytes are that say nothing of it, or a wrong thing: the one in which they are words.

Detectors made for any file weigh encodings of the 1980s that no feed is in. Here are those that the web still has
(WHATWG Encoding, section 4.2), each with the letters of its languages in the order in which their texts use them.
Two wrong encodings of a text give letters too, but not those, not as often, or with capitals inside of words.
"""

from __future__ import annotations

import re

_LOOKED_AT = 60_000
_RUNS = re.compile(rb"[A-Za-z]*[\x80-\xff][\x80-\xffA-Za-z]*(?:[ ,.-]+[A-Za-z]*[\x80-\xff][\x80-\xffA-Za-z]*)*")
_TAGS = re.compile(rb"<[^<>]*>")
_LANGUAGE = re.compile(rb"(?:<(?:dc:)?language>\s*|xml:lang\s*=\s*[\"'])([A-Za-z]{2})\b", re.IGNORECASE)
_PUNCTUATION = frozenset("«»„“”‘’‚…–—•·©®™°§№€£\xa0¿¡´")
_ALPHABETS: dict[str, dict[str, str]] = {
    "cp1251": {
        "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        "uk": "оаниіврелтксмдпуязбгьчхйцюєжїшщфґ",
        "bg": "аоиентрсвлкдпмзъгбуячщжцшхйюфь",
        "sr": "аоиенрсјтувкдпмлзбгчшцжхњљћђфџ",
    },
    "koi8-u": {"ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "uk": "оаниіврелтксмдпуязбгьчхйцюєжїшщфґ"},
    "cp1253": {"el": "αοιετσνηυρπκμλςωίόάέήδγχύθώφβξζψ"},
    "cp1255": {"he": "יוהלאמרתבשנכםדפעחקגטזסןצךףץ"},
    "cp1256": {"ar": "اليمنرتوبةعدسفهكقحجشصطخأىذضزثئغإآءظؤ", "fa": "اینرودهمتسبلشکزفگعخقجپحآصچطضغظثژ"},
    "cp874": {"th": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผถศณฐธซภษฟญฝฉฎฏฆฬฑ"},
    "cp1252": {
        "fr": "éàèêôçâîûùœëïÿæü",
        "de": "üäöß",
        "es": "óíáéñúü",
        "pt": "ãçáéóíêõúâôàü",
        "it": "èàòùìé",
        "sv": "äåöé",
        "da": "øåæé",
        "fi": "äö",
        "nl": "ëéïöè",
        "is": "áðíþúóöéæý",
        "ca": "óàéèíçúïòü",
    },
    "cp1250": {
        "pl": "łąęóżśćźń",
        "cs": "íáěéýžřčšůúťňďó",
        "sk": "áíéčýžšúľťóňôďäĺŕ",
        "hu": "áéöóőüíúű",
        "hr": "čćšžđ",
        "ro": "ăîâşţ",
    },
    "cp1254": {"tr": "ıüşöçğâî"},
    "cp1257": {"lt": "ėšųįžčūąę", "lv": "āīēšņūļžķģč", "et": "äõüöšž"},
    "cp1258": {"vi": "đưôơáăêâạảấ"},
}
_MOST_COMMON = 0.9
"""Share of common characters in a text of Chinese or Korean; a text of letters read as one has half as many."""

_KANA = 0.2
_OF_THE_LANGUAGE = 0.3
_CAPITALS = 0.2
_INNER_CAPITAL = re.compile(r"[^\W\d_A-Z](?=[^\W\d_a-z])")


def likeliest(body: bytes) -> str | None:
    """The codec in which what ``body`` says beyond ASCII is words; None where it is in none that the web has."""
    sample = b" ".join(_RUNS.findall(_TAGS.sub(b" ", body[:_LOOKED_AT])))
    if not sample:
        return None
    if east := _eastern(_TAGS.sub(b" ", body[:_LOOKED_AT])):
        return east
    found = _LANGUAGE.search(body[:_LOOKED_AT])
    language = found[1].decode("ascii").lower() if found else ""
    scores = {codec: _score(sample, codec, alphabets, language) for codec, alphabets in _ALPHABETS.items()}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] > 0 else None


def _score(sample: bytes, codec: str, alphabets: dict[str, str], language: str) -> float:
    text = sample.decode(codec, "replace")
    beyond = [char for char in text if char > "\x7f" and char not in _PUNCTUATION]
    if not beyond:
        return 0.0
    # A capital after a small letter is what the wrong Cyrillic encoding gives.
    inner = sum(
        text[found.end()].isupper() and text[found.start()].islower() for found in _INNER_CAPITAL.finditer(text)
    )
    # Nor do words mix Latin letters with those of another script, or consist of capitals only.
    mixed = sum(char.isascii() and char.isalpha() and text[at + 1] > "\u024f" for at, char in enumerate(text[:-1]))
    capitals = sum(char.isupper() for char in beyond) * _CAPITALS
    best = 0.0
    for name, letters in alphabets.items():
        # From 1 for the commonest letter to a half for the rarest; nothing for what is no letter of the language.
        weights = {letter: 1 - at / (2 * len(letters)) for at, letter in enumerate(letters)}
        score = sum(weights.get(char.lower(), -0.5) for char in beyond) / len(beyond)
        best = max(best, score + (_OF_THE_LANGUAGE if name == language else 0.0))
    return best - (inner + mixed + capitals) / len(beyond)


def _eastern(body: bytes) -> str | None:
    """The encoding of a Chinese, Japanese or Korean text, by whole characters and by how many of them are common."""
    for codec in ("euc_jp", "cp932"):
        if (text := _whole(body, codec)) and _share(text, "\u3041", "\u30fe") >= _KANA:
            return codec
    if (text := _whole(body, "cp949")) and _share(text, "\uac00", "\ud7a3") >= _MOST_COMMON and _is_korean(body):
        return "cp949"
    # The first of the two planes of GB 2312 and of Big5 holds the characters in common use.
    if (text := _whole(body, "gb18030")) and _common(text, "gb2312", 0xB0, 0xD7) >= _MOST_COMMON:
        return "gb18030"
    if (text := _whole(body, "big5hkscs")) and _common(text, "big5", 0xA4, 0xC6) >= _MOST_COMMON:
        return "big5hkscs"
    return None


def _whole(body: bytes, codec: str) -> str:
    """The characters beyond ASCII that ``body`` is in a codec; none where it isn't in it. Its end may be cut."""
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(body) - 4:
            return ""
        text = body[: error.start].decode(codec)
    return "".join(char for char in text if char > "\x7f")


def _share(text: str, first: str, last: str) -> float:
    return sum(first <= char <= last for char in text) / len(text)


def _is_korean(body: bytes) -> bool:
    leads = body.translate(None, bytes(range(0x80)))[::2]
    return all(lead <= 0xC8 for lead in leads)


def _common(text: str, codec: str, first: int, last: int) -> float:
    # What is neither Chinese nor its punctuation tells of another encoding.
    ideographs = [char for char in text if not "\u2010" <= char <= "\u203b" and not "\u3000" <= char <= "\u301f"]
    ideographs = [char for char in ideographs if not "\uff01" <= char <= "\uff5e" and char != "\xb7"]
    encoded = [char.encode(codec, "ignore") for char in ideographs]
    return sum(len(pair) == 2 and first <= pair[0] <= last for pair in encoded) / len(encoded) if encoded else 0.0
