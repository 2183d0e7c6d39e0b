"""The job of k8s/data/valkey on six real servers of this machine: names of pods become ports, the rest is what the manifests say."""
import hashlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
VALKEY = ROOT / "k8s/data/valkey"
SHARDS, COPIES = 3, 2
PODS = [(shard, number) for shard in range(SHARDS) for number in range(COPIES)]
PASSWORD = "of-a-test"
SECONDS_MAX = 60

# Stands in for valkey-cli: a pod's name is a port here.
CLIENT = """#!/usr/bin/env python3
import os, re, sys
PORTS = {ports}
def translated(argument):
    found = re.fullmatch(r"valkey-(\\d)-(\\d)\\.valkey\\.databases\\.svc(:6379)?", argument)
    if not found:
        return [argument]
    port = PORTS[found.group(1) + "-" + found.group(2)]
    return ["127.0.0.1:" + port] if found.group(3) else ["127.0.0.1", "-p", port]
os.execv({client!r}, ["redis-cli", *(word for argument in sys.argv[1:] for word in translated(argument))])
"""

pytestmark = pytest.mark.skipif("GM_REDIS_SERVER" not in os.environ, reason="started by scripts/platform/valkey-forms")


def free_ports(count):
    """The cluster's bus listens ten thousand above each."""
    found, number = [], 21000
    while len(found) < count:
        number += 1
        with socket.socket() as one, socket.socket() as bus:
            try:
                one.bind(("127.0.0.1", number))
                bus.bind(("127.0.0.1", number + 10000))
                found.append(number)
            except OSError:
                pass
    return found


class Servers:
    def __init__(self, folder):
        self.folder, self.running = folder, {}
        self.ports = dict(zip(PODS, free_ports(len(PODS))))
        digest = hashlib.sha256(PASSWORD.encode()).hexdigest()
        # The forms that k8s/data/README.md gives.
        (folder / "users.acl").write_text("user default on nopass -@all +ping\n" f"user admin on #{digest} ~* &* +@all\n"
                                          f"user replica on #{digest} +psync +replconf +ping\n")
        (folder / "replication.conf").write_text(f"masteruser replica\nmasterauth {PASSWORD}\n")
        (folder / "admin-password").write_text(PASSWORD)
        names = {f"{shard}-{number}": str(port) for (shard, number), port in self.ports.items()}
        client = folder / "valkey-cli"
        client.write_text(CLIENT.format(ports=names, client=os.environ["GM_REDIS_CLI"]))
        client.chmod(0o755)

    def start(self, pod):
        home = self.folder / f"{pod[0]}-{pod[1]}"
        home.mkdir(exist_ok=True)
        settings = (VALKEY / "valkey.conf").read_text().replace("/run/secrets/valkey", str(self.folder)).replace("/data", str(home))
        (home / "valkey.conf").write_text(re.sub(r"(?m)^port .*$", f"port {self.ports[pod]}", settings))
        self.running[pod] = subprocess.Popen([os.environ["GM_REDIS_SERVER"], home / "valkey.conf", "--bind", "127.0.0.1", "--logfile", home / "log"])

    def stop(self, pod):
        process = self.running.pop(pod)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def ask(self, pod, *words, user=("--user", "admin", "--pass", PASSWORD)):
        made = subprocess.run([os.environ["GM_REDIS_CLI"], "-p", str(self.ports[pod]), "--no-auth-warning", *user, *words], text=True, capture_output=True,
                              timeout=20)
        return made.stdout.strip()

    def form(self, change=lambda script: script):
        job = next(d for d in yaml.safe_load_all((VALKEY / "form-cluster.yaml").read_text()) if d["kind"] == "Job")
        container = job["spec"]["template"]["spec"]["containers"][0]
        script = change(container["args"][0]).replace("/run/secrets/valkey", str(self.folder))
        return subprocess.run([*container["command"], script], text=True, capture_output=True, timeout=SECONDS_MAX * 3,
                              env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"})

    def until(self, holds):
        end = time.monotonic() + SECONDS_MAX
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.2)

    def whole(self):
        """Every server knows all six, and every copy follows its own shard's other server."""
        if any("cluster_state:ok" not in self.ask(pod, "cluster", "info") or "cluster_known_nodes:6" not in self.ask(pod, "cluster", "info") for pod in PODS):
            return False
        for shard in range(SHARDS):
            roles = {number: self.ask((shard, number), "role").splitlines() for number in range(COPIES)}
            copies = [number for number, role in roles.items() if role[0] == "slave"]
            if len(copies) != 1 or int(roles[copies[0]][2]) != self.ports[shard, 1 - copies[0]] or roles[copies[0]][3] != "connected":
                return False
        return True


@pytest.fixture
def servers(tmp_path):
    made = Servers(tmp_path)
    for pod in PODS:
        made.start(pod)
    yield made
    for pod in list(made.running):
        made.stop(pod)


def test_the_job_makes_three_shards_and_a_second_run_changes_nothing(servers):
    formed = servers.form()
    assert formed.returncode == 0, formed.stdout[-2000:] + formed.stderr
    servers.until(servers.whole)
    before = {pod: servers.ask(pod, "cluster", "myid") for pod in PODS}
    again = servers.form()
    assert again.returncode == 0 and "Adding node" not in again.stdout
    assert servers.whole() and before == {pod: servers.ask(pod, "cluster", "myid") for pod in PODS}


def test_a_job_that_was_cut_off_is_finished_by_the_next(servers):
    cut = servers.form(lambda script: script[:script.rindex("for shard in")])
    assert cut.returncode == 0 and not servers.whole(), "the copies are still missing"
    assert servers.form().returncode == 0
    servers.until(servers.whole)


def test_a_lost_primary_is_replaced_by_its_own_shards_copy(servers):
    assert servers.form().returncode == 0
    servers.until(servers.whole)
    servers.stop((1, 0))
    servers.until(lambda: servers.ask((1, 1), "role").startswith("master") and "cluster_state:ok" in servers.ask((0, 0), "cluster", "info"))
    servers.start((1, 0))
    servers.until(servers.whole)
    assert servers.ask((1, 0), "role").startswith("slave")


def test_a_nameless_client_may_ping_and_nothing_else(servers):
    servers.until(lambda: servers.ask((0, 0), "ping", user=()) == "PONG")
    assert "NOPERM" in servers.ask((0, 0), "get", "key", user=())
