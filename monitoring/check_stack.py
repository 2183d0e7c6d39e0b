#!/usr/bin/env python3
"""Holds the configuration of the stack against what is promised of it, where no tool of its own can be had to read it.

Usage: monitoring/check_stack.py     with an interpreter that has PyYAML
30 s between scrapes, logs for 30 days and traces for 7 in S3, exactly one compactor, no secret in a file, pipelines made of declared parts, and
silencing rules that name alerts there are.
"""
import pathlib
import re
import sys

import rules
import yaml

HERE = pathlib.Path(__file__).resolve().parent
SECRET = re.compile(r"(access_?key|secret_?key|password|token|api_?key|routing_key)$", re.I)
NOT_SECRET = {"passwordKey", "secretKey", "automountServiceAccountToken"}


def read(name):
    return list(yaml.safe_load_all((HERE / name).read_text()))


def leaves(node, path=()):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, str(key)))
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, path)
    else:
        yield path, node


def value(document, dotted):
    for key in dotted.split("."):
        document = document[key]
    return document


PROMISED = {
    "prometheus/prometheus.yaml": {"global.scrape_interval": "30s"},
    "helm/kube-prometheus-stack.yaml": {"prometheus.prometheusSpec.scrapeInterval": "30s", "prometheus.prometheusSpec.replicas": 2,
                                        "defaultRules.create": False},
    "helm/thanos.yaml": {"compactor.replicaCount": 1, "compactor.retention.resolution1h": "730d", "global.serviceMonitor.interval": "30s"},
    "helm/loki.yaml": {"loki.limits_config.retention_period": "720h", "loki.compactor.retention_enabled": True, "loki.storage.type": "s3",
                       "monitoring.serviceMonitor.interval": "30s"},
    "helm/tempo.yaml": {"tempo.retention": "168h", "tempo.storage.trace.backend": "s3", "serviceMonitor.interval": "30s"},
}


def promises():
    for name, wanted in PROMISED.items():
        for dotted, expected in wanted.items():
            found = value(read(name)[0], dotted)
            if found != expected:
                yield f"{name}: {dotted} is {found}, not {expected}"
    for document in read("kubernetes/monitors.yaml"):
        for endpoint in document["spec"]["podMetricsEndpoints"]:
            if endpoint.get("interval") != "30s":
                yield f"kubernetes/monitors.yaml: {document['metadata']['name']} is not scraped every 30 s"


def secrets():
    for path in sorted(HERE.glob("*/*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            for keys, _ in leaves(document):
                if keys and SECRET.search(keys[-1]) and keys[-1] not in NOT_SECRET:
                    yield f"{path.relative_to(HERE)}: {'.'.join(keys)} holds a secret; name a file or a Secret"


def present(node):
    """What is left of a chart's own configuration where the values say null: nothing."""
    return {key: part for key, part in node.items() if part is not None}


def collectors():
    for file in ("helm/otel-collector.yaml", "helm/otel-agent.yaml"):
        configuration = read(file)[0]["config"]
        used = {kind: set() for kind in ("receivers", "processors", "exporters")}
        for name, pipeline in present(configuration["service"]["pipelines"]).items():
            for kind, found in used.items():
                found.update(pipeline[kind])
            if pipeline["processors"][0] != "memory_limiter" or pipeline["processors"][-1] != "batch":
                yield f"{file}: {name} has to begin with memory_limiter and end with batch"
        for kind, found in used.items():
            for part in sorted(found ^ set(present(configuration[kind]))):
                yield f"{file}: {kind}.{part} is declared or used, not both"


def matched_names(matcher):
    name, operator, wanted = re.match(r"\s*(\w+)\s*(=~|!=|=)\s*\"?([^\"]*)\"?\s*$", matcher).groups()
    return (operator, wanted) if name == "alertname" else None


def silencing(names):
    """Each name or pattern in an inhibition, and in a route, has to mean an alert."""
    configuration = read("alertmanager/alertmanager.yaml")[0]
    matchers = [m for rule in configuration["inhibit_rules"] for m in rule["source_matchers"] + rule["target_matchers"]]
    matchers += [m for route in configuration["route"]["routes"] for m in route["matchers"]]
    for matcher in matchers:
        found = matched_names(matcher)
        for part in found[1].split("|") if found else ():
            if not any(re.fullmatch(part, name) for name in names):
                yield f"alertmanager.yaml: {part} means no alert"


def receivers():
    """The operator mounts a Secret of Alertmanager's at a folder of the Secret's name. An address in the file itself would be of somebody who is not there:
    Alertmanager may reach the internet and nobody in the cluster (k8s/flows.yaml), and the internet's addresses are secrets."""
    spec = value(read("helm/kube-prometheus-stack.yaml")[0], "alertmanager.alertmanagerSpec")
    for keys, found in leaves(read("alertmanager/alertmanager.yaml")[0]):
        if keys[-1].endswith("url"):
            yield f"alertmanager.yaml: {'.'.join(keys)} is {found}; name a file of a Secret"
        if keys[-1].endswith("_file") and found.rsplit("/", 2)[:2] not in [["/etc/alertmanager/secrets", name] for name in spec["secrets"]]:
            yield f"alertmanager.yaml: {found} is below no Secret that is mounted"


def main():
    names = [alert["name"] for group in rules.groups(HERE / "source") for alert in group.alerts]
    problems = [*promises(), *secrets(), *collectors(), *silencing(names), *receivers()]
    for problem in problems:
        print(f"PROBLEM {problem}")
    print(f"{len(PROMISED)} files hold what is promised, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
