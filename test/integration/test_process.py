"""The process itself: start, weight, refusals, first keys."""
import os
import random
import re
import socket
import stat
import statistics
import subprocess
import time

import pytest

from gamemetrics_server import BINARY, Server, free_port, request


def test_starts_within_a_second_and_idles_small(tmp_path):
    server = Server(tmp_path / "data")
    starts = []
    for _ in range(5):
        starts.append(server.start())
        resident = server.resident_bytes()
        assert server.stop() == 0
    print(f"\nstart to ready: median {statistics.median(starts):.3f} s, longest {max(starts):.3f} s; idle RSS {resident / 2**20:.0f} MiB")
    assert statistics.median(starts) < 1
    assert resident < 150 * 2**20


def test_idles_small_after_work(server):
    """The goal is about a server that has worked: an empty one holds nothing."""
    pick = random.Random(1)
    for n in range(200):
        server.send([{"event": "level_start", "player_id": f"p{pick.randrange(20_000)}", "event_id": f"e{n}-{i}", "properties": {"n": i}}
                     for i in range(500)])
    server.wait_processed()
    at_work, deadline = server.resident_bytes(), time.monotonic() + 30
    while server.resident_bytes() >= 150 * 2**20 and time.monotonic() < deadline:
        time.sleep(0.5)  # it comes to rest ten seconds after the last event
    print(f"\n100,000 events: RSS {at_work / 2**20:.0f} MiB at once, {server.resident_bytes() / 2**20:.0f} MiB at rest")
    assert server.resident_bytes() < 150 * 2**20
    # The players that it forgot are known again, and so is every id.
    server.send([{"event": "level_start", "player_id": "p1", "event_id": "e0-0"}, {"event": "level_start", "player_id": "p1", "event_id": "new"}])
    state = server.wait_processed()
    assert (state["stored"], state["duplicates"]) == (100_001, 1)


def test_the_first_start_makes_keys_once_and_keeps_them_private(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    keys = (server.write_key, server.project_key)
    assert stat.S_IMODE(os.stat(server.keys_file).st_mode) == 0o600
    assert server.stop() == 0
    for path in server.data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(key.encode() in content for key in keys), path
    server.start()
    assert server.get("/api/v1/project", key=keys[1]).status == 200
    server.stop()


def test_nobody_else_can_read_the_data(tmp_path):
    server = Server(tmp_path / "data")
    server.data_dir.mkdir(mode=0o755)
    server.start()
    server.send([{"event": "x", "player_id": "p"}])
    server.wait_processed()
    made = list(server.data_dir.rglob("*"))
    assert {"metadata.sqlite", "analytics.duckdb"} <= {path.name for path in made}
    assert [str(path) for path in made if stat.S_IMODE(path.stat().st_mode) & 0o027] == []
    server.stop()


def test_a_keys_file_that_will_not_be_written_is_told(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    assert server.stop() == 0
    assert "gamemetrics key create" not in server.log_tail(100)
    kept = server.keys_file.read_text()
    server.start()  # with the same file: nothing to tell
    assert server.stop() == 0
    assert "gamemetrics key create" not in server.log_tail(100)
    server.keys_file.unlink()
    server.await_keys = False
    server.start()
    assert server.stop() == 0
    assert "gamemetrics key create" in server.log_tail(100)
    server.keys_file.write_text(kept)


def test_a_mistyped_variable_refuses_to_start_with_a_suggestion():
    result = subprocess.run([BINARY, "serve"], capture_output=True, text=True, timeout=30, env={**os.environ, "GAMEMETRICS_HTTP_ADRESS": "127.0.0.1:0"})
    assert result.returncode == 78
    assert "GAMEMETRICS_HTTP_ADDRESS" in result.stderr


def test_a_first_start_that_fails_keeps_the_keys_for_the_next(tmp_path):
    server = Server(tmp_path / "data")
    with socket.create_server(("127.0.0.1", server.port)):
        refused = subprocess.run([BINARY, "serve", f"--data_dir={server.data_dir}", f"--http.address=127.0.0.1:{server.port}",
                                  "--internal.address=127.0.0.1:0"], capture_output=True, text=True, timeout=30)
        assert refused.returncode not in (0, None) and "gm_wk_" not in refused.stdout
    server.start()
    assert server.send([{"event": "x", "player_id": "p"}]).status == 200
    server.stop()


def test_the_bytes_in_flight_show_in_the_metrics(server):
    def in_flight():
        text = request("GET", server.internal_url + "/metrics").body.decode()
        return float(re.search(r"^gamemetrics_ingest_in_flight_bytes (\S+)$", text, re.MULTILINE).group(1))

    with socket.create_connection(("127.0.0.1", server.port)) as sender:
        sender.sendall(b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b" " * 20000)
        until = time.monotonic() + 5
        while in_flight() < 20000:
            assert time.monotonic() < until
            time.sleep(0.02)
    while in_flight() > 0:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_one_data_directory_serves_one_process(server):
    second = subprocess.run([BINARY, "serve", f"--data_dir={server.data_dir}", f"--http.address=127.0.0.1:{free_port()}",
                             f"--internal.address=127.0.0.1:{free_port()}"], capture_output=True, text=True, timeout=30)
    assert second.returncode not in (0, 1) or "another" in second.stderr.lower(), second.stderr
    assert second.returncode != 0
    assert server.ready()


def test_a_bad_setting_refuses_to_start_with_a_suggestion(tmp_path):
    config = tmp_path / "gamemetrics.yaml"
    config.write_text("ingest:\n  body_byte_max: 1MiB\n")
    result = subprocess.run([BINARY, "serve", "--config", config], capture_output=True, text=True, timeout=30)
    assert result.returncode == 78
    assert "gamemetrics.yaml:2" in result.stderr and "ingest.body_bytes_max" in result.stderr


@pytest.mark.parametrize("flag", ["http.address=8080", "internal.address=localhost:99999", "logging.level=loud", "logging.format=xml",
                                  "http.tls.certificate=/nowhere.pem", "project.currency=dollars", "project.time_zone=Mars/Base"])
def test_config_check_refuses_what_a_start_would_refuse(tmp_path, flag):
    for command in (["config", "check"], ["serve", f"--data_dir={tmp_path}/data"]):
        free = [f"--{name}=127.0.0.1:0" for name in ("http.address", "internal.address") if not flag.startswith(name)]
        result = subprocess.run([BINARY, *command, *free, f"--{flag}"], capture_output=True, text=True, timeout=30)
        assert result.returncode == 78, (command, result.stderr)


def test_an_unknown_flag_is_a_usage_error():
    result = subprocess.run([BINARY, "serve", "--prot"], capture_output=True, text=True, timeout=30)
    assert result.returncode == 64


def test_the_demo_equals_its_truth(tmp_path):
    for seed, zone in ((1, "UTC"), (2, "Asia/Shanghai"), (3, "America/Los_Angeles")):
        result = subprocess.run([BINARY, "demo", "--verify-only", "--seed", str(seed), "--players", "600", "--days", "30",
                                 "--time-zone", zone, "--data-dir", tmp_path / f"demo{seed}", "--port", str(free_port())],
                                capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
        assert "0 differences" in result.stdout
