"""Write anew what the docs take from the code: commands, exported fields, settings, the schema of topic files.

usage: scripts/docs [--check]

A part of a page that is made here stands between two comments, ``<!-- made: NAME -->`` and ``<!-- end: NAME -->``; all
around it is written by hand. With ``--check`` nothing is written, and the exit code is 1 if something is out of date.
"""

from __future__ import annotations

import json
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import click
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from pipeline.tell.delivery import as_message
from pipeline.tell.digest import compose_digest
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import plan
from pipeline.tell.sender import Sender
from schemas.alert import (
    Alert,
    AlertKind,
    ArticleRef,
    CoverageDay,
    DigestData,
    FeedNews,
    FigureNews,
    Mail,
    SeriesNews,
    Statement,
    StoryNews,
)
from schemas.feed import Health
from schemas.figure import Figure, Modifier, VerdictKind, Wording
from schemas.topic import Topic
from schemas.webhook import Webhook

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SCHEMA = DOCS / "topic.schema.json"
WEBHOOK = DOCS / "webhook.schema.json"
_REGION = re.compile(r"(<!-- made: (?P<name>[a-z ]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)
_WIDTH = 100
_NOON = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)


def commands() -> str:
    """Every command with its help, as the command line itself prints it."""
    from pipeline.cli import cli

    root = click.Context(cli, info_name="tallywire", terminal_width=_WIDTH, **cli.context_settings)
    found = list(_commands(cli, root))
    lines = ["| command | does |", "|---|---|"]
    for context, command in found:
        if not isinstance(command, click.Group):
            anchor = context.command_path.replace(" ", "-")
            lines.append(f"| [`{context.command_path}`](#{anchor}) | {command.get_short_help_str(limit=200)} |")
    for context, command in found:
        if not isinstance(command, click.Group):
            lines += ["", f"## {context.command_path}", "", "```text", command.get_help(context), "```"]
    return "\n".join(lines) + "\n"


def _commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Context, click.Command]]:
    yield context, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _commands(child, click.Context(child, info_name=name, parent=context, terminal_width=_WIDTH))


def exports(kind: str) -> str:
    """The fields of one export: name as it is printed, type in words, meaning."""
    from pipeline.steps.showing.export import EXPORTS

    return _fields(EXPORTS[kind][0])


def brief_figures() -> str:
    """The fields of one figure of a brief."""
    from schemas.brief import BriefFigure

    return _fields(BriefFigure)


def search_rows() -> str:
    """The fields of an article found, as CSV."""
    from schemas.export import FoundRow

    return _fields(FoundRow)


def _fields(model: type[BaseModel]) -> str:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return _table(
        ("field", "type", "meaning"),
        ((f"`{name}`", in_words(field.annotation), field.description or "") for name, field in fields.items()),
    )


def settings() -> str:
    """Every setting: variable, default, meaning."""
    from pipeline.settings import PREFIX, Settings

    return _table(
        ("variable", "default", "meaning"),
        (
            (f"`{PREFIX}{name.upper()}`", _default(field), field.description or "")
            for name, field in Settings.model_fields.items()
        ),
    )


def webhook_schema() -> str:
    """What webhooks get, as `docs/webhook.schema.json` has it."""
    document = Webhook.model_json_schema(mode="serialization")
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def topic_schema() -> str:
    """What `tallywire topics schema` prints."""
    from click.testing import CliRunner

    from pipeline.cli import cli

    printed = CliRunner().invoke(cli, ["topics", "schema"], catch_exceptions=False).stdout
    return json.dumps(json.loads(printed), indent=2, ensure_ascii=False) + "\n"


def in_words(kind: Any) -> str:
    """A type for people who don't read Python."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        some = [in_words(one) for one in arguments if one is not types.NoneType]
        return " or ".join(dict.fromkeys(some)) + (", or none" if types.NoneType in arguments else "")
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return f"list of {in_words(arguments[0])}s"
    if origin is tuple:
        return "two " + in_words(arguments[0]) + "s"
    if origin is not None:
        return in_words(arguments[0])
    known = {str: "text", int: "whole number", float: "number", bool: "true or false", datetime: "time", date: "day"}
    return "object" if issubclass(kind, BaseModel) else "text" if issubclass(kind, StrEnum) else known[kind]


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value == "" or value == ():
        return "unset"
    if isinstance(value, timedelta):
        from schemas.written import format_duration

        return f"`{format_duration(value)}`"
    assert not isinstance(value, SecretStr)
    return f"`{value}`"


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(columns)
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(
        f"| {' | '.join(line)} |\n" if line[0] != "---" else "|" + "---|" * len(head) + "\n" for line in lines
    )


def _example_topic() -> Topic:
    return Topic(name="river-floods", title="River floods", recipients=("desk@newsroom.example",), zone="Europe/Berlin")


def _example_statement(
    outlet: str, title: str, published: datetime, quote: str, value: float, wording: str, **more: Any
) -> Statement:
    name = outlet.lower().replace(" ", "")
    figure = Figure(
        span=(0, 2),
        surface=f"{value:g}",
        quote=quote,
        value=value,
        counted="people",
        action="rescued",
        wording=Wording(text=wording, cut=False, speaker=more.get("attribution", "")),
        **more,
    )
    article = ArticleRef(
        id=f"article-{name}", title=title, url=f"https://{name}.example/flood", outlet=outlet, published=published
    )
    return Statement(figure_id=f"figure-{name}", figure=figure, article=article)


def _example_news() -> FigureNews:
    before = _example_statement(
        "Nordwire",
        "River takes the lower town",
        _NOON - timedelta(hours=5),
        "At least 41 people were rescued by boat overnight.",
        41,
        "at least 41 people were rescued by boat",
        modifier=Modifier.AT_LEAST,
    )
    now = _example_statement(
        "Daily Ledger",
        "Harlow under water",
        _NOON - timedelta(minutes=20),
        "58 people had been rescued by boat by noon, the mayor said.",
        58,
        "58 people had been rescued by boat by noon",
        attribution="the mayor",
        as_of=_NOON.date(),
    )
    return FigureNews(
        series="series-rescued",
        label="people rescued, Harlow",
        verdict=VerdictKind.CHANGED,
        statement=now,
        from_value=41.0,
        since=before.article.published,
        against=(before,),
        reason="58 goes beyond “at least 41”, and the report is newer",
    )


def _example_story() -> StoryNews:
    lead, other = (one.article for one in (_example_news().against[0], _example_news().statement))
    return StoryNews(
        id="story-flood",
        thread="thread-flood",
        headline="River takes the lower town of Harlow",
        lead="The river Harl broke its banks before dawn and took the lower town.",
        lead_article=lead,
        first_seen=_NOON - timedelta(hours=6),
        reports=(lead, other),
        copies=3,
        outlets=("Nordwire", "Daily Ledger"),
    )


_SENDER = Sender(mail_from="Tallywire <tallywire@newsroom.example>")


def alert_mail() -> str:
    """An alert mail, headers and plain text."""
    alert = Alert(
        id="alert-example",
        topic="river-floods",
        kind=AlertKind.CHANGED_FIGURE,
        story="story-flood",
        figure=_example_news(),
        created=_NOON,
        due=_NOON,
    )
    planned = plan(_example_topic(), [alert], sent_today=0, now=_NOON)
    return _shown(compose_alert(_example_topic(), planned.bundles[0], sender=_SENDER), _NOON)


def feed_mail() -> str:
    """A mail about a feed that fell silent, plain text."""
    last = _NOON - timedelta(days=3, hours=2)
    news = FeedNews(
        id="feed-nordwire",
        url="https://nordwire.example/feed.xml",
        title="Nordwire",
        site_url="https://nordwire.example/",
        health=Health.SILENT,
        since=last,
        illness=last,
        polled=_NOON,
        last_new=last,
        last_success=_NOON,
        status=200,
        longest_gap=9 * 3600.0,
    )
    alert = Alert(
        id="alert-feed", topic="river-floods", kind=AlertKind.FEED_HEALTH, feed=news, created=_NOON, due=_NOON
    )
    planned = plan(_example_topic(), [alert], sent_today=0, now=_NOON)
    mail = compose_alert(_example_topic(), planned.bundles[0], sender=_SENDER)
    return f"```text\nSubject: {mail.subject}\n\n{mail.text.strip()}\n```\n"


def digest_mail() -> str:
    """A digest mail, headers and plain text."""
    news = _example_news()
    end = _NOON.replace(day=_NOON.day + 1, hour=6)
    data = DigestData(
        topic="river-floods",
        start=end - timedelta(days=1),
        end=end,
        stories=(_example_story(),),
        changed=(
            SeriesNews(
                series=news.series,
                label=news.label,
                current=news.statement,
                from_value=news.from_value,
                history=((_NOON - timedelta(hours=5), 41.0), (_NOON, 58.0)),
                verdict=VerdictKind.CHANGED,
            ),
        ),
        coverage=(CoverageDay(day=_NOON.date(), reports=2, copies=3),),
        articles=5,
        copies=3,
        outcomes={"indexed": 2, "copy": 3, "off_topic": 31, "robots": 1},
    )
    return _shown(compose_digest(_example_topic(), data, sender=_SENDER), end)


def _shown(mail: Mail, sent: datetime) -> str:
    message = as_message(mail, sent)
    headers = "\n".join(
        f"{name}: {value}" for name, value in message.items() if not name.startswith(("MIME", "Content"))
    )
    return f"```text\n{headers}\n\n{mail.text.strip()}\n```\n"


REGIONS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "settings": settings,
    "brief figures": brief_figures,
    "search rows": search_rows,
    "alert mail": alert_mail,
    "feed mail": feed_mail,
    "digest mail": digest_mail,
    **{
        f"export {kind}": (lambda kind=kind: exports(kind))
        for kind in ("articles", "stories", "briefs", "moves", "figures", "alerts", "entries", "decisions")
    },
}


def made(page: str) -> str:
    """``page`` with the parts that are made from the code made anew. Raises ``KeyError`` for an unknown part."""
    return _REGION.sub(lambda found: f"{found[1]}\n{REGIONS[found['name']]()}\n{found[3]}", page)


def all_made() -> dict[Path, str]:
    """Every file of the docs that holds something made from the code, as it should be."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
    return {path: made(text) for path, text in pages.items() if _REGION.search(text)} | {
        SCHEMA: topic_schema(),
        WEBHOOK: webhook_schema(),
    }


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        sys.stderr.write(__doc__ or "")
        return 2
    stale = [path for path, text in all_made().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)}: {'out of date; run scripts/docs' if arguments else 'written'}\n")
        if not arguments:
            path.write_text(all_made()[path], encoding="utf-8")
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
