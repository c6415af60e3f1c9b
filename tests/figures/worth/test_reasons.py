from pipeline.figures.worth import worth_model
from pipeline.figures.worth.reasons import reason_of, reasons


def test_cues_of_a_kind_are_one_reason_and_the_strongest_comes_first() -> None:
    added = {
        "action: killed": 0.8,
        "count, group: harm": 0.4,
        "two or less": -0.6,
        "article: I": -0.05,
        "role: dobj": 0.2,
    }
    assert reasons(added) == ("what happened +1.2", "how large it is -0.6", "how its sentence is built +0.2")


def test_a_place_in_the_article_is_no_place_on_the_map() -> None:
    assert reason_of("place in article") == "where in the article it stands"
    assert reason_of("place") == "what the topic covers"
    assert reason_of("money, told elsewhere, no small number") == "what the topic covers"


def test_every_shipped_cue_has_a_reason() -> None:
    assert {reason_of(name) for name in worth_model().names} >= {"what happened", "who says so", "when it was"}
