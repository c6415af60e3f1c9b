"""What the pages say, of the demonstration and of an empty home."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.serve.pages import SECTIONS
from tests.serve.client import Client
from tests.serve.conftest import Opens, Served


@pytest.fixture
def client(window: Opens, demo: Path) -> Client:
    return window(demo).client()


def linked(client: Client, path: str, pattern: str) -> str:
    found = re.search(rf'href="({pattern})["#?]', client.get(path).text)
    assert found, f"no {pattern} on {path}"
    return found[1]


def test_an_empty_window_says_what_to_do_next(window: Opens) -> None:
    client = window().client()
    assert "tallywire topics new" in client.get("/").words
    for path in ("/figures", "/articles", "/alerts", "/digests", "/feeds", "/entries"):
        assert client.get(path).status == 200


def test_every_link_of_the_window_leads_somewhere(client: Client) -> None:
    seen, to_see = set(), {"/"}
    while to_see:
        path = to_see.pop()
        seen.add(path)
        answer = client.get(path)
        assert answer.status in (200, 303), path
        found = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', answer.text)}
        to_see |= {link for link in found if not link.startswith("/static/")} - seen
    assert len(seen) > 60


def test_topics_show_what_goes_on_in_each(client: Client) -> None:
    words = client.get("/").words
    assert "Judges in The Hague hear families of children taken from Kherson" in words
    assert "Seventeen more Ukrainian children reached Volyn by bus" in words
    assert "7 feeds , all working" in words


def test_what_changed_since_one_last_looked_is_marked(window: Opens, demo: Path) -> None:
    served = window(demo)
    client = served.client()
    served.clock.now -= timedelta(hours=10)
    assert "since you last looked" not in client.get("/").words
    served.clock.now += timedelta(hours=11)
    again = client.get("/").words
    assert "1 development and 2 figures since you last looked" in again
    # Who comes back at once has still not looked at what they saw a moment ago.
    served.clock.now += timedelta(minutes=5)
    assert client.get("/").words == again.replace("You last looked", "You last looked")
    served.clock.now += timedelta(hours=1)
    assert "Nothing new since you last looked" in client.get("/").words


def test_a_page_fetched_ahead_of_a_click_is_no_look(window: Opens, demo: Path) -> None:
    client = window(demo).client()
    client.get("/", sec_purpose="prefetch")
    assert "tallywire_looked" not in client.cookies


def test_a_cookie_of_looks_that_was_tampered_with_says_nothing(window: Opens, demo: Path) -> None:
    client = window(demo).client()
    for value in ("nonsense", "~", "2026-03-04~2026-03-04", "~9999-01-01T00:00:00+00:00", "<script>~"):
        client.cookies["tallywire_looked"] = value
        answer = client.get("/")
        assert answer.status == 200
        assert "since you last looked" not in answer.words


def test_a_development_shows_what_holds_and_what_changed(client: Client) -> None:
    page = next(
        page
        for path in re.findall(r"/developments/thread-[0-9a-f]+", client.get("/").text)
        if "Lantern Trust" in (page := client.get(path)).words
    )
    assert "otherwise" not in page.words, "they stand side by side"
    sides = page.text[page.text.index('<ul class="sides"') :]
    assert [re.sub(r"\s+", " ", one) for one in re.findall(r'class="value">([^<]+)', sides)] == ["1,622", "1,240"]
    assert "before: 1,605 (Children of War database)" in page.words
    assert "Changed With them, 1,622 children have returned" in page.words
    assert "was 1,605" in page.words
    assert "Corrected Seven children" in page.words
    assert "it began the development" in page.words


def test_a_story_is_known_by_its_development(client: Client) -> None:
    story = re.search(r"story-[0-9a-f]{16}", client.get(linked(client, "/", "/developments/thread-[0-9a-f]+")).text)
    assert story
    answer = client.get(f"/stories/{story[0]}")
    assert answer.status == 303
    assert answer.headers["location"].endswith(f"#{story[0]}")


def test_a_figure_says_what_holds_and_why(window: Opens, demo: Path) -> None:
    served = window(demo)
    with served.services.record.read() as tx:
        series = max(tx.figures.series("ukraine-children"), key=lambda one: len({claim.value for claim in one.claims}))
    words = served.client().get(f"/figures/{series.id}").words
    assert "Current value 1,622" in words
    assert "1 contradicting claim" in words
    assert "against only 1,605 (The Meridian Post)" in words
    figure = served.client().get(f"/figures/{series.claims[0].figure}")
    assert figure.headers["location"] == f"/figures/{series.id}#{series.claims[0].figure}"


def test_a_revision_shows_the_numbers_that_changed(client: Client) -> None:
    articles = re.findall(r"/articles/article-[0-9a-f]{16}", client.get("/articles").text)
    revised = next(path for path in articles if "/revisions/2" in client.get(path).text)
    page = client.get(f"{revised}/revisions/2")
    assert "Eight → Seven" in page.words or "<del>" in page.text or "Headline" in page.words
    assert client.get(f"{revised}/revisions/9").status == 404
    assert client.get(f"{revised}/revisions/1").status == 404


def test_a_copy_names_its_original(client: Client) -> None:
    articles = re.findall(r"/articles/article-[0-9a-f]{16}", client.get("/articles").text)
    copy = next(words for path in articles if "Copy of" in (words := client.get(path).words))
    assert "the same text with changes" in copy


def test_alerts_say_to_whom_they_went(client: Client) -> None:
    words = client.get("/alerts").words
    # Times on the page are of one zone, here too: an alert's own and its mail's.
    assert re.search(r"(\w{3} \d+ Mar \d\d:\d\d) · Sent · to desk@newsroom.example", words)
    assert "Correction Seven children" in words


def test_past_digests_are_pages(window: Opens, demo: Path) -> None:
    served = window(demo)
    client = served.client()
    path = linked(client, "/digests", "/digests/digest-[0-9a-f]+")
    page = client.get(path)
    assert "Ukraine's deported children · digest" in page.words
    assert "style=" not in page.text
    assert "data:image/png;base64," in page.text or "<img" not in page.text
    for file in (demo / "digests").iterdir():
        file.unlink()
    gone = client.get(path)
    assert gone.status == 404
    assert "has been deleted" in gone.words


def test_a_digest_file_that_someone_changed_does_nothing(window: Opens, demo: Path) -> None:
    client = window(demo).client()
    for file in (demo / "digests").iterdir():
        file.write_text(
            '<html><body onload="alert(1)"><script>alert(1)</script><a href="javascript:alert(1)">a</a>'
            '<img src="https://evil.example/x.png"><form action="https://evil.example/"><input></form>kept</body></html>'
        )
    page = client.get(linked(client, "/digests", "/digests/digest-[0-9a-f]+")).text
    assert "kept" in page
    for bad in ("<script>alert", "onload", "javascript:", "evil.example", "<form"):
        assert bad not in page


def test_as_many_entries_went_out_as_came_in(client: Client) -> None:
    words = client.get("/entries").words
    found = re.search(r"(\d+) came in: (\d+) ended, (\d+) wait", words)
    assert found
    came, ended, waiting = map(int, found.groups())
    assert came == ended + waiting > 20
    assert "only a teaser" in words


def test_entries_of_one_outcome_are_listed_with_the_reason(client: Client) -> None:
    words = client.get("/entries?outcome=teaser").words
    assert "Inside the letter" in words
    assert "paywall" in words


def test_anything_is_explained(client: Client) -> None:
    article = linked(client, "/articles", "/articles/article-[0-9a-f]+").rpartition("/")[2]
    answer = client.get(f"/explain/{article}")
    assert "published" in answer.words
    assert client.get("/explain/nothing-like-it").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/figures?before=nonsense",
        "/figures?topic=ukraine-children&before=2026-03-04T00%3A00%3A00%2B00%3A00~x",
        "/articles?before=-1",
        "/articles?before=99999999999999999999",
        "/entries?days=9999&outcome=%3Cscript%3E&feed=x",
        "/alerts?before=%00",
        "/feeds?health=%27&after=%F0%9F%92%A9",
        "/?after=%EF%BF%BD",
        "/developments/%20",
        "/explain/%2e%2e%2f",
    ],
)
def test_addresses_that_nobody_wrote_do_no_harm(client: Client, path: str) -> None:
    assert client.get(path).status in (200, 404)


def test_lists_go_on_to_older_pages_without_saying_anything_twice(window: Opens, tmp_path: Path) -> None:
    served = many_articles(window())
    client, seen, path = served.client(), [], "/articles"
    while path:
        page = client.get(path).text
        seen += re.findall(r'class="title" dir="auto"><a href="/articles/([^"]+)"', page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"a{number}" for number in reversed(range(100))]


def many_articles(served: Served) -> Served:
    from tests.record.examples import article, entry

    with served.services.record.begin() as tx:
        tx.entries.add([entry(f"entry-of-a{number}") for number in range(100)])
        for number in range(100):
            tx.articles.put(article(f"a{number}", "kids"))
    return served


def test_a_form_that_acts_is_never_without_its_token() -> None:
    posts = [route for section in SECTIONS for route in section.routes if "POST" in (route.methods or ())]
    assert posts
    for section in SECTIONS:
        for route in section.routes:
            if "POST" in (route.methods or ()) and not route.path.startswith(section.open or ("\0",)):
                assert route.endpoint.__qualname__.startswith("acts."), f"{route.path} takes forms of other sites"


def test_an_error_is_told_in_words_and_kept_for_who_runs_it(window: Opens, demo: Path) -> None:
    served = window(demo)
    with served.services.record.begin() as tx:
        topic = tx.topics.get("ukraine-children")
        assert topic
        tx.topics.put(topic.model_copy(update={"name": "broken"}))
    (demo / "tallywire.db").write_bytes(b"this is no database" * 1000)
    answer = served.client().get("/")
    assert answer.status in (500, 503)
    assert "Traceback" not in answer.text
    assert "sqlite" not in answer.words.lower()
