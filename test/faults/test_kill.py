"""kill -9 at any moment under load: nothing acknowledged is missing, nothing is counted twice.

A ledger outside the server issues events, remembers which were acknowledged and sends the others again after the restart, with the same ids,
as an SDK does. In the end every issued event was acknowledged once, so every number is known exactly.
GM_KILL_ROUNDS (default 20) sets the rounds, GM_KILL_SEED the random stream.
"""
import collections
import os
import random
import statistics
import threading
import time
import uuid

from gamemetrics_server import Server

ROUNDS = int(os.environ.get("GM_KILL_ROUNDS", "20"))
SEED = int(os.environ.get("GM_KILL_SEED", "7"))
SENDERS = 4
BATCH = 50
PLAYERS = 500


class Ledger:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.waiting = collections.deque()  # batches not acknowledged
        self.issued = self.acknowledged = self.purchases = 0
        self.players, self.by_name = set(), collections.Counter()  # of what was acknowledged

    def next_batch(self, now_ms, size=BATCH):
        """A batch that was never acknowledged if there is one, else a new one."""
        with self.lock:
            if self.waiting:
                return self.waiting.popleft()
            return [self.issue(now_ms) for _ in range(size)]

    def issue(self, now_ms):
        self.issued += 1
        event = {"event_id": str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
                 "event": self.random.choice(["level_start", "level_complete", "purchase"]),
                 "player_id": f"p{self.random.randrange(PLAYERS)}", "time": now_ms, "session_id": "s", "properties": {"n": self.issued}}
        if event["event"] == "purchase":
            event["revenue"] = {"amount": "0.99", "currency": "USD"}
        return event

    def settle(self, batch, acknowledged):
        with self.lock:
            if not acknowledged:
                self.waiting.append(batch)
                return
            self.acknowledged += len(batch)
            self.purchases += sum("revenue" in event for event in batch)
            self.players.update(event["player_id"] for event in batch)
            self.by_name.update(event["event"] for event in batch)


def send_until(server, ledger, stop, once=False, size=BATCH):
    while not stop.is_set():
        batch = ledger.next_batch(int(time.time() * 1000), size)
        try:
            answer = server.send(batch)
            ok = answer.status == 200 and answer.json()["accepted"] == len(batch)
            assert ok or answer.status in (429, 503), answer.body
            ledger.settle(batch, ok)
        except OSError:
            ledger.settle(batch, False)
        if once and not ledger.waiting:
            return


def one_round(server, ledger, delay):
    stop = threading.Event()
    senders = [threading.Thread(target=send_until, args=(server, ledger, stop)) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    time.sleep(delay)
    server.kill()
    stop.set()
    for sender in senders:
        sender.join()


def expected_numbers(ledger):
    return {"events": ledger.acknowledged, "players": len(ledger.players), "revenue": round(0.99 * ledger.purchases, 2), "by_name": dict(ledger.by_name)}


def actual_numbers(server, first, last):
    days = [server.metric("events", first, last), server.metric("revenue", first, last)]
    players = server.get("/api/v1/metrics/new_players", **{"from": first, "to": last}).json()["total"]
    return {"events": sum(days[0].values()), "players": players, "revenue": round(sum(days[1].values()), 2),
            "by_name": server.top_events(first, last)}


def test_nothing_lost_nothing_twice(tmp_path):
    server, ledger, pause = Server(tmp_path / "data"), Ledger(SEED), random.Random(SEED + 1)
    starts = []
    first = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400))
    for _ in range(ROUNDS):
        starts.append(server.start())
        one_round(server, ledger, pause.uniform(0.05, 1.5))
    starts.append(server.start())
    send_until(server, ledger, threading.Event(), once=True)
    server.wait_processed()
    last = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400))
    expected, actual = expected_numbers(ledger), actual_numbers(server, first, last)
    server.stop()
    crashed = starts[1:]  # the first found an empty directory
    print(f"\nkill -9: {ROUNDS} rounds, {expected['events']} events, start after a crash: median {statistics.median(crashed):.2f} s, "
          f"longest {max(crashed):.2f} s, "
          f"lost {expected['events'] - actual['events']:+.0f}")
    assert not ledger.waiting
    assert expected["events"] == ledger.issued
    assert actual == expected
    assert statistics.median(crashed) < 10, "the goal is 1 s on a quiet machine; this one may be busy"


def size_of(path):
    """0 when it is not there: a checkpoint takes the file away."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def test_a_crash_under_full_load_leaves_little_to_read_again(tmp_path):
    """What was applied since the store's last checkpoint is read again at the start: its bound is the start's bound."""
    server, ledger, starts = Server(tmp_path / "data"), Ledger(SEED), []
    server.start()
    largest, wal = 0, server.data_dir / "store/analytics.duckdb.wal"
    for _ in range(5):
        stop = threading.Event()
        senders = [threading.Thread(target=send_until, args=(server, ledger, stop, False, 1000)) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        until = time.monotonic() + 3
        while time.monotonic() < until:
            largest = max(largest, size_of(wal))
            time.sleep(0.02)
        server.kill()
        stop.set()
        for sender in senders:
            sender.join()
        starts.append(server.start())
    server.stop()
    print(f"\nstart after a crash under full load: median {statistics.median(starts):.2f} s, longest {max(starts):.2f} s; "
          f"{largest / 2**20:.0f} MiB of the store's log to read at most, {ledger.issued} events")
    assert largest < 34 * 2**20
    assert statistics.median(starts) < 10, "the goal is 1 s on a quiet machine; this one may be busy"


def test_a_clean_stop_loses_nothing_either(tmp_path):
    server, ledger = Server(tmp_path / "data"), Ledger(SEED)
    first = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400))
    for _ in range(3):
        server.start()
        for _ in range(20):
            batch = ledger.next_batch(int(time.time() * 1000))
            assert server.send(batch).status == 200
            ledger.settle(batch, True)
        assert server.stop() == 0
    server.start()
    server.wait_processed()
    last = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400))
    assert actual_numbers(server, first, last) == expected_numbers(ledger)
    server.stop()
