"""Whether the pods that are rendered fit on the nodes that Terraform makes and the page of costs counts: requests against what a machine has left.

What a chart of others asks for (monitoring, operators) is not known here; the group `system` is theirs and is not judged.
"""
import json
import pathlib
import sys

import data_rules
import manifests as m

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/terraform"))

import cost  # noqa: E402

MACHINES = json.loads(cost.PRICES.read_text())["instances"]
# What the kubelet, the system and the agents on each node take: AWS keeps 255 MiB + 11 MiB for each of 110 pods, and evicts below 100 MiB.
MEMORY_KEPT_MIB = 255 + 11 * 110 + 100 + 256
CPU_KEPT_MILLI = 350
KINDS = ("memory", "cpu")


def allocatable(machine):
    """What pods may ask of a machine, in bytes and processors."""
    return {"memory": MACHINES[machine]["memory_gib"] * 2**30 - MEMORY_KEPT_MIB * 2**20, "cpu": MACHINES[machine]["vcpu"] - CPU_KEPT_MILLI / 1000}


def smallest(group):
    """A group with several kinds of machines may be given any of them."""
    rooms = [allocatable(machine) for machine in group["instance_types"]]
    return {kind: min(room[kind] for room in rooms) for kind in KINDS}


def faults(title, asked, nodes, room):
    """`asked` is a list of pods, each {kind: amount}. They fit in whatever order they come and wherever the scheduler puts the first: the largest has
    room also when all others are there before it, spread at their worst."""
    for kind in KINDS:
        amounts = [pod[kind] for pod in asked]
        has = nodes * room[kind] - (nodes - 1) * max(amounts, default=0)
        if sum(amounts) > has:
            unit = 2**30 if kind == "memory" else 1
            yield f"{title}: {sum(amounts) / unit:.1f} {'GiB' if kind == 'memory' else 'processors'} asked of {nodes} nodes, which have {has / unit:.1f}"


def _of(containers):
    """What a pod whose containers have these resources asks for."""
    return {kind: sum(m.quantity(resources["requests"][kind]) for resources in containers) for kind in KINDS}


def stores(data, group, zones_of_cluster):
    """The pods with disks, zone by zone: a disk keeps its pod in its zone. Held against the nodes that are always there, which are those that are paid."""
    zones = len(group["zones"]) if group.get("zones") else zones_of_cluster
    asked = []
    for member in data_rules.members(data):
        asked += [_of([resources for _, resources, _ in member.containers])] * -(-member.replicas // zones)
    yield from faults("data, in a zone", asked, group["min"] // zones, smallest(group))


def _operators_pods(data):
    """What Strimzi makes beside the brokers; it has no place of its own."""
    for document in m.of_kind(data, "Kafka"):
        spec = document["spec"]
        operator = spec["entityOperator"]
        yield _of([operator["topicOperator"]["resources"], operator["userOperator"]["resources"]])
        yield _of([spec["kafkaExporter"]["resources"]])
        yield _of([spec["cruiseControl"]["resources"]])


def _replicas(chart, owner):
    """(least, most) that an autoscaler, or the manifest itself, asks for."""
    for scaler in m.of_kind(chart, "HorizontalPodAutoscaler", "ScaledObject"):
        spec = scaler["spec"]
        if spec["scaleTargetRef"]["name"] == owner["metadata"]["name"]:
            return spec.get("minReplicas", spec.get("minReplicaCount")), spec.get("maxReplicas", spec.get("maxReplicaCount"))
    return owner["spec"]["replicas"], owner["spec"]["replicas"]


def services(chart, data, group):
    """The pods without disks: at the least on the nodes that are always there; at the most, with an upgrade of all at once, on all that there may be."""
    least, most = list(_operators_pods(data)), list(_operators_pods(data))
    for owner in m.of_kind(chart, "Deployment", "Rollout"):
        pod = _of([container["resources"] for container in m.containers(owner)])
        low, high = _replicas(chart, owner)
        least += [pod] * low
        most += [pod] * (high + 1)
    yield from faults("application, at the least", least, group["min"], smallest(group))
    yield from faults("application, at the most", most, group["max"], smallest(group))


def environment_faults(chart, data, settings):
    """All of the distributed shape of an environment."""
    yield from stores(data, cost.node_group(settings, "data", True), len(settings["zones"]))
    yield from services(chart, data, cost.node_group(settings, "application", True))
