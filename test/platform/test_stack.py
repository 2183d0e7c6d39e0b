"""The monitoring stack as its charts render it (scripts/k8s/stack.py): the pods are those of the flows, their probes and metrics get through, and they keep the
rules of their namespaces."""
import functools
import json

import pytest

import capacity
import flow_table
import manifests as m
import pod_rules
from conftest import ROOT, ground_text

STACK = ROOT / "test/platform/stack"
NAMESPACES = ("monitoring", "node-agents", "log-agents")
# The operator makes these pods; the labels and the port are its own.
BY_OPERATOR = {"Prometheus": ("prometheus", 9090), "Alertmanager": ("alertmanager", 9093)}
# What a policy does not know by its labels: the node's own network.
OF_NODES = {"node-exporter"}
# What a container asks for that does not say (k8s/namespaces/limits).
LIMIT_RANGE_DEFAULT = "256Mi"


@pytest.fixture(params=sorted(path.stem for path in STACK.glob("*.yaml")))
def environment(request):
    return request.param


@functools.cache
def _stack(environment):
    return m.load((STACK / f"{environment}.yaml").read_text())


@pytest.fixture
def stack(environment):
    return _stack(environment)


@pytest.fixture
def table(environment):
    return flow_table.load(environment)


def pods(documents):
    """(name, namespace, labels, service account) of each kind of pod."""
    for owner in m.pod_owners(documents):
        yield m.name(owner), owner["metadata"]["namespace"], m.pod_labels(owner), m.pod_template(owner)["spec"]["serviceAccountName"]
    for document in m.of_kind(documents, *BY_OPERATOR):
        labels = {"app.kubernetes.io/name": BY_OPERATOR[document["kind"]][0]}
        yield m.name(document), document["metadata"]["namespace"], labels, document["spec"]["serviceAccountName"]


def workloads_of(table, namespace, labels):
    return [one for one in table.workloads.values() if one.namespace == namespace and set(dict(one.labels).items()) <= set(labels.items())]


def strangers(documents, table):
    for name, namespace, labels, account in pods(documents):
        found = workloads_of(table, namespace, labels)
        if [one.service_account for one in found] != [account]:
            yield f"{name} with the account {account} is {[one.name for one in found]} in k8s/flows.yaml"


def missing(documents, table):
    there = {one.name for _, namespace, labels, _ in pods(documents) for one in workloads_of(table, namespace, labels)}
    yield from ({one.name for one in table.workloads.values() if one.namespace in NAMESPACES} - there)


def reaches(table, source, target, port):
    return any(edge.source.name == source and edge.target.name == target and edge.port == port for edge in table.edges)


def ports_of(owner):
    return {port["name"]: port["containerPort"] for container in m.containers(owner) for port in container.get("ports", []) if "name" in port}


def workload_of(table, owner):
    return next((one.name for one in workloads_of(table, owner["metadata"]["namespace"], m.pod_labels(owner))), "nobody")


def unanswered_probes(documents, table):
    for owner in m.pod_owners(documents):
        target = workload_of(table, owner)
        for container in m.containers(owner):
            for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
                probe = container.get(kind, {})
                asked = (probe.get("httpGet") or probe.get("tcpSocket") or {}).get("port")
                if asked is not None and target not in OF_NODES and not reaches(table, "kubelet", target, ports_of(owner).get(asked, asked)):
                    yield f"{m.name(owner)}: the kubelet may not ask port {asked}"


def scraped(documents):
    """(workload's owner, container port) of each monitor of the stack's own services and pods."""
    owners = m.pod_owners(documents)
    for monitor in m.of_kind(documents, "ServiceMonitor"):
        for service in (s for s in m.of_kind(documents, "Service") if m.selects(monitor["spec"]["selector"], s["metadata"]["labels"])):
            for endpoint in monitor["spec"]["endpoints"]:
                port = next((p for p in service["spec"]["ports"] if p.get("name") == endpoint.get("port")), None)
                for owner in owners if port else []:
                    if m.selects({"matchLabels": service["spec"].get("selector", {})}, m.pod_labels(owner)):
                        yield owner, ports_of(owner).get(port.get("targetPort"), port.get("targetPort", port["port"]))
    for monitor in m.of_kind(documents, "PodMonitor"):
        for owner in owners:
            if m.selects(monitor["spec"]["selector"], m.pod_labels(owner)):
                yield from ((owner, ports_of(owner)[endpoint["port"]]) for endpoint in monitor["spec"]["podMetricsEndpoints"])


def unreachable_metrics(documents, table):
    for owner, port in scraped(documents):
        target = workload_of(table, owner)
        if not reaches(table, "prometheus", target, port):
            yield f"{m.name(owner)}: Prometheus may not ask port {port}"


def below_their_namespace(documents):
    """Pod Security of `monitoring` is restricted; whether a chart of others keeps its root read-only is not asked."""
    restricted = [document for document in documents if document["metadata"].get("namespace") == "monitoring"]
    yield from (line for line in pod_rules.is_restricted(restricted) if "can write to its root" not in line)


CHECKS = {"strangers": strangers, "missing": missing, "unanswered_probes": unanswered_probes, "unreachable_metrics": unreachable_metrics}


@pytest.mark.parametrize("check", CHECKS)
def test_pods_are_those_of_the_flows(check, stack, table):
    assert list(CHECKS[check](stack, table)) == []


def test_pods_keep_their_namespaces_rules(stack):
    assert list(below_their_namespace(stack)) == []


def test_each_part_is_scraped_every_30_seconds(stack):
    owners = {m.name(owner) for owner, _ in scraped(stack)}
    assert owners == {m.name(owner) for owner in m.pod_owners(stack)}
    given = {json.dumps(endpoint.get("interval", "30s")) for monitor in m.of_kind(stack, "ServiceMonitor", "PodMonitor")
             for endpoint in monitor["spec"].get("endpoints", monitor["spec"].get("podMetricsEndpoints"))}
    assert given == {'"30s"'} and m.of_kind(stack, "Prometheus")[0]["spec"]["scrapeInterval"] == "30s"


@pytest.mark.parametrize("name", ["distributed", "prod"])
def test_what_is_scraped_beside_it_is_what_prometheus_may_ask(name):
    """monitors.yaml against the table: each names pods that are in it, and ports that Prometheus reaches. Only a number can be compared."""
    rows, whole = flow_table.load(name), flow_table.load("distributed")
    for monitor in m.load((ROOT / "monitoring/kubernetes/monitors.yaml").read_text()):
        spaces = monitor["spec"]["namespaceSelector"]["matchNames"]
        ends = {end.name for table in (rows, whole) for end in (*table.workloads.values(), *table.outside.values())
                if end.namespace in spaces and m.selects(monitor["spec"]["selector"], dict(end.labels))}
        assert ends, f"{monitor['metadata']['name']} selects nothing of the table"
        for endpoint in monitor["spec"]["podMetricsEndpoints"]:
            if "portNumber" in endpoint and ends & {*rows.workloads, *rows.outside}:
                assert any(reaches(rows, "prometheus", end, endpoint["portNumber"]) for end in ends), monitor["metadata"]["name"]


def test_limits_are_within_their_namespaces_ratio(stack, environment):
    ratio = next(item for limits in m.of_kind(m.load(ground_text(environment)), "LimitRange") for item in limits["spec"]["limits"]
                 if item["type"] == "Container")["maxLimitRequestRatio"]["memory"]
    for owner in m.pod_owners(stack):
        for container in m.containers(owner):
            resources = container.get("resources", {})
            if "limits" in resources:
                assert m.quantity(resources["limits"]["memory"]) <= int(ratio) * m.quantity(resources["requests"]["memory"]), m.name(owner)


def asked_memory(documents, default):
    """Of all pods that are not on each node."""
    total = 0
    for owner in m.of_kind(documents, "Deployment", "StatefulSet"):
        each = sum(m.quantity(c.get("resources", {}).get("requests", {}).get("memory", default)) for c in m.pod_template(owner)["spec"]["containers"])
        total += owner["spec"].get("replicas", 1) * each
    for document in m.of_kind(documents, *BY_OPERATOR):
        spec = document["spec"]
        sidecar = m.quantity(spec["thanos"]["resources"]["requests"]["memory"]) if "thanos" in spec else 0
        total += spec["replicas"] * (m.quantity(spec["resources"]["requests"]["memory"]) + sidecar)
    return total


# staging has what prod has.
PAID = {"dev": "dev", "staging": "prod", "prod": "prod"}


@pytest.mark.parametrize("name", PAID)
def test_the_stack_fits_on_the_nodes_that_are_paid_for(name):
    group = json.loads((ROOT / f"terraform/environments/{name}/settings.json").read_text())["node_groups"]["application"]
    room = group["min"] * min(capacity.allocatable(kind)["memory"] for kind in group["instance_types"])
    assert asked_memory(_stack(PAID[name]), LIMIT_RANGE_DEFAULT) <= 0.9 * room


def asked_storage(documents):
    claims = [(owner["spec"].get("replicas", 1), claim) for owner in m.of_kind(documents, "StatefulSet")
              for claim in owner["spec"].get("volumeClaimTemplates", [])]
    claims += [(document["spec"]["replicas"], document["spec"]["storage"]["volumeClaimTemplate"]) for document in m.of_kind(documents, *BY_OPERATOR)
               if "storage" in document["spec"]]
    return sum(number * m.quantity(claim["spec"]["resources"]["requests"]["storage"]) for number, claim in claims)


@pytest.mark.parametrize("name", PAID)
def test_the_stacks_disks_are_those_that_are_paid_for(name):
    paid = json.loads((ROOT / "terraform/prices/assumptions.json").read_text())["monthly_gb"][name]["stack_volumes_gb"]
    assert asked_storage(_stack(PAID[name])) == paid * 2**30


def test_long_names_are_in_no_file():
    """Buckets have the account's number in their names: Terraform writes them down, External Secrets brings them."""
    for path in (ROOT / "monitoring/helm").rglob("*.yaml"):
        assert "ACCOUNT" not in path.read_text() and "bucket: gamemetrics" not in path.read_text(), path


# --- the checks can fail --------------------------------------------------------------------------------------------------------------

def _of(documents, kind, name):
    return next(document for document in m.of_kind(documents, kind) if document["metadata"]["name"] == name)


def _other_account(documents):
    m.pod_template(_of(documents, "StatefulSet", "tempo"))["spec"]["serviceAccountName"] = "default"


def _other_label(documents):
    m.pod_labels(_of(documents, "StatefulSet", "loki"))["app.kubernetes.io/name"] = "logs"


def _gone(documents):
    documents.remove(_of(documents, "StatefulSet", "tempo"))


def _other_probe(documents):
    m.containers(_of(documents, "StatefulSet", "tempo"))[0]["readinessProbe"]["httpGet"]["port"] = 4


def _other_metrics(documents):
    next(p for p in m.containers(_of(documents, "StatefulSet", "loki"))[0]["ports"] if p["name"] == "http-metrics")["containerPort"] = 4


@pytest.mark.parametrize("check, change", [("strangers", _other_account), ("strangers", _other_label), ("missing", _gone),
                                           ("unanswered_probes", _other_probe), ("unreachable_metrics", _other_metrics)])
def test_a_changed_stack_is_found(check, change):
    documents = m.load((STACK / "prod.yaml").read_text())
    change(documents)
    assert list(CHECKS[check](documents, flow_table.load("prod"))) != []


def test_a_privileged_part_is_found():
    documents = m.load((STACK / "prod.yaml").read_text())
    m.containers(_of(documents, "StatefulSet", "tempo"))[0]["securityContext"]["privileged"] = True
    assert list(below_their_namespace(documents)) != []
