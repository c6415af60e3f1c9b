"""How texts of the corpus behind the unseen labels are put back together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

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
