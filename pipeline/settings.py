"""Settings: environment variables named TALLYWIRE_*, and a `.env` file in the working folder.

Without any of them everything runs embedded: one home folder, SQLite, mails written as files.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline.errors import SettingsError
from schemas.channel import ChannelSettings, channel_settings
from schemas.written import Duration

PREFIX = "TALLYWIRE_"

SMTP_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
"""The schemes of a mail server's address, each with the port that it means."""

ANALYZERS = (
    "*=folding,ar=arabic,bg=bulgarian,ca=catalan,cs=czech,da=danish,de=german,el=greek,en=english,es=spanish,fi=finnish,"
    "fr=french,hi=hindi,hu=hungarian,id=indonesian,it=italian,ko=cjk,lt=lithuanian,lv=latvian,nl=dutch,no=norwegian,"
    "pt=portuguese,ro=romanian,ru=russian,sv=swedish,tr=turkish"
)
"""Elasticsearch's own analyser for each language that it has one for, among those that py3langid tells apart."""

_Keep = Annotated[Duration, Field(ge=timedelta(days=1))]
"""Less than a day, and what another process is just writing might go."""


class Settings(BaseSettings):
    """All that can be set from outside; each field is the environment variable TALLYWIRE_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    home: Path = Field(default=Path("tallywire"), description="home folder: record, index, archive, mails")
    topics: Path = Field(default=Path("topics"), description="folder of topic files that the full deployment follows")
    database_url: SecretStr | None = Field(
        default=None, description="the record; SQLite in the home folder if unset. postgresql+psycopg://user:pw@host/db"
    )
    elasticsearch_url: str | None = Field(
        default=None,
        description="the search index; SQLite in the home folder if unset. https://search.example.org:9200, several "
        "nodes separated by commas",
    )
    elasticsearch_api_key: SecretStr | None = Field(
        default=None, description="an API key for Elasticsearch, as printed by `tallywire index setup --api-key`"
    )
    elasticsearch_user: str | None = Field(default=None, description="Elasticsearch user, if there is no API key")
    elasticsearch_password: SecretStr | None = Field(default=None, description="password of that user")
    elasticsearch_ca: Path | None = Field(default=None, description="CA certificate (PEM) for Elasticsearch")
    elasticsearch_prefix: str = Field(
        default="tallywire",
        pattern=r"^[a-z][a-z0-9_]{0,62}$",
        description="prefix of all index names; use a different one for each deployment on a cluster",
    )
    elasticsearch_analyzers: str = Field(
        default=ANALYZERS,
        description="the analyser for each language; `*` is for all others: `folding` (ignores case and accents), or "
        "`standard` if Elasticsearch lacks that",
    )
    kibana_url: str | None = Field(default=None, description="address of Kibana, for `kibana import` and `export`")
    kibana_api_key: SecretStr | None = Field(
        default=None, description="an API key for Kibana; takes precedence over the user"
    )
    kibana_user: str | None = Field(default=None, description="Kibana user, if there is no API key")
    kibana_password: SecretStr | None = Field(default=None, description="password of that user")
    kibana_ca: Path | None = Field(default=None, description="CA certificates (PEM) for Kibana")
    kibana_space: str | None = Field(default=None, description="Kibana space, if not the default one")
    smtp_url: SecretStr | None = Field(
        default=None,
        description="the mail server; mails are written as files in the home folder if unset. smtp+starttls://user:pw@host:587",
    )
    operator: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="addresses to mail when a task of the full deployment fails or is late, separated by commas",
    )
    late_after: Duration = Field(
        default="15m",
        validate_default=True,
        description="rounds, and runs of the full deployment, are late after this time",
    )
    heartbeat_url: SecretStr | None = Field(
        default=None,
        description="fetched (GET) after each successful round, so that a monitoring service notices when rounds stop; "
        "https://…",
    )
    mail_from: str = Field(default="tallywire@localhost", description="sender of all mails")
    channels: Annotated[dict[str, ChannelSettings], NoDecode] = Field(
        default={},
        description="where alerts and digests go besides mail, as JSON by name: "
        '{"webhook:newsdesk": {"url": "https://…", "key": "whsec_…"}, "apprise:newsdesk": {"url": "slack://…"}}',
    )
    public_url: str | None = Field(
        default=None,
        description="public address of the window, for links in mails; without it, mails give commands",
    )
    link_key: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="key that signs the action links in mails; created in the home folder if unset",
    )
    unsubscribe_url: str | None = Field(default=None, description="HTTPS address for one-click unsubscribe")
    user_agent_contact: str = Field(
        default="", description="your address or web page for site owners; part of the User-Agent"
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="hosts in your own network that may be fetched, separated by commas: host or host:port"
    )
    host_delay: float = Field(default=1.0, ge=0, description="seconds between two requests to one host")
    fetch_timeout: float = Field(default=30.0, gt=0, description="total seconds for fetching a page")
    max_page_bytes: int = Field(
        default=10_000_000, gt=0, description="maximum size of a page or feed in bytes, decompressed"
    )
    max_header_bytes: int = Field(default=32_768, gt=0, description="maximum size of one response header")
    max_headers: int = Field(default=512, gt=0, description="maximum number of headers in a response")
    revisit_after: Annotated[tuple[Duration, ...], NoDecode] = Field(
        default="1h,6h,1d,3d",
        validate_default=True,
        description="ages at which a known article is fetched again, separated by commas; `off` for never",
    )
    revisits_per_run: int = Field(
        default=50, ge=0, description="maximum number of known pages fetched again in one run"
    )
    revisits_per_host: int = Field(default=10, ge=0, description="of these, the maximum for one host")
    read_timeout: float = Field(default=20.0, gt=0, description="seconds of processor time for reading one page")
    workers: int | None = Field(default=None, ge=0, description="processes that read pages; one per core if unset")
    open_articles: int = Field(
        default=100_000,
        gt=0,
        description="maximum number of articles that grouping keeps open, about 15 kB of memory each; beyond that "
        "the oldest are closed before their topic's window ends",
    )
    poll_every: Duration = Field(
        default="30s", validate_default=True, description="how often `run --watch` starts a round"
    )
    log: Literal["text", "json"] = Field(
        default="text",
        description="what `run` prints: `text` for people, `json` for programs, a line an outcome with ECS names",
    )
    keep_archive: _Keep | None = Field(default=None, description="how long to keep fetched pages; forever if unset")
    keep_mails: _Keep | None = Field(
        default=None, description="how long to keep mails that were written as files; forever if unset"
    )
    keep_digests: _Keep | None = Field(default=None, description="how long to keep digest pages; forever if unset")

    serve_host: str = Field(
        default="127.0.0.1", description="the address that the window (`tallywire serve`) is bound to"
    )
    serve_port: int = Field(default=8420, ge=0, le=65535, description="its port; 0 for any that is free")
    serve_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="host names under which people reach the window, separated by commas: window.example.org; if set, "
        "it asks for a login",
    )
    serve_proxy_header: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9-]+$",
        description="the header in which a reverse proxy names the user, in place of the window's own login",
    )
    serve_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="addresses of that proxy, separated by commas: 172.18.0.2 or 10.0.0.0/8"
    )

    @field_validator("allowed_hosts", "operator", "serve_hosts", "serve_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("channels", mode="before")
    @classmethod
    def _channels(cls, value: object) -> object:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError as error:
                raise ValueError(f"this is not JSON: {error}") from None
        if not isinstance(value, dict):
            raise ValueError("an object is needed that names each channel")  # noqa: TRY004 — pydantic hears no other
        return {name: channel_settings(name, one) for name, one in value.items()}

    @field_validator("revisit_after", mode="before")
    @classmethod
    def _ages(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return () if value.strip().lower() == "off" else tuple(part for part in value.split(",") if part.strip())

    @field_validator("revisit_after")
    @classmethod
    def _in_order(cls, value: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        if any(later <= earlier for earlier, later in pairwise((timedelta(), *value))):
            raise ValueError("each age must be greater than the one before it")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_scheme(cls, value: SecretStr | None) -> SecretStr | None:
        # What else is wrong with an address is told where mails are sent, in words that fit the mistake.
        if value is not None and value.get_secret_value().partition("://")[0].lower() not in SMTP_PORTS:
            raise ValueError(
                "write smtp+starttls://user:password@host:587, smtps://… or, for a server nearby, smtp://host"
            )
        return value

    @field_validator("elasticsearch_url")
    @classmethod
    def _no_credentials(cls, value: str | None) -> str | None:
        for url in (value or "").split(","):
            if value is not None and not re.match(r"https?://[^/@\s]+(/\S*)?$", url):
                raise ValueError("write http:// or https:// and a host; set user and password separately")
        return value

    @field_validator("elasticsearch_analyzers")
    @classmethod
    def _language_and_analyzer(cls, value: str) -> str:
        for part in value.split(","):
            if not re.fullmatch(r"\s*([a-z]{2,3}|\*)=[\w-]+\s*", part):
                raise ValueError(f"{part.strip()!r} is not LANGUAGE=ANALYSER, such as en=english")
        return value

    @cached_property
    def analyzers(self) -> dict[str, str]:
        """The analyser of each language; under ``*`` that of all others."""
        chosen = dict(part.strip().split("=") for part in self.elasticsearch_analyzers.split(","))
        return {"*": "folding"} | chosen

    @property
    def record_url(self) -> str:
        """The address of the record, SQLite in the home folder unless set.

        Not kept: a copy of the settings for another home must not lead to the record of this one.
        """
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.home / 'tallywire.db').absolute()}"

    @property
    def index_path(self) -> Path:
        return self.home / "index.db"

    @property
    def archive_path(self) -> Path:
        return self.home / "archive"

    @property
    def mail_path(self) -> Path:
        return self.home / "mail"

    @property
    def digest_path(self) -> Path:
        return self.home / "digests"

    @property
    def logins_path(self) -> Path:
        return self.home / "logins.json"

    @property
    def worker_count(self) -> int:
        return self.workers if self.workers is not None else len(os.sched_getaffinity(0))


def load_settings(**given: object) -> Settings:
    """The settings of this process; ``given`` goes before the environment.

    Raises SettingsError naming each variable that is wrong, never its value: it may be a secret.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(
            f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg']}"
            for problem in error.errors(include_input=False)
        )
        raise SettingsError(
            "a setting is invalid",
            why=wrong,
            hint="correct it in the environment or in .env; .env.example describes each setting",
        ) from None
