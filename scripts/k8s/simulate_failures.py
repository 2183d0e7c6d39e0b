#!/usr/bin/env python3
"""An upgrade, a drained node and a lost zone, with the real scheduler and controllers and nodes that are not there (kwok).

Usage: scripts/k8s/simulate_failures.py <tools folder>      (scripts/platform/k8s-simulation)
Prints a table a scenario: where each workload's pods are, how many were ready at the least, and whether that is what is promised. Pods do nothing: what is
shown is where Kubernetes puts them, what a disruption budget holds back, and what a rollout waits for. Samples are taken about once a second.
"""
import collections
import contextlib
import pathlib
import sys
import tempfile
import threading
import time

import manifests as m
import simulated_cluster as simulated
from control_plane import ControlPlane

SETTLE_SECONDS_MAX = 300
ZONE = "topology.kubernetes.io/zone"
# Answers of Kubernetes that take minutes in a cluster are asked for sooner here; what it then decides is the same.
NOT_READY_SECONDS = 20
TOLERATED_SECONDS = 5


class Simulation:
    def __init__(self, cluster):
        self.cluster = cluster
        self.failed = 0
        self.zone_of = {}

    def fill(self):
        kubectl, root = self.cluster.kubectl, simulated.ROOT
        chart = m.load((root / "test/platform/golden/distributed.yaml").read_text())
        ground, data, platform = (m.load(kubectl("kustomize", str(root / folder))) for folder in
                                  ("k8s/overlays/distributed", "k8s/data/overlays/prod", "k8s/platform/overlays/prod"))
        for zone in simulated.ZONES:
            for node in simulated.nodes(zone):
                self._add_node(zone, node)
        self.cluster.apply(m.of_kind(ground, "Namespace"))
        self.cluster.apply(simulated.ground(ground, data, platform, chart))
        self.cluster.apply(list(simulated.volumes(data)))
        self.cluster.apply([*simulated.stores(data), *simulated.services(chart)])

    def _add_node(self, zone, node):
        self.zone_of[node["metadata"]["name"]] = zone
        self.cluster.apply([node])

    def workloads(self):
        """(kind, name) -> (wanted, ready, settled)"""
        found = {}
        for kind in ("statefulsets", "deployments"):
            for row in self.cluster.objects(kind, "--all-namespaces"):
                status, wanted = row.get("status", {}), row["spec"]["replicas"]
                settled = (status.get("observedGeneration") == row["metadata"]["generation"] and status.get("updatedReplicas", 0) == wanted
                           and status.get("readyReplicas", 0) == wanted and status.get("replicas", 0) == wanted)
                found[row["metadata"]["name"]] = (wanted, status.get("readyReplicas", 0), settled)
        return found

    def places(self):
        """workload -> Counter of zones of its pods that run; a pod that is being ended counts no more."""
        counted = collections.defaultdict(collections.Counter)
        for pod in self.cluster.objects("pods", "--all-namespaces"):
            owner = pod["metadata"]["ownerReferences"][0]
            name = owner["name"].rsplit("-", 1)[0] if owner["kind"] == "ReplicaSet" else owner["name"]
            ready = any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))
            if ready and "deletionTimestamp" not in pod["metadata"]:
                counted[name][self.zone_of[pod["spec"]["nodeName"]]] += 1
        return counted

    def settle(self, names=None):
        """Waits until all that is wanted is ready; returns how long that took, or None."""
        started = time.monotonic()
        while time.monotonic() < started + SETTLE_SECONDS_MAX:
            if all(settled for name, (_, _, settled) in self.workloads().items() if names is None or name in names):
                return time.monotonic() - started
            time.sleep(1)
        return None

    @contextlib.contextmanager
    def watched(self):
        """Yields workload -> the least that were ready while the block ran."""
        least, over = {}, threading.Event()

        def sample():
            while not over.is_set():
                for name, (_, ready, _) in self.workloads().items():
                    least[name] = min(ready, least.get(name, ready))
                over.wait(0.7)

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield least
        finally:
            over.set()
            thread.join()

    def expect(self, what, holds):
        self.failed += not holds
        print(f"{'ok' if holds else 'FAILED'}: {what}", flush=True)

    def table(self, title, least=None, floor=lambda wanted: wanted, skew_max=1, zones=simulated.ZONES):
        """skew_max None: spread is shown, not judged."""
        print(f"\n{title}\n{'workload':34}{'wanted':>7}{'ready':>7}{'at least':>10}   {'   '.join(zone[-2:] for zone in simulated.ZONES)}", flush=True)
        places, bad = self.places(), []
        for name, (wanted, ready, _) in sorted(self.workloads().items()):
            counts = [places[name][zone] for zone in simulated.ZONES]
            kept = ready if least is None else least[name]
            inside = [places[name][zone] for zone in zones]
            fault = kept < floor(wanted) or (skew_max is not None and max(inside) - min(inside) > skew_max)
            bad += [name] * fault
            print(f"{name:34}{wanted:>7}{ready:>7}{kept:>10}   {'    '.join(map(str, counts))}{'   <--' if fault else ''}", flush=True)
        self.expect(f"{title}: as promised", not bad)

    # --- scenarios ---------------------------------------------------------------------------------------------------------------------

    def start(self):
        took = self.settle()
        self.expect(f"all pods have a node and run ({took or 0:.0f} s)", took is not None)
        self.table("At the start: one zone has at most one pod more than another")

    def upgrade(self):
        with self.watched() as least:
            for deployment in self.cluster.objects("deployments", "--all-namespaces"):
                name, namespace = deployment["metadata"]["name"], deployment["metadata"]["namespace"]
                self.cluster.kubectl("-n", namespace, "set", "image", f"deployment/{name}", "gamemetrics=ghcr.io/gamemetrics-pro/gamemetrics:0.2.0")
            took = self.settle()
        self.expect(f"every service has its new version ({took or 0:.0f} s)", took is not None)
        self.table("During an upgrade no service has fewer pods than it wants", least)

    def drain(self, group, replaced):
        """replaced: as EKS updates a node group, the new node is there before the old one is emptied. Stores need it: the other nodes of a zone have no
        room for all that one of them holds, and their disks are in that zone."""
        counts = collections.Counter(pod["spec"].get("nodeName") for pod in self.cluster.objects("pods", "--all-namespaces"))
        node = max((name for name in self.zone_of if name.startswith(group)), key=lambda name: counts[name])
        if replaced:
            self._add_node(self.zone_of[node], simulated.node(self.zone_of[node], group, simulated.NODES_A_ZONE[group]))
        with self.watched() as least:
            self.cluster.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s")
            took = self.settle()
        self.expect(f"{node} is empty, its {counts[node]} pods run elsewhere ({took or 0:.0f} s)", took is not None)
        self.table(f"While {node} was drained{' beside its replacement' * replaced} no workload lost more than one pod", least, lambda wanted: wanted - 1,
                   skew_max=None)
        self.cluster.kubectl(*(("delete", "node", node) if replaced else ("uncordon", node)))

    def lose_zone(self):
        zone = simulated.ZONES[-1]
        before = self.places()
        services = [d["metadata"]["name"] for d in self.cluster.objects("deployments", "--all-namespaces")]
        others = [other for other in simulated.ZONES if other != zone]
        with self.watched() as least:
            self.cluster.lose_nodes(zone)
            lost = time.monotonic()
            self.expect(f"{zone}: its nodes are known to be lost", self._until(lambda: self._unready_nodes() == sum(simulated.NODES_A_ZONE.values())))
            took = self._until(lambda: all(ready == wanted for name, (wanted, ready, _) in self.workloads().items() if name in services))
            self.expect(f"services have all their pods in two zones, {time.monotonic() - lost:.0f} s after the loss", took)
        self.table(f"{zone} is lost: services are whole again elsewhere; stores, whose disks are there, have lost that zone's pods and no other", None,
                   lambda wanted: 0, skew_max=None)
        for name, (wanted, ready, _) in self.workloads().items():
            if name not in services:
                self.expect(f"{name}: {ready} of {wanted} left, a majority or its second copy", ready == wanted - before[name][zone] and ready * 2 >= wanted)
        places = self.places()
        self.expect("services are even over the zones that are left",
                    all(max(places[s][z] for z in others) - min(places[s][z] for z in others) <= 1 for s in services))
        self.cluster.start_nodes(zone)
        took = self.settle()
        self.expect(f"the zone is back: all pods run ({took or 0:.0f} s)", took is not None)
        self.table("The zone is back: stores are where they were; services stay where they are until the next upgrade", skew_max=None)
        for deployment in self.cluster.objects("deployments", "--all-namespaces"):
            self.cluster.kubectl("-n", deployment["metadata"]["namespace"], "rollout", "restart", f"deployment/{deployment['metadata']['name']}")
        self.expect("the next upgrade finishes", self.settle() is not None)
        self.table("After it every zone has its share again")

    def _until(self, holds):
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while time.monotonic() < deadline:
            if holds():
                return True
            time.sleep(1)
        return False

    def _unready_nodes(self):
        return sum(not any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"]) for node in self.cluster.objects("nodes"))


def main():
    tools = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        with ControlPlane(tools, folder, [f"--default-not-ready-toleration-seconds={TOLERATED_SECONDS}",
                                          f"--default-unreachable-toleration-seconds={TOLERATED_SECONDS}"]) as cluster:
            cluster.start_controllers([f"--node-monitor-grace-period={NOT_READY_SECONDS}s", "--node-eviction-rate=2"])
            simulation = Simulation(cluster)
            for zone in simulated.ZONES:
                cluster.start_nodes(zone)
            simulation.fill()
            simulation.start()
            simulation.upgrade()
            simulation.drain("application", replaced=False)
            simulation.drain("data", replaced=True)
            simulation.lose_zone()
    return 1 if simulation.failed else 0


if __name__ == "__main__":
    sys.exit(main())
