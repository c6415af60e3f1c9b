"""The site's lines go, the article's sentences stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.boilerplate import LONGEST, is_boilerplate, without_boilerplate


@pytest.mark.parametrize(
    "line",
    """Leave a Comment
Follow
Follow us on Facebook and Instagram
FOLLOW @valleypost ON X
Read more: Why the wall had cracks
READ MORE | Why the wall had cracks
Also read – Ten days on the river
Related: The dams of the north
Sign up for our daily newsletter
Sign up here
Subscribe to our YouTube channel for more
Share this article
Share on Facebook
Advertisement
12 Comments
3 min read
Click here to subscribe
Photo: Beat Frei/Valley Post
(Image: Getty Images/Valley)
Credit: District of Oberlin
Beat Frei/AFP via Getty Images
© 2026 Valley Post. All rights reserved.
Last updated 1 March 2026 at 22:15
Tags: dam, river, Oberlin
Have a story? Email desk@valleypost.example
* * *
Lesen Sie auch: Warum die Mauer Risse hatte
Lesen Sie mehr zum Thema
Jetzt Newsletter abonnieren
Foto: Beat Frei
Lire aussi : Pourquoi le mur était fissuré
Abonnez-vous à notre lettre
Lee también: Por qué el muro tenía grietas
Leggi anche
Riproduzione riservata © Valley Post
Leia também: Por que o muro tinha fissuras
Czytaj też: Dlaczego mur miał pęknięcia
Lees ook: Waarom de muur scheuren had
Les også: Hvorfor muren hadde sprekker
Читайте также: Почему в стене были трещины
Читайте також: Чому в стіні були тріщини
Підписуйтесь на наш канал
Фото: Беат Фрай""".splitlines(),
)
def test_lines_of_sites(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    """Follow the money, the inspector told them.
Read more slowly, the teacher said, and you will remember more.
Related companies paid for the wall.
Share prices of the builder fell by 12 per cent.
Comments by the mayor were not well received.
Sign up was slow at first, the district admits.
Subscribe or not, readers will notice the change.
Advertisement spending fell to $3m last year.
More than 300 people spent the night in the school.
Watch out for rocks on the road, the police say.
Photo finishes are rare in this race.
Email servers were down for 14 hours.
Updated plans show a higher wall.
Copyright law was on nobody's mind that night.
She did not see it coming.
See how the river rose: by 3 metres within an hour, and by 5 before midnight came to the village below.
Mehr als 300 Menschen verbrachten die Nacht in der Schule.
Teilen der Bevölkerung fehlt Trinkwasser.
Foto und Film zeigen das Ausmaß der Schäden.
Voir le fleuve monter fut un choc.
Fotografieren war am Ufer verboten.
14
“No.”""".splitlines(),
)
def test_sentences_of_articles(line: str) -> None:
    assert not is_boilerplate(line)


def test_title_and_byline_at_the_start_go_and_a_line_said_twice_is_said_once() -> None:
    text = "Dam bursts\nBy Ines Odermatt\nThe dam burst.\nThe dam burst.\nIt was old.\nDam bursts"
    assert without_boilerplate(text, ["Dam Bursts!"], ("Ines Odermatt",)) == "The dam burst.\nIt was old.\nDam bursts"


@given(st.text(max_size=LONGEST + 20))
def test_no_line_is_long_or_half_taken(line: str) -> None:
    text = without_boilerplate(line, ())
    assert text == "" or all(part in line.split("\n") for part in text.split("\n"))
    assert len(line) <= LONGEST or not is_boilerplate(line)
