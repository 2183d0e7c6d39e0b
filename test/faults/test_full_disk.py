"""A real disk of 96 MiB that fills up: events are refused early and in words that each client sends again after, nothing acknowledged is lost,
and when there is room again everything goes on by itself. Needs the right to mount; without it the tests are skipped by name."""
import collections
import os
import subprocess
import time
import uuid

import pytest

from dialect_requests import dialect_requests, key_pair, send
from gamemetrics_server import Server

MIB = 1 << 20
TODAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400)), time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400))


class Disk:
    def __init__(self, path):
        self.path, self.filler = path, path / "filler"
        path.mkdir()
        self.mounted = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "none", path], capture_output=True).returncode == 0

    def free(self):
        state = os.statvfs(self.path)
        return state.f_bavail * state.f_frsize

    def fill(self, leave):
        """Somebody else's file takes all but `leave` bytes."""
        with open(self.filler, "ab") as file:
            try:
                while (room := self.free() - leave) > 0:
                    file.write(b"\0" * min(room, MIB))
                    file.flush()
            except OSError:
                pass  # full to the last byte

    def empty(self):
        self.filler.unlink()

    def unmount(self):
        subprocess.run(["umount", "-l", self.path], check=True)


@pytest.fixture
def disk(tmp_path):
    small = Disk(tmp_path / "disk")
    if not small.mounted:
        pytest.skip("mounting a tmpfs is not permitted here")
    yield small
    small.unmount()


@pytest.fixture
def server(disk):
    running = Server(disk.path / "data", {"log.disk_free_min": "16MiB", "log.segment_bytes": "4MiB"})
    running.keys_file, running.log_file = disk.path.parent / "keys", disk.path.parent / "log"
    running.start()
    yield running
    running.stop()


def batch(count=50):
    return [{"event_id": str(uuid.uuid4()), "event": "x", "player_id": f"p{n % 7}", "properties": {"text": "y" * 200}} for n in range(count)]


def until_accepted(server, path, body, headers, seconds=20):
    """As a client does: the same again, a while later."""
    deadline = time.monotonic() + seconds
    while (answer := send(server, path, body, headers)).status >= 429:
        assert time.monotonic() < deadline, (path, answer.status, answer.body)
        time.sleep(0.2)
    return answer


def fill_by_sending(server):
    """Sends until the log says that the disk is full; what was acknowledged, and what was refused."""
    acknowledged, refused, deadline = [], [], time.monotonic() + 60
    while len(refused) < 3:
        assert time.monotonic() < deadline
        events = batch(500)
        answer = server.send(events)
        assert answer.status in (200, 503), answer.body
        (acknowledged if answer.status == 200 else refused).append(events)
    return acknowledged, refused


def totals(server):
    state = server.wait_processed()
    return state["stored"], state["rejected"]


def test_a_full_disk_refuses_early_and_everything_goes_on_when_there_is_room(server, disk):
    disk.fill(leave=24 * MIB)
    acknowledged, refused = fill_by_sending(server)
    disk.fill(leave=14 * MIB)
    answer = server.send(refused[0])
    assert answer.status == 503 and answer.json()["code"] == "gm-overloaded" and "disk" in answer.json()["detail"] and answer.headers["Retry-After"]
    assert disk.free() > 8 * MIB, "what the log leaves is for the store"
    assert server.send([{"event": "nobody"}]).status == 503, "a refused event needs room as well"
    assert sum(map(len, acknowledged)) > 1000
    assert totals(server) == (sum(map(len, acknowledged)), 0), "what was acknowledged is processed on a full disk, too"

    assert server.stop() == 0
    server.start()  # a full disk does not keep it from starting
    assert totals(server) == (sum(map(len, acknowledged)), 0)
    disk.fill(leave=12 * MIB)  # the store may have given some back
    assert server.send(refused[0]).status == 503

    disk.empty()
    for events in refused:
        until_accepted(server, "/v1/events", {"events": events}, {"Authorization": f"Bearer {server.write_key}"})
    for events in (*acknowledged[:3], *refused):  # a sender that never saw the answer
        assert server.send(events).status == 200
    everything = sum(map(len, acknowledged)) + sum(map(len, refused))
    assert totals(server) == (everything, 0)
    assert sum(server.metric("events", *TODAY).values()) == everything
    assert server.stop() == 0


def test_each_dialect_says_it_in_a_way_that_its_clients_send_again_after(server, disk):
    requests = dialect_requests(server.write_key, key_pair(server))
    disk.fill(leave=12 * MIB)
    for name, (path, body, headers, status) in requests.items():
        answer = send(server, path, body, headers)
        assert (name, answer.status) == (name, status), answer.body
        assert int(answer.headers["Retry-After"]) >= 1, name
    assert totals(server) == (0, 0)
    disk.empty()
    for path, body, headers, _ in requests.values():
        answer = until_accepted(server, path, body, headers)
        assert answer.status < 300, (path, answer.status, answer.body)
    assert totals(server) == (len(requests), 0)


def test_a_disk_full_to_the_last_byte_loses_nothing_either(server, disk):
    """The watermark cannot help when somebody else takes the rest: the store cannot write, the log holds on, nothing is counted twice."""
    acknowledged = [batch() for _ in range(20)]
    for events in acknowledged[:10]:
        assert server.send(events).status == 200
    server.wait_processed()
    disk.fill(leave=0)
    for events in acknowledged[10:]:
        assert server.send(events).status == 503
    server.kill()
    disk.empty()
    server.start()
    for events in acknowledged[10:]:
        until_accepted(server, "/v1/events", {"events": events}, {"Authorization": f"Bearer {server.write_key}"})
    ids = collections.Counter(event["event_id"] for events in acknowledged for event in events)
    assert totals(server) == (len(ids), 0)
    assert sum(server.metric("events", *TODAY).values()) == len(ids)
    assert server.stop() == 0
