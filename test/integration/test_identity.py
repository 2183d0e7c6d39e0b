"""Ids that turn out to be one player: the numbers, the merge log, undo by the command line, and the same after a rebuild."""
import json
import os
import shutil
import subprocess

from gamemetrics_server import BINARY, Server

FIRST, LAST = "2026-11-20", "2026-11-22"
METRICS = ("dau", "new_players", "sessions", "session_minutes", "revenue", "arppu")
EVENTS = [
    {"event": "start", "player_id": "device", "time": "2026-11-20T10:00:00Z"},
    {"event": "start", "player_id": "device", "time": "2026-11-21T10:00:00Z"},
    {"event": "$identify", "player_id": "anna", "time": "2026-11-21T10:10:00Z", "properties": {"$anon_distinct_id": "device"}},
    {"event": "purchase", "player_id": "anna", "time": "2026-11-21T10:20:00Z", "revenue": {"amount": "3.00", "currency": "USD"}},
    {"event": "$create_alias", "player_id": "anna", "time": "2026-11-21T10:21:00Z", "properties": {"alias": "Guest"}},
    {"event": "start", "player_id": "bert", "time": "2026-11-22T10:20:00Z"},
    {"event": "start", "player_id": "device", "time": "2026-11-22T10:20:00Z"},
]


def numbers(server):
    server.wait_processed()
    return {name: list(server.metric(name, FIRST, LAST).values()) for name in METRICS}


def identity(server, *arguments):
    environment = {**os.environ, "GAMEMETRICS_URL": server.url, "GAMEMETRICS_PROJECT_KEY": server.project_key}
    return subprocess.run([BINARY, "identity", *arguments], capture_output=True, text=True, timeout=60, env=environment)


def rebuilt(server):
    assert server.stop() == 0
    shutil.rmtree(server.data_dir / "store")
    done = subprocess.run([BINARY, "rebuild", f"--data_dir={server.data_dir}"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    server.start()
    return numbers(server)


def test_a_player_with_two_ids_is_one_until_it_is_taken_back(tmp_path):
    server = Server(tmp_path / "data", {"processor.interval": "5ms"})
    server.start()
    for event in EVENTS:
        answer = server.post("/v1/events", {"events": [event], "historical": True})
        assert answer.status == 200 and answer.json()["accepted"] == 1, answer.body
    joined = numbers(server)
    assert joined["dau"] == [1, 1, 2] and joined["new_players"] == [1, 0, 1]
    assert joined["sessions"] == [1, 1, 2] and joined["session_minutes"][1] == 21

    listed = json.loads(identity(server, "list", "-o", "json").stdout)
    assert [(link["member"], link["outcome"]) for link in listed] == [("Guest", "id_refused"), ("device", "joined")]
    assert server.get("/api/v1/players", search="device").json()["players"][0]["player_id"] == "anna"
    assert len(server.get("/api/v1/players/device/events").json()["events"]) == 6
    assert rebuilt(server) == joined

    link = next(link["id"] for link in listed if link["outcome"] == "joined")
    assert "joined" in identity(server, "list", "--player", "device").stdout
    undone = identity(server, "undo", link)
    assert undone.returncode == 0, undone.stderr
    parted = numbers(server)
    assert parted["dau"] == [1, 2, 2] and parted["new_players"] == [1, 1, 1]
    assert parted["sessions"] == [1, 2, 2] and parted["session_minutes"][1] == 11 / 2
    again = identity(server, "undo", link)
    assert again.returncode != 0 and "gm-link-unknown" in again.stderr, again.stderr
    listed = json.loads(identity(server, "list", "--player", "device", "-o", "json").stdout)
    assert [(one["outcome"], one["undone_at"] is not None) for one in listed] == [("joined", True)]
    assert rebuilt(server) == parted
    state = server.pipeline()
    assert state["processed"] == state["log_end"] and state["stored"] == len(EVENTS)
    assert server.stop() == 0


def test_a_link_and_an_older_event_of_another_id_in_one_batch_lose_no_session(tmp_path):
    """The event of "old device" lies before everything that was known of the two players: so much of bert has to be read as it concerns."""
    days = "2026-11-16", "2026-11-22"
    before = [
        {"event": "start", "player_id": "bert", "time": "2026-11-17T10:00:00Z"},
        {"event": "start", "player_id": "bert", "time": "2026-11-22T10:00:00Z"},
        {"event": "start", "player_id": "device", "time": "2026-11-22T12:00:00Z"},
        {"event": "$create_alias", "player_id": "device", "time": "2026-11-22T12:01:00Z", "properties": {"alias": "old device"}},
    ]
    together = [
        {"event": "start", "player_id": "old device", "time": "2026-11-16T10:00:00Z"},
        {"event": "$create_alias", "player_id": "bert", "time": "2026-11-22T12:02:00Z", "properties": {"alias": "device"}},
    ]
    server = Server(tmp_path / "data", {"processor.interval": "5ms"})
    server.start()
    assert server.post("/v1/events", {"events": before, "historical": True}).json()["accepted"] == 4
    server.wait_processed()
    assert server.stop() == 0
    server.start()  # nothing of them is in memory
    assert server.post("/v1/events", {"events": together, "historical": True}).json()["accepted"] == 2
    numbers(server)
    sessions = list(server.metric("sessions", *days).values())
    assert sessions == [1, 1, 0, 0, 0, 0, 2], sessions
    assert list(server.metric("new_players", *days).values()) == [1, 0, 0, 0, 0, 0, 0]
    rebuilt(server)
    assert list(server.metric("sessions", *days).values()) == sessions
    assert server.stop() == 0
