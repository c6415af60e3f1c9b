"""Which words of a clause are kept, by the parse: a path from the number up to a verb, and what must stay with it."""

from __future__ import annotations

from pipeline.figures.annotate import Parse
from pipeline.figures.wording import closed
from pipeline.figures.wording.keep import FINITE, NEVER, Clause, Keeping, auxiliaries, is_finite, is_verb, subjects


class Builder(Keeping):
    """Builds the clause of a number at each verb above it."""

    def __init__(self, parse: Parse, span: tuple[int, int]) -> None:
        super().__init__(parse, span)
        self.bracketed = self._in_parentheses()
        self.inside |= self._around()
        self.on_path |= self.inside

    def _in_parentheses(self) -> set[int]:
        """The words of asides in parentheses that do not hold the number."""
        found: set[int] = set()
        opened: list[int] = []
        for index, word in enumerate(self.words):
            if word.text in ("(", "["):
                opened.append(index)
            elif word.text in (")", "]") and opened:
                inner = set(range(opened.pop(), index + 1))
                if not inner & self.inside:
                    found |= inner
        return found

    def _around(self) -> set[int]:
        """All between the parentheses in which the number stands, with them."""
        first, last = min(self.inside), max(self.inside)
        opens = next((i for i in range(first, max(-1, first - 6), -1) if self.words[i].text == "("), None)
        closes = next((i for i in range(last, min(len(self.words), last + 6)) if self.words[i].text == ")"), None)
        return set(range(opens, closes + 1)) if opens is not None and closes is not None else set()

    def clauses(self) -> list[Clause]:
        """A clause for each finite verb above the number, the lowest first; of a heading without verb, its phrase."""
        found = [
            self.clause(index) for index in self.path if is_verb(self.parse, index) and is_finite(self.parse, index)
        ]
        found = found[:4]
        if not found:
            phrase = Clause(self.path[-1], finite=False)
            self.take(phrase, phrase.head)
            found = [phrase]
        return found

    # One clause

    def clause(self, head: int) -> Clause:
        made = Clause(head)
        made.claims_more = self.is_coloured(head)
        word = self.words[head]
        self.take(made, head)
        made.where = self._where(head)
        relative = self._relative_above(head)
        if relative is not None:
            self._relative(made, relative)
        elif word.dep == "conj" and is_verb(self.parse, word.head):
            self._joined(made)
        own = [child for child in subjects(self.parse, head) if child in made.kept]
        if made.subject is None and own:
            made.subject = own[0]
        path = [i for i in self.path if i in made.kept]
        made.reports = any(
            self.words[i].text.lower() in closed.REPORTING
            and any(self.words[c].dep == "ccomp" and c in self.on_path for c in self.parse.children(i))
            for i in path
        )
        made.finite = made.subject is not None or word.tag == "VB"
        return made

    def is_coloured(self, head: int) -> bool:
        """Whether the clause alone would claim more than the sentence does."""
        at = head
        while True:
            word = self.words[at]
            if word.head == at:
                return False
            above = self.words[word.head]
            marks = {
                self.words[c].text.lower() for c in self.parse.children(at) if self.words[c].dep in ("mark", "advmod")
            }
            if word.dep in ("advcl", "ccomp", "acl", "pcomp") and marks & closed.CONDITIONS and at != head:
                return True
            if word.dep == "advcl" and marks & closed.CONDITIONS:
                return True
            if word.dep == "ccomp" and self.parted(word.head, at):
                return False
            if word.dep == "ccomp" and self._is_neutral(word.head) and not self._is_infinitive(word.head):
                return False
            if word.dep == "ccomp" and above.text.lower() not in closed.FACTS:
                return True
            if word.dep in ("csubj", "csubjpass", "pcomp") and is_verb(self.parse, word.head):
                return True
            if word.dep == "acl" and above.text.lower() not in closed.FACTS:
                return True
            if word.dep in ("xcomp", "ccomp") and any(
                self.words[c].dep == "neg" for c in self.parse.children(word.head)
            ):
                return True
            at = word.head

    def _is_infinitive(self, index: int) -> bool:
        return any(self.words[c].tag == "TO" for c in self.parse.children(index))

    def _is_neutral(self, index: int) -> bool:
        word = self.words[index]
        below = self.parse.children(index)
        if any(self.words[c].dep == "neg" for c in below):
            return False
        if any(self.words[c].tag == "MD" or self.words[c].text.lower() in closed.FALSELY for c in below):
            return False
        if any({self.words[i].text.lower() for i in (c, *self.parse.children(c))} & closed.NOBODY for c in below):
            return False
        if any(self.words[c].dep == "nsubjpass" and self.words[c].text.lower() == "it" for c in below):
            return False
        return word.text.lower() in closed.REPORTING

    def _relative_above(self, head: int) -> int | None:
        """The verb of the relative clause that a verb belongs to, itself or through "which they say"."""
        at = head
        while self.words[at].dep == "ccomp" and self._is_neutral(self.words[at].head):
            at = self.words[at].head
        if self.words[at].dep != "relcl":
            return None
        asked = at == head or any(self.words[c].tag in ("WDT", "WP") for c in subjects(self.parse, head))
        return at if asked else None

    def _relative(self, made: Clause, verb: int) -> None:
        """Put the noun that a relative clause belongs to in the place of its pronoun."""
        head, above = made.head, self.words[verb].head
        asking = [c for c in self.parse.subtree(verb) if self.words[c].tag in ("WDT", "WP", "WP$", "WRB") and c <= head]
        that = [c for c in subjects(self.parse, head) if self.words[c].text.lower() in ("that", "which", "who")]
        if that:
            apart = any(is_verb(self.parse, i) for i in range(above + 1, that[0]) if self.words[i].tag in FINITE)
            made.claims_more |= above in made.kept or apart
            over = self.words[self.words[above].head]
            open_to_both = self.words[above].dep == "pobj" and over.dep == "prep" and not is_verb(self.parse, over.head)
            if open_to_both and not self.after_comma(verb):
                # "the attack on a ship that killed nine": which of the two killed, the sentence leaves open.
                above = over.head
                while self.words[above].dep == "pobj" and not is_verb(
                    self.parse, self.words[self.words[above].head].head
                ):
                    above = self.words[self.words[above].head].head
                verb = -1
                made.phrase = True
            else:
                made.kept -= set(that)
            self._take_beside(made, above, verb)
            made.subject = above
        elif any(self.words[c].tag == "WRB" for c in asking):
            made.kept -= {c for c in asking if self.words[c].tag == "WRB"}
        elif asking and self.words[self.words[asking[0]].head].text.lower() in ("in", "at", "during"):
            made.kept -= {asking[0], self.words[asking[0]].head}
        else:
            made.claims_more = True

    def _take_beside(self, made: Clause, index: int, without: int) -> None:
        """Take a word without the clause under it that the number is in."""
        before, self.on_path = self.on_path, self.on_path - {without}
        self.take(made, index, without=without)
        self.on_path = before

    def _where(self, head: int) -> str | None:
        """The place of "the port, where ten died", with its preposition."""
        at = head
        while self.words[at].dep == "ccomp" and self._is_neutral(self.words[at].head):
            at = self.words[at].head
        if self.words[at].dep != "relcl":
            return None
        found = [i for i in self.parse.subtree(at) if self.words[i].text.lower() == "where" and i <= head]
        place = self.words[at].head
        if not found or found[0] - place > 4:
            return None
        own = {place, *(c for c in self.parse.subtree(place) if c < place)}
        own -= {
            i
            for c in self.parse.children(place)
            if self.words[c].dep in ("relcl", "appos")
            for i in self.parse.subtree(c)
        }
        text = "".join(
            (" " if i > min(own) and self.words[i - 1].end < self.words[i].start else "") + self.words[i].text
            for i in range(min(own), place + 1)
        )
        named = any(self.words[i].tag.startswith("NNP") for i in own)
        if not named or len(own) > 5 or any(self.words[i].tag == "PRP$" for i in own):
            return None
        before = self.words[self.words[place].head].text.lower()
        return f"{before if before in ('at', 'near', 'outside', 'inside') else 'in'} {text}"

    def _joined(self, made: Clause) -> None:
        """Share what verbs that are joined have in common: subject, auxiliaries, negation, the place."""
        head = made.head
        if subjects(self.parse, head):
            self._gapped(made)
            return
        first = self.words[head].head
        while (
            self.words[first].dep == "conj"
            and not subjects(self.parse, first)
            and is_verb(self.parse, self.words[first].head)
        ):
            first = self.words[first].head
        joining = {
            self.words[c].text.lower() for c in self.parse.children(self.words[head].head) if self.words[c].dep == "cc"
        }
        made.claims_more |= bool(joining & {"or", "nor"})
        for child in subjects(self.parse, first)[:1]:
            if self.words[first].dep == "relcl" and self.words[child].tag in ("WDT", "WP"):
                self._take_beside(made, self.words[first].head, first)
                made.subject = self.words[first].head
            else:
                self.take(made, child)
                made.subject = child
        own = auxiliaries(self.parse, head)
        shared = [c for c in auxiliaries(self.parse, first) if c < head]
        perfect = any(self.words[c].lemma == "have" for c in shared) and not any(
            self.words[c].dep == "auxpass" for c in shared
        )
        same = self.words[head].tag == self.words[first].tag or self.words[head].tag in ("VB", "VBN", "VBG")
        same = same or (perfect and self.words[head].tag == "VBD" and self.words[head].text.endswith("ed"))
        if not own and shared and same:
            made.kept.update(shared)
        elif own and not any(self.words[c].tag in FINITE for c in own):
            made.kept.update(c for c in shared if self.words[c].tag in FINITE)

    def _gapped(self, made: Clause) -> None:
        """ "40 people were killed and 12 injured": the second verb has the auxiliaries of the first."""
        head = made.head
        first = self.words[head].head
        if auxiliaries(self.parse, head) or self.words[head].tag not in ("VBN", "VBD"):
            return
        shared = [c for c in auxiliaries(self.parse, first) if c < first]
        own = subjects(self.parse, head)
        if (
            shared
            and own
            and own[0] == self.number
            and self.words[self.number].tag == "CD"
            and self.words[first].tag == "VBN"
        ):
            made.brackets[self.number] = " ".join(self.words[c].text for c in shared)

    # What is kept under a word

    def take(self, made: Clause, index: int, without: int | None = None) -> None:
        stack = [index]
        while stack:
            at = stack.pop()
            if at in made.kept:
                continue
            replaced = self._own_conjunct(at)
            if replaced is not None and at != made.head:
                stack.append(replaced)
                continue
            made.kept.add(at)
            for child in self.parse.children(at):
                if child == without:
                    continue
                if child in self.on_path:
                    stack.append(child)
                    continue
                when = self.when(made, at, child)
                if when == NEVER:
                    continue
                stack.append(child)
                if when is not None and self.words[child].dep != "cc":
                    made.loose.append((when, child, self._part(at, child)))

    def _part(self, at: int, child: int) -> frozenset[int]:
        """All of a part, with the word that joins it."""
        joining = (
            [c for c in self.parse.children(at) if self.words[c].dep == "cc"] if self.words[child].dep == "conj" else []
        )
        return frozenset([*self.parse.subtree(child), *joining])

    def _own_conjunct(self, at: int) -> int | None:
        """The joined phrase with the number in place of the first one, where it can stand for itself."""
        if at not in self.on_path or at in self.inside:
            return None
        if is_verb(self.parse, at):
            return self._own_sentence(at)
        for child in self.parse.children(at):
            word = self.words[child]
            if word.dep == "conj" and child in self.on_path and self._are_nouns(at, child):
                one = self.words[self.number].text.lower() in ("one", "1", "a", "an")
                if one and self.words[at].dep in closed.ACTORS:
                    return None
                return child
        return None

    def _own_sentence(self, at: int) -> int | None:
        """The joined sentence with the number and a subject of its own, unless "if" or "or" ties it to the first."""
        below = {self.words[c].text.lower() for c in self.parse.children(at)}
        if below & (closed.CONDITIONS | {"or", "nor"}):
            return None
        joined = [c for c in self.parse.children(at) if self.words[c].dep == "conj" and c in self.on_path]
        return joined[0] if joined and is_verb(self.parse, joined[0]) and subjects(self.parse, joined[0]) else None

    def _are_nouns(self, at: int, child: int) -> bool:
        """Whether two joined words are both things, joined by "and"."""
        joining = {self.words[c].text.lower() for c in self.parse.children(at) if self.words[c].dep == "cc"}
        nouns = all(self.words[i].tag.startswith(("N", "CD", "$", "PRP")) for i in (at, child))
        return nouns and self.words[at].dep not in ("acomp", "appos") and not joining & {"or", "nor", "but"}
