"""A lost analytics store: the server says so, and `gamemetrics rebuild` makes it again from archive and log."""
import datetime
import shutil
import subprocess
import time
import uuid

from gamemetrics_server import BINARY, Server

TODAY = datetime.datetime.now(datetime.timezone.utc).date()
FIRST, LAST = str(TODAY - datetime.timedelta(days=20)), str(TODAY + datetime.timedelta(days=1))
METRICS = ("dau", "new_players", "events", "sessions", "revenue", "wau")
SETTINGS = {"log.segment_bytes": "64KiB", "log.retention": "0s", "processor.interval": "5ms"}


def command(server, *arguments):
    flags = [f"--{k}={v}" for k, v in {"data_dir": server.data_dir, **server.settings}.items()]
    return subprocess.run([BINARY, *arguments, *flags], capture_output=True, text=True, timeout=120)


def play(server):
    """Some thousands of events of many players and days, a few of them refused or repeated; old segments get archived."""
    noon = datetime.datetime.combine(TODAY, datetime.time(0), datetime.timezone.utc)
    for day in range(12):
        when = (noon - datetime.timedelta(days=day, hours=1)).isoformat()
        events = [{"event": "play" if i % 7 else "purchase", "player_id": f"p{(i * 13 + day) % 90}", "event_id": str(uuid.uuid4()), "time": when,
                   "properties": {"text": "x" * 300}, **({} if i % 7 else {"revenue": {"amount": "1.99", "currency": "USD"}})} for i in range(300)]
        body = {"events": [*events, {"event": "nobody"}], "historical": True}
        assert server.post("/v1/events", body).status == 200
        if day == 5:
            assert server.post("/v1/events", body).status == 200
        server.wait_processed()


def numbers(server):
    server.wait_processed()
    rejected = server.get("/api/v1/rejected", limit=500).json()
    return {**{name: server.metric(name, FIRST, LAST) for name in METRICS}, "top": server.top_events(FIRST, LAST),
            "rejected": rejected["reasons"] if "reasons" in rejected else len(rejected["rows"])}


def archived(server):
    files = []
    for _ in range(100):
        files = sorted((server.data_dir / "objects/log/events.raw").glob("*.seg"))
        if len(files) >= 3:
            break
        time.sleep(0.05)
    assert len(files) >= 3, files
    return files


def test_a_lost_store_is_refused_and_rebuilt_with_equal_numbers(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server)
    before = numbers(server)
    assert sum(before["events"].values()) == 12 * 300
    running = command(server, "rebuild")
    assert running.returncode == 69 and "gm-data-dir-in-use" in running.stderr, running.stderr
    assert server.stop() == 0
    archived(server)

    shutil.rmtree(server.data_dir / "store")
    refused = command(server, "serve", "--http.address=127.0.0.1:0", "--internal.address=127.0.0.1:0")
    assert refused.returncode == 74, refused.stderr
    assert "gm-store-behind-log" in refused.stderr and "gamemetrics rebuild" in refused.stderr

    for _ in range(2):  # from nothing, then from a store that is there
        rebuilt = command(server, "rebuild")
        assert rebuilt.returncode == 0, rebuilt.stderr
        assert "3,600" in rebuilt.stdout, rebuilt.stdout
        assert sorted(p.name for p in (server.data_dir / "store").iterdir()) == ["analytics.duckdb"]
    server.start()
    assert numbers(server) == before
    assert server.send([{"event": "play", "player_id": "later"}]).status == 200
    server.wait_processed()
    assert sum(server.metric("events", FIRST, LAST).values()) == 12 * 300 + 1
    assert server.stop() == 0


def test_a_gap_in_the_archive_is_told_and_the_old_store_kept(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server)
    assert server.stop() == 0
    archived(server)[1].unlink()
    rebuilt = command(server, "rebuild")
    assert rebuilt.returncode == 1, rebuilt.stderr
    assert "missing:" in rebuilt.stderr and "events.raw" in rebuilt.stderr
    assert (server.data_dir / "store/analytics.duckdb.before-rebuild").exists()
    server.start()
    assert 0 < sum(server.metric("events", FIRST, LAST).values()) < 12 * 300
    assert server.stop() == 0


def test_a_log_that_lost_its_end_is_refused_and_accepted_by_command_only(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server)
    assert server.stop() == 0
    shutil.rmtree(server.data_dir / "log")
    refused = command(server, "serve", "--http.address=127.0.0.1:0", "--internal.address=127.0.0.1:0")
    assert refused.returncode == 74 and "gm-log-behind-store" in refused.stderr, refused.stderr
    assert command(server, "log", "accept-loss").returncode == 64
    accepted = command(server, "log", "accept-loss", "--yes")
    assert accepted.returncode == 0, accepted.stderr
    for expected in (1, 2):  # the second start resumes at a stored position, not at the end of the log
        server.start()
        assert server.send([{"event": "play", "player_id": "later"}]).status == 200
        server.wait_processed()
        assert sum(server.metric("events", FIRST, LAST).values()) == 12 * 300 + expected
        server.kill()
