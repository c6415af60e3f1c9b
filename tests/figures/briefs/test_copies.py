"""A copy is named in a brief, and changes nothing in it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.briefs import READ
from schemas.brief import BriefFigure, BriefValue, Report
from tests.figures.briefs.test_brief import brief, report

TEXTS = {
    "Daily": (0, "At least 12 people were killed when the ferry sank off Tarn, police said. Some 40 were missing."),
    "Herald": (3, "Police said 12 people were killed in the ferry disaster off Tarn. Divers looked for 35 missing."),
    "Post": (31, "Police raised the death toll of the ferry that sank off Tarn to 17 people killed. The owner put the "
                 "damage at $14,959,450."),
    "Echo": (32, "The ferry that sank off Tarn killed 17 people, police said. The owner put the damage at about $15 "
                 "million, a rival company at $9 million."),
    "Star": (33, "The union said the ferry that sank off Tarn killed 21 people. It had carried 160 passengers."),
}  # fmt: skip
REPORTS = {outlet: report(text, outlet, hours) for outlet, (hours, text) in TEXTS.items()}
LEADS = ("", "The following report is from our partners. ", "By our staff. ")


def copy(outlet: str, of: str, hours: float, sentences: int, lead: str) -> Report:
    """The report of ``of`` as another outlet prints it: later, maybe cut short, maybe with a line of its own."""
    first, text = TEXTS[of]
    kept = text.partition(". ")[0] + "." if sentences == 1 else text
    return report(lead + kept, outlet, first + hours, copy_of=REPORTS[of].id)


copies = st.builds(
    copy,
    outlet=st.sampled_from(["Wire A", "Wire B", "Wire C", "Daily", "Post"]),
    of=st.sampled_from(sorted(TEXTS)),
    hours=st.integers(1, 90).map(lambda quarters: quarters / 4 + 0.1),
    sentences=st.sampled_from([1, 2]),
    lead=st.sampled_from(LEADS),
)


def without_reprints(figures: tuple[BriefFigure, ...]) -> list[dict[str, Any]]:
    """What a brief says, but for who reprints it."""

    def said(one: BriefValue) -> dict[str, Any]:
        named = {"articles", "outlets"}
        own = one.model_dump(exclude=named | {"rivals", "before"})
        if isinstance(one, BriefFigure):
            own |= {"rivals": [said(rival) for rival in one.rivals], "before": [said(past) for past in one.before]}
        return own

    return [said(figure) for figure in figures]


PLAIN = brief(*REPORTS.values())


@settings(max_examples=40, deadline=None)
@given(st.lists(copies, min_size=1, max_size=6, unique_by=lambda one: one.id), st.randoms(use_true_random=False))
def test_a_copy_never_changes_a_brief(printed: list[Report], chance: Any) -> None:
    order = [*REPORTS.values(), *printed]
    chance.shuffle(order)
    found = brief(*order)
    assert without_reprints(found) == without_reprints(PLAIN)
    for with_copies, plain in zip(found, PLAIN, strict=True):
        assert set(with_copies.articles) >= set(plain.articles)
        assert set(with_copies.outlets) >= set(plain.outlets)


def test_the_original_and_its_copies_are_one_witness() -> None:
    """What one outlet made up and fifty others copied is not sure."""
    text = "A shark killed 3 bathers at Tarn, a lifeguard said."
    hoax = report(text, "Tattler")
    printed = [report(text, f"Outlet {n}", n + 1, copy_of=hoax.id) for n in range(50)]
    (toll,) = brief(hoax, *printed)
    assert (toll.witnesses, toll.sure) == (1, False)
    assert (len(toll.articles), toll.article) == (51, hoax.id)


def test_copies_do_not_push_out_what_others_report() -> None:
    printed = [
        report(TEXTS["Star"][1], f"Outlet {n}", 40 + n / 10, copy_of=REPORTS["Star"].id) for n in range(READ + 20)
    ]
    assert without_reprints(brief(*REPORTS.values(), *printed)) == without_reprints(PLAIN)


def test_a_number_that_a_copy_alone_has_is_told() -> None:
    changed = report(
        TEXTS["Star"][1].replace("160 passengers", "195 passengers"), "Wire A", 40, copy_of=REPORTS["Star"].id
    )
    again = changed.model_copy(update={"id": "again", "outlet": "Wire B"})
    found = brief(*REPORTS.values(), changed, again)
    stated = {value.value: value for figure in found for value in (figure, *figure.rivals, *figure.before)}
    assert stated[195].articles == (changed.id, "again")
    assert [figure.witnesses for figure in found if figure.value == 195] in ([], [1])
