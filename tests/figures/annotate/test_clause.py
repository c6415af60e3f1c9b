import pytest

from pipeline.figures.annotate import clause_of, parser_for
from schemas.figure import Clause


def clause(sentence: str, number: str) -> Clause:
    parser = parser_for("en")
    assert parser is not None, "make setup installs the model"
    parse = parser.parse([sentence])[0]
    assert parse is not None
    start = sentence.index(number)
    return clause_of(parse, (start, start + len(number)))


def test_the_verb_that_governs_a_number_and_what_stands_with_it() -> None:
    found = clause("The storm has killed at least 40 Chilean miners in Calama, officials said.", "40")
    assert (found.verb, found.tag, found.role) == ("kill", "VBN", "dobj")
    assert found.relation == "ccomp"  # what officials said
    assert found.inside == ("ccomp",)
    assert "miner" in found.phrase
    assert "chilean" in found.proper
    assert "calama" in found.names
    assert {"kill", "storm", "miner", "calama"} <= set(found.arguments)


@pytest.mark.parametrize(
    ("sentence", "number", "modal"),
    [
        ("Some 300 people may still be trapped.", "300", "may"),
        ("The ministry will send 300 nurses.", "300", "will"),
        ("The ministry sent 300 nurses.", "300", None),
    ],
)
def test_a_modal_verb_says_that_it_is_no_fact(sentence: str, number: str, modal: str | None) -> None:
    assert clause(sentence, number).modal == modal


@pytest.mark.parametrize(
    ("sentence", "number", "tense"),
    [
        ("More than 1,700 civilians have been killed since March.", "1,700", "perfect"),
        ("They have killed 40 men and wounded 300 others.", "300", "perfect"),
        ("Police shot 12 people on Friday.", "12", "past"),
        ("Twelve people were shot on Friday.", "Twelve", "past"),
        ("Some 4,000 people are living in tents.", "4,000", "progressive"),
        ("The camp holds 4,000 people.", "4,000", "present"),
        ("By noon 40 people had fled.", "40", "pluperfect"),
        ("The ministry will send 300 nurses.", "300", "modal"),
        ("Forty dead soldiers.", "Forty", None),
    ],
)
def test_the_tense_of_the_clause_that_counts(sentence: str, number: str, tense: str | None) -> None:
    assert clause(sentence, number).tense == tense


def test_denials_and_conditions_are_told() -> None:
    assert clause("The army did not lose 20 men.", "20").negated
    assert clause("If the river floods 40 homes, the town will be cut off.", "40").conditional
    assert not clause("The river flooded 40 homes.", "40").conditional


def test_a_number_in_a_relative_clause_lies_deeper_than_one_in_the_main_clause() -> None:
    inner = clause("The blast, which wounded 12 people, destroyed the market.", "12")
    outer = clause("The blast wounded 12 people.", "12")
    assert inner.inside == ("relcl",)
    assert inner.depth > outer.depth == 0


def test_a_number_without_a_verb_has_a_phrase_all_the_same() -> None:
    found = clause("Forty dead soldiers.", "Forty")
    assert found.verb is None
    assert "soldier" in found.phrase
