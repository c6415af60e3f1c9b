"""How well figures are read and followed: the update sequences through reading and following.

    python -m benchmarks.updates [SHARED] [--errors]

Prints the scores of the labelled sequences beside the checkout and of those in the tests: from the text alone; with the
labelled numbers given, which tells what following loses by itself; and from the text, with six sequences at a time as
one topic. ``--errors`` lists what went wrong (never those of the ``check`` half, which is only there to be scored).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.figures.claims import is_claim
from pipeline.figures.following import Follower
from pipeline.figures.reading import read_figures
from schemas.figure import Figure, FigureInArticle, Modifier

Item = dict[str, Any]
Sequence_ = dict[str, Any]

_MEASURES = {"percent", "euros", "dollars", "crowns", "metres", "kilometres", "hectares", "tonnes", "basis", "litres"}
"""Words of the labels that stand for a unit rather than a noun."""

HERE = Path(__file__).resolve().parents[1]


def load(path: Path) -> list[Sequence_]:
    """The sequences of a JSON lines file, compressed or not."""
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def published(item: Item) -> datetime:
    """When an item came out."""
    return datetime.fromisoformat(item["published"].replace("Z", "+00:00"))


def read(sequence: Sequence_, item: Item) -> list[Figure]:
    """The figures of an item, read from its text."""
    language = item.get("language") or sequence.get("language", "en")
    found = read_figures(item["text"], language=language, published=published(item)).figures
    return [figure for figure in found if is_claim(figure)]


def given(_: Sequence_, item: Item) -> list[Figure]:
    """The labelled numbers of an item with their noun, action and attribution, but without scope."""
    return [_labelled(item["text"], label) for label in item["figures"]]


def _labelled(text: str, label: dict[str, Any]) -> Figure:
    start, end = label["span"]
    opens = max((m.end() for m in re.finditer(r"[.!?][”\"]?\s+(?=[^\Wa-zа-яіїє])|\n+", text[:start])), default=0)
    closes = re.search(r"[.!?][”\"]?(?=\s+[^\Wa-zа-яіїє])|\n|$", text[end:])
    value = label["value"]
    low, high = value if isinstance(value, list) else (None, None)
    return Figure(
        span=(start, end),
        surface=text[start:end],
        quote=text[opens : end + (closes.end() if closes else 0)],
        value=None if isinstance(value, list) else value,
        low=low,
        high=high,
        modifier=Modifier(label["modifier"]),
        unit=label["counted"].split()[0] if label["counted"].split()[0] in _MEASURES else None,
        counted=label["counted"],
        action=label["action"],
        attribution=label.get("attribution"),
    )


def blended(sequences: Sequence[Sequence_], several: int = 6) -> list[Sequence_]:
    """The sequences, so many of them at a time as one: a topic in which several things happen at once.

    Their items take turns; all begin in one week, so that the time tells nothing.
    """
    made = []
    for first in range(0, len(sequences), several):
        group = sequences[first : first + several]
        name, begin = group[0]["id"], min(published(sequence["items"][0]) for sequence in group)
        turns = [
            (k, turn, _moved(sequence, item, begin))
            for turn, sequence in enumerate(group)
            for k, item in enumerate(sequence["items"])
        ]
        items = [item | {"n": n} for n, (_, _, item) in enumerate(sorted(turns, key=lambda entry: entry[:2]), 1)]
        made.append({"id": f"{name} and others", "items": items})
    return made


def _moved(sequence: Sequence_, item: Item, begin: datetime) -> Item:
    weeks = (published(sequence["items"][0]) - begin) // timedelta(days=7)
    labels = [label | {"key": f"{sequence['id']} {label['key']}"} for label in item["figures"]]
    when = (published(item) - weeks * timedelta(days=7)).isoformat()
    return item | {"figures": labels, "published": when, "language": sequence.get("language", "en")}


def play(sequences: Sequence[Sequence_], figures_of: Callable[[Sequence_, Item], list[Figure]]) -> list[dict[str, Any]]:
    """What a follower says of each item, in the form of the scorer."""
    said = []
    for sequence in sequences:
        follower = Follower(sequence["id"])
        for item in sequence["items"]:
            article = f"{sequence['id']}/{item['n']}"
            figures = [
                FigureInArticle(
                    id=f"{article}/{i}",
                    article=article,
                    revision=0,
                    outlet=item["source"],
                    published=published(item),
                    figure=figure,
                )
                for i, figure in enumerate(figures_of(sequence, item))
            ]
            followed = follower.follow(figures, text=item["text"])
            said.append(
                {
                    "id": sequence["id"],
                    "n": item["n"],
                    "figures": [
                        {
                            "span": list(one.figure.span),
                            "value": one.figure.value
                            if one.figure.value is not None
                            else [one.figure.low, one.figure.high],
                            "modifier": one.figure.modifier.value,
                            "verdict": verdict.kind.value,
                            "from": list(verdict.from_value)
                            if isinstance(verdict.from_value, tuple)
                            else verdict.from_value,
                            "key": verdict.series,
                            "reason": verdict.reason,
                        }
                        for one, verdict in zip(figures, followed.verdicts, strict=True)
                    ],
                }
            )
    return said


Scores = dict[str, float]

_SILENT = re.compile(r"(?i)(?:no|nobody|none|doubl\w+|tripl\w+|quadrupl\w+|halv\w+|\w+fold|twice)\b")
"""Numerals that the labels pass over: reading them counts neither way."""


def score(gold: Sequence[Sequence_], said: Sequence[dict[str, Any]]) -> Scores:
    """F1 in percent of the figures read, the alerts, each verdict, and of pairs of figures put into one series.

    An alert is a verdict other than ``repeated`` on a figure that is read with its value; for ``changed`` what it
    changed from must be right too.
    """
    by = {(one["id"], one["n"]): one["figures"] for one in said}
    hits, made, labelled = Counter[str](), Counter[str](), Counter[str]()
    for sequence in gold:
        matched: list[tuple[str, str]] = []
        for item in sequence["items"]:
            figures = [f for f in by.get((sequence["id"], item["n"]), []) if not _is_silent(f, item)]
            made["figures"] += len(figures)
            made.update(f["verdict"] for f in figures if f["verdict"] != "repeated")
            labelled["figures"] += len(item["figures"])
            labelled.update(label["verdict"] for label in item["figures"] if label["verdict"] != "repeated")
            left = list(figures)
            for label in item["figures"]:
                found = next((f for f in left if _overlap(f, label) and same(f["value"], label["value"])), None)
                if found is None:
                    continue
                left.remove(found)
                hits["figures"] += 1
                right = found["verdict"] == label["verdict"]
                if label["verdict"] == "changed":
                    right = right and same(found["from"], label["from"])
                if right and label["verdict"] != "repeated":
                    hits[label["verdict"]] += 1
                matched.append((label["key"], found["key"]))
        for (key, series), (other_key, other_series) in combinations(matched, 2):
            hits["same series"] += key == other_key and series == other_series
            made["same series"] += series == other_series
            labelled["same series"] += key == other_key
    for counts in (hits, made, labelled):
        counts["alerts"] = sum(n for kind, n in counts.items() if kind not in ("figures", "same series"))
    kinds = ("figures", "alerts", "new", "changed", "contradiction", "same series")
    return {kind: round(200 * hits[kind] / max(1, made[kind] + labelled[kind]), 1) for kind in kinds}


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["span"][0] < other["span"][1] and other["span"][0] < one["span"][1])


def _is_silent(figure: dict[str, Any], item: Item) -> bool:
    words = item["text"][slice(*figure["span"])]
    known = [*item["figures"], *item["not_figures"]]
    return bool(_SILENT.match(words)) and not any(_overlap(figure, label) for label in known)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal but for rounding: two numbers, or two ranges."""
    if isinstance(one, list) and isinstance(other, list):
        return all(math.isclose(a, b, rel_tol=1e-5) for a, b in zip(one, other, strict=True))
    if one is None or other is None or isinstance(one, list) or isinstance(other, list):
        return False
    return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-9)


def parts() -> dict[str, list[Sequence_]]:
    """Our own sequences by half (dev, opened, check) and by the go they were written in, as parts.toml has it."""
    folder = HERE / "tests/figures/sequences"
    goes = {name: ids.split() for name, ids in tomllib.loads((folder / "parts.toml").read_text("utf-8")).items()}
    go_of = {id: name for name, ids in goes.items() for id in ids}
    found: dict[str, list[Sequence_]] = {}
    for half in ("dev", "check"):
        for one in load(folder / f"{half}.jsonl"):
            go = go_of.get(one["id"], "latest")
            side = "dev" if half == "dev" else "check" if go in ("latest", "plain") else "opened"
            name = "check" if (side, go) == ("check", "latest") else f"{side} {go}"
            found.setdefault(name, []).append(one)
    return found


def sets(shared: Path) -> dict[str, list[Sequence_]]:
    """The sets of sequences at hand, by name."""
    path = shared / "data/figures/update_sequences.jsonl.gz"
    found = {"shared": load(path)} if path.exists() else {}
    for name, sequences in parts().items():
        found.setdefault(name.partition(" ")[0], []).extend(sequences)
    return found


def errors(gold: Sequence[Sequence_], said: Sequence[dict[str, Any]]) -> list[str]:
    """One line for every labelled figure that was misread or misjudged, and every one that is not labelled."""
    by = {(one["id"], one["n"]): one["figures"] for one in said}
    lines = []
    for sequence in gold:
        keys: dict[str, str] = {}
        for item in sequence["items"]:
            figures = by[(sequence["id"], item["n"])]
            used = set()
            for label in item["figures"]:
                words = item["text"][slice(*label["span"])]
                hit = next(
                    (
                        i
                        for i, f in enumerate(figures)
                        if i not in used and f["span"][0] < label["span"][1] and label["span"][0] < f["span"][1]
                    ),
                    None,
                )
                where = f"{sequence['id']}/{item['n']} «{words}» {label['key']}"
                if hit is None:
                    lines.append(f"{where}: not read")
                    continue
                used.add(hit)
                figure = figures[hit]
                home = keys.get(figure["key"], "nothing")
                keys.setdefault(figure["key"], label["key"])
                if (figure["verdict"], figure["from"]) != (label["verdict"], label.get("from")) or (
                    home != label["key"] and label["verdict"] != "new"
                ):
                    lines.append(
                        f"{where}: {label['verdict']} {label.get('from') or ''}, not"
                        f" {figure['verdict']} {figure['from'] or ''} in {home} (value {figure['value']});"
                        f" {figure['reason']}"
                    )
            lines += [
                f"{sequence['id']}/{item['n']} «{item['text'][slice(*f['span'])]}»: not labelled,"
                f" read as {f['value']}, {f['verdict']}"
                for i, f in enumerate(figures)
                if i not in used
            ]
    return lines


WAYS: dict[str, tuple[Callable[[Sequence[Sequence_]], Sequence[Sequence_]], Callable[..., list[Figure]]]] = {
    "read": (list, read),
    "given": (list, given),
    "blended": (blended, read),
}
"""What is played: each sequence from its text, with its numbers given, and several of them as one topic, from text."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, default=HERE.parent / "shared")
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--given", action="store_true", help="only with the labelled numbers given")
    arguments = parser.parse_args()
    for name, sequences in sets(arguments.shared).items():
        for how, (shape, figures_of) in WAYS.items():
            if arguments.given and how != "given":
                continue
            shaped = shape(sequences)
            said = play(shaped, figures_of)
            print(f"{name:7} {how:7}", "  ".join(f"{kind} {f1:5}" for kind, f1 in score(shaped, said).items()))
            if arguments.errors and name != "check" and how == ("given" if arguments.given else "read"):
                print("\n".join(f"    {line}" for line in errors(shaped, said)))


if __name__ == "__main__":
    main()
