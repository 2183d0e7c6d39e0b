"""Rules on .github/workflows that actionlint and zizmor do not have; each is shown to find a fault."""
import copy
import pathlib
import re

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*.yaml"))
ACTION = re.compile(r"^\s*(?:- )?uses: (\S+)(.*)$", re.M)
PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")


def workflow(path):
    return yaml.safe_load(path.read_text())


def unpinned(text):
    return [use for use, comment in ACTION.findall(text) if not PINNED.match(use) or not re.match(r" # v\d+\.\d+\.\d+$", comment)]


def faults(document):
    found = []
    if document.get("permissions") != {}:
        found.append("the workflow has permissions of its own")
    if "concurrency" not in document:
        found.append("no concurrency")
    if "pull_request_target" in document[True]:  # YAML 1.1 reads the key `on` as a boolean
        found.append("pull_request_target")
    for name, job in document["jobs"].items():
        found += [f"{name}: no {key}" for key in ("timeout-minutes", "permissions") if key not in job]
        image = job.get("container", {}).get("image", "")
        images = [s["image"] for s in job["strategy"]["matrix"]["system"]] if "matrix." in image else [image] if image else []
        found += [f"{name}: {i} has no digest" for i in images if not re.search(r"@sha256:[0-9a-f]{64}$", i)]
        for step in job["steps"]:
            if "actions/checkout@" in step.get("uses", "") and step.get("with", {}).get("persist-credentials") is not False:
                found.append(f"{name}: the checkout keeps its token")
        if "pull_request" in document[True] and "write" in job.get("permissions", {}).values():
            found.append(f"{name}: may write, and runs for pull requests")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_rules(path):
    assert faults(workflow(path)) == []
    assert unpinned(path.read_text()) == []


def test_one_action_has_one_pin():
    pins = {}
    for path in FILES:
        for use, comment in ACTION.findall(path.read_text()):
            name, commit = use.split("@")
            pins.setdefault(name, set()).add((commit, comment.strip()))
    assert pins and all(len(versions) == 1 for versions in pins.values()), pins


@pytest.mark.parametrize("change, fault", [
    (lambda d: d.pop("permissions"), "the workflow has permissions of its own"),
    (lambda d: d.pop("concurrency"), "no concurrency"),
    (lambda d: d[True].update(pull_request_target={}), "pull_request_target"),
    (lambda d: d["jobs"]["nightly"].pop("timeout-minutes"), "nightly: no timeout-minutes"),
    (lambda d: d["jobs"]["nightly"].pop("permissions"), "nightly: no permissions"),
    (lambda d: d["jobs"]["nightly"]["container"].update(image="debian:12"), "nightly: debian:12 has no digest"),
    (lambda d: d["jobs"]["nightly"]["steps"][1].pop("with"), "nightly: the checkout keeps its token"),
    (lambda d: d["jobs"]["nightly"]["permissions"].update(contents="write"), "nightly: may write, and runs for pull requests"),
])
def test_a_fault_is_found(change, fault):
    document = copy.deepcopy(workflow(ROOT / ".github/workflows/ci.yaml"))
    change(document)
    assert faults(document) == [fault]


@pytest.mark.parametrize("use", ["actions/checkout@v7", "actions/checkout@3d3c42e # v7.0.1", "actions/checkout@" + "a" * 40])
def test_a_loose_pin_is_found(use):
    assert len(unpinned(f"      - uses: {use}\n")) == 1


def test_bases_are_those_of_the_image():
    base = re.search(r"debian@sha256:[0-9a-f]{64}", (ROOT / "packaging/image/Containerfile").read_text()).group()
    for path in FILES:
        assert set(re.findall(r"debian@sha256:[0-9a-f]{64}", path.read_text())) <= {base}, path.name


def test_who_signs_is_who_may_run():
    policy = (ROOT / "k8s/platform/admission/policies.yaml").read_text()
    names = re.findall(r"\.github/workflows/(\S+?)@", policy.replace("\\", ""))
    assert names == ["release.yaml"] and (ROOT / ".github/workflows/release.yaml").is_file()
