"""What the simulation puts into a cluster whose nodes are not there: the chart's services, the stores, and stand-ins for what operators would make."""
import copy
import json
import pathlib

import capacity
import data_rules
import manifests as m

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETTINGS = json.loads((ROOT / "terraform/environments/prod/settings.json").read_text())
ZONES = SETTINGS["zones"]
# Nodes a zone: as many for stores as Terraform always has; for services within its most, as the autoscaler would have them.
NODES_A_ZONE = {"system": 1, "application": 2, "data": SETTINGS["node_groups"]["data"]["distributed"]["min"] // len(ZONES)}
PLACES = ("Namespace", "ResourceQuota", "LimitRange", "PriorityClass", "ServiceAccount", "PodDisruptionBudget", "ConfigMap")


def node(zone, group, number):
    of_group = SETTINGS["node_groups"][group]
    left, name = capacity.allocatable(of_group["instance_types"][0]), f"{group}-{zone}-{number}"
    room = {"cpu": f"{left['cpu'] * 1000:.0f}m", "memory": f"{left['memory'] // 2**20}Mi", "pods": "110", "ephemeral-storage": "40Gi"}
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone, "gamemetrics.io/nodes": group, "kubernetes.io/os": "linux"}
    taints = [{"key": "gamemetrics.io/nodes", "value": group, "effect": "NoSchedule"}] if of_group.get("tainted") else []
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": {"taints": taints},
            "status": {"allocatable": room, "capacity": room}}


def nodes(zone):
    return [node(zone, group, number) for group, count in NODES_A_ZONE.items() for number in range(count)]


def services(chart):
    """A Rollout's controller is not here; its pods are those of a Deployment with the same bounds on an update."""
    for owner in m.of_kind(chart, "Deployment", "Rollout"):
        scaler = [s["spec"] for s in m.of_kind(chart, "HorizontalPodAutoscaler", "ScaledObject")
                  if s["spec"]["scaleTargetRef"]["name"] == owner["metadata"]["name"]]
        spec = copy.deepcopy(owner["spec"])
        canary = spec["strategy"].get("canary", spec["strategy"].get("rollingUpdate"))
        spec["strategy"] = {"rollingUpdate": {key: canary[key] for key in ("maxSurge", "maxUnavailable")}}
        if scaler:
            spec["replicas"] = scaler[0].get("minReplicas", scaler[0].get("minReplicaCount"))
        for rule in spec["template"]["spec"]["topologySpreadConstraints"]:
            rule["matchLabelKeys"] = ["pod-template-hash"]
        yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": owner["metadata"], "spec": spec}


def stores(data):
    """StatefulSets as they are; for Kafka's and PostgreSQL's pods, a StatefulSet with what the resource says of them."""
    for member in data_rules.members(data):
        if member.document["kind"] == "StatefulSet":
            yield member.document
        else:
            yield _stand_in(member)
            yield {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": _named(member),
                   "spec": {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow", "selector": {"matchLabels": member.labels}}}


def _named(member):
    return {"name": member.document["metadata"]["name"], "namespace": member.namespace}


def _stand_in(member):
    spec = member.document["spec"]
    pod = spec["template"]["pod"] if member.document["kind"] == "KafkaNodePool" else spec["affinity"]
    affinity = pod.get("affinity", {})
    if pod.get("enablePodAntiAffinity"):
        affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": pod["topologyKey"], "labelSelector": {"matchLabels": member.labels}}]}}
    restricted = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}}
    template = {"metadata": {"labels": member.labels}, "spec": {
        "priorityClassName": member.priority, "topologySpreadConstraints": member.spread, "tolerations": pod["tolerations"], "affinity": affinity,
        "nodeSelector": pod.get("nodeSelector", {}), "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": name, "image": "registry.example.com/stand-in:1.0.0", "resources": resources, "securityContext": restricted}
                       for name, resources, _ in member.containers]}}
    claims = [{"metadata": {"name": f"data-{number}"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": storage_class,
                                                                "resources": {"requests": {"storage": size}}}}
              for number, (size, storage_class) in enumerate(member.volumes)]
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": _named(member), "spec": {
        "replicas": member.replicas, "serviceName": member.document["metadata"]["name"], "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": member.labels}, "template": template, "volumeClaimTemplates": claims}}


def volumes(data):
    """Disks that belong to a zone, as EBS's do; made beforehand, because nothing here makes them on demand."""
    yield {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "gp3-retain"}, "provisioner": "kubernetes.io/no-provisioner",
           "volumeBindingMode": "WaitForFirstConsumer"}
    for member in data_rules.members(data):
        for number, (size, storage_class) in enumerate(member.volumes):
            for zone in ZONES:
                for spare in range(member.replicas // len(ZONES) + 1):
                    name = f"{member.document['kind'].lower()}-{member.document['metadata']['name']}-{number}-{zone}-{spare}"
                    yield {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": {
                        "capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "storageClassName": storage_class,
                        "persistentVolumeReclaimPolicy": "Retain", "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": name},
                        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                            {"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}]}]}}}}


def ground(*sets):
    return [document for documents in sets for document in m.of_kind(documents, *PLACES)]
