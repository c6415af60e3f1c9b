"""How texts of the corpora behind labels are put back together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks import corpora
from benchmarks.timeline17 import plain


def test_tokens_are_joined_as_they_were_printed() -> None:
    assert plain("BP 's costs rose to $ 2.35 billion , it said .") == "BP's costs rose to $2.35 billion, it said."
    assert plain("They did n't pay ( in full ) .") == "They didn't pay (in full)."
    assert plain("He said : `` We lost 11 men . ''") == 'He said: "We lost 11 men."'
    assert plain("One line .\n\n  Another .") == "One line.\nAnother."


@given(st.text())
def test_any_text_is_joined_once_and_for_all(text: str) -> None:
    joined = plain(text)
    assert "\n\n" not in joined
    assert joined == joined.strip()


def test_a_file_of_reuters_opens_with_its_title_and_where_it_was() -> None:
    raw = (
        "-- Port strike widens\n-- By Ana Ruiz\n-- Mon Mar 2, 2026 5:14pm EST\n-- https://news.example/port\n\n\n \n"
        "HOLM (Reuters) - Some 40 crews joined\nthe strike ( KORR.N ) .\n\nTalks failed on Sunday."
    )
    assert corpora.reuters(raw) == {
        "url": "https://news.example/port",
        "title": "Port strike widens",
        "text": "HOLM (Reuters) - Some 40 crews joined the strike (KORR.N).\nTalks failed on Sunday.",
    }


def test_a_text_repeats_no_title_and_asks_for_no_comment() -> None:
    raw = "Port strike  widens\n\nSome 40 crews joined.\n\nLeave a Reply\nYour email address will not be published."
    assert corpora.lk_news(raw, "Port Strike Widens") == "Some 40 crews joined."
