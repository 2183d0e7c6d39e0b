"""Rules for the ground of a cluster (k8s/overlays): namespaces with Pod Security, bounds and default deny, and workloads that fit into them."""
import manifests as m

# Nothing below privileged lets a pod see its node's files; k8s/namespaces says of each who needs that.
PRIVILEGED = {"node-agents", "log-agents", "chaos-mesh"}


def namespaces(documents):
    return {document["metadata"]["name"]: document["metadata"].get("labels", {}) for document in m.of_kind(documents, "Namespace")}


def _in(documents, kind):
    return {document["metadata"].get("namespace") for document in m.of_kind(documents, kind)}


def is_secured(documents):
    for name, labels in namespaces(documents).items():
        level = "privileged" if name in PRIVILEGED else "restricted"
        for mode in ("enforce", "audit", "warn"):
            if labels.get(f"pod-security.kubernetes.io/{mode}") != level:
                yield f"namespace {name}: Pod Security {mode} is not {level}"


def is_bounded(documents):
    for kind in ("ResourceQuota", "LimitRange"):
        for name in set(namespaces(documents)) - _in(documents, kind):
            yield f"namespace {name}: has no {kind}"


def denies_by_default(documents):
    closed = {document["metadata"]["namespace"] for document in m.of_kind(documents, "NetworkPolicy")
              if document["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}
    for name in set(namespaces(documents)) - closed:
        yield f"namespace {name}: pods that no policy names may talk to anyone"


def policies_have_namespaces(documents):
    known = set(namespaces(documents))
    for kind in ("NetworkPolicy", "AuthorizationPolicy", "PeerAuthentication"):
        for name in _in(documents, kind) - known:
            yield f"namespace {name} has a {kind} but is not made here"


def only_the_gateway_is_public(documents):
    for quota in m.of_kind(documents, "ResourceQuota"):
        allowed = quota["metadata"]["namespace"] == "istio-ingress"
        if (quota["spec"]["hard"].get("services.loadbalancers") == "0") == allowed:
            yield f"{m.name(quota)}: load balancers are for the gateway's namespace alone"


def chart_fits(documents, chart):
    """The chart's pods, at their greatest number, fit the quota and the limit range of their namespace."""
    for owner in m.pod_owners(chart):
        namespace = owner["metadata"]["namespace"]
        limits = [item for document in m.of_kind(documents, "LimitRange") if document["metadata"]["namespace"] == namespace
                  for item in document["spec"]["limits"] if item["type"] == "Container"]
        for container in m.containers(owner):
            for item in limits:
                for kind, most in item["max"].items():
                    if m.quantity(container["resources"]["limits"][kind]) > m.quantity(most):
                        yield f"{m.name(owner)}: {kind} is more than the namespace's {most} a container"
    for quota in m.of_kind(documents, "ResourceQuota"):
        inside = [owner for owner in m.pod_owners(chart) if owner["metadata"]["namespace"] == quota["metadata"]["namespace"]]
        pods = sum(_pods_at_most(owner, chart) for owner in inside)
        if pods > int(quota["spec"]["hard"]["pods"]):
            yield f"{m.name(quota)}: the chart may need {pods} pods"
        for key in ("requests.cpu", "requests.memory", "limits.memory"):
            side, kind = key.split(".")
            used = sum(_pods_at_most(owner, chart) * m.quantity(container["resources"][side][kind])
                       for owner in inside for container in m.containers(owner))
            if used > m.quantity(quota["spec"]["hard"][key]):
                yield f"{m.name(quota)}: {key} {quota['spec']['hard'][key]} is less than the chart may need ({used:.0f})"


def _pods_at_most(owner, chart):
    for scaler in m.of_kind(chart, "HorizontalPodAutoscaler", "ScaledObject"):
        if scaler["spec"]["scaleTargetRef"]["name"] == owner["metadata"]["name"]:
            return scaler["spec"].get("maxReplicas", scaler["spec"].get("maxReplicaCount"))
    return owner["spec"].get("replicas", 1)


RULES = [is_secured, is_bounded, denies_by_default, policies_have_namespaces, only_the_gateway_is_public]
