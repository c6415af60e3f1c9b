"""What a parser gets wrong in a known way: the subject of a second sentence taken for a second thing in the first.

"70 people drowned in the flood and 12 were hurt": the 12 are read as something in which people drowned.
"""

from __future__ import annotations

from pipeline.figures.annotate import Parse
from pipeline.figures.wording.keep import auxiliaries, is_verb, subjects


def repaired(parse: Parse) -> Parse:
    """The parse, with what stands right before a joined verb without a subject as its subject."""
    words = list(parse.words)
    for index, word in enumerate(parse.words):
        if word.dep != "conj" or not is_verb(parse, index) or not is_verb(parse, word.head) or subjects(parse, index):
            continue
        noun = min([index, *auxiliaries(parse, index)]) - 1
        while noun > 0 and parse.words[noun].tag == "RB":
            noun -= 1
        found = parse.words[noun]
        if noun <= word.head or found.dep != "conj" or not found.tag.startswith(("N", "CD")):
            continue
        words[noun] = found._replace(head=index, dep="nsubj")
        for joining in parse.children(found.head):
            if parse.words[joining].dep == "cc" and found.head < joining < noun:
                words[joining] = words[joining]._replace(head=word.head)
    return Parse(words)
