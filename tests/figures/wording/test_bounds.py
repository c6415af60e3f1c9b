"""What bounds a claim stays with it, or the wording says that it is cut. The sentences are invented."""

import pytest

from pipeline.figures.reading import read_figures
from tests.figures.wording.test_wording import made, said, wordings

OWNER = ", its owner told a crowded meeting in the town of Holm on Monday."


class TestConditions:
    @pytest.mark.parametrize(
        ("sentence", "surface", "kept"),
        [
            (
                f"As long as the unions agree, the mill will pay 300 workers a bonus{OWNER}",
                "300",
                "As long as the unions",
            ),
            (f"The ruling, if upheld, would cost the mill $40 million{OWNER}", "$40 million", "if upheld"),
            (
                f"The bank will lend the mill $40 million provided that taxes rise{OWNER}",
                "$40 million",
                "provided that",
            ),
            (f"Should the court agree, the mill will pay 300 workers a bonus{OWNER}", "300", "Should the court agree"),
            (f"Barring a storm, the mill will open 12 kilns{OWNER}", "12", "Barring a storm"),
        ],
    )
    def test_a_condition_stays(self, sentence: str, surface: str, kept: str) -> None:
        assert kept in said(sentence, surface)

    def test_one_that_is_told_as_an_afterthought(self) -> None:
        sentence = f"The firm will cut 300 jobs in the valley, but only if the deal is refused by the court{OWNER}"
        wording = wordings(sentence)["300"]
        assert wording.cut or "only if the deal is refused" in wording.text


class TestFrames:
    @pytest.mark.parametrize(
        ("sentence", "kept"),
        [
            ("This page incorrectly said that 300 workers had been dismissed by the mill.", "incorrectly said"),
            ("The mayor wrongly claimed that 300 workers had been dismissed in March.", "wrongly claimed"),
            ("Farmers are convinced that 300 cows were poisoned by the mill.", "are convinced that"),
            ("Nobody said that 300 workers had been dismissed by the mill.", "Nobody said"),
            ("It is not true that 300 workers were dismissed by the mill.", "It is not true that"),
        ],
    )
    def test_what_is_denied_or_believed_is_no_fact(self, sentence: str, kept: str) -> None:
        assert kept in said(sentence, "300")

    @pytest.mark.parametrize("who", ["He", "It", "She"])
    def test_what_someone_says_who_is_not_named_here_is_no_plain_fact(self, who: str) -> None:
        assert said(f"{who} said about 300 workers should be dismissed by the mill.", "300").startswith(f"{who} said")

    def test_a_year_stays_that_stands_with_a_verb_further_up(self) -> None:
        wording = wordings("In 2004, miners mounted violent protests in the valley in which 30 people were killed.")[
            "30"
        ]
        assert wording.cut or "2004" in wording.text

    def test_a_moment_is_made_no_rate(self) -> None:
        sentence = "The charity said it expected to reach some 600 people on Sunday, up from 40 a day before."
        assert not any(wording.text.endswith("40 a day") for wording in wordings(sentence).values())

    def test_two_verbs_of_one_subject_keep_what_joins_them(self) -> None:
        sentence = "The firm has set up offices to handle claims and on its own has so far paid $105m to 320 farmers."
        assert not any("offices has" in wording.text for wording in wordings(sentence).values())

    def test_what_a_sentence_names_in_front_takes_no_other_noun(self) -> None:
        text = "Forty police officers took part. Of the arrests, 21 were made on suspicion of fraud."
        [wording] = [one.wording for one in read_figures(text, language="en").figures if one.surface == "21"]
        assert wording
        assert "[" not in wording.text

    def test_what_is_plainly_said_stands_alone(self) -> None:
        sentence = "The mayor said that 300 workers had been dismissed by the mill."
        assert "300 workers had been dismissed by the mill" in made(sentence, "300")


class TestParts:
    @pytest.mark.parametrize(
        ("sentence", "surface", "kept"),
        [
            ("With 17% of votes counted, Mr Holm has 54% of them, officials said.", "54", "With 17% of votes counted"),
            (
                "Of the ballots read so far, 320 were spoiled, officials in Holm said.",
                "320",
                "Of the ballots read so far",
            ),
            (f"In the first half of the year, the mill lost $40 million{OWNER}", "$40 million", "In the first half"),
            ("So far, 320 homes have been rebuilt in the valley by builders from the coast.", "320", "So far"),
            ("Since March, 320 homes have been rebuilt in the valley by builders.", "320", "Since March"),
            (f"The mill dismissed 300 workers this month{OWNER}", "300", "this month"),
        ],
    )
    def test_the_part_or_the_period_that_was_counted(self, sentence: str, surface: str, kept: str) -> None:
        assert kept in said(sentence, surface)

    def test_one_told_before_a_joined_sentence_stays(self) -> None:
        text = "With half the districts counted, the Greens were ahead on 34% and the Liberals trailed on 29%."
        found = wordings(text)
        assert found["34"].text.startswith("With half the districts counted")
        assert found["29"].text.startswith(("… ", "With half the districts counted"))

    @pytest.mark.parametrize(
        ("sentence", "period"),
        [
            (
                "Troops shot dead at least 30 villagers marching against the governor in the last 48 hours, "
                "activists from the northern valleys said on Monday.",
                "in the last 48 hours",
            ),
            (
                "A diplomat said 700 villagers had been arrested since the marches began on March 18 in the "
                "northern valleys of the country.",
                "since the marches began",
            ),
            (
                "Between 1998 and 2000 the mill took 25 loans while the town took a series of loans worth $40 million.",
                "Between 1998 and 2000",
            ),
        ],
    )
    def test_a_period_stays_wherever_it_hangs_or_the_wording_is_marked_as_cut(self, sentence: str, period: str) -> None:
        wording = list(wordings(sentence).values())[-1]
        assert period in wording.text or wording.cut

    def test_without_room_the_wording_is_marked_as_cut(self) -> None:
        sentence = (
            "In the first half of the year that ended with the great spring flood in the valleys of the north, "
            "the mill lost $40 million on its trade with the towns of the coast."
        )
        wording = wordings(sentence)["$40 million"]
        assert wording.cut
        assert wording.text.startswith("… ")


class TestOutcomes:
    @pytest.mark.parametrize(
        ("sentence", "surface", "kept"),
        [
            (
                f"The mill turned a $40 million loss into a $12 million profit{OWNER}",
                "$40 million",
                "into a $12 million",
            ),
            (f"Mr Holm won 54% of the vote against 27% for his rival{OWNER}", "54", "against 27%"),
            (f"The dam rose by 3 metres past the mark of the last flood{OWNER}", "3", "past the mark"),
            (
                f"The river climbed 3 metres in the town of Holm past the mark of the last flood{OWNER}",
                "3",
                "past the mark",
            ),
            (f"Wages fell by 12% from 40 crowns{OWNER}", "12", "from 40 crowns"),
        ],
    )
    def test_what_it_comes_to_or_is_set_against(self, sentence: str, surface: str, kept: str) -> None:
        assert kept in said(sentence, surface)

    def test_what_it_comes_to_behind_a_place(self) -> None:
        sentence = (
            "The river climbed 3 metres in the town of Holm past the mark of the last great flood, engineers said."
        )
        assert "past the mark" in said(sentence, "3")

    def test_both_halves_of_a_subject(self) -> None:
        sentence = f"Exports, plunging since March, and wages have shaved $12 million off the profits{OWNER}"
        text = said(sentence, "$12 million")
        assert text.startswith("Exports")
        assert "and wages have shaved $12 million" in text

    def test_a_sum_of_two_causes_is_not_put_on_one(self) -> None:
        assert said(f"Drought and logging cost the farmers of the valley $12 million{OWNER}", "$12 million").startswith(
            "Drought and logging cost"
        )
        sentence = (
            "The strike of the pilots in March and the loss of two ships in the storm off the northern coast "
            "cost the line $12 million."
        )
        wording = wordings(sentence)["two"]
        assert wording.cut or "strike" in wording.text
