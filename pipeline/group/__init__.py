"""Article → copies and stories.

A *copy* repeats another article's text; a *story* is the articles about one event, in different words. `Grouper`
judges articles one at a time in order of arrival and, now and then, groups the open window again; `summarise` gives a
story its face. All of it is pure and in memory: what must outlive the process is in `schemas.story.Remembered`.

    tokens      text → words, names, numbers and their hashes
    sketch      text → the sample of its word sequences that copies are found by
    copies      which earlier article is this one a copy of
    features    article → the terms that stories are compared by
    packing     both of them as bytes and back
    likeness    two articles → the probability that they report one event
    window      the articles that are open, with the indexes over them
    linkage     a graph of likenesses → clusters
    decisions   what people split and merged
    grouper     the whole, one article at a time
    face        headline and lead of a story
"""

from pipeline.group.face import StoryFace, summarise
from pipeline.group.grouper import Grouper

__all__ = ["Grouper", "StoryFace", "summarise"]
