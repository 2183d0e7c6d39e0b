#!/usr/bin/env python3
"""Event to visible: while events come in steadily, one more is sent every 100 ms or so, and the API is asked until it shows it: in a question on events (its
count), and in the timeline of its player. The clock starts before the event is sent, so its acknowledgement (after fsync) is part of it.

Every event of the load has an id of its own, so all of them are stored. Load, probe and server share the machine.

Usage: bench/ingest/visible.py [--rate 5000] [--seconds 40]
"""
import argparse
import http.client
import json
import pathlib
import random
import subprocess
import tempfile
import time
import uuid

from peers import process_cpu
from run import HIGH_LIMITS, ROOT, Server, make_event

EVENTS_PER_REQUEST = 100
GIVE_UP_SECONDS = 30
PAUSE_SECONDS = 0.1


def write_bodies(directory, count):
    """[files] of a hundred events each; no id appears twice."""
    rng, files = random.Random(11), []
    for i in range(count):
        path = directory / f"load{i}.json"
        path.write_text(json.dumps({"events": [make_event(rng, j) for j in range(EVENTS_PER_REQUEST)]}, separators=(",", ":")))
        files.append(path)
    return files


class Probe:
    """One connection that sends an event and asks until it is seen."""

    def __init__(self, server, event):
        self.server, self.event, self.sent = server, event, 0
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=GIVE_UP_SECONDS)

    def ask(self, method, path, key, body=None):
        text = json.dumps(body) if body is not None else None
        self.connection.request(method, path, text, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        value = json.loads(answer.read())
        if answer.status not in (200, 404):
            raise SystemExit(f"{path}: {answer.status} {value}")
        return value

    def send(self, player):
        self.sent += 1
        self.ask("POST", "/v1/events", self.server.write_key, {"events": [{"event": self.event, "player_id": player, "event_id": str(uuid.uuid4())}]})

    def counted(self, today):
        answer = self.ask("POST", "/api/v1/query/trend", self.server.project_key,
                          {"from": today, "to": today, "series": [{"event": self.event, "measure": "events"}]})
        return sum(row["value"] for row in answer["rows"]) >= self.sent

    def in_timeline(self, player):
        answer = self.ask("GET", f"/api/v1/players/{player}/events", self.server.project_key)
        return len(answer.get("events", [])) == 1  # 404 before: nobody has the id

    def seconds_until(self, seen, player):
        start = time.monotonic()
        self.send(player)
        while not seen():
            if time.monotonic() - start > GIVE_UP_SECONDS:
                raise SystemExit(f"not visible after {GIVE_UP_SECONDS} s")
        return time.monotonic() - start


def watch(server, event, seconds):
    """({what is asked: seconds each}); counts and timelines in turn."""
    probe, took = Probe(server, event), {"a question's count": [], "the player's timeline": []}
    until, today = time.monotonic() + seconds, time.strftime("%Y-%m-%d", time.gmtime())
    number = 0
    while time.monotonic() < until:
        player = f"{event}-{number}"
        if number % 2:
            took["the player's timeline"].append(probe.seconds_until(lambda: probe.in_timeline(player), player))
        else:
            took["a question's count"].append(probe.seconds_until(lambda: probe.counted(today), player))
        number += 1
        time.sleep(PAUSE_SECONDS)
    return took


def start_load(options, server, files):
    command = [options.build / "bench/ingest_load", server.port, options.seconds, 8, "/v1/events", server.write_key, options.rate / EVENTS_PER_REQUEST,
               EVENTS_PER_REQUEST, *files]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)


def measure(options, directory):
    files = write_bodies(directory, int(options.rate / EVENTS_PER_REQUEST * options.seconds) + 1)
    server = Server(directory / "data", HIGH_LIMITS)
    server.start()
    try:
        for label, loaded in (("without load", False), (f"{options.rate:,} events/s", True)):
            load = start_load(options, server, files) if loaded else None
            before, begun = process_cpu(server.process.pid), time.monotonic()
            for name, took in watch(server, "loaded" if loaded else "alone", options.seconds - 2 if loaded else 5).items():
                took.sort()
                print(f"{label:16} {name:22} {len(took):4} probes  median {took[len(took) // 2]:.3f} s  p95 {took[int(0.95 * (len(took) - 1))]:.3f} s  "
                      f"longest {took[-1]:.3f} s", flush=True)
            cores = (process_cpu(server.process.pid) - before) / (time.monotonic() - begun)
            print(f"{label:16} the server took {cores:.2f} cores" + (f"; load: {load.communicate()[0].strip()}" if loaded else ""))
    finally:
        server.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=5000, help="events a second")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as directory:
        measure(options, pathlib.Path(directory))


if __name__ == "__main__":
    main()
