"""What speaks for and against a figure's worth: cues of its own, its sentence, its article and its topic.

A cue is a name with a number, mostly 0 or 1, or a share; what is left out is 0. The names are read by the weights
(``worth.json``) and said to people by ``reasons``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pipeline.figures.worth.stream import Stream
from pipeline.figures.worth.texts import WORD, stems
from schemas.figure import Clause, Figure, Marks

_GROUPS = {
    "harm": ("killed", "injured", "missing", "trapped", "hospitalised", "infected"),
    "move": ("displaced", "evacuated", "returned", "deported", "entered", "sheltered", "escaped"),
    "detain": ("arrested", "detained", "charged", "convicted", "held", "freed"),
    "damage": ("destroyed", "damaged", "burned", "powerless"),
    "money": (
        *("pledged", "raised", "paid", "spent", "invested", "earned", "profit", "revenue", "lossmaking"),
        *("debt", "deficit", "cost", "fined", "wage", "price", "share"),
    ),
    "force": ("deployed", "launched"),
    "vote": ("voted", "won", "turnout", "support", "signed"),
    "economy": ("inflation", "unemployment", "growth", "laid off", "hired", "employed", "sold", "produced"),
    "aid": ("delivered", "rescued", "vaccinated"),
}
"""Classes of actions (following/concepts.toml) that desks judge alike."""
_GROUP_OF = {action: group for group, actions in _GROUPS.items() for action in actions}
_CORE = ("killed", "injured", "missing", "displaced", "pledged", "arrested", "trapped")
"""What desks want told most often, wherever it stands near a number."""
_NEAR = 60
"""Characters on either side of a number whose words tell what it is about."""
_LEAD = 600
"""Characters at the head of an article that say what it is about; three sentences."""

_TOTAL = re.compile(r"(?i)\b(?:total|toll|overall|so far|in all|altogether|since)\b")
_EXTREME = re.compile(r"(?i)\b(?:first|record|highest|lowest|biggest|largest|worst|most)\b")
_PERSONAL = re.compile(r"\b(?:I|my|me|we|our|us|My|We|Our)\b")
_YEAR = re.compile(r"\b(?:1[5-9]\d\d|20\d\d)\b")
_AGO = re.compile(
    r"(?i)\b(?:ago|last year|last decade|in the past|history|since the|previous(?:ly)?|earlier this year|former)\b"
)
_SPEECH = re.compile(r"\b(?:said|says|told|announced|according|reported)\b")
_AUTHORITY = re.compile(
    r"(?i)\b(?:ministry|minister|government|police|officials?|president|UN|U\.N\.|United Nations|authorit\w+|army|"
    r"military|Pentagon|agency|commission|department|secretary|court|spokes\w+|treasury|bank|office|red cross|"
    r"observatory|rights)\b"
)
_DEFINITE = re.compile(r"\b(?:the|these|those|his|her|their|its)\W*$")
_MORE_BEFORE = re.compile(r"\b(?:another|other|more)\W*$")
_MORE_AFTER = re.compile(r"^\W*(?:more|others?)\b")
_OF_THE = re.compile(r"^\W*of (?:the|its|them|their|those)\b")
_MEASURE = re.compile(r"^[- ](?:year|day|month|hour|week|minute|storey|story|mile|km|foot|member|strong|seat|nation)")
_BRACKET = re.compile(r"\(\W{0,2}$")
_CLOCK = re.compile(r"\b\d{1,2}[.:]\d\d ?[ap]m\b")
_NUMBER = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True)
class ArticleText:
    """An article as the cues of its figures need it; what they share is worked out once."""

    title: str
    text: str
    published: datetime

    @cached_property
    def title_stems(self) -> frozenset[str]:
        return frozenset(stems(self.title))

    @cached_property
    def lead_stems(self) -> frozenset[str]:
        return frozenset(stems(f"{self.title} {self.text[:_LEAD]}"))

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(stems(self.text))

    @cached_property
    def words(self) -> frozenset[str]:
        """The stems of its words, with those of its title."""
        return self.title_stems.union(self.counts)

    @cached_property
    def manner(self) -> dict[str, float]:
        """What kind of piece it is: opinion and talk in the first person, live pages with clock times, reports."""
        text, words = self.text, WORD.findall(self.text)
        lower = [word.lower() for word in words]
        many, sentences = max(1, len(words)), max(1, text.count(".") + text.count("?") + text.count("!"))
        quotes = text.count("“") + text.count('"') / 2
        speech = ("said", "says", "told", "announced", "reported", "according")
        return {
            "article: I": min(1.0, sum(word in ("I", "my", "me", "My") for word in words) / many * 60),
            "article: we": min(1.0, sum(word in ("we", "our", "us") for word in lower) / many * 60),
            "article: questions": min(1.0, text.count("?") / sentences * 5),
            "article: speech": min(1.0, sum(word in speech for word in lower) / sentences * 2),
            "article: quotes": min(1.0, quotes / sentences * 2),
            "article: length": min(1.0, many / 1500),
            "article: short": float(many < 180),
            "article: digits": min(1.0, sum(map(str.isdigit, text)) / many * 4),
            "article: clock": min(1.0, len(_CLOCK.findall(text)) / 3),
            "article: years": min(1.0, len(_YEAR.findall(text)) / many * 150),
        }


def cues_of(
    article: ArticleText, figures: Sequence[Figure], marks: Sequence[Marks], stream: Stream, topic: str
) -> list[dict[str, float]]:
    """The cues of each figure of an article, which is not yet in the ``stream``; ``topic`` is the topic's title."""
    beside = Counter(figure.quote for figure in figures)
    about = frozenset(stems(topic))
    made = []
    for n, (figure, mark) in enumerate(zip(figures, marks, strict=True)):
        place = place_in_quote(figure, article.text)
        kind = _kind(figure)
        cues = _of_figure(figure, mark, kind)
        cues |= _of_sentence(figure, place, article.published)
        cues |= _of_clause(figure.clause)
        cues |= article.manner
        cues["before it"] = min(n, 20) / 20
        cues["figures"] = min(len(figures), 30) / 30
        cues["in sentence"] = min(beside[figure.quote], 5) / 5
        _of_place(cues, figure, place, article, stream, about)
        _of_stream(cues, figure, mark, stream)
        _crossed(cues, kind)
        made.append({name: value for name, value in cues.items() if value})
    return made


def place_in_quote(figure: Figure, text: str) -> tuple[int, int]:
    """Where in its sentence the number stands."""
    start, end = figure.span
    quote = figure.quote
    base = text.rfind(quote, max(0, end - len(quote) - 5), start + len(quote))
    if base < 0 or base > start:
        base = start - max(0, quote.find(figure.surface))
    return start - base, end - base


def _kind(figure: Figure) -> str:
    unit = figure.unit
    if not unit:
        return "count"
    if len(unit) == 3 and unit.isupper():
        return "money"
    return "share" if unit in ("%", "pp") else "measure"


def size_of(figure: Figure) -> float:
    """The value of a figure; of a range its geometric middle."""
    if figure.value is not None:
        return figure.value
    low, high = figure.low or 0.0, figure.high or 0.0
    return math.sqrt(low * high) if low > 0 and high > 0 else (low + high) / 2


def _of_figure(figure: Figure, mark: Marks, kind: str) -> dict[str, float]:
    value = size_of(figure)
    magnitude = math.log10(max(abs(value), 0.1))
    digits = str(int(abs(value))).rstrip("0") if abs(value) < 1e15 else ""
    cues = {
        f"kind: {kind}": 1.0,
        f"size of {kind}": magnitude / 6,
        f"size of {kind}: {int(min(magnitude, 10))}": 1.0,
        "one": float(value == 1),
        "two or less": float(value <= 2),
        "round": float(value == int(value) and value >= 10 and len(digits) == 1) if abs(value) < 1e15 else 1.0,
        f"modifier: {figure.modifier.value}": 1.0,
        "in words": float(not any(map(str.isdigit, figure.surface))),
        f"action: {figure.action or 'none'}": 1.0,
        f"scope: {figure.scope.kind.value}": 1.0,
        "part of a group": float(figure.scope.group is not None),
        "place": float(figure.scope.place is not None),
        "period": float(figure.scope.window is not None),
        "said by somebody": float(figure.attribution is not None),
        "said by an authority": float(bool(figure.attribution and _AUTHORITY.search(figure.attribution))),
        "of people": float("person" in mark.traits),
    }
    if figure.action:
        cues[f"group: {_GROUP_OF.get(figure.action, 'other')}"] = 1.0
    if mark.actions:
        cues[f"nearby group: {_GROUP_OF.get(mark.actions[0], 'other')}"] = 1.0
    if kind == "measure":
        cues[f"unit: {figure.unit}"] = 1.0
    cues[f"noun: {mark.nouns[0]}" if mark.nouns else "no noun"] = 1.0
    cues |= {f"trait: {trait}": 1.0 for trait in mark.traits if trait.startswith(("kind:", "per:")) or trait in _TRAITS}
    cues |= {f"cue: {cue}": 1.0 for cue in mark.cues if ":" not in cue}
    if mark.window:
        cues["window: total" if mark.window == "total" else "window: days" if "d:" in mark.window else "window"] = 1.0
    near = {core: mark.words.get(core, 0.0) for core in _CORE}
    cues["core nearby"] = max(near.values())
    cues |= {f"near: {core}": 1.0 for core, weight in near.items() if weight > 0.4}
    return cues


_TRAITS = frozenset({"lead", "part", "more", "whole", "the", "rest", "event", "poll", "of the"})


def _of_sentence(figure: Figure, place: tuple[int, int], published: datetime) -> dict[str, float]:
    quote = figure.quote
    before, after = quote[: place[0]], quote[place[1] :]
    near = quote[max(0, place[0] - _NEAR) : place[1] + _NEAR]
    close, behind = before[-25:].lower(), after[:30].lower()
    years = [int(year) for year in _YEAR.findall(quote)]
    speech = bool(_SPEECH.search(quote))
    cues = {
        "authority in sentence": bool(_AUTHORITY.search(quote)),
        "past year": any(year < published.year for year in years),
        "this year": any(year >= published.year for year in years),
        "long ago": bool(_AGO.search(quote)),
        "total": bool(_TOTAL.search(near)),
        "extreme": bool(_EXTREME.search(near)),
        "first person": bool(_PERSONAL.search(quote)),
        "in direct speech": before.count("“") > before.count("”") or before.count('"') % 2 == 1,
        "definite": bool(_DEFINITE.search(close)),
        "more": bool(_MORE_BEFORE.search(close) or _MORE_AFTER.match(behind)),
        "of the": bool(_OF_THE.match(behind)),
        "a measure": bool(_MEASURE.match(behind)),
        "converted": bool(_BRACKET.search(before) and figure.unit and len(figure.unit) == 3),
        "speech in sentence": speech,
        "a question": "?" in quote,
        "told flatly": figure.attribution is None and not speech,
    }
    found = {name: float(value) for name, value in cues.items()}
    found["sentence length"] = min(len(quote), 500) / 500
    found["numbers in sentence"] = min(len(_NUMBER.findall(quote)), 6) / 6
    if figure.as_of:
        age = (published.date() - figure.as_of).days
        found |= {"state of old": float(age > 40), "state of now": float(-1 <= age <= 7), "future": float(age < -1)}
    return found


def _of_clause(clause: Clause | None) -> dict[str, float]:
    if clause is None:
        return {"not parsed": 1.0}
    cues = {f"role: {clause.role}": 1.0, "place in sentence": clause.position}
    if clause.verb is None:
        cues["no verb"] = 1.0
    else:
        cues[f"verb tag: {clause.tag}"] = 1.0
        cues[f"verb hangs: {clause.relation}"] = 1.0
        cues["depth"] = clause.depth / 6
        cues["main clause"] = float(clause.depth == 0)
    if clause.modal:
        cues[f"modal: {clause.modal}"] = 1.0
    cues["denied"], cues["conditional"] = float(clause.negated), float(clause.conditional)
    return cues | {f"inside {kind}": 1.0 for kind in clause.inside}


def _of_place(
    cues: dict[str, float],
    figure: Figure,
    place: tuple[int, int],
    article: ArticleText,
    stream: Stream,
    about: frozenset[str],
) -> None:
    """Where in the article it stands, and how much its words are those of the title, the lead, the topic."""
    start = figure.span[0]
    cues["place in article"] = start / max(1, len(article.text))
    cues["at the head"], cues["in the lead"] = float(start < 300), float(start < 800)
    words = stems(figure.quote[max(0, place[0] - _NEAR) : place[1] + _NEAR])
    if words:
        # The lead is made of its own words; there, the overlap would only say where the figure stands.
        cues["words of the lead"] = _share(words, article.lead_stems) if start > _LEAD else 0.5
        cues["words of the title"] = _share(words, article.title_stems)
        cues["words of the topic"] = float(not about.isdisjoint(stems(figure.quote)))
        cues["words of the article"] = sum(min(article.counts[word], 6) / 6 for word in words) / len(words)
        cues["words of the stream"] = stream.centrality(words) or 0.0
    if figure.surface and re.search(rf"(?<!\d){re.escape(figure.surface)}(?!\d)", article.title):
        cues["in the title"] = 1.0


def _share(words: Sequence[str], known: frozenset[str]) -> float:
    return sum(word in known for word in words) / len(words)


def _of_stream(cues: dict[str, float], figure: Figure, mark: Marks, stream: Stream) -> None:
    shares = stream.shares(mark)
    if shares is not None:
        for name, share, most in zip(("action", "noun", "both"), shares, (0.3, 0.3, 0.2), strict=True):
            cues[f"usual {name}"] = min(most, share) / most
    echoes = min(stream.echoes(figure), 3) / 3
    cues["told elsewhere"] = echoes
    if size_of(figure) >= 10:
        cues["told elsewhere, no small number"] = echoes


_CROSSED = (
    "main clause",
    "at the head",
    "said by somebody",
    "said by an authority",
    "words of the lead",
    "told elsewhere",
)


def _crossed(cues: dict[str, float], kind: str) -> None:
    """Cues that mean something else for money than for people stand once more with the kind of value."""
    groups = [
        name for name in cues if name.startswith(("group: ", "nearby group: ", "role: ", "verb hangs: ", "noun: "))
    ]
    for name in [*groups, *(name for name in _CROSSED if cues.get(name))]:
        cues[f"{kind}, {name}"] = cues[name]
