"""/healthz and /metrics, for who may ask; and the alert rules that rely on them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.serve.exposition import Family, Histogram, exposition
from pipeline.serve.opening import window_open
from pipeline.serve.secret import Secret
from pipeline.settings import Settings
from pipeline.steps.keeping.measured import Lag
from tests.serve.client import Client
from tests.serve.conftest import EVERYWHERE, NOW, Opens, Served

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs" / "examples" / "prometheus-rules.yml"


def bearer(served: Served) -> str:
    return f"Bearer {Secret(served.token, Path()).key('api')}"


def names(text: str) -> set[str]:
    """The series of a text in Prometheus' format, each of which has to be well formed."""
    found = set()
    for line in text.splitlines():
        if not line.startswith("#"):
            match = re.fullmatch(r'(tallywire_[a-z_]+)(\{([a-z]+="[^"\n]*",?)+\})? [0-9.e+-]+', line)
            assert match, line
            found.add(match[1])
    return found


def test_on_loopback_both_are_open(window: Opens, demo: Path) -> None:
    served = window(demo)
    health = served.client().get("/healthz")
    told = json.loads(health.text)
    assert (health.status, health.headers["cache-control"]) == (200, "no-store")
    assert told | {"oldest_waiting": None, "last_sign": None, "last_round": None} == {
        "status": "up",
        "record": True,
        "index": True,
        "late": False,
        "last_round": None,
        "last_sign": None,
        "oldest_waiting": None,
    }
    assert told["last_round"]
    metrics = served.client().get("/metrics")
    assert (metrics.status, metrics.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert 'tallywire_entries_last_day{outcome="indexed"} ' in metrics.text
    assert "tallywire_record_reachable 1\n" in metrics.text
    assert served.crashes == []


def test_without_the_token_a_stranger_hears_only_whether_it_is_up(window: Opens) -> None:
    served = window(host=EVERYWHERE)
    health = served.client().get("/healthz")
    assert (health.status, json.loads(health.text)) == (200, {"status": "up"})
    refused = served.client().get("/metrics")
    assert (refused.status, refused.headers["www-authenticate"]) == (401, 'Bearer realm="tallywire"')
    assert "tallywire_" not in refused.text
    asks = served.client(authorization=bearer(served))
    assert json.loads(asks.get("/healthz").text)["record"] is True
    assert asks.get("/metrics").status == 200


def test_a_page_of_another_name_hears_nothing(window: Opens) -> None:
    assert window().client().get("/healthz", host="evil.example").status == 421


def test_without_record_or_index_it_is_down(window: Opens, tmp_path: Path) -> None:
    served = window()
    (tmp_path / "home" / "index.db").write_bytes(b"Dear editor, " * 500)
    answer = served.client().get("/healthz")
    assert (answer.status, json.loads(answer.text)["index"]) == (503, False)
    served.services.record.close()
    (tmp_path / "home" / "tallywire.db").unlink()
    answer = served.client().get("/healthz")
    assert (answer.status, json.loads(answer.text)["record"]) == (503, False)
    assert names(served.client().get("/metrics").text) == {
        "tallywire_info",
        "tallywire_record_reachable",
        "tallywire_index_reachable",
        "tallywire_disk_free_bytes",
    }
    assert served.crashes == []


def test_beside_rounds_that_are_late_it_is_down_and_beside_none_it_is_up(demo: Path) -> None:
    # The demonstration was played long ago, by this machine's clock.
    settings = Settings(_env_file=None, home=demo)
    for runs, status in ((True, 503), (False, 200)):
        with window_open(settings, port=0, runs=runs) as opened:
            answer = Client(opened.address).get("/healthz")
            assert (answer.status, json.loads(answer.text)["late"]) == (status, True)


def test_the_format_escapes_what_it_must_and_adds_up_buckets() -> None:
    odd = Family("odd", "gauge", "a \\ and\na line", [({"name": 'a"b\\c\nd', "other": "é"}, 0.5), ({}, 3)])
    lag = Histogram("lag_seconds", "a lag", Lag().with_these([0.5, 2, 10**6]))
    lines = exposition([odd, Family("none", "gauge", "nothing", []), lag]).splitlines()
    assert lines[:4] == [
        "# HELP tallywire_odd a \\\\ and\\na line",
        "# TYPE tallywire_odd gauge",
        'tallywire_odd{name="a\\"b\\\\c\\nd",other="é"} 0.5',
        "tallywire_odd 3",
    ]
    assert lines[6:8] == ['tallywire_lag_seconds_bucket{le="1"} 1', 'tallywire_lag_seconds_bucket{le="5"} 2']
    assert lines[-3:] == [
        'tallywire_lag_seconds_bucket{le="+Inf"} 3',
        "tallywire_lag_seconds_sum 1000002.5",
        "tallywire_lag_seconds_count 3",
    ]


@pytest.fixture
def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def test_each_rule_names_metrics_that_there_are_and_has_its_runbook_entry(
    window: Opens, demo: Path, rules: list[dict[str, Any]]
) -> None:
    served = window(demo)
    there = names(served.client().get("/metrics").text)
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for rule in rules:
        named = set(re.findall(r"tallywire_[a-z_]+", rule["expr"]))
        assert named <= there, rule["alert"]
        assert f"| `{rule['alert']}` |" in page
    in_docs = set(re.findall(r"`(tallywire_[a-z_]+)", page))
    bases = {re.sub(r"_(bucket|sum|count)$", "", name) for name in there}
    assert in_docs == bases


def test_prometheus_itself_takes_rules_and_metrics(window: Opens, demo: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("there is no promtool here: Debian's package prometheus brings it")
    done = subprocess.run([promtool, "check", "rules", str(RULES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = window(demo).client().get("/metrics").text
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_demonstration_did_is_counted(window: Opens, demo: Path) -> None:
    text = window(demo).client().get("/metrics").text
    assert re.search(r"^tallywire_judged_entries_total [1-9]", text, re.MULTILINE)
    assert re.search(r"^tallywire_seen_to_searchable_seconds_count [1-9]", text, re.MULTILINE)
    assert NOW.timestamp() >= float(re.search(r"^tallywire_last_round_timestamp_seconds (.*)$", text, re.M)[1])  # type: ignore[index]
