"""Articles of corpora that others have published on GitHub, by set and id.

    python -m benchmarks.corpora CLONES CORPORA      take the labelled articles out of clones, into CORPORA/SET.jsonl

``CLONES`` holds bare clones, named OWNER+NAME (see `SOURCES`). All texts are under press copyright and stay outside
this repository; labels name places in them. The parts of Timeline17 lie in the same folder as they were published:
``CORPORA/NAME/articles.jsonl`` (``timeline17.py``).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import timeline17

HERE = Path(__file__).resolve().parent
Row = dict[str, Any]
SOURCES = {
    "reuters2013": "duynht/financial-news-dataset",
    "lk_news": "nuuuwan/lk_news",
    "mainstream2024": (
        "abdullah-2k3/abdullah-2k3-Comparative-Linguistic-Analysis-of-Mainstream-International-News-Articles"
    ),
}
"""The repository of each set.

``reuters2013``: articles of Reuters, 2006 to 2013 (Ding et al., EMNLP 2014); an id is a day and a file's name.
``lk_news`` (its branch ``data``): reports of Sri Lankan outlets, 2024 and 2025; an id names a folder.
``mainstream2024``: articles of BBC and CNN, 2024; an id is an address.
"""
_JOINED = (
    (re.compile(r"[\u00a0\t ]+"), " "),
    (re.compile(r"\( ([^()]{1,40}?) \)"), r"(\1)"),
    (re.compile(r" ([,;:?!%)\]])(?=\s|$)"), r"\1"),
    (re.compile(r" \.(?=\s|$)"), "."),
    (re.compile(r"([(\[$]) (?=\w)"), r"\1"),
)
_FORM = re.compile(
    r"\n?(?:Leave a Reply|Your email address will not be published|Save my name, email|Required fields are marked).*",
    re.S,
)
"""The form for comments that ends some pages of lk_news."""
_CNN = re.compile(r"^(?:[A-Z][\w ,.&/]{0,60})?CNN *— *")
_TABLES = (
    "BBC/bbc_articles_cleaned.csv",
    "CNN/cnn_articles_Ukraine War_cleaned.csv",
    "CNN/cnn_articles_israel_cleaned.csv",
    "News Topic/US Elections/bbc_articles_US_elections.csv",
    "News Topic/China News/BBC_articles_China News.csv",
    "News Topic/China News/cnn_articles_China News.csv",
    "News Topic/Islamophobia/BBC_articles_Islamophobia.csv",
    "News Topic/Islamophobia/cnn_articles_Islamophobia.csv",
    "CNN/cnn_articles_israel_updated.csv",
    "CNN/cnn_articles_Ukraine War_updated.csv",
)
"""The tables of mainstream2024; the first that holds an address gives its text."""
_LEAST = 250
"""Characters below which a table holds no article."""


# ---- texts


def plain(text: str) -> str:
    """Paragraphs, one a line; lines broken within a paragraph are joined."""
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", re.sub(r"\r\n?", "\n", text)))
    text = "\n".join(part for part in paragraphs if part)
    for pattern, joined in _JOINED:
        text = pattern.sub(joined, text)
    return text.strip()


def reuters(raw: str) -> Row:
    """Title, address and text of a file of reuters2013, which opens with lines that begin with two hyphens."""
    lines = raw.replace("\r\n", "\n").split("\n")
    head = []
    while lines and (lines[0].startswith("--") or not lines[0].strip()):
        head.append(lines.pop(0).removeprefix("-- ").strip())
    head = [line for line in head if line and line != "--"]
    return {
        "url": next((line for line in head if line.startswith("http")), ""),
        "title": head[0],
        "text": plain("\n".join(lines)),
    }


def lk_news(raw: str, title: str) -> str:
    """A text of lk_news: its first line repeats the title, a form for comments can end it."""
    lines = [line for line in plain(_FORM.sub("", raw)).split("\n") if line]
    if lines and "".join(lines[0].split()).casefold() == "".join(title.split()).casefold():
        lines = lines[1:]
    return "\n".join(lines)


# ---- clones


def _git(clone: Path, *asked: str) -> bytes:
    command = ["git", f"--git-dir={clone}", "-c", "core.quotepath=off", *asked]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def _shown(clone: Path, name: str) -> str:
    return _git(clone, "show", name).decode("utf-8", "replace")


def _of_reuters2013(clone: Path, wanted: Mapping[str, Row]) -> Iterator[Row]:
    for id in wanted:
        yield {"id": id} | reuters(_shown(clone, f"HEAD:ReutersNews106521/{id}"))


def _of_lk_news(clone: Path, wanted: Mapping[str, Row]) -> Iterator[Row]:
    # Git looks a path up slowly in a folder of 50,000, and a blob by its hash at once.
    listed = (line.split("\t") for line in _git(clone, "ls-tree", "-r", "data", "data/lk_news").decode().splitlines())
    blobs = {path: about.split()[2] for about, path in listed if path.split("/")[-2] in wanted}
    for path, blob in blobs.items():
        folder, _, name = path.rpartition("/")
        if name == "doc.txt":
            about = json.loads(_shown(clone, blobs[f"{folder}/doc.json"]))
            title = " ".join(about["description"].split())
            id = folder.rpartition("/")[2]
            text = lk_news(_shown(clone, blob), title)
            yield {"id": id, "url": about["url_metadata"], "title": title, "text": text}


def _of_mainstream2024(clone: Path, wanted: Mapping[str, Row]) -> Iterator[Row]:
    csv.field_size_limit(10**8)
    found = set()
    for table in _TABLES:
        for line in csv.DictReader(io.StringIO(_shown(clone, f"HEAD:Scrapping/Sources/{table}"))):
            id, body = line["Link"], line["Article_Content"] or ""
            if id in wanted and id not in found and len(body) >= _LEAST:
                found.add(id)
                text = _CNN.sub("", plain(body)) if line["Source"] == "CNN" else plain(body)
                yield {"id": id, "url": id, "title": line["Headline"].strip(), "text": text}


_READ: dict[str, Callable[[Path, Mapping[str, Row]], Iterator[Row]]] = {
    "reuters2013": _of_reuters2013,
    "lk_news": _of_lk_news,
    "mainstream2024": _of_mainstream2024,
}


def taken(clones: Path, name: str, articles: Iterable[Row]) -> Iterator[Row]:
    """The articles of a set as rows of a stream; ``articles`` name their ids, days and outlets, as labels do."""
    clone = clones / SOURCES[name].replace("/", "+")
    wanted = {one["id"]: one for one in articles}
    for row in _READ[name](clone, wanted):
        known = {key: wanted[row["id"]][key] for key in ("published", "source")}
        yield {"language": "en"} | row | known | {"id": f"{name}/{row['id']}"}


# ---- streams


def articles(folder: Path, name: str) -> dict[str, Row]:
    """The articles of a set by id, as rows of a stream: one of `SOURCES`, or a part of Timeline17."""
    if name not in SOURCES:
        return timeline17.articles(folder, name)
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["id"].partition("/")[2]: row for row in rows}


def labelled() -> dict[str, list[Row]]:
    """The articles that labels name, by set: of those that come from clones."""
    found: dict[str, list[Row]] = {name: [] for name in SOURCES}
    for labels in sorted((HERE / "labels").glob("*.jsonl.gz")):
        with gzip.open(labels, "rt", encoding="utf-8") as lines:
            topics = (json.loads(line) for line in lines if '"articles"' in line)
            for one in (one for topic in topics for one in topic["articles"]):
                if one["set"] in found:
                    found[one["set"]].append(one)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", type=Path)
    parser.add_argument("corpora", type=Path)
    options = parser.parse_args()
    options.corpora.mkdir(parents=True, exist_ok=True)
    for name, wanted in labelled().items():
        rows = list(taken(options.clones, name, wanted))
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (options.corpora / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{name}: {len(rows)} of {len({one['id'] for one in wanted})} articles")


if __name__ == "__main__":
    main()
