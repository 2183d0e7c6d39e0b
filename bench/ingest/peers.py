#!/usr/bin/env python3
"""Measures any HTTP endpoint that takes events, in the same rounds as ours and the yardstick: same events, same load, CPU seconds from /proc.

A peer is started by whoever measures it, pinned like ours (`taskset -c 0 ...`), on 127.0.0.1. How each form wraps the same events:
  native   {"events": [...]}                     ours
  array    [...]                                 a JSON list of plain events (Benthos, Fluent Bit, Vector)
  posthog  {"api_key", "batch": [...]}           PostHog capture
  otlp     resourceLogs of one scope, the properties as attributes (OpenTelemetry Collector, /v1/logs)

Usage: bench/ingest/peers.py NAME,FORM,http://127.0.0.1:PORT/PATH,PID[,KEY] ... [--kinds batch,single,gzip] [--rounds 3] [--seconds 3] [--connections 64]
       bench/ingest/peers.py --ours ...          starts our server beside them (--build)
"""
import argparse
import datetime
import gzip
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time
import urllib.parse

import run
from run import TICKS, Server, free_port, make_event

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def as_native(events):
    return {"events": events}


def as_posthog(events):
    return {"api_key": "phc_peer", "batch": [{"event": e["event"], "distinct_id": e["player_id"], "uuid": e["event_id"], "timestamp": e["time"],
                                              "properties": {**e["properties"], "session_id": e["session_id"], "platform": e["platform"],
                                                             "country": e["country"], "build": e["build"]}} for e in events]}


def attribute(key, value):
    kind = {bool: "boolValue", int: "intValue", float: "doubleValue"}.get(type(value), "stringValue")
    return {"key": key, "value": {kind: str(value) if kind in ("intValue", "stringValue") else value}}


def as_otlp(events):
    records = []
    for e in events:
        flat = {**{k: v for k, v in e.items() if k not in ("properties", "time", "event")}, **e["properties"]}
        time_ns = int(datetime.datetime.fromisoformat(e["time"].replace("Z", "+00:00")).timestamp() * 1000) * 1_000_000
        records.append({"timeUnixNano": str(time_ns), "severityText": "INFO", "body": {"stringValue": e["event"]},
                        "attributes": [attribute(k, v) for k, v in flat.items()]})
    return {"resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {"name": "game"}, "logRecords": records}]}]}


FORMS = {"native": as_native, "array": list, "posthog": as_posthog, "otlp": as_otlp}
PER_REQUEST = {"batch": 100, "single": 1, "gzip": 100}


def write_bodies(directory, form, kind):
    """The files of 64 requests; the same events for every form."""
    rng, files = random.Random(7), []
    for i in range(64):
        body = json.dumps(FORMS[form]([make_event(rng, j) for j in range(PER_REQUEST[kind])]), separators=(",", ":")).encode()
        path = directory / f"{form}-{kind}{i}.json{'.gz' if kind == 'gzip' else ''}"
        path.write_bytes(gzip.compress(body, 6) if kind == "gzip" else body)
        files.append(path)
    return files


def process_cpu(pid):
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = text[text.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mib(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2 ** 20


class Peer:
    def __init__(self, text):
        self.name, self.form, url, pid, *key = text.split(",")
        self.pid, self.key = int(pid), key[0] if key else "none"
        parts = urllib.parse.urlsplit(url)
        self.port, self.path = parts.port, parts.path + ("?" + parts.query if parts.query else "")

    def measure(self, options, kind, files):
        command = ["taskset", "-c", "1", options.build / "bench/ingest_load", self.port, options.seconds, options.connections, self.path, self.key, 0,
                   PER_REQUEST[kind], *files]
        before = process_cpu(self.pid)
        words = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout.split()
        result = {words[i]: float(words[i + 1]) for i in range(0, len(words), 2)}
        time.sleep(0.3)  # what is still written behind the answers belongs to them
        result["cpu"] = (process_cpu(self.pid) - before) / (result["requests"] * PER_REQUEST[kind] / 1e6)
        result["rss"] = resident_mib(self.pid)
        return result


def start_yardstick(options):
    port = free_port()
    process = subprocess.Popen(["taskset", "-c", "0", options.build / "bench/ingest_yardstick", str(port)])
    time.sleep(0.2)
    return process, Peer(f"yardstick,native,http://127.0.0.1:{port}/v1/events,{process.pid}")


def start_ours(options, directory):
    settings = {"http.threads": 1, "ingest.in_flight_bytes_max": "256MiB", "log.queue_bytes_max": "256MiB", **run.HIGH_LIMITS}
    server = Server(pathlib.Path(directory) / "data", settings)
    server.start()
    os.system(f"taskset -a -p -c 0 {server.process.pid} >/dev/null")
    return server, Peer(f"gamemetrics,native,http://127.0.0.1:{server.port}/v1/events,{server.process.pid},{server.write_key}")


def print_kind(kind, results):
    floor = statistics.median(r["cpu"] for r in results["yardstick"])
    for name, rounds in results.items():
        middle = {key: statistics.median(r[key] for r in rounds) for key in ("cpu", "events/s", "p50_ms", "p99_ms", "rss")}
        print(f"{kind:7} {name:16} {middle['cpu']:8.2f} CPU s per million events, {middle['cpu'] / floor:6.2f} x yardstick, "
              f"{middle['events/s']:11,.0f} events/s, p50 {middle['p50_ms']:.2f} p99 {middle['p99_ms']:.2f} ms, RSS {middle['rss']:.0f} MiB, "
              f"failed {sum(r['failed'] for r in rounds):.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", type=Peer, metavar="NAME,FORM,URL,PID[,KEY]")
    parser.add_argument("--ours", action="store_true")
    parser.add_argument("--kinds", default="batch,single,gzip")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--directory", default=str(ROOT / "build"), help="a directory on the disk to measure")
    options = parser.parse_args()
    for kind in options.kinds.split(","):
        with tempfile.TemporaryDirectory() as bodies, tempfile.TemporaryDirectory(dir=options.directory) as data:
            yardstick, floor = start_yardstick(options)
            ours, own = start_ours(options, data) if options.ours else (None, None)
            everyone = [floor, *([own] if own else []), *options.peers]
            files = {form: write_bodies(pathlib.Path(bodies), form, kind) for form in {p.form for p in everyone}}
            try:
                results = {peer.name: [] for peer in everyone}
                for _ in range(options.rounds):
                    for peer in everyone:
                        results[peer.name].append(peer.measure(options, kind, files[peer.form]))
                print_kind(kind, results)
            finally:
                yardstick.kill()
                yardstick.wait()
                if ours:
                    ours.kill()


if __name__ == "__main__":
    main()
