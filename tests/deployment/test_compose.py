"""docker-compose.yml: valid, complete, and closed to the outside."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.settings import PREFIX, Settings
from pipeline.steps.keeping.setup import PORTS, SECRETS, plan_env, read_env

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
TEXT = FILE.read_text(encoding="utf-8")
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>[A-Z_a-z0-9]+)(?P<rest>[^}]*)\}")

COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = {name: service for name, service in SERVICES.items() if service["restart"] != "no"}
JOBS = {name: service for name, service in SERVICES.items() if service["restart"] == "no"}
ROOT_ALLOWED = {"certificates"}
"""It hands a key to another user, has no network and ends at once."""


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [found for one in value.values() for found in strings(one)]
    if isinstance(value, list):
        return [found for one in value for found in strings(one)]
    return [value] if isinstance(value, str) else []


def test_it_is_what_the_compose_specification_allows() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: make test installs it")
    schema = json.loads((Path(__file__).parent / "schema" / "compose-spec.json").read_text())
    validator = jsonschema.Draft7Validator(schema)
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(COMPOSE)] == []
    wrong = COMPOSE | {"services": {"one": {"image": "x", "memory_limit": "1g"}}}
    assert list(validator.iter_errors(wrong)), "the schema lets everything pass"


@pytest.mark.parametrize("profile", ["", "mail", "celery"])
def test_docker_compose_itself_reads_it(tmp_path: Path, profile: str) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("there is no docker compose here")
    env = tmp_path / ".env"
    env.write_text(plan_env(None, fill=False).text)
    command = [docker, "compose", "--file", str(FILE), "--env-file", str(env)]
    command += ["--profile", profile] if profile else []
    done = subprocess.run([*command, "config", "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_image_of_ours_is_built_by_one_service_and_pulled_by_none() -> None:
    # Of several services that build one tag, Compose builds all at once, and the second fails to export it.
    ours = [service for service in SERVICES.values() if service["image"].startswith("tallywire:")]
    builders = [service for service in ours if "build" in service]
    assert len(builders) == len({service["image"] for service in ours}) == 1
    assert all(service["pull_policy"] == ("build" if "build" in service else "never") for service in ours)
    assert not any("build" in service for service in SERVICES.values() if service not in ours)


def test_who_needs_the_image_waits_for_its_builder() -> None:
    builder = next(name for name, service in SERVICES.items() if "build" in service)

    def before(name: str) -> set[str]:
        first = set(SERVICES[name].get("depends_on", {}))
        return first.union(*map(before, first)) if first else first

    waits = {name for name, service in SERVICES.items() if "pull_policy" in service} - {builder}
    assert {name for name in waits if builder not in before(name)} <= {"airflow-database", "airflow-init"}


def test_no_service_that_only_waits_knows_a_secret() -> None:
    for name, service in LASTING.items():
        if "infinity" in strings(service.get("entrypoint", [])):
            assert "environment" not in service, name


def test_airflows_tables_are_brought_up_to_date_in_the_open() -> None:
    assert SERVICES["airflow-database"]["command"] == ["db", "migrate"]
    assert not any("_AIRFLOW_DB_MIGRATE" in service.get("environment", {}) for service in SERVICES.values())


def test_every_secret_is_demanded_and_made_by_setup() -> None:
    demanded = {match["name"] for match in VARIABLE.finditer(TEXT) if match["rest"].startswith(":?")}
    assert demanded == set(SECRETS)


def test_no_secret_has_a_default() -> None:
    for match in VARIABLE.finditer(TEXT):
        if match["name"] in SECRETS:
            assert match["rest"].startswith(":?"), match[0]


def test_nothing_that_looks_like_a_secret_is_written_out() -> None:
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|FERNET|ENCRYPTIONKEY|JWT", key) and not key.startswith(PREFIX + "SMTP"):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", str(value)), f"{name}: {key}"
        for value in strings(service.get("environment", {})):
            for user, password in re.findall(r"://([^:/@\s]*):([^@\s]+)@", value):
                assert VARIABLE.fullmatch(password), f"{name}: the password of {user or 'nobody'}"


def test_every_variable_is_described_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    described = {line.removeprefix("# ").split("=")[0] for line in lines if re.match(r"(# )?[A-Z_]+=", line)}
    used = {match["name"] for match in VARIABLE.finditer(TEXT)}
    assert used - described == set()
    own = {name for name in described if not name.startswith(PREFIX)}
    assert own - used == set(), "described, and used nowhere"


def test_the_example_gives_the_defaults_that_hold() -> None:
    example = read_env("\n".join(line.removeprefix("# ") for line in (ROOT / ".env.example").read_text().splitlines()))
    for match in VARIABLE.finditer(TEXT):
        name, rest = match["name"], match["rest"]
        if rest.startswith(":-") and not name.startswith(PREFIX) and name != "KIBANA_PUBLIC_URL":
            assert example[name] == rest[2:], name


def test_what_setup_writes_is_enough(tmp_path: Path) -> None:
    written = read_env(plan_env(None, fill=False).text)
    for match in VARIABLE.finditer(TEXT):
        assert written.get(match["name"]) or match["rest"].startswith(":-"), match["name"]


def test_the_ports_setup_looks_at_are_those_that_are_taken() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert {(match["name"], match["rest"]) for port in published for match in VARIABLE.finditer(port)} == {
        (name, f":-{port}") for name, (port, _) in PORTS.items()
    }


def test_every_setting_reaches_the_containers_or_has_no_meaning_there() -> None:
    given = {name for name in SERVICES["airflow-scheduler"]["environment"] if name.startswith(PREFIX)}
    elsewhere = {
        "ELASTICSEARCH_API_KEY": "a user is made instead",
        "ELASTICSEARCH_PREFIX": "the cluster is this deployment's alone",
        "POLL_EVERY": "Airflow keeps the time",
        "LOG": "Airflow keeps the logs",
        "SERVE_HOST": "the service says it itself",
        "SERVE_PORT": "as above",
        "KIBANA_URL": "only the job that imports speaks to Kibana",
        "KIBANA_API_KEY": "as above",
        "KIBANA_USER": "as above",
        "KIBANA_PASSWORD": "as above",
        "KIBANA_CA": "as above",
        "KIBANA_SPACE": "as above",
    }
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert given <= known
    assert known - given <= {PREFIX + name for name in elsewhere}
    assert {name for name in SERVICES["kibana-objects"]["environment"] if name.startswith(PREFIX)} <= known


def test_ports_are_open_to_this_machine_only() -> None:
    for name, service in SERVICES.items():
        assert service.get("network_mode") in (None, "none"), name
        for port in service.get("ports", []):
            assert isinstance(port, str), name
            assert port.startswith("127.0.0.1:"), f"{name}: {port}"


def test_every_image_is_pinned_to_a_release() -> None:
    for name, service in SERVICES.items():
        image, _, tag = service["image"].rpartition(":")
        assert image, name
        assert re.search(r"\d+\.\d+\.\d+|\d+\.\d+-", tag), f"{name}: {service['image']}"
    stack = {service["image"].rpartition(":")[2] for service in SERVICES.values() if "elastic.co" in service["image"]}
    assert len(stack) == 1, "Kibana and Elasticsearch belong to one release"


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_watched_bounded_and_restarted(name: str) -> None:
    service = LASTING[name]
    assert service["restart"] == "unless-stopped"
    health = service["healthcheck"]
    assert health["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries", "start_period"} <= set(health)
    assert "stop_grace_period" in service


@pytest.mark.parametrize("name", SERVICES)
def test_everything_is_bounded_and_has_few_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert not service.get("privileged")
    # Elastic's images bring an init; a second one only complains.
    assert service["init"] is (name not in ("elasticsearch", "kibana"))
    user = str(service["user"])
    if name in ROOT_ALLOWED:
        assert service["network_mode"] == "none"
        assert name in JOBS
    else:
        assert user.split(":")[0] not in ("", "0", "root"), f"{name} runs as root"


def test_what_is_waited_for_exists_and_can_come_about() -> None:
    for name, service in SERVICES.items():
        for other, wanted in service.get("depends_on", {}).items():
            assert other in SERVICES, f"{name} waits for {other}"
            if wanted["condition"] == "service_healthy":
                assert other in LASTING, f"{name} waits for the health of {other}, which ends"
            else:
                assert wanted["condition"] == "service_completed_successfully"
                assert other in JOBS, f"{name} waits for the end of {other}, which lasts"
            # Compose starts what is waited for only if its profile is on as well.
            assert set(SERVICES[other].get("profiles", [])) <= set(service.get("profiles", [])), f"{name} → {other}"


def test_the_end_of_every_job_is_waited_for() -> None:
    # `docker compose up --wait` takes the end of any other as a failure, whatever its exit code.
    waited_for = {
        other
        for service in SERVICES.values()
        for other, wanted in service.get("depends_on", {}).items()
        if wanted["condition"] == "service_completed_successfully"
    }
    assert set(JOBS) == waited_for


def test_nothing_waits_for_itself() -> None:
    def before(name: str, seen: tuple[str, ...]) -> None:
        assert name not in seen, " → ".join((*seen, name))
        for other in SERVICES[name].get("depends_on", {}):
            before(other, (*seen, name))

    for name in SERVICES:
        before(name, ())


def test_tasks_run_only_where_the_api_they_report_to_is_up() -> None:
    for name in ("airflow-scheduler", "airflow-triggerer", "airflow-worker"):
        assert SERVICES[name]["depends_on"]["airflow-apiserver"]["condition"] == "service_healthy"
    for name in ("airflow-apiserver", "airflow-dag-processor"):
        assert "record" in SERVICES[name]["depends_on"]


def test_airflow_waits_for_neither_elasticsearch_nor_kibana() -> None:
    # An outage of the index only delays: news is judged and told without it.
    def all_before(name: str) -> set[str]:
        first = set(SERVICES[name].get("depends_on", {}))
        return first.union(*map(all_before, first)) if first else first

    assert not {"elasticsearch", "kibana", "index"} & all_before("airflow-scheduler")


def test_all_parts_of_airflow_share_their_secrets_and_their_volumes() -> None:
    parts = [service for name, service in SERVICES.items() if name.startswith("airflow-")]
    for part in parts:
        for name in ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__CORE__FERNET_KEY"):
            assert part["environment"][name] == parts[0]["environment"][name]
        assert "./dags:/opt/airflow/dags:ro" in part["volumes"]
        assert "./topics:/opt/tallywire/topics:ro" in part["volumes"]


def test_volumes_and_mounted_folders_exist() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).is_dir(), f"{name}: {source}"
            else:
                assert source in COMPOSE["volumes"], f"{name}: {source}"
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert set(COMPOSE["volumes"]) <= used


def test_the_image_holds_the_airflow_and_the_parts_that_are_asked_for() -> None:
    base = re.search(r"^FROM apache/airflow:slim-(\S+)-python(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert base is not None
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements/image.txt").read_text(), re.MULTILINE))
    assert locked["apache-airflow"] == base[1]
    for name in ("celery", "fab", "postgres"):
        assert f"apache-airflow-providers-{name}" in locked
    assert {"psycopg2-binary", "psycopg-binary", "asyncpg", "redis", "elasticsearch"} <= set(locked)
    assert not {"pytest", "mypy", "hypothesis"} & set(locked)


def test_the_image_never_builds_or_runs_as_root_but_for_its_folders() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["root", "airflow"]
    between = lines[lines.index("USER root") + 1 : lines.index("USER airflow")]
    assert [line.split()[1] for line in between if line.strip()] == ["install"]
    assert any("--require-hashes" in line for line in lines)


def test_what_the_build_copies_is_let_through_to_it() -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?:--\S+ )*(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {part for line in copied for part in line.split()} == let_through
    for part in let_through:
        assert (ROOT / part).exists(), part
