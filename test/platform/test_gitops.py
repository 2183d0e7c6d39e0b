"""Argo CD's applications: each belongs to a project that allows it, is pinned, comes in its wave, and points at something that exists."""
import fnmatch
import functools
import re

import pytest

import manifests as m
from conftest import ROOT, helm_template, kustomized

REPOSITORY = "https://github.com/gamemetrics-pro/gamemetrics.git"
# What changes without a commit cannot be rolled back by one.
PINNED = re.compile(r"^v?\d+\.\d+\.\d+$")


@functools.cache
def _applications(environment):
    return m.load(kustomized(f"argocd/environments/{environment}"))


STACK_VALUES = "monitoring/helm/kube-prometheus-stack.yaml"
RELEASED = ["dev", "staging", "prod"]


@pytest.fixture(params=[*RELEASED, *(f"{name}-distributed" for name in RELEASED)])
def environment(request):
    return request.param


# What the distributed shape adds: operators, and what they look after.
DISTRIBUTED = {"kafka-operator", "postgres-operator", "postgres-backup", "keda", "argo-rollouts", "data"}


@pytest.fixture
def applications(environment):
    return m.of_kind(_applications(environment), "Application")


@pytest.fixture
def projects(environment):
    return {project["metadata"]["name"]: project["spec"] for project in m.of_kind(_applications(environment), "AppProject")}


def sources(application):
    """One, or several of which one may only lend its files to another (ref)."""
    spec = application["spec"]
    return spec.get("sources") or [spec["source"]]


def wave(application):
    return int(application["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])


def test_a_project_allows_each(applications, projects):
    for application in applications:
        spec = application["spec"]
        project = projects[spec["project"]]
        assert {source["repoURL"] for source in sources(application)} <= set(project["sourceRepos"]), m.name(application)
        assert any(fnmatch.fnmatch(spec["destination"]["namespace"], allowed["namespace"]) and allowed["server"] == spec["destination"]["server"]
                   for allowed in project["destinations"]), m.name(application)


def test_projects_are_as_narrow_as_what_they_hold(projects):
    assert set(projects) == {"platform", "apps", "observability", "data"}
    for name, project in projects.items():
        if name != "platform":
            assert all("*" not in allowed["namespace"] for allowed in project["destinations"]), name
            assert {"group": "*", "kind": "*"} not in project["clusterResourceWhitelist"], name


def test_sources_exist_and_are_pinned(applications, environment):
    for application, source in ((one, source) for one in applications for source in sources(one)):
        if source["repoURL"] != REPOSITORY:
            assert PINNED.match(source["targetRevision"]), m.name(application)
            lent = [values.removeprefix("$values/") for values in source.get("helm", {}).get("valueFiles", [])]
            assert all((ROOT / values).is_file() for values in lent), m.name(application)
            continue
        if "ref" in source:
            continue
        folder = ROOT / source["path"]
        assert folder.is_dir(), source["path"]
        for values in source.get("helm", {}).get("valueFiles", []):
            assert (folder / values).is_file(), values
            assert values.endswith("/distributed.yaml" if environment.endswith("-distributed") else f"/{environment}.yaml")
        assert "ENVIRONMENT" not in source["path"]


def test_waves(applications):
    order = {application["metadata"]["name"]: wave(application) for application in applications}
    assert order["ground"] == min(order.values())
    # Nothing but what breaks things comes after what they break.
    assert order["gamemetrics"] == max(number for name, number in order.items() if name != "chaos-mesh")
    assert order["istio-base"] < order["istiod"] < order["ztunnel"]
    assert order["external-secrets"] < order["platform"] < order["gamemetrics"]
    assert order["velero"] < order["platform"] and order["prometheus"] < order["gamemetrics"]
    # Its pods wait for secrets that come with `platform`; its kinds and our rules wait for each other.
    assert order["platform"] < order["prometheus"] == order["monitoring"]
    # Their monitors are of kinds that come with it; nothing is sent to what is not there yet.
    assert order["prometheus"] < order["thanos"] == order["loki"] == order["tempo"] < order["otel-collector"] == order["otel-agent"]


def test_stores_come_between_their_operators_and_who_asks_them(applications, environment):
    order = {application["metadata"]["name"]: wave(application) for application in applications}
    assert (set(order) >= DISTRIBUTED) == environment.endswith("-distributed")
    if environment.endswith("-distributed"):
        assert max(order[name] for name in DISTRIBUTED - {"data"}) < order["platform"] < order["data"] < order["gamemetrics"]
        assert order["postgres-operator"] < order["postgres-backup"] and order["cert-manager"] < order["postgres-backup"]


def test_the_autoscaler_is_of_this_cluster_and_has_its_role(applications, environment):
    source = next(a for a in applications if a["metadata"]["name"] == "cluster-autoscaler")["spec"]["source"]
    platform, eks = ((ROOT / f"terraform/modules/{file}").read_text() for file in ("platform/main.tf", "eks/pods.tf"))
    assert 'full = "gamemetrics-${local.s.name}"' in platform
    assert source["helm"]["parameters"] == [{"name": "autoDiscovery.clusterName", "value": f"gamemetrics-{environment.removesuffix('-distributed')}"}]
    account = m.load(source["helm"]["values"])[0]["rbac"]["serviceAccount"]["name"]
    assert f'{{ namespace = "kube-system", service_account = "{account}"' in eks


def test_faults_are_made_in_staging_alone(applications, environment):
    found = [a for a in applications if a["metadata"]["name"] == "chaos-mesh"]
    assert bool(found) == (environment == "staging-distributed")
    for application in found:
        values = m.load(application["spec"]["source"]["helm"]["values"])[0]
        assert values["controllerManager"]["enableFilterNamespace"] is True and values["dashboard"] == {"create": False}


def test_stores_are_not_deleted_with_their_application(applications):
    for application in applications:
        if application["metadata"]["name"] == "data":
            assert "finalizers" not in application["metadata"]


@pytest.mark.parametrize("name", [f"{name}-distributed" for name in RELEASED])
def test_the_shape_that_is_not_released_is_nobodys_root(name):
    assert not (ROOT / f"argocd/environments/{name}/root.yaml").exists()


def test_each_environment_has_its_own_ground_and_stores(applications, environment):
    paths = {a["metadata"]["name"]: source.get("path") for a in applications for source in sources(a)}
    base = environment.removesuffix("-distributed")
    assert paths["platform"] == f"k8s/platform/overlays/{base}"
    assert paths["ground"] == "k8s/overlays/" + ("distributed" if environment == "prod-distributed" else environment)
    assert paths.get("data", f"k8s/data/overlays/{base}") == f"k8s/data/overlays/{base}"


def test_network_and_secrets_are_the_environments_own(applications, environment):
    if not environment.endswith("-distributed"):
        pytest.skip("its values file says it")
    own = m.load((ROOT / "k8s/flows.yaml").read_text())[0]["environments"][environment.removesuffix("-distributed")]["vpc"]
    helm = next(a for a in applications if a["metadata"]["name"] == "gamemetrics")["spec"]["source"]["helm"]
    values = m.load((ROOT / "k8s/environments/distributed.yaml").read_text())[0]
    given = {row["name"]: row["value"] for row in helm.get("parameters", [])}
    assert given.get("settings.http.trusted_proxies", values["settings"]["http"]["trusted_proxies"]) == own
    assert given.get("externalSecrets.prefix", values["externalSecrets"]["prefix"]) == f"gamemetrics/{environment.removesuffix('-distributed')}/"


def test_the_s3_endpoint_is_devs_alone(applications, environment):
    helm = next(a for a in applications if a["metadata"]["name"] == "gamemetrics")["spec"]["source"]["helm"]
    given = {row["name"]: row["value"] for row in helm.get("parameters", [])}
    assert given.get("distributed.stores.object-store.enabled", "false") == str(environment == "dev-distributed").lower()


def test_people_sync_production(applications, environment):
    for application in applications:
        automated, name = application["spec"]["syncPolicy"].get("automated"), application["metadata"]["name"]
        if environment.startswith("prod") and name in ("gamemetrics", "platform", "ground", "data"):
            assert automated is None, m.name(application)
        else:
            # A store that Git no longer names is left where it is.
            assert automated == {"prune": name != "data", "selfHeal": True}, m.name(application)
        assert application["spec"]["syncPolicy"]["retry"]["limit"] > 0


def test_the_chart_makes_nothing_that_its_project_forbids(environment, projects):
    rendered = helm_template(environment)
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


@pytest.mark.parametrize("environment", RELEASED)
def test_the_root_brings_this_environment(environment):
    root = m.load((ROOT / f"argocd/environments/{environment}/root.yaml").read_text())[0]
    assert root["spec"]["source"]["path"] == f"argocd/environments/{environment}"


def test_accounts_of_argo_cd_are_those_of_the_flows():
    values = m.load((ROOT / "argocd/values.yaml").read_text())[0]
    table = m.load((ROOT / "k8s/flows.yaml").read_text())[0]["workloads"]
    for part, workload in (("server", "argocd-server"), ("repoServer", "argocd-repo-server"), ("controller", "argocd-controller"),
                           ("applicationSet", "argocd-applicationset")):
        assert values[part]["serviceAccount"]["name"] == table[workload]["service_account"]


@pytest.mark.parametrize("application, path, workload", [
    ("kafka-operator", None, "kafka-operator"),
    ("postgres-operator", ("serviceAccount", "name"), "postgres-operator"),
    ("postgres-backup", ("serviceAccount", "name"), "postgres-backup"),
    ("keda", ("serviceAccount", "operator", "name"), "keda-operator"),
    ("keda", ("serviceAccount", "metricsServer", "name"), "keda-metrics"),
    ("argo-rollouts", ("serviceAccount", "name"), "rollouts-controller"),
])
def test_operators_are_those_of_the_flows(application, path, workload):
    row = m.load((ROOT / "k8s/flows.yaml").read_text())[0]["workloads"][workload]
    spec = next(a for a in m.of_kind(_applications("prod-distributed"), "Application") if a["metadata"]["name"] == application)["spec"]
    value = m.load(spec["source"]["helm"]["values"])[0]
    assert spec["destination"]["namespace"] == row["namespace"]
    for key in path or ():
        value = value[key]
    # Strimzi's account has a name of its own in its chart.
    assert path is None or value == row["service_account"]


def stack_of(applications):
    """name -> (chart's source, source of its values) of what monitoring/helm has values for."""
    return {a["metadata"]["name"]: sources(a) for a in applications if len(sources(a)) == 2}


def test_the_monitoring_stack_has_one_set_of_values(applications, environment):
    """Each chart by a file of its own, which says for which version it was written; dev has fewer of each beside it."""
    found = stack_of(applications)
    assert set(found) == {"prometheus", "thanos", "loki", "tempo", "otel-collector", "otel-agent"}
    for name, (chart, lender) in found.items():
        assert lender["ref"] == "values" and set(chart["helm"]) == {"valueFiles"}
        own, *beside = chart["helm"]["valueFiles"]
        assert f"{chart['chart']} {chart['targetRevision']}" in (ROOT / own.removeprefix("$values/")).read_text().splitlines()[0], name
        assert beside == [] or environment.startswith("dev") and beside == [own.replace("helm/", "helm/dev/")]


def test_every_file_of_values_is_read():
    charts = [chart for chart, _ in stack_of(m.of_kind(_applications("dev"), "Application")).values()]
    read = {file.removeprefix("$values/") for chart in charts for file in chart["helm"]["valueFiles"]}
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "monitoring/helm").rglob("*.yaml")} == read


def test_secrets_of_the_monitoring_stack_are_made():
    values = m.load((ROOT / STACK_VALUES).read_text())[0]
    wanted = {*values["alertmanager"]["alertmanagerSpec"]["secrets"], values["grafana"]["admin"]["existingSecret"],
              values["prometheus"]["prometheusSpec"]["thanos"]["objectStorageConfig"]["existingSecret"]["name"]}
    for file in ("loki", "tempo"):
        read = m.load((ROOT / f"monitoring/helm/{file}.yaml").read_text())[0]
        wanted |= {source["secretRef"]["name"] for source in read["singleBinary" if file == "loki" else "tempo"]["extraEnvFrom"]}
    for name in RELEASED:
        made = [d for d in m.load(kustomized(f"k8s/platform/overlays/{name}")) if d["kind"] == "ExternalSecret" and d["metadata"]["namespace"] == "monitoring"]
        assert {d["spec"]["target"]["name"] for d in made} == wanted
        assert all(d["spec"]["dataFrom"][0]["extract"]["key"].startswith(f"gamemetrics/{name}/") for d in made)


def test_accounts_of_the_monitoring_stack_are_those_of_the_flows():
    values = m.load((ROOT / STACK_VALUES).read_text())[0]
    table = m.load((ROOT / "k8s/flows.yaml").read_text())[0]["workloads"]
    for key, workload in (("prometheus", "prometheus"), ("alertmanager", "alertmanager"), ("grafana", "grafana"),
                          ("kube-state-metrics", "kube-state-metrics"), ("prometheusOperator", "prometheus-operator"),
                          ("prometheus-node-exporter", "node-exporter")):
        assert values[key]["serviceAccount"]["name"] == table[workload]["service_account"], key
    assert values["prometheus-node-exporter"]["namespaceOverride"] == table["node-exporter"]["namespace"]
