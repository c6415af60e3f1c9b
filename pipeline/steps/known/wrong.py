"""What a person finds wrong with a figure, and how it takes effect on what was followed and told of it.

A figure is known by its sentence, not by its id: it is found wrong in every revision of its article and in every copy,
those that are there and those to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from pipeline.errors import DecisionError
from pipeline.figures.following import Followed, Follower
from pipeline.steps.known.series import follower_of, put_series
from pipeline.tell.decided import FoundWrong, place_of
from pipeline.tell.rules import figure_alert_ids
from schemas.base import stable_id
from schemas.decision import Decision, Said, SubjectKind
from schemas.figure import FigureInArticle, Verdict, Wrong

if TYPE_CHECKING:
    from pipeline.record import Transaction

WITHDRAWN = (Wrong.NUMBER, Wrong.THING)
"""What makes a figure hold against nothing, and be told nowhere."""


def following_note(topic: str) -> str:
    """The note of the last decision about figures of a topic: whoever remembers its series reads them again."""
    return f"topic:{topic}:decided"


def found_wrong_ids(tx: Transaction) -> set[str]:
    """The ids of figures with which nothing that is told is compared any more."""
    decisions = tx.decisions.find([SubjectKind.FIGURE])
    return {figure for one in decisions if one.choice.wrong is not Wrong.WORTH for figure in one.figures}


def wrong_in(topic: str, found: Mapping[str, Decision]) -> dict[str, Wrong]:
    """What is wrong with figures in a topic, by their ids: that one is not of its series is said of one topic."""
    return {
        id: decision.choice.wrong
        for id, decision in found.items()
        if decision.choice.wrong is not None and (decision.choice.wrong is not Wrong.SERIES or topic in decision.apart)
    }


def decision_on(tx: Transaction, figure: FigureInArticle) -> Decision | None:
    """The decision by which a figure is wrong; None where nobody found it so."""
    article = tx.articles.get(figure.article)
    original = article.copy_of if article else None
    decisions = tx.decisions.of_articles([figure.article, *([original] if original else [])])
    if not decisions:
        return None
    figures = tx.figures.of_article(figure.article, revision=figure.revision)
    return FoundWrong(decisions).of(figures, original).get(figure.id)


def with_figure(tx: Transaction, decision: Decision) -> Decision:
    """A decision about a figure, with its sentence and all figures of that sentence. The figure is there."""
    figure = tx.figures.get(decision.subject.id)
    article = tx.articles.get(figure.article) if figure else None
    assert figure is not None
    if article is None:
        raise DecisionError("the article of the figure is not in the record", where=figure.article)
    read, original = figure.figure, article.copy_of or article.id
    said = Said(
        article=article.id,
        original=original,
        outlet=figure.outlet,
        url=article.reading.url,
        published=figure.published,
        nth=place_of(figure, tx.figures.of_article(article.id, revision=figure.revision)),
        **read.model_dump(
            include={"quote", "surface", "span", "value", "low", "high", "modifier", "unit", "counted", "action"}
        ),
    )
    decision = decision.model_copy(update={"said": said})
    alike = FoundWrong([decision])
    family = {article.id, original, *(copy.id for copy in tx.articles.copies_of(original))}
    ids = [id for one in sorted(family) for id in _of_sentence(tx, alike, one, original)]
    own = [one for one in tx.figures.verdicts_of(figure.id) if decision.subject.topic in (None, one.topic)]
    series = {one.topic: one.series for one in own}
    apart = {topic: stable_id("series", topic, "split", figure.id) for topic in series}
    return decision.model_copy(
        update={
            "figures": tuple(ids),
            "series": series,
            "apart": apart if decision.choice.wrong is Wrong.SERIES else {},
        }
    )


def _of_sentence(tx: Transaction, alike: FoundWrong, article: str, original: str) -> Iterable[str]:
    """The figures of that sentence in all revisions of an article."""
    figures = tx.figures.of_article(article)
    for revision in sorted({one.revision for one in figures}):
        yield from alike.of([one for one in figures if one.revision == revision], original)


def take_effect(tx: Transaction, decision: Decision) -> None:
    """Mark the figures of a decision, and follow on without them."""
    _change(tx, decision, decision.choice.wrong, lambda follower, topic: _without(follower, topic, decision))


def take_back(tx: Transaction, decision: Decision) -> None:
    """Take the marks away again, and follow on with the figures where they were."""
    _change(tx, decision, None, lambda follower, topic: _with_again(follower, topic, decision))


def _without(follower: Follower, topic: str, decision: Decision) -> Iterable[Followed]:
    if decision.choice.wrong in WITHDRAWN:
        yield follower.withdraw(decision.figures)
    elif decision.choice.wrong is Wrong.SERIES and topic in decision.series:
        yield follower.part(decision.series[topic], decision.figures, decision.apart[topic])


def _with_again(follower: Follower, topic: str, decision: Decision) -> Iterable[Followed]:
    if decision.choice.wrong in WITHDRAWN:
        yield follower.restore(decision.figures)
    elif decision.choice.wrong is Wrong.SERIES and topic in decision.series:
        yield follower.rejoin(decision.apart[topic], decision.series[topic])


def _change(
    tx: Transaction,
    decision: Decision,
    wrong: Wrong | None,
    change: Callable[[Follower, str], Iterable[Followed]],
) -> None:
    """Mark the verdicts of a decision's figures, and write down how their topics are followed now."""
    verdicts = tx.figures.verdicts_of_many(decision.figures)
    topics = {one.topic for some in verdicts.values() for one in some}
    if decision.choice.wrong is Wrong.SERIES:
        topics &= decision.apart.keys()
    for some in verdicts.values():
        tx.figures.put_verdict(*(one.model_copy(update={"wrong": wrong}) for one in some if one.topic in topics))
    for topic in sorted(topics):
        _mark_alerts(tx, topic, decision.figures, wrong)
        follower = follower_of(tx, topic)
        for followed in change(follower, topic):
            put_series(tx, follower, followed.series)
            _put_verdicts(tx, followed.verdicts)
        tx.notes.set(following_note(topic), decision.id + ("" if wrong else ":undone"))
    _touch(tx, decision.figures)


def _mark_alerts(tx: Transaction, topic: str, figures: Iterable[str], wrong: Wrong | None) -> None:
    """Let alerts of figures, told or not, say that a person found them wrong."""
    for figure in figures:
        for alert in filter(None, map(tx.alerts.get, figure_alert_ids(topic, figure))):
            if alert.figure is not None:
                news = alert.figure.model_copy(update={"wrong": wrong})
                tx.alerts.put(alert.model_copy(update={"figure": news}))


def _put_verdicts(tx: Transaction, judged: Iterable[Verdict]) -> None:
    """Keep verdicts that were judged anew; what the desk was told, and what a person found wrong, stays."""
    new = {one.figure: one for one in judged}
    before = tx.figures.verdicts_of_many(new)
    for one in new.values():
        was = next((other for other in before.get(one.figure, ()) if other.topic == one.topic), None)
        kept = {"telling": was.telling, "wrong": was.wrong} if was else {}
        tx.figures.put_verdict(one.model_copy(update=kept))


def _touch(tx: Transaction, figures: Iterable[str]) -> None:
    """Let the index hear that the briefs of developments say something else."""
    articles = {one.article for one in tx.figures.get_many(figures).values()}
    for story in {article.story for article in tx.articles.get_many(articles).values()}:
        tx.stories.touch(story)
