"""Fit the weights by which articles are told from walls and notices (`pipeline/read/kinds.json`), and score them.

usage: python -m benchmarks.fit_kinds [--write]

Fitted: the pages of `tests/read/kinds` in the languages for tuning and, where `../shared` exists, half of the outlets
of its real news pages, all of them articles. Reported: these, and the other halves, which the fit never sees.

Multinomial logistic regression, its weights held near `PRIOR` (a Gaussian prior, so the fit maximises the posterior):
few pages are labelled, and a witness none of them shows must keep its say.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipeline.errors import ReadError
from pipeline.read import kinds
from pipeline.read.page import witnesses_of
from pipeline.read.witnesses import Ending
from pipeline.urls import outlet_domain
from schemas.article import Hint, Page, PageKind
from tests.read.kinds.build import pages
from tests.read.pages import NOW, PARAGRAPHS, article, page
from tests.read.test_teaser import OFFERS

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
WEIGHTS = Path(kinds.__file__).with_name("kinds.json")
STRENGTH = 1.0
"""Inverse variance of the prior: a weight moves by about 1 where many pages ask for it."""
LOST = 3.0
"""What an article of those made counts, against 1 for any other page: to lose one is worse than to read a notice."""
REAL = 1.0
"""What a real page counts: no made page is as rich as these, and to lose an article is worse than to read a notice."""

A, T, C, L, K, M, X, S = (kind.value for kind in PageKind if kind is not PageKind.OTHER)
_NONE = (C, L, K, M, X, S)


def _all(value: float, *kinds: str) -> dict[str, float]:
    return dict.fromkeys(kinds or _NONE, value)


BIAS = {A: 2.0, T: -1.5, C: -1.5, L: -1.5, K: -1.5, M: -1.0, X: -1.5, S: -1.5}
PRIOR: Mapping[str, Mapping[str, float]] = {
    "title told": {A: 1.0, T: 1.0, X: 0.0},
    "title not told": _all(2.0) | {X: 1.5},
    "summary told": {A: 1.5, T: 1.0, X: 0.5},
    "summary not told": _all(1.5),
    "lost its path": {M: 1.5, X: 2.5, C: 1.0, L: 1.0, S: 0.5},
    "moved elsewhere": _all(1.0),
    "asks to return": {C: 2.0, L: 2.0, K: 1.0},
    "door of consent": {C: 3.0},
    "door of login": {L: 3.0},
    "door of missing": {M: 3.0},
    "door of closed": {S: 3.0},
    "another host": _all(0.5, C, L),
    "canonical elsewhere": {M: 1.0, X: 1.5, L: 1.0, C: 0.5},
    "article's metadata": {A: 2.0, T: 2.0},
    "called a site": _all(0.5) | {X: 1.0},
    "dated": {A: 1.0, T: 1.0},
    "article element": {A: 1.5, T: 1.5},
    "prose": {A: 3.0, T: -1.0, X: 2.0},
    "one paragraph": _all(0.5) | {X: -0.5},
    "no prose": _all(1.0),
    "heading told": {A: 1.5, T: 1.0},
    "numbers": {A: 1.0, T: 0.5, X: 0.5},
    "kept from search": _all(0.7),
    "titled as the site": _all(1.5),
    "password": {L: 3.0},
    "controls": {C: 1.5, L: 1.5, M: 0.5, K: 0.5},
    "links": {X: 1.0, C: 0.3, M: 0.3},
    "cards": {X: 5.0},
    "linked text": {X: 5.0},
    "marked as consent": {C: 2.5},
    "marked as login": {L: 2.5},
    "marked as missing": {M: 2.5},
    "marked as closed": {S: 2.5},
    "marked as check": {K: 2.5},
    "words of consent": {C: 4.0},
    "words of signing in": {L: 4.0},
    "words of missing": {M: 4.0},
    "words of closing": {S: 4.0},
    "words of ad blockers": {K: 4.0},
    "words of robots": {K: 4.0},
    "headed by consent": {C: 1.0},
    "headed by signing in": {L: 1.5},
    "headed by missing": {M: 1.5},
    "headed by closing": {S: 1.5},
    "headed by ad blockers": {K: 1.5},
    "headed by robots": {K: 2.5},
    "locked": {T: 0.7},
    "free": {T: -2.5},
    "short": {T: 1.0},
    "rest": {T: 3.5},
    "subscription": {T: 0.3},
    "price": {T: 0.7},
    "way in": {T: 0.7},
    "paywall": {T: 1.5},
    "locked paywall": {T: 2.0},
    "breaks off": {T: 2.0},
    "open end": {T: 1.0},
    "cut": {T: 5.0},
    "whole": {T: -3.0, A: 1.0},
    "few words": {T: 1.0},
}


class Case(NamedTuple):
    """A labelled page as its witnesses see it."""

    name: str
    kind: PageKind
    found: dict[str, float]
    ending: Ending
    weight: float


def made(*, kept_back: bool) -> Iterator[Case]:
    """The pages of the tests, of the languages for tuning or of those kept back."""
    for one in pages():
        if one.kept_back == kept_back:
            found, ending = witnesses_of(one.page, one.hint, now=NOW)
            yield Case(one.name, one.kind, found, ending, LOST if one.kind is PageKind.ARTICLE else 1.0)


def stated() -> Iterator[Case]:
    """Teasers of the tests of single cases: an offer in a paragraph of its own is all that shows what they are."""
    for number, offer in enumerate(OFFERS):
        found, ending = witnesses_of(page(article(paragraphs=(*PARAGRAPHS[:2], offer))), Hint(), now=NOW)
        yield Case(f"offer-{number}", PageKind.TEASER, found, ending, 1.0)


def real(*, kept_back: bool) -> Iterator[Case]:
    """Real articles of half of the outlets; every other one as a feed would announce it."""
    for folder in ("pages", "pages2"):
        gold = SHARED / folder / "gold.jsonl.gz"
        if not gold.exists():
            continue
        with gzip.open(gold, "rt", encoding="utf-8") as lines:
            rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
        for number, row in enumerate(rows):
            if (zlib.crc32(outlet_domain(row["url"]).encode()) % 2 == 1) != kept_back:
                continue
            body = gzip.decompress((SHARED / folder / f"{row['id']}.html.gz").read_bytes())
            saved = Page(url=row["url"], final_url=row["url"], status=200, body=body, fetched_at=NOW)
            hint = Hint(title=row["gold"].get("title") or "") if number % 2 else Hint()
            try:
                found, ending = witnesses_of(saved, hint, now=NOW.replace(year=2027))
            except ReadError:
                continue
            yield Case(f"{folder}/{row['id']}", PageKind.ARTICLE, found, ending, REAL)


def fit(cases: list[Case]) -> kinds.Weights:
    """The weights of the highest posterior, by gradient ascent (Adam); it is concave, so any way leads there."""
    names, classes = list(PRIOR), list(BIAS)
    prior = np.array([[PRIOR[name].get(kind, 0.0) for kind in classes] for name in names])
    # A weight that the prior does not name stays out, so that what is shipped can be read.
    free = np.array([[kind in PRIOR[name] for kind in classes] for name in names], dtype=float)
    bias = np.array([BIAS[kind] for kind in classes])
    x = np.array([[case.found.get(name, 0.0) for name in names] for case in cases])
    y = np.array([[float(case.kind == kind) for kind in classes] for case in cases])
    share = np.array([case.weight for case in cases])[:, None]
    w, b = prior.copy(), bias.copy()
    m, v = [np.zeros_like(w), np.zeros_like(b)], [np.zeros_like(w), np.zeros_like(b)]
    for step in range(1, 4001):
        scores = x @ w + b
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        error = share * (y - p)
        slopes = [(x.T @ error - STRENGTH * (w - prior)) * free, error.sum(axis=0) - STRENGTH * (b - bias)]
        for n, (slope, target) in enumerate(zip(slopes, (w, b), strict=True)):
            m[n] = 0.9 * m[n] + 0.1 * slope
            v[n] = 0.999 * v[n] + 0.001 * slope**2
            rate = 0.02 * (1 - step / 4400)
            target += rate * (m[n] / (1 - 0.9**step)) / (np.sqrt(v[n] / (1 - 0.999**step)) + 1e-9)
    return kinds.Weights(
        {kind: round(float(value), 2) for kind, value in zip(classes, b, strict=True)},
        {
            name: {kind: round(float(w[n, k]), 2) for k, kind in enumerate(classes) if free[n, k]}
            for n, name in enumerate(names)
        },
    )


def score(cases: list[Case], weights: kinds.Weights) -> dict[str, Any]:
    """How many pages are told article or not, and how many of those that are not are named for what they are."""
    told: Counter[str] = Counter()
    for case in cases:
        kind = kinds.weigh(case.found, case.ending, weights).kind
        is_one, taken = case.kind is PageKind.ARTICLE, kind is PageKind.ARTICLE
        told["articles" if is_one else "others"] += 1
        told["articles lost" if is_one else "others read"] += is_one != taken
        told["named rightly"] += not is_one and kind is case.kind
    return dict(told)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit kinds.json.")
    parser.add_argument("--write", action="store_true", help="write kinds.json anew")
    parser.add_argument("--show", action="store_true", help="name the pages for tuning that are read wrongly")
    options = parser.parse_args()
    tuned, real_tuned = list(made(kept_back=False)), list(real(kept_back=False))
    weights = fit([*tuned, *stated(), *real_tuned])
    for name, cases in (
        ("made, for tuning", tuned),
        ("made, kept back", list(made(kept_back=True))),
        ("real, for tuning", real_tuned),
        ("real, kept back", list(real(kept_back=True))),
    ):
        print(f"{name}: {score(cases, weights)}")
    if options.show:
        for case in (*tuned, *real_tuned):
            judged = kinds.weigh(case.found, case.ending, weights)
            if judged.kind is not case.kind:
                print(case.name, case.kind, "read as", judged.kind, judged.reason, file=sys.stderr)
    if options.write:
        data = {"bias": weights.bias, "weights": weights.weights}
        lines = json.dumps(data, indent=2, ensure_ascii=False)
        WEIGHTS.write_text(lines + "\n", "utf-8")


if __name__ == "__main__":
    main()
