"""Article → copies, stories and threads.

A *copy* repeats another article's text; a *story* is the articles about one event, in different words; a *thread* is
the development that stories are of, over days. `Grouper` judges articles one at a time in order of arrival and, now and
then, groups the open window again; `Threads` says of which thread a story is; `summarise` gives a story its face. All
of it is pure and in memory: what must outlive the process is in `schemas.story`, `Remembered` and `PortrayedStory`.

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
    portraits   articles → what they are about
    relation    two portraits → the probability that they are of one development
    threads     stories → the developments that go on from day to day
"""

from pipeline.group.face import StoryFace, summarise
from pipeline.group.grouper import Grouper
from pipeline.group.portraits import portrait_of, together
from pipeline.group.threads import Threads

__all__ = ["Grouper", "StoryFace", "Threads", "portrait_of", "summarise", "together"]
