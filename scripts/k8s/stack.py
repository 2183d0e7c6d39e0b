#!/usr/bin/env python3
"""Renders the charts of the monitoring stack as Argo CD would: test/platform/stack/<environment>.yaml.

Usage: scripts/k8s/stack.py <folder of charts> [--check]     GM_HELM and GM_KUBECTL name the tools
The folder has each chart below its own name, and those that it needs beside it. No package registry serves them; they are in their projects' repositories
(argocd/applications names them). Kept is what says which pods there are, what they may do and who looks at them: not what is inside of their
configuration, and nothing that a policy does not ask about.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import manifests as m
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEPT = ("Deployment", "StatefulSet", "DaemonSet", "Job", "Prometheus", "Alertmanager", "Service", "ServiceAccount", "PodDisruptionBudget",
        "ServiceMonitor", "PodMonitor")
ENVIRONMENTS = ("dev", "prod")
# What the API server of the cluster would tell helm that it knows.
KNOWN = ("monitoring.coreos.com/v1", "monitoring.coreos.com/v1/ServiceMonitor")


def run(*command):
    made = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    if made.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{made.stderr}")
    return made.stdout


def applications(environment):
    """(name, chart, version, files of values, namespace) of each Application whose values are in monitoring/helm."""
    kubectl = os.environ.get("GM_KUBECTL", "kubectl")
    for application in m.of_kind(m.load(run(kubectl, "kustomize", f"argocd/environments/{environment}")), "Application"):
        for source in application["spec"].get("sources", []):
            if "chart" in source:
                files = [name.removeprefix("$values/") for name in source["helm"]["valueFiles"]]
                yield application["metadata"]["name"], source["chart"], source["targetRevision"], files, application["spec"]["destination"]["namespace"]


def lay_out(charts, chart, version, work):
    """A copy of the chart with the charts that it needs; what is not beside it is something that its values leave out."""
    folder = work / chart
    shutil.copytree(charts / chart, folder, dirs_exist_ok=True)
    described = yaml.safe_load((folder / "Chart.yaml").read_text())
    if described["version"] != version:
        sys.exit(f"{chart} is {described['version']} in {charts}, and {version} in argocd/applications")
    for needed in described.get("dependencies", []):
        beside = charts / needed["name"]
        if not (folder / "charts" / needed["name"]).exists() and beside.is_dir():
            shutil.copytree(beside, folder / "charts" / needed["name"])
    there = {path.name for path in (folder / "charts").glob("*")}
    described["dependencies"] = [needed for needed in described.get("dependencies", []) if needed["name"] in there]
    (folder / "Chart.yaml").write_text(yaml.safe_dump(described))
    return folder


def without_null(node):
    if isinstance(node, dict):
        return {key: without_null(value) for key, value in node.items() if value is not None}
    return [without_null(value) for value in node] if isinstance(node, list) else node


def reduced(document):
    """Without what changes with a chart's version alone."""
    document = without_null(document)
    for metadata in (document["metadata"], document.get("spec", {}).get("template", {}).get("metadata", {})):
        metadata.pop("annotations", None)
    return document


def rendered(charts, environment):
    documents = []
    with tempfile.TemporaryDirectory() as work:
        for name, chart, version, files, namespace in applications(environment):
            folder = lay_out(charts, chart, version, pathlib.Path(work))
            text = run(os.environ.get("GM_HELM", "helm"), "template", name, folder, f"--namespace={namespace}", "--kube-version=1.35",
                       *(f"--values={file}" for file in files), *(f"--api-versions={known}" for known in KNOWN))
            documents += [reduced(document) for document in m.load(text) if document["kind"] in KEPT]
    head = f"# Made by scripts/k8s/stack.py: the monitoring stack of {environment}, as its charts render it.\n"
    return head + yaml.safe_dump_all(documents, sort_keys=True, width=150, explicit_start=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("charts", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options, stale = parser.parse_args(), []
    for environment in ENVIRONMENTS:
        file, text = ROOT / f"test/platform/stack/{environment}.yaml", rendered(options.charts, environment)
        if options.check and file.read_text() != text:
            stale.append(environment)
        elif not options.check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
    print(f"{len(ENVIRONMENTS)} environments rendered" + "".join(f"; {name} is not what was reviewed" for name in stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
