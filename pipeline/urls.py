"""Addresses: which two of them are the same page, and whose page it is.

Any room may import this module; it knows only the errors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.errors import TallywireError

if TYPE_CHECKING:
    from yarl import URL

LONGEST = 8_192
"""Characters; a longer address is refused. Browsers and servers agree on no more than about this."""

# Parameters are dropped by their full name, never by a pattern that could catch `game`, `cid` or `keyword`:
# courlan.clean_url drops those, and keeps of two addresses in one only the inner. The names are facts that the
# makers of these systems document.
_TRACKING_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid yclid ysclid ymclid twclid msclkid ttclid li_fat_id igsh igshid mibextid
    srsltid epik rdt_cid sccid scclid irclickid rb_clickid
    _ga _gl _gid _openstat _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mc_cid mc_eid mkt_tok vero_id vero_conv
    oly_anon_id oly_enc_id wickedid s_cid s_kwcid ef_id nr_email_referer
    fb_action_ids fb_action_types fb_ref fb_source
    xtor ito ftag ncid cmpid cmp smid smtyp guccounter guce_referrer guce_referrer_sig traffic_source
    wt_mc wt_zmc wtmc ns_source ns_mchannel ns_campaign ns_linkname ns_fee ocid
    at_medium at_campaign at_campaign_type at_format at_link_id at_link_origin at_link_type at_ptr_name at_bbc_team
    at_custom1 at_custom2 at_custom3 at_custom4
"""
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_PREFIXES = ("utm_", "mtm_", "matomo_", "pk_", "piwik_", "hsa_")

# These names carry meaning on some sites (`source=world-bank`), so only what they say can show them to be tracking.
_CHANNEL_NAMES = {
    "ref",
    "referrer",
    "referer",
    "source",
    "src",
    "from",
    "via",
    "partner",
    "emc",
    "feature",
    "cid",
    "maca",
}
_CHANNELS = re.compile(
    r"(?:rss|atom|feed|rss[-_]?feed|feedburner|newsletter|e?mail|twitter|facebook|linkedin|whatsapp|telegram|"
    r"social|googlenews|google[-_]news|flipboard|[a-z]{2}-rss-[\w-]*)",
    re.IGNORECASE,
)

# A port a browser would refuse is no reason for us to: what may be connected to is for the address guard to say.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_HOST_PREFIXES = re.compile(r"^(?:www\d?|m|mobile|amp|rss|feeds?)\.(?=[^.]+\.)")


def _bad(url: str, why: str) -> TallywireError:
    bare = split_login(url)[0]
    shown = bare if len(bare) <= 200 else bare[:200] + "…"
    return TallywireError("this is not a web address", where=ascii(shown)[1:-1], why=why)


def absolute(url: str, base: str | None = None) -> str:
    """``url``, resolved against ``base``, as it is to be asked for: host in lower-case ASCII, no fragment.

    Raises `TallywireError` unless it is an http or https address with a host.
    """
    return str(_parsed(url, base))


def canonical(url: str, base: str | None = None) -> str:
    """The address that a page is known by, the same for every link to it.

    Absolute; scheme and host in lower case; default port, user name, fragment and tracking parameters gone; percent
    escapes in one spelling. Every other parameter stays, and in its order. ``canonical(canonical(x)) == canonical(x)``.

    Raises `TallywireError` unless it is an http or https address with a host.
    """
    parsed = _parsed(url, base).with_user(None)
    query = parsed.raw_query_string
    if query:
        kept = [field for field in query.split("&") if field and not _is_tracking(field)]
        parsed = _url(str(parsed).partition("?")[0] + ("?" + "&".join(kept) if kept else ""))
    return str(parsed)


def split_login(url: str) -> tuple[str, str]:
    """An address without what stands before its ``@``, and that: ``user:password`` as it was written, or nothing."""
    scheme, sep, rest = url.partition("://")
    authority = re.match(r"[^/?#]*", rest)
    login, at, host = (authority[0] if authority else "").rpartition("@")
    return (f"{scheme}{sep}{host}{rest[len(login) + len(at) + len(host) :]}", login) if at else (url, "")


def with_login(url: str, login: str) -> str:
    """The address to ask with ``user:password``, as `split_login` gave it."""
    scheme, sep, rest = split_login(url)[0].partition("://")
    return f"{scheme}{sep}{login}@{rest}" if login else url


def host_of(url: str) -> str:
    """The host of an address, in lower case and without port; empty where there is none."""
    try:
        return _parsed(url, None).raw_host or ""
    except TallywireError:
        return ""


def outlet_domain(url: str) -> str:
    """What an outlet is called where nothing better is known: the host without ``www.``, ``m.``, ``rss.`` and such."""
    host = host_of(url)
    return _HOST_PREFIXES.sub("", host)


def same_place(url: str) -> str:
    """A canonical address without its scheme: sites move from http to https and their pages stay what they were."""
    return url.partition("://")[2] or url


def _is_tracking(field: str) -> bool:
    name, _, value = field.partition("=")
    name = name.lower().removeprefix("amp;")
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _CHANNEL_NAMES and _CHANNELS.fullmatch(value) is not None


def _url(text: str) -> URL:
    from yarl import URL

    return URL(text)


def _parsed(url: str, base: str | None) -> URL:
    text = url.strip()
    if len(text) > LONGEST:
        raise _bad(text, f"longer than {LONGEST} characters")
    # Feeds break long addresses over lines and escape their ampersands twice; neither belongs to any real address.
    text = _CONTROL.sub(lambda gap: "%20" if gap[0] == " " else "", text).replace("&amp;", "&")
    if base is None and not _SCHEME.match(text):
        raise _bad(url, "it has no scheme such as https://")
    try:
        parsed = _url(text)
        if base is not None:
            parsed = _url(base).join(parsed)
        parsed = parsed.with_fragment(None)
        host = (parsed.raw_host or "").rstrip(".")
        if host and "%" not in host:
            # The name of a host is only held against the rules when it is set.
            parsed = parsed.with_host(host)
    except (ValueError, IndexError) as error:  # IndexError: yarl on "http://[]@"
        raise _bad(url, str(error)) from None
    if parsed.scheme not in ("http", "https"):
        raise _bad(url, f"{parsed.scheme or 'no scheme'} is neither http nor https")
    if not host or "%" in host:
        raise _bad(url, "it has no host")
    if "/" not in str(parsed).partition("://")[2]:
        parsed = parsed.with_path("/")
    return parsed
