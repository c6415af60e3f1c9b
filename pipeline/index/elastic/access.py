"""Who may do what: a role for publishing and searching, and an API key limited to it."""

from __future__ import annotations

from typing import Any

from pipeline.index.elastic.server import Server


def role(prefix: str) -> dict[str, Any]:
    """The least that publishing and searching need: no making, changing or dropping of indices, nothing elsewhere.

    ``monitor`` is for the version check, ``maintenance`` for refreshing.
    """
    return {
        "cluster": ["monitor"],
        "indices": [
            {"names": [f"{prefix}-*"], "privileges": ["read", "write", "view_index_metadata", "maintenance"]},
        ],
    }


def grant(server: Server, prefix: str) -> str:
    """Put the role, named ``prefix``, and give a new API key limited to it, encoded as the setting takes it.

    Older keys stay valid until they are invalidated. Raises SearchIndexError where the server has no security.
    """
    described = role(prefix)
    server.ask(
        lambda client: client.security.put_role(name=prefix, cluster=described["cluster"], indices=described["indices"])
    )
    made = server.ask(lambda client: client.security.create_api_key(name=prefix, role_descriptors={prefix: described}))
    return str(made.body["encoded"])
