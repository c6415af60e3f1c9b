"""`tallywire setup`: secrets that are never lost, and a machine that is looked at."""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.steps.keeping.setup import (
    GB,
    MOUNTED,
    SECRETS,
    Machine,
    judge_machine,
    look,
    plan_env,
    ports_of,
    read_env,
    write_env,
)
from tests.cli.conftest import Command, tallywire

__all__ = ["tallywire"]

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = itertools.count()
COUNTED = {name: lambda: f"made-{next(NUMBERS)}" for name in ("ONE", "TWO", "THREE")}
GOOD = Machine(16 * GB, 100 * GB, 200 * GB, 1_048_576, (), "28.2.2", "2.40.3")
PORTS = {8080: "Airflow (AIRFLOW_PORT)"}


def levels(machine: Machine) -> list[str]:
    return [finding.level for finding in judge_machine(machine, PORTS)]


def advice(machine: Machine) -> str:
    return " ".join(f"{finding.what} {finding.advice}" for finding in judge_machine(machine, PORTS))


def test_a_first_setup_makes_every_secret() -> None:
    plan = plan_env(None, fill=False)
    assert set(plan.added) == set(SECRETS)
    assert plan.missing == ()
    assert all(read_env(plan.text).values())


def test_secrets_are_long_plain_and_never_the_same() -> None:
    first, second = (read_env(plan_env(None, fill=False).text) for _ in range(2))
    assert len(set(first.values()) | set(second.values())) == 2 * len(SECRETS)
    for name, value in first.items():
        assert len(value) >= 32, name
        assert all(c.isalnum() or c in "-_=" for c in value), name
    assert len(base64.urlsafe_b64decode(first["AIRFLOW_FERNET_KEY"])) == 32
    assert len(first["AIRFLOW_JWT_SECRET"]) >= 64


def test_a_file_that_exists_is_left_alone_unless_told_otherwise() -> None:
    plan = plan_env("ONE=mine\n", fill=False, make=COUNTED)
    assert plan.text == "ONE=mine\n"
    assert plan.added == ()
    assert plan.missing == ("TWO", "THREE")


def test_filling_adds_what_is_missing_and_changes_nothing_else() -> None:
    existing = "# my own\nexport ONE='mine'\nTWO=\nOTHER=kept # with a word\n"
    plan = plan_env(existing, fill=True, make=COUNTED)
    assert plan.added == ("TWO", "THREE")
    assert plan.text.startswith("# my own\nexport ONE='mine'\nOTHER=kept # with a word\n")
    env = read_env(plan.text)
    assert env["ONE"] == "mine"
    assert env["OTHER"] == "kept"
    assert env["TWO"].startswith("made-")


@given(st.dictionaries(st.sampled_from(["ONE", "TWO", "THREE", "FOUR"]), st.text("abc123", max_size=8)))
def test_whatever_is_set_stays_and_filling_twice_is_filling_once(values: dict[str, str]) -> None:
    existing = "".join(f"{name}={value}\n" for name, value in values.items())
    plan = plan_env(existing, fill=True, make=COUNTED)
    filled = read_env(plan.text)
    assert {name: filled[name] for name, value in values.items() if value} == {n: v for n, v in values.items() if v}
    assert all(filled[name] for name in COUNTED)
    assert plan_env(plan.text, fill=True, make=COUNTED).text == plan.text


def test_a_last_line_without_an_end_is_not_torn() -> None:
    assert read_env(plan_env("ONE=mine", fill=True, make=COUNTED).text)["ONE"] == "mine"


def test_a_secret_that_breaks_addresses_is_told() -> None:
    plan = plan_env("ONE=a@b/c\nTWO=x\nTHREE=y\n", fill=False, make=COUNTED)
    assert [finding.what.split()[0] for finding in plan.findings] == ["ONE"]
    assert "a@b/c" not in repr(plan.findings)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("old")
    path.chmod(0o644)
    before = os.umask(0)
    try:
        write_env(path, plan_env(None, fill=False))
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [".env"]


def test_two_setups_at_once_do_not_mix(tmp_path: Path) -> None:
    (tmp_path / "..env.new").write_text("half")
    with pytest.raises(SettingsError, match="another setup"):
        write_env(tmp_path / ".env", plan_env(None, fill=False))
    assert not (tmp_path / ".env").exists()


def test_a_good_machine_has_nothing_wrong() -> None:
    assert set(levels(GOOD)) == {"ok"}


@pytest.mark.parametrize(
    ("changed", "level", "words"),
    [
        ({"memory": 4 * GB}, "problem", "137"),
        ({"memory": 9 * GB}, "warning", "12 GB"),
        ({"memory": None}, "warning", "8 GB"),
        ({"disk_free": 5 * GB}, "problem", "15 GB"),
        ({"disk_free": 20 * GB, "disk_total": 1000 * GB}, "problem", "read-only"),
        ({"disk_free": 100 * GB, "disk_total": 1000 * GB}, "warning", "no new indices"),
        ({"disk_free": 30 * GB, "disk_total": 100 * GB}, "warning", "40 GB"),
        ({"map_count": 65_530}, "problem", "sysctl"),
        ({"map_count": 262_144}, "warning", "sysctl"),
        ({"map_count": None}, "warning", "1048576"),
        ({"taken_ports": (8080,)}, "problem", "AIRFLOW_PORT"),
        ({"docker": None}, "problem", "Docker Engine"),
        ({"docker": ""}, "problem", "group `docker`"),
        ({"compose": None}, "problem", "docker-compose-plugin"),
    ],
)
def test_each_thing_that_is_wrong_is_told_with_what_to_do(changed: dict[str, object], level: str, words: str) -> None:
    machine = Machine(**(vars(GOOD) | changed))  # type: ignore[arg-type]
    assert sorted(set(levels(machine))) == sorted({"ok", level})
    assert words in advice(machine)


def test_ports_come_from_the_file() -> None:
    assert next(iter(ports_of({"AIRFLOW_PORT": "18080"}))) == 18080
    with pytest.raises(SettingsError, match="KIBANA_PORT"):
        ports_of({"KIBANA_PORT": "ninety"})


def test_setup_on_the_command_line(tallywire: Command, tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        env, before = tmp_path / ".env", f"KIBANA_PORT={port}\nELASTIC_PASSWORD=mine\n"
        env.write_text(before)
        elsewhere = tallywire("setup", cwd=tmp_path)
        assert (elsewhere.returncode, env.read_text()) == (1, before)
        assert "in a checkout of the repository" in elsewhere.stderr
        (tmp_path / "docker-compose.yml").touch()
        first = tallywire("setup", cwd=tmp_path)
        assert "--fill" in first.stdout
        assert f"port {port} is taken" in first.stdout
        assert first.returncode == 1
        filled = tallywire("setup", "--fill", "--json", cwd=tmp_path)
    assert {"level", "what", "advice"} == set(json.loads(filled.stdout.splitlines()[0]))
    kept = read_env(env.read_text())
    assert kept["ELASTIC_PASSWORD"] == "mine"
    assert set(SECRETS) <= set(kept)
    for secret in SECRETS:
        assert kept[secret] not in first.stdout + filled.stdout or kept[secret] == "mine"


def test_folders_that_a_umask_of_077_closed_to_containers_are_named(tmp_path: Path) -> None:
    (tmp_path / "docker" / "postgres").mkdir(parents=True)
    for name, file in {"dags": "ingest.py", "topics": "floods.yaml"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / file).touch()
    for path in tmp_path.rglob("*"):
        path.chmod(0o755)
    (tmp_path / "dags" / "ingest.py").chmod(0o600)
    (tmp_path / "docker" / "postgres").chmod(0o700)
    machine = look(tmp_path, [])
    assert machine.closed == ("dags/ingest.py", "docker/postgres")
    (finding,) = [one for one in judge_machine(machine, {}) if "containers can't read" in one.what]
    assert finding.level == "problem"
    assert "chmod -R go+rX dags topics docker" in finding.advice


def test_everything_that_is_mounted_from_the_checkout_is_looked_at() -> None:
    mounted = re.findall(r"- \./([a-z]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert set(mounted) == set(MOUNTED)


@pytest.mark.parametrize(("seen", "said"), [("rootless", "Docker runs without root"), ("labelled", "SELinux")])
def test_what_may_keep_containers_from_their_files_is_said(seen: str, said: str) -> None:
    machine = Machine(**(vars(GOOD) | {seen: True}))
    assert [one.level for one in judge_machine(machine, {}) if said in one.what] == ["warning"]
    assert not [one for one in judge_machine(GOOD, {}) if said in one.what]
