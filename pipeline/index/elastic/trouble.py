"""What Elasticsearch and its client say went wrong, in words that a person can act on."""

from __future__ import annotations

from typing import Any

from pipeline.errors import SearchIndexError

_WAITS = "unindexed documents wait in the record"

MISSING_PACKAGE = SearchIndexError(
    "the client for Elasticsearch is not installed", hint="run `pip install 'tallywire[elasticsearch]'`"
)


class Passing(SearchIndexError):
    """Trouble that may be over in a moment: no answer, or too busy."""


def other_major(place: str, server: str, client: str) -> SearchIndexError:
    """The server is of another major version than the client."""
    return SearchIndexError(
        f"the server runs Elasticsearch {server}, which the installed client ({client}) does not support",
        where=place,
        hint=f"run Elasticsearch {client.split('.')[0]}.x, the major version that this Tallywire supports",
    )


def translated(error: Exception, place: str) -> SearchIndexError | None:
    """``error`` of the client in words; ``None`` if it is none of the client's."""
    from elastic_transport import ApiError, ConnectionError, ConnectionTimeout, TlsError, TransportError
    from elasticsearch import UnsupportedProductError

    why = oneline(str(error))
    if isinstance(error, UnsupportedProductError):
        return SearchIndexError(
            "the server there is not Elasticsearch", where=place, hint="check TALLYWIRE_ELASTICSEARCH_URL"
        )
    if isinstance(error, ApiError):
        kind, reason = _reason(error.body)
        return of_answer(error.meta.status, kind, reason or why, place)
    if isinstance(error, TlsError):
        return SearchIndexError(
            "Elasticsearch's certificate can't be trusted",
            where=place,
            why=oneline(error.message),
            hint="name its authority's certificate in TALLYWIRE_ELASTICSEARCH_CA; the certificate must be for the host "
            "named in TALLYWIRE_ELASTICSEARCH_URL",
        )
    if isinstance(error, ConnectionTimeout):
        return Passing(
            "Elasticsearch does not answer in time",
            where=place,
            why=oneline(error.message),
            hint=f"check whether the server is overloaded; {_WAITS}",
        )
    if isinstance(error, ConnectionError):
        return Passing(
            "Elasticsearch does not answer",
            where=place,
            why=oneline(error.message),
            hint=f"check that the server is running and TALLYWIRE_ELASTICSEARCH_URL is right; {_WAITS}",
        )
    if isinstance(error, TransportError):
        return SearchIndexError("Elasticsearch's answer can't be understood", where=place, why=why)
    return None


def of_answer(status: int, kind: str, reason: str, place: str) -> SearchIndexError:
    """An error that Elasticsearch answered with: for a whole request, or for one document of a batch."""
    why = oneline(reason)
    if kind == "cluster_block_exception":
        return _blocked(why, place)
    if kind == "media_type_header_exception":
        return SearchIndexError(
            "the server and the installed client are different major versions of Elasticsearch",
            where=place,
            why=why,
            hint="run the major version of Elasticsearch that `pip show elasticsearch` shows",
        )
    if status == 401:
        return SearchIndexError(
            "Elasticsearch rejects the credentials",
            where=place,
            hint="check TALLYWIRE_ELASTICSEARCH_API_KEY, or _USER and _PASSWORD; an API key may have expired",
        )
    if status == 403:
        return SearchIndexError(
            "Elasticsearch does not allow this user to do that",
            where=place,
            why=why,
            hint="`index setup` and `index rebuild` need an administrator's credentials; for everything else, use "
            "an API key from `tallywire index setup --api-key`",
        )
    if kind == "index_not_found_exception":
        return SearchIndexError("the index does not exist", where=place, why=why, hint="run `tallywire index setup`")
    if kind == "strict_dynamic_mapping_exception":
        return other_mapping(place, why)
    if status in (408, 429, 502, 503, 504):
        return Passing("Elasticsearch is too busy", where=place, why=why, hint=f"try again later; {_WAITS}")
    return SearchIndexError(
        "Elasticsearch rejected the request",
        where=place,
        why=oneline(f"{kind}: {reason}" if kind else reason),
        hint="run `tallywire doctor` to find the cause; if the index is damaged, run `tallywire index rebuild`",
    )


def other_mapping(place: str, why: str) -> SearchIndexError:
    """The index was made with another mapping than this program writes."""
    return SearchIndexError(
        "the index was made by another version of Tallywire, or with different analysers",
        where=place,
        why=why,
        hint=f"run `tallywire index rebuild`; search keeps working meanwhile, and {_WAITS}",
    )


def _blocked(why: str, place: str) -> SearchIndexError:
    if "read-only-allow-delete" in why or "flood-stage" in why:
        return SearchIndexError(
            "Elasticsearch refuses to write: its disk is nearly full",
            where=place,
            why=why,
            hint="free some space on its disk; Elasticsearch then lifts the block itself, or lift it with "
            f'PUT INDEX/_settings {{"index.blocks.read_only_allow_delete": null}}; {_WAITS}',
        )
    return SearchIndexError(
        "Elasticsearch blocks writing to the index",
        where=place,
        why=why,
        hint=f"lift the block, or wait until the cluster has recovered; {_WAITS}",
    )


def _reason(body: Any) -> tuple[str, str]:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "", str(error or "")
    return reason_of(error)


def reason_of(error: dict[str, Any]) -> tuple[str, str]:
    """The type of an error, and its reason with what caused it."""
    reasons = [str(error.get("reason") or "")]
    cause = error.get("caused_by")
    while isinstance(cause, dict) and len(reasons) < 4:
        reasons.append(str(cause.get("reason") or ""))
        cause = cause.get("caused_by")
    return str(error.get("type") or ""), ": ".join(dict.fromkeys(part for part in reasons if part))


def oneline(text: str) -> str:
    """``text`` without line breaks and control characters, and not too long: it may quote a page."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= 500 else line[:500] + "…"
