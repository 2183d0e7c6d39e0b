#!/usr/bin/env python3
"""Holds rules, dashboards and runbooks against what exists: metrics, labels, commands, settings, and each other.

Usage: monitoring/check.py [--expressions FILE]
  --expressions   also write every query of a dashboard or page as a rule file, for `promtool check rules`

A metric of ours is in docs/reference/metrics.md, which `gamemetrics metrics-catalog` writes; any other is in the list of a named exporter in
monitoring/exporters. An alert has its runbook and the reverse. A runbook names only commands, settings and metrics that there are.
"""
import argparse
import json
import pathlib
import re
import sys

import dashboards
import promql
import rules

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
RUNBOOKS = ROOT / "docs/runbooks"
PROCEDURES = {"README", "on-call", "disaster-recovery", "backup-and-restore"}  # pages beside the alerts' own
SECTIONS = ("Means", "Noticed by", "Look", "Mend", "Escalate")
TARGET_LABELS = {"job", "instance", "namespace", "pod", "cluster", "le"}  # what scraping and histograms add


def catalogue():
    """metric of ours -> its labels, with the series of a histogram"""
    found = {}
    for name, kind, labels in re.findall(r"^\| `(\w+)` \| (\w+) \| ([\w, ]*) \|", (ROOT / "docs/reference/metrics.md").read_text(), re.M):
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            found[name + suffix] = set(filter(None, labels.split(", ")))
    return found


def exporter_metrics():
    found = set()
    for path in sorted((HERE / "exporters").glob("*.txt")):
        for name in filter(None, path.read_text().splitlines()[1:]):
            found |= {name, f"{name}_bucket", f"{name}_sum", f"{name}_count"}
            if path.stem == "otel-collector":  # the collector's Prometheus endpoint adds the suffix of counters
                found.add(f"{name}_total")
    return found


class Checker:
    def __init__(self, groups, boards):
        self.own, self.foreign = catalogue(), exporter_metrics()
        self.recorded = {record["record"]: set(record.get("labels", ())) for group in groups for record in group.records}
        self.problems, self.used, self.queries = [], set(), []
        self.groups, self.boards = groups, boards

    def expression(self, where, expression):
        for metric, labels in promql.selectors(expression):
            self.used.add(metric)
            known = self.own.get(metric) or self.recorded.get(metric)
            if metric in self.own or metric in self.recorded:
                strange = sorted(set(labels) - (known or set()) - TARGET_LABELS)
                if strange:
                    self.problems.append(f"{where}: {metric} has no label {', '.join(strange)}")
            elif metric not in self.foreign:
                self.problems.append(f"{where}: no metric {metric} in the catalogue or an exporter's list")
        self.groupings(where, expression)

    def groupings(self, where, expression):
        """A label that none of the metrics has makes one group of all. What exporters' metrics are labelled with is in no list."""
        metrics = {metric for metric, _ in promql.selectors(expression)}
        if not metrics or metrics & self.foreign or "label_replace" in expression:
            return
        known = TARGET_LABELS.union(*(self.own.get(metric) or self.recorded.get(metric) or set() for metric in metrics))
        for labels in re.findall(r"\b(?:by|on|group_left|group_right)\s*\(([\w, ]*)\)", expression):
            strange = sorted(set(filter(None, re.split(r"[, ]+", labels))) - known)
            if strange:
                self.problems.append(f"{where}: is grouped by {', '.join(strange)}, which none of its metrics has")

    def all_expressions(self):
        for group in self.groups:
            for rule in group.records + group.alerts:
                self.expression(rule.get("name") or rule["record"], rule["expr"])

        for uid, board in self.boards.items():
            for title, expression in dashboards.expressions(board):
                self.expression(f"{uid}: {title}", expression)
                self.queries.append(dashboards.concrete(expression))

    def alerts_and_pages(self):
        names = [alert["name"] for group in self.groups for alert in group.alerts]
        pages = {path.stem for path in RUNBOOKS.glob("*.md")} - PROCEDURES
        self.problems += [f"{name}: declared twice" for name in sorted({n for n in names if names.count(n) > 1})]
        self.problems += [f"{name}: no docs/runbooks/{name}.md" for name in sorted(set(names) - pages)]
        self.problems += [f"docs/runbooks/{page}.md: there is no such alert" for page in sorted(pages - set(names))]
        for group in self.groups:
            for alert in group.alerts:
                if alert["dashboard"] not in self.boards:
                    self.problems.append(f"{alert['name']}: there is no dashboard {alert['dashboard']}")
        index = (RUNBOOKS / "README.md").read_text()
        self.problems += [f"docs/runbooks/README.md: {name} is missing" for name in sorted(set(names)) if f"({name}.md)" not in index]

    def runbooks(self):
        commands = set(re.findall(r"^## (gamemetrics [\w -]+)$", (ROOT / "docs/reference/cli.md").read_text(), re.M))
        settings = set(re.findall(r"^\| `([\w.]+)` \|", (ROOT / "docs/reference/configuration.md").read_text(), re.M))
        sections = {name.split(".")[0] for name in settings if "." in name}
        for path in sorted(RUNBOOKS.glob("*.md")):
            text, where = path.read_text(), f"docs/runbooks/{path.name}"
            for query in queries_of(text):
                self.expression(where, query)
                self.queries.append(query)
            if path.stem not in PROCEDURES:
                found = tuple(re.findall(r"^## (.+)$", text, re.M))
                if found != SECTIONS:
                    self.problems.append(f"{where}: its sections are {found}, not {SECTIONS}")
            for words in re.findall(r"(?:^|[;|&(] )gamemetrics ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", "\n".join(code_of(text)), re.M):
                parts = words.split()
                if f"gamemetrics {words}" not in commands and f"gamemetrics {parts[0]}" not in commands:
                    self.problems.append(f"{where}: there is no command gamemetrics {words}")
            for setting in re.findall(r"`(\w+\.\w+(?:\.\w+)?)", text):
                if setting.split(".")[0] in sections and setting not in settings:
                    self.problems.append(f"{where}: there is no setting {setting}")
            for metric in re.findall(r"\b((?:gamemetrics|http_server)_[a-z0-9_]+)\b", text):
                if metric not in self.own and f"{metric}_bucket" not in self.own:
                    self.problems.append(f"{where}: there is no metric {metric}")


def queries_of(text):
    """One a line."""
    return [line for block in re.findall(r"```promql\n(.*?)```", text, re.S) for line in block.splitlines()]


def code_of(text):
    """Fenced blocks and inline code."""
    return re.findall(r"```\w*\n(.*?)```", text, re.S) + re.findall(r"`([^`\n]+)`", text)


def families(series):
    return {re.sub("_(bucket|sum|count)$", "", name) for name in series}


def rule_file(queries):
    rules_ = [{"record": f"query:number_{number}", "expr": query} for number, query in enumerate(queries)]
    return json.dumps({"groups": [{"name": "queries", "rules": rules_}]}, indent=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--expressions", type=pathlib.Path)
    options = parser.parse_args()
    groups = rules.groups(HERE / "source")
    boards = dashboards.boards(HERE / "source/dashboards")
    checker = Checker(groups, boards)
    checker.all_expressions()
    checker.alerts_and_pages()
    checker.runbooks()
    checker.problems += dashboards.problems(boards)
    if options.expressions:
        options.expressions.write_text(rule_file(checker.queries))
    for problem in checker.problems:
        print(f"PROBLEM {problem}")
    own = sorted(name for name in checker.used if name in checker.own)
    unwatched = sorted(families(checker.own) - families(own))
    print(f"{len(checker.used)} metrics used, {len(own)} of them series of ours; used by no rule and no dashboard: {', '.join(unwatched) or 'none of ours'}")
    print(f"{len(checker.problems)} problems")
    return 1 if checker.problems else 0


if __name__ == "__main__":
    sys.exit(main())
