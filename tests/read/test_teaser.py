"""Walls in front of articles, and articles that only look as if they stood behind one."""

from __future__ import annotations

import pytest

from schemas.article import Hint, MetadataSource
from tests.read.pages import PARAGRAPHS, URL, article, news, read

LONG = PARAGRAPHS + tuple(f"{number}. {text}" for number, text in enumerate(PARAGRAPHS * 4, 2))


OFFERS = (
    "Subscribe to continue reading this article and all others.",
    "This article is for subscribers. Already a subscriber? Log in.",
    "Weiterlesen mit dem Abo. Sie sind bereits Abonnent? Zum Login.",
    "Il vous reste 57,09 % de cet article à lire. La suite est réservée aux abonnés.",
    "Contenido exclusivo para suscriptores. ¿Ya eres suscriptor?",
    "Per continuare a leggere devi essere abbonato.",
    "Conteúdo exclusivo para assinantes.",
    "Dalsza część artykułu jest dostępna tylko dla prenumeratorów.",
    "Статья доступна только подписчикам. Чтобы читать дальше, оформите подписку.",
    "Щоб читати далі, оформіть передплату.",
)


def test_a_flag_alone_loses_no_article() -> None:
    reading = read(article(paragraphs=LONG, ld=news(isAccessibleForFree=False)))
    assert reading.teaser is None
    assert len(reading.text) > 2000


def test_a_short_report_that_is_whole_is_an_article() -> None:
    assert read(article(paragraphs=PARAGRAPHS[:2])).teaser is None
    assert read(article(paragraphs=PARAGRAPHS, ld=news(isAccessibleForFree="False"))).teaser is None


@pytest.mark.parametrize("flag", [False, "False", "false", "http://schema.org/False"])
def test_a_flag_and_a_text_that_breaks_off(flag: object) -> None:
    paragraphs = (
        PARAGRAPHS[0],
        "Engineers had warned of cracks in the northern wall, but the district had decided to…",
    )
    reading = read(article(paragraphs=paragraphs, ld=news(isAccessibleForFree=flag)))
    assert reading.teaser == "a paywall's teaser: its page says that it is not free, it breaks off"


@pytest.mark.parametrize("offer", OFFERS)
def test_an_offer_in_place_of_the_rest(offer: str) -> None:
    reading = read(article(paragraphs=(*PARAGRAPHS[:2], offer)))
    assert reading.teaser
    assert "ends with an offer" in reading.teaser


def test_less_than_the_page_itself_gives_elsewhere() -> None:
    html = article(paragraphs=PARAGRAPHS[:2], ld=news(articleBody=" ".join(LONG), isAccessibleForFree=False))
    reading = read(html)
    assert reading.teaser
    assert "of the length its page gives" in reading.teaser
    assert reading.text == "\n".join(PARAGRAPHS[:2])


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (
            "Just a moment...",
            "Checking your browser before accessing the site. Enable JavaScript and cookies to continue.",
        ),
        ("Valley Post", "Please verify you are a human. Press and hold the button. Reference ID 123."),
        ("Access denied", "You do not have permission to view this page on this server."),
    ],
)
def test_a_check_for_robots(title: str, words: str) -> None:
    reading = read(f"<html><head><title>{title}</title></head><body><div><p>{words}</p></div></body></html>")
    assert reading.teaser
    assert reading.teaser.startswith("a check for robots")


@pytest.mark.parametrize(
    "words",
    [
        "We value your privacy. We and our 842 partners store cookies on your device. Accept all. Manage preferences.",
        "Mit Werbung weiterlesen oder das PUR-Abo wählen. Unsere Partner und der Datenschutz. Alle akzeptieren.",
        "Nos partenaires et nous utilisons des cookies. Tout accepter. Continuer sans accepter.",
    ],
)
def test_a_consent_page(words: str) -> None:
    reading = read(f"<html><body><main><p>{words}</p></main></body></html>", url="https://valleypost.example/a")
    assert reading.teaser
    assert reading.teaser.startswith("a consent page")


def test_an_article_about_cookies_is_an_article() -> None:
    about = ("The court ruled that a shop may not ask to accept all cookies at once.", *LONG)
    assert read(article(paragraphs=about)).teaser is None


def test_the_feeds_full_text_stands_in_for_a_walled_page() -> None:
    hint = Hint(title="River dam gives way", summary="\n".join(LONG))
    reading = read(article(paragraphs=(PARAGRAPHS[0], "Subscribe to continue reading.")), hint)
    assert (reading.teaser, reading.text) == (None, "\n".join(LONG))
    assert reading.sources["text"] is MetadataSource.FEED
    assert "the text is from the feed: the page has less" in reading.notes


def test_the_feeds_summary_stands_in_but_is_called_a_teaser() -> None:
    html = "<html><head><title>Just a moment...</title></head><body><p>Enable JavaScript to go on.</p></body></html>"
    reading = read(html, Hint(summary=PARAGRAPHS[0]), url=URL)
    assert reading.text == PARAGRAPHS[0]
    assert reading.teaser


def test_a_live_page_is_noted() -> None:
    reading = read(article(ld=news(**{"@type": "LiveBlogPosting"})))
    assert reading.teaser is None
    assert "a live page: its text keeps changing" in reading.notes
