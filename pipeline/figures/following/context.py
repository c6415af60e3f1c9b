"""What stands around a number in its sentence, as marks by which the next mention of the same figure is recognised."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from pipeline.figures.following import concepts
from pipeline.figures.following.intervals import value_key
from pipeline.figures.following.moves import moved
from pipeline.figures.following.opposed import opposed
from pipeline.figures.following.profiles import HEARD
from pipeline.figures.following.windows import windows
from pipeline.figures.reading.events import noun_action, personal_actions
from pipeline.figures.reading.lexicon import words_of_all
from pipeline.figures.reading.nouns import counts_people
from schemas.figure import Figure, FigureInArticle, Marks, ScopeKind

_TOKEN = re.compile(r"(?P<word>[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*)|(?P<number>\d[\d.,]*)|(?P<mark>[^\s\w])")
_REACH = 300
"""Characters on either side of a number whose words are looked at."""
_LONGEST = 1200
"""Characters of a sentence that are looked at, around the number."""
_BEFORE = 240
"""Characters before the sentence that are looked at for a dispute."""
_MOST_WORDS = 48
_MOST_NAMES = 16
_ABOUT = 6
"""Names that say what an article is about."""
_READ_FOR_NAMES = 3000
"""Characters of an article that are read for them."""
_NAME = re.compile(r"(?<![\w'’-])[^\W\d_a-zа-яіїєґ][^\W\d_]{2,}(?:['’-][^\W\d_]+)*")
_OPENS = re.compile(r"[.!?:“\"«\n]\s*$")
_PART = re.compile(
    r"(?i)\b(?:including|among them|among whom|of them|of whom|of which|darunter|davon|dont|entre ellos|entre ellas|"
    r"incluid[oa]s|tra cui|серед них|зокрема|в том числе)\W+(?:\w+\W+){0,2}$"
)
_PART_AFTER = re.compile(
    r"(?i)^,?\s*(?:of (?:them|whom|which|these|those)|critically|among them|davon|dont|з них|из них)\b"
)
_OF_THE = re.compile(r"(?i)^\s*(?:\w+\s+){0,1}of (?:the|its|their|his|her|those)\b")
_WHOLE = re.compile(
    r"(?i)\b(?:of|out of|all|sur|von|de los|de las|із|из)\W+"
    r"(?:the|its|their|all|les|los|las|den|more than|over|all of the|some|about|those)?\W*(?:\w+\W+)?$"
)
_MORE = re.compile(r"(?i)\b(?:another|further|additional|extra|weitere|otros|autres|ещё|ще)\W+$|\b(?:added|by)\W+$")
_MORE_AFTER = re.compile(r"(?i)^\s*(?:[a-z]+\s+){0,1}?(?:more|new|additional|further|extra)\b(?!\W+than\W+\d)")
_OTHER = re.compile(r"(?i)\bthe other\W+$|^\s*(?:others?)\b")
_PER = re.compile(
    r"(?i)^\s*(?:[\w-]+\s+){0,3}?(?:a|per|each|every)\s(?P<unit>day|week|month|year|hour)\b|^\s*(?:[\w-]+\s+)?(?P<adverb>daily|weekly|monthly)\b"
)
_ALL_BUT = re.compile(r"(?i)\ball but\W+$")
_QUOTED = re.compile(
    rf"(?:{concepts.cues('number').pattern}) (?:of|de|von)\W+(?:\w+\W+){{0,2}}$"
    r"|['’]s? (?:\w+ )?$|\b(?:stands?|stood) by\W+$"
)
_DENIED = re.compile(r"\b(?:not|nicht|non|pas|не)\s+$")
_COMPARED = re.compile(r"\b(?:compared|after|than|against|versus)\b")
_AGAINST = re.compile(r"\b(?:compared|after|than|against|versus|vs|from|gegenüber|contre|frente)\b", re.IGNORECASE)
_MOVES_TO = re.compile(
    rf"(?:{concepts.cues('update').pattern})\W+(?:[\w'’%]+\W+){{0,3}}?(?:to|at|auf|à|a|до|na|di)\W+(?:[\w'’]+\W+){{0,3}}?$"
    r"|\b(?:reach\w*|hit|pass\w*|topp\w*|exceed\w*|stands? at|stood at|erreicht\w*|atteint|alcanz\w*|сягн\w*|достиг\w*)"
    r"\W+(?:[\w'’]+\W+){0,2}?$|\b(?:now|is now|are now|sind jetzt|est désormais de|вже|уже)\W+(?:at\W+|bei\W+)?$"
)
_TO = re.compile(
    r"\b(?:to|auf|à|a|al|до)\W+(?:(?:at least|more than|about|around|nearly|almost|over|only|just|some|between|under|"
    r"roughly|exactly|fewer than|less than|rund|mindestens|fast|environ|plus de|casi|más de|понад|более)\W+)?$"
)
_DEFINITE = re.compile(r"(?i)\b(?:the|those|these|all|its|their|die|der|den|les|des|los|las|ces|estos|ці|эти)\W+$")
_PERIOD_OF = re.compile(
    r"(?i)\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|last (?:week|month|year))['’]s\W+$"
)
_POLL = re.compile(r"(?i)\b(?:polls?|survey|pollsters?)\b")
_OWN = re.compile(r"(?i)\b(?:lost|(?:its|their) own|own (?:losses|men|side|troops|dead))\b")
_ENEMY = re.compile(r"(?i)\b(?:of the enemy|enemy|the other side|opposing|hostile)\b")
_OF_ANOTHER = 0.7
"""What is left of the weight of a word that stands far closer to another number."""
_NEAR = 0.42
"""The least weight of a word that stands close enough to a number to say what kind it is."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A number in its sentence: the sentence, where in it the number starts and ends, and where its neighbours do."""

    sentence: str
    start: int
    end: int
    others: tuple[tuple[int, int], ...] = ()
    before: str = ""
    """The end of what stands before the sentence."""


def spots(figures: Sequence[FigureInArticle], text: str) -> list[Spot]:
    """Where each figure of one article stands in its sentence, in the order given."""
    placed: list[tuple[str, int, int, int]] = []
    for one in figures:
        figure = one.figure
        quote = figure.quote
        start = _quote_start(figure, text)
        if start is None:
            at = _nth(
                quote, figure.surface, sum(p[0] == quote and quote[p[1] : p[2]] == figure.surface for p in placed)
            )
            placed.append((quote, at, at + len(figure.surface), -1))
        else:
            placed.append((quote, figure.span[0] - start, figure.span[1] - start, start))
    return [
        _around(
            quote,
            start,
            end,
            [p[1:3] for p in placed if p[0] == quote and p[3] == base and p[1:3] != (start, end)],
            text[max(0, base - _BEFORE) : max(0, base)],
        )
        for quote, start, end, base in placed
    ]


def marks_of_article(figures: Sequence[FigureInArticle], text: str) -> list[Marks]:
    """The marks of all figures of one article, in the order of its text."""
    about = names_of(text or " ".join(dict.fromkeys(one.figure.quote for one in figures)))
    made: list[Marks] = []
    for i, (one, spot) in enumerate(zip(figures, spots(figures, text), strict=True)):
        marks = marks_of(one, spot, about)
        before = figures[i - 1].figure if i and figures[i - 1].figure.quote == one.figure.quote else None
        if before and "more" in marks.traits and _are_told_apart(before, one.figure):
            marks = marks.model_copy(update={"traits": tuple(t for t in marks.traits if t != "more")})
        if i == 0:
            marks = marks.model_copy(update={"traits": ("lead", *marks.traits)})
        made.append(marks)
    return moved(figures, opposed(figures, made))


def _are_told_apart(before: Figure, figure: Figure) -> bool:
    """Whether "more" only adds one kind of harm to another: "killing two and wounding 11 more"."""
    return bool(before.action and figure.action and before.action != figure.action)


def _around(quote: str, start: int, end: int, others: Sequence[tuple[int, int]], before: str) -> Spot:
    left = max(0, start - _LONGEST // 2)
    right = min(len(quote), end + _LONGEST // 2)
    inside = tuple((a - left, b - left) for a, b in others if a >= left and b <= right)
    return Spot(quote[left:right], start - left, end - left, inside, before)


def _quote_start(figure: Figure, text: str) -> int | None:
    at = (
        text.rfind(figure.quote, max(0, figure.span[1] - len(figure.quote)), figure.span[0] + len(figure.quote))
        if text
        else -1
    )
    if at < 0 or at > figure.span[0]:
        return None
    return at


def _nth(quote: str, surface: str, count: int) -> int:
    at = -1
    for _ in range(count + 1):
        following = quote.find(surface, at + 1)
        if following < 0:
            break
        at = following
    return max(0, at)


def _weights(spot: Spot) -> list[tuple[str, int, float]]:
    """The words close to the number with their places and how near they are, from 1 to ``HEARD``."""
    sentence, others = spot.sentence, spot.others
    left = list(_TOKEN.finditer(sentence, max(0, spot.start - _REACH), spot.start))[::-1]
    right = _TOKEN.finditer(sentence, spot.end, spot.end + _REACH)
    clause, light = concepts.clause_words(), _light()
    found: list[tuple[str, int, float]] = []
    for side, step in ((left, 1.0), (right, 0.85)):
        cost = 0.0
        passed: set[tuple[int, int]] = set()
        for match in side:
            start, end = match.span()
            other = next((o for o in others if o[0] <= start < o[1]), None) if others else None
            if other:
                if other not in passed:
                    passed.add(other)
                    cost += 4
                continue
            word = match.group()
            if match.lastgroup == "mark":
                cost += 5 if word in ";:–—" else 1.5 if word in ",()" else 0
                continue
            if match.lastgroup == "number":
                continue
            low = word.lower()
            if low in clause:
                cost += 2
            weight = 1 / (1 + cost / 4)
            if weight < HEARD:
                break
            away = max(spot.start - end, start - spot.end)
            if any(2 * max(a - end, start - b) < away for a, b in others):
                weight *= _OF_ANOTHER
            found.append((word, start, weight))
            cost += step if low not in light else step / 3
    return found


@lru_cache(maxsize=16384)
def _bare(word: str) -> str:
    """A word in lower case, without the ending of the genitive."""
    low = word.lower()
    return re.sub(r"['’]s?$", "", low) if "'" in low or "’" in low else low


@lru_cache(maxsize=16384)
def _read(low: str) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """What a word stands for: its classes or its stem, which of them are actions, and the traits it gives a number."""
    traits = frozenset((*concepts.contrasts().of(low), *(f"kind:{kind}" for kind in concepts.kinds().of(low))))
    if low in _light() or len(low) < 2:
        return (), (), traits
    actions = concepts.actions().of(low)
    return (*actions, *concepts.nouns().of(low)) or (concepts.stem(low),), actions, traits


@cache
def _light() -> frozenset[str]:
    return words_of_all("stop")


@cache
def _calendar() -> frozenset[str]:
    return words_of_all("months") | words_of_all("weekdays")


def _names(weighted: list[tuple[str, int, float]], sentence: str) -> dict[str, float]:
    """Proper names with their weights; the first word of a sentence is one only if no list knows it."""
    calendar, light = _calendar(), _light()
    names: dict[str, float] = {}
    for word, start, weight in weighted:
        if not word[0].isupper() or len(word) < 3:
            continue
        low = _bare(word)
        first = start == 0 or sentence[:start].rstrip()[-1:] in {".", "“", '"', "!", "?"}
        if (
            low in calendar
            or low in light
            or (first and (concepts.nouns().of(low) or concepts.actions().of(low) or "-" in low))
        ):
            continue
        key = _name_key(low)
        names[key] = max(names.get(key, 0.0), round(weight if not first else weight * 0.8, 2))
    return dict(sorted(names.items(), key=lambda item: (-item[1], item[0]))[:_MOST_NAMES])


@lru_cache(maxsize=16384)
def _name_key(low: str) -> str:
    """The part of a name in small letters that its forms share: "Greens" and "Green", "Лозівки" and "Лозівці"."""
    if low[0] > "\u0400":
        return low[: max(4, len(low) - 3)][:7]
    return low[:9].removesuffix("s") if len(low) > 4 and not low.endswith("ss") else low[:9]


def names_of(text: str) -> tuple[str, ...]:
    """The proper names that an article speaks of, the commonest first: what it is about, in a few words.

    Behind a question mark, words that only open sentences, and so may be names or not.
    """
    counts: Counter[str] = Counter()
    for match in _NAME.finditer(text[:_READ_FOR_NAMES]):
        word = match.group()
        low = _bare(word)
        if low in _calendar() or low in _light():
            continue
        if match.start() and not _OPENS.search(text, max(0, match.start() - 3), match.start()):
            counts[_name_key(low)] += 1
        elif not (concepts.nouns().of(low) or concepts.actions().of(low)):
            counts[f"?{_name_key(low)}"] += 1
    names = [name for name, _ in counts.most_common() if name[0] != "?"][:_ABOUT]
    return (*names, *[f"?{name[1:]}" for name in counts if name[0] == "?" and name[1:] not in names][:_ABOUT])


def marks_of(figure: FigureInArticle, spot: Spot, about: tuple[str, ...] = ()) -> Marks:
    """Everything following notes of one number; ``about`` are the names its article speaks of."""
    weighted = _weights(spot)
    sentence, head, tail = spot.sentence, spot.sentence[: spot.start], spot.sentence[spot.end :]
    names = _names(weighted, sentence)
    nouns = _nouns(figure.figure.counted)
    words: dict[str, float] = {}
    acts: dict[str, float] = {}
    traits: set[str] = set()
    for word, _, weight in sorted(weighted, key=lambda w: -w[2]):
        low = _bare(word)
        keys, of_actions, of_traits = _read(low)
        if weight >= _NEAR:
            traits |= of_traits
        if word[0].isupper() and _name_key(low) in names:
            continue
        for action in of_actions:
            acts.setdefault(action, weight)
        for key in keys:
            words.setdefault(key, round(weight, 2))
    for noun in nouns[:2]:
        words[noun] = 1.0
    if figure.figure.action:
        words[figure.figure.action] = 1.0
    traits |= _traits(figure.figure, head, tail)
    traits |= _beings(figure.figure.counted)
    traits |= _sides(figure.figure, spot)
    if _POLL.search(sentence):
        traits.add("poll")
    if figure.figure.scope.place:
        traits |= {f"place:{name[:9]}" for name in re.findall(r"[^\W\d_]{3,}", figure.figure.scope.place.lower())[:6]}
    if acts and not figure.figure.action:
        traits.add("heard")
    nearest = sorted(acts, key=lambda a: (-acts[a], a))[:3]
    actions = [*([figure.figure.action] if figure.figure.action else []), *(a for a in nearest if acts[a] >= _NEAR)]
    strongest = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:_MOST_WORDS]
    return Marks(
        words=dict(strongest),
        names=names,
        nouns=nouns,
        actions=tuple(dict.fromkeys(actions)),
        traits=(*sorted(traits), f"sentence:{zlib.crc32(figure.figure.quote.encode()):08x}"),
        window=_window(spot, figure.published.date()),
        cues=(*_cues(spot), *_earlier(figure.figure)),
        about=about,
    )


def _nouns(counted: str | None) -> tuple[str, ...]:
    """The classes (or stems) of what is counted, the head of the phrase first."""
    if not counted:
        return ()
    head, _, rest = counted.lower().partition(" of ")
    found: list[str] = []
    for phrase in (head, rest):
        for word in reversed(re.findall(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*", phrase)):
            found += concepts.nouns().of(word) or (concepts.stem(word),)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def _beings(counted: str | None) -> frozenset[str]:
    """``person`` if people are counted; ``event`` too, if it is by what happened to them: arrests, dismissals."""
    words = re.findall(r"[^\W\d_]+", (counted or "").lower().partition(" of ")[0])
    if not words:
        return frozenset()
    if noun_action(words[-1], "en") in personal_actions():
        return frozenset(("person", "event"))
    known = any(concepts.is_person(noun) for noun in concepts.nouns().of(words[-1]))
    return frozenset(("person",)) if known or counts_people(words[-1]) else frozenset()


def _traits(figure: Figure, head: str, tail: str) -> set[str]:
    traits = set()
    if _PART.search(head) or _PART_AFTER.search(tail):
        traits.add("part")
    if _OF_THE.search(tail):
        traits.add("of the")
    if _WHOLE.search(head):
        traits.add("whole")
    if _ALL_BUT.search(head):
        traits.add("rest")
    if _OTHER.search(head) or _OTHER.search(tail):
        traits.add("other")
    if figure.scope.kind is ScopeKind.INCREMENT or _MORE.search(head) or _MORE_AFTER.search(tail):
        traits.add("more")
    if figure.scope.kind is ScopeKind.FORECAST:
        traits.add("kind:planned")
    if _DEFINITE.search(head):
        traits.add("the")
    if figure.unit:
        traits.add(f"unit:{figure.unit.partition(' per ')[0]}")
    if match := _PER.search(tail):
        traits.add(f"per:{match['unit'] or match['adverb']}".lower())
    return traits


def _sides(figure: Figure, spot: Spot) -> set[str]:
    """Whose losses a warring party tells: its own or the enemy's."""
    if not figure.attribution or figure.action not in {"killed", "injured", "destroyed", "shot down", "arrested"}:
        return set()
    speaker = " ".join(sorted(concepts.stem(word) for word in re.findall(r"[^\W\d_]+", figure.attribution.lower())))
    before = spot.sentence[max([0, *(b for _, b in spot.others if b <= spot.start)]) : spot.start]
    after = spot.sentence[spot.end : min([len(spot.sentence), *(a for a, _ in spot.others if a >= spot.end)])]
    after = re.split(r"[,;:]|\band\b", after)[0]
    theirs, named = _poles(figure.attribution), _poles(f"{figure.counted or ''} {after}")
    if _ENEMY.search(after) or _ENEMY.search(before) or (theirs and named and theirs.isdisjoint(named)):
        return {f"enemy of {speaker}"}
    if _OWN.search(before) or _OWN.search(after) or theirs & named:
        return {f"own of {speaker}"}
    return set()


def _poles(words: str) -> set[str]:
    """Sides of the compass among words, by which the parties of a conflict are often called."""
    found = {pole for word in re.findall(r"[^\W\d_]+", words.lower()) for pole in concepts.contrasts().of(word)}
    return {pole for pole in found if pole.startswith("direction:")}


def _window(spot: Spot, day: date) -> str | None:
    """The window named nearest to the number; words of another number's clause are far away."""
    best: tuple[float, str] | None = None
    for found in windows(spot.sentence, day):
        if found.weak:
            continue
        low, high = min(found.start, spot.start), max(found.end, spot.end)
        between = spot.sentence[min(found.end, spot.end) : max(found.start, spot.start)]
        cost = float(len(between))
        cost += 15 * between.count(",") + 60 * sum(between.count(mark) for mark in ";:–—")
        passed = sum(low <= a and b <= high for a, b in spot.others)
        # "three deaths, against 140 in 1998": what is compared has a period of its own.
        cost += passed * (120 if found.start > spot.end and _AGAINST.search(between) else 30)
        cost += 20 * sum(word in concepts.clause_words() for word in between.lower().split())
        if best is None or cost < best[0]:
            best = (cost, found.window)
    return best[1] if best and best[0] < 130 else None


def _earlier(figure: Figure) -> tuple[str, ...]:
    """The value that a figure is said to have moved from, as ``from:VALUE``."""
    if figure.earlier is None:
        return ()
    if isinstance(figure.earlier, tuple):
        return (f"from:{value_key(None, *figure.earlier)}",)
    return (f"from:{value_key(figure.earlier)}",)


def _cues(spot: Spot) -> tuple[str, ...]:
    cues = []
    low = spot.sentence.lower()
    head, tail = low[: spot.start], low[spot.end :]
    before = [b for _, b in spot.others if b <= spot.start]
    after = [a for a, _ in spot.others if a >= spot.end]
    near = head[max([0, spot.start - 70, *before]) :]
    close = near[-28:]
    if concepts.cues("moved_before").search(close):
        cues += ["history", "moved"]
    elif concepts.cues("history_before").search(close) or concepts.cues("history_after").search(tail[:36]):
        cues.append("history")
        if _PERIOD_OF.search(head) or (_COMPARED.search(close) and not _QUOTED.search(head[-60:])):
            cues.append("compared")
    elif _PERIOD_OF.search(head):
        cues += ["history", "compared"]
    rest = tail[: min([90, *(a - spot.end for a in after)])]
    if concepts.cues("update").search(near) or concepts.cues("update").search(rest[:50]):
        cues.append("update")
    if concepts.cues("now").search(near) or concepts.cues("now").search(rest[:50]):
        cues.append("now")
    if _MOVES_TO.search(near) and "history" not in cues:
        cues.append("moved to")
    if _TO.search(close) and "history" not in cues:
        cues.append("to")
    if _TO.search(close):
        cues.append("goal")  # of "the toll from the flood to 14" too, which looks like what was before
    if concepts.cues("fall").search(near) or concepts.cues("fall").search(rest[:40]):
        cues.append("fall")
    if _QUOTED.search(head[-60:]) and not _PERIOD_OF.search(head):
        cues.append("quoted")
    if concepts.cues("set_against").search(close) and not _PERIOD_OF.search(head):
        cues.append("set against")
    if concepts.cues("others").search(tail[:8]) or concepts.cues("others").search(head[-9:]):
        cues.append("others")
    if _DENIED.search(head):
        cues.append("denied")
    if concepts.cues("dispute").search(low) and concepts.cues("number").search(low):
        cues.append("dispute")
    elif concepts.cues("dispute").search(spot.before.lower()):
        cues.append("dispute before")
    if concepts.cues("stated").search(near[-60:]) or concepts.cues("stated").search(rest):
        cues.append("stated")
    return tuple(cues)
