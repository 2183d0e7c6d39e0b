#!/usr/bin/env python3
"""Ingestion benchmark: the real `gamemetrics serve`, acknowledged after fsync, alternating with the bare-epoll yardstick of the same run.

The server is pinned to core 0, the load to core 1. CPU seconds are read per thread from /proc: the analytics processor shares the process but is
another job, so it is reported apart. `goal` = yardstick + the log's own cost, times 1.4 (issue of the first slice).

Usage: bench/ingest/run.py [--rounds 3] [--seconds 4] [--build build/release]
"""
import argparse
import gzip
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "test"))
from gamemetrics_server import Server, free_port  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
# The path of an event: network threads and the log. The yardstick has one thread, of its own name.
FRONT_THREADS = re.compile(r"^(gm-http|gm-log|ingest_yardstic)")


def make_event(rng, i):
    return {"event": rng.choice(["level_complete", "session_start", "purchase", "ad_shown", "item_equipped"]),
            "player_id": f"player_{rng.randrange(10 ** 8):08d}", "event_id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "time": time.strftime("%Y-%m-%dT%H:%M:", time.gmtime()) + f"{rng.randrange(60):02d}.{rng.randrange(1000):03d}Z",
            "session_id": f"s_{rng.getrandbits(64):016x}", "platform": rng.choice(["ios", "android", "pc"]), "country": rng.choice(["US", "DE", "KR", "BR"]),
            "build": f"1.42.{rng.randrange(99)}",
            "properties": {"level": rng.randrange(200), "score": rng.randrange(10 ** 6), "duration_ms": rng.randrange(10 ** 6),
                           "price": round(rng.random() * 50, 2), "character": rng.choice(["warrior", "mage", "rogue"]),
                           "first_try": rng.random() < .5, "lib": "gm-unity"}}


def write_bodies(directory):
    """{kind: (events per request, [files])}"""
    rng, kinds = random.Random(7), {"single": (1, []), "batch": (100, []), "gzip": (100, [])}
    for i in range(64):
        single = json.dumps({"events": [make_event(rng, 0)]}, separators=(",", ":")).encode()
        batch = json.dumps({"events": [make_event(rng, j) for j in range(100)]}, separators=(",", ":")).encode()
        for kind, body in (("single", single), ("batch", batch), ("gzip", gzip.compress(batch, 6))):
            path = directory / f"{kind}{i}.json{'.gz' if kind == 'gzip' else ''}"
            path.write_bytes(body)
            kinds[kind][1].append(path)
    return kinds


def thread_cpu(pid):
    """{thread name: CPU seconds}, and what of it was in the kernel."""
    used = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            text = (task / "stat").read_text()
        except OSError:
            continue
        name = text[text.index("(") + 1:text.rindex(")")]
        fields = text[text.rindex(")") + 2:].split()
        used[name] = used.get(name, 0) + (int(fields[11]) + int(fields[12])) / TICKS
    return used


# The limits of a key are on, and above what one key can reach here.
HIGH_LIMITS = {"ingest.key_requests_per_second": 1_000_000, "ingest.key_events_per_second": 10_000_000, "ingest.key_bytes_per_second": "8GiB"}


def load(build, port, seconds, connections, key, kind, rate=0):
    events, files = kind
    command = ["taskset", "-c", "1", build / "bench/ingest_load", str(port), str(seconds), str(connections), "/v1/events", key, str(rate), str(events), *files]
    output = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
    words = output.split()
    return {words[i]: float(words[i + 1]) for i in range(0, len(words), 2)}


def measure(pid, *arguments, **options):
    before = thread_cpu(pid)
    result = load(*arguments, **options)
    after = thread_cpu(pid)
    spent = {name: after[name] - before.get(name, 0) for name in after}
    events = result["events/s"] * result["seconds"] / 1e6
    result["front"] = sum(v for n, v in spent.items() if FRONT_THREADS.match(n)) / events
    result["processor"] = sum(v for n, v in spent.items() if not FRONT_THREADS.match(n)) / events
    return result


def one_round(options, bodies, kind, results):
    port = free_port()
    yardstick = subprocess.Popen(["taskset", "-c", "0", options.build / "bench/ingest_yardstick", str(port)])
    time.sleep(0.2)
    try:
        results["yardstick"].append(measure(yardstick.pid, options.build, port, options.seconds, 64, "none", bodies[kind]))
    finally:
        yardstick.kill()
        yardstick.wait()
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        server = Server(pathlib.Path(directory) / "data", {"http.threads": 1, "ingest.in_flight_bytes_max": "256MiB", "log.queue_bytes_max": "256MiB", **HIGH_LIMITS})
        server.start()
        try:
            os.system(f"taskset -a -p -c 0 {server.process.pid} >/dev/null")
            result = measure(server.process.pid, options.build, server.port, options.seconds, 64, server.write_key, bodies[kind])
            result["rss"] = server.resident_bytes() / 2 ** 20
            results["server"].append(result)
        finally:
            server.kill()


def paced(options, bodies):
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        server = Server(pathlib.Path(directory) / "data", {"http.threads": 1, **HIGH_LIMITS})
        server.start()
        try:
            os.system(f"taskset -a -p -c 0 {server.process.pid} >/dev/null")
            result = measure(server.process.pid, options.build, server.port, 10, 64, server.write_key, bodies["single"], rate=10_000)
        finally:
            server.kill()
    print(f"10,000 single requests/s, open loop, 10 s: p50 {result['p50_ms']:.2f} ms, p99 {result['p99_ms']:.2f} ms, failed {result['failed']:.0f}, "
          f"front {result['front'] * result['events/s'] / 1e6 * 100:.0f} % of a core")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--directory", default=str(ROOT / "build"), help="a directory on the disk to measure")
    parser.add_argument("--log-cost", type=float, default=0.31, help="CPU seconds per million events of bench/log_bench in the same session")
    options = parser.parse_args()
    print(f"{'':8} {'yardstick':>10} {'server':>8} {'ratio':>6} {'goal':>6}  CPU seconds per million events, medians of {options.rounds} alternating rounds")
    with tempfile.TemporaryDirectory() as directory:
        bodies = write_bodies(pathlib.Path(directory))
        for kind in bodies:
            results = {"yardstick": [], "server": []}
            for _ in range(options.rounds):
                one_round(options, bodies, kind, results)
            floor = statistics.median(r["front"] for r in results["yardstick"])
            front = statistics.median(r["front"] for r in results["server"])
            goal = 1.4 * (floor + options.log_cost * (1 if kind != "single" else 0))
            server = results["server"][-1]
            print(f"{kind:8} {floor:10.3f} {front:8.3f} {front / floor:6.2f} {goal:6.2f}  {server['events/s']:,.0f} events/s, "
                  f"p50 {server['p50_ms']:.2f} p99 {server['p99_ms']:.2f} ms, failed {sum(r['failed'] for r in results['server']):.0f}, "
                  f"RSS {server['rss']:.0f} MiB; the processor beside it {statistics.median(r['processor'] for r in results['server']):.2f}")
        paced(options, bodies)


if __name__ == "__main__":
    main()
