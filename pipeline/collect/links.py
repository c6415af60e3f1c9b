"""Addresses as feeds write them → the addresses they mean: mended, and freed of what aggregators wrap around them."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.urls import host_of, outlet_domain

_MOST_WRAPPINGS = 3
_ABSOLUTE = re.compile(r"https?:", re.IGNORECASE)
_MARKUP = re.compile(r"\bhref\s*=\s*[\"']([^\"'<>]+)[\"']", re.IGNORECASE)
_SCHEME_TWICE = re.compile(r"(?:https?:?/{0,3})+(?=https?:?//)", re.IGNORECASE)
_SITE_BEFORE = re.compile(r"https?://[^/?#]*?(?=https?:?//)", re.IGNORECASE)
_PATH_OF_ITSELF = re.compile(r"https?://([^/?#]+)/+(https?://([^/?#]+).*)$", re.IGNORECASE | re.DOTALL)
_SLASHES = re.compile(r"(https?)(?::/*|//+)(?=[^/])", re.IGNORECASE)
_HOST = re.compile(r"(?P<host>(?:[\w-]+\.)+(?P<suffix>[a-z]{2,24}))(?::\d{1,5})?(?=[/?#]|$)", re.IGNORECASE)
# Endings of hosts that are no endings of files; of a site's own host no ending is held against it.
_SUFFIXES = frozenset({"com", "org", "net", "edu", "gov", "info", "int", "news"})
# Of each aggregator the host, the path and the parameter that holds the page's own address. Where it holds no address,
# as in news.google.com/rss/articles, only the aggregator can tell, and the link stays as it is.
_WRAPPERS = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}"), re.compile(r"/url"), ("url", "q")),
    (re.compile(r"(?:\w+\.)?bing\.com"), re.compile(r"/news/apiclick\.aspx"), ("url",)),
    (re.compile(r"(?:l|lm|m|www)\.facebook\.com"), re.compile(r"/(?:l|flx/warn)(?:\.php|/)"), ("u",)),
    (re.compile(r"(?:html\.|lite\.|www\.)?duckduckgo\.com"), re.compile(r"/l/"), ("uddg",)),
    (re.compile(r"out\.reddit\.com"), re.compile(r"/"), ("url",)),
    (re.compile(r"(?:www\.)?linkedin\.com"), re.compile(r"/redir/redirect"), ("url",)),
    (re.compile(r"(?:www\.)?youtube\.com"), re.compile(r"/redirect"), ("q",)),
    (re.compile(r"t\.umblr\.com"), re.compile(r"/redirect"), ("z",)),
    (re.compile(r"[\w.-]+\.safelinks\.protection\.outlook\.com"), re.compile(r"/"), ("url",)),
)
_YAHOO = re.compile(r"https?://r\.search\.yahoo\.com/[^?#]*?/RU=([^/?#]+)", re.IGNORECASE)


def meant(link: str, base: str) -> str:
    """The address that ``link`` means in a feed whose relative addresses start from ``base``; perhaps relative."""
    link = mended(link, base)
    for _ in range(_MOST_WRAPPINGS):
        inner = unwrapped(link)
        if inner is None:
            break
        link = inner
    return link


def mended(link: str, base: str) -> str:
    """``link`` with one scheme and its slashes, and with that of ``base`` where it begins with a host instead."""
    link = link.strip()
    if found := _MARKUP.search(link):
        link = found[1]
    link = link.strip("\"'<> \t\r\n")
    # Browsers take one for the other in such addresses (WHATWG URL, section 4.4).
    path, mark, query = link.partition("?")
    link = path.replace("\\", "/") + mark + query
    link = _SITE_BEFORE.sub("", _SCHEME_TWICE.sub("", link, count=1), count=1)
    if (found := _PATH_OF_ITSELF.match(link)) and found[1].lower() == found[3].lower():
        link = found[2]
    link = _SLASHES.sub(r"\1://", link, count=1) if re.match(r"https?(?::|//)", link, re.IGNORECASE) else link
    if _ABSOLUTE.match(link) or not (found := _HOST.match(link)):
        return link
    return f"{urlsplit(base).scheme or 'https'}://{link}" if _is_host(found, base) else link


def _is_host(found: re.Match[str], base: str) -> bool:
    host, own = found["host"].lower(), outlet_domain(base)
    if host.startswith("www.") or host == host_of(base):
        return True
    return (bool(own) and (host == own or host.endswith("." + own))) or found["suffix"].lower() in _SUFFIXES


def unwrapped(link: str) -> str | None:
    """The address inside of one that leads through an aggregator; None where ``link`` is no such address."""
    if found := _YAHOO.match(link):
        return _address(unquote(found[1]))
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    for hosts, paths, names in _WRAPPERS:
        if hosts.fullmatch(host) and paths.match(parts.path):
            said = dict(reversed(parse_qsl(parts.query.replace("&amp;", "&"), max_num_fields=100)))
            return next((inner for name in names if (inner := _address(said.get(name, "")))), None)
    return None


def _address(text: str) -> str | None:
    return text if re.match(r"https?://[^/\s]", text, re.IGNORECASE) else None
