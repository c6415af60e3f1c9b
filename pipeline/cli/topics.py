"""tallywire topics"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    count,
    emit,
    fails_in_part,
    home_option,
    json_option,
    note,
    opened,
    say,
    short,
    since_until,
    table,
)
from pipeline.errors import TopicError

if TYPE_CHECKING:
    from schemas.topic import Topic


@click.group()
def topics() -> None:
    """Topics: what to watch."""


@topics.command()
@click.argument("name")
@click.option("--title", default="", help="Its title in mails and digests.")
@click.option("--term", "terms", multiple=True, help="A word or phrase to look for; may be repeated.")
@click.option("--feed", "feeds", multiple=True, help="The address of a feed; may be repeated.")
@click.option("--to", "recipients", multiple=True, help="A recipient of alerts and digests; may be repeated.")
@click.option("--zone", default="UTC", show_default=True, help="The readers' time zone, such as Europe/Kyiv.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def new(
    name: str,
    title: str,
    terms: tuple[str, ...],
    feeds: tuple[str, ...],
    recipients: tuple[str, ...],
    zone: str,
    force: bool,
) -> None:
    """Write NAME.yaml, a topic file to start from, and topic.schema.json for editors next to it.

    On a terminal it asks for terms, feeds and a mail address unless options give them.
    """
    from pipeline.topics import parse_topic, unready

    path = Path(f"{name}.yaml")
    if not _is_name(name):
        raise TopicError(
            f"{name[:80]!r} can't be the name of a topic",
            why="it must be lower-case letters a-z, digits and hyphens, 63 at most, and not only a number",
            hint="for example: tallywire topics new floods-2026",
        )
    if path.exists() and not force:
        raise TopicError("the file already exists", where=str(path), hint="edit it, or add --force to overwrite it")
    if not (terms or feeds or recipients) and sys.stdin.isatty() and sys.stdout.isatty():
        terms = _asked("Words or phrases that make an article coverage, separated by commas", ",")
        feeds = _asked("Addresses of feeds, separated by spaces", None)
        recipients = _asked("Mail addresses for alerts and digests, separated by spaces", None)
    text = _filled(name, title or name, terms, feeds, recipients, zone)
    missing = unready(parse_topic(text, where=str(path)))
    path.write_text(text, encoding="utf-8")
    Path("topic.schema.json").write_text(_schema(), encoding="utf-8")
    say(f"wrote {path}, and topic.schema.json, for editors")
    edit = "edit it, then: " if missing else ""
    say(f"{edit}tallywire topics validate {path} && tallywire run {path}")


def _asked(question: str, separator: str | None) -> tuple[str, ...]:
    said = click.prompt(f"{question} (Enter for none)", default="", show_default=False)
    return tuple(part.strip() for part in said.split(separator) if part.strip())


def _filled(
    name: str, title: str, terms: Sequence[str], feeds: Sequence[str], recipients: Sequence[str], zone: str
) -> str:
    """The file to start from with what was given in its places."""
    from importlib.resources import files

    given = {"NAME": name, "TITLE": _in_yaml(title), "ZONE": _in_yaml(zone), "TERMS": _in_yaml(list(terms))}
    given |= {"FEEDS": _in_yaml(list(feeds)), "RECIPIENTS": _in_yaml(list(recipients))}
    text = files("pipeline.cli").joinpath("topic.yaml").read_text(encoding="utf-8")
    return re.sub(r"\b[A-Z]{4,}\b", lambda word: given.get(word[0], word[0]), text)


def _in_yaml(value: object) -> str:
    # JSON is YAML, and quotes what YAML would take for something else.
    return json.dumps(value, ensure_ascii=False)


def _is_name(name: str) -> bool:
    from pipeline.topics import parse_topic

    try:
        return parse_topic(f"name: {name}").name == name
    except TopicError:
        return False


@topics.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@fails_in_part
def validate(paths: tuple[Path, ...]) -> int:
    """Check topic files, and report every mistake with its file and line.

    Exits with 1 if a file can't be used, and with 3 if it is valid but lists no real feed yet.
    """
    from pipeline.topics import read_topics

    failed = unfinished = 0
    for path in paths:
        try:
            found = read_topics([path])
            if not found:
                raise TopicError(
                    "there is no topic file in this folder", where=str(path), hint="their names end in .yaml"
                )
            unfinished += sum(not _told(path, topic) for topic in found)
        except TopicError as error:
            note(str(error))
            failed += 1
    if failed:
        raise click.exceptions.Exit(1)
    return unfinished


def _told(path: Path, topic: Topic) -> bool:
    """Say whether a topic can be watched, and in which languages it can't be told; gives whether it can be watched."""
    from pipeline.tell.languages import not_spoken, not_spoken_words
    from pipeline.topics import unready

    for language in not_spoken(topic):
        note(f"{path}: {topic.name}: {not_spoken_words(language)}")
    if missing := unready(topic):
        for why in missing:
            note(f"{path}: {topic.name} is valid, but not ready: {why}")
        return False
    say(f"{path}: {topic.name}, {count(len(topic.feeds), 'feed')}, all right")
    return True


@topics.command("try")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@since_until
@home_option
@json_option
def try_(path: Path, since: datetime | None, until: datetime | None, home: Path | None, as_json: bool) -> None:
    """Show what the topic in FILE would have mailed if it had been watched; nothing is sent or saved.

    It uses the articles in the record: those of the topic's own feeds, or those of every feed if none of its feeds was
    ever polled. Mails are timed by the topic's rules: bundles, pauses, quiet hours, daily cap.
    """
    from pipeline.steps.showing.export import alert_row
    from pipeline.steps.trying.trial import try_topic
    from pipeline.topics import read_topic

    topic = read_topic(path)
    with opened(home) as services:
        trial = try_topic(services, topic, since=since, until=until)
    if as_json:
        for alert in trial.alerts:
            emit(alert_row(alert))
        return
    if trial.all_feeds and topic.feeds:
        note(f"no feed of {topic.name} was ever polled here, so this uses the articles of all other feeds")
    for when, subject in trial.mails:
        say(f"{short(when)}  {subject}")
    looked = count(trial.articles, "article")
    say(
        f"{count(len(trial.mails), 'mail')}; {count(trial.to_digest, 'alert')} left to digests; "
        f"{looked} looked at, {trial.covered:,} on topic"
    )


@topics.command()
def schema() -> None:
    """Print the JSON Schema of a topic file, for editors."""
    click.echo(_schema(), nl=False)


def _schema() -> str:
    from schemas.topic import Topic

    document = Topic.model_json_schema()
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@topics.command("list")
@home_option
@json_option
def list_(home: Path | None, as_json: bool) -> None:
    """List the watched topics."""
    with opened(home) as services, services.record.read() as tx:
        rows = [(topic, len(tx.feeds.all(topic=topic.name))) for topic in tx.topics.all()]
    if as_json:
        for topic, _ in rows:
            emit(topic)
        return
    table(("name", "title", "feeds", "recipients"), [(t.name, t.title, n, len(t.recipients)) for t, n in rows])


@topics.command()
@click.argument("name")
@home_option
def remove(name: str, home: Path | None) -> None:
    """Stop watching NAME; its articles and figures are kept."""
    from pipeline.steps.deciding.enrol import retire
    from pipeline.steps.known.topics import known_topic

    with opened(home) as services:
        with services.record.read() as tx:
            known_topic(tx, name)
        retire(services.record, [name])
    say(f"{name} is no longer watched; a `tallywire run` of its file watches it again")
