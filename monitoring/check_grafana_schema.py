#!/usr/bin/env python3
"""Reads each dashboard with Grafana's own model of a dashboard, and names every field that the model does not know.

Usage: monitoring/check_grafana_schema.py     with an interpreter that has grafana-foundation-sdk
"""
import json
import pathlib
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard


def lost(ours, theirs, where):
    """What did not come back: a field that Grafana's model has no place for is dropped."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if key not in theirs:
                yield f"{where}.{key}"
            else:
                yield from lost(value, theirs[key], f"{where}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield f"{where}: {len(ours)} became {len(theirs)}"
        for index, (a, b) in enumerate(zip(ours, theirs)):
            yield from lost(a, b, f"{where}[{index}]")
    elif ours != theirs:
        yield f"{where}: {ours!r} became {theirs!r}"


def main():
    faults, read = [], 0
    for path in sorted((pathlib.Path(__file__).resolve().parent / "dashboards").glob("*.json")):
        ours = json.loads(path.read_text())
        theirs = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(json.loads(path.read_text()))))
        faults += list(lost(ours, theirs, path.stem))
        read += 1
    for fault in faults:
        print(f"PROBLEM {fault}")
    print(f"{read} dashboards read by Grafana's model, {len(faults)} problems")
    return 1 if faults or not read else 0


if __name__ == "__main__":
    sys.exit(main())
