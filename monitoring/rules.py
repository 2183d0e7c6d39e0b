"""Alerting and recording rules from source/alerts/*.toml and source/slos.toml: rule files, their Kubernetes form and their unit tests.

An alert carries its own test: series with which it fires exactly once, and series with which it stays silent.
"""
import dataclasses
import json
import re
import textwrap
import tomllib

RUNBOOKS = "https://github.com/gamemetrics-pro/gamemetrics/blob/main/docs/runbooks"
SEVERITIES = ("page", "ticket", "none")
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
# Burn rates over a long and a short window, as the SRE workbook derives them for a budget of 30 days.
FAST = ((14.4, "1h", "5m"), (6, "6h", "30m"))
SLOW = ((3, "1d", "2h"), (1, "3d", "6h"))


@dataclasses.dataclass
class Group:
    name: str
    records: list  # of dict(record, expr[, labels])
    alerts: list  # of dict as in the source


def groups(source):
    made = [slo_group(source / "slos.toml")]
    for path in sorted((source / "alerts").glob("*.toml")):
        content = tomllib.loads(path.read_text())
        made.append(Group(path.stem, content.get("record", []), content["alert"]))
    for group in made:
        for alert in group.alerts:
            validate(alert)
    return made


def validate(alert):
    wanted = {"name", "expr", "severity", "summary", "description", "dashboard", "fires", "silent", "labels"}
    missing = sorted(wanted - alert.keys())
    assert not missing, f"{alert.get('name')}: lacks {missing}"
    assert alert["severity"] in SEVERITIES, f"{alert['name']}: severity {alert['severity']}"


def ratio(window, slo):
    return f'gamemetrics:slo_errors:ratio_rate{window}{{slo="{slo}"}}'


def burn_condition(slo, budget, windows):
    """The short window ends the alert soon after the errors end."""
    return "\nor\n".join(f"({ratio(long, slo)} > {factor} * {budget}\n  and {ratio(short, slo)} > {factor} * {budget})" for factor, long, short in windows)


def slo_group(path):
    group = Group("slo", [], [])
    for slo in tomllib.loads(path.read_text())["slo"]:
        for window in WINDOWS:
            group.records.append({"record": f"gamemetrics:slo_errors:ratio_rate{window}", "expr": slo["errors"].replace("WINDOW", window),
                                  "labels": {"slo": slo["name"]}})
        group.records.append({"record": "gamemetrics:slo_objective", "expr": f"vector({slo['objective']})", "labels": {"slo": slo["name"]}})
        budget = f"{1 - slo['objective']:.4g}"
        for speed, severity, windows, unit in (("Fast", "page", FAST, "hours"), ("Slow", "ticket", SLOW, "days")):
            group.alerts.append({
                "name": f"{slo['alert']}Burn{speed}", "expr": burn_condition(slo["name"], budget, windows), "severity": severity,
                "summary": f"{slo['promise']} is being broken: the error budget is gone in {unit}",
                "description": f"{{{{ $value | humanizePercentage }}}} of {slo['what']} in the long window; the promise allows {float(budget):.2%}.",
                "dashboard": "gm-slo", "labels": f'slo="{slo["name"]}"', "interval": "2m" if speed == "Fast" else "30m",
                "at": "70m" if speed == "Fast" else "30h", "for": "0m", "fires": slo["bad"], "silent": slo["good"], "value": slo["value"]})
    return group


# --- YAML ------------------------------------------------------------------------------------------------------------

def block(text, indent):
    return "|-\n" + "\n".join(" " * indent + line for line in text.strip().splitlines())


def scalar(text):
    """JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)


def rule_lines(kind, name, rule):
    lines = [f"- {kind}: {name}", f"  expr: {block(rule['expr'], 4)}"]
    if rule.get("for", "0m") != "0m":
        lines.append(f"  for: {rule['for']}")
    if "keep" in rule:
        lines.append(f"  keep_firing_for: {rule['keep']}")
    return lines


def alert_lines(alert):
    lines = rule_lines("alert", alert["name"], alert)
    lines += ["  labels:", f"    severity: {alert['severity']}", "  annotations:"]
    return lines + [f"    {key}: {scalar(text)}" for key, text in annotations(alert).items()]


def record_lines(record):
    lines = rule_lines("record", record["record"], record)
    if "labels" in record:
        lines += ["  labels:"] + [f"    {key}: {value}" for key, value in record["labels"].items()]
    return lines


def annotations(alert):
    return {"summary": alert["summary"], "description": " ".join(alert["description"].split()),
            "runbook_url": f"{RUNBOOKS}/{alert['name']}.md", "dashboard_url": f"/d/{alert['dashboard']}"}


def group_text(group, indent):
    made = [record_lines(record) for record in group.records] + [alert_lines(alert) for alert in group.alerts]
    text = f"groups:\n- name: {group.name}\n  rules:\n" + textwrap.indent("\n".join("\n".join(lines) for lines in made), "  ")
    return textwrap.indent(text, " " * indent) + "\n"


HEADER = "# Made by monitoring/generate.py from monitoring/source.\n"


def prometheus_file(group):
    return HEADER + group_text(group, 0)


def kubernetes_file(group):
    return (HEADER + "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n"
            f"  name: gamemetrics-{group.name}\n  namespace: monitoring\n  labels:\n    app.kubernetes.io/part-of: gamemetrics\nspec:\n" + group_text(group, 2))


# --- unit tests ------------------------------------------------------------------------------------------------------

def label_map(text):
    return dict(re.findall(r'(\w+)="([^"]*)"', text))


def rendered(text, labels, value):
    """What Prometheus makes of a template. A test says itself how the value reads, so that the number is tested as well."""
    text = re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda match: labels.get(match.group(1), ""), text)
    text = re.sub(r"\{\{ \$value[^}]*\}\}", lambda _: value, text)
    assert "{{" not in text, text
    return text


def series(line):
    """'name{labels} values': the values are promtool's short form."""
    cut = line.rfind("} ") + 1 or line.find(" ")
    return {"series": line[:cut], "values": line[cut:].strip()}


def alert_tests(alert):
    labels, at = label_map(alert["labels"]), alert.get("at", "1h")
    expected = {"exp_labels": {**labels, "severity": alert["severity"]},
                "exp_annotations": {key: rendered(text, labels, alert.get("value", "")) for key, text in annotations(alert).items()}}
    cases = [("fires", alert["fires"], [expected])]
    if alert["severity"] != "none":  # the watchdog is never silent
        cases.append(("is silent", alert["silent"], []))
    for word, lines, alerts in cases:
        yield {"name": f"{alert['name']} {word}", "interval": alert.get("interval", "1m"), "input_series": [series(line) for line in lines],
               "alert_rule_test": [{"eval_time": at, "alertname": alert["name"], "exp_alerts": alerts}]}


def tests(all_groups, rule_folder):
    """file name -> content: a file for each group and interval, since promtool evaluates a file at one interval."""
    files = {}
    for group in all_groups:
        for alert in group.alerts:
            interval = alert.get("interval", "1m")
            content = files.setdefault(f"{group.name}-{interval}.yaml", {"rule_files": [str(rule_folder / f"{group.name}.yaml")],
                                                                         "evaluation_interval": interval, "tests": []})
            content["tests"] += alert_tests(alert)
    return {name: json.dumps(content, indent=1) for name, content in files.items()}
