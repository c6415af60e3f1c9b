import subprocess
import sys
import time

import pytest

from pipeline.figures.annotate import Parse, parser_for
from pipeline.figures.annotate import model as module
from pipeline.figures.annotate.model import english
from pipeline.read.workers import WorkerPool


def parsed(sentence: str) -> Parse:
    parser = parser_for("en")
    assert parser is not None, "make setup installs the model"
    found = parser.parse([sentence])[0]
    assert found is not None
    return found


def test_a_sentence_is_annotated_where_it_stands() -> None:
    sentence = "The storm  has killed\nat least 40 people, officials said."
    found = parsed(sentence)
    assert all(sentence[word.start : word.end] == word.text for word in found.words)
    people = found.at(sentence.index("people"))
    verb = found.words[people].head
    assert (found.words[verb].text, found.words[verb].lemma, found.words[verb].tag) == ("killed", "kill", "VBN")
    assert found.words[people].dep == "dobj"
    assert found.at(sentence.index("40")) in found.children(people)
    assert " ".join(found.words[index].text for index in found.subtree(people)) == "at least 40 people"
    assert found.ancestors(people)[0] == verb
    root = found.ancestors(people)[-1]
    assert found.words[root].head == root


def test_a_number_with_its_scale_is_one_number() -> None:
    found = parsed("The fund gave 137m euros and £4bn in loans.")
    assert [(word.text, word.tag) for word in found.words if word.text[0].isdigit()] == [("137m", "CD"), ("4bn", "CD")]


def test_places_outside_the_sentence_give_the_nearest_word() -> None:
    found = parsed("Ten men drowned.")
    assert found.words[found.at(0)].text == "Ten"
    assert found.words[found.at(3)].text == "men"
    assert found.words[found.at(500)].text == "."


def test_capitals_are_parsed_as_small_letters_in_the_same_place() -> None:
    sentence = "FLOODS KILL 14 VILLAGERS IN THE SOUTHERN PROVINCES"
    found = parsed(sentence)
    villagers = found.words[found.at(sentence.index("VILLAGERS"))]
    assert (villagers.start, villagers.tag) == (sentence.index("VILLAGERS"), "NNS")


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        " ",
        "2,400",
        "ward 7 " * 1_000,
        "x" * 5_000,
        "地震で40人が死亡した",
        "قتل 40 شخصا في الفيضانات",
        "Погибли 40 человек",
    ],
)
def test_what_is_no_english_prose_has_no_parse(sentence: str) -> None:
    parser = parser_for("en")
    assert parser is not None
    began = time.process_time()
    assert parser.parse([sentence, "Ten men drowned."])[0] is None
    assert time.process_time() - began < 1


def test_only_english_has_a_model() -> None:
    assert parser_for("en-GB") is parser_for("en")
    assert parser_for("de") is None
    assert parser_for(None) is None


def test_a_model_that_is_missing_or_of_another_version_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MODELS", ("en_core_web_absent",))
    assert english.__wrapped__() is None
    monkeypatch.undo()
    monkeypatch.setattr(module, "VERSION", "2.")
    assert english.__wrapped__() is None


def count(sentence: str) -> int:
    parser = parser_for("en")
    found = parser.parse([sentence])[0] if parser else None
    return len(found.words) if found else 0


def test_the_model_loads_in_a_child_within_its_memory() -> None:
    with WorkerPool(count, workers=1) as pool:
        assert list(pool.map(["Ten men drowned."])) == [4]


def test_nothing_is_loaded_until_it_is_asked_for() -> None:
    code = "import sys, pipeline.figures.annotate; print('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
