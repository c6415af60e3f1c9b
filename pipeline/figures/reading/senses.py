"""What a verb means of what is counted: drones that are intercepted are shot down, boats are not."""

from __future__ import annotations

from pipeline.figures.reading.claims import Draft
from pipeline.figures.reading.events import Event, word_action
from pipeline.figures.reading.lexicon import wordset
from pipeline.figures.reading.tokens import Sentence

_SUPPLIED = wordset("customers households homes subscribers")
_POWER = wordset("power electricity service supply supplies")
_JOBS = wordset("jobs posts positions")
_COSTS = wordset("cost costs costing")
_LOSING = wordset("lost lose loses losing")
_FIRES = wordset("fires blazes wildfires fire blaze wildfire bushfires")
_FLYING = wordset(
    "drones drone missiles missile rockets rocket aircraft planes plane jets jet helicopters helicopter uavs uav"
    " shaheds shahed balloons balloon projectiles projectile shells shell targets target threats"
)


def refine(sentence: Sentence, draft: Draft, event: Event | None) -> None:
    """Let the action that ``event`` gave a number be the one that is meant, by what the number counts."""
    head = draft.noun.head if draft.noun is not None else ""
    person = draft.noun is not None and draft.noun.is_person
    group = draft.measure.group if draft.measure is not None else ""
    word, before = event.word if event is not None else "", sentence.lower(draft.opens - 1)
    if draft.action == "bought" and person and word.startswith("order"):
        draft.action = "evacuated" if _is_sent_away(sentence, draft) else "ordered"
    if draft.action == "delivered" and person:
        draft.action = "deployed"  # "sending 200 engineers"
    if _is_left_out(sentence, draft):
        draft.action, draft.loose = _left_out(sentence, event, draft.action), False
    if head in _SUPPLIED and _is_dark(sentence, draft):
        draft.action = "without power"
    if head in _JOBS and before in _COSTS:
        draft.action, draft.loose = "laid off", False
    if draft.action == "won" and before in _LOSING:
        draft.action = "lost"
    if draft.action == "attended" and group == "ratio" and word.startswith("turn"):
        draft.action = "turnout"
    if draft.action == "counted" and person:
        draft.action = word_action(head, "en")  # "police counted 900 marchers"
    if draft.action == "destroyed" and head in _FIRES:
        draft.action = "burning"
    if draft.action == "shot down" and word.startswith("intercept") and (group or (head and head not in _FLYING)):
        draft.action = "intercepted"
    if draft.action == "leaked" and group == "measure":
        draft.action = "spilled"


_GOING = wordset("leave evacuate flee go move")


def _is_sent_away(sentence: Sentence, draft: Draft) -> bool:
    """Whether those that are ordered to do something are to go: "ordered 8,000 people to leave"."""
    end = draft.noun.last if draft.noun is not None else draft.last
    return any(sentence.lower(k) == "to" and sentence.lower(k + 1) in _GOING for k in range(end, end + 6))


def _is_left_out(sentence: Sentence, draft: Draft) -> bool:
    return (sentence.lower(draft.opens - 2), sentence.lower(draft.opens - 1)) == ("all", "but")


def _left_out(sentence: Sentence, event: Event | None, action: str | None) -> str | None:
    """What is so of those whom something else was not done to: "released all but nine" are nine who are held."""
    if event is not None and (event.action == "freed" or not sentence.words.isdisjoint({"released", "freed"})):
        return "held"
    if not sentence.words.isdisjoint({"evacuation", "evacuations"}) and "lifted" in sentence.words:
        return "evacuated"
    return action


def _is_dark(sentence: Sentence, draft: Draft) -> bool:
    """Whether those that a number counts have no power: "it is back for all but 900", "900 are still cut off"."""
    if _POWER.isdisjoint(sentence.words):
        return False
    returning = not sentence.words.isdisjoint({"restored", "back", "reconnected"})
    return draft.action == "trapped" or (returning and _is_left_out(sentence, draft))
