#!/usr/bin/env python3
"""Lets a real Prometheus scrape the demo game and asks it every query of the dashboards.

Usage: monitoring/prove_live.py --binary GAMEMETRICS --prometheus PROMETHEUS --node-exporter NODE_EXPORTER
Each query has to return data, unless its panel or its dashboard says in `quiet` why it cannot here; those are listed. Each rule has to evaluate
without an error, and to ask of a histogram what its buckets can tell. Small things that the demo does not do by itself, such as a wrong key, are
done beside it.
"""
import argparse
import contextlib
import datetime
import functools
import http.client
import json
import math
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import dashboards

HERE = pathlib.Path(__file__).resolve().parent
WATCHED_S = 75  # rates over a minute need a minute
SCRAPE = "2s"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ask(url, body=None, headers=None, timeout=10):
    """Status and body; a refusal is an answer."""
    call = urllib.request.Request(url, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(call, timeout=timeout) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def until(what, condition, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"{what} did not happen within {seconds} s")


class Incidents:
    """What the demo game never does: a wrong key, wrong and long questions, a file, a date in the future, a viewer of the live page."""

    def __init__(self, url, write_key, project_key):
        self.url, self.write, self.read = url, {"Authorization": f"Bearer {write_key}"}, {"Authorization": f"Bearer {project_key}"}
        self.over = threading.Event()
        self.threads = [threading.Thread(target=f, daemon=True) for f in (self.repeat, self.watch)]
        for thread in self.threads:
            thread.start()

    def once(self):
        event = json.dumps({"events": [{"event": "level_complete", "player_id": "ada", "time": "2099-01-01T00:00:00Z"}]}).encode()
        ask(f"{self.url}/v1/events", event, self.write)
        ask(f"{self.url}/v1/events", event, {"Authorization": "Bearer gm_wk_nobody"})
        ask(f"{self.url}/api/v1/metrics/dau", headers=self.read)
        ask(f"{self.url}/api/v1/metrics/no_such_metric", headers=self.read)
        for query in ("{ project { name } }", "{ nonsense"):
            ask(f"{self.url}/graphql", json.dumps({"query": query}).encode(), {**self.read, "Content-Type": "application/json"})
        self.question("retention", {"days": [1, 7]})
        self.question("trend", {"series": [{"event": "session_start"}], "engine": "sql"})
        ask(f"{self.url}/api/v1/sql", json.dumps({"sql": "DROP TABLE events"}).encode(), {**self.read, "Content-Type": "application/json"})
        # An answer may be as old as its asker allows, and is then not computed again.
        self.question("trend", {"series": [{"event": "session_start"}]}, {"Cache-Control": "max-age=60"})
        ask(f"{self.url}/api/v1/sql", json.dumps({"sql": "SELECT count(*) FROM events"}).encode(),
            {**self.read, "Content-Type": "application/json", "Accept": "text/csv"})
        self.socket()

    def socket(self):
        """A WebSocket whose client leaves without a word, as one does whose tab is closed."""
        address = urllib.parse.urlsplit(self.url)
        call = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        call.request("GET", "/graphql", headers={"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                                                 "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Protocol": "graphql-transport-ws"})
        answer = call.getresponse()
        if answer.status != 101:
            raise OSError(f"no WebSocket: {answer.status}")
        call.close()

    def question(self, kind, body, headers=None):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        asked = {"from": str(today - datetime.timedelta(days=10)), "to": str(today), **body}
        ask(f"{self.url}/api/v1/query/{kind}", json.dumps(asked).encode(), {**self.read, "Content-Type": "application/json", **(headers or {})})

    def repeat(self):
        while not self.over.wait(1):
            try:
                self.once()
            except OSError as error:
                print(f"an incident did not get through: {error}")

    def watch(self):
        call = urllib.request.Request(f"{self.url}/api/v1/live/stream", headers=self.read)
        with contextlib.suppress(OSError, http.client.HTTPException):  # the server ends before its viewer
            with urllib.request.urlopen(call, timeout=60) as stream:
                while not self.over.is_set() and stream.read1(4096):
                    pass

    def end(self):
        self.over.set()
        self.threads[0].join()


class Stand:
    """The demo, an exporter of the machine's figures and Prometheus, on free ports, in a directory that goes away."""

    def __init__(self, options, folder):
        self.folder, self.processes = folder, []
        self.demo, self.metrics, self.node, self.prometheus = (free_port() for _ in range(4))
        self.start("demo", [options.binary, "demo", "--data-dir", folder / "demo", "--port", self.demo, "--internal-port", self.metrics,
                            "--players", 300, "--days", 15, "--keys-file", folder / "keys"])
        self.start("node", [options.node_exporter, f"--web.listen-address=127.0.0.1:{self.node}"])
        until("the demo", (folder / "keys").is_file, 180)
        (folder / "prometheus.yaml").write_text(self.configuration())
        self.start("prometheus", [options.prometheus, f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/tsdb",
                                  f"--web.listen-address=127.0.0.1:{self.prometheus}"])
        until("Prometheus", lambda: ask(f"http://127.0.0.1:{self.prometheus}/-/ready")[0] == 200, 60)

    def configuration(self):
        jobs = {"gm-all": self.metrics, "node": self.node, "prometheus": self.prometheus}
        scrapes = [{"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]} for job, port in jobs.items()]
        return json.dumps({"global": {"scrape_interval": SCRAPE, "evaluation_interval": "5s"}, "rule_files": [f"{HERE}/rules/*.yaml"],
                           "scrape_configs": scrapes})

    def start(self, name, command):
        log = open(self.folder / f"{name}.log", "wb")
        self.processes.append(subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL))

    def api(self, path, **parameters):
        _, body = ask(f"http://127.0.0.1:{self.prometheus}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=30)
        return json.loads(body)

    def end(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)


def questions():
    """(where, query, why it may be empty or None)"""
    for uid, board in dashboards.boards(HERE / "source/dashboards").items():
        for panel in dashboards.panels(board):
            why = panel.get("quiet") or board.get("quiet")
            for query in panel["queries"] if panel.get("kind") != "logs" else []:
                yield f"{uid}: {panel['title']}", dashboards.concrete(query[0], interval="1m"), why


def verdicts(stand):
    problems, answered, quiet = [], 0, []
    for where, query, why in questions():
        answer = stand.api("query", query=query)
        if answer["status"] != "success":
            problems.append(f"{where}: {answer['error']}")
        elif answer["data"]["result"]:
            answered += 1
        elif why:
            quiet.append((where, why))
        else:
            problems.append(f"{where}: no data for {query}")
    return problems, answered, quiet


def sick_rules(stand):
    groups = stand.api("rules")["data"]["groups"]
    return [f"rule {rule['name']}: {rule.get('lastError') or rule['health']}" for group in groups for rule in group["rules"] if rule["health"] != "ok"]


QUANTILE = re.compile(r"histogram_quantile\(.*?(\w+)_bucket.*?\)\s*>\s*([0-9.]+)", re.DOTALL)
BUCKET = re.compile(r'(\w+)_bucket\{[^}]*\ble="([0-9.]+)"')


def never_true(query, bounds):
    """What a rule asks of a histogram that cannot show it: `bounds` gives a metric's finite buckets, none when it has not been seen."""
    for metric, threshold in QUANTILE.findall(query):
        if bounds(metric) and float(threshold) >= max(bounds(metric)):
            yield f"{metric} tells nothing apart beyond {max(bounds(metric))}; {threshold} is never passed"
    for metric, bound in BUCKET.findall(query):
        if bounds(metric) and float(bound) not in bounds(metric):
            yield f"{metric} has no bucket {bound}"


def blind_rules(stand):
    @functools.cache
    def bounds(metric):
        found = stand.api("query", query=f"count by (le) ({metric}_bucket)")["data"]["result"]
        return {float(row["metric"]["le"]) for row in found} - {math.inf}

    groups = stand.api("rules")["data"]["groups"]
    return [f"rule {rule['name']}: {why}" for group in groups for rule in group["rules"] for why in never_true(rule["query"], bounds)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("binary", "prometheus", "node-exporter"):
        parser.add_argument(f"--{name}", required=True)
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(parser.parse_args(), pathlib.Path(folder))
        try:
            keys = dict(line.split("=", 1) for line in (stand.folder / "keys").read_text().split())
            incidents = Incidents(keys["GAMEMETRICS_URL"], keys["GAMEMETRICS_WRITE_KEY"], keys["GAMEMETRICS_PROJECT_KEY"])
            time.sleep(WATCHED_S)
            problems, answered, quiet = verdicts(stand)
            problems += sick_rules(stand) + blind_rules(stand)
            incidents.end()
        finally:
            stand.end()
    reasons = {}
    for where, why in quiet:
        reasons.setdefault(why, []).append(where)
    for why, places in reasons.items():
        print(f"no data here, {why}: {len(places)} queries" if len(places) > 3 else f"no data here, {why}: {', '.join(places)}")
    for problem in problems:
        print(f"PROBLEM {problem}")
    print(f"{answered} queries returned data, {len(quiet)} cannot here, {len(problems)} problems")
    return 1 if problems or not answered else 0


if __name__ == "__main__":
    sys.exit(main())
