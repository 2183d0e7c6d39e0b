#!/usr/bin/env python3
"""Fairness between keys: one key floods a server at several times its limits, another key of the same project goes on sending steadily. Shows the
steady key's latency in alternating rounds, without the flood and with it, for each form of flood.

The flood and the steady sender run on the same machine as the server, so what the flood's own process takes from the processor is in the figures.

Usage: bench/fairness.py [--rounds 3] [--seconds 4] [--times 4]
"""
import argparse
import gzip
import json
import multiprocessing
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test"))
from gamemetrics_server import BINARY, Server  # noqa: E402

REQUESTS_PER_SECOND = 200   # what one key may send
EVENTS_PER_SECOND = 20_000  # the same in batches of a hundred
STEADY_PER_SECOND = 100
SETTINGS = {"ingest.key_requests_per_second": REQUESTS_PER_SECOND, "ingest.key_events_per_second": EVENTS_PER_SECOND, "ingest.key_burst": "1s"}


def events(count):
    return [{"event_id": str(uuid.uuid4()), "event": "x", "player_id": f"p{i}", "properties": {"text": "lorem ipsum " * 8, "n": i}} for i in range(count)]


def post(path, body, key, *lines):
    head = [f"POST {path} HTTP/1.1", "Host: game", f"Authorization: Bearer {key}", "Content-Type: application/json", f"Content-Length: {len(body)}", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def posthog_events(key, count):
    return {"api_key": key, "batch": [{"event": "x", "distinct_id": f"p{i}", "uuid": str(uuid.uuid4()), "properties": e["properties"]}
                                      for i, e in enumerate(events(count))]}


def floods(key):
    """{name: (request, requests a second at one time the limit)}"""
    native, many = json.dumps({"events": events(100)}).encode(), json.dumps({"events": events(1000)}).encode()
    return {
        "small requests": (post("/v1/events", json.dumps({"events": events(1)}).encode(), key), REQUESTS_PER_SECOND),
        "batches of 100, gzip": (post("/v1/events", gzip.compress(native), key, "Content-Encoding: gzip"), REQUESTS_PER_SECOND),
        "batches of 1000": (post("/v1/events", many, key), EVENTS_PER_SECOND / 1000),
        "PostHog batches of 100": (post("/batch/", json.dumps(posthog_events(key, 100)).encode(), key), REQUESTS_PER_SECOND),
    }


def exchange(connection, request):
    """The status of the answer."""
    connection.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return int(head[9:12])


def send_at(port, request, rate, seconds):
    """(latencies in ms from the moment each request was due, {status: count})"""
    took, counted = [], {}
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start, number = time.monotonic(), 0
        while (due := start + number / rate) < start + seconds:
            time.sleep(max(0.0, due - time.monotonic()))
            status = exchange(connection, request)
            took.append((time.monotonic() - due) * 1000)
            counted[status] = counted.get(status, 0) + 1
            number += 1
    return took, counted


def flood(port, request, rate, seconds, results):
    results.put(send_at(port, request, rate, seconds)[1])


def quantile(values, q):
    return sorted(values)[int(q * (len(values) - 1))]


def second_key(server):
    made = subprocess.run([BINARY, "key", "create", "write", f"--data_dir={server.data_dir}"], capture_output=True, text=True, check=True)
    time.sleep(2.5)  # the server reads its keys again every two seconds
    return next(word for word in made.stdout.split() if word.startswith("gm_wk_"))


def measure(port, steady, flooding, seconds, connections=4):
    """The steady key's (p50, p99, statuses) and the flood's statuses; `flooding`: (request, rate) or None."""
    results, senders = multiprocessing.Queue(), []
    if flooding:
        request, rate = flooding
        senders = [multiprocessing.Process(target=flood, args=(port, request, rate / connections, seconds + 1, results)) for _ in range(connections)]
        for sender in senders:
            sender.start()
        time.sleep(0.7)
    took, counted = send_at(port, steady, STEADY_PER_SECOND, seconds)
    flooded = {}
    for _ in senders:
        for status, count in results.get(timeout=seconds + 30).items():
            flooded[status] = flooded.get(status, 0) + count
    for sender in senders:
        sender.join()
    return quantile(took, 0.5), quantile(took, 0.99), counted, flooded


def compare(server, flooding_key, times, rounds, seconds):
    """Yields (flood, p50 without, p99 without, p50 with, p99 with, statuses of the steady key, of the flood); medians over the rounds."""
    steady = post("/v1/events", json.dumps({"events": events(1)}).encode(), server.write_key)
    for name, (request, rate) in floods(flooding_key).items():
        alone, beside = [], []
        for _ in range(rounds):
            alone.append(measure(server.port, steady, None, seconds))
            beside.append(measure(server.port, steady, (request, rate * times), seconds))
        middle = [statistics.median(one[i] for one in runs) for runs in (alone, beside) for i in (0, 1)]
        yield (name, *middle, [one[2] for one in alone + beside], [one[3] for one in beside])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--times", type=float, default=4, help="of the limit that the flood sends")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        server = Server(pathlib.Path(name) / "data", SETTINGS)
        server.start()
        try:
            print(f"{'flood':24} {'p50 alone':>10} {'p99 alone':>10} {'p50 beside':>11} {'p99 beside':>11} {'p99 ratio':>10}  flood's answers")
            for flooded, p50, p99, p50_beside, p99_beside, _, answers in compare(server, second_key(server), options.times, options.rounds, options.seconds):
                print(f"{flooded:24} {p50:8.2f}ms {p99:8.2f}ms {p50_beside:9.2f}ms {p99_beside:9.2f}ms {p99_beside / p99:10.2f}  {answers[-1]}", flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
