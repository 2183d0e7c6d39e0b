"""Says what rendered policies allow, by their own meaning: which workload reaches which, on which port.

This reads policies as the network plugin and the mesh do. It shares no code with flow_policies.py, which writes them.
"""
import functools
import ipaddress
import itertools

import manifests as m

HBONE = 15008
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
# A port that no flow uses: what allows it allows everything.
UNUSED = 4


class Matrix:
    def __init__(self, documents, table):
        self._table = table
        self._network = m.of_kind(documents, "NetworkPolicy")
        self._authorization = m.of_kind(documents, "AuthorizationPolicy")
        self._peers = m.of_kind(documents, "PeerAuthentication")
        self._ends = list(table.workloads.values()) + list(table.outside.values())
        self._ports = sorted({(edge.protocol, edge.port) for edge in table.edges} | {("TCP", HBONE), ("TCP", UNUSED), ("UDP", UNUSED)})

    def _pairs(self):
        for source, target in itertools.product(self._ends, self._ends):
            if source.is_workload or target.is_workload:
                yield source, target

    def network(self, direction):
        """(source, target, protocol, port) that the sender's policies ("egress") or the receiver's ("ingress") let through. Each has to equal
        the table by itself: a door open at one end only is still a mistake."""
        allowed = set()
        for source, target in self._pairs():
            own, other = (source, target) if direction == "egress" else (target, source)
            # What is outside the table has no policies of ours.
            if not own.is_workload:
                continue
            policies = self._policies_of(own, direction)
            for protocol, port in self._ports:
                if self._allowed(policies, direction, other, protocol, port):
                    allowed.add((source.name, target.name, protocol, port))
        return allowed

    @functools.cache
    def _policies_of(self, own, direction):
        return [policy for policy in self._network if policy["metadata"]["namespace"] == own.namespace
                and direction.capitalize() in policy["spec"]["policyTypes"] and m.selects(policy["spec"]["podSelector"], dict(own.labels))]

    def _allowed(self, policies, direction, other, protocol, port):
        """A pod that no policy selects may do all."""
        side = "to" if direction == "egress" else "from"
        rules = [rule for policy in policies for rule in policy["spec"].get(direction, [])]
        return not policies or any(self._rule_allows(rule, side, other, protocol, port) for rule in rules)

    @staticmethod
    def _rule_allows(rule, side, other, protocol, port):
        ports = rule.get("ports")
        if ports is not None and not any(p.get("protocol", "TCP") == protocol and p.get("port", port) == port for p in ports):
            return False
        return side not in rule or any(_is_peer(peer, other) for peer in rule[side])

    def mesh(self):
        """(principal or outside name, target, port) that AuthorizationPolicies let through, for targets in the mesh."""
        allowed = set()
        for source, target in self._pairs():
            if not target.mesh or source.passes_mesh:
                continue
            policies = self._authorizations_of(target)
            rules = [rule for policy in policies for rule in policy["spec"].get("rules", [])]
            for protocol, port in self._ports:
                if protocol == "TCP" and port != HBONE and (not policies or any(_authorizes(rule, source, port) for rule in rules)):
                    allowed.add((_who(source), target.name, port))
        return allowed

    @functools.cache
    def _authorizations_of(self, target):
        return [policy for policy in self._authorization if policy["metadata"]["namespace"] == target.namespace
                and m.selects(policy["spec"].get("selector", {}), dict(target.labels))]

    def plaintext_ports(self):
        """(target, port) that take connections without the mesh's mTLS; (target, 0) is every port."""
        taken = set()
        for target in self._table.workloads.values():
            if not target.mesh:
                continue
            ours = [peer for peer in self._peers if peer["metadata"]["namespace"] == target.namespace
                    and m.selects(peer["spec"].get("selector", {}), dict(target.labels))]
            own = [peer for peer in ours if "selector" in peer["spec"]] or ours
            if not own or any(peer["spec"]["mtls"]["mode"] != "STRICT" for peer in own):
                taken.add((target.name, 0))
            for peer in own:
                taken |= {(target.name, int(port)) for port, mode in peer["spec"].get("portLevelMtls", {}).items() if mode["mode"] != "STRICT"}
        return taken


def _who(end):
    return end.principal if end.mesh else end.name


def _is_peer(peer, other):
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        return bool(other.cidr) and _covers(block["cidr"], other.cidr) and not any(_covers(hole, other.cidr) for hole in block.get("except", []))
    if other.cidr:
        return False
    if not m.selects(peer.get("namespaceSelector"), {NAMESPACE_LABEL: other.namespace}):
        return False
    return m.selects(peer.get("podSelector", {}), dict(other.labels))


@functools.cache
def _covers(outer, inner):
    return ipaddress.ip_network(inner).subnet_of(ipaddress.ip_network(outer))


def _authorizes(rule, source, port):
    ports = [p for to in rule.get("to", []) for p in to["operation"].get("ports", [])]
    if "to" in rule and str(port) not in ports:
        return False
    if "from" not in rule:
        return True
    for entry in rule["from"]:
        who = entry["source"]
        if source.mesh and source.principal in who.get("principals", []):
            return True
        if source.cidr and any(_covers(block, source.cidr) for block in who.get("ipBlocks", [])):
            if not any(_covers(hole, source.cidr) for hole in who.get("notIpBlocks", [])):
                return True
    return False


def wanted_network(table, direction):
    """What the table says NetworkPolicies allow: its rows, and the mesh's port between two ends that talk and are in the mesh."""
    edges = [edge for edge in table.edges if (edge.source if direction == "egress" else edge.target).is_workload]
    wanted = {(edge.source.name, edge.target.name, edge.protocol, edge.port) for edge in edges}
    return wanted | {(edge.source.name, edge.target.name, "TCP", HBONE) for edge in edges if edge.source.mesh and edge.target.mesh}


def wanted_mesh(table):
    return {(_who(edge.source), edge.target.name, edge.port) for edge in table.edges if edge.target.mesh and not edge.source.passes_mesh}


def wanted_plaintext(table):
    return {(edge.target.name, edge.port) for edge in table.edges
            if edge.target.mesh and not edge.source.mesh and not edge.source.passes_mesh}
