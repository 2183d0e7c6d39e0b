"""A cluster's ground: namespaces with their bounds, and policies that allow exactly the connections of k8s/flows.yaml."""
import pathlib
import subprocess
import sys

import pytest

import flow_matrix
import flow_table
import manifests as m
import namespace_rules
from conftest import ROOT, chart_text, ground_text, helm_template


@pytest.mark.parametrize("rule", namespace_rules.RULES, ids=lambda rule: rule.__name__)
def test_rule(rule, ground):
    assert list(rule(ground)) == []


def test_chart_fits_into_its_namespace(ground, chart):
    assert list(namespace_rules.chart_fits(ground, chart)) == []


def test_policies_are_made_from_the_table():
    made = subprocess.run([sys.executable, str(ROOT / "scripts/k8s/generate-flows.py"), "--check"], text=True, capture_output=True)
    assert made.returncode == 0, made.stdout


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_network_policies_equal_the_table(ground, table, direction):
    assert flow_matrix.Matrix(ground, table).network(direction) == flow_matrix.wanted_network(table, direction)


def test_mesh_policies_equal_the_table(ground, table):
    assert flow_matrix.Matrix(ground, table).mesh() == flow_matrix.wanted_mesh(table)


def test_plaintext_is_taken_only_from_those_without_an_identity(ground, table):
    assert flow_matrix.Matrix(ground, table).plaintext_ports() == flow_matrix.wanted_plaintext(table)


def test_namespaces_are_in_the_mesh_as_the_table_says(ground, table):
    labelled = {name: labels.get("istio.io/dataplane-mode") == "ambient" for name, labels in namespace_rules.namespaces(ground).items()}
    assert labelled == {name: row["mesh"] for name, row in table.namespaces.items()}


def test_every_pod_of_the_chart_is_one_workload_of_the_table(chart, table):
    """Policies find pods by labels and accounts: a pod that the table does not know would be cut off, and nobody would see why here."""
    for owner in m.pod_owners(chart):
        labels, account = m.pod_labels(owner), m.pod_template(owner)["spec"]["serviceAccountName"]
        found = [end for end in table.workloads.values() if end.namespace == owner["metadata"]["namespace"]
                 and set(end.labels) <= set(labels.items()) and end.service_account == account]
        assert len(found) == 1, m.name(owner)


def test_table_names_ports_that_pods_have(chart, table):
    ports = {}
    for owner in m.pod_owners(chart):
        for end in table.workloads.values():
            if set(end.labels) <= set(m.pod_labels(owner).items()):
                ports[end.name] = {p["containerPort"] for container in m.containers(owner) for p in container["ports"]}
    for edge in table.edges:
        if edge.target.name in ports:
            assert edge.port in ports[edge.target.name], f"{edge.source.name} -> {edge.target.name}:{edge.port}"


def _stores_of(chart, component):
    for document in m.of_kind(chart, "ExternalSecret"):
        if document["metadata"]["labels"]["app.kubernetes.io/component"] == component:
            return {row["secretKey"].removesuffix("-password") for row in document["spec"]["data"] if row["secretKey"].endswith("-password")}
    return set()


@pytest.mark.parametrize("endpoint", [True, False])
def test_a_service_has_the_passwords_of_the_stores_that_it_may_ask(endpoint):
    """The S3 endpoint is dev's; the others ask S3 with a role and have no key for it."""
    table = flow_table.load("distributed")
    chart = m.load(helm_template("distributed", f"--set=distributed.stores.object-store.enabled={str(endpoint).lower()}").stdout)
    for owner in m.pod_owners(chart):
        component = m.pod_labels(owner)["app.kubernetes.io/component"]
        asked = {edge.target.name.removesuffix("-broker") for edge in table.edges
                 if edge.source.name == component and edge.target.namespace in ("kafka", "databases")}
        assert _stores_of(chart, component) == (asked if endpoint else asked - {"object-store"}), component


# --- the checks can fail --------------------------------------------------------------------------------------------------------------

def _policy(documents, kind, name):
    return next(document for document in m.of_kind(documents, kind) if document["metadata"]["name"] == name)


def _open_egress(documents):
    _policy(documents, "NetworkPolicy", "gamemetrics")["spec"]["egress"].append({})


def _more_ports(documents):
    _policy(documents, "NetworkPolicy", "gamemetrics")["spec"]["ingress"][0]["ports"].append({"protocol": "TCP", "port": 4})


def _no_default_deny(documents):
    documents[:] = [d for d in documents if not (d["kind"] == "NetworkPolicy" and d["metadata"]["namespace"] == "default")]


def _lost_edge(documents):
    documents.remove(_policy(documents, "NetworkPolicy", "prometheus"))


@pytest.mark.parametrize("change", [_open_egress, _more_ports, _no_default_deny, _lost_edge])
def test_a_changed_network_policy_is_found(change):
    documents, table = m.load(ground_text("prod")), flow_table.load("prod")
    change(documents)
    matrix = flow_matrix.Matrix(documents, table)
    assert any(matrix.network(direction) != flow_matrix.wanted_network(table, direction) for direction in ("ingress", "egress"))


def _any_principal(documents):
    _policy(documents, "AuthorizationPolicy", "gamemetrics-from-gateway")["spec"]["rules"][0].pop("from")


def _any_port(documents):
    _policy(documents, "AuthorizationPolicy", "gamemetrics-from-gateway")["spec"]["rules"][0].pop("to")


def _nobody(documents):
    documents.remove(_policy(documents, "AuthorizationPolicy", "gamemetrics-from-gateway"))


def _no_mesh_policy(documents):
    documents[:] = [d for d in documents if not (d["kind"] == "AuthorizationPolicy" and d["metadata"]["namespace"] == "default")]


@pytest.mark.parametrize("change", [_any_principal, _any_port, _nobody, _no_mesh_policy])
def test_a_changed_authorization_policy_is_found(change):
    documents, table = m.load(ground_text("prod")), flow_table.load("prod")
    change(documents)
    assert flow_matrix.Matrix(documents, table).mesh() != flow_matrix.wanted_mesh(table)


def test_permissive_mtls_is_found():
    documents, table = m.load(ground_text("prod")), flow_table.load("prod")
    _policy(documents, "PeerAuthentication", "default")["spec"]["mtls"]["mode"] = "PERMISSIVE"
    assert flow_matrix.Matrix(documents, table).plaintext_ports() != flow_matrix.wanted_plaintext(table)


CHANGES = {
    "is_secured": lambda d: m.of_kind(d, "Namespace")[0]["metadata"]["labels"].update({"pod-security.kubernetes.io/enforce": "baseline"}),
    "is_bounded": lambda d: d.remove(m.of_kind(d, "LimitRange")[0]),
    "denies_by_default": lambda d: d.remove(_policy(d, "NetworkPolicy", "default-deny")),
    "policies_have_namespaces": lambda d: d.remove(m.of_kind(d, "Namespace")[0]),
    "only_the_gateway_is_public": lambda d: m.of_kind(d, "ResourceQuota")[0]["spec"]["hard"].update({"services.loadbalancers": "2"}),
}


@pytest.mark.parametrize("rule", namespace_rules.RULES, ids=lambda rule: rule.__name__)
def test_rule_can_fail(rule):
    documents = m.load(ground_text("prod"))
    CHANGES[rule.__name__](documents)
    assert list(rule(documents)) != []


@pytest.mark.parametrize("key, value", [("requests.memory", "1Gi"), ("requests.cpu", "1"), ("limits.memory", "1Gi"), ("pods", "0")])
def test_a_quota_that_is_too_small_is_found(key, value):
    ground, chart = m.load(ground_text("prod")), m.load(chart_text("prod"))
    next(q for q in m.of_kind(ground, "ResourceQuota") if q["metadata"]["namespace"] == "default")["spec"]["hard"][key] = value
    assert list(namespace_rules.chart_fits(ground, chart)) != []


@pytest.mark.parametrize("row, complaint", [
    ("- {from: nobody, to: gateway, ports: [1], why: x}", "which the table does not have"),
    ("- {from: internet, to: gateway, ports: [1]}", "without a reason"),
    ("- {from: internet, to: dns, ports: [1], why: x}", "both are outside"),
    ("- {from: internet, to: gateway, ports: [1], protocols: [ICMP], why: x}", "protocols"),
])
def test_the_table_refuses_a_row(row, complaint, tmp_path):
    file = pathlib.Path(tmp_path) / "flows.yaml"
    file.write_text(flow_table.TABLE.read_text() + f"  {row}\n")
    with pytest.raises(flow_table.TableError, match=complaint):
        flow_table.load("prod", file)
