#!/usr/bin/env python3
"""Writes k8s/flows/<environment>/ from k8s/flows.yaml.

Usage: scripts/k8s/generate-flows.py            write
       scripts/k8s/generate-flows.py --check    say whether what is there is what would be written
"""
import argparse
import pathlib
import sys

import yaml

import flow_policies
import flow_table

FOLDER = flow_table.ROOT / "k8s" / "flows"
HEADER = "# Made from k8s/flows.yaml by scripts/k8s/generate-flows.py; change that table, not this file.\n"


def _text(documents):
    return HEADER + "---\n".join(yaml.safe_dump(document, sort_keys=False, default_flow_style=None, width=160) for document in documents)


def files(environment):
    table = flow_table.load(environment)
    made = {"network-policies.yaml": _text(flow_policies.network_policies(table)),
            "authorization-policies.yaml": _text(flow_policies.authorization_policies(table))}
    made["kustomization.yaml"] = _text([{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": list(made)}])
    return {FOLDER / environment / name: text for name, text in made.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for environment in flow_table.environments():
        for path, text in files(environment).items():
            if check:
                if not path.is_file() or path.read_text() != text:
                    stale.append(str(path.relative_to(flow_table.ROOT)))
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for path in stale:
        print(f"PROBLEM {path} is not what k8s/flows.yaml makes (scripts/k8s/generate-flows.py)")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
