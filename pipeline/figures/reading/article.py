"""From sentence to sentence through one text: what is counted, who speaks, which lines are tables."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache

from pipeline.figures.reading import attribution, scope
from pipeline.figures.reading.actions import settle, theme_before
from pipeline.figures.reading.claims import Draft, drafts
from pipeline.figures.reading.dates import Days, days_in
from pipeline.figures.reading.elision import (
    Memory,
    as_told,
    resolve,
    takes_up,
)
from pipeline.figures.reading.events import STATUSES, Event, noun_action, personal_actions, word_action
from pipeline.figures.reading.language import guess
from pipeline.figures.reading.lexicon import any_of, words
from pipeline.figures.reading.magnitudes import MAGNITUDE
from pipeline.figures.reading.masks import counts_on
from pipeline.figures.reading.nouns import (
    after_number,
    completed,
    counts_people,
    head_of,
    is_plural,
    plural,
    singular_after,
)
from pipeline.figures.reading.numbers import Form, number_words
from pipeline.figures.reading.owners import actor
from pipeline.figures.reading.rivals import Rivals, Told, is_denied
from pipeline.figures.reading.ties import is_gapped, is_joined, is_set_against
from pipeline.figures.reading.tokens import Sentence, tokenise
from pipeline.figures.reading.units import Unit
from pipeline.figures.reading.years import last_year, year_of
from pipeline.sentences import sentences
from schemas.figure import Figure, Rejected, Scope, ScopeKind

_ENGLISH_EXTRA = "another several couple first second third fourth fifth sixth seventh eighth ninth tenth"


@cache
def _gate(language: str) -> frozenset[str]:
    """The words of which a sentence without digits must hold one to hold a number."""
    known = number_words(language)
    some = {*known.small, *known.tens, *known.scales, *known.hundreds, *known.halves}
    some |= {*known.fractions, *known.vague_starts}
    if language == "en":
        some |= set(_ENGLISH_EXTRA.split())
    return frozenset(some)


_DIGIT = re.compile(r"[\d½¼¾⅓⅔⅛⅜⅝⅞]")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_INNER = re.compile(
    r"(?i)hundert|tausend|und(?:zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)|fold\b|cento|mila\b"
)


def _may_hold_number(text: str, start: int, end: int, language: str) -> bool:
    """Whether a sentence holds a digit or a number word, and so is worth a closer look."""
    if _DIGIT.search(text, start, end):
        return True
    if not _gate(language).isdisjoint(_LETTERS.findall(text[start:end].lower())):
        return True
    if language == "en":
        return "fold" in text[start:end]
    return language in ("de", "it") and bool(_INNER.search(text, start, end))


_SPEECH = ("“", '"', " said", " says", " told", "ccording")


def read_article(
    text: str, title: str, language: str | None, published: datetime | None
) -> tuple[list[Figure], list[Rejected]]:
    """The figures and the other numerals of a text; see ``read_figures``."""
    figures: list[Figure] = []
    rejected: list[Rejected] = []
    code = guess(f"{title} {text[:4000]}") if language is None else language[:2].lower()
    loud = _is_loud(text)
    reader = _Reader(title, published)
    in_table = False
    for start, end in sentences(text, code):
        if not _may_hold_number(text, start, end, code):
            if any(mark in text[start:end] for mark in _SPEECH):
                reader.listen(text, start, end)
            else:
                reader.pass_by(text[start:end])
            in_table = False
        elif _is_table(text, start, end, in_table):
            in_table = True
            rejected += [
                Rejected(span=m.span(), surface=m.group(), why="table") for m in _NUMBER.finditer(text, start, end)
            ]
        else:
            in_table = False
            made, aside = reader.read(tokenise(text, start, end, code, loud=loud))
            figures += made
            rejected += aside
    rejected.sort(key=lambda r: r.span)
    return figures, rejected


def _is_loud(text: str) -> bool:
    """Whether capitals say nothing in a text, because most of its letters are."""
    if sum(map(str.islower, text[:80])) > 40:
        return False
    sample = text[:2000]
    letters = sum(map(str.isalpha, sample))
    return letters > 20 and sum(map(str.isupper, sample)) > 0.7 * letters


_NUMBER = re.compile(r"\d[\d.,]*(?:[ \u00a0\u202f]\d{3}(?!\d))*")
_PROSE = re.compile(r"[^\W\d_]{2,}")
_CELLS = re.compile(r"\t|\s\|\s|\s{3,}|;")
_NAVIGATION = re.compile(rf"(?i)\b(?:{any_of('navigation')})\b")


def _is_table(text: str, start: int, end: int, before: bool) -> bool:
    """Whether a line holds cells of a table, a price list or telephone numbers rather than prose."""
    numbers = len(_NUMBER.findall(text, start, end))
    if numbers < (2 if before else 4):
        if not numbers or end - start >= 120 or not _NAVIGATION.search(text, start, end):
            return False
        return text[end - 1] not in '.!?”"' or len(_PROSE.findall(text, start, end)) < 10
    prose = len(_PROSE.findall(text, start, end))
    closed = text[end - 1] in '.!?”"'
    if closed and prose >= numbers:
        return False
    return prose < numbers or len(_CELLS.findall(text, start, end)) >= 3 or (not closed and prose < 1.3 * numbers)


class _Reader:
    """What one article has said so far: nouns counted and the last speaker."""

    def __init__(self, title: str, published: datetime | None) -> None:
        self.title = title
        self.published = published
        self.memory = Memory()
        self.rivals = Rivals()
        self.speaker: str | None = None
        self.actor: str | None = None
        self.year: int | None = None
        self._opened: list[str] = []
        self._subject: str | None = None

    @property
    def subject(self) -> str | None:
        """Those with whom the last sentence opened that opens with somebody; looked for only when asked."""
        while self._opened:
            if found := attribution.opening(self._opened.pop()):
                self._subject = found
                self._opened.clear()
        return self._subject

    def pass_by(self, sentence: str) -> None:
        """Remember who acts in a sentence without figures in which nobody speaks."""
        self.actor = actor(sentence)
        self._opened.append(sentence)

    def listen(self, text: str, start: int, end: int) -> None:
        """Remember who speaks in a sentence without figures."""
        spoken = frozenset(_LETTERS.findall(text[start:end].lower()))
        self.speaker = attribution.said(text, start, end, spoken).of(start) or self.speaker
        self.actor = actor(text[start:end])
        self._opened.append(text[start:end])

    def read(self, sentence: Sentence) -> tuple[list[Figure], list[Rejected]]:
        """The figures of one sentence, and its other numerals."""
        kept, aside = drafts(sentence)
        for draft in kept:
            _beside(sentence, draft)
        decided = settle(sentence, kept)
        said = attribution.said(
            sentence.text, sentence.start, sentence.end, sentence.words, foreign=sentence.language != "en"
        )
        places, windows, days = (
            (scope.places(sentence), scope.windows(sentence), days_in(sentence, self.published))
            if kept
            else ([], [], Days())
        )
        since = len(self.memory.nouns)
        parent: Draft | None = None
        made: list[Figure] = []
        heard: str | None = None
        paired = said.paired([draft.start for draft in kept]) if len(kept) > 1 else {}
        for index, (draft, event) in enumerate(zip(kept, decided, strict=True)):
            if draft.numeral.form is Form.ANOTHER and not _is_one_more(draft):
                continue
            opens = min(draft.start, sentence.tokens[draft.opens].start)
            part = scope.is_part(sentence, opens, draft.end)
            before = kept[index - 1] if index else None
            rival = None if part or draft.votes or draft.quake else self.rivals.of(sentence, draft, before)
            if rival is None and paired and before is not None and _is_bare_elsewhere(sentence, draft) and not part:
                rival = self.rivals.beside(draft)
            if rival is not None and draft.noun is None and sentence.lower(draft.last) not in words("condition"):
                counted = self._taken_from(rival, draft)
            else:
                draft.action = self._action(sentence, draft, event, parent if part else None, before)
                told = part and event is not None and event.first >= draft.last
                counted = self._counted(sentence, draft, kept, before, since, told=told)
            self.rivals.add(sentence, draft, before, counted, is_part=part)
            self.memory.note(draft.low, draft.unit_name, counted, draft.action)
            denied = is_denied(sentence, draft)
            who = paired.get(draft.start) or said.of(draft.start, denied=denied)
            if who is None and not denied and said.is_own(draft.start):
                within = ";" in sentence.text[sentence.start : draft.start]
                who = (attribution.opening(sentence.quote) if within else None) or self.subject or self.speaker
            elif who is None and not denied and (said.pronoun or _inside_quote(sentence, draft.start)):
                who = attribution.cleaned(self.actor) if said.pronoun and self.actor else self.speaker or self.subject
            if draft.votes is not None and who is not None and who.split()[-1].lower() in words("voting_body"):
                who = None  # "the Senate confirmed her 52-48": it voted, and said nothing
            heard = who or heard
            previous = kept[index - 1].end if index else sentence.start
            covers = Scope(
                place=scope.nearest_place(places, draft.start, who),
                window=scope.nearest_window(windows, draft.end),
                group=counted if part else None,
                kind=ScopeKind.INCREMENT
                if draft.increment
                else scope.kind(
                    sentence,
                    draft.opens,
                    draft.last,
                    draft.start,
                    previous,
                    draft.noun.last if draft.noun else draft.last,
                ),
            )
            against = None if rival is None else rival.span
            figure = _figure(sentence, draft, as_told(sentence, draft, counted), who, covers, days, against)
            made.append(self._of_its_year(sentence, figure, days))
            if not part:
                parent = draft
        if self.published is not None:
            self.year = last_year(sentence.quote, self.published.year) or self.year
        self.rivals.sentence += bool(kept)
        self.speaker = heard or said.of(sentence.start) or self.speaker
        self.actor = actor(sentence.quote)
        self._opened.append(sentence.quote)
        return made, aside

    def _of_its_year(self, sentence: Sentence, figure: Figure, days: Days) -> Figure:
        """A figure of a year gone by with that year as its window, and the end of it as the day it holds for."""
        if self.published is None or days.named:
            return figure
        year = year_of(sentence, *figure.span, self.published.year, self.year)
        if year is None:
            return figure
        window = figure.scope.window
        covers = (
            figure.scope if window and str(year) in window else figure.scope.model_copy(update={"window": str(year)})
        )
        return figure.model_copy(update={"as_of": date(year, 12, 31), "scope": covers})

    def _action(
        self, sentence: Sentence, draft: Draft, event: Event | None, parent: Draft | None, before: Draft | None
    ) -> str | None:
        """What happened: what the clause of a number says, or else the figure that it belongs to or takes up."""
        if draft.votes is not None:
            return "voted"
        if draft.quake is not None:
            return None
        near = None if draft.loose else draft.action
        if parent is not None and (event is None or draft.loose or event.first < parent.first):
            return parent.action or near
        if near is not None:
            return near
        if draft.loose and sentence.lower(draft.last) in {"others", "other"}:
            return draft.action  # "killed the mayor, his son Fredo, and 15 others"
        if before is not None and any(tied(sentence, draft, before) for tied in (is_gapped, is_joined, is_set_against)):
            return before.action
        unit = draft.unit_name
        if (draft.loose or event is None) and takes_up(sentence, draft):
            known = self.memory.happened(unit, draft.noun.head if draft.noun else None)
            return known or draft.action or theme_before(sentence, draft)
        return self.memory.same_value(draft.low, unit)

    def _taken_from(self, rival: Told, draft: Draft) -> str | None:
        """What a number counts that is set against another: the same, and the same happened to it."""
        draft.action = rival.action
        if draft.measure is None and rival.unit is not None:
            draft.unit = Unit(rival.unit.name, rival.unit.group, draft.end, draft.end)
        if draft.measure is not None:
            self.memory.measure(draft)
        elif rival.counted:
            self.memory.measured_last = False
            self.memory.add(rival.counted, head_of(rival.counted))
        return rival.counted

    def _measure_alike(self, sentence: Sentence, draft: Draft, before: Draft | None) -> None:
        """Give a bare number the unit that it leaves out; whole numbers after a magnitude seldom are another."""
        shared = before.measure if before is not None and is_gapped(sentence, draft, before) else None
        meant = shared or self.memory.unit_meant(sentence, draft)
        if meant and (meant.name != MAGNITUDE or draft.low % 1):
            draft.unit = Unit(meant.name, meant.group, draft.end, draft.end)

    def _counted(
        self, sentence: Sentence, draft: Draft, kept: list[Draft], before: Draft | None, since: int, *, told: bool
    ) -> str | None:
        """What a number counts; ``told`` says that what happened to it is told besides."""
        if (tallied := counts_on(sentence, draft.numeral.first)) is not None:
            draft.action = "rescued" if tallied == "survivor" else "killed"
            return "people"
        counted = draft.votes or draft.quake or (draft.noun.phrase if draft.noun else None)
        if counted is None and draft.measure is None:
            self._measure_alike(sentence, draft, before)
        if draft.measure is not None:
            self.memory.measure(draft)
            return counted
        if counted is None and draft.low == int(draft.low) and draft.low >= 0:
            against = before is not None and is_set_against(sentence, draft, before)
            counted = before.noun.phrase if before is not None and before.noun is not None and against else None
            counted = counted or resolve(sentence, draft, kept, self.memory, since=since, title=self.title)
            head = head_of(counted) if counted else ""
            if counted and draft.low > 1 and head in words("person") and not is_plural(head):
                counted = counted.replace(head, plural(head))  # "one soldier died and three were hurt"
                head = plural(head)
            implied = noun_action(head, sentence.language)
            if implied and not told and draft.action not in {implied, *STATUSES}:
                draft.action = implied  # "the ministry's figure is 15", of deaths
        if (
            counted is None
            and draft.numeral.form is Form.FRACTION
            and before is not None
            and _is_of_them(sentence, draft)
        ):
            counted = before.noun.phrase if before.noun is not None else None
        if counted is None:
            last_chance = singular_after(sentence, draft.last)
            counted = last_chance.phrase if last_chance else None
        if counted:
            self.memory.measured_last = False
            self.memory.add(counted, head_of(counted))
        return counted


def _figure(
    sentence: Sentence,
    draft: Draft,
    counted: str | None,
    who: str | None,
    covers: Scope,
    days: Days,
    against: tuple[int, int] | None,
) -> Figure:
    single = draft.low == draft.high
    after = draft.unit.end if draft.unit and draft.unit.end > draft.end else draft.end
    return Figure(
        span=(draft.start, draft.end),
        surface=sentence.text[draft.start : draft.end],
        quote=sentence.quote,
        value=draft.low if single else None,
        low=None if single else draft.low,
        high=None if single else draft.high,
        modifier=draft.modifier,
        unit=draft.unit_name,
        counted=counted,
        people=draft.unit_name is None and _are_people(counted, draft.action, sentence.language),
        action=draft.action,
        scope=covers,
        attribution=who,
        as_of=days.nearest(after),
        earlier=draft.earlier,
        factor=draft.factor,
        against=against,
    )


def _is_one_more(draft: Draft) -> bool:
    """Whether "another" counts: "another young girl has been returned", not "another day"."""
    return draft.noun is not None and draft.noun.is_person and draft.action in personal_actions()


_HAPPENED = frozenset({"killed", "injured", "missing", "rescued", "infected", "displaced"})


def _beside(sentence: Sentence, draft: Draft) -> None:
    """Find the noun beside a number; of a share, the noun it is a share of."""
    if draft.votes is not None:
        return
    one = draft.low == draft.high == 1
    partitive = draft.numeral.form in (Form.FRACTION, Form.VAGUE)
    if draft.measure is None:
        draft.noun = after_number(sentence, draft.last, one=one, partitive=partitive)
        if draft.noun and (draft.noun.head in {"others", "ones"} or draft.noun.phrase.lower() in words("condition")):
            draft.noun = None
        if draft.noun is not None and not one:
            draft.noun = completed(sentence, draft.noun, opens=draft.opens)
        foreign = sentence.language != "en" and draft.noun is not None and not draft.noun.is_person
        if foreign and draft.noun and word_action(draft.noun.head, sentence.language) in _HAPPENED:
            draft.noun = None  # "plus de 200 blessées"
    elif draft.measure.group == "ratio" and sentence.lower(draft.last) == "of":
        draft.noun = after_number(sentence, draft.last, partitive=True)


def _are_people(counted: str | None, action: str | None, language: str) -> bool:
    """Whether people are counted: by their noun, by what happened to them ("bodies", "arrests"), or by that alone."""
    if counted is None:
        return action in personal_actions()
    head = head_of(counted)
    return counts_people(head) or head in words("condition") or noun_action(head, language) in personal_actions()


_THEM = frozenset({"them", "these", "those", "whom", "which"})


def _is_of_them(sentence: Sentence, draft: Draft) -> bool:
    """Whether a share is one of what was just counted: "5,800 claims, two thirds of them for cars"."""
    return sentence.lower(draft.last) == "of" and sentence.lower(draft.last + 1) in _THEM


def _is_bare_elsewhere(sentence: Sentence, draft: Draft) -> bool:
    return sentence.language != "en" and draft.noun is None


def _inside_quote(sentence: Sentence, at: int) -> bool:
    head = sentence.text[sentence.start : at]
    return head.count("“") > head.count("”") or head.count('"') % 2 == 1
