"""Following: what each figure says against what was known of it before.

    context       the words around a number, as marks           windows     the period it covers
    profiles      what a series is compared by                  candidates  which series to compare with
    matching      is a figure its next mention?                 assigning   all figures of an article together
    verdicts      new, repeated, changed, contradiction …       intervals   what values a claim allows
    attributions  who is the same speaker                       history     the claims a series keeps
    standing      which numbers of the revision before the next one still states
    wrong         what is left of a series without what a person found wrong
    weights       how much each trait speaks for yes            decisions   what people decided
    kept          the series: on a shelf, and in memory for a while
    follower      the door: articles in, verdicts out

``concepts.toml`` holds the words that mean the same, ``weights.toml`` how much each trait of a pair speaks for one
figure (found by ``benchmarks/weigh.py``). Nothing is kept but the series: a follower made of them goes on where the one
before stopped.
"""

from pipeline.figures.following.follower import Followed, Follower
from pipeline.figures.following.standing import still_standing

__all__ = ["Followed", "Follower", "still_standing"]
