"""Who is credited behind a wording."""

from __future__ import annotations

import pytest

from pipeline.figures.annotate import parser_for
from pipeline.figures.reading import read_figures
from pipeline.figures.wording.credit import credit, speaker_shown
from pipeline.figures.wording.render import length
from pipeline.figures.wording.speaker import may_say, speaker_of

parser = parser_for("en")
needs_parser = pytest.mark.skipif(parser is None, reason="no parser of English is installed")


@pytest.mark.parametrize(
    ("wording", "speaker", "said"),
    [
        ("12 people were killed", "the police", "the police"),
        ("12 people were killed", None, ""),
        ("Police say 12 people were killed", "the police", ""),
        ("12 people were killed", "Another", ""),
        ("12 people were killed", "the country", ""),
        ("12 people were killed", "number of", ""),
        ("12 people were killed", "a doctor of the U", ""),
        (" ".join(["12 people were killed"] * 4), "the fire service", "the fire service"),
        (" ".join(["12 people were killed"] * 6), "the fire service", ""),
    ],
)
def test_a_speaker_is_credited_whom_the_wording_does_not_name(wording: str, speaker: str | None, said: str) -> None:
    sentence = f"{wording}, {speaker} said."
    assert credit(speaker_shown(speaker, sentence), wording) == said


def test_nobody_is_credited_whom_another_sentence_names() -> None:
    assert not speaker_shown("Ms Bell", "Twelve people died, he said.")


@needs_parser
@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("The mayor said 12 people had died.", "mayor"),
        ("At least 12 people died, the fire service said on Monday.", "fire service"),
        ("12 people died, according to the Ministry of Health.", "Ministry of Health"),
        ("Ana Ruiz, head of the clinic, told reporters that 12 people had died.", "Ana Ruiz"),
        ("The agency quoted a port official as saying 12 people had died.", "port official"),
        ("A report by the audit office found that 12 bridges were unsafe.", "audit office"),
        ("A charity based in Lyon, Red Lantern, said 12 boats were missing.", "Red Lantern"),
        ("The UK-based Flood Watch said 12 boats were missing.", "Flood Watch"),
        ("Bank officials predict the plan will create 12 jobs.", "Bank officials"),
        ("He said 12 people had died.", None),
        ("The club will build 12 homes, its president said.", None),
        ("The club will build 12 homes, its president Ana Ruiz said.", "president Ana Ruiz"),
        ("Reports say 12 people had died.", None),
        ("12 people died in the fire.", None),
        ("The mayor told a meeting on Friday as the state offered 12 homes to families.", None),
    ],
)
def test_the_parse_names_who_stands_over_the_claim(sentence: str, speaker: str | None) -> None:
    assert parser is not None
    [parse] = parser.parse([sentence])
    assert parse is not None
    at = sentence.index("12")
    assert speaker_of(parse, (at, at + 2)) == speaker


@needs_parser
def test_a_long_claim_is_shortened_until_its_speaker_has_room() -> None:
    text = (
        "At least 25 suspected fighters were killed on Sunday morning in clashes between soldiers and the group near "
        "the market of the town, a military source in the north said on Monday."
    )
    [figure, *_] = read_figures(text, language="en").figures
    assert figure.wording is not None
    assert figure.wording.speaker == "military source"
    assert length(f"{figure.wording.text} {figure.wording.speaker}") <= 18


@needs_parser
@pytest.mark.parametrize(
    ("sentence", "speaker", "said"),
    [
        ("The army is sending 12 boats, but residents say aid is slow.", "residents", False),
        ("12 homes were lost, and the council says it will build new ones.", "council", False),
        ("12 people died and the road was closed, residents said.", "residents", True),
        ("The mayor told reporters that, as far as he knew, 12 people had died.", "mayor", True),
        ("12 were hurt on Friday, which the union said was the most in a day.", "union", False),
    ],
)
def test_a_verb_of_saying_gives_its_subject_what_stands_behind_it_and_no_more(
    sentence: str, speaker: str, said: bool
) -> None:
    assert parser is not None
    [parse] = parser.parse([sentence])
    assert parse is not None
    at = sentence.index("12")
    assert may_say(parse, (at, at + 2), speaker) is said
