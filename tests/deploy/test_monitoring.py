"""Rules for Prometheus and the dashboard for Grafana ask for what `/metrics` really gives."""

import json
import re

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from support import project
from support.hub import HubProcess, running_hub
from support.waiting import GUARD_SECONDS, wait_until

from axis.alerts.catalogue import KINDS

RULES = project.ROOT / "deploy/prometheus/axis.rules.yml"
SCRAPING = project.ROOT / "deploy/prometheus/prometheus.yml"
DASHBOARD = project.ROOT / "deploy/grafana/axis.json"
PROMETHEUS_OWN = {"up": {"job", "instance"}}
OF_SCRAPES = {"job", "instance"}
"""The labels that Prometheus adds to everything it scrapes."""
SELECTOR = re.compile(r"\b(axis_[a-z_]+|up)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r'([a-z_]+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
GROUPING = re.compile(r"\b(?:by|without) \(([^)]*)\)")
LEGEND = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")

Samples = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def samples(tmp_path_factory) -> Samples:
    """Every series of a hub that has been used, by name, each with its labels."""
    folder = tmp_path_factory.mktemp("hub")
    with running_hub(folder, f"sqlite:///{folder}/axis.db") as hub:
        ask(hub, "GET", "/v1/agencies")  # refused: nobody's token
        ask(hub, "POST", "/vxp/sendEdoc")  # refused, too, in the old protocol's way
        wait_until(lambda: "axis_alerts{" in ask(hub, "GET", "/metrics"), "the alerts to be counted")
        text = ask(hub, "GET", "/metrics")
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


def ask(hub: HubProcess, method: str, path: str) -> str:
    return httpx.request(method, f"{hub.url}{path}", trust_env=False, timeout=GUARD_SECONDS).text


def rules() -> list[dict]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict]:
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]


def expressions() -> dict[str, str]:
    """Every expression, by where it stands."""
    found = {f"rule {rule['alert']}": rule["expr"] for rule in rules()}
    for panel in panels():
        for target in panel["targets"]:
            found[f"panel {panel['title']} {target['refId']}"] = target["expr"]
    return found


def faults(expression: str, samples: Samples) -> list[str]:
    """What an expression asks for that is not there."""
    found, offered = [], set(OF_SCRAPES)
    for name, matchers in SELECTOR.findall(expression):
        known = samples.get(name)
        labels = PROMETHEUS_OWN.get(name) or (
            None if known is None else {key for one in known for key in one}
        )
        if labels is None:
            found.append(f"no metric {name}")
            continue
        offered |= labels
        found += [
            f"{name} has no label {label}"
            for label, _ in MATCHER.findall(matchers)
            if label not in labels | OF_SCRAPES
        ]
    for names in GROUPING.findall(expression):
        found += [f"nothing has a label {each}" for each in names.split(", ") if each not in offered]
    return found


def test_every_metric_and_label_of_rules_and_dashboard_is_there(samples: Samples) -> None:
    asked = expressions()
    assert len(asked) > len(KINDS) + 15
    assert {where: found for where, each in asked.items() if (found := faults(each, samples))} == {}
    for panel in panels():
        for target in panel["targets"]:
            for label in LEGEND.findall(target["legendFormat"]):
                assert re.search(rf"by \({label}\)", target["expr"]) or label in OF_SCRAPES, panel["title"]


def test_what_is_not_there_would_be_found(samples: Samples) -> None:
    assert faults('sum by (code) (rate(axis_refusal_total{code="x"}[5m]))', samples) != []
    assert faults('axis_refusals_total{status="x"}', samples) == ["axis_refusals_total has no label status"]
    assert faults("sum by (route) (axis_store_failing)", samples) == ["nothing has a label route"]
    assert faults('sum by (code) (rate(axis_refusals_total{job="axis"}[5m])) > 0', samples) == []


def test_every_alert_has_a_rule_that_fires_while_it_stands_open(samples: Samples) -> None:
    counted = {labels["name"] for labels in samples["axis_alerts"]}
    assert counted == set(KINDS)
    asked = [rule["expr"] for rule in rules() if rule["expr"].startswith("max by (name) (axis_alerts{")]
    assert asked == [f'max by (name) (axis_alerts{{job="axis",name="{name}"}}) > 0' for name in KINDS]


def test_rules_and_dashboard_are_of_the_form_that_their_readers_take() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules())
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"info", "warning", "critical"}
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["expr"].count("(") == rule["expr"].count(")")
    scraping = yaml.safe_load(SCRAPING.read_text(encoding="utf-8"))
    assert (SCRAPING.parent / scraping["rule_files"][0]).is_file()
    (job,) = scraping["scrape_configs"]
    assert (job["job_name"], job["metrics_path"]) == ("axis", "/metrics")
    places = [panel["gridPos"] for panel in panels()]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert len({panel["id"] for panel in panels()}) == len(places)
