"""What a cluster has besides workloads (k8s/platform): one door, strict mTLS, backups that are not forgotten, policies that cover our namespaces."""
import pytest

import manifests as m
from conftest import ROOT, kustomized

ENVIRONMENTS = ("dev", "staging", "prod")


@pytest.fixture(params=ENVIRONMENTS)
def name(request):
    return request.param


@pytest.fixture
def platform(name):
    return m.load(kustomized(f"k8s/platform/overlays/{name}"))


def _one(documents, kind, name):
    return next(d for d in m.of_kind(documents, kind) if d["metadata"]["name"] == name)


def test_there_is_one_door_and_it_has_tls(platform, name):
    gateways = m.of_kind(platform, "Gateway")
    assert len(gateways) == 1
    listeners = gateways[0]["spec"]["listeners"]
    assert [(listener["protocol"], listener["port"], listener["tls"]["mode"]) for listener in listeners] == [("HTTPS", 443, "Terminate")]
    assert listeners[0]["hostname"] in _one(platform, "Certificate", "gamemetrics")["spec"]["dnsNames"]
    hosts = m.load((ROOT / f"k8s/environments/{name}.yaml").read_text())[0]["route"]["hostnames"]
    assert hosts == [listeners[0]["hostname"]], "the route's host is the gateway's"


def test_the_whole_mesh_is_strict(platform):
    policy = _one(platform, "PeerAuthentication", "default")
    assert policy["metadata"]["namespace"] == "istio-system" and "selector" not in policy["spec"]
    assert policy["spec"]["mtls"] == {"mode": "STRICT"}


def test_the_gateway_refuses_nobody_whom_the_program_would_answer(platform):
    pool = _one(platform, "DestinationRule", "gamemetrics")["spec"]["trafficPolicy"]["connectionPool"]["tcp"]
    declared = (ROOT / "docs/reference/configuration.md").read_text()
    default = next(line for line in declared.splitlines() if "`http.connections_max`" in line)
    assert pool["maxConnections"] > int("".join(c for c in default.split("|")[3] if c.isdigit()))


def test_backups_are_hourly_and_daily(platform, name):
    schedules = {d["metadata"]["name"]: d["spec"] for d in m.of_kind(platform, "Schedule")}
    assert {key: row["template"]["ttl"] for key, row in schedules.items()} == {"hourly": "48h0m0s", "daily": "720h0m0s"}
    assert all(row["template"]["snapshotVolumes"] for row in schedules.values())
    assert f"-{name}-" in m.of_kind(platform, "BackupStorageLocation")[0]["spec"]["objectStorage"]["bucket"]


def test_policies_deny_and_fail_closed(platform):
    policies = {d["metadata"]["name"]: d["spec"] for d in m.of_kind(platform, "ValidatingAdmissionPolicy")}
    bindings = {d["spec"]["policyName"]: d["spec"] for d in m.of_kind(platform, "ValidatingAdmissionPolicyBinding")}
    assert set(policies) == set(bindings) == {"gamemetrics-pods", "gamemetrics-privileges"}
    assert all(spec["failurePolicy"] == "Fail" for spec in policies.values())
    assert all(spec["validationActions"] == ["Deny"] for spec in bindings.values())
    covered = bindings["gamemetrics-pods"]["matchResources"]["namespaceSelector"]["matchExpressions"][0]
    assert covered["operator"] == "In" and {"default", "databases", "kafka"} <= set(covered["values"])


def test_only_namespaces_of_node_agents_may_have_privileges(platform):
    spared = _one(platform, "ValidatingAdmissionPolicyBinding", "gamemetrics-privileges")["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"][0]
    assert spared["operator"] == "NotIn"
    ours = {d["metadata"]["name"] for d in m.load(kustomized("k8s/overlays/distributed")) if d["kind"] == "Namespace"}
    assert ours & set(spared["values"]) == {"node-agents", "log-agents"}


def test_volumes_are_encrypted_and_made_where_the_pod_is(platform):
    classes = m.of_kind(platform, "StorageClass")
    assert {d["metadata"]["name"]: d["reclaimPolicy"] for d in classes} == {"gp3-delete": "Delete", "gp3-retain": "Retain"}
    for document in classes:
        assert document["parameters"]["encrypted"] == "true" and document["volumeBindingMode"] == "WaitForFirstConsumer"


def test_stores_are_the_last_to_be_put_off_a_node(platform):
    chart = m.load((ROOT / "test/platform/golden/prod.yaml").read_text())
    services = max(d["value"] for d in m.of_kind(chart, "PriorityClass"))
    assert _one(platform, "PriorityClass", "gamemetrics-data")["value"] > services
