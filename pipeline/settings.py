"""Settings: environment variables named TALLYWIRE_*, and a `.env` file in the working folder.

Without any of them everything runs embedded: one home folder, SQLite, mails written as files.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline.errors import SettingsError
from schemas.topic import Duration

PREFIX = "TALLYWIRE_"

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

    home: Path = Field(
        default=Path("tallywire"), description="folder of the embedded mode: record, index, archive, mails"
    )
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
        default=None, description="an API key for Elasticsearch, as `tallywire index setup --api-key` prints it"
    )
    elasticsearch_user: str | None = Field(default=None, description="a user of Elasticsearch, where no API key is set")
    elasticsearch_password: SecretStr | None = Field(default=None, description="the password of that user")
    elasticsearch_ca: Path | None = Field(
        default=None, description="certificate (PEM) of the authority that Elasticsearch's certificate is of"
    )
    elasticsearch_prefix: str = Field(
        default="tallywire",
        pattern=r"^[a-z][a-z0-9_]{0,62}$",
        description="how the names of all indices begin; one for each deployment on a cluster",
    )
    elasticsearch_analyzers: str = Field(
        default=ANALYZERS,
        description="the analyser of each language; `*` is for all others: `folding` (without case and accents), or "
        "`standard` where Elasticsearch lacks that",
    )
    kibana_url: str | None = Field(default=None, description="where Kibana is, for `kibana import` and `export`")
    kibana_api_key: SecretStr | None = Field(default=None, description="an API key of Kibana, before the user")
    kibana_user: str | None = Field(default=None, description="who asks Kibana, if there is no API key")
    kibana_password: SecretStr | None = Field(default=None, description="the password of that user")
    kibana_ca: Path | None = Field(default=None, description="a file of certificates to trust for Kibana, PEM")
    kibana_space: str | None = Field(default=None, description="the space of Kibana, if not its default one")
    smtp_url: SecretStr | None = Field(
        default=None,
        description="where mails go; files in the home folder if unset. smtp+starttls://user:pw@host:587",
    )
    operator: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="who is mailed when a task of the full deployment fails or is late: addresses, separated by commas",
    )
    late_after: Duration = Field(
        default="15m", validate_default=True, description="a run of the full deployment that takes longer is late"
    )
    mail_from: str = Field(default="tallywire@localhost", description="the sender of all mails")
    public_url: str | None = Field(default=None, description="where readers find the search, for links in mails")
    unsubscribe_url: str | None = Field(default=None, description="an HTTPS address that takes a one-click unsubscribe")
    user_agent_contact: str = Field(
        default="", description="an address or URL where a site's owner reaches you; part of the User-Agent"
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="hosts inside your network that may be fetched, separated by commas: host or host:port"
    )
    host_delay: float = Field(default=1.0, ge=0, description="seconds between two requests to one host")
    fetch_timeout: float = Field(default=30.0, gt=0, description="seconds a page may take altogether")
    max_page_bytes: int = Field(default=10_000_000, gt=0, description="the largest page or feed, decompressed")
    max_header_bytes: int = Field(default=32_768, gt=0, description="of one header of an answer")
    max_headers: int = Field(default=512, gt=0, description="headers of one answer")
    revisit_after: Annotated[tuple[Duration, ...], NoDecode] = Field(
        default="1h,6h,1d,3d",
        validate_default=True,
        description="ages at which a known article's page is asked for again, separated by commas; `off` for never",
    )
    revisits_per_run: int = Field(default=50, ge=0, description="known pages that one run asks for again at most")
    revisits_per_host: int = Field(default=10, ge=0, description="of these, of one host")
    read_timeout: float = Field(default=20.0, gt=0, description="seconds of processor time reading one page may take")
    workers: int | None = Field(default=None, ge=0, description="processes that read pages; one per core if unset")
    open_articles: int = Field(
        default=100_000,
        gt=0,
        description="articles that grouping holds open at most, about 15 kB of memory each; of more, the oldest are "
        "let go of before their topic's window is over",
    )
    poll_every: Duration = Field(default="30s", validate_default=True, description="how often `run --watch` looks")
    keep_archive: _Keep | None = Field(default=None, description="how long fetched pages are kept; for ever if unset")
    keep_mails: _Keep | None = Field(
        default=None, description="how long mails that were written as files are kept; for ever if unset"
    )
    keep_digests: _Keep | None = Field(default=None, description="how long digests' pages are kept; for ever if unset")

    @field_validator("allowed_hosts", "operator", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

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
            raise ValueError("each age must be more than the one before it")
        return value

    @field_validator("elasticsearch_url")
    @classmethod
    def _no_credentials(cls, value: str | None) -> str | None:
        for url in (value or "").split(","):
            if value is not None and not re.match(r"https?://[^/@\s]+(/\S*)?$", url):
                raise ValueError("not http:// or https:// with a host; user and password have settings of their own")
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

    @cached_property
    def record_url(self) -> str:
        """The address of the record, SQLite in the home folder unless set."""
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
            "a setting is wrong", why=wrong, hint="mend it in the environment or in .env; .env.example describes each"
        ) from None
