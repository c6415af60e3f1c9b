"""tallywire topics"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import click

from pipeline.cli.common import emit, found_or_fail, home_option, json_option, note, opened, say, table
from pipeline.errors import TopicError
from pipeline.topics import parse_topic, read_topics
from schemas.topic import Topic


@click.group()
def topics() -> None:
    """What is watched."""


@topics.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def new(name: str, force: bool) -> None:
    """Write NAME.yaml, a topic file to start from."""
    text = files("pipeline.cli").joinpath("topic.yaml").read_text(encoding="utf-8").replace("NAME", name)
    if not _is_topic(text, name):
        raise TopicError(
            f"{name[:80]!r} can't be the name of a topic",
            why="it takes small letters a-z, digits and hyphens, 63 at most, and is no mere number",
            hint="for example: tallywire topics new floods-2026",
        )
    path = Path(f"{name}.yaml")
    if path.exists() and not force:
        raise TopicError("the file is there already", where=str(path), hint="edit it, or write over it with --force")
    path.write_text(text, encoding="utf-8")
    say(f"wrote {path}; edit it, then: tallywire topics validate {path} && tallywire run {path}")


def _is_topic(text: str, name: str) -> bool:
    try:
        return parse_topic(text).name == name
    except TopicError:
        return False


@topics.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def validate(paths: tuple[Path, ...]) -> None:
    """Check topic files; every mistake is named with its file and line."""
    failed = 0
    for path in paths:
        try:
            found = read_topics([path])
            if not found:
                raise TopicError(
                    "there is no topic file in this folder", where=str(path), hint="their names end in .yaml"
                )
            for topic in found:
                say(f"{path}: {topic.name}, {len(topic.feeds)} feeds, all right")
        except TopicError as error:
            note(str(error))
            failed += 1
    if failed:
        raise click.exceptions.Exit(1)


@topics.command()
def schema() -> None:
    """Print the JSON Schema of a topic file, for editors."""
    document = Topic.model_json_schema()
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


@topics.command("list")
@home_option
@json_option
def list_(home: Path | None, as_json: bool) -> None:
    """The topics that are watched."""
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
    """Watch NAME no longer; what was found stays."""
    with opened(home) as services, services.record.begin() as tx:
        found_or_fail(tx.topics.get(name), "topic", name, "`tallywire topics list` names them")
        for feed in tx.feeds.all(topic=name):
            rest = tuple(topic for topic in feed.topics if topic != name)
            tx.feeds.put(feed.model_copy(update={"topics": rest}))
        tx.topics.remove(name)
    say(f"{name} is watched no longer")
