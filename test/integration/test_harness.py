"""The tests' own tools: what they must not let pass."""
import http.server
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_server_that_a_failed_test_started_by_hand_does_not_outlive_it(tmp_path):
    for name in ("conftest.py", "gamemetrics_server.py"):
        shutil.copy(ROOT / "test" / name, tmp_path)
    (tmp_path / "test_that_fails.py").write_text(
        "import pathlib, subprocess\n"
        "from gamemetrics_server import Server\n"
        "def test_that_fails():\n"
        "    Server.started.append(subprocess.Popen(['sleep', '600']))\n"
        f"    pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(Server.started[-1].pid))\n"
        "    assert False\n")
    result = subprocess.run([sys.executable, "-m", "pytest", "-q", tmp_path], capture_output=True, text=True, timeout=60)
    assert "1 failed" in result.stdout, result.stdout
    assert not pathlib.Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()


def test_a_suite_that_ran_nothing_has_failed(capsys):
    suites = load(ROOT / "scripts/run_tests.py")
    suites.SUITES = {"good": lambda suite: suite.add(1, 0), "empty": lambda suite: None}
    assert suites.main(["good"]) == 0
    assert suites.main(["good", "empty"]) == 1
    assert "ran no test" in capsys.readouterr().out


def test_a_documents_server_is_not_taken_for_another_one(tmp_path):
    class Ready(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    commands = load(ROOT / "scripts/run-doc-commands.py")
    stranger = None
    try:
        stranger = http.server.ThreadingHTTPServer(("127.0.0.1", 9464), Ready)
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
    except OSError:
        pass  # somebody listens there already, which is just as good
    try:
        block = {"tag": "run-server", "body": "sleep 1", "expect": None}
        process, code, _ = commands.run_block(block, tmp_path, dict(os.environ))
        assert code == 1 and process.wait(timeout=30) == 0
    finally:
        if stranger:
            stranger.shutdown()
