"""Fixtures: what helm and kustomize make of k8s/ for each environment. GM_HELM and GM_KUBECTL name the tools (scripts/platform/k8s)."""
import functools
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/k8s"))

import flow_table  # noqa: E402
import manifests  # noqa: E402

CHART = ROOT / "k8s/charts/gamemetrics"
ENVIRONMENTS = flow_table.environments()
DATA_ENVIRONMENTS = ("dev", "staging", "prod")


def _run(*command):
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True)


def helm(*arguments):
    return _run(os.environ.get("GM_HELM", "helm"), *arguments)


def values_of(environment):
    """dev-distributed and staging-distributed have prod's values for that shape."""
    file = f"k8s/environments/{environment}.yaml"
    return file if (ROOT / file).is_file() else "k8s/environments/distributed.yaml"


def helm_template(environment, *more):
    return helm("template", "gamemetrics", str(CHART), "--namespace=default", "--kube-version=1.35", f"--values={values_of(environment)}", *more)


@functools.cache
def chart_text(environment):
    made = helm_template(environment)
    assert made.returncode == 0, made.stderr
    return made.stdout


@functools.cache
def kustomized(folder):
    made = _run(os.environ.get("GM_KUBECTL", "kubectl"), "kustomize", folder)
    assert made.returncode == 0, made.stderr
    return made.stdout


def ground_text(environment):
    return kustomized(f"k8s/overlays/{environment}")


def data_text(environment):
    return kustomized(f"k8s/data/overlays/{environment}")


@pytest.fixture(params=ENVIRONMENTS)
def environment(request):
    return request.param


# Read once and shared by the tests that only look; a test that changes documents loads its own.
@functools.cache
def _documents(text, environment):
    return manifests.load(text(environment))


@pytest.fixture
def chart(environment):
    return _documents(chart_text, environment)


@pytest.fixture
def ground(environment):
    return _documents(ground_text, environment)


@pytest.fixture(params=DATA_ENVIRONMENTS)
def data_environment(request):
    return request.param


@pytest.fixture
def data(data_environment):
    return _documents(data_text, data_environment)


@pytest.fixture
def table(environment):
    return flow_table.load(environment)
