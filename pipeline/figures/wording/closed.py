"""Closed classes of English words, and of labels of a parse, that decide what of a clause must stay; whole classes, not
examples."""

from __future__ import annotations


def _set(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


REPORTING = _set(
    "say says said saying tell tells told telling report reports reported reporting announce announces announced",
    "announcing add adds added adding note notes noted noting state states stated stating declare declares declared",
    "reveal reveals revealed disclose discloses disclosed explain explains explained write writes wrote remark remarks",
    "remarked comment comments commented mention mentions mentioned observe observes observed inform informs informed",
    "show shows showed confirm confirms confirmed confirming quote quotes quoted",
)
"""Verbs of saying that leave a claim as it is; every other verb over a claim ("fears", "denies") colours it."""

CLAIMING = REPORTING | _set(
    "revealing shown estimate estimates estimated estimating believe believes believed think thinks thought reckon",
    "reckons reckoned fear fears feared warn warns warned warning claim claims claimed claiming predict predicts",
    "predicted predicting expect expects expected suggest suggests suggested suggesting project projects projected",
    "forecast forecasts argue argues argued arguing insist insists insisted insisting allege alleges alleged alleging",
    "deny denies denied acknowledge acknowledges acknowledged admit admits admitted admitting concede concedes",
    "conceded",
    "contend contends contended caution cautions cautioned conclude concludes concluded indicate indicates indicated",
    "find finds found calculate calculates calculated assert asserts asserted maintain maintains maintained complain",
    "complains complained testify testifies testified assure assures assured stress stresses stressed emphasize",
    "emphasizes emphasized vow vows vowed promise promises promised pledge pledges pledged recount recounts recounted",
    "recall recalls recalled",
)
"""Verbs of saying, counting and believing over a claim, be it as it is or coloured: their subject is who says it."""

FACTS = _set("fact news statement report announcement")
"""Nouns over a claim ("the news that") that leave it as it is; any other one ("fears that") colours it."""

HEDGES = _set(
    "about around roughly approximately nearly almost virtually practically possibly perhaps maybe probably likely",
    "unlikely apparently reportedly allegedly supposedly purportedly presumably seemingly potentially barely hardly",
    "scarcely merely only just not n't never no nor neither least most more less than up over under below above some",
    "even otherwise effectively essentially theoretically conceivably arguably ostensibly largely mostly partly",
    "partially mainly generally usually at well",
)
"""Words that say how sure, how much or whether at all."""

LINKING = _set(
    "also however meanwhile moreover furthermore therefore then thus too additionally instead indeed nevertheless",
    "nonetheless hence besides accordingly consequently similarly likewise separately elsewhere",
)
"""Adverbs that tie a sentence to the one before."""

TIMES = _set(
    "now already still yet today yesterday tomorrow tonight currently recently ago later earlier soon once again",
    "immediately far previously formerly lately afterwards since eventually finally initially",
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
_MONTHS = "january february march april may june july august september october november december"
_SHORT_MONTHS = "jan feb mar apr jun jul aug sept sep oct nov dec"
TIME_NOUNS = _set(
    _DAYS,
    _MONTHS,
    _SHORT_MONTHS,
    "day days week weeks month months year years hour hours minute minutes morning afternoon evening night nights",
    "weekend weekends decade decades century centuries today yesterday tomorrow tonight midnight noon spring summer",
    "autumn fall winter season quarter past moment time times gmt a.m. p.m. am pm dawn dusk",
)
TIME_PREPOSITIONS = _set("after before since during until till amid following")
PLACE_PREPOSITIONS = _set(
    "in at near inside outside across around off on along throughout within beside beneath behind between"
)
COMPLETING = _set("about against from into of to")
"""Prepositions behind a verb that, with another verb behind them, say what is done rather than when or how."""
WHEN = _set("when after as while since before where")
"""Subordinators of clauses that may go; the main clause claims the same without them."""

CONDITIONS = _set("if unless until till provided providing whether lest once except")
"""Subordinators without which a clause would claim more than its sentence."""

CONDITIONAL = _set(
    "provided providing assuming supposing granted granting given pending depending barring except failing without"
)
"""Participles and prepositions that open a condition."""

CONDITION_NOUNS = _set("case event condition proviso assumption premise subject")
"""Nouns that with a preposition open a condition: "in case", "on condition that"."""

OUTCOME = _set("into past against beyond")
"""Prepositions of what something becomes, passes or is set against."""

PERIODS = _set(
    _MONTHS,
    _SHORT_MONTHS,
    "half quarter month months year years decade decades century week weeks season spring summer autumn winter date",
)
"""Nouns of a time over which things are counted, rather than of a day on which one happened."""

SPANS = _set("hours days minutes nights hour day night")
UP_TO_NOW = _set("last past previous preceding recent latest first")
"""Adjectives that make hours and days a time over which things are counted."""

CONTRASTING = _set("while whereas whilst")
"""Subordinators that set a clause beside another one, for the same time."""

SHARES = _set(
    "half third thirds quarter quarters fifth fifths tenth tenths percent percentage most all part share majority"
)
"""Words for how much of a whole, which have no digits."""

FALSELY = _set(
    "falsely wrongly wrongfully incorrectly mistakenly erroneously inaccurately untruthfully misleadingly dishonestly"
)
"""Adverbs by which who tells a claim says that it is not so."""

NOBODY = _set("no none nobody neither few")
"""Subjects, or words before them, that turn a claim round."""

PRONOUNS = _set("it they he she this that these those them him her")
"""Words that say nothing where they stand alone."""

POSSESSIVES = _set("its their his her")

BESIDE = _set("addition comparison contrast compared opposed including according")
"""Heads of phrases that set another thing beside what the clause says."""

DANGLING = _set(
    "of in at on to from for with by as and or but nor the a an its their his her that which who whose than into over",
    "between under about against per if because while when where",
)
"""What no wording ends in."""

WITH_STATE = _set(
    "have has had having get gets got getting leave leaves left leaving keep keeps kept keeping find finds found",
    "finding see sees saw seen seeing",
)
"""Verbs over a thing and the state it is in ("left 12 hurt"); without the state they say something else."""

ACTORS = _set("nsubj nsubjpass")
"""Labels of a subject that is a noun or a pronoun."""
