#!/usr/bin/env python3
"""Makes rules, dashboards and their kustomization from monitoring/source.

Usage: monitoring/generate.py [--check] [--tests DIRECTORY]
  --check   write nothing; fail and show the difference when a file is not what the source says
  --tests   also write the unit tests of the rules, for `promtool test rules`
"""
import argparse
import difflib
import pathlib
import sys

import dashboards
import rules

HERE = pathlib.Path(__file__).resolve().parent
MADE_FOLDERS = ("rules", "dashboards", "kubernetes/rules")


def made_files():
    """path -> content of everything that is committed and made."""
    groups = rules.groups(HERE / "source")
    files = {HERE / "dashboards" / f"{uid}.json": text for uid, text in dashboards.made(HERE / "source/dashboards").items()}
    for group in groups:
        files[HERE / "rules" / f"{group.name}.yaml"] = rules.prometheus_file(group)
        files[HERE / "kubernetes/rules" / f"{group.name}.yaml"] = rules.kubernetes_file(group)
    files[HERE / "kustomization.yaml"] = kustomization(files)
    return files, groups


def kustomization(files):
    """Everything for the cluster: rules, monitors, a ConfigMap a dashboard, and Alertmanager's configuration, which holds no secrets."""
    made_rules = [path.relative_to(HERE).as_posix() for path in files if path.parent == HERE / "kubernetes/rules"]
    resources = ["kubernetes/monitors.yaml", *sorted(made_rules)]
    lines = ["# Made by monitoring/generate.py.", "apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization", "namespace: monitoring", "resources:"]
    lines += [f"  - {name}" for name in resources] + ["generatorOptions:", "  disableNameSuffixHash: true", "configMapGenerator:"]
    for uid in sorted(path.stem for path in files if path.suffix == ".json"):
        lines += [f"  - name: dashboard-{uid}", f"    files: [dashboards/{uid}.json]", "    options:", '      labels: {grafana_dashboard: "1"}',
                  "      annotations: {grafana_folder: GameMetrics}"]
    lines += ["secretGenerator:", "  - name: alertmanager-config", "    files: [alertmanager/alertmanager.yaml, alertmanager/messages.tmpl]"]
    return "\n".join(lines) + "\n"


def difference(path, wanted):
    old = path.read_text() if path.is_file() else ""
    return "".join(difflib.unified_diff(old.splitlines(True), wanted.splitlines(True), str(path.relative_to(HERE)), "source"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tests", type=pathlib.Path)
    options = parser.parse_args()
    files, groups = made_files()
    strays = [path for folder in MADE_FOLDERS for path in (HERE / folder).glob("*") if path.suffix in (".yaml", ".json") and path not in files]
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text() != text]
    if options.check:
        for path in stale:
            print(difference(path, files[path])[:4000])
        for path in strays:
            print(f"{path.relative_to(HERE)}: nothing in the source makes it")
    else:
        for path in strays:
            path.unlink()
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path])
    if options.tests:
        options.tests.mkdir(parents=True, exist_ok=True)
        for name, text in rules.tests(groups, HERE / "rules").items():
            (options.tests / name).write_text(text)
    alerts = sum(len(group.alerts) for group in groups)
    records, boards = sum(len(group.records) for group in groups), sum(path.suffix == ".json" for path in files)
    print(f"{alerts} alerts, {records} recordings, {boards} dashboards; {len(stale)} files {'out of date' if options.check else 'written'}")
    return 1 if options.check and (stale or strays) else 0


if __name__ == "__main__":
    sys.exit(main())
