"""A disk that refuses to sync: nothing is acknowledged, the process ends with 74, and what was acknowledged before is there."""
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from gamemetrics_server import BINARY, Server, free_port

TODAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400)), time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400))


def event(number):
    return {"event_id": f"e-{number}", "event": "x", "player_id": f"p{number % 5}"}


@pytest.fixture
def failing_sync(tmp_path, monkeypatch):
    """The file whose existence makes fdatasync fail."""
    if not shutil.which("cc"):
        pytest.skip("no C compiler for the preloaded library")
    library, flag = tmp_path / "failing_sync.so", tmp_path / "fail-now"
    source = pathlib.Path(__file__).with_name("failing_sync.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("GM_FAIL_SYNC", str(flag))
    return flag


def test_a_failed_sync_is_never_acknowledged_and_ends_the_process(tmp_path, failing_sync, monkeypatch):
    server = Server(tmp_path / "data")
    server.start()
    assert server.send([event(n) for n in range(100)]).json()["accepted"] == 100
    failing_sync.write_text("")
    try:
        assert server.send([event(n) for n in range(100, 200)]).status == 503
    except OSError:
        pass  # the process was faster than its answer
    assert server.process.wait(timeout=30) == 74, server.log_tail()
    failing_sync.unlink()
    monkeypatch.delenv("LD_PRELOAD")
    server.start()
    assert server.send([event(n) for n in range(100, 200)]).json()["accepted"] == 100
    server.wait_processed()
    assert sum(server.metric("events", *TODAY).values()) == 200
    assert server.stop() == 0


def test_a_second_signal_ends_at_once(tmp_path):
    process = subprocess.Popen([BINARY, "serve", f"--data_dir={tmp_path / 'data'}", f"--http.address=127.0.0.1:{free_port()}",
                                f"--internal.address=127.0.0.1:{free_port()}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout.readline().startswith("Dashboard")
    process.send_signal(signal.SIGSTOP)  # both signals are pending when it goes on
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    assert process.wait(timeout=30) in (128 + signal.SIGINT, 128 + signal.SIGTERM)
