"""Following: what each figure says against what was known of it before.

    context     the words around a number, as marks          windows       the period it covers
    matching    is it the next mention of a series?           assigning     all figures of an article together
    verdicts    new, repeated, changed, contradiction …       intervals     what values a claim allows
    follower    the door: articles in, verdicts out           decisions     what people decided

``concepts.toml`` holds the words that mean the same.
"""

from pipeline.figures.following.follower import Followed, Follower

__all__ = ["Followed", "Follower"]
