"""Reads rendered manifests and answers what rules ask of them: pods, selectors, quantities, durations."""
import re

import yaml

# What keeps a number of pods, and can be scaled.
KEEPERS = ("Deployment", "StatefulSet", "Rollout")
POD_OWNERS = (*KEEPERS, "DaemonSet", "Job")
SIZE = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "k": 10**3, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
        "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "B": 1}
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


# libyaml where PyYAML was built with it: ten times as fast.
class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    pass


# A lone "=" is a text, as it is in YAML 1.2 and to Kubernetes.
Loader.add_constructor("tag:yaml.org,2002:value", Loader.construct_scalar)


def load(text):
    return [document for document in yaml.load_all(text, Loader=Loader) if document]


def name(document):
    return f"{document['kind']} {document['metadata'].get('namespace', '')}/{document['metadata']['name']}"


def of_kind(documents, *kinds):
    return [document for document in documents if document["kind"] in kinds]


def pod_owners(documents):
    return of_kind(documents, *POD_OWNERS)


def pod_template(owner):
    return owner["spec"]["template"]


def containers(owner):
    spec = pod_template(owner)["spec"]
    return spec.get("initContainers", []) + spec["containers"]


def mounted_secrets(owner):
    """Names of the Secrets among a pod's volumes."""
    for volume in pod_template(owner)["spec"].get("volumes", []):
        sources = [volume, *volume.get("projected", {}).get("sources", [])]
        yield from (source["secret"].get("secretName", source["secret"].get("name")) for source in sources if "secret" in source)


def pod_labels(owner):
    return pod_template(owner)["metadata"].get("labels", {})


def selects(selector, labels):
    """Whether a label selector (None selects nothing, {} everything) takes these labels."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_expression_holds(expression, labels) for expression in selector.get("matchExpressions") or [])


def _expression_holds(expression, labels):
    value, operator = labels.get(expression["key"]), expression["operator"]
    if operator == "In":
        return value in expression["values"]
    if operator == "NotIn":
        return value not in expression["values"]
    return (value is not None) == (operator == "Exists")


def quantity(text):
    """"500m" -> 0.5, "2Gi" -> 2147483648, also the program's own "2GiB"."""
    text = str(text)
    if text.endswith("m") and text[:-1].isdigit():
        return int(text[:-1]) / 1000
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", text).groups()
    return float(number) * SIZE[unit]


def seconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)([a-z]+)", str(text)).groups()
    return float(number) * SECONDS[unit]


def settings_of(documents):
    """What the program reads, as {"store.memory_max": "1GiB"}."""
    flat = {}

    def walk(prefix, value):
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(f"{prefix}.{key}" if prefix else key, inner)
        else:
            flat[prefix] = value

    for document in of_kind(documents, "ConfigMap"):
        if "gamemetrics.yaml" in document.get("data", {}):
            walk("", yaml.safe_load(document["data"]["gamemetrics.yaml"]))
    return flat
