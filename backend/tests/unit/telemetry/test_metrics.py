import json
import re
from pathlib import Path

import pytest
import yaml

from app.telemetry.metrics import Metrics

OPERATIONS = Path(__file__).parents[4] / "docs" / "operations"
NAME = re.compile(r"\bsmart_support_\w+")
SUFFIXES = re.compile(r"_(total|bucket|sum|count|created)$")


def known() -> set[str]:
    """Every name that Prometheus can be told, as queries write them."""
    names = set()
    for family in Metrics().registry.collect():
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
        names |= {family.name + ending for ending in endings}
    return names


def queries(file: Path) -> list[str]:
    """Every query of a dashboard or of alert rules."""
    if file.suffix == ".json":
        return [target["expr"] for panel in json.loads(file.read_text())["panels"] for target in panel["targets"]]
    return [rule["expr"] for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("file", ["grafana-dashboard.json", "alerts.yaml"])
def test_what_operators_ask_for_is_told(file: str) -> None:
    """Each metric that the dashboard and the alerts name is one of ours, spelt as Prometheus is told it."""
    asked = {name for query in queries(OPERATIONS / file) for name in NAME.findall(query)}
    assert asked
    assert asked <= known()


def test_what_is_told_is_explained() -> None:
    """Every metric stands on the page about operations, and none that is not told."""
    page = (OPERATIONS / "README.md").read_text()
    listed = set(re.findall(r"^\| `(smart_support_\w+)`", page, re.MULTILINE))
    assert listed == {SUFFIXES.sub("", name) + ("_total" if name.endswith("_total") else "") for name in known()}


def test_alerts_say_what_to_do() -> None:
    """Each has a summary and a next step, and waits before it wakes somebody."""
    rules = [
        rule for group in yaml.safe_load((OPERATIONS / "alerts.yaml").read_text())["groups"] for rule in group["rules"]
    ]
    assert all({"summary", "description"} <= set(rule["annotations"]) for rule in rules)
    assert all(rule["labels"]["severity"] in {"page", "ticket"} for rule in rules)
    assert all("for" in rule for rule in rules)


def test_what_is_counted_is_told() -> None:
    """A count appears under its name and labels."""
    metrics = Metrics()
    metrics.turns.labels(outcome="complete").inc()
    metrics.turn_seconds.labels(outcome="complete").observe(0.2)
    metrics.sockets.set(3)
    told = metrics.render().decode()
    assert 'smart_support_turns_total{outcome="complete"} 1.0' in told
    assert 'smart_support_turn_seconds_bucket{le="0.25",outcome="complete"} 1.0' in told
    assert "smart_support_sockets 3.0" in told


def test_two_servers_in_one_process_do_not_mix() -> None:
    """Each instance counts for itself."""
    one, other = Metrics(), Metrics()
    one.frames.labels(direction="in", type="message").inc()
    assert "smart_support_frames_total{" not in other.render().decode()


def test_without_a_database_nothing_is_known() -> None:
    """That is told, and the last numbers are not taken for today's."""
    metrics = Metrics()
    metrics.show_backlog(None)
    assert "smart_support_database_up 0.0" in metrics.render().decode()
