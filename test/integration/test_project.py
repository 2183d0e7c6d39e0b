"""A project's time zone or currency is changed: every number is that of a server that had it from the start."""
import json
import random
import subprocess
import time

import pytest
from gamemetrics_server import BINARY, Server

FIRST, LAST = "2026-03-27", "2026-11-03"
METRICS = ("dau", "wau", "new_players", "sessions", "session_minutes", "events", "payers", "revenue")
QUESTIONS = {"retention": {"days": [0, 1, 3]}, "ltv": {"days": [0, 3]}, "lifecycle": {}, "trend": {"series": [{"measure": "revenue"}]}}
# Around the days in October, November and March on which clocks change in Los Angeles and Berlin, and around midnight.
MOMENTS = ("2026-03-28T23:30:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T21:59:00Z", "2026-03-29T22:01:00Z", "2026-10-25T00:59:00Z",
           "2026-10-25T01:01:00Z", "2026-10-25T22:59:00Z", "2026-10-25T23:01:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z", "2026-11-01T15:59:00Z",
           "2026-11-01T16:01:00Z", "2026-11-02T07:59:00Z", "2026-11-02T08:01:00Z")
EVENTS = [
    {"event": "start", "player_id": "device", "time": "2026-11-01T06:30:00Z"},  # still the 31st in Los Angeles
    {"event": "$identify", "player_id": "anna", "time": "2026-11-01T07:30:00Z", "properties": {"$anon_distinct_id": "device"}},
    {"event": "purchase", "player_id": "anna", "time": "2026-11-02T07:30:00Z", "revenue": {"amount": "3.00", "currency": "USD"}},
    {"event": "purchase", "player_id": "bert", "time": "2026-11-02T08:30:00Z", "revenue": {"amount": "2.00", "currency": "EUR"}},
    *({"event": "start", "player_id": f"p{n % 5}", "time": moment} for n, moment in enumerate(MOMENTS)),
]


def arguments_of(server, *arguments):
    return [BINARY, "project", *arguments, *(f"--{k}={v}" for k, v in {"data_dir": server.data_dir, **server.settings}.items())]


def project(server, *arguments):
    return subprocess.run(arguments_of(server, *arguments), capture_output=True, text=True, timeout=120)


def answer(server, kind, question):
    body = server.post(f"/api/v1/query/{kind}", {"from": FIRST, "to": LAST, **question}, key=server.project_key).json()
    return {"timezone": body["timezone"], "rows": body["rows"]}


def numbers(server):
    server.wait_processed()
    return {**{name: server.metric(name, FIRST, LAST) for name in METRICS}, **{kind: answer(server, kind, question) for kind, question in QUESTIONS.items()}}


def play(server):
    assert server.send(EVENTS, historical=True).json()["accepted"] == len(EVENTS)
    return numbers(server)


@pytest.mark.parametrize("zone,currency", [("America/Los_Angeles", "EUR"), ("Asia/Shanghai", "USD"), ("America/Phoenix", "USD"), ("Europe/Berlin", "EUR")])
def test_another_zone_and_currency_count_everything_anew(tmp_path, zone, currency):
    born = Server(tmp_path / "born", {"project.time_zone": zone, "project.currency": currency})
    born.start()
    expected = play(born)
    assert born.stop() == 0

    server = Server(tmp_path / "data")
    server.start()
    assert play(server) != expected
    assert server.stop() == 0
    changed = project(server, "set", "--time-zone", zone, "--currency", currency)
    assert changed.returncode == 0 and f"{len(EVENTS)} events" in changed.stdout, changed.stderr
    listed = json.loads(project(server, "list", "-o", "json").stdout)
    assert [(one["time_zone"], one["currency"]) for one in listed] == [(zone, currency)]
    assert sorted(p.name for p in (server.data_dir / "store").iterdir()) == ["analytics.duckdb"]
    server.start()
    assert numbers(server) == expected
    assert server.get("/api/v1/project").json()["timezone"] == zone
    assert server.stop() == 0


def test_what_cannot_be_changed_is_refused(tmp_path):
    server = Server(tmp_path / "data")
    assert "gm-project-unknown" in project(server, "list").stderr
    server.start()
    before = play(server)
    assert before["dau"]["2026-10-31"] == 0 and before["revenue"]["2026-11-02"] == 3
    running = project(server, "set", "--time-zone", "America/Los_Angeles")
    assert running.returncode == 69 and "gm-data-dir-in-use" in running.stderr
    assert "UTC" in project(server, "list").stdout
    assert server.stop() == 0
    assert project(server, "set").returncode == 64
    assert "gm-time-zone-unknown" in project(server, "set", "--time-zone", "Mars/Olympus").stderr
    assert "gm-config-invalid-value" in project(server, "set", "--currency", "euro").stderr
    assert "gm-project-unknown" in project(server, "set", "--project", "7", "--currency", "EUR").stderr
    server.start()
    assert numbers(server) == before
    assert server.stop() == 0


def test_a_change_that_is_killed_is_made_or_is_not(tmp_path):
    """Killed at any moment, it leaves the zone and the numbers of before, or those of a server born so; the next start needs no help."""
    zones = ("America/Los_Angeles", "UTC")
    expected = {}
    for zone in zones:
        born = Server(tmp_path / zone.replace("/", "-"), {"project.time_zone": zone})
        born.start()
        expected[zone] = play(born)
        assert born.stop() == 0
    server = Server(tmp_path / "data")
    server.start()
    play(server)
    assert server.stop() == 0
    began = time.monotonic()
    assert project(server, "set", "--time-zone", zones[0]).returncode == 0
    took, pick, told = time.monotonic() - began, random.Random(5), zones[0]
    for _ in range(12):
        wanted = zones[1] if told == zones[0] else zones[0]
        change = subprocess.Popen(arguments_of(server, "set", "--time-zone", wanted), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            change.wait(timeout=took * pick.uniform(0.2, 1.1))
        except subprocess.TimeoutExpired:
            change.kill()
            change.wait()
        server.start()
        told = server.get("/api/v1/project").json()["timezone"]
        assert told in zones and numbers(server) == expected[told]
        assert server.stop() == 0


def test_a_store_that_cannot_be_made_again_stays_as_it_is(tmp_path):
    server = Server(tmp_path / "data", {"log.segment_bytes": "64KiB", "log.retention": "0s", "processor.interval": "5ms"})
    server.start()
    for _ in range(5):
        bulk = [{"event": "start", "player_id": f"p{i}", "time": "2026-11-01T06:30:00Z", "properties": {"text": "x" * 300}} for i in range(300)]
        assert server.send(bulk, historical=True).status == 200
    before = numbers(server)
    assert server.stop() == 0
    archive = sorted((server.data_dir / "objects/log/events.raw").glob("*.seg"))
    assert archive
    archive[0].unlink()
    refused = project(server, "set", "--time-zone", "America/Los_Angeles")
    assert refused.returncode != 0 and "missing:" in refused.stderr and "nothing was changed" in refused.stderr
    server.start()
    assert numbers(server) == before
    assert server.stop() == 0
