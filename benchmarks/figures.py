"""Score figure reading on the labelled sets, and time it.

usage: python -m benchmarks.figures [--shared DIR] [--errors SET]

The sets lie in DIR/data/figures (``TALLYWIRE_SHARED``, or ../shared beside the checkout). ``--errors`` prints what was
missed and what was read in excess, one set at a time: newsquant, muc4, probes, sequences, or sentences (those of the
tests).
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.figures.reading import FiguresRead, read_figures
from pipeline.sentences import sentences
from schemas.figure import Figure

FILES = {"newsquant": "newsquant", "muc4": "muc4_casualties", "probes": "probes", "sequences": "update_sequences"}


def load_scorer(folder: Path, name: str) -> ModuleType:
    """A scorer that lies beside the data."""
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def as_prediction(read: FiguresRead) -> dict[str, Any]:
    return {"figures": [json.loads(figure.model_dump_json()) for figure in read.figures]}


def score_set(folder: Path, name: str) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """The scores of one set, with its gold rows and what was read of them."""
    scorer = load_scorer(folder, "score_read")
    gold = rows(folder / f"{FILES[name]}.jsonl.gz")
    pred = [as_prediction(read_figures(row["text"])) for row in gold]
    scores: dict[str, Any] = getattr(scorer, name)(gold, pred)
    return scores, gold, pred


def score_sequences(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Figure F1, modifiers and false alarms on the update sequences; verdicts are not read here."""
    scorer = load_scorer(folder, "score_updates")
    gold = rows(folder / f"{FILES['sequences']}.jsonl.gz")
    pred = []
    for sequence in gold:
        for item in sequence["items"]:
            published = datetime.fromisoformat(item["published"].replace("Z", "+00:00"))
            language = sequence.get("language", item.get("language"))
            read = read_figures(item["text"], published=published, language=language)
            figures = [
                {
                    "span": list(f.span),
                    "value": f.value if f.value is not None else [f.low, f.high],
                    "modifier": f.modifier.value,
                    "full": f,
                    "verdict": "repeated",
                    "key": None,
                }
                for f in read.figures
            ]
            pred.append({"id": sequence["id"], "n": item["n"], "figures": figures})
    scores = scorer.score(gold, pred)
    others = [
        (p, g)
        for sequence in gold
        for item in sequence["items"]
        for g in item["figures"]
        for p in next(x for x in pred if (x["id"], x["n"]) == (sequence["id"], item["n"]))["figures"]
        if p["span"][0] < g["span"][1] and g["span"][0] < p["span"][1]
    ]
    inexact = [(p, g) for p, g in others if g["modifier"] != "exact"]
    right = sum(p["modifier"] == g["modifier"] for p, g in inexact)
    scores["modifiers_other_than_exact"] = f"{right}/{len(inexact)}"
    heads = sum(_head(p["full"].counted or p["full"].unit) == _head(g["counted"]) for p, g in others)
    scores["counted_head"] = f"{heads}/{len(others)}"
    for following_only in ("alerts", "per_verdict", "key_pairs"):
        scores.pop(following_only)
    return scores, gold, pred


SENTENCES = Path(__file__).resolve().parents[1] / "tests/figures/reading/sentences.txt"
_DAY = datetime(2026, 5, 12, tzinfo=UTC)


def labelled_sentences() -> list[tuple[str, str, list[list[str]]]]:
    """The labelled sentences of the tests: text, language and, for each figure, value, noun, action, speaker, kind."""
    body = SENTENCES.read_text(encoding="utf-8").split("\n\n", 1)[1]
    found = []
    for block in body.strip().split("\n\n"):
        first, *labels = block.split("\n")
        text, _, language = first.partition(" | ")
        found.append((text, language.strip() or "en", [label.lstrip("> ").split(" | ") for label in labels]))
    return found


def score_sentences(errors: bool = False) -> dict[str, dict[str, float]]:
    """Of the labelled figures of each half: the shares in percent read, and read with the right noun and so on.

    ``precise`` is the share of figures read that are labelled. ``errors`` prints those of the odd half.
    """
    counts = {half: dict.fromkeys(("labelled", "value", "noun", "action", "speaker", "read"), 0) for half in HALVES}
    for index, (text, language, labels) in enumerate(labelled_sentences()):
        half = HALVES[index % 2]
        left = list(read_figures(text, language=language, published=_DAY).figures)
        counts[half]["read"] += len(left)
        for label in labels:
            figure = next((one for one in left if one.value == float(label[0])), None)
            counts[half]["labelled"] += 1
            right = {"value": figure is not None} | (_agreement(figure, label) if figure else {})
            for name, fits in right.items():
                counts[half][name] += fits
            if figure:
                left.remove(figure)
            if errors and half == "odd" and not all(right.values()):
                print(text, "\n    ", " | ".join(label), "\n    ", figure and _told(figure))
    return {half: _shares(of_half) for half, of_half in counts.items()}


HALVES = ("odd", "even")


def _told(figure: Figure) -> tuple[str | None, ...]:
    return figure.counted or figure.unit, figure.action, figure.attribution


def _agreement(figure: Figure, label: list[str]) -> dict[str, bool]:
    nouns, actions, speakers = (part.strip().lower().split("/") for part in label[1:4])
    counted = (figure.counted or "-").lower().partition(" of ")[0].split()[-1]
    said = (figure.attribution or "-").lower()
    return {
        "noun": bool({counted, (figure.unit or "-").lower()} & set(nouns)),
        "action": (figure.action or "-").lower() in actions,
        "speaker": any(who == said if who == "-" else who in said for who in speakers),
    }


def _shares(counts: dict[str, int]) -> dict[str, float]:
    shares = {name: 100 * counts[name] / counts["labelled"] for name in ("value", "noun", "action", "speaker")}
    return {name: round(share, 1) for name, share in shares.items()} | {
        "precise": round(100 * counts["value"] / counts["read"], 1)
    }


def _head(phrase: str | None) -> str:
    return (phrase or "").split(" of ")[0].split(" ")[-1].lower().rstrip("s")


def speed(folder: Path) -> dict[str, float]:
    """Sentences a second, one process, over running news text."""
    texts = [row["text"] for row in rows(folder / "muc4_casualties.jsonl.gz")]
    texts += [row["text"] for row in rows(folder / "newsquant.jsonl.gz")]
    for text in texts[-40:]:
        read_figures(text)
    count = sum(len(sentences(text)) for text in texts)
    began = time.process_time()
    for text in texts:
        read_figures(text)
    took = time.process_time() - began
    quant = texts[-290:]
    began = time.process_time()
    for text in quant:
        read_figures(text)
    only = time.process_time() - began
    return {"sentences": count, "per_cpu_second": round(count / took), "newsquant_per_cpu_second": round(290 / only)}


def print_errors(name: str, gold: list[dict[str, Any]], pred: list[dict[str, Any]], scorer: ModuleType) -> None:
    for g, p in zip(gold, pred, strict=True):
        left = list(p["figures"])
        missed = []
        for figure in g["figures"] if "figures" in g else [{"value": v} for v in g["values"]]:
            options = [x for x in left if scorer.same(scorer.number(figure), scorer.number(x))]
            if name == "muc4":
                heads = {scorer.head(c) for c in figure["counted"]} | {
                    scorer.words(c)[-1] for c in figure["counted"] if scorer.words(c)
                }
                if figure.get("role") == "human" and heads & {"people", "civilian"}:
                    heads |= {"people"}
                near = [x for x in options if heads & {w for s in scorer.said_units(x) for w in scorer.words(s)}]
                if not near:
                    missed.append(
                        (figure["value"], figure["counted"], [(x["counted"], x["unit"], x["quote"]) for x in options])
                    )
                continue
            good = [
                x
                for x in options
                if name != "newsquant" or (scorer.unit_ok(figure, x) and scorer.modifier_ok(figure, x))
            ]
            if good:
                left.remove(good[0])
            elif options:
                left.remove(options[0])
                x = options[0]
                missed.append(
                    (
                        "~",
                        figure["value"],
                        figure["unit"],
                        figure["modifier"],
                        "READ",
                        x["unit"],
                        x["counted"],
                        x["modifier"],
                    )
                )
            else:
                missed.append(("MISSED", figure["value"], figure.get("unit")))
        excess = (
            []
            if name == "muc4"
            else [("EXCESS", x["surface"], x["value"], x["low"], x["high"], x["unit"], x["counted"]) for x in left]
        )
        if missed or excess:
            print(g["text"][:400] if name != "muc4" else g["id"])
            for line in [*missed, *excess]:
                print("    ", *line)


def print_sequence_errors(gold: list[dict[str, Any]], pred: list[dict[str, Any]]) -> None:
    by = {(p["id"], p["n"]): p["figures"] for p in pred}
    for sequence in gold:
        for item in sequence["items"]:
            print("--", sequence["id"], item["n"], item["text"])
            for figure in item["figures"]:
                x = next((x for x in by[sequence["id"], item["n"]]
                          if x["span"][0] < figure["span"][1] and figure["span"][0] < x["span"][1]), None)  # fmt: skip
                print(
                    "    gold",
                    figure["value"],
                    figure["modifier"],
                    figure["counted"],
                    "|",
                    figure["action"],
                    "|",
                    figure["scope"],
                    "|",
                    figure.get("attribution"),
                )
                if x is None:
                    print("       MISSED")
                    continue
                f = x["full"]
                flag = "" if x["value"] == figure["value"] and x["modifier"] == figure["modifier"] else "  <<<<<"
                print(
                    "    read",
                    x["value"],
                    x["modifier"],
                    f.unit,
                    f.counted,
                    "|",
                    f.action,
                    "|",
                    f.scope,
                    "|",
                    f.attribution,
                    f.as_of,
                    f.earlier,
                    f.factor,
                    flag,
                )
            for x in by[sequence["id"], item["n"]]:
                if not any(x["span"][0] < g["span"][1] and g["span"][0] < x["span"][1] for g in item["figures"]):
                    print("       EXCESS", x["full"].surface, x["full"].counted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = Path(__file__).resolve().parents[2] / "shared"
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TALLYWIRE_SHARED", beside)))
    parser.add_argument("--errors", choices=sorted([*FILES, "sentences"]), help="print the errors of one set")
    options = parser.parse_args()
    folder = options.shared / "data" / "figures"
    for name in FILES:
        if options.errors and name != options.errors:
            continue
        scores, gold, pred = score_sequences(folder) if name == "sequences" else score_set(folder, name)
        if options.errors == "sequences":
            print_sequence_errors(gold, pred)
        elif options.errors:
            print_errors(name, gold, pred, load_scorer(folder, "score_read"))
        print(name, json.dumps(scores, ensure_ascii=False))
    if options.errors in (None, "sentences"):
        print("sentences", json.dumps(score_sentences(options.errors is not None)))
    if not options.errors:
        print("speed", json.dumps(speed(folder)))


if __name__ == "__main__":
    main()
