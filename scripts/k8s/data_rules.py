"""Rules for Kafka and the databases (k8s/data): what Strimzi and CloudNativePG will make pods of is held to what our own pods are held to.

`members(documents)` tells all kinds apart once: a Member is a set of equal pods. A rule yields what is wrong, one sentence each; RULES lists them.
"""
import dataclasses

import manifests as m

ZONE = "topology.kubernetes.io/zone"
NODE = "kubernetes.io/hostname"
SHARD = "gamemetrics.io/shard"
QUORUM = {"KafkaNodePool": 3, "Cluster": 2, "StatefulSet": 2}
# What may stand alone: dev's S3 endpoint.
ALONE = {"object-store"}


@dataclasses.dataclass
class Member:
    document: dict
    replicas: int
    containers: list  # (name, resources, security context or None when the operator sets it)
    spread: list
    priority: str
    volumes: list  # (size, storage class)
    labels: dict

    @property
    def name(self):
        return m.name(self.document)

    @property
    def namespace(self):
        return self.document["metadata"]["namespace"]


def _pool(document):
    spec, pod = document["spec"], document["spec"]["template"]["pod"]
    return Member(document, spec["replicas"], [("kafka", spec["resources"], spec["template"]["kafkaContainer"]["securityContext"])],
                  pod["topologySpreadConstraints"], pod["priorityClassName"], [(v["size"], v["class"]) for v in spec["storage"]["volumes"]],
                  {"strimzi.io/cluster": document["metadata"]["labels"]["strimzi.io/cluster"], "strimzi.io/pool-name": document["metadata"]["name"]})


def _cluster(document):
    spec = document["spec"]
    return Member(document, spec["instances"], [("postgres", spec["resources"], None)], spec["topologySpreadConstraints"], spec["priorityClassName"],
                  [(spec[key]["size"], spec[key]["storageClass"]) for key in ("storage", "walStorage")], {"cnpg.io/cluster": document["metadata"]["name"]})


def _set(document):
    pod = m.pod_template(document)["spec"]
    claims = [claim["spec"] for claim in document["spec"]["volumeClaimTemplates"]]
    return Member(document, document["spec"]["replicas"],
                  [(c["name"], c.get("resources", {}), {**pod["securityContext"], **c.get("securityContext", {})}) for c in m.containers(document)],
                  pod.get("topologySpreadConstraints", []), pod.get("priorityClassName", ""),
                  [(claim["resources"]["requests"]["storage"], claim["storageClassName"]) for claim in claims], m.pod_labels(document))


MAKERS = {"KafkaNodePool": _pool, "Cluster": _cluster, "StatefulSet": _set}


def members(documents):
    return [MAKERS[document["kind"]](document) for document in m.of_kind(documents, *MAKERS)]


def keeps_its_quorum(documents):
    for member in members(documents):
        if member.document["metadata"]["name"] not in ALONE and member.replicas < QUORUM[member.document["kind"]]:
            yield f"{member.name}: {member.replicas} are not enough to lose one"


def is_spread(documents):
    for member in members(documents):
        rules = [rule for rule in member.spread if rule["topologyKey"] == ZONE and rule["maxSkew"] == 1
                 and m.selects(rule["labelSelector"], member.labels)]
        if not any(rule["whenUnsatisfiable"] == "DoNotSchedule" for rule in rules):
            yield f"{member.name}: may end up in one zone"
        if any(rule.get("nodeTaintsPolicy") != "Honor" for rule in rules):
            yield f"{member.name}: counts nodes that it may not use"


def shards_outlive_a_zone(documents):
    """A store that is cut into shards keeps one copy of each: the rule that parts zones has to be a shard's own."""
    for member in members(documents):
        if SHARD in member.labels and not any(rule["topologyKey"] == ZONE and rule["whenUnsatisfiable"] == "DoNotSchedule"
                                              and (rule["labelSelector"].get("matchLabels") or {}).get(SHARD) == member.labels[SHARD]
                                              for rule in member.spread):
            yield f"{member.name}: both copies of the shard may be in one zone"


def is_bounded(documents):
    for member in members(documents):
        for name, resources, _ in member.containers:
            missing = [f"{side}.{kind}" for side in ("requests", "limits") for kind in ("cpu", "memory", "ephemeral-storage")
                       if kind not in resources.get(side, {})]
            if missing:
                yield f"{member.name}: {name} has no {', '.join(missing)}"
            elif resources["requests"]["memory"] != resources["limits"]["memory"]:
                yield f"{member.name}: {name} has more memory promised than kept for it"


def is_restricted(documents):
    for member in members(documents):
        for name, _, security in member.containers:
            if security is None:
                continue
            wanted = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]},
                      "seccompProfile": {"type": "RuntimeDefault"}}
            for key, value in wanted.items():
                if security.get(key) != value:
                    yield f"{member.name}: {name}: {key} is {security.get(key)}"


def has_priority(documents):
    for member in members(documents):
        if member.priority != "gamemetrics-data":
            yield f"{member.name}: is put off a full node as early as anything"


def can_be_evicted(documents):
    """One at a time: our own budgets, and those that the operators are told to make."""
    for member in members(documents):
        kind = member.document["kind"]
        if kind == "Cluster" and member.document["spec"].get("enablePDB") is not True:
            yield f"{member.name}: no disruption budget"
        if kind == "StatefulSet":
            budgets = [b for b in m.of_kind(documents, "PodDisruptionBudget") if m.selects(b["spec"]["selector"], member.labels)]
            if [budget["spec"].get("maxUnavailable") for budget in budgets] != [1]:
                yield f"{member.name}: its budgets do not let go of exactly one pod"
    for document in m.of_kind(documents, "Kafka"):
        if document["spec"]["kafka"].get("template", {}).get("podDisruptionBudget", {}).get("maxUnavailable") != 1:
            yield f"{m.name(document)}: its budget does not let go of exactly one pod"


def outlives_its_claim(documents):
    for member in members(documents):
        for size, storage_class in member.volumes:
            if storage_class != "gp3-retain" and member.document["metadata"]["name"] not in ALONE:
                yield f"{member.name}: a volume of {size} goes with its claim"
        for volume in member.document["spec"].get("storage", {}).get("volumes", []):
            if volume.get("deleteClaim") is not False:
                yield f"{member.name}: removing the cluster removes its data"


def kafka_is_strict(documents):
    for document in m.of_kind(documents, "Kafka"):
        kafka, config = document["spec"]["kafka"], document["spec"]["kafka"]["config"]
        for listener in kafka["listeners"]:
            if not listener["tls"] or listener.get("authentication", {}).get("type") != "scram-sha-512" or listener["type"] != "internal":
                yield f"{m.name(document)}: listener {listener['name']} lets somebody in without TLS and SCRAM, or from outside"
        if kafka.get("authorization", {}).get("type") != "simple" or "superUsers" in kafka["authorization"]:
            yield f"{m.name(document)}: what no rule names is allowed"
        wanted = {"min.insync.replicas": 2, "default.replication.factor": 3, "auto.create.topics.enable": False, "unclean.leader.election.enable": False}
        for key, value in wanted.items():
            if config.get(key) != value:
                yield f"{m.name(document)}: {key} is {config.get(key)}, not {value}"
        if kafka.get("rack", {}).get("topologyKey") != ZONE:
            yield f"{m.name(document)}: replicas do not know their zones"


def topics_are_safe(documents):
    for document in m.of_kind(documents, "KafkaTopic"):
        spec = document["spec"]
        if (spec["partitions"], spec["replicas"], spec["config"].get("min.insync.replicas")) != (12, 3, 2):
            yield f"{m.name(document)}: not twelve partitions, three replicas, two of them in step"
        if "retention.ms" not in spec["config"] and spec["config"].get("cleanup.policy") != "compact":
            yield f"{m.name(document)}: keeps everything for ever, or for a time that nobody chose"


def users_have_few_rights(documents):
    topics = {document["metadata"]["name"] for document in m.of_kind(documents, "KafkaTopic")}
    for document in m.of_kind(documents, "KafkaUser"):
        for rule in document["spec"]["authorization"]["acls"]:
            resource, operations = rule["resource"], set(rule["operations"])
            if resource.get("patternType", "literal") != "literal" or "*" in resource.get("name", ""):
                yield f"{m.name(document)}: a right by pattern"
            if operations & {"All", "Alter", "AlterConfigs", "Create", "Delete", "ClusterAction"}:
                yield f"{m.name(document)}: may administrate"
            if resource["type"] == "topic" and resource["name"] not in topics:
                yield f"{m.name(document)}: has a right on {resource['name']}, which is no topic"
        if not document["spec"].get("quotas"):
            yield f"{m.name(document)}: may take the brokers for itself"


def databases_are_backed_up(documents):
    stores = {document["metadata"]["name"] for document in m.of_kind(documents, "ObjectStore")}
    nightly = {document["spec"]["cluster"]["name"] for document in m.of_kind(documents, "ScheduledBackup")}
    for document in m.of_kind(documents, "Cluster"):
        archives = [plugin["parameters"]["barmanObjectName"] for plugin in document["spec"].get("plugins", []) if plugin.get("isWALArchiver")]
        if len(archives) != 1 or archives[0] not in stores:
            yield f"{m.name(document)}: its log goes nowhere"
        if document["metadata"]["name"] not in nightly:
            yield f"{m.name(document)}: has no base backup"
        if document["spec"]["postgresql"].get("synchronous", {}).get("number", 0) < 1:
            yield f"{m.name(document)}: a commit that was answered may be lost with the primary"


def demand(documents, namespace):
    """What all members of a namespace ask for together, in a quota's words."""
    asked = dict.fromkeys(("requests.cpu", "requests.memory", "limits.memory", "requests.storage", "persistentvolumeclaims", "pods"), 0)
    for member in (one for one in members(documents) if one.namespace == namespace):
        asked["pods"] += member.replicas
        asked["persistentvolumeclaims"] += member.replicas * len(member.volumes)
        asked["requests.storage"] += member.replicas * sum(m.quantity(size) for size, _ in member.volumes)
        for _, resources, _ in member.containers:
            for key in ("requests.cpu", "requests.memory", "limits.memory"):
                side, kind = key.split(".")
                asked[key] += member.replicas * m.quantity(resources[side][kind])
    return asked


def fits(ground, documents):
    """With a quarter to spare, for what operators run beside and for the pods of an upgrade."""
    for quota in m.of_kind(ground, "ResourceQuota"):
        for key, used in demand(documents, quota["metadata"]["namespace"]).items():
            if 1.25 * used > m.quantity(quota["spec"]["hard"][key]):
                yield f"{m.name(quota)}: {key} {quota['spec']['hard'][key]} leaves no room beside {used:.0f}"


RULES = [keeps_its_quorum, is_spread, shards_outlive_a_zone, is_bounded, is_restricted, has_priority, can_be_evicted, outlives_its_claim, kafka_is_strict,
         topics_are_safe, users_have_few_rights, databases_are_backed_up]
