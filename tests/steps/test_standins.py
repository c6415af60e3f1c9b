"""Pages that stand in an article's place: they become no revision, open no story, and nobody hears of their numbers."""

from __future__ import annotations

from html import escape

import pytest

from pipeline.steps.services import Services
from pipeline.steps.showing.explain import explain
from schemas.alert import Mail
from schemas.feed import Outcome
from schemas.search import Query
from tests.steps.conftest import House, Item, Site
from tests.steps.test_rounds import FLOOD, article, outcomes, topic_for

TITLE = "Hospital evacuated as Malva floods Tarn"
SUMMARY = " ".join(FLOOD[:2])


def plain(title: str, inner: str, head: str = "") -> bytes:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><header><nav><a href='/'>Home</a></nav></header>"
        f"<main>{inner}</main><footer>© 2026</footer></body></html>"
    ).encode()


TEASERS = (
    ("Flood kills 25 in the north", "The flood that swept across the north on Friday left 25 people dead, they said."),
    ("Dam has three cracks", "Engineers warned before the flood that the dam upstream has 3 cracks and 14 leaks."),
    ("Castle sold for 12 million", "The old castle by the flood wall has been sold for 12 million euros on Monday."),
    ("School closes", "The school closes after the flood for a week, with 140 pupils sent home in the morning."),
    ("New bus line", "From Monday 20 more buses run between the harbour and the hill while the flood lasts."),
)
FRONT = plain(
    "Nordwire",
    "<h1>News</h1>" + "".join(f"<div><h3><a href='/n/{t[:3]}'>{t}</a></h3><p>{s}</p></div>" for t, s in TEASERS),
)
STANDINS: dict[str, tuple[bytes, Outcome]] = {
    "not found": (
        plain("Page not found | Nordwire", "<h1>Page not found</h1><p>We looked on 12 servers after the flood.</p>"),
        Outcome.GONE,
    ),
    "not found, in Finnish": (
        plain("Nordwire", "<h1>Sivua ei löytynyt</h1><p>Etsimääsi sivua ei ole olemassa, tai se on siirretty.</p>"),
        Outcome.GONE,
    ),
    "login": (
        plain(
            "Log in | Nordwire",
            "<h1>Log in</h1><form><input name='m'><input type='password'><button>Log in</button></form>"
            "<p>Join 340 000 readers who follow the flood. Forgotten your password? Create an account.</p>",
        ),
        Outcome.LOGIN,
    ),
    "consent": (
        plain(
            "Nordwire",
            "<div id='cmpbox'><p>Vi och våra 812 partner lagrar kakor och behandlar personuppgifter för att visa"
            " annonser.</p><button>Godkänn alla</button><button>Avvisa</button></div>",
        ),
        Outcome.CONSENT,
    ),
    "front page": (FRONT, Outcome.NOT_ARTICLE),
    "ad blocker": (
        plain("Nordwire", "<h1>Adblocker detected</h1><p>Please disable your ad blocker for this site to go on.</p>"),
        Outcome.BLOCKED,
    ),
    "maintenance": (
        plain("Nordwire", "<h1>We will be back soon</h1><p>The site is closed for maintenance until 14:00.</p>"),
        Outcome.FAILED,
    ),
    "another text": (
        plain(
            "Cup",
            "<article><h1>Cup final</h1>"
            + "<p>Nordby won the cup by 4 to 2, and 900 fans sang.</p>" * 2
            + "</article>",
        ),
        Outcome.NOT_ARTICLE,
    ),
}


def alerts(house: House) -> list[Mail]:
    """The mails that tell of something; digests come whether there is anything or not."""
    return [mail for mail in house.post.mails if not mail.message_id.startswith("<digest")]


def stories(services: Services) -> int:
    with services.record.read() as tx:
        return len(list(tx.stories.find()))


@pytest.mark.parametrize("name", STANDINS)
def test_what_stands_in_an_articles_place_is_no_revision(house: House, site: Site, name: str) -> None:
    body, outcome = STANDINS[name]
    site.publish("flood", TITLE, *FLOOD, summary=SUMMARY)
    house.enrol(topic_for(site))
    house.round()
    mails = len(house.post.mails)
    house.clock.forward(hours=2)
    site.publish("flood", TITLE, *FLOOD, summary=f"{SUMMARY} Updated.", body=body)
    house.round()
    kept = article(house.services, site.url("flood"))
    assert (kept.revision, kept.reading.text, kept.outcome) == (1, "\n".join(FLOOD), Outcome.INDEXED)
    assert (stories(house.services), len(house.post.mails)) == (1, mails)
    assert house.services.index.search(Query(text="hospital flood")).total == 1
    with house.services.record.read() as tx:
        last = max(tx.entries.find(), key=lambda entry: entry.seq)
        assert last.outcome is outcome
        why = "\n".join(explain(tx, last.id) or ())
    assert "revision 1 of" in why
    assert f"outcome {outcome}: " in why


@pytest.mark.parametrize("name", STANDINS)
def test_nor_is_it_an_article_where_it_comes_first(house: House, site: Site, name: str) -> None:
    body, outcome = STANDINS[name]
    site.publish("flood", TITLE, *FLOOD, summary=SUMMARY, body=body)
    house.enrol(topic_for(site))
    house.round()
    for _ in range(5):
        house.clock.forward(hours=7)
        house.round()
    assert (stories(house.services), alerts(house)) == (0, [])
    if name != "another text":
        assert outcomes(house.services)["flood"].outcome is outcome


def test_the_article_comes_when_its_site_is_open_again(house: House, site: Site) -> None:
    site.publish("flood", TITLE, *FLOOD, body=STANDINS["maintenance"][0])
    house.enrol(topic_for(site))
    house.round()
    assert outcomes(house.services)["flood"].outcome is None
    site.publish("flood", TITLE, *FLOOD)
    house.clock.forward(minutes=20)
    house.round()
    assert article(house.services, site.url("flood")).outcome is Outcome.INDEXED


def test_a_redirect_to_the_front_page_is_no_revision(house: House, site: Site) -> None:
    site.publish("flood", TITLE, *FLOOD, summary=SUMMARY)
    house.enrol(topic_for(site))
    house.round()
    mails = len(house.post.mails)
    house.clock.forward(hours=2)
    site.server.expect_request("/").respond_with_data(FRONT, content_type="text/html")
    site.publish("flood", TITLE, *FLOOD, summary=f"{SUMMARY} Updated.", location="/")
    house.round()
    assert article(house.services, site.url("flood")).revision == 1
    assert (stories(house.services), len(house.post.mails)) == (1, mails)


def test_a_canonical_of_a_section_merges_nothing(house: House, site: Site) -> None:
    other = tuple(text.replace("Tarn", "Orla").replace("40", "65").replace("Malva", "Sarn") for text in FLOOD[1:])
    for slug, title, lines in (
        ("flood-in-tarn", TITLE, FLOOD),
        ("flood-in-orla", "Boats carry patients in Orla", other),
    ):
        site.publish(slug, title, *lines, body=with_canonical(Item(slug, title, lines), f"/{site.outlet}/floods"))
        house.enrol(topic_for(site))
        house.round()
        house.clock.forward(hours=1)
    tarn, orla = (outcomes(house.services)[slug] for slug in ("flood-in-tarn", "flood-in-orla"))
    assert tarn.article != orla.article
    assert not any("orrect" in mail.subject for mail in house.post.mails)


def with_canonical(item: Item, canonical: str) -> bytes:
    text = "".join(f"<p>{escape(line)}</p>" for line in item.paragraphs)
    inner = f"<article><h1>{escape(item.title)}</h1>{text}</article>"
    return plain(escape(item.title), inner, f"<link rel='canonical' href='{canonical}'>")


def test_a_text_that_a_site_gives_for_everything_is_no_article(house: House, site: Site) -> None:
    body = plain(
        "Offer",
        "<article><h1>Zorbu</h1>" + "<p>Flood of 900 velik parno, zorbu tamil drin es klamit.</p>" * 2 + "</article>",
    )
    for slug, title in (("one", "Hospital evacuated in Tarn"), ("two", "Cathedral tower struck by lightning")):
        site.publish(slug, title, "x", summary="", body=body)
    house.enrol(topic_for(site))
    house.round()
    assert {entry.outcome for entry in outcomes(house.services).values()} == {Outcome.NOT_ARTICLE}
    assert (stories(house.services), house.post.mails) == (0, [])


def test_a_text_that_a_site_gave_for_something_else_days_ago_is_no_article(house: House, site: Site) -> None:
    text = "".join(f"<p>{escape(line)}</p>" for line in FLOOD * 3)
    body = plain(escape(TITLE), f"<article><h1>{escape(TITLE)}</h1>{text}</article>")
    site.publish("one", TITLE, "x", summary="", body=body)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(days=3)
    site.publish("two", "Cathedral tower struck by lightning", "x", summary="", body=body)
    house.round()
    two = outcomes(house.services)["two"]
    assert two.outcome is Outcome.NOT_ARTICLE
    assert "the same text at 2 addresses" in two.reason


def test_a_report_that_is_announced_again_under_another_address_stays_one(house: House, site: Site) -> None:
    site.publish("one", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(days=3)
    site.publish("two", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.round()
    assert outcomes(house.services)["two"].outcome is Outcome.COPY
