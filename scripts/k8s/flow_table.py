"""Reads k8s/flows.yaml for one environment: the workloads that exist there and every connection between them.

`load(environment)` returns a Table. `Edge` is one connection: from, to, port, protocol. Nothing here knows Kubernetes' objects.
"""
import dataclasses
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "k8s" / "flows.yaml"
PROTOCOLS = ("TCP", "UDP")


class TableError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class End:
    """One end of a connection. A workload has a service account; something outside has either a CIDR or a namespace."""
    name: str
    namespace: str = ""
    labels: tuple = ()
    service_account: str = ""
    cidr: str = ""
    without: tuple = ()
    mesh: bool = False
    passes_mesh: bool = False

    @property
    def is_workload(self):
        return bool(self.service_account)

    @property
    def principal(self):
        return f"cluster.local/ns/{self.namespace}/sa/{self.service_account}"


@dataclasses.dataclass(frozen=True)
class Edge:
    source: End
    target: End
    port: int
    protocol: str


@dataclasses.dataclass
class Table:
    environment: str
    shape: str
    namespaces: dict
    workloads: dict
    outside: dict
    edges: dict  # Edge -> why


def environments(path=TABLE):
    return list(yaml.safe_load(path.read_text())["environments"])


def load(environment, path=TABLE):
    """The whole table is checked, also the rows that this environment's shape does not have."""
    document = yaml.safe_load(path.read_text())
    settings = document["environments"][environment]
    shape = settings["shape"]
    namespaces = _present(document["namespaces"], shape, environment)
    workloads = {name: _workload(name, row, namespaces) for name, row in _present(document["workloads"], shape, environment).items()}
    outside = {name: _outside(name, row, settings) for name, row in document["outside"].items()}
    clash = set(workloads) & set(outside)
    if clash:
        raise TableError(f"both a workload and outside: {sorted(clash)}")
    known = set(document["workloads"]) | set(outside) | {"every"}
    edges = {}
    for row in document["flows"]:
        _check_row(row, known)
        edges.update(_edges(row, workloads, outside))
    return Table(environment, shape, namespaces, workloads, outside, edges)


def _present(rows, shape, environment):
    return {name: row for name, row in rows.items() if shape in row.get("shapes", [shape]) and environment in row.get("only", [environment])}


def _workload(name, row, namespaces):
    if row["namespace"] not in namespaces:
        raise TableError(f"{name}: namespace {row['namespace']} is not in the table")
    return End(name, row["namespace"], tuple(sorted(row["labels"].items())), row["service_account"],
               mesh=namespaces[row["namespace"]]["mesh"])


def _outside(name, row, settings):
    cidr = row.get("cidr", "")
    if cidr == "environment":
        cidr = settings[name]
    without = tuple(settings.get(hole, hole) for hole in row.get("except", ()))
    return End(name, row.get("namespace", ""), tuple(sorted(row.get("labels", {}).items())), cidr=cidr, without=without,
               passes_mesh=row.get("passes_mesh", False))


def _names(value):
    return [value] if isinstance(value, str) else value


def _check_row(row, known):
    unknown = {name for name in _names(row["from"]) + _names(row["to"]) if name not in known}
    if unknown:
        raise TableError(f"a flow names {sorted(unknown)}, which the table does not have")
    if not row.get("why"):
        raise TableError(f"a flow without a reason: {row}")
    if not set(row.get("protocols", ["TCP"])) <= set(PROTOCOLS):
        raise TableError(f"a flow's protocols are {PROTOCOLS}: {row}")


def _edges(row, workloads, outside):
    present = {**workloads, **outside}

    def ends(value):
        names = list(workloads) if value == "every" else _names(value)
        return [present[name] for name in names if name in present]

    for source in ends(row["from"]):
        for target in ends(row["to"]):
            if not source.is_workload and not target.is_workload:
                raise TableError(f"{source.name} -> {target.name}: both are outside, so nothing here can decide about it")
            for port in row["ports"]:
                for protocol in row.get("protocols", ["TCP"]):
                    yield Edge(source, target, port, protocol), row["why"]
