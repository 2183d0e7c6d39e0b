"""Runs the real binary for tests and speaks to it, with the standard library only."""
import gzip
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("GM_BINARY", ROOT / "build/release/cmd/gamemetrics/gamemetrics"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


def request(method, url, body=None, headers=None, timeout=30):
    """One HTTP exchange; an error status is an answer, a broken connection raises OSError."""
    call = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(call, timeout=timeout) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


class Server:
    """One `gamemetrics serve` on a data directory that outlives restarts."""
    started = []  # every process of this test run; what a failed test left running is ended by conftest.py

    def __init__(self, data_dir, settings=None):
        self.data_dir = pathlib.Path(data_dir)
        self.settings = settings or {}
        self.port, self.internal_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.internal_url = f"http://127.0.0.1:{self.internal_port}"
        self.keys_file = self.data_dir.parent / (self.data_dir.name + "-keys")
        self.log_file = self.data_dir.parent / (self.data_dir.name + "-log")
        self.output = subprocess.DEVNULL  # where stdout goes
        self.await_keys = True
        self.process = self.write_key = self.project_key = None

    def start(self, seconds=30):
        """Returns the seconds from exec until ready."""
        flags = {"data_dir": self.data_dir, "http.address": f"127.0.0.1:{self.port}",
                 "internal.address": f"127.0.0.1:{self.internal_port}", **self.settings}
        command = [BINARY, "serve", "--keys-file", self.keys_file, *(f"--{k}={v}" for k, v in flags.items())]
        started = time.monotonic()
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(command, stdout=self.output, stderr=log, stdin=subprocess.DEVNULL)
        Server.started.append(self.process)
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() - started > seconds:
                raise AssertionError(f"the server did not become ready ({self.process.poll()}):\n{self.log_tail()}")
            time.sleep(0.005)
        took = time.monotonic() - started
        if not self.await_keys:
            return took
        keys = self.keys_file.read_text()
        self.write_key = re.search(r"gm_wk_\w+", keys).group()
        self.project_key = re.search(r"gm_pk_\w+", keys).group()
        return took

    def ready(self):
        try:
            return request("GET", self.internal_url + "/readyz", timeout=2).status == 200
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=30):
        """Returns the exit code; kills what does not stop by itself."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def log_tail(self, count=20):
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-count:])

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024

    # --- sending ---
    def post(self, path, body, headers=None, key=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        authorization = {"Authorization": f"Bearer {self.write_key if key is None else key}"}
        return request("POST", self.url + path, data, {"Content-Type": "application/json", **authorization, **(headers or {})})

    def send(self, events, **envelope):
        return self.post("/v1/events", {"events": events, **envelope})

    def send_gzip(self, body):
        return self.post("/v1/events", gzip.compress(json.dumps(body).encode()), {"Content-Encoding": "gzip"})

    # --- reading ---
    def get(self, path, key=None, **query):
        suffix = "?" + urllib.parse.urlencode(query) if query else ""
        return request("GET", self.url + path + suffix, headers={"Authorization": f"Bearer {self.project_key if key is None else key}"})

    def metric(self, name, first, last):
        """{date: value} of one metric."""
        answer = self.get(f"/api/v1/metrics/{name}", **{"from": first, "to": last})
        assert answer.status == 200, answer.body
        return {p["date"]: p["value"] for p in answer.json()["points"]}

    def top_events(self, first, last, limit=1000):
        answer = self.get("/api/v1/events/top", **{"from": first, "to": last, "limit": limit})
        assert answer.status == 200, answer.body
        return {row["event"]: row["events"] for row in answer.json()["rows"]}

    def pipeline(self):
        return self.get("/api/v1/pipeline").json()

    def wait_processed(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            state = self.pipeline()
            if state["lag_events"] == 0:
                return state
            time.sleep(0.02)
        raise AssertionError(f"not processed after {seconds} s: {state}")
