"""Argo CD's applications: each belongs to a project that allows it, is pinned, comes in its wave, and points at something that exists."""
import copy
import fnmatch
import functools
import re

import pytest

import manifests as m
from conftest import ROOT, chart_text, helm_template, kustomized

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
    # Before the ground only what it is written in; no pod is of these.
    assert order["ground"] == min(number for name, number in order.items() if name not in ("istio-base", "gateway-api"))
    # Nothing but what breaks things comes after what they break.
    assert order["gamemetrics"] == max(number for name, number in order.items() if name != "chaos-mesh")
    assert order["istio-base"] < order["istiod"] < order["ztunnel"]
    assert order["external-secrets"] < order["platform"] < order["gamemetrics"]
    assert order["velero"] < order["platform"] and order["prometheus"] < order["gamemetrics"]
    # Its pods wait for secrets that come with `platform`; its kinds and our rules wait for each other.
    assert order["platform"] < order["prometheus"] == order["monitoring"]
    # Their monitors are of kinds that come with it; nothing is sent to what is not there yet.
    assert order["prometheus"] < order["thanos"] == order["loki"] == order["tempo"] < order["otel-collector"] == order["otel-agent"]


# Which Application brings the kinds of a group; all others are Kubernetes' own or an EKS add-on's.
BRINGS = {"gateway.networking.k8s.io": "gateway-api", "cert-manager.io": "cert-manager", "external-secrets.io": "external-secrets", "velero.io": "velero",
          "policies.kyverno.io": "kyverno", "security.istio.io": "istio-base", "networking.istio.io": "istio-base", "telemetry.istio.io": "istio-base",
          "monitoring.coreos.com": "prometheus", "kafka.strimzi.io": "kafka-operator", "postgresql.cnpg.io": "postgres-operator",
          "barmancloud.cnpg.io": "postgres-backup", "keda.sh": "keda", "argoproj.io": "argo-rollouts"}
KUBERNETES = {"", "admissionregistration.k8s.io", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io",
              "scheduling.k8s.io", "storage.k8s.io"}
ADD_ONS = {"snapshot.storage.k8s.io": "snapshot-controller"}


def groups_of(application, environment):
    """API groups of what an Application of our own repository applies."""
    own = [source["path"] for source in sources(application) if source["repoURL"] == REPOSITORY and "ref" not in source]
    return set().union(*(_groups_in(path, environment) for path in own))


@functools.cache
def _groups_in(path, environment):
    text = chart_text(environment) if (ROOT / path / "Chart.yaml").is_file() else kustomized(path)
    return {version.rpartition("/")[0] for version in re.findall(r"^apiVersion: (\S+)$", text, re.M)}


def kinds_that_are_missing(applications, environment):
    order = {application["metadata"]["name"]: wave(application) for application in applications}
    for application in applications:
        name = application["metadata"]["name"]
        for group in groups_of(application, environment) - KUBERNETES - set(ADD_ONS):
            bringer = BRINGS.get(group)
            # `monitoring` and `prometheus` need each other and are tried again until both are there.
            if bringer not in order or order[bringer] > order[name] or order[bringer] == order[name] and name != "monitoring":
                yield f"{name} has kinds of {group}, which {bringer} does not bring before it"


def test_kinds_are_there_before_what_is_of_them(applications, environment):
    assert list(kinds_that_are_missing(applications, environment)) == []
    add_ons = (ROOT / "terraform/modules/eks/addons.tf").read_text()
    assert all(f'"{name}"' in add_ons for name in ADD_ONS.values())


@pytest.mark.parametrize("name", ["gateway-api", "istio-base", "velero", "kyverno", "cert-manager", "external-secrets", "prometheus"])
def test_kinds_that_nobody_brings_are_found(name):
    applications = [one for one in m.of_kind(_applications("prod"), "Application") if one["metadata"]["name"] != name]
    assert list(kinds_that_are_missing(applications, "prod")) != []


def test_kinds_that_come_too_late_are_found():
    """istio-base was once behind the ground, which waited for it as everything else waited for the ground."""
    applications = copy.deepcopy(m.of_kind(_applications("prod"), "Application"))
    next(one for one in applications if one["metadata"]["name"] == "istio-base")["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] = "-32"
    assert list(kinds_that_are_missing(applications, "prod")) == [
        "ground has kinds of security.istio.io, which istio-base does not bring before it"]


def helm_of(applications, name):
    """(parameters, values) of a chart of others."""
    helm = next(one for one in applications if one["metadata"]["name"] == name)["spec"]["source"]["helm"]
    return {row["name"]: row["value"] for row in helm.get("parameters", [])}, m.load(helm["values"])[0]


def test_what_the_gateway_asks_for_is_made(applications, environment):
    """The cluster's own controller ignores a Service with this annotation; the one that does not has its role and finds its VPC."""
    platform = m.load(kustomized(f"k8s/platform/overlays/{environment.removesuffix('-distributed')}"))
    asked = m.of_kind(platform, "Gateway")[0]["spec"]["infrastructure"]["annotations"]
    assert asked["service.beta.kubernetes.io/aws-load-balancer-type"] == "external"
    parameters, values = helm_of(applications, "load-balancers")
    cluster = f"gamemetrics-{environment.removesuffix('-distributed')}"
    assert parameters == {"clusterName": cluster, "vpcTags.Name": cluster}
    role = f'{{ namespace = "kube-system", service_account = "{values["serviceAccount"]["name"]}"'
    assert role in (ROOT / "terraform/modules/platform/edge.tf").read_text()
    vpc = (ROOT / "terraform/modules/vpc/main.tf").read_text().partition('resource "aws_vpc" "this"')[2].partition("}\n")[0]
    assert "{ Name = var.name " in vpc, "the VPC is found by its name"


def test_backups_have_a_way_to_where_they_go(applications, environment):
    platform = m.load(kustomized(f"k8s/platform/overlays/{environment.removesuffix('-distributed')}"))
    location = m.of_kind(platform, "BackupStorageLocation")[0]
    _, values = helm_of(applications, "velero")
    assert location["spec"]["provider"] == "aws" and [one["name"] for one in values["initContainers"]] == ["velero-plugin-for-aws"]
    assert PINNED.match(values["initContainers"][0]["image"].rpartition(":")[2])
    # The chart's own locations would be of the same name, without a bucket.
    assert values["backupsEnabled"] is False and values["snapshotsEnabled"] is False
    assert values["configuration"]["features"] == "EnableCSI"


def test_certificates_are_proved_with_a_role():
    issuer = m.of_kind(m.load(kustomized("k8s/platform/overlays/prod")), "ClusterIssuer")[0]
    assert issuer["spec"]["acme"]["solvers"] == [{"dns01": {"route53": {}}}]
    assert '{ namespace = "cert-manager", service_account = "cert-manager"' in (ROOT / "terraform/modules/platform/edge.tf").read_text()


def test_databases_have_a_role_for_their_backups():
    pods = (ROOT / "terraform/modules/platform/pods.tf").read_text()
    stores = m.of_kind(m.load(kustomized("k8s/data/overlays/prod")), "ObjectStore")
    assert stores and all(store["spec"]["configuration"]["s3Credentials"] == {"inheritFromIAMRole": True} for store in stores)
    assert f'toset([{", ".join(sorted(chr(34) + store["metadata"]["name"] + chr(34) for store in stores))}])' in pods


def test_what_is_yours_to_fill_in_is_said():
    """A word that stands for an account's number is in no file that the first steps do not name."""
    with_word = {path.relative_to(ROOT) for folder in ("argocd", "k8s", "monitoring", "terraform", "chaos") for path in (ROOT / folder).rglob("*.yaml")
                 if "ACCOUNT" in path.read_text()}
    told = (ROOT / "argocd/README.md").read_text()
    assert with_word and all(f"`{path}`" in told or f"`{path.parent.parent}/<name>`" in told for path in with_word), with_word


def test_entries_of_secrets_that_a_person_makes_are_said():
    """An ExternalSecret without its entry is never ready, and what comes after it waits."""
    told = (ROOT / "argocd/README.md").read_text()
    made = re.findall(r'"gamemetrics/\$\{local.s.name\}/([\w-]+)"', (ROOT / "terraform/modules/platform/telemetry.tf").read_text())
    platform = m.load(kustomized("k8s/platform/overlays/prod"))
    asked = {d["spec"]["dataFrom"][0]["extract"]["key"].rpartition("/")[2] for d in m.of_kind(platform, "ExternalSecret")}
    assert asked - set(made) and all(f"`{entry}`" in told for entry in asked - set(made))


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
