"""Grafana dashboards from source/dashboards/*.toml.

A source file says titles, units and queries; everything else of Grafana's JSON is the same for each panel and stands here once. SEL in a query becomes the
selector of the chosen instances.
"""
import json
import re
import tomllib

SELECTOR = 'instance=~"$instance"'
WIDTH, HEIGHT = 24, 8
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
LOGS = {"type": "loki", "uid": "${logs}"}
KINDS = ("timeseries", "stat", "table", "logs", "heatmap")
PANELS_MAX = 25


def boards(source):
    """uid -> the dashboard as its file says it, with the queries filled in"""
    found = {}
    for path in sorted(source.glob("*.toml")):
        board = tomllib.loads(path.read_text())
        for panel in panels(board):
            panel["queries"] = [[expression.replace("SEL", SELECTOR), *legend] for expression, *legend in panel["queries"]]
        assert board["uid"] == path.stem, f"{path.name} has the uid {board['uid']}"
        found[board["uid"]] = board
    return found


def panels(board):
    return [panel for row in board["row"] for panel in row["panel"]]


def expressions(board):
    """(panel title, PromQL) of each query; variables as they are."""
    return [(panel["title"], query[0]) for panel in panels(board) if panel.get("kind") != "logs" for query in panel["queries"]]


def concrete(expression, interval="5m", instance=".+"):
    """The query as Grafana would send it."""
    return expression.replace("$__rate_interval", interval).replace("$__range", "1h").replace("$instance", instance)


def made(source):
    """uid -> JSON text"""
    return {uid: json.dumps(grafana(board), indent=1, ensure_ascii=False) + "\n" for uid, board in boards(source).items()}


def grafana(board):
    shown, y = [], 0
    for row in board["row"]:
        shown.append({"id": len(shown) + 1, "type": "row", "title": row["title"], "collapsed": False, "panels": [],
                      "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}})
        x, y = 0, y + 1
        for panel in row["panel"]:
            width, height = panel.get("width", 12), panel.get("height", HEIGHT)
            if x + width > WIDTH:
                x, y = 0, y + HEIGHT
            shown.append(grafana_panel(panel, len(shown) + 1, {"x": x, "y": y, "w": width, "h": height}))
            x += width
        y += HEIGHT
    return {"uid": board["uid"], "title": board["title"], "description": board["description"], "tags": ["gamemetrics", *board.get("tags", [])],
            "schemaVersion": 41, "version": 1, "editable": False, "graphTooltip": 1, "refresh": "30s", "timezone": "browser",
            "time": {"from": "now-6h", "to": "now"}, "annotations": {"list": [releases()]}, "templating": {"list": variables(board)},
            "links": [{"type": "dashboards", "title": "GameMetrics", "tags": ["gamemetrics"], "asDropdown": True, "keepTime": True, "includeVars": True}],
            "panels": shown}


def releases():
    """A line across all graphs where another version began."""
    return {"name": "Releases", "enable": True, "iconColor": "blue", "datasource": DATASOURCE,
            "expr": "count by (version) (gamemetrics_build_info) unless count by (version) (gamemetrics_build_info offset 5m)"}


def variables(board):
    listed = [{"name": "datasource", "label": "Metrics", "type": "datasource", "query": "prometheus"}]
    if any(panel.get("kind") == "logs" for panel in panels(board)):
        listed.append({"name": "logs", "label": "Logs", "type": "datasource", "query": "loki"})
    source = board.get("instances", "gamemetrics_build_info")
    if any("$instance" in expression for _, expression in expressions(board)):
        listed.append({"name": "instance", "label": "Instance", "type": "query", "datasource": DATASOURCE, "refresh": 2, "sort": 1, "multi": True,
                       "includeAll": True, "allValue": ".+", "query": {"query": f"label_values({source}, instance)", "refId": "instance"},
                       "current": {"text": "All", "value": "$__all"}})
    return listed


def grafana_panel(panel, number, place):
    kind = panel.get("kind", "timeseries")
    source = LOGS if kind == "logs" else DATASOURCE
    targets = [target(query, chr(ord("A") + index), kind, source) for index, query in enumerate(panel["queries"])]
    shown = {"id": number, "type": kind, "title": panel["title"], "description": panel["description"], "datasource": source, "gridPos": place,
             "targets": targets, "options": options(kind)}
    if kind != "logs":
        shown["fieldConfig"] = {"defaults": {"unit": panel["unit"], **custom(kind, panel)}, "overrides": []}
    return shown


def target(query, letter, kind, source):
    made_ = {"refId": letter, "datasource": source, "expr": query[0], "legendFormat": query[1] if len(query) > 1 else ""}
    if kind in ("stat", "table"):
        made_["instant"] = True
    if kind == "table":
        made_["format"] = "table"
    if kind == "heatmap":
        made_["format"] = "heatmap"
    return made_


def options(kind):
    return {"timeseries": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}},
            "stat": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value", "graphMode": "area"},
            "table": {"showHeader": True}, "logs": {"showTime": True, "wrapLogMessage": True, "sortOrder": "Descending"},
            "heatmap": {"calculate": False, "yAxis": {"unit": "s"}, "color": {"mode": "scheme", "scheme": "Oranges"}}}[kind]


def custom(kind, panel):
    if kind == "timeseries":
        stack = {"stacking": {"mode": "normal"}, "fillOpacity": 20} if panel.get("stack") else {"fillOpacity": 5}
        return {"min": 0, "custom": {"lineWidth": 1, "showPoints": "never", **stack}} if panel.get("from_zero", True) else {"custom": stack}
    if kind == "stat" and "red_above" in panel:
        return {"thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": panel["red_above"]}]}}
    return {}


# --- what a dashboard has to keep to -----------------------------------------------------------------------------------

COUNTER = re.compile(r"\b(\w+_total|\w+_count|\w+_bucket)\b")
GAUGES = {"cnpg_backends_total", "cnpg_backends_waiting_total"}  # their exporter names them like counters
RANGE_FUNCTION = re.compile(r"(?:rate|increase|irate)\(\s*$")


def bare_counters(expression):
    """Counters that are shown as they are, which only ever says how long a process has run."""
    return [m.group(1) for m in COUNTER.finditer(expression) if m.group(1) not in GAUGES and not RANGE_FUNCTION.search(expression[:m.start()])]


def panel_problems(panel):
    kind = panel.get("kind", "timeseries")
    for word in ("title", "description", "queries"):
        if not panel.get(word):
            yield f"has no {word}"
    if kind not in KINDS:
        yield f"is of no known kind: {kind}"
    if kind == "logs":
        return
    if not panel.get("unit"):
        yield "has no unit"
    for expression, *_ in panel["queries"]:
        if "rate(" in expression and "[$__rate_interval]" not in expression and "[1h]" not in expression and "[6h]" not in expression:
            yield "has a rate that does not follow $__rate_interval"
        for counter in bare_counters(expression) if not panel.get("since_start") else ():
            yield f"shows the counter {counter} without rate or increase"


def problems(all_boards):
    found = []
    for uid, board in all_boards.items():
        titles = [panel["title"] for panel in panels(board)]
        found += [f"{uid}: two panels are called {title}" for title in sorted({t for t in titles if titles.count(t) > 1})]
        if len(titles) > PANELS_MAX:
            found.append(f"{uid}: {len(titles)} panels are too many to look at (at most {PANELS_MAX})")
        found += [f"{uid}: {panel['title']} {problem}" for panel in panels(board) for problem in panel_problems(panel)]
    return found
