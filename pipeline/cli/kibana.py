"""tallywire kibana"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import emit, json_option, note, say
from pipeline.errors import SettingsError, TallywireError

if TYPE_CHECKING:
    from pipeline.index.kibana.client import Kibana
    from pipeline.settings import Settings


@click.group()
def kibana() -> None:
    """Kibana's data views, searches and dashboards.

    Set TALLYWIRE_KIBANA_URL and _API_KEY, or _USER and _PASSWORD; also _CA and _SPACE if needed.
    """


@kibana.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="Address of Kibana.  [env: TALLYWIRE_KIBANA_URL]")
@json_option
def import_(file: Path | None, url: str | None, as_json: bool) -> None:
    """Import Tallywire's objects (or those of FILE) into Kibana, replacing objects with the same IDs.

    Your changes to these objects are overwritten: save them under another name, or `kibana export --changed` first.
    """
    from pipeline.index.kibana.client import import_objects
    from pipeline.settings import load_settings

    settings = load_settings(kibana_url=url)
    imported = import_objects(_kibana(settings), _contents(file) if file else _ours(settings))
    if as_json:
        emit({"imported": imported.count, "warnings": list(imported.warnings)})
        return
    for warning in imported.warnings:
        note(f"Kibana warns: {warning}")
    say(f"{imported.count} objects imported; the dashboards are called “Tallywire: …”")


@kibana.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of stdout.")
@click.option("--changed", is_flag=True, help="Export the objects as they are in Kibana now.")
@click.option("--url", help="Address of Kibana.  [env: TALLYWIRE_KIBANA_URL]")
def export(out: Path | None, changed: bool, url: str | None) -> None:
    """Print Tallywire's objects as JSON lines, in Kibana's import format."""
    from pipeline.index.kibana.build import OLDEST, build
    from pipeline.index.kibana.client import export_objects
    from pipeline.index.kibana.spec import load_sources
    from pipeline.settings import load_settings

    settings = load_settings(kibana_url=url)
    if changed:
        text = export_objects(_kibana(settings), [(one["type"], one["id"]) for one in build(load_sources())])
    else:
        text = _ours(settings)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TallywireError("the objects can't be saved", where=str(out), why=error.strerror or "") from error
    note(f"{text.count(chr(10))} objects in {out}" + ("" if changed else f", for Kibana {OLDEST} and later"))


def _ours(settings: Settings) -> str:
    from pipeline.index.kibana.build import as_ndjson, build
    from pipeline.index.kibana.spec import load_sources

    return as_ndjson(build(load_sources(), settings.elasticsearch_prefix))


def _contents(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TallywireError(
            "the file of objects can't be read",
            where=str(file),
            why=str(error),
            hint="name a file that Kibana or `tallywire kibana export` wrote",
        ) from error


def _kibana(settings: Settings) -> Kibana:
    from pipeline.index.kibana.client import Kibana

    if settings.kibana_url is None:
        raise SettingsError(
            "no Kibana address is set", hint="set TALLYWIRE_KIBANA_URL, or give --url https://kibana:5601"
        )
    key, password = settings.kibana_api_key, settings.kibana_password
    return Kibana(
        url=settings.kibana_url,
        api_key=key.get_secret_value() if key else None,
        user=settings.kibana_user,
        password=password.get_secret_value() if password else None,
        ca=settings.kibana_ca,
        space=settings.kibana_space,
    )
