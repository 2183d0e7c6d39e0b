#!/usr/bin/env python3
"""Gives a real API server what is rendered: strict field validation, its own defaults and admission, the operators' real definitions, compiled policies.

Usage: scripts/k8s/server_dry_run.py <tools folder>      (scripts/platform/k8s-server)
Prints one line a check. Every pod that a chart or a store would make is shown to admission by itself, because a Deployment is taken whatever its pods are.
"""
import copy
import pathlib
import sys
import tempfile
import time

import manifests as m
from control_plane import ControlPlane, Refused

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADMISSION = ROOT / "test/platform/admission"
POLICY_SECONDS_MAX = 60


class Report:
    def __init__(self):
        self.failed = 0

    def line(self, title, fault=""):
        self.failed += bool(fault)
        print(f"{'FAILED' if fault else 'ok'}: {title}" + (f"\n{fault}" if fault else ""), flush=True)


def rendered(cluster):
    """name -> documents, for each golden chart and each kustomization."""
    for file in sorted((ROOT / "test/platform/golden").glob("*.yaml")):
        yield f"chart {file.stem}", m.load(file.read_text())
    for folder in (ROOT / "scripts/k8s/kustomizations.txt").read_text().split():
        yield folder, m.load(cluster.kubectl("kustomize", str(ROOT / folder)))


def namespaces_of(sets):
    """Namespaces as the ground makes them, and bare ones for those that a chart of others makes."""
    made = {d["metadata"]["name"]: d for _, documents in sets for d in m.of_kind(documents, "Namespace")}
    for _, documents in sets:
        for document in documents:
            name = document["metadata"].get("namespace")
            if name and name not in made:
                made[name] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    return list(made.values())


def dry_run(cluster, report, sets):
    for title, documents in sets:
        try:
            taken = cluster.apply(documents, dry_run=True)
            report.line(f"{title}: {len(taken.splitlines())} of {len(documents)} taken",
                        "" if len(taken.splitlines()) == len(documents) else "some were not answered")
        except Refused as fault:
            report.line(title, str(fault))


def refuses(cluster, report):
    for file in sorted((ROOT / "test/platform/refused").glob("*.yaml")):
        try:
            cluster.apply(m.load(file.read_text()), dry_run=True)
            report.line(f"refused {file.stem}", "it was taken")
        except Refused:
            report.line(f"refused {file.stem}")


def pod_of(owner):
    template = copy.deepcopy(m.pod_template(owner))
    template["spec"].setdefault("restartPolicy", "Always")
    volumes = [{"name": claim["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
               for claim in owner["spec"].get("volumeClaimTemplates", [])]
    template["spec"]["volumes"] = template["spec"].get("volumes", []) + volumes
    return {"apiVersion": "v1", "kind": "Pod", "spec": template["spec"],
            "metadata": {"name": f"{owner['metadata']['name']}-check", "namespace": owner["metadata"]["namespace"], "labels": m.pod_labels(owner)}}


def cases():
    """Pods with one mistake each; an annotation says what they are refused with."""
    return {file.stem: m.load(file.read_text())[0] for file in sorted(ADMISSION.glob("*.yaml"))}


def _applied(cluster, sets):
    """What admission decides by: policies, priorities, bounds of namespaces."""
    wanted = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "PriorityClass", "ResourceQuota", "LimitRange")
    for title in ("k8s/platform/overlays/prod", "k8s/overlays/distributed", "chart distributed"):
        cluster.apply([d for d in dict(sets)[title] if d["kind"] in wanted])


def _policies_work(cluster, case):
    """Policies are compiled some time after they are stored."""
    deadline = time.monotonic() + POLICY_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            cluster.apply([case], dry_run=True)
        except Refused as said:
            if "ValidatingAdmissionPolicy" in str(said):
                return True
        time.sleep(1)
    return False


def admits(cluster, report, sets):
    _applied(cluster, sets)
    for policy in cluster.objects("validatingadmissionpolicies"):
        warnings = policy.get("status", {}).get("typeChecking", {}).get("expressionWarnings", [])
        report.line(f"policy {policy['metadata']['name']} has no fault of types", str(warnings) if warnings else "")
    shown = cases()
    # Pod Security says no to most of them already; the one that only our policies refuse tells when they work.
    report.line("policies are in force", "" if _policies_work(cluster, shown["image-latest"]) else "nothing was refused by them")
    for stem, case in shown.items():
        expected = case["metadata"].pop("annotations")["gamemetrics.io/refused-with"]
        try:
            cluster.apply([case], dry_run=True)
            report.line(f"admission {stem}", "it was taken")
        except Refused as said:
            report.line(f"admission {stem}: {expected}", "" if expected in str(said) else str(said))
    for title in ("chart prod", "chart distributed", "k8s/data/overlays/dev"):
        for owner in m.pod_owners(dict(sets)[title]):
            try:
                cluster.apply([pod_of(owner)], dry_run=True)
                report.line(f"pod of {title}: {m.name(owner)}")
            except Refused as fault:
                report.line(f"pod of {title}: {m.name(owner)}", str(fault))


def main():
    tools, report = pathlib.Path(sys.argv[1]), Report()
    with tempfile.TemporaryDirectory() as folder, ControlPlane(tools, folder) as cluster:
        print(cluster.kubectl("version").strip(), flush=True)
        cluster.define(tools / "schemas/definitions")
        sets = list(rendered(cluster))
        cluster.apply(namespaces_of([*sets, ("cases", list(cases().values()))]))
        dry_run(cluster, report, sets)
        refuses(cluster, report)
        admits(cluster, report, sets)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
