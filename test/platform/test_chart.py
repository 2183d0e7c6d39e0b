"""The chart: what it renders is what test/platform/golden holds, refuses what it should, and passes every rule of scripts/k8s/pod_rules.py."""
import copy
import os
import pathlib
import re
import subprocess

import pytest

import manifests as m
import pod_rules
from conftest import CHART, ROOT, chart_text, helm, helm_template, values_of

GOLDEN = pathlib.Path(__file__).parent / "golden"


@pytest.mark.parametrize("environment", sorted(file.stem for file in (ROOT / "k8s/environments").glob("*.yaml")))
def test_renders_what_was_reviewed(environment):
    golden = GOLDEN / f"{environment}.yaml"
    if os.environ.get("GM_UPDATE_GOLDEN"):
        golden.write_text(chart_text(environment))
    assert chart_text(environment) == golden.read_text(), "GM_UPDATE_GOLDEN=1 scripts/platform/k8s writes it anew; then read the difference"


def test_helm_has_no_complaint(environment):
    linted = helm("lint", "--strict", str(CHART), f"--values={values_of(environment)}")
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("rule", pod_rules.RULES, ids=lambda rule: rule.__name__)
def test_rule(rule, chart):
    assert list(rule(chart)) == []


def test_distributed_is_not_installed_by_accident():
    refused = helm_template("dev", "--set=shape=distributed")
    assert refused.returncode != 0
    assert "is not released" in refused.stderr


@pytest.mark.parametrize("value", ["allInOne.replicas=2", "image.tags=x", "shape=both", "route.enabled=maybe", "image.digest=md5:1"])
def test_unknown_or_wrong_values_are_refused(value):
    refused = helm_template("dev", f"--set={value}")
    assert refused.returncode != 0
    assert "schema" in refused.stderr or "additional properties" in refused.stderr.lower(), refused.stderr


def test_a_store_that_is_not_there_is_refused():
    refused = helm_template("distributed", "--set=distributed.targets.users.stores={oracle}")
    assert refused.returncode != 0 and "there is no store oracle" in refused.stderr


def test_services_of_the_distributed_shape_take_no_whole_entries():
    refused = helm_template("distributed", "--set=externalSecrets.secrets[0].name=x,externalSecrets.secrets[0].remoteKey=x")
    assert refused.returncode != 0 and "names its stores" in refused.stderr


def test_the_one_pod_has_the_entries_that_it_is_given():
    made = m.load(helm_template("prod", "--set=externalSecrets.secrets[0].name=mail,externalSecrets.secrets[0].remoteKey=mail").stdout)
    assert list(m.mounted_secrets(_owner(made))) == ["gamemetrics-mail"]
    assert [list(rule(made)) for rule in pod_rules.RULES] == [[] for _ in pod_rules.RULES]


def test_settings_are_the_programs(environment, tmp_path):
    """The program itself reads what the chart made of the values."""
    program = os.environ.get("GM_BINARY", "")
    if not program:
        pytest.skip("GM_BINARY names no program")
    if environment.endswith("distributed"):
        pytest.skip("not released")
    settings = next(d for d in m.of_kind(m.load(chart_text(environment)), "ConfigMap"))["data"]["gamemetrics.yaml"]
    file = tmp_path / "gamemetrics.yaml"
    file.write_text(settings)
    checked = subprocess.run([program, "config", "check", f"--config={file}", f"--data_dir={tmp_path}"], text=True, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_canaries_are_judged_by_metrics_that_there_are():
    documents = m.load(chart_text("distributed"))
    known = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs/reference/metrics.md").read_text(), re.M))
    templates = {d["metadata"]["name"]: d["spec"] for d in m.of_kind(documents, "AnalysisTemplate")}
    for rollout in m.of_kind(documents, "Rollout"):
        canary = rollout["spec"]["strategy"]["canary"]
        assert (canary["maxUnavailable"], canary["maxSurge"]) == (0, 1), "a new version takes no pod away before it has one"
        args = {arg["name"]: arg for arg in canary["analysis"]["args"]}
        for used in canary["analysis"]["templates"]:
            template = templates[used["templateName"]]
            assert {arg["name"] for arg in template["args"]} == set(args)
            for metric in template["metrics"]:
                query = metric["provider"]["prometheus"]["query"]
                names = set(re.findall(r"\b(?:gamemetrics|http)_\w+?(?=_bucket\{|_count\{|\{)", query)) - {"http_response_status_code"}
                assert names and names <= known, names - known
                assert "{{args.canary}}" in query
                # A canary that answered nobody is neither good nor bad.
                assert metric["successCondition"].startswith("len(result) > 0") and metric["inconclusiveLimit"] > 0
        job = next(d for d in m.of_kind(documents, "ServiceMonitor") if d["metadata"]["name"] == rollout["metadata"]["name"])["spec"]
        assert job["endpoints"][0]["relabelings"][0]["replacement"] == args["job"]["value"]
        assert job["podTargetLabels"] == ["rollouts-pod-template-hash"]


# --- every rule can fail: a chart that is fine, and one change that makes it break the rule -----------------------------------------

def _owner(documents):
    return m.of_kind(documents, "StatefulSet", "Deployment")[0]


def _spec(documents):
    return m.pod_template(_owner(documents))["spec"]


def _container(documents):
    return _spec(documents)["containers"][0]


def _remove(documents, kind):
    documents[:] = [document for document in documents if document["kind"] != kind]


def _set(target, key, value):
    target[key] = value


CHANGES = {
    "runs_as_nobody": [lambda d: _spec(d)["securityContext"].update(runAsUser=0),
                       lambda d: (_spec(d)["securityContext"].pop("runAsNonRoot"), _container(d)["securityContext"].pop("runAsNonRoot"))],
    "is_restricted": [lambda d: _set(_container(d)["securityContext"], "readOnlyRootFilesystem", False),
                      lambda d: _set(_container(d)["securityContext"], "capabilities", {"drop": ["NET_RAW"]}),
                      lambda d: _container(d)["securityContext"].pop("allowPrivilegeEscalation"),
                      lambda d: _spec(d)["securityContext"].pop("seccompProfile"),
                      lambda d: _set(_spec(d), "hostNetwork", True),
                      lambda d: _spec(d)["volumes"].append({"name": "node", "hostPath": {"path": "/"}})],
    "is_bounded": [lambda d: _container(d)["resources"]["limits"].pop("memory"),
                   lambda d: _container(d)["resources"]["requests"].pop("cpu"),
                   lambda d: _set(_container(d)["resources"]["requests"], "memory", "1Mi")],
    "memory_fits": [lambda d: _set(_container(d)["resources"]["limits"], "memory", "1Gi")],
    "has_probes": [lambda d: _container(d).pop("readinessProbe"), lambda d: _set(_container(d), "ports", [])],
    "ends_in_time": [lambda d: _container(d).pop("lifecycle"), lambda d: _set(_spec(d), "terminationGracePeriodSeconds", 15)],
    "has_own_identity": [lambda d: _set(_spec(d), "serviceAccountName", "default"), lambda d: _spec(d).pop("automountServiceAccountToken")],
    "can_be_evicted": [lambda d: _remove(d, "PodDisruptionBudget"),
                       lambda d: _set(m.of_kind(d, "PodDisruptionBudget")[0]["spec"], "maxUnavailable", 0)],
    "is_spread": [lambda d: _spec(d)["topologySpreadConstraints"].pop(0)],
    "image_is_fixed": [lambda d: _set(_container(d), "image", "ghcr.io/gamemetrics-pro/gamemetrics"),
                       lambda d: _set(_container(d), "image", "registry:5000/gamemetrics:latest")],
    "keeps_secrets_in_files": [lambda d: _set(_container(d), "envFrom", [{"secretRef": {"name": "x"}}]),
                               lambda d: _set(_container(d), "env", [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}])],
    "services_reach_pods": [lambda d: _set(m.of_kind(d, "Service")[0]["spec"], "type", "LoadBalancer"),
                            lambda d: _set(m.of_kind(d, "Service")[0]["spec"], "selector", {"app": "other"}),
                            lambda d: _set(m.of_kind(d, "Service")[0]["spec"]["ports"][0], "targetPort", "https")],
    "priorities_exist": [lambda d: _set(_spec(d), "priorityClassName", "urgent")],
}
def _given(documents):
    """The ExternalSecret of the first workload."""
    name = next(m.mounted_secrets(_owner(documents)))
    return next(d for d in m.of_kind(documents, "ExternalSecret") if d["spec"]["target"]["name"] == name)["spec"]


def _mount(documents, secret):
    _spec(documents)["volumes"].append({"name": "more", "projected": {"sources": [{"secret": {"name": secret}}]}})


# What only the distributed shape has.
DISTRIBUTED = {
    "has_only_its_own_secrets": [lambda d: _mount(d, "gamemetrics-users"), lambda d: _mount(d, "gamemetrics-all-passwords"),
                                 lambda d: _set(_given(d)["data"][0]["remoteRef"], "property", "users"),
                                 lambda d: _given(d)["data"][0]["remoteRef"].pop("property"),
                                 lambda d: _set(_given(d), "dataFrom", [{"extract": {"key": "gamemetrics/prod/kafka-passwords"}}])],
    "is_scaled_by_one": [lambda d: _remove(d, "HorizontalPodAutoscaler"),
                         lambda d: d.append(copy.deepcopy(m.of_kind(d, "HorizontalPodAutoscaler")[0])),
                         lambda d: _set(m.of_kind(d, "HorizontalPodAutoscaler")[0]["spec"], "minReplicas", 1)],
    "is_spread": [lambda d: _set(_spec(d)["topologySpreadConstraints"][0], "whenUnsatisfiable", "ScheduleAnyway"),
                  lambda d: _spec(d)["topologySpreadConstraints"][0].pop("matchLabelKeys")],
}


def _cases():
    for environment, changes in (("prod", CHANGES), ("distributed", DISTRIBUTED)):
        for rule, breaks in changes.items():
            for number, change in enumerate(breaks):
                yield pytest.param(environment, rule, change, id=f"{environment}-{rule}-{number}")


@pytest.mark.parametrize("environment, rule, change", list(_cases()))
def test_rule_can_fail(environment, rule, change):
    documents = m.load(chart_text(environment))
    change(documents)
    assert list(getattr(pod_rules, rule)(documents)) != []


def test_every_rule_is_shown_to_fail():
    assert {rule.__name__ for rule in pod_rules.RULES} == set(CHANGES) | set(DISTRIBUTED)
