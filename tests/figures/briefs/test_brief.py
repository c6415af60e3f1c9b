"""What several reports of one story say together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.briefs import brief_figures
from pipeline.figures.briefs.brief import MOST
from pipeline.figures.claims import is_claim
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.reading import read_figures
from schemas.brief import BriefFigure, Report
from schemas.figure import Figure, FigureInArticle

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def report(text: str, outlet: str, hours: float = 0, copy_of: str | None = None, worth: float = 0.6) -> Report:
    """A report as the record would give it, all its figures worth the same."""
    published = NOON + timedelta(hours=hours)
    id = f"{outlet}-{hours:g}"
    found = filter(is_claim, read_figures(text, title="", language="en", published=published).figures)
    figures = [
        FigureInArticle(
            id=f"{id}:{one.span[0]}", article=id, revision=1, outlet=outlet, published=published, figure=one
        )
        for one in found
    ]
    marks = marks_of_article(figures, text)
    return Report(
        id=id,
        outlet=outlet,
        published=published,
        copy_of=copy_of,
        figures=tuple(figures),
        marks=tuple(marks),
        worths=(worth,) * len(figures),
    )


def said(figure: Figure) -> str:
    return figure.wording.text if figure.wording else figure.quote


def brief(*reports: Report) -> tuple[BriefFigure, ...]:
    return brief_figures(reports, lambda word: 0.8, said)


MORNING = report("At least 12 people were killed when the ferry sank off Tarn, police said.", "Daily")
NOON_REPORT = report("Police said 12 people were killed in the ferry disaster off Tarn.", "Herald", 3)
EVENING = report("The ferry that sank off Tarn killed 17 people, police said.", "Herald", 30)
LATE = report("Police raised the death toll of the ferry that sank off Tarn to 17 people killed.", "Post", 31)
DAMAGE = report("The owner of the ferry put the damage at $14,959,450.", "Daily", 4)
ABOUT_DAMAGE = report("The owner of the ferry put the damage at about $15 million.", "Post", 5)


def test_outlets_that_state_the_same_are_its_witnesses() -> None:
    (toll,) = brief(MORNING, NOON_REPORT)
    assert (toll.value, toll.outlets, toll.texts, toll.sure) == (12, ("Daily", "Herald"), 2, True)


def test_outlets_that_quote_one_speaker_are_one_witness_who_is_enough_if_it_is_an_authority() -> None:
    (toll,) = brief(MORNING, NOON_REPORT)
    assert (toll.texts, toll.witnesses, toll.sure) == (2, 1, True)
    guard = report("At least 12 people were killed when the ferry sank off Tarn, a passenger said.", "Daily", 1)
    again = report("At least 12 people were killed when the ferry sank off Tarn, a passenger said.", "Post", 2)
    (toll,) = brief(guard, again)
    assert (toll.texts, toll.witnesses, toll.sure) == (2, 1, False)


def test_a_copy_is_no_witness() -> None:
    copy = report("At least 12 people were killed when the ferry sank off Tarn, police said.", "Echo", 1, copy_of="x")
    again = report("At least 12 people were killed when the ferry sank off Tarn, police said.", "Star", 2, copy_of="x")
    (toll,) = brief(copy, again)
    assert (toll.articles, toll.texts, toll.witnesses) == (("Echo-1", "Star-2"), 1, 1)


def test_a_rounding_counts_for_the_exact_number_which_is_shown() -> None:
    (damage,) = brief(DAMAGE, ABOUT_DAMAGE)
    assert (damage.value, damage.texts) == (14_959_450, 2)


def test_a_later_count_replaces_the_earlier_one() -> None:
    (toll,) = brief(MORNING, NOON_REPORT, EVENING, LATE)
    assert (toll.value, [one.value for one in toll.before], toll.rivals) == (17, [12], ())


def test_what_a_sentence_says_a_number_was_is_no_figure_of_its_own() -> None:
    (toll,) = brief(report("The death toll of the ferry rose to 17 people from 12, police said.", "Post"))
    assert toll.value == 17


def test_a_number_that_one_outlet_alone_misread_is_outvoted() -> None:
    wrong = report("The ferry that sank off Tarn killed 71 people, police said.", "Echo", 31)
    toll, *_ = brief(MORNING, EVENING, LATE, wrong)
    assert toll.value == 17
    assert 71 not in [one.value for one in toll.before]


def test_what_is_worth_more_and_stated_more_often_comes_first() -> None:
    boats = report("Rescuers sent 3 boats to the ferry.", "Daily", 2, worth=0.35)
    found = brief(boats, MORNING, NOON_REPORT)
    assert [figure.value for figure in found] == [12, 3]


def test_what_holds_says_since_when_for_which_day_and_how_much_it_matters() -> None:
    by_day = report("By 28 February 2026, 17 people had been killed on the ferry off Tarn, police said.", "Echo", 40)
    toll, damage = brief(MORNING, NOON_REPORT, EVENING, LATE, DAMAGE)
    assert (toll.since, toll.before[0].since) == (EVENING.published, MORNING.published)
    assert (toll.as_of, brief(by_day)[0].as_of) == (None, date(2026, 2, 28))
    assert toll.importance > damage.importance


def test_what_is_worth_little_is_shown_only_where_two_outlets_state_it() -> None:
    text = "Rescuers sent 3 boats to the ferry."
    boats = report(text, "Daily", 2, worth=0.1)
    assert [figure.value for figure in brief(boats, MORNING, NOON_REPORT)] == [12]
    assert [figure.value for figure in brief(boats, report(text, "Post", 3, worth=0.1), MORNING, NOON_REPORT)] == [
        12,
        3,
    ]


def test_what_an_outlet_prints_under_each_of_its_reports_it_says_once() -> None:
    line = "Send your pictures to 61124, or tell 40 reporters of ours what you saw."
    printed = [report(line, "Daily", hour, worth=0.5) for hour in range(2, 8)]
    found = brief(MORNING, *printed)
    assert found[0].value == 12


def test_what_several_reports_begin_with_comes_before_what_one_alone_has_and_a_vague_word_last() -> None:
    dozens = report("Dozens of people were injured when the ferry sank off Tarn.", "Daily", 2, worth=0.9)
    boats = report("Rescuers sent 3 boats to the ferry.", "Daily", 3, worth=0.6)
    found = brief(MORNING, NOON_REPORT, boats, dozens)
    assert [figure.value for figure in found] == [12, 3, None]


def test_a_number_that_stands_far_down_tells_less_than_one_at_the_top() -> None:
    far = report(f"{'The ferry left at dawn. ' * 30}Rescuers sent 3 boats to the ferry.", "Daily", 2, worth=0.6)
    near = report("The owner of the ferry offered 500 passengers help.", "Post", 3, worth=0.6)
    assert [figure.value for figure in brief(far, near)] == [500, 3]


def test_a_story_without_figures_has_an_empty_brief() -> None:
    assert brief() == ()
    assert brief(report("The ferry left Tarn at dawn.", "Daily")) == ()


def test_a_brief_of_very_many_reports_is_short_and_made_in_bounded_time() -> None:
    texts = (f"Divers found {10 * n + 7} crates of kind number {n} in the wreck." for n in range(1, 90))
    many = [report(text, f"Outlet {n}", n) for n, text in enumerate(texts)]
    assert len(brief(*many)) <= MOST


@settings(max_examples=12, deadline=None)
@given(st.permutations([MORNING, NOON_REPORT, EVENING, LATE, DAMAGE, ABOUT_DAMAGE]))
def test_any_order_of_arrival_gives_the_same_brief(order: list[Report]) -> None:
    assert brief(*order) == brief(MORNING, NOON_REPORT, EVENING, LATE, DAMAGE, ABOUT_DAMAGE)
