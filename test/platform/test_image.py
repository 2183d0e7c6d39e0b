"""The image, unpacked (GM_IMAGE, see scripts/platform/image): its files, its configuration, and that it serves as uid 65532 on a read-only root."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import pytest

IMAGE = pathlib.Path(os.environ.get("GM_IMAGE", "/nonexistent"))
ROOT = IMAGE / "root"
USER = 65532
pytestmark = pytest.mark.skipif("GM_IMAGE" not in os.environ, reason="started by scripts/platform/image")


@pytest.fixture(scope="module")
def config():
    return json.loads((IMAGE / "image.json").read_text())["OCIv1"]["config"]


def files():
    for path in ROOT.rglob("*"):
        yield path, path.lstat()


def test_nothing_to_start_but_the_program_and_the_loader():
    executables = {p.name for p, s in files() if stat.S_ISREG(s.st_mode) and s.st_mode & 0o111}
    assert {name for name in executables if not name.startswith("ld-linux")} == {"gamemetrics"}


def test_no_file_lends_its_owner():
    assert [p for p, s in files() if s.st_mode & (stat.S_ISUID | stat.S_ISGID)] == []


def test_the_server_owns_its_data_alone():
    owned = {str(p.relative_to(ROOT)) for p, s in files() if s.st_uid or s.st_gid}
    open_to_all = {str(p.relative_to(ROOT)) for p, s in files() if not stat.S_ISLNK(s.st_mode) and s.st_mode & stat.S_IWOTH}
    assert (owned, open_to_all) == ({"var/lib/gamemetrics"}, {"tmp"})


def test_a_scanner_finds_the_package_of_each_library():
    packages = {p.name: p.read_text() for p in (ROOT / "var/lib/dpkg/status.d").iterdir()}
    assert {"libc6", "libssl3", "libcurl4", "tzdata"} & set(packages) >= {"libc6", "tzdata"}
    for name, text in packages.items():
        assert re.search(r"^Version: \S+", text, re.M), name
        assert (ROOT / "usr/share/doc" / name / "copyright").stat().st_size > 0


def test_configuration(config):
    assert config["User"] == f"{USER}:{USER}"
    assert config["Entrypoint"] == ["/usr/bin/gamemetrics"]
    assert config["Cmd"][:2] == ["serve", "--target=all"]
    labels = config["Labels"]
    assert labels["org.opencontainers.image.version"] == (pathlib.Path(__file__).parents[2] / "VERSION").read_text().strip()
    assert re.fullmatch(r"[0-9a-f]{40}", labels["org.opencontainers.image.revision"])
    assert labels["org.opencontainers.image.version"] in labels["pro.gamemetrics.sbom"]


def contained(data, *arguments):
    """The image's root read-only, its data directory and /tmp alone to write, no capability, a user who owns nothing outside."""
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--bounding-set=-all", "--no-new-privs",
            "bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--clearenv", "--uid", str(USER), "--gid", str(USER),
            "--ro-bind", str(ROOT), "/", "--bind", str(data), "/var/lib/gamemetrics", "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev",
            "--chdir", "/var/lib/gamemetrics", "/usr/bin/gamemetrics", *arguments]


@pytest.fixture
def data():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="gm-image-data.", dir="/tmp"))
    shutil.chown(directory, USER, USER)
    yield directory
    shutil.rmtree(directory)


def run(data, *arguments):
    return subprocess.run(contained(data, *arguments), text=True, capture_output=True, timeout=120)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def serving(config, data):
    """What the image's own command starts, on loopback and free ports; yields (public URL, internal URL, process)."""
    public, internal = free_port(), free_port()
    command = [word.replace("0.0.0.0:8080", f"127.0.0.1:{public}").replace("0.0.0.0:9464", f"127.0.0.1:{internal}") for word in config["Cmd"]]
    process = subprocess.Popen(contained(data, *command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield f"http://127.0.0.1:{public}", f"http://127.0.0.1:{internal}", process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def server_of(process):
    """bwrap starts an init of the new process namespace, and that the server."""
    for _ in range(2):
        process = int(pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])
    return process


def wait_ready(url, process):
    for _ in range(600):
        assert process.poll() is None, process.stdout.read()
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                return answer.status
        time.sleep(0.2)
    return None


def test_serves_as_a_stranger_on_a_root_it_cannot_write(config, data):
    with serving(config, data) as (public, internal, process):
        assert wait_ready(internal, process) == 200
        server = server_of(process.pid)
        status = pathlib.Path(f"/proc/{server}/status").read_text()
        assert re.search(rf"^Uid:\s+{USER}\s+{USER}\s", status, re.M)
        assert re.search(r"^CapEff:\s+0+$", status, re.M)
        assert (data / "keys.env").stat().st_mode & 0o077 == 0
        keys = dict(line.split("=", 1) for line in (data / "keys.env").read_text().splitlines() if "=" in line)
        request = urllib.request.Request(f"{public}/v1/events", data=b'{"events": [{"event": "level_complete", "player_id": "ada"}]}',
                                         headers={"Authorization": f"Bearer {keys['GAMEMETRICS_WRITE_KEY']}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert json.load(answer)["accepted"] == 1
        os.kill(server, signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_arguments_take_the_place_of_the_command(data):
    targets = run(data, "--list-targets")
    assert targets.returncode == 0 and "event_ingestion" in targets.stdout, targets.stderr
    assert run(data, "serve", "--target=nothing").returncode == 64
