#!/usr/bin/env python3
"""What an environment costs a month, from its settings and a dated file of prices: terraform/COSTS.md.

Usage: scripts/terraform/cost.py            write
       scripts/terraform/cost.py --check    say whether it is what would be written
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRICES = ROOT / "terraform/prices/2026-11-us-east-1.json"
ASSUMPTIONS = ROOT / "terraform/prices/assumptions.json"
PAGE = ROOT / "terraform/COSTS.md"
ENVIRONMENTS = ("dev", "staging", "prod")


def settings(environment):
    return json.loads((ROOT / f"terraform/environments/{environment}/settings.json").read_text())


def node_group(s, name, distributed):
    """A node group of an environment's settings, as terraform/modules/platform makes it."""
    group = s["node_groups"][name]
    return {**group, "zones": None, **group.get("distributed", {})} if distributed else group


class Bill:
    """Lines of (what, how many, dollars a month)."""

    def __init__(self, prices):
        self._prices = prices
        self.lines = []

    def hours(self, what, count, price, share=1.0):
        self._add(what, count, count * self._prices["hourly"][price] * self._prices["hours_a_month"] * share)

    def amount(self, what, count, price):
        self._add(what, count, count * price)

    def _add(self, what, count, dollars):
        if count:
            self.lines.append((what, count, dollars))

    def total(self):
        return sum(dollars for _, _, dollars in self.lines)


def _network(bill, s, use, prices):
    bill.hours("EKS control plane", 1, "eks")
    bill.hours("NAT gateways", len(s["zones"]) if s["nat_per_zone"] else 1, "nat")
    bill.hours("interface endpoints (service x zone)", len(s["interface_endpoints"]) * len(s["zones"]), "endpoint_zone")
    bill.hours("network load balancer", 1, "load_balancer")
    bill.amount("traffic through NAT, GB", use["nat_gb"], prices["gb"]["nat"])
    bill.amount("traffic to the internet, GB", use["out_gb"], prices["gb"]["out"])


def _nodes(bill, s, prices, distributed):
    for name in s["node_groups"]:
        group = node_group(s, name, distributed)
        count = group["min"]
        spot = group.get("capacity_type") == "SPOT"
        kind = group["instance_types"][0]
        bill.hours(f"nodes: {name}, {kind}{', spot' if spot else ''}", count, kind, prices["spot_share"] if spot else 1.0)
        bill.amount(f"disks of nodes: {name}, GB", count * group.get("disk_gb", 50), prices["gb_month"]["gp3"])


def _stores(bill, s, use, prices):
    rds, cache = s["rds"], s["elasticache"]
    copies = (2 if rds["multi_az"] else 1) + rds["replicas"]
    bill.hours(f"RDS {rds['instance_class']} (primary, standby, replicas)", copies, rds["instance_class"])
    bill.amount("RDS storage, GB", copies * rds["storage_gb"], prices["gb_month"]["rds_gp3"])
    bill.hours(f"ElastiCache {cache['node_type']}", cache["shards"] * (1 + cache["replicas_per_shard"]), cache["node_type"])
    bill.amount("volumes of Kafka and the databases in the cluster, GB", use["store_volumes_gb"], prices["gb_month"]["gp3"])


def bill_of(environment, distributed, prices, assumptions):
    s, use, bill = settings(environment), assumptions["monthly_gb"][environment], Bill(prices)
    _network(bill, s, use, prices)
    _nodes(bill, s, prices, distributed)
    bill.amount("volume of GameMetrics, GB", 0 if distributed else s["volume_gb"], prices["gb_month"]["gp3"])
    if distributed:
        _stores(bill, s, use, prices)
    bill.amount("volumes of the monitoring stack, GB", use["stack_volumes_gb"], prices["gb_month"]["gp3"])
    bill.amount("S3, GB", use["s3_gb"], prices["gb_month"]["s3"])
    bill.amount("logs, GB", use["log_gb"], prices["gb"]["cloudwatch_logs"])
    bill.amount("keys", 2, prices["key_month"])
    return bill


def _verdict(total, budget):
    low, high = budget
    if total > high:
        return f"**over by {total - high:.0f}**"
    return "within" if total >= low else f"below by {low - total:.0f}"


def _managed(bill):
    """What AWS's own databases cost, of which the cluster has a second."""
    return round(sum(dollars for what, _, dollars in bill.lines if what.startswith(("RDS", "ElastiCache"))))


def _table(bill):
    rows = "\n".join(f"| {what} | {count:g} | {dollars:.0f} |" for what, count, dollars in bill.lines)
    return f"| | Number | USD a month |\n|---|---|---|\n{rows}\n| **Total** | | **{bill.total():.0f}** |\n"


NOTES = """- Single prices are remembered, not read (the file says so); a sum may be wrong by a tenth.
- The budgets were set for the whole distributed shape. What is released needs none of its databases, so most of that is not spent yet.
- dev's released shape is over its budget by less than its monitoring stack costs (two more nodes, its disks). Without Thanos, Loki, Tempo and the Collector
  (argocd/applications/kustomization.yaml) one node is enough, and it is within.
- The nodes are as many as all pods need that are rendered for the shape (`scripts/k8s/capacity.py`): the budgets hold for fewer and smaller pods than Kafka and
  five databases with a copy in each zone are.
- RDS and ElastiCache stand beside the cluster's own PostgreSQL and Valkey in these sums; whoever keeps to the cluster's saves {dev} in dev, {staging} in
  staging, {prod} in prod.
- Traffic, logs and objects are guesses (`terraform/prices/assumptions.json`), and what grows with players. Support, tax, snapshots and the other region's
  copies are left out. `standby_cluster` adds the released shape's nodes and control plane once more.
- Kubernetes in extended support would add about 365 a month; `kubernetes_version` refuses what is in it, and 1.35 leaves standard support in March 2027.
- Where a total is over its budget, these are the levers: one NAT gateway instead of three (-66), no interface endpoints (-66), read replicas only when
  something reads from them (-47 each), a year's commitment for what always runs (about -30 %)."""


def page():
    prices, assumptions = json.loads(PRICES.read_text()), json.loads(ASSUMPTIONS.read_text())
    bills = {(e, d): bill_of(e, d, prices, assumptions) for e in ENVIRONMENTS for d in (False, True)}
    rows = [f"| {e} | {'-'.join(map(str, assumptions['budget'][e]))} | {bills[e, False].total():.0f} | {bills[e, True].total():.0f} | "
            f"{_verdict(bills[e, True].total(), assumptions['budget'][e])} |" for e in ENVIRONMENTS]
    made_from = f"`settings.json` of each environment and prices of {prices['as_of']} for {prices['region']}"
    head = "| Environment | Budget | Released shape | With the distributed shape's stores | Against the budget |\n|---|---|---|---|---|\n"
    parts = [f"# What it costs\nMade by `scripts/terraform/cost.py` from {made_from}. USD a month, before tax.\n",
             head + "\n".join(rows) + "\n",
             f"## Read this with the table\n{NOTES.format(**{e: _managed(bills[e, True]) for e in ENVIRONMENTS})}\n"]
    for e in ENVIRONMENTS:
        for d in (False, True):
            parts.append(f"## {e}, {'with the stores of the distributed shape (not released)' if d else 'released shape'}\n{_table(bills[e, d])}")
    return "\n".join(parts)


def main():
    if "--check" in sys.argv[1:]:
        if not PAGE.is_file() or PAGE.read_text() != page():
            print("PROBLEM terraform/COSTS.md is not what the settings make (scripts/terraform/cost.py)")
            return 1
        return 0
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
