"""The erasure drill: a player seeded everywhere is erased; no byte of him is left, nothing brings him back, everybody else's numbers stay."""
import datetime
import json
import os
import random
import shutil
import subprocess
import time
import uuid

import pytest

from gamemetrics_server import BINARY, Server

# The game's last day: one that has ended, because events of a moment that is to come are counted at their receipt.
TODAY = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)
FIRST, LAST = str(TODAY - datetime.timedelta(days=20)), str(TODAY + datetime.timedelta(days=1))
METRICS = ("dau", "new_players", "events", "sessions", "session_minutes", "revenue", "arppu", "wau", "payers")
SETTINGS = {"log.segment_bytes": "64KiB", "log.retention": "0s", "processor.interval": "5ms", "privacy.batch_wait": "10ms"}
HIM, DEVICE, MARKER = "zed-0f4b9c7a", "device-71c3e2d8", "Marker_of_Zed_a55a"
TEXTS = [text.encode() for text in (HIM, DEVICE, MARKER)]


def event(name, player, day, minute, **more):
    noon = datetime.datetime.combine(TODAY, datetime.time(12), datetime.timezone.utc)
    when = noon - datetime.timedelta(days=day) + datetime.timedelta(minutes=minute)
    number = random.Random(f"{name} {player} {day} {minute}")
    return {"event": name, "player_id": player, "event_id": str(uuid.UUID(int=number.getrandbits(128))), "time": when.isoformat(), **more}


def money(amount, currency="USD"):
    return {"amount": amount, "currency": currency}


def his():
    """A guest on a device who signs in, pays in two currencies, and whose client is broken now and then."""
    note = {"note": MARKER, MARKER: 1}
    events = [event("play", DEVICE, day, minute, properties=note) for day in (9, 8, 7) for minute in (0, 50)]
    events += [event("$identify", HIM, 7, 60, properties={"$anon_distinct_id": DEVICE})]
    events += [event("play", HIM, day, minute, properties=note) for day in (6, 5, 0) for minute in (0, 3)]
    events += [event("purchase", HIM, 5, 4, revenue=money("9.99"), properties=note), event("purchase", HIM, 4, 4, revenue=money("5.00", "CHF"))]
    events += [event(f"only_{MARKER}", HIM, 3, 1)]
    return events


def others():
    events = [event("play", f"p{i}", day, i % 50, properties={"level": i % 7, "text": "x" * 200}) for day in range(10) for i in range(60)]
    events += [event("purchase", f"p{i}", i % 9, 55, revenue=money("1.99")) for i in range(0, 60, 5)]
    return events + [event("purchase", "p7", 4, 56, revenue=money("3.00", "CHF"))]


BROKEN = [{"event": "", "player_id": HIM, "properties": {"note": MARKER}}, {"player_id": "p1", "properties": {}}]
UNREADABLE = f'{{"events":[{{"player_id":"{HIM}","note":"{MARKER}",,,'.encode()


def send(server, events):
    answer = server.post("/v1/events", {"events": events, "historical": True})
    assert answer.status == 200, answer.body
    return answer.json()


def play(server, with_him):
    everybody = others()
    for start in range(0, len(everybody), 60):
        mixed = everybody[start:start + 60]
        # In one request with others, and in one frame of the log; by the end the first of them are archived.
        own = {240: his()[:9], 600: his()[9:]}.get(start, []) if with_him else []
        mixed = [one for pair in zip(mixed, own + [None] * 60) for one in pair if one]
        send(server, mixed)
        server.wait_processed()
    send(server, BROKEN if with_him else BROKEN[1:])
    if with_him:
        assert server.post("/v1/events", UNREADABLE).status == 400
    server.wait_processed()


def money_left_out(answer):
    return answer.get("unconverted") or answer["explanation"]["unconverted"]


def numbers(server):
    server.wait_processed()
    schema = server.get("/api/v1/schema", limit=200).json()
    shapes = {(one["event"], one["events"], part["property"], seen["type"]): seen["values"]
              for one in schema["events"] for part in one["properties"] for seen in part["seen"]}
    revenue = server.get("/api/v1/metrics/revenue", **{"from": FIRST, "to": LAST}).json()
    assert [one["currency"] for one in money_left_out(revenue)] == ["CHF"]
    return {**{name: server.metric(name, FIRST, LAST) for name in METRICS}, "top": server.top_events(FIRST, LAST), "shapes": shapes,
            "retention": server.get("/api/v1/retention", **{"from": FIRST, "to": LAST, "days": "0,1,3"}).json()["cohorts"],
            "other money": money_left_out(revenue), "rejected": len(server.get("/api/v1/rejected", limit=500).json()["rows"])}


def hits(server):
    """Files that hold a text of his."""
    found = []
    for path in sorted(server.data_dir.rglob("*")):
        if path.is_file() and any(text in path.read_bytes() for text in TEXTS):
            found.append(str(path.relative_to(server.data_dir)))
    return found


def privacy(server, *arguments):
    environment = {**os.environ, "GAMEMETRICS_URL": server.url, "GAMEMETRICS_PROJECT_KEY": server.project_key}
    return subprocess.run([BINARY, "privacy", *arguments], capture_output=True, text=True, timeout=300, env=environment)


def wait_done(server, request, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shown = server.get(f"/api/v1/privacy/requests/{request}").json()
        if shown["state"] == "done":
            return shown
        time.sleep(0.1)
    raise AssertionError(f"{shown}\n{server.log_tail()}")


@pytest.fixture(scope="module")
def without_him(tmp_path_factory):
    """The numbers of a game that he never played."""
    server = Server(tmp_path_factory.mktemp("without") / "data", SETTINGS)
    server.start()
    play(server, with_him=False)
    told = numbers(server)
    assert server.stop() == 0
    return told


def seeded(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server, with_him=True)
    assert server.get("/api/v1/players", search=DEVICE).json()["players"][0]["player_id"] == HIM
    return server


def check_gone(server, without_him):
    found = numbers(server)
    # What he sent again is kept as a refusal without a word of his.
    assert {**found, "rejected": 0} == {**without_him, "rejected": 0}
    assert hits(server) == []
    for player in (HIM, DEVICE):
        assert server.get("/api/v1/players", search=player).json()["players"] == []
    live = server.get("/api/v1/live").json()
    assert HIM not in json.dumps(live) and MARKER not in json.dumps(live)


def check_stays_gone(server, without_him):
    """The same bytes once more, and a device that hands his old id to a new player."""
    count = len(his())
    again = send(server, his())
    assert (again["accepted"], again["rejected"]) == (0, count)
    assert {one["tag"] for one in again["results"]} == {"player_id_refused"}
    assert send(server, BROKEN[:1])["rejected"] == 1
    assert server.post("/v1/events", UNREADABLE).status == 400
    linked = send(server, [event("$identify", "somebody-new", 0, 1, properties={"$anon_distinct_id": DEVICE})])
    assert (linked["accepted"], linked["rejected"]) == (0, 1)
    check_gone(server, without_him)


def test_nothing_is_left_of_an_erased_player_and_nothing_brings_him_back(tmp_path, without_him):
    server = seeded(tmp_path)
    before = hits(server)
    assert any(name.startswith("log/events.raw") for name in before) and any(name.startswith("log/events.rejected") for name in before), before
    assert any(name.startswith("objects/log") for name in before), before
    assert numbers(server) != without_him

    refused = privacy(server, "erase", "--player", HIM)
    assert refused.returncode != 0 and "--yes" in refused.stderr
    done = privacy(server, "erase", "--player", DEVICE, "--yes", "--wait", "-o", "json")
    assert done.returncode == 0, done.stderr + server.log_tail()
    told = json.loads(done.stdout)
    places = {one["place"]: one["items"] for one in told["places"]}
    assert told["state"] == "done" and told["ids"] == 2 and told["player"] is None
    assert places["store"] == len(his()) and places["rejected_events"] == 2 and places["identity_links"] == 1
    assert places["log"] + places["archive"] == len(his()) + 2, places
    assert {"live", "log_set_aside", "store_files", "behavior_index"} <= set(places)
    received, due = (datetime.datetime.fromisoformat(told[name]) for name in ("received_at", "due_at"))
    assert due - received == datetime.timedelta(days=30)

    check_gone(server, without_him)
    assert numbers(server)["rejected"] == without_him["rejected"]
    check_stays_gone(server, without_him)

    listed = privacy(server, "status")
    assert listed.returncode == 0 and "done" in listed.stdout and HIM not in listed.stdout
    metrics = server.get("/api/v1/privacy/requests").json()["requests"]
    assert [one["state"] for one in metrics] == ["done"]

    kept = numbers(server)
    assert server.stop() == 0
    shutil.rmtree(server.data_dir / "store")
    flags = [f"--{k}={v}" for k, v in {"data_dir": server.data_dir, **server.settings}.items()]
    rebuilt = subprocess.run([BINARY, "rebuild", *flags], capture_output=True, text=True, timeout=120)
    assert rebuilt.returncode == 0, rebuilt.stderr
    server.start()
    assert numbers(server) == kept
    check_stays_gone(server, without_him)
    assert server.stop() == 0


def test_an_erasure_that_is_killed_goes_on_with_the_next_start(tmp_path, without_him):
    server = seeded(tmp_path)
    answer = server.post("/api/v1/privacy/requests", {"kind": "erase", "player": HIM}, key=server.project_key)
    assert answer.status == 200, answer.body
    request = answer.json()["id"]
    again = server.post("/api/v1/privacy/requests", {"kind": "erase", "player": HIM}, key=server.project_key)
    assert again.json()["state"] == "done" or again.json()["id"] == request
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2, 0.3):
        time.sleep(delay)
        server.kill()
        server.start()
    wait_done(server, request)
    check_gone(server, without_him)
    check_stays_gone(server, without_him)
    assert server.stop() == 0


def test_what_is_no_request_is_refused(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    path = "/api/v1/privacy/requests"
    for body in ({"kind": "erase"}, {"kind": "other", "player": "a"}, {"kind": "erase", "player": ""}, {"kind": "erase", "player": "x" * 201},
                 {"kind": "erase", "player": 1}, {"kind": "erase", "player": "a", "more": "b"}, []):
        answer = server.post(path, body, key=server.project_key)
        assert (answer.status, answer.json()["code"]) == (400, "gm-privacy-invalid"), (body, answer.body)
    twice = server.post(path, b'{"kind":"erase","player":"a","player":"b"}', key=server.project_key)
    assert (twice.status, twice.json()["code"]) == (400, "gm-privacy-invalid")
    assert server.post(path, {"kind": "erase", "player": "a"}).status == 403  # a write key
    assert server.get(path, limit=0).status == 400
    assert server.get(path + "/00000000-0000-4000-8000-000000000001").status == 404
    nobody = server.post(path, {"kind": "erase", "player": "never seen"}, key=server.project_key).json()
    told = wait_done(server, nobody["id"])
    assert sum(one["items"] for one in told["places"]) == 0 and told["ids"] == 1
    assert server.stop() == 0
