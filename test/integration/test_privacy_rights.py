"""Rectify, restrict, object, lift: what each does to the numbers, to what comes later and to a rebuild, and whom it leaves alone."""
import json
import os
import shutil
import subprocess
import time
import uuid

import pytest

from gamemetrics_server import BINARY, Server

SETTINGS = {"log.segment_bytes": "64KiB", "log.retention": "0s", "processor.interval": "5ms", "privacy.batch_wait": "10ms"}
HIM, DEVICE, OTHER = "zed-0f4b9c7a", "device-71c3e2d8", "neighbour-5521"
MAIL, WRONG = "zed@mail.example", "XW"
DAY = "2026-11-02"


def event(name, player, number, **more):
    return {"event": name, "player_id": player, "event_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {player} {number}")),
            "time": f"{DAY}T10:{number // 60:02}:{number % 60:02}Z", **more}


def his(first=0):
    about = {"country": WRONG, "platform": "ios"}
    events = [event("play", DEVICE, n, **about, properties={"email": MAIL, "level": n, "exact": 12345678901234567890}) for n in range(first, first + 20)]
    events += [event("$identify", HIM, first + 21, **about, properties={"$anon_distinct_id": DEVICE, "$set": {"email": MAIL, "guild": "g"}})]
    events += [event("play", HIM, first + 22 + n, **about, properties={"email": MAIL}) for n in range(20)]
    return events + [event("purchase", HIM, first + 50, revenue={"amount": "9.99", "currency": "USD"})]


def others():
    return [event("play", f"{OTHER}-{n % 7}", n, country="DE", properties={"email": f"p{n}@mail.example", "text": "x" * 300}) for n in range(900)]


def send(server, events):
    verdicts = []
    for start in range(0, len(events), 100):
        answer = server.post("/v1/events", {"events": events[start:start + 100], "historical": True})
        assert answer.status == 200, answer.body
        verdicts.append(answer.json())
        server.wait_processed()  # so that the first segments are archived
    return sum(one["accepted"] for one in verdicts), sum(one["rejected"] for one in verdicts)


def numbers(server):
    server.wait_processed()
    metrics = {name: server.metric(name, DAY, DAY) for name in ("dau", "new_players", "events", "sessions", "revenue", "payers")}
    schema = server.get("/api/v1/schema", limit=200).json()
    shapes = {(one["event"], part["property"], seen["type"]): seen["values"]
              for one in schema["events"] for part in one["properties"] for seen in part["seen"]}
    countries = server.post("/api/v1/sql", {"sql": "SELECT country, platform, count(*) AS n FROM events GROUP BY ALL ORDER BY ALL"}, key=server.project_key)
    players = server.get("/api/v1/players", limit=100).json()["players"]
    known = {one["player_id"]: (one["country"], one["platform"], one["events"]) for one in players}
    return {**metrics, "shapes": shapes, "countries": countries.json()["rows"], "players": known}


def ask(server, kind, player=HIM, **more):
    answer = server.post("/api/v1/privacy/requests", {"kind": kind, "player": player, **more}, key=server.project_key)
    assert answer.status == 200, answer.body
    return answer.json()


def wait_done(server, request, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shown = server.get(f"/api/v1/privacy/requests/{request['id']}").json()
        if shown["state"] == "done":
            return {**shown, "places": {one["place"]: one["items"] for one in shown["places"]}}
        time.sleep(0.05)
    raise AssertionError(f"{shown}\n{server.log_tail()}")


def rebuild(server):
    assert server.stop() == 0
    shutil.rmtree(server.data_dir / "store")
    flags = [f"--{k}={v}" for k, v in {"data_dir": server.data_dir, **server.settings}.items()]
    done = subprocess.run([BINARY, "rebuild", *flags], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    server.start()


def in_files(server, *words):
    return [str(path.relative_to(server.data_dir)) for path in sorted(server.data_dir.rglob("*"))
            if path.is_file() and any(word.encode() in path.read_bytes() for word in words)]


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path / "data", SETTINGS)
    running.start()
    assert send(running, others()[:450] + his() + others()[450:])[1] == 0
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def without_him(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("without") / "data", SETTINGS)
    running.start()
    send(running, others())
    told = numbers(running)
    assert running.stop() == 0
    return told


def test_what_is_put_right_is_right_everywhere_and_stays_so_in_a_rebuild(server):
    before = numbers(server)
    assert any("log/events.raw" in name for name in in_files(server, MAIL)) and any("objects/log" in name for name in in_files(server, MAIL))
    right = {"country": "AT", "platform": None, "properties": {"email": None, "level": "hidden"}}
    done = wait_done(server, ask(server, "rectify", DEVICE, set=right))
    assert done["player"] is None and done["in_force"] is False
    assert done["places"]["store"] == done["places"]["log"] + done["places"]["archive"] == 41, done
    after = numbers(server)
    assert in_files(server, MAIL) == []
    assert after["players"][HIM] == ("AT", None, 42) or after["players"][HIM] == ("AT", "", 42), after["players"][HIM]
    for name in ("dau", "new_players", "events", "sessions", "revenue", "payers"):
        assert after[name] == before[name], name
    same = {key: value for key, value in before["players"].items() if key != HIM}
    assert {key: value for key, value in after["players"].items() if key != HIM} == same
    assert after["shapes"]["play", "level", "string"] == 20 and ("play", "level", "number") not in after["shapes"]
    assert after["shapes"]["play", "email", "string"] == 900
    timeline = server.get(f"/api/v1/players/{HIM}/events", limit=1000).json()["events"]
    assert all("email" not in json.dumps(one) for one in timeline) and any("12345678901234567890" in json.dumps(one) for one in timeline)
    rebuild(server)
    assert numbers(server) == after
    assert in_files(server, MAIL) == []
    # What the game sends afterwards is what the game says.
    send(server, his(100))
    assert numbers(server)["players"][HIM][0] == WRONG


def test_a_rectification_that_is_killed_goes_on_with_the_next_start(server):
    request = ask(server, "rectify", set={"properties": {"email": "x"}})
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2):
        time.sleep(delay)
        server.kill()
        server.start()
    wait_done(server, request)
    assert in_files(server, MAIL) == []
    after = numbers(server)
    rebuild(server)
    assert numbers(server) == after


def test_a_restricted_player_is_in_no_number_until_it_is_lifted(server, without_him):
    before = numbers(server)
    done = wait_done(server, ask(server, "restrict", DEVICE))
    assert done["player"] == DEVICE and done["in_force"] is True and done["ids"] == 2
    assert numbers(server) == without_him
    assert any("objects/log" in name or "log/events.raw" in name for name in in_files(server, MAIL)), "stored, and no more"
    assert send(server, his(100)) == (0, 42)
    assert ask(server, "restrict", HIM)["id"] == done["id"], "it is in force"
    refused = server.post("/api/v1/privacy/exports", {"player": HIM}, key=server.project_key)
    assert (refused.status, refused.json()["code"]) == (409, "gm-privacy-restricted")
    rebuild(server)
    assert {**numbers(server), "shapes": 0} == {**without_him, "shapes": 0}

    lifted = wait_done(server, ask(server, "lift", HIM))
    assert lifted["places"] == {"lifted": 1} and lifted["player"] is None
    assert server.get(f"/api/v1/privacy/requests/{done['id']}").json()["in_force"] is False
    rebuild(server)
    assert numbers(server) == before
    assert send(server, his(100)) == (42, 0)
    assert numbers(server)["players"][HIM][2] == 84


def test_an_objection_keeps_out_what_is_still_to_come(server):
    before = numbers(server)
    done = wait_done(server, ask(server, "object"))
    assert done["in_force"] is True and done["places"] == {}
    assert send(server, his(100)) == (0, 42)
    assert numbers(server) == before
    rebuild(server)
    assert numbers(server) == before, "what was counted stays, also by a rebuild"
    assert send(server, his(100)) == (0, 42)
    wait_done(server, ask(server, "lift"))
    assert send(server, his(100)) == (42, 0)


def test_an_erasure_reaches_who_is_restricted_by_all_of_his_ids(server, without_him):
    wait_done(server, ask(server, "restrict", HIM))
    done = wait_done(server, ask(server, "erase", DEVICE))
    assert done["ids"] == 2 and done["places"]["log"] + done["places"]["archive"] >= 42
    assert in_files(server, HIM, DEVICE, MAIL) == []
    wait_done(server, ask(server, "lift", DEVICE))
    assert send(server, his(100)) == (0, 42), "nothing lifts an erasure"
    rebuild(server)
    assert {**numbers(server), "shapes": 0} == {**without_him, "shapes": 0}


def test_what_is_no_request_is_refused_and_the_command_line_asks_for_the_rest(server):
    path = "/api/v1/privacy/requests"
    for body in ({"kind": "rectify", "player": "a"}, {"kind": "restrict", "player": "a", "set": {"country": "AT"}},
                 {"kind": "rectify", "player": "a", "set": {}}, {"kind": "rectify", "player": "a", "set": {"country": "Austria"}},
                 {"kind": "rectify", "player": "a", "set": "AT"},
                 {"kind": "rectify", "player": "a", "set": {"device": "x"}}, {"kind": "export", "player": "a"}):
        answer = server.post(path, body, key=server.project_key)
        assert (answer.status, answer.json()["code"]) == (400, "gm-privacy-invalid"), (body, answer.body)
    environment = {**os.environ, "GAMEMETRICS_URL": server.url, "GAMEMETRICS_PROJECT_KEY": server.project_key}
    def privacy(*words):
        done = subprocess.run([BINARY, "privacy", *words, "--wait", "-o", "json"], capture_output=True, text=True, timeout=120, env=environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    assert privacy("rectify", "--player", HIM, "--set", '{"country":"AT"}')["state"] == "done"
    assert privacy("object", "--player", HIM)["in_force"] is True
    assert privacy("restrict", "--player", HIM)["in_force"] is True
    assert privacy("lift", "--player", HIM)["places"][0]["items"] == 2
    nobody = privacy("restrict", "--player", "nobody-yet")
    assert nobody["ids"] == 1 and send(server, [event("play", "nobody-yet", 1)]) == (0, 1)
