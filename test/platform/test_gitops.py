"""Argo CD's applications: each belongs to a project that allows it, is pinned, comes in its wave, and points at something that exists."""
import fnmatch
import functools
import os
import re

import pytest

import manifests as m
from conftest import ROOT, _run

REPOSITORY = "https://github.com/gamemetrics-pro/gamemetrics.git"
# What changes without a commit cannot be rolled back by one.
PINNED = re.compile(r"^v?\d+\.\d+\.\d+$")


@functools.cache
def _applications(environment):
    made = _run(os.environ.get("GM_KUBECTL", "kubectl"), "kustomize", f"argocd/environments/{environment}")
    assert made.returncode == 0, made.stderr
    return m.load(made.stdout)


@pytest.fixture(params=["dev", "staging", "prod"])
def environment(request):
    return request.param


@pytest.fixture
def applications(environment):
    return m.of_kind(_applications(environment), "Application")


@pytest.fixture
def projects(environment):
    return {project["metadata"]["name"]: project["spec"] for project in m.of_kind(_applications(environment), "AppProject")}


def wave(application):
    return int(application["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])


def test_a_project_allows_each(applications, projects):
    for application in applications:
        spec = application["spec"]
        project = projects[spec["project"]]
        assert spec["source"]["repoURL"] in project["sourceRepos"], m.name(application)
        assert any(fnmatch.fnmatch(spec["destination"]["namespace"], allowed["namespace"]) and allowed["server"] == spec["destination"]["server"]
                   for allowed in project["destinations"]), m.name(application)


def test_projects_are_as_narrow_as_what_they_hold(projects):
    assert set(projects) == {"platform", "apps", "observability", "data"}
    for name, project in projects.items():
        if name != "platform":
            assert all("*" not in allowed["namespace"] for allowed in project["destinations"]), name
            assert {"group": "*", "kind": "*"} not in project["clusterResourceWhitelist"], name


def test_sources_exist_and_are_pinned(applications, environment):
    for application in applications:
        source = application["spec"]["source"]
        if source["repoURL"] != REPOSITORY:
            assert PINNED.match(source["targetRevision"]), m.name(application)
            continue
        folder = ROOT / source["path"]
        assert folder.is_dir(), source["path"]
        for values in source.get("helm", {}).get("valueFiles", []):
            assert (folder / values).is_file(), values
            assert values.endswith(f"/{environment}.yaml")
        assert "ENVIRONMENT" not in source["path"]


def test_waves(applications):
    order = {application["metadata"]["name"]: wave(application) for application in applications}
    assert order["ground"] == min(order.values())
    assert order["gamemetrics"] == max(order.values())
    assert order["istio-base"] < order["istiod"] < order["ztunnel"]
    assert order["external-secrets"] < order["platform"] < order["gamemetrics"]
    assert order["velero"] < order["platform"] and order["prometheus"] < order["gamemetrics"]


def test_people_sync_production(applications, environment):
    for application in applications:
        automated = application["spec"]["syncPolicy"].get("automated")
        if environment == "prod" and application["metadata"]["name"] in ("gamemetrics", "platform", "ground"):
            assert automated is None, m.name(application)
        else:
            assert automated == {"prune": True, "selfHeal": True}, m.name(application)
        assert application["spec"]["syncPolicy"]["retry"]["limit"] > 0


def test_the_chart_makes_nothing_that_its_project_forbids(environment, projects):
    rendered = _run(os.environ.get("GM_HELM", "helm"), "template", "gamemetrics", "k8s/charts/gamemetrics", "--namespace=default",
                    "--kube-version=1.35", f"--values=k8s/environments/{environment}.yaml")
    assert rendered.returncode == 0, rendered.stderr
    forbidden = {(row["group"], row["kind"]) for row in projects["apps"]["namespaceResourceBlacklist"]}
    everywhere = {(row["group"], row["kind"]) for row in projects["apps"]["clusterResourceWhitelist"]}
    for document in m.load(rendered.stdout):
        group = document["apiVersion"].rpartition("/")[0]
        assert (group, document["kind"]) not in forbidden, m.name(document)
        if "namespace" not in document["metadata"]:
            assert (group, document["kind"]) in everywhere, m.name(document)
        else:
            assert document["metadata"]["namespace"] == "default", m.name(document)


def test_the_root_brings_this_environment(environment):
    root = m.load((ROOT / f"argocd/environments/{environment}/root.yaml").read_text())[0]
    assert root["spec"]["source"]["path"] == f"argocd/environments/{environment}"


def test_accounts_of_argo_cd_are_those_of_the_flows():
    values = m.load((ROOT / "argocd/values.yaml").read_text())[0]
    table = m.load((ROOT / "k8s/flows.yaml").read_text())[0]["workloads"]
    for part, workload in (("server", "argocd-server"), ("repoServer", "argocd-repo-server"), ("controller", "argocd-controller"),
                           ("applicationSet", "argocd-applicationset")):
        assert values[part]["serviceAccount"]["name"] == table[workload]["service_account"]


def test_accounts_of_the_monitoring_stack_are_those_of_the_flows(applications):
    stack = next(a for a in applications if a["metadata"]["name"] == "prometheus")
    values = m.load(stack["spec"]["source"]["helm"]["values"])[0]
    table = m.load((ROOT / "k8s/flows.yaml").read_text())[0]["workloads"]
    for key, workload in (("prometheus", "prometheus"), ("alertmanager", "alertmanager"), ("grafana", "grafana"),
                          ("kube-state-metrics", "kube-state-metrics"), ("prometheusOperator", "prometheus-operator"),
                          ("prometheus-node-exporter", "node-exporter")):
        assert values[key]["serviceAccount"]["name"] == table[workload]["service_account"], key
    assert values["prometheus-node-exporter"]["namespaceOverride"] == table["node-exporter"]["namespace"]
