"""Rules for the pods of rendered manifests. A rule takes all documents and yields what is wrong, one sentence each; RULES lists them."""
import manifests as m

# docs/reference/configuration.md: what the program holds in memory when a setting is not given. The rest is code, threads and buffers.
MEMORY_DEFAULTS = {"store.memory_max": "1GiB", "query.activity_memory": "256MiB", "processor.dedupe_memory": "64MiB",
                   "processor.batch_bytes_max": "32MiB", "ingest.in_flight_bytes_max": "64MiB", "log.queue_bytes_max": "64MiB"}
MEMORY_SHARE_MAX = 0.8
# The label by which a controller tells the pods of one version from those of the one before.
VERSION_LABELS = {"Deployment": "pod-template-hash", "Rollout": "rollouts-pod-template-hash"}
SHUTDOWN_TIMEOUT_DEFAULT = "10s"
# The pod that is every service at once may have a whole entry.
ALL_IN_ONE = "all"
# A certificate authority is no secret, and Qdrant knows one key and no users.
COMMON_PROPERTIES = ("ca.crt", "api-key")
ALLOWED_VOLUMES = {"name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}


def runs_as_nobody(documents):
    for owner in m.pod_owners(documents):
        pod = m.pod_template(owner)["spec"].get("securityContext", {})
        for container in m.containers(owner):
            own = container.get("securityContext", {})
            if not own.get("runAsNonRoot", pod.get("runAsNonRoot")):
                yield f"{m.name(owner)}: {container['name']} may run as root"
            if own.get("runAsUser", pod.get("runAsUser", 0)) < 10000:
                yield f"{m.name(owner)}: {container['name']} runs as a user id that a node's own user may have"


def is_restricted(documents):
    """Pod Security "restricted", and a root file system that cannot be written."""
    for owner in m.pod_owners(documents):
        spec = m.pod_template(owner)["spec"]
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if spec.get(field):
                yield f"{m.name(owner)}: {field}"
        for volume in spec.get("volumes", []):
            if set(volume) - ALLOWED_VOLUMES:
                yield f"{m.name(owner)}: volume {volume['name']} is of a kind that is not allowed"
        for container in m.containers(owner):
            own = {**spec.get("securityContext", {}), **container.get("securityContext", {})}
            if own.get("privileged") or own.get("allowPrivilegeEscalation") is not False:
                yield f"{m.name(owner)}: {container['name']} may gain privileges"
            if own.get("capabilities", {}).get("drop") != ["ALL"] or own.get("capabilities", {}).get("add"):
                yield f"{m.name(owner)}: {container['name']} keeps capabilities"
            if own.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
                yield f"{m.name(owner)}: {container['name']} has no seccomp profile"
            if own.get("readOnlyRootFilesystem") is not True:
                yield f"{m.name(owner)}: {container['name']} can write to its root"


def is_bounded(documents):
    for owner in m.pod_owners(documents):
        for container in m.containers(owner):
            resources = container.get("resources", {})
            for kind in ("cpu", "memory", "ephemeral-storage"):
                for side in ("requests", "limits"):
                    if kind not in resources.get(side, {}):
                        yield f"{m.name(owner)}: {container['name']} has no {kind} in {side}"
            if resources.get("requests", {}).get("memory") != resources.get("limits", {}).get("memory"):
                yield f"{m.name(owner)}: {container['name']} has more memory promised than kept for it"


def memory_fits(documents):
    settings = {**MEMORY_DEFAULTS, **m.settings_of(documents)}
    for owner in m.of_kind(documents, "StatefulSet"):
        limit = m.quantity(m.containers(owner)[0].get("resources", {}).get("limits", {}).get("memory", "0"))
        used = sum(m.quantity(settings[key]) for key in MEMORY_DEFAULTS)
        if used > MEMORY_SHARE_MAX * limit:
            yield f"{m.name(owner)}: its settings may hold {used / 2**20:.0f} MiB of {limit / 2**20:.0f}; at most {MEMORY_SHARE_MAX:.0%}"


def has_probes(documents):
    for owner in m.pod_owners(documents):
        ports = {port["name"] for container in m.containers(owner) for port in container.get("ports", [])}
        for container in m.pod_template(owner)["spec"]["containers"]:
            for probe, path in (("startupProbe", "/startupz"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")):
                http = container.get(probe, {}).get("httpGet", {})
                if http.get("path") != path or http.get("port") not in ports:
                    yield f"{m.name(owner)}: {container['name']} has no {probe} at {path} on a port that it has"


def ends_in_time(documents):
    """Killed only after endpoints forgot the pod (preStop) and requests had their time."""
    drain = m.seconds(m.settings_of(documents).get("http.shutdown_timeout", SHUTDOWN_TIMEOUT_DEFAULT))
    for owner in m.pod_owners(documents):
        wait = max((c.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0) for c in m.containers(owner)), default=0)
        if not wait:
            yield f"{m.name(owner)}: ends before endpoints have forgotten it (no preStop sleep)"
        if m.pod_template(owner)["spec"].get("terminationGracePeriodSeconds", 30) < 2 * (wait + drain):
            yield f"{m.name(owner)}: may be killed while it drains"


def has_own_identity(documents):
    accounts = {document["metadata"]["name"]: document for document in m.of_kind(documents, "ServiceAccount")}
    for owner in m.pod_owners(documents):
        spec = m.pod_template(owner)["spec"]
        account = spec.get("serviceAccountName", "default")
        if account not in accounts:
            yield f"{m.name(owner)}: service account {account} is not made here"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{m.name(owner)}: has a token for the Kubernetes API, which it never calls"


def can_be_evicted(documents):
    for owner in m.of_kind(documents, *m.KEEPERS):
        budgets = [b for b in m.of_kind(documents, "PodDisruptionBudget") if m.selects(b["spec"]["selector"], m.pod_labels(owner))]
        if len(budgets) != 1:
            yield f"{m.name(owner)}: has {len(budgets)} disruption budgets; one is needed"
        for budget in budgets:
            if "minAvailable" in budget["spec"] or budget["spec"].get("maxUnavailable") in (0, "0", "0%"):
                yield f"{m.name(budget)}: may block a node's drain for ever"


def is_spread(documents):
    for owner in m.of_kind(documents, *m.KEEPERS):
        rules = m.pod_template(owner)["spec"].get("topologySpreadConstraints", [])
        taken = {rule["topologyKey"]: rule for rule in rules if m.selects(rule["labelSelector"], m.pod_labels(owner))}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname"):
            if key not in taken:
                yield f"{m.name(owner)}: is not spread over {key}"
        if owner["kind"] != "StatefulSet" and taken.get("topology.kubernetes.io/zone", {}).get("whenUnsatisfiable") != "DoNotSchedule":
            yield f"{m.name(owner)}: may end up in one zone"
        hash_label = VERSION_LABELS.get(owner["kind"])
        if hash_label and any(rule.get("matchLabelKeys") != [hash_label] for rule in taken.values()):
            yield f"{m.name(owner)}: after an upgrade it is spread as if the pods before it were still there"


def is_scaled_by_one(documents):
    targets = {}
    for scaler in m.of_kind(documents, "HorizontalPodAutoscaler", "ScaledObject"):
        targets.setdefault(scaler["spec"]["scaleTargetRef"]["name"], []).append(scaler)
    for owner in m.of_kind(documents, "Deployment", "Rollout"):
        scalers = targets.pop(owner["metadata"]["name"], [])
        if len(scalers) > 1:
            yield f"{m.name(owner)}: two autoscalers pull at it"
        if bool(scalers) == ("replicas" in owner["spec"]):
            yield f"{m.name(owner)}: its replicas are set by both the manifest and an autoscaler, or by neither"
        for scaler in scalers:
            spec = scaler["spec"]
            least, most = spec.get("minReplicas", spec.get("minReplicaCount")), spec.get("maxReplicas", spec.get("maxReplicaCount"))
            if not 2 <= least < most:
                yield f"{m.name(scaler)}: scales from {least} to {most}"
    for name in targets:
        yield f"an autoscaler aims at {name}, which is not there"


def image_is_fixed(documents):
    for owner in m.pod_owners(documents):
        for container in m.containers(owner):
            image = container["image"]
            tag = image.rsplit("/", 1)[-1].partition(":")[2]
            if "@sha256:" not in image and tag in ("", "latest", "main"):
                yield f"{m.name(owner)}: {image} may be another one tomorrow"


def keeps_secrets_in_files(documents):
    for owner in m.pod_owners(documents):
        for container in m.containers(owner):
            for variable in container.get("env", []):
                if "secretKeyRef" in variable.get("valueFrom", {}):
                    yield f"{m.name(owner)}: {variable['name']} holds a secret in the environment"
            if any("secretRef" in source for source in container.get("envFrom", [])):
                yield f"{m.name(owner)}: {container['name']} has a whole secret in its environment"
    for document in m.of_kind(documents, "Secret"):
        yield f"{m.name(document)}: a secret among the manifests"


def has_only_its_own_secrets(documents):
    """A Secret is one workload's; what is in it is the workload's by name, or is what all clients of a store have in common."""
    made = {document["spec"]["target"]["name"]: document for document in m.of_kind(documents, "ExternalSecret")}
    owner_of = {}
    for owner in m.pod_owners(documents):
        component = m.pod_labels(owner).get("app.kubernetes.io/component")
        for secret in m.mounted_secrets(owner):
            if owner_of.setdefault(secret, owner) is not owner:
                yield f"{m.name(owner)}: mounts {secret}, which is also {m.name(owner_of[secret])}'s"
            if secret not in made:
                yield f"{m.name(owner)}: mounts {secret}, which is not made here"
                continue
            spec = made[secret]["spec"]
            if "dataFrom" in spec and component != ALL_IN_ONE:
                yield f"{m.name(owner)}: {secret} has a whole entry, and so what is others'"
            for row in spec.get("data", []):
                if row["remoteRef"].get("property") not in (component, *COMMON_PROPERTIES):
                    yield f"{m.name(owner)}: {secret} has {row['remoteRef'].get('property')} of {row['remoteRef']['key']}"


def services_reach_pods(documents):
    owners = m.pod_owners(documents)
    for service in m.of_kind(documents, "Service"):
        if service["spec"].get("type", "ClusterIP") != "ClusterIP":
            yield f"{m.name(service)}: opens a door beside the gateway ({service['spec']['type']})"
        behind = [owner for owner in owners if m.selects({"matchLabels": service["spec"]["selector"]}, m.pod_labels(owner))]
        # Shards of one store are several workloads with one identity.
        identities = {m.pod_template(owner)["spec"].get("serviceAccountName") for owner in behind}
        if len(identities) != 1:
            yield f"{m.name(service)}: has the pods of {len(identities)} workloads behind it"
        for owner in behind:
            ports = {port["name"] for container in m.containers(owner) for port in container.get("ports", [])}
            for port in service["spec"]["ports"]:
                if port["targetPort"] not in ports:
                    yield f"{m.name(service)}: port {port['targetPort']} is no port of {m.name(owner)}"


def priorities_exist(documents):
    known = {document["metadata"]["name"] for document in m.of_kind(documents, "PriorityClass")}
    for owner in m.pod_owners(documents):
        if m.pod_template(owner)["spec"].get("priorityClassName") not in known:
            yield f"{m.name(owner)}: has no priority class of the chart"


RULES = [runs_as_nobody, is_restricted, is_bounded, memory_fits, has_probes, ends_in_time, has_own_identity, can_be_evicted, is_spread,
         is_scaled_by_one, image_is_fixed, keeps_secrets_in_files, has_only_its_own_secrets, services_reach_pods, priorities_exist]
