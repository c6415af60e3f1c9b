"""The values told before that a figure may have moved from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from pipeline.figures.reading import read_figures
from pipeline.figures.telling.memory import Known, Track
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.origins import MOST, Compared, Origin, origins_of
from schemas.figure import FigureInArticle, Marks, Tell, Telling, VerdictKind

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_numbers = count()


def mention(sentence: str, *, day: int = 0) -> Mention:
    at = NOON + timedelta(days=day)
    figure = read_figures(sentence, title="", language="en", published=at).figures[0]
    id = f"figure-{next(_numbers)}"
    return Mention(FigureInArticle(id=id, article=id, revision=1, outlet="Daily", published=at, figure=figure), Marks())


def known(sentence: str, same: float, *, day: int = 0) -> Compared:
    said = mention(sentence, day=day)
    telling = Telling(worth=0.7, tell=Tell.NOW, kind=VerdictKind.NEW)
    return Known(said, telling, Track(said.id), Tell.NOW, next(_numbers)), {}, same


def told(origins: list[Origin]) -> list[float | None]:
    return [origin.known.mention.figure.value for origin in origins]


SAID = mention("Rights groups say 1,600 people have been killed since March.", day=9)


def test_reports_of_one_value_are_one_origin_whatever_they_say_of_it() -> None:
    first, second = known("About 1,400 people have been killed.", 2.0), known("1,400 have died, it said.", 1.0, day=4)
    (origin,) = origins_of(SAID, [first, second], worth=0.8)
    assert origin.known is first[0]
    assert origin.cues["mentions"] == 2
    assert origin.cues["mean same"] == 1.5


def test_a_value_that_says_the_same_is_no_place_to_come_from() -> None:
    equal, rounded = known("1,600 people have been killed.", 3.0), known("1,598 people have been killed.", 3.0)
    origins = origins_of(SAID, [equal, rounded, known("900 people have been killed.", 1.0)], worth=0.8)
    assert told(origins) == [900]
    assert origins[0].cues["its value known"] == 3.0


def test_only_the_likeliest_are_weighed() -> None:
    compared = [known(f"{number},000 people have been killed.", number / 10) for number in range(2, 9)]
    assert told(origins_of(SAID, compared, worth=0.8)) == [8000, 7000, 6000, 5000][:MOST]


def test_what_later_counts_have_passed_is_told_from_the_last_of_a_row() -> None:
    row = [known(f"{n:,} people have been killed.", 2.0, day=d) for d, n in enumerate((1000, 1200, 1400))]
    by_value = {origin.known.mention.figure.value: origin.cues for origin in origins_of(SAID, row, worth=0.8)}
    assert by_value[1400]["between"] == 0 < by_value[1200]["between"] < by_value[1000]["between"]
    assert by_value[1400]["later ones"] == 0 < by_value[1000]["later ones"]
    assert by_value[1400]["leading up"] > by_value[1000]["leading up"] == 0
    assert [by_value[value]["the latest likely"] for value in (1000, 1200, 1400)] == [0, 0, 1]


def test_a_count_that_goes_on_is_told_from_one_of_a_day() -> None:
    day = mention("Police shot 12 people on Friday.", day=9)
    earlier = [known("Police shot 9 people on Thursday.", 1.0)]
    (lasting,), (of_day,) = (origins_of(said, earlier, worth=0.8) for said in (SAID, day))
    assert lasting.cues["tense: perfect"] == 1.0
    assert of_day.cues["tense: past"] == 1.0
    assert lasting.cues["lasts"] > 0 > of_day.cues["lasts"]
