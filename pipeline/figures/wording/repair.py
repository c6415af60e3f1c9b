"""What a parser gets wrong in a known way: the subject of a second sentence taken for a second thing in the first.

"70 people drowned in the flood and 12 were hurt": the 12 are read as something in which people drowned.
"""

from __future__ import annotations

from pipeline.figures.annotate import Parse, Word
from pipeline.figures.wording import closed
from pipeline.figures.wording.keep import auxiliaries, is_verb, subjects


def repaired(parse: Parse) -> Parse:
    """The parse, with what stands right before a joined verb without a subject as its subject.

    Likewise what seems to be said ("says 90% of homes, … have been lost"), before the verb of what is said.
    """
    words = list(parse.words)
    for index, word in enumerate(parse.words):
        if not is_verb(parse, index) or subjects(parse, index):
            continue
        if word.dep == "conj" and is_verb(parse, word.head):
            _join(parse, words, index)
        elif (
            word.dep == "ccomp"
            and auxiliaries(parse, index)
            and parse.words[word.head].text.lower() in closed.REPORTING
        ):
            said = [c for c in parse.children(word.head) if parse.words[c].dep == "dobj" and word.head < c < index]
            if len(said) == 1:
                words[said[0]] = words[said[0]]._replace(head=index, dep="nsubj")
    return Parse(words)


def _join(parse: Parse, words: list[Word], verb: int) -> None:
    above = parse.words[verb].head
    noun = min([verb, *auxiliaries(parse, verb)]) - 1
    while noun > 0 and parse.words[noun].tag == "RB":
        noun -= 1
    found = parse.words[noun]
    if noun <= above or found.dep != "conj" or not found.tag.startswith(("N", "CD")):
        return
    words[noun] = found._replace(head=verb, dep="nsubj")
    for joining in parse.children(found.head):
        if parse.words[joining].dep == "cc" and found.head < joining < noun:
            words[joining] = words[joining]._replace(head=above)
