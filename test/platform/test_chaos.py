"""Experiments (chaos/): each is small, watched, ends by itself, aims at something that is there, and says what it expects."""
import re

import pytest
import yaml

import data_rules
import flow_table
import manifests as m
from conftest import ROOT, chart_text, data_text, ground_text, kustomized

FOLDERS = sorted(path.name for path in (ROOT / "chaos/experiments").iterdir())
ENVIRONMENT = "staging-distributed"
INJECT = "chaos-mesh.org/inject"
OPEN = {"default", "kafka", "databases"}
README = (ROOT / "chaos/README.md").read_text()
# Experiments that take more than one pod, and why that is still bounded.
WIDE = {"2-brokers-slow": "a delay for one service's pods", "5-zone-lost": "one zone"}


def workflow(folder):
    return m.load(kustomized(f"chaos/{folder}"))[0]


def templates(document):
    return {template["name"]: template for template in document["spec"]["templates"]}


def faults(template):
    """The fault's own settings, also inside a schedule: templateType PodChaos has them under podChaos."""
    kind = template["templateType"]
    if kind == "Schedule":
        return faults({**template["schedule"], "templateType": template["schedule"]["type"]})
    return next(settings for field, settings in template.items() if field.lower() == kind.lower())


@pytest.fixture(params=FOLDERS)
def name(request):
    return request.param


@pytest.fixture
def experiment(name):
    return workflow(f"experiments/{name}")


def _minutes(text):
    return m.seconds(text) / 60


def test_there_are_eight():
    assert [name.split("-")[0] for name in FOLDERS] == [str(number) for number in range(1, 9)]
    names = [workflow(f"experiments/{name}")["metadata"]["name"] for name in FOLDERS]
    assert names == [f"experiment-{name.split('-', 1)[1]}" for name in FOLDERS]


def check_form(document):
    """Steady, then the fault beside a watch that may end it, then steady again; every step has an end."""
    parts = templates(document)
    entry = parts[document["spec"]["entry"]]
    assert (entry["templateType"], entry["children"]) == ("Serial", ["steady-before", "fault-under-watch", "steady-after"])
    assert (parts["fault-under-watch"]["templateType"], parts["fault-under-watch"]["children"]) == ("Parallel", ["fault", "watch"])
    before, watch = parts["steady-before"], parts["watch"]
    assert before["abortWithStatusCheck"] and before["statusCheck"]["mode"] == "Synchronous" and before["statusCheck"]["successThreshold"] >= 6
    assert watch["abortWithStatusCheck"] and watch["statusCheck"]["mode"] == "Continuous"
    assert watch["statusCheck"]["failureThreshold"] * watch["statusCheck"]["intervalSeconds"] <= 30
    assert _minutes(parts["fault"]["deadline"]) <= 5 and parts["watch"]["deadline"] == parts["fault"]["deadline"]
    assert all("deadline" in part for part in parts.values())
    assert sum(_minutes(parts[child]["deadline"]) for child in entry["children"]) <= _minutes(entry["deadline"])
    urls = {part["statusCheck"]["http"]["url"] for part in parts.values() if "statusCheck" in part}
    assert len(urls) == 1, "what is watched is what was steady"
    return re.fullmatch(r"http://gamemetrics-([a-z-]+)\.default\.svc\.cluster\.local:(\d+)/readyz", urls.pop()).groups()


def test_has_the_form(experiment):
    service, port = check_form(experiment)
    edges = flow_table.load(ENVIRONMENT).edges
    assert any((e.source.name, e.target.name, e.port) == ("chaos-controller", service, int(port)) for e in edges), "the watch is let through"


def test_the_rehearsal_breaks_nothing():
    rehearsal = workflow("rehearsal")
    check_form(rehearsal)
    assert templates(rehearsal)["fault"]["templateType"] == "Suspend"


def _pods():
    """(namespace, labels) of every pod that the rendered manifests lead to; CloudNativePG marks its primary itself."""
    for owner in m.pod_owners(m.load(chart_text(ENVIRONMENT))):
        yield owner["metadata"]["namespace"], m.pod_labels(owner)
    for member in data_rules.members(m.load(data_text("staging"))):
        yield member.namespace, {**member.labels, **({"cnpg.io/instanceRole": "primary"} if "cnpg.io/cluster" in member.labels else {})}


def _selectors(fault):
    yield fault["selector"]
    if "target" in fault:
        yield fault["target"]["selector"]


def test_aims_at_pods_that_are_there(experiment):
    for selector in _selectors(faults(templates(experiment)["fault"])):
        wanted = selector.get("labelSelectors", {}).items()
        hit = [labels for namespace, labels in _pods() if namespace in selector["namespaces"] and wanted <= labels.items()]
        assert hit, selector
        if "nodeSelectors" not in selector:
            assert len(hit) == 1, "one kind of pod"


def test_container_names_are_there(experiment):
    fault = faults(templates(experiment)["fault"])
    for name in fault.get("containerNames", []):
        owners = [o for o in m.pod_owners(m.load(chart_text(ENVIRONMENT))) if fault["selector"]["labelSelectors"].items() <= m.pod_labels(o).items()]
        assert owners and all(name in {c["name"] for c in m.containers(o)} for o in owners)


def test_is_small(name, experiment):
    fault = faults(templates(experiment)["fault"])
    assert (fault["mode"] != "one") == (name in WIDE)
    if name in WIDE:
        selector = fault["selector"]
        assert "nodeSelectors" in selector or len(selector["namespaces"]) == 1


@pytest.mark.parametrize("environment", flow_table.environments())
def test_only_staging_lets_itself_be_broken(environment):
    open_to = {d["metadata"]["name"] for d in m.of_kind(m.load(ground_text(environment)), "Namespace")
               if d["metadata"].get("annotations", {}).get(INJECT) == "enabled"}
    assert open_to == (OPEN if environment == ENVIRONMENT else set())


def test_stays_where_it_may_be(experiment):
    for selector in _selectors(faults(templates(experiment)["fault"])):
        assert selector["namespaces"] and set(selector["namespaces"]) <= OPEN


def test_memory_stays_inside_the_limit():
    fault = faults(templates(workflow("experiments/6-memory-short"))["fault"])
    owner = next(o for o in m.pod_owners(m.load(chart_text(ENVIRONMENT))) if fault["selector"]["labelSelectors"].items() <= m.pod_labels(o).items())
    size = int(fault["stressors"]["memory"]["size"].removesuffix("MB")) * 10**6
    assert size < m.quantity(m.containers(owner)[0]["resources"]["limits"]["memory"])


def test_the_zone_is_one_of_the_clusters(name, experiment):
    fault = faults(templates(experiment)["fault"])
    zones = yaml.safe_load((ROOT / "terraform/environments/staging/settings.json").read_text())["zones"]
    for selector in _selectors(fault):
        assert selector.get("nodeSelectors", {}).get("topology.kubernetes.io/zone", zones[0]) in zones


def sections():
    found = {}
    for block in README.split("\n### ")[1:]:
        found[block.splitlines()[0]] = dict(re.findall(r"^\| ([A-Z][^|]+) \| (.+) \|$", block, re.M))
    return found


def test_says_what_it_expects(name, experiment):
    said = sections()[name]
    assert set(said) == {"Hypothesis", "Steady state", "Blast radius", "Ends early", "Alerts", "On one machine"}
    for alert in said["Alerts"].split(", "):
        assert (ROOT / f"docs/runbooks/{alert}.md").is_file(), alert
    service, _ = check_form(experiment)
    assert f"`gamemetrics-{service}`" in said["Ends early"]
    for path in re.findall(r"`(test/[^`]+)`", said["On one machine"]):
        assert (ROOT / path).is_file(), path


def test_steady_states_ask_for_metrics_that_there_are(name):
    known = (ROOT / "docs/reference/metrics.md").read_text() + "".join(f.read_text() for f in (ROOT / "monitoring/exporters").glob("*.txt"))
    names = set(re.findall(r"\b(?:gamemetrics|http_server|kafka)_[a-z_]+?(?=_bucket\{|_count\{|[{\[)])", sections()[name]["Steady state"]))
    assert names
    for metric in names:
        assert re.search(rf"\b{metric}\b", known), metric


def test_the_readme_has_no_other():
    assert sorted(sections()) == FOLDERS
