"""The events of one development come into one thread, day after day; other affairs have threads of their own."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from types import FrameType

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.group import Threads, portrait_of, together
from pipeline.group.portraits import Gathered
from pipeline.group.relation import COLUMNS, Comparer, Held, Sight, ThreadModel, relation, shipped_model
from pipeline.group.threads import rarity
from schemas.article import Reading
from schemas.story import Portrait, PortrayedStory, ThreadDecision, ThreadJoin
from tests.group.building import START, reading
from tests.group.test_stories import BUDGET, SAMPLE

QUAKE = reading(
    "An earthquake of magnitude 6.4 struck the Marenza valley before dawn on Monday and brought down much of the old "
    "town of Castel Orsino. The civil protection agency counted 41 dead by noon and said that dozens were missing "
    "under the rubble of two apartment blocks. Survivors wrapped in blankets waited on the football ground of Castel "
    "Orsino, while soldiers cleared the road to the valley.",
    "Earthquake levels old town of Castel Orsino",
)
RESCUE = reading(
    "Rescuers pulled a girl of nine alive from the rubble of an apartment block in Castel Orsino on Wednesday, fifty "
    "hours after the earthquake in the Marenza valley. Firefighters had heard her knock on a pipe. The civil "
    "protection agency said that 63 people are known to have died, and that the search for the missing goes on.",
    "Girl found alive in rubble of Castel Orsino",
    outlet="The Beacon",
    hours=50,
)
AID = reading(
    "The government set aside 200 million for the towns of the Marenza valley that the earthquake destroyed. Families "
    "from Castel Orsino will move from tents to wooden houses before the winter, the head of the civil protection "
    "agency promised. The mayor of Castel Orsino called the sum a beginning.",
    "Government pledges 200 million for quake-hit Marenza valley",
    hours=120,
)
TRIAL = reading(
    "The trial of the banker Henrik Lund opened in Norrhaven on Tuesday. Prosecutors accuse him of having hidden "
    "losses of 90 million from the shareholders of Sundbank for three years. Lund, who was arrested at the airport in "
    "May, told the judges that his auditors knew of every loan.",
    "Banker Lund goes on trial over hidden Sundbank losses",
    hours=30,
)
VERDICT = reading(
    "Judges in Norrhaven sentenced the banker Henrik Lund to six years in prison on Friday for hiding losses of "
    "Sundbank from its shareholders. His lawyers said that Lund would appeal. Shareholders who lost their savings in "
    "the collapse of Sundbank applauded in the court room.",
    "Six years for Lund over Sundbank losses",
    hours=102,
)
BY_COSINE = ThreadModel(tuple({"cosine": 20.0, "bias": -5.0}.get(column, 0.0) for column in COLUMNS), 0.5)
"""Finds two portraits of one thread from a cosine of a quarter on: for examples in which portraits are made by hand."""


@cache
def _news() -> tuple[PortrayedStory, ...]:
    """The sixteen invented events of the sample, each its own affair."""
    reports: dict[str, list[tuple[str, Reading]]] = defaultdict(list)
    for row in map(json.loads, SAMPLE.read_text("utf-8").splitlines()):
        if row["gold"]["kind"] == "base":
            one = reading(row["text"], row["title"], outlet=row["source"], hours=10)
            reports[row["gold"]["story"]].append((row["id"], one))
    return tuple(
        PortrayedStory(
            id=story,
            topics=("news",),
            articles=tuple(article for article, _ in found),
            portrait=together(portrait_of(one) for _, one in found),
            join=ThreadJoin(thread=f"thread of {story}", opened=True),
        )
        for story, found in reports.items()
    )


def among_news(*decisions: ThreadDecision) -> Threads:
    """Threads that have seen some other news: where nothing else is open, whatever is somewhat alike is one."""
    return Threads(_news(), decisions=decisions)


def place(threads: Threads, story: str, *reports: Reading, topics: tuple[str, ...] = ("news",)) -> tuple[str, ...]:
    """Place a story of these reports; their ids are ``story-1``, ``story-2``, …"""
    articles = tuple(f"{story}-{number}" for number in range(1, len(reports) + 1))
    return threads.place(story, together(map(portrait_of, reports)), topics=topics, articles=articles)


def thread_of(threads: Threads, story: str) -> str:
    name = threads.remembered(story).join.thread
    assert story in threads.threads()[name]
    return name


def by_hand(*terms: int, hours: float = 0.0, reports: int = 1) -> Portrait:
    """A portrait of reports that are about these terms alone, all of them alike."""
    weight = round(1000 / len(terms) ** 0.5) * reports
    when = START + timedelta(hours=hours)
    written = {term: f"word{term}" for term in terms}
    return Portrait(terms=dict.fromkeys(terms, weight), written=written, reports=reports, first=when, last=when)


def put(threads: Threads, story: str, portrait: Portrait, topics: tuple[str, ...] = ("news",)) -> tuple[str, ...]:
    return threads.place(story, portrait, topics=topics, articles=(f"{story}-1",))


def test_what_goes_on_joins_its_thread_and_another_affair_does_not() -> None:
    threads = among_news()
    assert place(threads, "quake", QUAKE) == ("quake",)
    assert place(threads, "trial", TRIAL) == ("trial",)
    assert place(threads, "rescue", RESCUE) == ("rescue",)
    assert place(threads, "verdict", VERDICT) == ("verdict",)
    assert place(threads, "aid", AID) == ("aid",)
    assert threads.threads()[thread_of(threads, "quake")] == ("quake", "rescue", "aid")
    assert threads.threads()[thread_of(threads, "trial")] == ("trial", "verdict")
    assert len(threads.threads()) == len(_news()) + 2
    assert len(threads) == len(_news()) + 5


def test_each_event_of_the_sample_is_a_thread_of_its_own() -> None:
    threads = Threads()
    for row in _news():
        threads.place(row.id, row.portrait, topics=row.topics, articles=row.articles)
    assert sorted(threads.threads().values()) == sorted((row.id,) for row in _news())


def test_why_a_story_is_in_its_thread_is_said() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "rescue", RESCUE)
    began, joined = threads.remembered("quake").join, threads.remembered("rescue").join
    assert began.opened
    assert began.nearest is None
    assert began.reason == "no open thread is similar"
    assert not joined.opened
    assert joined.nearest == "quake"
    assert 0.55 <= joined.score < 1
    assert {"Castel", "Orsino", "Marenza"} <= set(joined.shared)
    sure = f"{joined.score:.0%} sure that it is part of the same development"
    assert joined.reason == f"{sure}; both say {', '.join(joined.shared)}"


def test_the_nearest_story_of_a_thread_is_the_one_most_like_it() -> None:
    threads = Threads(model=BY_COSINE)
    put(threads, "old", by_hand(1, 2, 3, 4))
    put(threads, "near", by_hand(3, 4, 5, 6))
    put(threads, "new", by_hand(4, 5, 6, 7))
    assert threads.remembered("new").join.nearest == "near"


def test_the_likeliest_of_the_other_threads_comes_first() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "trial", TRIAL)
    found = threads.likeliest("trial")
    assert found == sorted(found, reverse=True)
    assert all(0 < probability < 0.55 for probability, _ in found)
    assert {other for _, other in found} <= threads.threads().keys() - {thread_of(threads, "trial")}
    measured = dict(threads.measured("trial"))
    assert measured.keys() == {other for _, other in found}
    assert all(len(columns) == len(COLUMNS) for columns in measured.values())


def test_a_story_joins_only_a_thread_with_which_it_shares_a_topic() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE, topics=("disasters",))
    place(threads, "rescue", RESCUE, topics=("rescues",))
    place(threads, "the same", QUAKE, topics=("rescuers",))
    place(threads, "aid", AID, topics=("money", "disasters"))
    assert len({thread_of(threads, story) for story in ("quake", "rescue", "the same")}) == 3
    assert threads.threads()[thread_of(threads, "quake")] == ("quake", "aid")
    assert threads.likeliest("the same") == []


def test_a_story_stays_in_its_thread_when_it_grows() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "trial", TRIAL)
    place(threads, "rescue", RESCUE)
    home, join = thread_of(threads, "quake"), threads.remembered("rescue").join
    assert place(threads, "rescue", RESCUE, AID) == ()
    # Even where its later reports tell of something else: only people take a story out.
    assert place(threads, "rescue", BUDGET, BUDGET) == ()
    assert place(threads, "quake", QUAKE, QUAKE) == ()
    assert thread_of(threads, "rescue") == thread_of(threads, "quake") == home
    assert threads.remembered("rescue").join == join
    assert threads.remembered("rescue").articles == ("rescue-1", "rescue-2")
    assert threads.remembered("rescue").portrait.reports == 2
    assert threads.remembered("quake").join.opened
    assert thread_of(threads, "trial") != home


def test_a_story_that_grows_like_another_thread_brings_the_two_together() -> None:
    threads = Threads(model=BY_COSINE)
    put(threads, "one", by_hand(1, 2, 3, 4))
    put(threads, "two", by_hand(5, 6, 7, 8), topics=("news", "money"))
    assert thread_of(threads, "one") != thread_of(threads, "two")
    assert put(threads, "two", by_hand(1, 2, 7, 8), topics=("news", "money")) == ("two",)
    assert thread_of(threads, "one") == thread_of(threads, "two")


def test_one_story_may_bring_two_threads_together() -> None:
    threads = Threads(model=BY_COSINE)
    put(threads, "one", by_hand(1, 2, 3, 4, reports=3))
    put(threads, "two", by_hand(5, 6, 7, 8))
    assert len(threads.threads()) == 2
    moved = put(threads, "both", by_hand(1, 2, 3, 5, 6, 7, 8, hours=5))
    assert set(moved) == {"both", "two"}
    assert set(threads.threads()[thread_of(threads, "one")]) == {"one", "two", "both"}


def test_the_name_of_the_thread_with_more_reports_survives() -> None:
    threads = among_news()
    place(threads, "aid", AID)
    small = thread_of(threads, "aid")
    assert set(place(threads, "quake", QUAKE, RESCUE)) == {"aid", "quake"}
    assert thread_of(threads, "aid") == thread_of(threads, "quake") != small
    assert small not in threads.threads()
    assert threads.remembered("quake").join.opened
    assert not threads.remembered("aid").join.opened
    assert threads.remembered("aid").join.nearest == "quake"


def test_of_two_threads_with_as_many_reports_the_older_gives_the_name() -> None:
    for first, second in (("quake", "rescue"), ("rescue", "quake")):
        threads = among_news()
        texts = {"quake": QUAKE, "rescue": RESCUE}
        place(threads, first, texts[first])
        place(threads, second, texts[second])
        assert threads.remembered("quake").join.opened
        assert not threads.remembered("rescue").join.opened
        assert thread_of(threads, "quake") == thread_of(threads, "rescue")


def test_a_story_that_leaves_is_gone_and_its_thread_goes_on() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "rescue", RESCUE)
    home = thread_of(threads, "quake")
    threads.leave("quake")
    assert "quake" not in threads
    assert threads.threads()[home] == ("rescue",)
    place(threads, "aid", AID)
    assert thread_of(threads, "aid") == home
    for story in ("rescue", "aid", "unheard of"):
        threads.leave(story)
    assert home not in threads.threads()
    assert len(threads) == len(_news())
    with pytest.raises(KeyError):
        threads.remembered("quake")


def test_what_a_story_leaves_behind_is_found_and_told_by_what_is_left() -> None:
    threads = Threads(model=BY_COSINE)
    put(threads, "late", by_hand(1, 2, 3, hours=10))
    put(threads, "early", by_hand(1, 2, 3))
    threads.leave("late")
    put(threads, "again", by_hand(1, 2, 3))
    assert list(threads.threads().values()) == [("early", "again")]
    assert sorted(threads.forget(START + timedelta(hours=5))) == ["again", "early"]


def test_what_a_thread_was_about_a_hundred_stories_ago_is_no_part_of_it_any_more() -> None:
    threads = Threads(model=BY_COSINE)
    for number in range(101):
        put(threads, f"s{number}", by_hand(1, 2, 3) if number == 0 else by_hand(3, 4, 5))
    put(threads, "of then", by_hand(1, 2, 9))
    put(threads, "of now", by_hand(4, 5, 9))
    assert thread_of(threads, "of now") == thread_of(threads, "s0") != thread_of(threads, "of then")


def test_a_story_that_left_comes_back_to_the_thread_that_is_named_or_begins_anew() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "rescue", RESCUE)
    home = thread_of(threads, "quake")
    threads.leave("quake")
    assert place(threads, "quake", QUAKE, topics=("disasters",)) == ("quake",)
    # The name that its thread would have is in use: the rescue bears it.
    assert thread_of(threads, "rescue") == home != thread_of(threads, "quake")
    for story in ("quake", "rescue"):
        threads.leave(story)
    grown = together(map(portrait_of, (RESCUE, BUDGET)))
    assert threads.place("rescue", grown, topics=("news",), articles=("rescue-1",), thread=home) == ("rescue",)
    join = threads.remembered("rescue").join
    assert (join.thread, join.opened, join.reason) == (home, False, "it was part of it before")


def test_a_thread_without_a_report_for_long_is_forgotten() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "trial", TRIAL)
    place(threads, "rescue", RESCUE)
    gone = threads.forget(START + timedelta(hours=49))
    assert sorted(gone) == sorted(["quake", "trial", *(row.id for row in _news())])
    assert list(threads.threads().values()) == [("rescue",)], "what goes on stays open, without its oldest stories"
    assert threads.forget(RESCUE.published) == ()
    assert threads.forget(RESCUE.published + timedelta(seconds=1)) == ("rescue",)
    assert len(threads) == 0
    assert place(threads, "aid", AID) == ("aid",)
    assert threads.remembered("aid").join.opened


def test_where_room_is_made_the_stories_with_the_oldest_reports_go() -> None:
    threads = Threads(model=BY_COSINE)
    put(threads, "a", by_hand(1, 2, hours=1))
    put(threads, "b", by_hand(11, 12, hours=2))
    put(threads, "a2", by_hand(1, 2, hours=9))
    put(threads, "c", by_hand(21, 22, hours=3))
    assert threads.shrink(4) == ()
    assert threads.shrink(3) == ("a",)
    assert threads.shrink(1) == ("b", "c")
    assert list(threads.threads().values()) == [("a2",)]


def _crowd(size: int) -> Threads:
    """One thread of so many stories that have a dozen terms in common."""
    join = ThreadJoin(thread="thread of many", opened=False)
    return Threads(
        (
            PortrayedStory(
                id=f"s{number}",
                topics=("news",),
                articles=(f"s{number}-1",),
                portrait=by_hand(*range(12), *range(20 + 4 * number, 24 + 4 * number), hours=number),
                join=join,
            )
            for number in range(size)
        ),
        model=BY_COSINE,
    )


def _calls(action: Callable[[], object]) -> int:
    """How many functions were called, in Python or below, and generators gone on with."""
    made = Counter[str]()

    def count(frame: FrameType, event: str, arg: object) -> None:
        made[event] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return made["call"] + made["c_call"]


def test_a_thread_of_two_thousand_stories_takes_in_more_with_bounded_work() -> None:
    work = {}
    for size in (500, 2000):
        threads = _crowd(size)
        joining = partial(put, threads, "new", by_hand(*range(12), *range(15, 19), hours=size))
        work[size] = _calls(joining)
        assert threads.threads()["thread of many"][-1] == "new"
        assert _calls(joining) < 50_000
    # What grows with the thread is one look at each story, to say which of them is most like the new one.
    assert work[2000] < 4.5 * work[500]
    assert work[2000] < 100 * 2000


_terms = st.dictionaries(st.integers(0, 400), st.integers(0, 1000), max_size=64)
_moments = st.integers(-100_000, 100_000).map(lambda minutes: START + timedelta(minutes=minutes))


@st.composite
def portraits(draw: st.DrawFn) -> Portrait:
    """Any portrait of one report or several, in which a term is written with a capital or without."""
    terms, times = draw(_terms), sorted((draw(_moments), draw(_moments)))
    return Portrait(
        terms=terms,
        names=tuple(sorted(term for term in terms if term % 3 == 0)),
        opening=draw(_terms),
        written={term: f"{draw(st.sampled_from(('word', 'Word')))}{term}" for term in list(terms)[:12]},
        reports=draw(st.integers(1, 50)),
        first=times[0],
        last=times[1],
    )


@settings(max_examples=50, deadline=None)
@given(parts=st.lists(portraits(), min_size=1, max_size=9), data=st.data())
def test_portraits_add_up_to_the_same_in_any_order(parts: list[Portrait], data: st.DataObject) -> None:
    whole = together(parts)
    assert together(data.draw(st.permutations(parts))) == whole
    assert whole.reports == sum(one.reports for one in parts)
    assert (whole.first, whole.last) == (min(one.first for one in parts), max(one.last for one in parts))
    assert len(whole.terms) <= 192
    assert all(weight == _weight(term, parts) for term, weight in whole.terms.items())
    if len(parts) > 1:
        ranked = sorted({term for one in parts for term in one.terms}, key=lambda term: (-_weight(term, parts), term))
        assert list(whole.terms) == ranked[:192]
        written = [term for term in ranked[:192] if any(term in one.written for one in parts)][:12]
        assert whole.written == {
            term: min(one.written[term] for one in parts if term in one.written) for term in written
        }


def _weight(term: int, parts: list[Portrait]) -> int:
    return sum(one.terms.get(term, 0) for one in parts)


@settings(max_examples=50, deadline=None)
@given(parts=st.lists(portraits(), min_size=1, max_size=9), data=st.data())
def test_portraits_are_added_up_as_they_come_and_go(parts: list[Portrait], data: st.DataObject) -> None:
    gathered = Gathered()
    for _ in range(4):
        some = {str(at): parts[at] for at in data.draw(st.sets(st.integers(0, len(parts) - 1), min_size=1))}
        assert gathered.portrait(some) == together(some.values())


def test_nothing_makes_no_portrait() -> None:
    with pytest.raises(ValueError, match="empty"):
        together([])


@settings(max_examples=100, deadline=None)
@given(one=portraits(), other=portraits(), rare=st.lists(st.floats(0, 9), min_size=401, max_size=401))
def test_what_two_portraits_have_in_common_does_not_depend_on_which_comes_first(
    one: Portrait, other: Portrait, rare: list[float]
) -> None:
    assume((one.reports, one.last) != (other.reports, other.last))
    found = relation(Sight(one), Sight(other), rare.__getitem__)
    assert found == pytest.approx(relation(Sight(other), Sight(one), rare.__getitem__))
    assert len(found) == len(COLUMNS)
    assert all(map(math.isfinite, found))
    assert 0 < shipped_model().probability(found) < 1


@settings(max_examples=50, deadline=None)
@given(
    one=portraits(),
    others=st.lists(portraits(), max_size=6),
    rare=st.lists(st.floats(0, 9), min_size=401, max_size=401),
)
def test_of_several_portraits_each_is_compared_as_if_it_were_alone(
    one: Portrait, others: list[Portrait], rare: list[float]
) -> None:
    comparer, sight, sights = Comparer(), Sight(one), list(map(Sight, others))
    held = Held(lambda terms: np.array([rare[term] ** 2 for term in terms.tolist()], np.float64))
    found = comparer.relations(sight, sights, held)
    assert found == [relation(sight, other, rare.__getitem__) for other in sights]
    assert [columns[0] for columns in found] == comparer.cosines(sight, sights)
    for other, columns in zip(others, found, strict=True):
        dot = sum(weight * other.terms.get(term, 0) for term, weight in one.terms.items())
        lengths = [math.hypot(*part.terms.values()) or 1.0 for part in (one, other)]
        assert columns[0] == pytest.approx(dot / math.prod(lengths))
        shared = sum(weight * other.terms.get(term, 0) * rare[term] ** 2 for term, weight in one.terms.items())
        rarely = [math.hypot(*(weight * rare[term] for term, weight in part.terms.items())) for part in (one, other)]
        assert columns[COLUMNS.index("rare")] == pytest.approx(shared / math.prod(rarely) if all(rarely) else 0.0)


def test_how_rare_a_term_is_follows_from_the_threads_that_hold_it_now() -> None:
    threads = among_news()
    for story, report in {"quake": QUAKE, "trial": TRIAL, "rescue": RESCUE, "aid": AID, "verdict": VERDICT}.items():
        place(threads, story, report)
    threads.leave("trial")
    place(threads, "rescue", RESCUE, AID)
    sights = {
        name: Sight(together(threads.remembered(story).portrait for story in stories))
        for name, stories in threads.threads().items()
    }
    holding = Counter(term for sight in sights.values() for term in sight.terms)
    own = sights[thread_of(threads, "quake")]
    measured = dict(threads.measured("quake"))
    assert measured
    for other, columns in measured.items():
        assert columns == relation(own, sights[other], lambda term: rarity(holding[term], len(sights)))


def test_what_two_portraits_have_in_common_is_measured() -> None:
    one, other = by_hand(1, 2, 3, 4), by_hand(3, 4, 5, 6, hours=36, reports=2)
    found = dict(zip(COLUMNS, relation(Sight(one), Sight(other), lambda term: 1.0), strict=True))
    assert found["cosine"] == found["mean"] == found["rare"] == found["core"] == found["core_back"] == 0.5
    assert found["days"] == pytest.approx(math.log1p(1.5))
    assert (found["fewer"], found["more"], found["bias"]) == (0.0, math.log(2), 1.0)
    rare = relation(Sight(one), Sight(other), lambda term: 2.0 if term in (3, 4) else 1.0)
    assert rare[COLUMNS.index("rare")] == pytest.approx(0.8)


def test_the_probability_stays_within_its_bounds() -> None:
    model = ThreadModel((1.0,), 0.5)
    assert 0 < model.probability([-5000.0]) < 1e-9 < 0.5 == model.probability([0.0]) < model.probability([5000.0]) < 1


def test_a_portrait_is_of_the_words_that_are_rare_in_general_and_of_unit_length() -> None:
    portrait = portrait_of(QUAKE)
    assert {"Castel", "Orsino", "Marenza"} <= set(list(portrait.written.values())[:6])
    assert not {"the", "of", "and", "said"} & set(portrait.written.values())
    assert sum(weight**2 for weight in portrait.terms.values()) ** 0.5 == pytest.approx(1000, abs=5)
    assert portrait.reports == 1
    assert portrait.first == portrait.last == QUAKE.published
    assert set(portrait.names) <= portrait.terms.keys()


def test_a_text_in_capitals_has_the_portrait_of_the_same_in_small_letters() -> None:
    shouted = QUAKE.model_copy(update={"title": QUAKE.title.upper(), "text": QUAKE.text.upper()})
    plain, loud = portrait_of(QUAKE), portrait_of(shouted)
    assert loud.terms == plain.terms
    assert loud.opening == plain.opening
    assert list(loud.written.values()) == [word.upper() for word in plain.written.values()]


@pytest.mark.parametrize("text", ["", " \n ", "…", "\x00"])
def test_a_text_without_a_word_is_like_no_other(text: str) -> None:
    threads = among_news()
    for story in ("one", "two"):
        assert place(threads, story, reading(text)) == (story,)
        assert threads.remembered(story).portrait.terms == {}
        assert threads.remembered(story).join.opened
    assert place(threads, "quake", QUAKE) == ("quake",)
    assert threads.remembered("quake").join.opened


def test_of_a_text_of_twenty_thousand_words_the_weightiest_are_kept() -> None:
    long = portrait_of(reading(" ".join(f"term{'abcdefghij'[at % 10]}{at}" for at in range(20_000)), QUAKE.title))
    assert len(long.terms) == 64
    assert len(long.opening) <= 48
    assert len(long.written) == 12
    parts = [portrait_of(reading(" ".join(f"w{at}x{n}" for at in range(300)))) for n in range(9)]
    many = together(parts)
    assert many == together(reversed(parts))
    assert len(many.terms) == len(many.opening) == 192
    assert len(many.written) <= 12


def test_reports_in_a_script_without_spaces_are_most_like_their_own_thread() -> None:
    texts = {
        "quake": "周一凌晨，马伦扎河谷发生六点四级地震，奥尔西诺古城大片房屋倒塌。民防部门称已有四十一人遇难，"
        "数十人被埋在两栋公寓楼的废墟下。",
        "council": "邓莫尔市议会以十一票对八票通过提高停车费的决定。财政主席称上调令人痛苦，"
        "但为了让三座图书馆度过冬天是必要的。",
        "rescue": "周三，救援人员在奥尔西诺的公寓楼废墟中救出一名九岁女孩，距马伦扎河谷地震已过五十小时。"
        "民防部门称已有六十三人遇难，搜救仍在继续。",
    }
    threads = among_news()
    for story, text in texts.items():
        place(threads, story, reading(text, language="zh"))
        assert all(word in text for word in threads.remembered(story).portrait.written.values())
    assert threads.likeliest("rescue")[0][1] == thread_of(threads, "quake")
