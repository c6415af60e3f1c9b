"""tallywire setup"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import emit, json_option, out, plain
from pipeline.errors import SettingsError
from pipeline.steps.findings import Finding
from pipeline.steps.setup import EnvPlan, judge_machine, look, plan_env, ports_of, read_env, write_env

_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}


@click.command()
@click.option(
    "--env",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".env"),
    show_default=True,
    help="Where the secrets go; `docker compose` reads .env beside docker-compose.yml.",
)
@click.option("--fill", is_flag=True, help="Add what a file that exists lacks. What it holds is never changed.")
@json_option
def setup(env: Path, fill: bool, as_json: bool) -> None:
    """Prepare the full deployment: secrets in .env, and a look at this machine.

    Without Docker nothing of this is needed: `tallywire run` makes whatever it uses. Exits 1 where something is wrong
    that keeps the deployment from starting.
    """
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
        out.print(plain(f"{_MARKS[finding.level]} {finding.what}"))
        if finding.advice:
            out.print(plain(f"    → {finding.advice}"))
    if any(finding.level == "problem" for finding in findings):
        raise click.exceptions.Exit(1)


def _read(env: Path) -> str | None:
    try:
        return env.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("the secrets can't be read", where=str(env), why=str(error)) from error


def _about(env: Path, existing: str | None, plan: EnvPlan) -> list[Finding]:
    if existing is None:
        return [
            Finding(level="ok", what=f"{env}: {len(plan.added)} secrets made; keep a copy of it in a safe place"),
        ]
    found = []
    if plan.added:
        names = ", ".join(plan.added)
        advice = (
            "a volume that exists keeps the password it was made with; where a service does not start for that, change "
            "the password there, or remove its volume if nothing in it is needed"
        )
        found.append(Finding(level="ok", what=f"{env}: added {names}", advice=advice))
    if plan.missing:
        advice = "`tallywire setup --fill` makes them; what is there stays"
        found.append(Finding(level="problem", what=f"{env} lacks {', '.join(plan.missing)}", advice=advice))
    if not plan.added and not plan.missing:
        found.append(Finding(level="ok", what=f"{env} holds every secret; nothing was changed"))
    if not plan.added and env.stat().st_mode & 0o077:
        advice = f"chmod 600 {env}"
        found.append(Finding(level="warning", what=f"{env} can be read by others on this machine", advice=advice))
    return found
