"""The grammar of Atom (RFC 4287), as RELAX NG: what may stand where, how often, and as what.

Written from the RFC's text, section by section, and stricter where our feeds need less: every text is plain, and there
is nothing of other namespaces.
"""

from __future__ import annotations

from lxml import etree

_DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+\-]\d\d:\d\d)"
_IRI = r'<data type="anyURI"><param name="pattern">[A-Za-z][A-Za-z0-9+.\-]*:.+</param></data>'
_NOT_BLANK = r"[\s\S]*\S[\s\S]*"
_URI = '<data type="anyURI"/>'


def _string(pattern: str) -> str:
    return f'<data type="string"><param name="pattern">{pattern}</param></data>'


def _optional(*some: str) -> str:
    return "".join(f"<optional>{one}</optional>" for one in some)


def _many(*some: str) -> str:
    return "".join(f"<zeroOrMore>{one}</zeroOrMore>" for one in some)


def _ref(name: str) -> str:
    return f'<ref name="{name}"/>'


def _refs(*names: str) -> list[str]:
    return [_ref(name) for name in names]


def _attribute(name: str, value: str = "<text/>") -> str:
    return f'<attribute name="{name}">{value}</attribute>'


def _element(name: str, *parts: str) -> str:
    return f'<element name="{name}"><interleave>{"".join(parts)}</interleave></element>'


def _define(name: str, *parts: str) -> str:
    return f'<define name="{name}">{_element(name, *parts)}</define>'


def _plain(name: str) -> str:
    return _define(name, _optional(_attribute("type", "<value>text</value>")), "<text/>")


def _simple(name: str, value: str) -> str:
    return f'<define name="{name}"><element name="{name}">{value}</element></define>'


def _person(name: str) -> str:
    said = f'<element name="name">{_string(_NOT_BLANK)}</element>'
    uri = f'<element name="uri">{_URI}</element>'
    email = f'<element name="email">{_string(".+@.+")}</element>'
    return _define(name, said, _optional(uri, email))


_FEED = _element(
    "feed",
    *_refs("id", "title", "updated"),
    f"<oneOrMore>{_ref('author')}</oneOrMore>",
    _optional(*_refs("subtitle", "generator", "icon", "logo", "rights")),
    _many(*_refs("contributor", "category", "link", "entry")),
)
_ENTRY = _define(
    "entry",
    *_refs("id", "title", "updated", "content"),
    _optional(*_refs("published", "summary", "rights")),
    _many(*_refs("author", "contributor", "category", "link")),
)
_LINK = _define(
    "link",
    _attribute("href", '<data type="anyURI"><param name="minLength">1</param></data>'),
    _optional(
        _attribute("rel", _string(r"[^:\s]+|.+:.+")),
        _attribute("type", _string(".+/.+")),
        _attribute("hreflang"),
        _attribute("title"),
        _attribute("length"),
    ),
)
_GRAMMAR = f"""
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start>{_FEED}</start>
{_ENTRY}{_LINK}
{_simple("id", _IRI)}
{_simple("icon", _URI)}{_simple("logo", _URI)}
{_simple("updated", _string(_DATE))}{_simple("published", _string(_DATE))}
{_define("generator", _optional(_attribute("uri", _URI), _attribute("version")), "<text/>")}
{_define("category", _attribute("term"), _optional(_attribute("scheme", _URI), _attribute("label")), "<empty/>")}
{"".join(map(_plain, ("title", "subtitle", "rights", "summary", "content")))}
{_person("author")}{_person("contributor")}
</grammar>
"""

SCHEMA = etree.RelaxNG(etree.fromstring(_GRAMMAR))
