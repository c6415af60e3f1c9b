"""Articles of the corpus Timeline17 (Tran et al., WWW 2013 companion), as others have published it on GitHub.

The repository ``Haruhi07/news-tls-best`` holds it as ``dataset/Timeline17/NAME/articles.jsonl``: tokenised text, a
sentence a line. The texts are under press copyright and stay outside this repository; labels name places in them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

OUTLETS = {
    "bbc": "BBC",
    "cnn": "CNN",
    "foxnews": "Fox News",
    "guardian": "Guardian",
    "reuters": "Reuters",
    "washingtonpost": "Washington Post",
}
_JOINED = (
    (re.compile(r"``|''"), '"'),
    (re.compile(r"-LRB-"), "("),
    (re.compile(r"-RRB-"), ")"),
    (re.compile(r" (n't|'(?:s|re|ve|ll|d|m|S)\b)"), r"\1"),
    (re.compile(r" ([,.;:?!%)\]])"), r"\1"),
    (re.compile(r"([(\[$£€]) "), r"\1"),
    (re.compile(r"(s) ' "), r"\1' "),
    (re.compile(r'" ([^"\n]*?) "'), r'"\1"'),
    (re.compile(r"[ \t]+"), " "),
)


def plain(text: str) -> str:
    """Tokenised text as it was printed, nearly: which side of a quotation mark had a space can't always be told."""
    for pattern, joined in _JOINED:
        text = pattern.sub(joined, text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def articles(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """The articles of one part of the corpus by id, as rows of a stream."""
    source = OUTLETS[name.rpartition("_")[2]]
    found = {}
    with (folder / name / "articles.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found[row["id"]] = {
                "id": f"{name}/{row['id']}",
                "url": f"https://timeline17.example/{name}/{row['id']}",
                "title": "",
                "text": plain(row["text"]),
                "published": f"{row['time'][:10]}T06:00:00Z",
                "source": source,
                "language": "en",
            }
    return found
