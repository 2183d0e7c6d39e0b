"""The commands against a running server: keys, simulate, import, doctor, log."""
import json
import os
import signal
import subprocess
import time

from gamemetrics_server import BINARY, Server


def run(*arguments, **more):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=120, **more)


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_keys_are_made_and_revoked_while_the_server_runs(server):
    made = run("key", "create", "write", f"--data_dir={server.data_dir}")
    key = made.stdout.strip()
    assert made.returncode == 0 and key.startswith("gm_wk_")
    wait_for(lambda: server.post("/v1/events", {"events": [{"event": "x", "player_id": "p"}]}, key=key).status == 200)
    rows = json.loads(run("key", "list", f"--data_dir={server.data_dir}", "-o", "json").stdout)
    assert [row["kind"] for row in rows] == ["write", "project", "write"]
    assert key not in json.dumps(rows)
    assert run("key", "revoke", rows[2]["id"], f"--data_dir={server.data_dir}").returncode == 0
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.post("/v1/events", {"events": [{"event": "x", "player_id": "p"}]}, key=key).status == 401)
    assert run("key", "revoke", 99, f"--data_dir={server.data_dir}").returncode == 1


def test_simulated_traffic_is_accepted_whole(server):
    result = run("simulate", "--url", server.url, "--key", server.write_key, "--rate", 100, "--seconds", 4)
    assert result.returncode == 0, result.stderr
    assert "rejected 0" in result.stderr
    state = server.wait_processed()
    assert state["stored"] == state["log_end"] > 150


def test_an_interrupted_import_goes_on_and_a_repeated_one_changes_nothing(server, tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("who,what,when\n" + "".join(f"p{i % 50},e{i % 3},2026-01-{1 + i % 28:02} 10:00:00\n" for i in range(20_000)) + "short,row\n")
    (tmp_path / "map.yaml").write_text("event: what\nplayer_id: who\ntime: when\n")
    arguments = ["import", path, "--url", server.url, "--key", server.write_key, "--mapping", tmp_path / "map.yaml"]
    first = subprocess.Popen([BINARY, *map(str, arguments), "--batch", "10", "--connections", "1"], stderr=subprocess.PIPE, text=True)
    state = tmp_path / "events.csv.import-state"
    wait_for(lambda: server.pipeline()["log_end"] > 500)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)
    assert first.returncode == 130
    rows = json.loads(state.read_text())["rows"]
    assert 0 < rows < 20_000
    for _ in range(2):
        again = run(*arguments)
        assert again.returncode == 0 and "1 rows malformed" in again.stderr, again.stderr
        assert not state.exists()
        server.wait_processed()
        assert sum(server.metric("events", "2026-01-01", "2026-01-28").values()) == 20_000


def test_an_import_with_a_wrong_key_or_without_a_server_says_so(server, tmp_path):
    path = tmp_path / "events.ndjson"
    path.write_text('{"event":"x","player_id":"p"}\n')
    wrong = run("import", path, "--url", server.url, "--key", "gm_wk_nonsense")
    assert wrong.returncode == 1 and "gm-key-unknown" in wrong.stderr
    assert run("import", tmp_path / "none.csv", "--url", server.url, "--key", "k").returncode == 74


def test_a_keys_file_is_all_that_the_commands_need(server, tmp_path):
    named = dict(line.split("=", 1) for line in server.keys_file.read_text().splitlines())
    assert set(named) == {"GAMEMETRICS_URL", "GAMEMETRICS_WRITE_KEY", "GAMEMETRICS_PROJECT_KEY"}
    env = {**os.environ, **named}
    path = tmp_path / "events.ndjson"
    path.write_text('{"event":"x","player_id":"p"}\n')
    assert run("import", path, env=env).returncode == 0
    server.wait_processed()
    assert "total,1" in run("query", "events", "-o", "csv", env=env).stdout


def test_query_tells_a_wrong_parameter_once(server):
    result = run("query", "retention", "--days", "0,x", "--url", server.url, "--key", server.project_key)
    assert result.returncode == 1 and result.stderr.count("not a list of integers") == 1, result.stderr


def test_query_rejected_goes_on_where_a_page_ends(server):
    for _ in range(3):
        server.send([{"event": "x"} for _ in range(400)])
    server.wait_processed()
    rows = json.loads(run("query", "rejected", "--limit", 1200, "-o", "json", "--url", server.url, "--key", server.project_key).stdout)["rows"]
    assert len({row["offset"] for row in rows}) == len(rows) == 1200
    fewer = json.loads(run("query", "rejected", "--limit", 700, "-o", "json", "--url", server.url, "--key", server.project_key).stdout)
    assert fewer["rows"] == rows[:700] and fewer["next"] == rows[699]["offset"]


def test_doctor_changes_nothing_not_even_after_a_crash(tmp_path):
    def state():
        # SQLite keeps its shared memory beside a file that was not closed; it holds nothing that lasts.
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in server.data_dir.rglob("*") if path.is_file() and not path.name.endswith("-shm")}

    server = Server(tmp_path / "data")
    flags = [f"--data_dir={server.data_dir}", "--http.address=127.0.0.1:0", "--internal.address=127.0.0.1:0"]
    assert run("doctor", *flags).returncode == 0
    assert not server.data_dir.exists()
    server.start()
    for n in range(20):
        server.send([{"event": "x", "player_id": f"p{n}"}])
    server.wait_processed()
    server.kill()
    segment = next((server.data_dir / "log/events.raw").glob("*.seg"))
    with open(segment, "ab") as torn:
        torn.write(b"half a commit")
    before = state()
    found = run("doctor", *flags, "-o", "json")
    assert found.returncode == 0, found.stdout
    verdicts = {f["check"]: f for f in json.loads(found.stdout)}
    assert verdicts.keys() >= {"event log", "analytics store", "metadata"} and "cuts off" in verdicts["event log"]["text"]
    after = state()
    assert {p.name for p in after} == {p.name for p in before} and after == before


def test_doctor_and_log_check_tell_a_running_server_from_a_stopped_one(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    server.send([{"event": "x", "player_id": "p"}])
    flags = [f"--data_dir={server.data_dir}", f"--http.address=127.0.0.1:{server.port}", f"--internal.address=127.0.0.1:{server.internal_port}"]
    findings = {f["check"]: f["verdict"] for f in json.loads(run("doctor", *flags, "-o", "json").stdout)}
    assert (findings["http.address"], findings["stores"]) == ("problem", "warning")
    assert run("log", "check", flags[0]).returncode == 69
    assert server.stop() == 0
    healthy = run("doctor", *flags, "-o", "json")
    assert healthy.returncode == 0, healthy.stdout
    assert {f["check"] for f in json.loads(healthy.stdout)} >= {"event log", "analytics store", "metadata"}
    segments = json.loads(run("log", "check", flags[0], "-o", "json").stdout)
    assert sum(s["events"] for s in segments) == 1 and all(s["state"] == "good" for s in segments)


def test_a_damaged_log_is_told_and_repaired(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    for n in range(50):
        server.send([{"event": "x", "player_id": "p", "event_id": f"e{n}"}])
    server.wait_processed()
    assert server.stop() == 0
    segment = next((server.data_dir / "log/events.raw").glob("*.seg"))
    damaged = bytearray(segment.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    segment.write_bytes(damaged)
    refused = run("serve", f"--data_dir={server.data_dir}", "--http.address=127.0.0.1:0", "--internal.address=127.0.0.1:0")
    assert refused.returncode == 74 and "gm-log-corrupt" in refused.stderr
    assert run("log", "check", f"--data_dir={server.data_dir}").returncode == 1
    assert run("log", "repair", f"--data_dir={server.data_dir}").returncode == 64
    assert run("log", "repair", "--yes", f"--data_dir={server.data_dir}").returncode == 0
    server.start()
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400)), time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400))
    assert sum(server.metric("events", *today).values()) == 50  # they were in the store already
    assert server.stop() == 0
