"""What happened to what is counted: which of the events of a sentence governs a number."""

from __future__ import annotations

from dataclasses import replace

from pipeline.figures.reading.claims import Draft
from pipeline.figures.reading.elision import number_of, subject
from pipeline.figures.reading.events import (
    STATUSES,
    Event,
    events,
    money_only,
    noun_action,
    people_only,
    personal_actions,
    unlisted_after,
    unlisted_before,
)
from pipeline.figures.reading.facts import is_fact
from pipeline.figures.reading.lexicon import words, words_of_all, wordset
from pipeline.figures.reading.nouns import is_plural
from pipeline.figures.reading.senses import refine
from pipeline.figures.reading.tokens import Sentence
from pipeline.figures.reading.verbs import participle
from pipeline.figures.reading.votes import side_of

_CLAUSE_MARKS = frozenset(',;:—–()“”"')
_CLAUSE_WORDS = wordset(
    "and but while whereas when after before with as although though where which who that whose because if unless und"
    " aber et y e и"
)
_LINKS = wordset(
    "at least more than over up to as many as an a the estimated some about around roughly nearly almost only just "
    "fewer less another further of close approximately no by under below total all its their his her off down out "
    "for $ € £"
)
_PARTITIVE = wordset("of the its their his her those these all some at least more than about")


def settle(sentence: Sentence, drafts: list[Draft]) -> list[Event | None]:
    """Set the action of every draft; the events that decided, ``None`` where none did."""
    if not drafts:
        return []
    found = [event for event in events(sentence) if event.action not in STATUSES and is_fact(sentence, event)]
    decided = [_governing(sentence, found, draft, drafts) for draft in drafts]
    for draft, event in zip(drafts, decided, strict=True):
        draft.action = event.action if event else None
        _specify(sentence, draft)
        refine(sentence, draft, event)
        verbal = event is not None and not event.noun
        if event and verbal and draft.action in people_only() and not _means_people(sentence, draft, event, drafts):
            draft.action = None
        if draft.action == "launched" and draft.noun is not None and draft.noun.is_person:
            draft.action = None  # "three officers were fired"
    _share(sentence, drafts, decided)
    return decided


def _share(sentence: Sentence, drafts: list[Draft], decided: list[Event | None]) -> None:
    """Let "three women and six children were killed" say of both what follows the second."""
    for k in range(len(drafts) - 2, -1, -1):
        draft, after, event = drafts[k], drafts[k + 1], decided[k + 1]
        if (after.earlier is not None and after.earlier == draft.low) or (
            draft.earlier is not None and draft.earlier == after.low
        ):
            _share_change(draft, after)
            continue
        if draft.noun is None or after.noun is None or event is None or event.first < after.noun.last:
            continue
        linked = [token.lower for token in sentence.tokens[draft.noun.last : after.opens]] in (
            ["and"],
            [","],
            [",", "and"],
        )
        own = decided[k]
        if linked and (own is None or own.last <= draft.opens) and not (own and own.last >= draft.opens - 2):
            draft.action, decided[k], draft.loose = after.action, event, after.loose


def _share_change(draft: Draft, after: Draft) -> None:
    """Let "from 28 to 35" tell of both what it tells of either."""
    sure = [d for d in (after, draft) if d.action and not d.loose] or [d for d in (after, draft) if d.action]
    if sure:
        draft.action = after.action = sure[0].action
        draft.loose = after.loose = sure[0].loose


_CHARGES = wordset("counts charges offences offenses")


def _means_people(sentence: Sentence, draft: Draft, event: Event, drafts: list[Draft]) -> bool:
    """Whether "released", "polled" and the like are said of people: by a noun, or right beside the number."""
    if draft.noun is not None:
        return draft.noun.is_person or draft.noun.head in _CHARGES
    whole = next((other for other in drafts if 1 < other.opens - draft.last <= 3), None)
    if whole is not None and sentence.lower(draft.last) == "of" and sentence.lower(whole.last) in words("condition"):
        return True  # "27 of the 41 wounded were discharged"
    if any(other.noun is not None and other.noun.is_person for other in drafts):
        return True
    return 0 <= event.first - draft.last <= 2 or 0 <= draft.opens - event.last <= 1


def _specify(sentence: Sentence, draft: Draft) -> None:
    """Let "confirmed" and "probable" part the cases, and "turnout" mean those who came or the share that voted."""
    if draft.action == "turnout" and (draft.measure is None or draft.measure.name != "%"):
        draft.action = "protested"
    noun = draft.noun
    if noun is not None and noun_action(noun.head, "en") != "infected":
        return
    if noun is None:
        said = {sentence.lower(draft.last)}
        told = subject(sentence, draft.opens) if sentence.words & STATUSES else None
        if told is not None and told.head in {"cases", "infections", "ones"}:
            said |= {sentence.lower(k) for k in range(told.first, told.last)}
    else:
        said = {sentence.lower(k) for k in range(draft.last, noun.last)}
    status = said & STATUSES
    if len(status) == 1:
        draft.action, draft.loose = status.pop(), False


def _is_linked(sentence: Sentence, start: int, end: int) -> bool:
    """Whether nothing but small words stands between two tokens."""
    return start <= end and all(token.lower in _LINKS for token in sentence.tokens[start:end])


def _governing(sentence: Sentence, found: list[Event], draft: Draft, drafts: list[Draft]) -> Event | None:
    """The event that governs a number.

    In this order: a verb right before the number ("killing at least 41") or right after it ("58 dead"); its noun
    ("deaths"); a verb after it in its clause ("were killed"); one before it in its clause; one after it; one before it.
    A measured number ("to 4.25 percent") looks before it first. Words after the next figure belong to that one,
    except in "91 of the 146 aboard survived".
    """
    first, noun = draft.opens, draft.noun
    noun_end = noun.last if noun else draft.last
    money = draft.measure is not None and draft.measure.group == "currency"
    share = draft.measure is not None and draft.measure.group == "ratio"
    barred = personal_actions() if money else frozenset() if share else money_only()
    usable = [
        e
        for e in found
        if e.action not in barred
        and (e.strength != "money" or money)
        and (e.word != "backed" or share)
        and (e.strength != "before" or _is_linked(sentence, e.last, first))
    ]
    if draft.measure is None and (side := side_of(sentence, noun_end)):
        return side
    if not usable:
        return _unlisted(sentence, draft, noun_end)
    following, inner = _following(sentence, noun_end, drafts)
    whole_end = noun_end
    if inner is not None:
        whole_end = inner.noun.last if inner.noun else inner.last
        whole_end += sentence.lower(whole_end) in words("condition")  # "27 of the 41 wounded went home"
    preceding = max((d.opens for d in drafts if d.opens < first), default=-1)
    own = next((e for e in usable if e.noun and noun and first <= e.first < noun_end <= e.last), None)
    if noun is None and draft.measure is None and (told := number_of(sentence, first)):
        own = next((e for e in usable if e.noun and told.first <= e.first and e.last <= told.last), None)
    around = next((e for e in usable if e.first < first and e.last > draft.last), None)
    if around is not None:
        return around  # "forced 1,200 people from their homes"
    if own is not None and own.strength == "noun":
        return own
    resumes = _after_aside(sentence, noun_end)
    if resumes > noun_end:
        following = min((d.opens for d in drafts if d.opens > resumes), default=len(sentence.tokens))
        noun_end = resumes
    right = [e for e in usable if e.first >= noun_end and (inner is None or e.first > inner.last)]
    left = [e for e in usable if e.last <= first]
    beside = noun_end + (noun is None and sentence.lower(noun_end) in {"more", "others"})  # "seven more dead"
    bare = noun is None and not money
    if right and right[0].first == beside and right[0].strength == "verb" and bare:
        return right[0]
    if left and left[-1].first > preceding:
        linked = _is_linked(sentence, left[-1].last, first)
        if linked and (not left[-1].noun or sentence.lower(left[-1].last) == "of"):
            return left[-1]
    themes = [e for e in left if e.strength == "noun" and e.action != "infected"]
    right, left = [e for e in right if not e.noun], [e for e in left if not e.noun]
    near_right = next((e for e in right if e.first < following and _same_clause(sentence, noun_end, e.first)), None)
    if near_right is not None and (near_right.first == noun_end or sentence.lower(near_right.first - 1) == "those"):
        # "another girl displaced by the war has been returned": the participle only says which girl
        main = [e for e in right if near_right.last < e.first < following and _is_main(sentence, noun_end, e)]
        near_right = main[0] if main else near_right
    near_left = next((e for e in reversed(left) if _same_clause(sentence, e.last, first)), None)
    if near_left is None and left and noun is not None and _joined_on(sentence, left[-1], first):
        near_left = left[-1]
    inside = next((e for e in usable if not e.noun and first <= e.first < noun_end), None)
    if inside and near_left and sentence.language != "en" and near_left.last >= first - 1:
        return near_left  # "verurteilte neun Angeklagte"
    if draft.measure is not None and noun is None:
        named = next((e for e in reversed(themes) if _same_clause(sentence, e.last, first)), None)
        if share and (after := next((e for e in usable if e.noun and e.first == draft.last), None)):
            return after  # "by 40 percent turnout"
        sized = _quantity(sentence, first) if sentence.lower(first - 1) == "of" else None  # "a bid of €45m"
        near = near_left or inside or named or sized or near_right or _unlisted(sentence, draft, noun_end)
        draft.loose = near is None
        return near
    if near_left is not None and near_left.first <= preceding:
        near_left = None
    theme = next((e for e in reversed(themes) if _same_clause(sentence, e.last, first)), None)
    near = near_right or own or inside or near_left or _unlisted(sentence, draft, whole_end) or theme
    if near is not None:
        return near
    draft.loose = True
    told_apart = sentence.lower(draft.last) in {"others", "other"}
    return left[-1] if left and told_apart else None  # "killed a cook, his aide and 15 others"


def _joined_on(sentence: Sentence, event: Event, first: int) -> bool:
    """Whether a number counts the second thing of two that a verb has: "killed a woman and her two sons"."""
    between = [token.lower for token in sentence.tokens[event.last : first]]
    if between.count("and") != 1 or len(between) > 10 or between[0] not in _ONE:
        return False
    one, more = between[1 : between.index("and")], between[between.index("and") + 1 :]
    return bool(one) and _CLAUSE_MARKS.isdisjoint(one) and all(word in _LINKS for word in more)


_ONE = wordset("a an the one his her its their another")


def _unlisted(sentence: Sentence, draft: Draft, noun_end: int) -> Event | None:
    """The verb beside a number that no list of actions has."""
    if sentence.language != "en":
        return None
    share = draft.measure is not None and draft.measure.group == "ratio" and draft.noun is not None
    after = unlisted_after(sentence, noun_end) if draft.measure is None or share else None
    if after is None and share:
        after = unlisted_after(sentence, _after_phrase(sentence, noun_end))
    opens = draft.opens
    while opens > 0 and sentence.lower(opens - 1) in _LINKS - {"by", "to", "up", "as"}:
        opens -= 1
    found = after or unlisted_before(sentence, opens)
    if found is None and draft.measure is not None and draft.measure.group != "time":
        return _quantity(sentence, draft.opens)
    if found and found.action == "lost" and draft.noun is not None:
        if draft.noun.head in _SOLDIERS:
            return replace(found, action="killed")
        if draft.noun.is_person:
            return None  # a club loses members, a ministry staff: it says too little
        if draft.noun.head in _BUILT:
            return replace(found, action="destroyed")
    return found


def _after_phrase(sentence: Sentence, k: int) -> int:
    """Where a clause goes on behind a phrase of place: "(35 percent of homes) in the province are insured"."""
    if sentence.lower(k) not in words("preposition"):
        return k
    ends = (
        n for n in range(k + 1, min(len(sentence.tokens), k + 6)) if sentence.lower(n) in {"is", "are", "was", "were"}
    )
    return next(ends, k)


_SOLDIERS = wordset("soldiers troops servicemen fighters marines conscripts")
_BUILT = wordset("homes houses buildings structures properties roofs schools churches shops barns farms dwellings")


_LEADING = wordset(
    "of at to is was were are be been has had have will would rose risen fell fallen stood stands stand reached reaches"
    " rises falls climbed dropped jumped slipped grew grown came comes totalled totaled exceeded exceeds hit down up by"
    " the a an about around some nearly almost only just over more than less under as much roughly some : ( now still"
    " worth set put raised cut lowered increased reduced revised from for percent per"
)


_SAYS_LITTLE = wordset(
    "guess estimate estimates forecast forecasts figure figures count number total sum amount value average record data"
    " minimum maximum rate share result results percent"
)
_SPANS = wordset("half quarter year month week day period end season decade hour january average year-on-year")


def _clause_head(sentence: Sentence, end: int) -> int:
    """The place of the noun with which the clause around ``end`` begins: before its first preposition; -1 if none."""
    k = end
    while k > 0 and sentence.lower(k - 1) not in _CLAUSE_MARKS and sentence.lower(k - 1) not in _CLAUSE_WORDS:
        k -= 1
    head = -1
    while k < end and sentence.is_word(k) and sentence.lower(k) not in words("preposition"):
        head, k = k, k + 1
    return head


def _quantity(sentence: Sentence, opens: int) -> Event | None:
    """The noun whose amount a measured number tells: "a bid of €45m", "Fee: €52m", "the tax rose to 21 percent"."""
    k = opens - 1
    while k >= 0 and opens - k < 8 and sentence.lower(k) in _LEADING:
        k -= 1
    if sentence.lower(k) in _SPANS:
        k = _clause_head(sentence, k)
    of = k - 1 - (sentence.lower(k - 1) in {"the", "a", "an", "its", "their"})
    if of > 0 and sentence.lower(of) in {"in", "of", "at", "on"} and (head := _clause_head(sentence, k)) >= 0:
        k = head  # "shares in the company fell 11 percent"
    low = sentence.lower(k)
    if k == opens - 1 or k < 0 or not sentence.is_word(k) or sentence.is_name(k) or len(low) < 3:
        return None
    if low in words("stop") or low in words("numeral_follow") or low in words("preposition") or low.endswith("ly"):
        return None
    if low in _SAYS_LITTLE:
        return None
    if (
        (participle(low) and low.endswith(("ed", "ing")))
        or low in words_of_all("months")
        or low in words_of_all("weekdays")
    ):
        return None
    return Event(low.removesuffix("s") if is_plural(low) else low, k, k + 1, "unlisted", low)


def theme_before(sentence: Sentence, draft: Draft) -> str | None:
    """What the last noun before a number tells of: "bettered their offer: it is now 4.5 percent"."""
    money = draft.measure is not None
    named = [e for e in events(sentence) if e.strength == "noun" and e.last <= draft.opens]
    named = [e for e in named if e.action not in (personal_actions() if money else money_only())]
    return named[-1].action if named else None


_PAST_ONLY = wordset("came went took gave broke fell rose")
"""Past forms that are no participles."""
_AUXILIARIES = wordset("has have had was were is are been be being")


def _is_main(sentence: Sentence, start: int, event: Event) -> bool:
    """Whether an event is the verb of the clause that goes on from token ``start``: it has an auxiliary."""
    if event.word in _PAST_ONLY:
        return _same_clause(sentence, start, event.first)
    helped = any(sentence.lower(k) in _AUXILIARIES for k in range(max(start, event.first - 4), event.first))
    return helped and _same_clause(sentence, start, event.first)


_ASIDES = wordset(
    "including among most not up down many half all mostly some aged compared rather or more mainly nearly"
)


def _after_aside(sentence: Sentence, noun_end: int) -> int:
    """Where a clause goes on after ", including two schools, "; ``noun_end`` where nothing comes between."""
    opens = sentence.lower(noun_end + 1)
    if sentence.lower(noun_end) != "," or not (
        opens in _ASIDES or sentence.lower(noun_end + 2) == "of" or sentence.is_name(noun_end + 1)
    ):
        return noun_end
    for k in range(noun_end + 2, min(len(sentence.tokens), noun_end + 24)):
        if sentence.lower(k) == ",":
            return k + 1
    return noun_end


def _following(sentence: Sentence, noun_end: int, drafts: list[Draft]) -> tuple[int, Draft | None]:
    """The first token of the next figure that is no part of the number's own phrase, and the figure that is."""
    later = [draft for draft in drafts if draft.opens >= noun_end]
    inner: Draft | None = None
    while later and later[0].opens - noun_end <= 4:
        between = sentence.tokens[noun_end : later[0].opens]
        if not between or between[0].lower != "of":
            break
        if any(t.lower not in _PARTITIVE and not t.lower.endswith("'s") for t in between):
            break
        inner, later = later[0], later[1:]
    return (later[0].opens if later else len(sentence.tokens)), inner


def _same_clause(sentence: Sentence, start: int, end: int) -> bool:
    """Whether no clause begins between two tokens; "who were" and "that had been" stay with their noun."""
    for k in range(start, end):
        low = sentence.lower(k)
        if low == ":" and k == start:
            continue  # "Turnout: 41.2 percent"
        if low in _CLAUSE_MARKS or low in _CLAUSE_WORDS:
            return low in {"who", "that", "which"} and k == start
    return True
