"""Makes Kubernetes' and Istio's policies from a flow table (flow_table.py).

One NetworkPolicy a workload and one that denies everything a namespace; one AuthorizationPolicy a pair of workloads, one that denies
everything a namespace, and PeerAuthentication: STRICT, but for the ports that something without a mesh identity has to reach.
"""
import collections

HBONE = 15008  # what the mesh's mTLS between two nodes looks like to a NetworkPolicy
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
LABELS = {"app.kubernetes.io/part-of": "gamemetrics-pro", "app.kubernetes.io/managed-by": "generate-flows"}


def network_policies(table):
    documents = [_deny_network(namespace) for namespace in table.namespaces]
    for workload in table.workloads.values():
        documents.append(_workload_policy(workload, table.edges))
    return documents


def authorization_policies(table):
    documents = []
    for namespace, row in table.namespaces.items():
        if row["mesh"]:
            documents.append(_object("security.istio.io/v1", "AuthorizationPolicy", namespace, "default-deny", {}))
            documents.append(_object("security.istio.io/v1", "PeerAuthentication", namespace, "default", {"mtls": {"mode": "STRICT"}}))
    pairs = collections.defaultdict(set)
    for edge in table.edges:
        if edge.target.mesh and not edge.source.passes_mesh:
            pairs[edge.source, edge.target].add(edge.port)
    for (source, target), ports in pairs.items():
        documents.append(_authorization(source, target, ports))
    documents += _plain_ports(pairs)
    return documents


def _object(api_version, kind, namespace, name, spec):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": namespace, "labels": dict(LABELS)}, "spec": spec}


def _deny_network(namespace):
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return _object("networking.k8s.io/v1", "NetworkPolicy", namespace, "default-deny", spec)


def _peer(end):
    if end.cidr:
        return {"ipBlock": {"cidr": end.cidr, **({"except": list(end.without)} if end.without else {})}}
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: end.namespace}}, "podSelector": {"matchLabels": dict(end.labels)}}


def _rules(side, edges):
    """One rule for all peers that have the same ports, so that a policy reads as a list of "these, on those ports"."""
    ports_of = collections.defaultdict(set)
    for edge, other in edges:
        ports_of[other].add((edge.protocol, edge.port))
        if edge.source.mesh and edge.target.mesh:
            ports_of[other].add(("TCP", HBONE))
    peers_of = collections.defaultdict(list)
    for other, ports in ports_of.items():
        peers_of[tuple(sorted(ports))].append(other)
    return [{side: [_peer(other) for other in sorted(peers, key=lambda end: end.name)],
             "ports": [{"protocol": protocol, "port": port} for protocol, port in ports]}
            for ports, peers in sorted(peers_of.items())]


def _workload_policy(workload, edges):
    spec = {"podSelector": {"matchLabels": dict(workload.labels)}, "policyTypes": ["Ingress", "Egress"],
            "ingress": _rules("from", [(edge, edge.source) for edge in edges if edge.target == workload]),
            "egress": _rules("to", [(edge, edge.target) for edge in edges if edge.source == workload])}
    return _object("networking.k8s.io/v1", "NetworkPolicy", workload.namespace, workload.name, spec)


def _authorization(source, target, ports):
    if source.mesh:
        who = {"principals": [source.principal]}
    else:
        who = {"ipBlocks": [source.cidr], **({"notIpBlocks": list(source.without)} if source.without else {})}
    spec = {"selector": {"matchLabels": dict(target.labels)}, "action": "ALLOW",
            "rules": [{"from": [{"source": who}], "to": [{"operation": {"ports": [str(port) for port in sorted(ports)]}}]}]}
    return _object("security.istio.io/v1", "AuthorizationPolicy", target.namespace, f"{target.name}-from-{source.name}", spec)


def _plain_ports(pairs):
    """Who has no identity in the mesh (the internet, the API server) comes without its mTLS; only these ports take that."""
    plain = collections.defaultdict(set)
    for (source, target), ports in pairs.items():
        if not source.mesh:
            plain[target] |= ports
    for target, ports in plain.items():
        spec = {"selector": {"matchLabels": dict(target.labels)}, "mtls": {"mode": "STRICT"},
                "portLevelMtls": {str(port): {"mode": "PERMISSIVE"} for port in sorted(ports)}}
        yield _object("security.istio.io/v1", "PeerAuthentication", target.namespace, target.name, spec)
