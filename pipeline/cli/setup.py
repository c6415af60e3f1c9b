"""tallywire setup"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import emit, json_option, out, plain
from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from pipeline.steps.keeping.findings import Finding
    from pipeline.steps.keeping.setup import EnvPlan

_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}


@click.command()
@click.option(
    "--env",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".env"),
    show_default=True,
    help="File for the secrets; `docker compose` reads .env next to docker-compose.yml.",
)
@click.option("--fill", is_flag=True, help="Add missing secrets to an existing file, which is not changed otherwise.")
@json_option
def setup(env: Path, fill: bool, as_json: bool) -> None:
    """Prepare the full deployment: create the secrets in .env, and check this machine.

    You don't need this without Docker: `tallywire run` creates whatever it uses. The deployment is in the repository,
    not in the installed package, so run this in a checkout. Exits with 1 if a problem keeps the deployment from
    starting.
    """
    from pipeline.steps.keeping.setup import judge_machine, look, plan_env, ports_of, read_env, write_env

    _refuse_elsewhere(env.absolute().parent)
    existing = _read(env)
    plan = plan_env(existing, fill=fill)
    if plan.added:
        write_env(env, plan)
    findings = [*_about(env, existing, plan), *plan.findings]
    ports = ports_of(read_env(plan.text))
    findings += judge_machine(look(env.absolute().parent, list(ports)), ports)
    for finding in findings:
        if as_json:
            emit(finding)
            continue
        out().print(plain(f"{_MARKS[finding.level]} {finding.what}"))
        if finding.advice:
            out().print(plain(f"    → {finding.advice}"))
    if any(finding.level == "problem" for finding in findings):
        raise click.exceptions.Exit(1)


def _refuse_elsewhere(folder: Path) -> None:
    """Write no secrets where no deployment can use them. Raises SettingsError."""
    if not (folder / "docker-compose.yml").exists():
        raise SettingsError(
            "this is not a checkout of Tallywire: docker-compose.yml is missing",
            where=str(folder),
            why="the installed package does not contain the full deployment",
            hint="run this in a checkout of the repository, or name the .env of one with --env; without Docker you "
            "need no setup: `tallywire run TOPIC.yaml` creates whatever it uses",
        )


def _read(env: Path) -> str | None:
    try:
        return env.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("the secrets can't be read", where=str(env), why=str(error)) from error


def _about(env: Path, existing: str | None, plan: EnvPlan) -> list[Finding]:
    from pipeline.steps.keeping.findings import Finding

    if existing is None:
        return [
            Finding(
                level="ok", what=f"{env}: {len(plan.added)} secrets created; keep a copy of the file in a safe place"
            ),
        ]
    found = []
    if plan.added:
        names = ", ".join(plan.added)
        advice = (
            "existing volumes keep the passwords they were made with; if a service does not start for this reason, "
            "change its password there, or remove its volume if you don't need the data"
        )
        found.append(Finding(level="ok", what=f"{env}: added {names}", advice=advice))
    if plan.missing:
        advice = "`tallywire setup --fill` creates them; existing ones are kept"
        found.append(Finding(level="problem", what=f"{env} lacks {', '.join(plan.missing)}", advice=advice))
    if not plan.added and not plan.missing:
        found.append(Finding(level="ok", what=f"{env} has every secret; nothing was changed"))
    if not plan.added and env.stat().st_mode & 0o077:
        advice = f"chmod 600 {env}"
        found.append(Finding(level="warning", what=f"{env} can be read by others on this machine", advice=advice))
    return found
