"""A player's data as a file: everything of his and nothing of anybody else's, whole after a crash, and gone when its time is over."""
import hashlib
import io
import json
import os
import subprocess
import time
import uuid
import zipfile

import pytest

from gamemetrics_server import BINARY, Server

SETTINGS = {"privacy.batch_wait": "10ms", "query.rows_max": "100"}
HIM, DEVICE, OTHER = "zed-0f4b9c7a", "device-71c3e2d8", "neighbour-5521"
SECTIONS = {"player", "events", "sessions", "days", "links", "refused_events"}


def event(name, player, number, **more):
    # Under an hour ago, so that nothing is late; ids of their own, so that both projects may have the same.
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3000 + number))
    return {"event": name, "player_id": player, "event_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {player} {number}")), "time": when, **more}


def his(note, plays=300):
    events = [event("play", DEVICE, n, properties={"note": note, "level": n, "exact": 12345678901234567890}) for n in range(40)]
    events += [event("$identify", HIM, 41, properties={"$anon_distinct_id": DEVICE})]
    events += [event("play", HIM, 42 + n, session_id=f"s{n // 50}", country="DE", properties={"note": note}) for n in range(plays)]
    return events + [event("purchase", HIM, 50 + plays, revenue={"amount": "9.99", "currency": "USD"})]


def send(server, events, key=None):
    for start in range(0, len(events), 500):
        answer = server.post("/v1/events", {"events": events[start:start + 500]}, key=key)
        assert answer.status == 200 and answer.json()["rejected"] == 0, answer.body
    return len(events)


def another_project(server):
    """(write key, project key) of a second game on the same server"""
    def command(*words):
        done = subprocess.run([BINARY, *words, f"--data_dir={server.data_dir}"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
    number = command("project", "create", "Other")
    keys = [command("key", "create", kind, "--project", number) for kind in ("write", "project")]
    time.sleep(2.5)  # the server reads its keys again every two seconds
    return keys


def ask(server, player, key=None):
    answer = server.post("/api/v1/privacy/exports", {"player": player}, key=key or server.project_key)
    assert answer.status == 200, answer.body
    return answer.json()


def wait_done(server, request, key=None, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shown = server.get(f"/api/v1/privacy/requests/{request}", key=key).json()
        if shown["state"] == "done":
            return shown
        time.sleep(0.05)
    raise AssertionError(f"{shown}\n{server.log_tail()}")


def fetch(server, request, key=None):
    return server.get(f"/api/v1/privacy/requests/{request}/file", key=key)


def opened(archive):
    """The archive's files by name, each as its manifest says."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert packed.testzip() is None
        files = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert {one["path"] for one in manifest["files"]} == set(files) - {"manifest.json"}
    for one in manifest["files"]:
        content = files[one["path"]]
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["bytes"], one["sha256"]), one
        if one["path"].endswith(".json"):
            assert len(json.loads(content)) == one["rows"], one
    return files, manifest


def check_his(archive, count, note, forbidden):
    files, manifest = opened(archive)
    assert set(files) == {"manifest.json", "events.parquet", *(f"{name}.json" for name in SECTIONS)}
    assert set(manifest["ids"]) == {HIM, DEVICE}
    events = json.loads(files["events.json"])
    assert len({one["event_id"] for one in events}) == len(events) == count
    assert {one["player_id"] for one in events} == {HIM, DEVICE}
    assert {one["properties"].get("note") for one in events if one["event"] == "play"} == {note}
    assert b"12345678901234567890" in files["events.json"], "numbers stay as they were sent"
    assert [one["revenue"] for one in events if one["event"] == "purchase"] == [9.99]
    player, = json.loads(files["player.json"])
    assert (player["player_id"], player["events"], player["country"]) == (HIM, count, "DE")
    assert sum(one["events"] for one in json.loads(files["days.json"])) == count
    link, = json.loads(files["links.json"])
    assert (link["kind"], link["member"], link["player"], link["outcome"]) == ("identify", DEVICE, HIM, "joined")
    assert files["events.parquet"][:4] == files["events.parquet"][-4:] == b"PAR1"
    for name, content in files.items():
        assert not any(word.encode() in content for word in forbidden), name
    return files


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("export") / "data", SETTINGS)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def games(server):
    """Two games in which a player of the same ids plays; and what was refused of him, and of somebody else."""
    write_key, project_key = another_project(server)
    count = send(server, his("mine"))
    send(server, [event("play", OTHER, n, properties={"note": "neighbours"}) for n in range(50)])
    other_count = send(server, his("theirs", plays=10), write_key)
    for key, player, note in ((None, HIM, "refused-mine"), (None, OTHER, "refused-neighbours"), (write_key, HIM, "refused-theirs")):
        server.post("/v1/events", {"events": [{"event": "", "player_id": player, "properties": {"note": note}}]}, key=key)
    server.wait_processed()
    return {"mine": (server.project_key, count), "theirs": (project_key, other_count)}


def test_a_game_gets_everything_of_its_player_and_nothing_of_another_games(server, games):
    forbidden = {"mine": ["theirs", OTHER, "neighbours"], "theirs": ['"mine"', "refused-mine", OTHER, "neighbours"]}
    for note, (key, count) in games.items():
        asked = ask(server, DEVICE, key)
        assert asked["kind"] == "export" and asked["file"] is None
        done = wait_done(server, asked["id"], key)
        assert done["ids"] == 2 and done["player"] == DEVICE
        assert {one["place"] for one in done["places"]} == SECTIONS
        archive = fetch(server, asked["id"], key)
        assert archive.status == 200 and archive.headers["Content-Type"] == "application/zip"
        assert (len(archive.body), hashlib.sha256(archive.body).hexdigest()) == (done["file"]["bytes"], done["file"]["sha256"])
        files = check_his(archive.body, count, note, forbidden[note])
        refused, = json.loads(files["refused_events.json"])
        assert f"refused-{note}" in refused["raw"]
        other_key = games["theirs" if note == "mine" else "mine"][0]
        assert fetch(server, asked["id"], other_key).status == 404
        assert server.get(f"/api/v1/privacy/requests/{asked['id']}", key=other_key).status == 404


def test_parquet_says_the_same(server, games):
    parquet = pytest.importorskip("pyarrow.parquet")
    request = wait_done(server, ask(server, HIM)["id"])["id"]
    files, _ = opened(fetch(server, request).body)
    rows = parquet.read_table(io.BytesIO(files["events.parquet"])).to_pylist()
    assert [row["event_id"] for row in rows] == [one["event_id"] for one in json.loads(files["events.json"])]


def test_what_is_no_request_is_refused(server, games):
    path = "/api/v1/privacy/exports"
    for body in ({}, {"player": ""}, {"player": "x" * 201}, {"player": 1}, {"player": "a", "kind": "export"}, []):
        answer = server.post(path, body, key=server.project_key)
        assert (answer.status, answer.json()["code"]) == (400, "gm-privacy-invalid"), (body, answer.body)
    assert server.post(path, {"player": "a"}).status == 403  # a write key
    assert server.post("/api/v1/privacy/requests", {"kind": "export", "player": "a"}, key=server.project_key).status == 400
    assert fetch(server, "00000000-0000-4000-8000-000000000001").json()["code"] == "gm-privacy-unknown"
    nobody = wait_done(server, ask(server, "never seen")["id"])
    assert sum(one["items"] for one in nobody["places"]) == 0
    files, _ = opened(fetch(server, nobody["id"]).body)
    assert files["events.json"] == b"[]\n"


def test_the_command_line_writes_the_file(server, games, tmp_path):
    environment = {**os.environ, "GAMEMETRICS_URL": server.url, "GAMEMETRICS_PROJECT_KEY": server.project_key}
    def privacy(*words):
        return subprocess.run([BINARY, "privacy", *words], capture_output=True, text=True, timeout=120, env=environment)
    done = privacy("export", "--player", HIM, "--file", tmp_path / "him.zip", "-o", "json")
    assert done.returncode == 0, done.stderr
    request = json.loads(done.stdout)
    assert hashlib.sha256((tmp_path / "him.zip").read_bytes()).hexdigest() == request["file"]["sha256"]
    assert privacy("fetch", request["id"], "--file", tmp_path / "again.zip").returncode == 0
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "him.zip").read_bytes()
    missing = privacy("fetch", "00000000-0000-4000-8000-000000000001", "--file", tmp_path / "none.zip")
    assert missing.returncode != 0 and "gm-privacy-unknown" in missing.stderr and not (tmp_path / "none.zip").exists()
    listed = privacy("status")
    assert "export" in listed.stdout


def test_an_export_that_is_killed_goes_on_with_the_next_start(tmp_path):
    server = Server(tmp_path / "data", {**SETTINGS, "query.rows_max": "20"})
    server.start()
    count = send(server, his("mine", plays=3000))
    server.wait_processed()
    request = ask(server, HIM)["id"]
    assert ask(server, HIM)["id"] == request, "one that is open is answered with"
    for delay in (0.0, 0.05, 0.1, 0.2, 0.4):
        time.sleep(delay)
        server.kill()
        server.start()
    done = wait_done(server, request)
    check_his(fetch(server, request).body, count, "mine", [])
    assert done["trouble"] is None
    making = server.data_dir / "privacy-exports"
    deadline = time.monotonic() + 10
    while any(making.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(making.iterdir()) == []
    assert server.stop() == 0


def test_an_erasure_takes_the_file_and_whom_it_was_about(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    send(server, his("mine", plays=20))
    send(server, [event("play", OTHER, n) for n in range(5)])
    mine = wait_done(server, ask(server, HIM)["id"])
    others = wait_done(server, ask(server, OTHER)["id"])
    assert any(HIM.encode() in path.read_bytes() for path in (server.data_dir / "objects").rglob("*.zip"))
    erased = server.post("/api/v1/privacy/requests", {"kind": "erase", "player": HIM}, key=server.project_key).json()
    places = {one["place"]: one["items"] for one in wait_done(server, erased["id"])["places"]}
    assert places["exports"] == 1
    assert not any(word.encode() in path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file() for word in (HIM, DEVICE))
    gone = fetch(server, mine["id"])
    assert (gone.status, gone.json()["code"]) == (404, "gm-privacy-file-gone")
    assert fetch(server, others["id"]).status == 200
    assert wait_done(server, ask(server, DEVICE)["id"])["file"] is None
    assert server.stop() == 0
