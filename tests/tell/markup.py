"""What tests ask of a mail's HTML, seen through a parser that is not the one that made it."""

from __future__ import annotations

from html.parser import HTMLParser

_TAGS = frozenset(
    ("html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "th", "p", "a", "span",
     "strong", "blockquote", "h1", "h2", "br", "img")
)  # fmt: skip
_EMPTY = frozenset({"meta", "br", "img"})


class Markup(HTMLParser):
    """Tags, addresses and visible text of a page; fails on whatever a mail of ours never holds."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str]] = []
        self._unseen = 0
        self._said: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._said).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, f"a mail holds <{tag}>"
        self.tags.append(tag)
        values = {name: value or "" for name, value in attributes}
        assert not any(name.startswith("on") for name in values), f"a handler in {values}"
        assert "url(" not in values.get("style", "")
        if tag == "a":
            assert values["href"].startswith(("https://", "http://", "mailto:")), values["href"]
            self.links.append(values["href"])
        if tag == "img":
            assert values["src"].startswith(("cid:", "data:image/png;base64,")), values["src"]
            assert values["alt"]
            self.images.append(values)
        self._unseen += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        assert tag not in _EMPTY
        self._unseen -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._said.append(data)
