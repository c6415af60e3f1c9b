from __future__ import annotations

import pytest

from pipeline.figures.following import Follower, still_standing
from schemas.figure import FigureInArticle
from tests.figures.following.articles import at, figures_in

OLD = "The fire in Dern killed 9 people, police said."


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        pytest.param(f"The fire in Dern killed 12 people. {OLD}", True, id="below the newer post"),
        pytest.param(f"The fire killed 12 people.\n10:05\n  {OLD}", True, id="in a paragraph of its own"),
        pytest.param("The fire killed 12.\nThe fire in Dern killed 9  PEOPLE, police said.", True, id="set otherwise"),
        pytest.param("It killed 12.\nThe fire in Dern killed 9 people, the police said.", True, id="edited by a word"),
        pytest.param("The fire in Dern killed 12 people, police said.", False, id="replaced"),
        pytest.param("The fire killed 12 people; 9 houses burnt down.", False, id="the number of something else"),
        pytest.param(f"It killed 12. An earlier version of this article said: “{OLD}”", False, id="quoted as an error"),
        pytest.param("It killed 12. An earlier version said the fire killed 9 people.", False, id="told as an error"),
        pytest.param("", False, id="nothing left"),
    ],
)
def test_a_number_stands_where_its_sentence_does(text: str, stands: bool) -> None:
    before = figures_in(OLD, at(2), article="a")
    after = figures_in(text, at(2), article="a", revision=1)
    assert still_standing(before, after, text) == ({before[0].id} if stands else set())


@pytest.mark.parametrize(
    "language", ["警察によると、9人が死亡した。", "وقالت الشرطة إن 9 أشخاص قتلوا؟", "Погибли 9 человек."]
)
def test_sentences_end_in_every_script(language: str) -> None:
    before = [
        one.model_copy(update={"figure": one.figure.model_copy(update={"quote": language})})
        for one in figures_in(OLD, at(2))
    ]
    assert still_standing(before, [], f"12. {language}")
    assert still_standing(before, [], f"{language}{language}")
    assert not still_standing(before, [], f"aaa {language}")


def followed(*texts: str) -> list[list[tuple[str, float | None]]]:
    """The verdicts of one article's revisions, each with its number."""
    follower = Follower("t")
    before: list[FigureInArticle] = []
    told = []
    for revision, text in enumerate(texts):
        figures = figures_in(text, at(2), article="a", revision=revision)
        done = follower.follow(
            figures,
            text=text,
            replaces=[one.id for one in before],
            standing=still_standing(before, figures, text),
        )
        told.append(
            [(verdict.kind.value, one.figure.value) for verdict, one in zip(done.verdicts, figures, strict=True)]
        )
        before = figures
    return told


def test_a_live_blog_goes_on_and_corrects_nothing() -> None:
    newer = "The fire in Dern killed 12 people, police said."
    newest = "The fire in Dern killed 15 people, police said."
    first, second, third = followed(OLD, f"{newer}\n{OLD}", f"{newest}\n{newer}\n{OLD}")
    assert first == [("new", 9)]
    assert second == [("changed", 12), ("repeated", 9)]
    assert third == [("changed", 15), ("repeated", 12), ("repeated", 9)]


def test_a_number_that_has_gone_is_corrected() -> None:
    assert followed(OLD, OLD.replace("9", "12"))[1] == [("correction", 12)]
